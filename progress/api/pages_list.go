package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates/webpage"
)

// showList is GET /: the tasks, narrowed as GET /api/tasks does it. The first
// page has what waits for the person, what is under way and what has ended;
// those after it just go on.
func showList(c *call) error {
	q := newQuery(c)
	ask := q.filter()
	ask.Limit = q.Between("limit", 1, maxTaskPage, taskPage)
	if q.Err() != nil {
		return q.Err()
	}
	list := webpage.List{Socket: "/ws/tasks" + watched(c), Filter: webpage.Filter{
		Text: ask.Title, Status: strings.Join(c.QueryArray("status"), ","), Kind: ask.Kind, Owner: ask.Owner, Labels: c.QueryArray("label"),
	}}
	l := lister{c, ask, &list}
	do := l.first
	if c.Query("cursor") != "" {
		do = l.later
	}
	if err := do(); err != nil {
		return err
	}
	body, err := c.layout.List(pageOf(c), list)
	return show(c, http.StatusOK, body, err)
}

// watched is the query of the socket: it knows fewer filters than the list.
func watched(c *call) string {
	q := url.Values{}
	for _, name := range []string{"kind", "owner", "label"} {
		if all := slices.DeleteFunc(c.QueryArray(name), func(s string) bool { return s == "" }); len(all) > 0 {
			q[name] = all
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// lister fills the list.
type lister struct {
	*call
	ask  store.Query
	list *webpage.List
}

// later is a page after the first.
func (l lister) later() error {
	after, err := store.ParseCursor(l.Query("cursor"))
	if err != nil {
		return err
	}
	l.ask.After = after
	found, older, err := l.find(l.ask.Status)
	l.list.Found, l.list.Older = l.shown(found), older
	return err
}

// first is the first page.
func (l lister) first() error {
	asked, _, err := l.find(l.among(progress.Waiting, progress.Paused))
	if err != nil {
		return err
	}
	mine := map[progress.TaskID]bool{}
	for _, t := range asked {
		if offers := progress.Offers(t, l.who.Actor); slices.Contains(offers, progress.VerbApprove) {
			mine[t.ID] = true
			l.list.Waiting = append(l.list.Waiting, t.Wire(progress.Brief, l.ETA(&t)))
		}
	}
	live, others, err := l.find(l.among(progress.Pending, progress.Running, progress.Paused, progress.Waiting))
	if err != nil {
		return err
	}
	live = slices.DeleteFunc(live, func(t progress.Task) bool { return mine[t.ID] })
	slices.SortStableFunc(live, func(a, b progress.Task) int { return urgency(a) - urgency(b) })
	ended, older, err := l.find(l.among(progress.Completed, progress.Failed, progress.Cancelled))
	if err != nil {
		return err
	}
	slices.SortStableFunc(ended, func(a, b progress.Task) int { return b.EndedAt.Compare(a.EndedAt) })
	l.list.Live, l.list.Others, l.list.Ended, l.list.Older = l.shown(live), others, l.shown(ended), older
	return nil
}

// urgency puts what moves before what waits for a worker.
func urgency(t progress.Task) int {
	if t.Status == progress.Pending {
		return 1
	}
	return 0
}

// among are the statuses that are asked for, of these.
func (l lister) among(of ...progress.Status) []progress.Status {
	if len(l.ask.Status) == 0 {
		return of
	}
	return slices.DeleteFunc(of, func(s progress.Status) bool { return !slices.Contains(l.ask.Status, s) })
}

// find gives a page of tasks of some statuses, and the path of the page after
// it. Of none there is none.
func (l lister) find(of []progress.Status) (found []progress.Task, after string, err error) {
	if len(of) == 0 && (len(l.ask.Status) > 0 || l.Query("cursor") == "") {
		return nil, "", nil
	}
	ask := l.ask
	ask.Status = of
	found, next, err := l.Index.Find(l.ctx(), ask)
	if err != nil {
		return nil, "", unreadable(err)
	}
	if next.IsZero() {
		return found, "", nil
	}
	q := l.Request.URL.Query()
	q.Del("fragment")
	q.Set("cursor", next.String())
	if len(of) > 0 {
		words := make([]string, len(of))
		for i, s := range of {
			words[i] = string(s)
		}
		q.Set("status", strings.Join(words, ","))
	}
	return found, "/?" + q.Encode(), nil
}

func (l lister) shown(tasks []progress.Task) []progress.Wire {
	out := make([]progress.Wire, len(tasks))
	for i, t := range tasks {
		out[i] = t.Wire(progress.Brief, l.ETA(&t))
	}
	return out
}
