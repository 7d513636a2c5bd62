package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// Task is a task, and what its reader may do with it.
type Task struct {
	progress.Wire
	Offers []progress.Verb `json:"offers"`
}

// Task reads a whole task.
func (c *Client) Task(ctx context.Context, id progress.TaskID) (t Task, err error) {
	err = c.http.get(ctx, taskPath(id), nil, &t)
	return t, err
}

// Query narrows a list of tasks. Zero fields narrow nothing.
type Query struct {
	Status      []progress.Status
	Kind        string
	Owner       string
	Labels      map[string]string // all of which a task must have
	Title       string            // words of it
	CreatedFrom time.Time
	CreatedTo   time.Time
	UpdatedFrom time.Time
	UpdatedTo   time.Time
	Limit       int    // 1..200, 0 means 50
	Cursor      string // Next of the page before
}

// Page is a page of tasks, the newest first; they have no substeps and inputs.
type Page struct {
	Tasks []progress.Wire `json:"tasks"`
	Next  string          `json:"next"` // the Cursor of the next page, "" on the last
}

// Tasks lists tasks.
func (c *Client) Tasks(ctx context.Context, q Query) (p Page, err error) {
	err = c.http.get(ctx, "/api/tasks", q.values(), &p)
	return p, err
}

func (q Query) values() url.Values {
	v := values{}
	for _, s := range q.Status {
		v.add("status", string(s))
	}
	v.add("kind", q.Kind)
	v.add("owner", q.Owner)
	for name, value := range q.Labels {
		v.add("label", name+":"+value)
	}
	v.add("q", q.Title)
	v.time("created_from", q.CreatedFrom)
	v.time("created_to", q.CreatedTo)
	v.time("updated_from", q.UpdatedFrom)
	v.time("updated_to", q.UpdatedTo)
	v.number("limit", int64(q.Limit))
	v.add("cursor", q.Cursor)
	return url.Values(v)
}

// Events reads a task's milestones after since, at most limit (1..1000, 0 means
// 200). next is the since of the next page, 0 on the last.
func (c *Client) Events(ctx context.Context, id progress.TaskID, since int64, limit int) (events []progress.WireEvent, next int64, err error) {
	v := values{}
	v.number("since", since)
	v.number("limit", int64(limit))
	var page struct {
		Events []progress.WireEvent `json:"events"`
		Next   int64                `json:"next"`
	}
	err = c.http.get(ctx, taskPath(id)+"/events", url.Values(v), &page)
	return page.Events, page.Next, err
}

// LogQuery narrows a task's log. Zero fields narrow nothing.
type LogQuery struct {
	Step  string // name or order
	Level []string
	Tail  int   // the newest so many, up to 10,000; 0 for the oldest
	Since int64 // only those after the line of this number
	Limit int   // 1..10,000, 0 means 1,000; not with Tail
}

// Logs reads lines of a task's output. next is the Since of the next page, 0 on
// the last.
func (c *Client) Logs(ctx context.Context, id progress.TaskID, q LogQuery) (lines []progress.WireLine, next int64, err error) {
	v := values{}
	v.add("step", q.Step)
	v.add("level", strings.Join(q.Level, ","))
	v.number("tail", int64(q.Tail))
	v.number("since", q.Since)
	v.number("limit", int64(q.Limit))
	var page struct {
		Logs []progress.WireLine `json:"logs"`
		Next int64               `json:"next"`
	}
	err = c.http.get(ctx, taskPath(id)+"/logs", url.Values(v), &page)
	return page.Logs, page.Next, err
}

// History are a task's earlier runs, the oldest first, and its percents.
type History struct {
	Runs      []progress.Wire `json:"runs"`
	Snapshots []Snapshot      `json:"snapshots"`
	Next      int             `json:"next"` // the before of the runs before these, 0 when there are none
}

// Snapshot is a percent at a time.
type Snapshot struct {
	At      progress.Instant `json:"at"`
	Step    int              `json:"step"` // 0 for the task
	Run     int              `json:"run"`
	Percent float64          `json:"percent"`
}

// History reads a task's past.
func (c *Client) History(ctx context.Context, id progress.TaskID) (h History, err error) {
	err = c.http.get(ctx, taskPath(id)+"/history", nil, &h)
	return h, err
}

// Me is who the client's token stands for.
type Me struct {
	Person     progress.Person  `json:"person"`
	Groups     []string         `json:"groups"`
	Rights     []string         `json:"rights"` // of read, report, operate, approve, admin
	All        bool             `json:"sees_all"`
	Credential string           `json:"credential"` // its name, no secret
	Expires    progress.Instant `json:"expires_at"`
}

// Me asks who the client's token stands for.
func (c *Client) Me(ctx context.Context) (m Me, err error) {
	err = c.http.get(ctx, "/api/me", nil, &m)
	return m, err
}

// Ready asks whether the server can do its work; it needs no token.
func (c *Client) Ready(ctx context.Context) error {
	_, err := c.http.do(ctx, request{method: http.MethodGet, path: "/readyz"}, nil)
	return err
}

func taskPath(id progress.TaskID) string { return "/api/tasks/" + url.PathEscape(string(id)) }

func stepPath(id progress.TaskID, step int) string {
	return taskPath(id) + "/steps/" + strconv.Itoa(step)
}

// values are a URL's parameters; those that say nothing are left out.
type values url.Values

func (v values) add(name, value string) {
	if value != "" {
		url.Values(v).Add(name, value)
	}
}

func (v values) yes(name string, on bool) {
	if on {
		v.add(name, "1")
	}
}

func (v values) number(name string, n int64) {
	if n != 0 {
		v.add(name, strconv.FormatInt(n, 10))
	}
}

func (v values) time(name string, at time.Time) {
	if !at.IsZero() {
		v.add(name, at.UTC().Format(time.RFC3339Nano))
	}
}

// everybodys asks for what is everybody's, or else for the caller's own.
func everybodys(all bool) url.Values {
	v := values{}
	v.yes("all", all)
	return url.Values(v)
}
