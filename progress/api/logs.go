package api

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/store"
)

// logAnswer says what was taken.
type logAnswer struct {
	Task    progress.TaskID `json:"task_id"`
	Lines   int             `json:"lines"` // taken of this request
	Last    int64           `json:"last"`  // number of the newest line
	Status  progress.Status `json:"status"`
	Version int64           `json:"version"`
}

// appendLogs is POST /api/tasks/{id}/logs: NDJSON, or one JSON array. A line
// that is wrong refuses them all.
func appendLogs(c *call) error {
	body, err := kit.Read(c.Writer, c.Request, c.Batch)
	if err != nil {
		return err
	}
	list, err := logLines(body)
	if err != nil {
		return err
	}
	limits := c.Engine.Limits()
	limits.BatchLogs = len(list) // of this request; a command takes fewer
	if err := limits.Check(progress.Log{Lines: list}); err != nil {
		return err
	}
	a := logAnswer{Task: c.taskID()}
	for part := range slices.Chunk(list, c.Engine.Limits().BatchLogs) {
		cmd, err := c.keyed(c.command(progress.Log{Lines: part}), body)
		if err != nil {
			return err
		}
		if cmd.Key != "" {
			cmd.Key += " " + strconv.Itoa(a.Lines) // one key, many commands
		}
		out, err := c.Engine.Execute(c.ctx(), cmd)
		if err != nil {
			return err
		}
		a.Lines += len(part)
		a.Last, a.Status, a.Version = out.Task.Lines, out.Task.Status, out.Task.Version
	}
	c.reply(http.StatusOK, a)
	return nil
}

// logBody is a line as it is sent.
type logBody struct {
	At    when    `json:"at"`
	Level string  `json:"level"`
	Step  string  `json:"step"`
	Line  *string `json:"line"`
}

func logLines(body []byte) ([]progress.LogLine, error) {
	var sent []logBody
	var err error
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) {
		err = kit.Decode(body, &sent)
	} else {
		sent, err = logNDJSON(body)
	}
	if err == nil && len(sent) == 0 {
		err = kit.Invalid("lines", "must not be empty")
	}
	out := make([]progress.LogLine, len(sent))
	for i, l := range sent {
		if l.Line == nil {
			return nil, kit.Invalid(fmt.Sprintf("lines[%d].line", i), "must be there, if only empty")
		}
		out[i] = progress.LogLine{At: time.Time(l.At), Level: l.Level, Step: l.Step, Line: *l.Line}
	}
	return out, err
}

func logNDJSON(body []byte) ([]logBody, error) {
	var out []logBody
	for line := range bytes.Lines(body) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		var l logBody
		if err := kit.Decode(line, &l); err != nil {
			return nil, within(fmt.Sprintf("lines[%d]", len(out)), err)
		}
		out = append(out, l)
	}
	return out, nil
}

// within puts a field under another.
func within(field string, err error) error {
	e, ok := errors.AsType[*progress.Error](err)
	if !ok {
		return err
	}
	inner := *e
	if inner.Field == "body" || inner.Field == "" {
		inner.Field = field
	} else {
		inner.Field = field + "." + inner.Field
	}
	return &inner
}

// The sizes of a page of log lines.
const (
	logPage    = 1000
	maxLogPage = 10_000
)

// getLogs is GET /api/tasks/{id}/logs.
func getLogs(c *call) error {
	t, err := c.task()
	if err != nil {
		return err
	}
	q := newQuery(c)
	ask := store.Logs{Task: t.ID, Since: q.number("since"), Step: stepName(t, c.Query("step")), Level: q.list("level")}
	ask.Limit = q.between("limit", 1, maxLogPage, logPage)
	if c.Query("tail") != "" {
		ask.Tail, ask.Limit = true, q.between("tail", 1, maxLogPage, logPage)
	}
	if q.err != nil {
		return q.err
	}
	got, err := c.Store.Lines(c.ctx(), ask)
	if err != nil {
		return unreadable(err)
	}
	page := logsPage{Logs: make([]progress.WireLine, len(got))}
	for i, l := range got {
		page.Logs[i] = l.Wire()
	}
	if len(got) == ask.Limit && !ask.Tail {
		page.Next = &got[len(got)-1].N
	}
	c.reply(http.StatusOK, page)
	return nil
}

// logsPage is a page of log lines; Next is the since of the one after it.
type logsPage struct {
	Logs []progress.WireLine `json:"logs"`
	Next *int64              `json:"next"`
}

// stepName is the name of a step that may be named by its order.
func stepName(t progress.Task, step string) string {
	n, err := strconv.Atoi(strings.TrimSpace(step))
	if err != nil || n < 1 || n > t.Steps.Len() || t.Steps.Find(step) > 0 {
		return step
	}
	return t.Steps.At(n).Name
}

// unreadable is the error of a store that could not be asked, or that refused
// the question.
func unreadable(err error) error {
	if _, ok := errors.AsType[*progress.Error](err); ok {
		return err
	}
	return &progress.Error{Code: progress.Unavailable, Err: err, Say: "the database cannot be read right now; try again in a moment"}
}
