package api

import (
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// The sizes of a page of tasks, and of milestones.
const (
	taskPage     = 50
	maxTaskPage  = 200
	eventPage    = 200
	maxEventPage = 1000
)

// filter is what lists and counts of tasks are narrowed by.
func (q *query) filter() store.Query {
	out := store.Query{
		Eyes: q.who.Actor, Kind: q.Query("kind"), Owner: q.Query("owner"), Title: q.Query("q"),
		CreatedFrom: q.Time("created_from"), CreatedTo: q.Time("created_to"),
		UpdatedFrom: q.Time("updated_from"), UpdatedTo: q.Time("updated_to"),
	}
	out.Status = q.statuses()
	for _, text := range q.QueryArray("label") {
		name, value, ok := strings.Cut(text, ":")
		if !ok || name == "" {
			q.Wrong("label", "must be name:value, not %q", text)
		}
		out.Labels = append(out.Labels, store.Label{Name: name, Value: value})
	}
	return out
}

// listTasks is GET /api/tasks.
func listTasks(c *call) error {
	q := newQuery(c)
	ask := q.filter()
	ask.Limit = q.Between("limit", 1, maxTaskPage, taskPage)
	if q.Err() != nil {
		return q.Err()
	}
	if text := c.Query("cursor"); text != "" {
		after, err := store.ParseCursor(text)
		if err != nil {
			return err
		}
		ask.After = after
	}
	found, next, err := c.Index.Find(c.ctx(), ask)
	if err != nil {
		return unreadable(err)
	}
	page := tasksPage{Tasks: make([]progress.Wire, len(found))}
	for i, t := range found {
		page.Tasks[i] = t.Wire(progress.Brief, c.ETA(&t))
	}
	if !next.IsZero() {
		text := next.String()
		page.Next = &text
	}
	c.reply(http.StatusOK, page)
	return nil
}

// tasksPage is a page of tasks; Next is the cursor of the one after it.
type tasksPage struct {
	Tasks []progress.Wire `json:"tasks"`
	Next  *string         `json:"next"`
}

// stats is GET /api/stats: how many tasks the caller may see, by status.
func stats(c *call) error {
	q := newQuery(c)
	ask := q.filter()
	if q.Err() != nil {
		return q.Err()
	}
	counts, err := c.Index.Count(c.ctx(), ask)
	if err != nil {
		return unreadable(err)
	}
	out, total := map[string]int{}, 0
	for _, s := range progress.Statuses() {
		out[string(s)] = 0
		if len(ask.Status) == 0 || slices.Contains(ask.Status, s) {
			out[string(s)] = counts[s]
			total += counts[s]
		}
	}
	out["total"] = total
	c.reply(http.StatusOK, out)
	return nil
}

// getEvents is GET /api/tasks/{id}/events.
func getEvents(c *call) error {
	if strings.Contains(c.GetHeader("Accept"), "text/event-stream") {
		return streamTask(c)
	}
	t, err := c.task()
	if err != nil {
		return err
	}
	q := newQuery(c)
	since, limit := q.Number("since"), q.Between("limit", 1, maxEventPage, eventPage)
	if q.Err() != nil {
		return q.Err()
	}
	got, err := c.Store.Events(c.ctx(), t.ID, since, limit+1)
	if err != nil {
		return unreadable(err)
	}
	page := eventsPage{Events: make([]progress.WireEvent, 0, limit)}
	for _, e := range got[:min(len(got), limit)] {
		page.Events = append(page.Events, e.Wire())
	}
	if len(got) > limit {
		page.Next = &got[limit-1].Seq
	}
	c.reply(http.StatusOK, page)
	return nil
}

// eventsPage is a page of milestones; Next is the since of the one after it.
type eventsPage struct {
	Events []progress.WireEvent `json:"events"`
	Next   *int64               `json:"next"`
}

// The sizes of a history: of its percents the newest, of its runs a page.
const (
	maxSnapshots = 5000
	runPage      = 20
	maxRunPage   = 100
	maxRunSteps  = 20_000 // that the runs of a page have together
)

// history is GET /api/tasks/{id}/history.
func history(c *call) error {
	t, err := c.task()
	if err != nil {
		return err
	}
	q := newQuery(c)
	before, limit := q.Between("before", 1, math.MaxInt32, 0), q.Between("limit", 1, maxRunPage, runPage)
	if q.Err() != nil {
		return q.Err()
	}
	limit = max(1, min(limit, maxRunSteps/max(1, t.Steps.Len())))
	runs, err := c.Store.Runs(c.ctx(), t.ID, before, limit)
	if err != nil {
		return unreadable(err)
	}
	snapshots, err := c.Store.Snapshots(c.ctx(), t.ID, maxSnapshots)
	if err != nil {
		return unreadable(err)
	}
	c.reply(http.StatusOK, historyOf(runs, snapshots))
	return nil
}

func historyOf(runs []progress.Task, snapshots []store.Snapshot) historyPage {
	out := historyPage{Runs: make([]progress.Wire, len(runs)), Snapshots: make([]wireSnapshot, len(snapshots))}
	for i, r := range runs {
		out.Runs[i] = r.Wire(progress.Whole, nil)
	}
	if len(runs) > 0 && runs[0].Run > 1 {
		out.Next = &runs[0].Run
	}
	for i, s := range snapshots {
		out.Snapshots[i] = wireSnapshot{progress.Instant(s.At), s.Step, s.Run, s.Percent}
	}
	return out
}

// historyPage are a task's earlier runs, and its percents over time. Next is
// the before of the page of the runs before these.
type historyPage struct {
	Runs      []progress.Wire `json:"runs"`
	Snapshots []wireSnapshot  `json:"snapshots"`
	Next      *int            `json:"next"`
}

type wireSnapshot struct {
	At      progress.Instant `json:"at"`
	Step    int              `json:"step"` // 0 for the task
	Run     int              `json:"run"`
	Percent float64          `json:"percent"`
}
