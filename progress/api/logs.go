package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
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
	sent, err := sentLines(body)
	if err != nil {
		return nil, err
	}
	if len(sent) == 0 {
		return nil, kit.Invalid("lines", "must not be empty")
	}
	return sent, nil
}

// sentLines reads NDJSON, or the elements of one array.
func sentLines(body []byte) (out []progress.LogLine, err error) {
	body = bytes.TrimSpace(body)
	texts := bytes.Lines(body)
	if bytes.HasPrefix(body, []byte("[")) {
		if !json.Valid(body) {
			return nil, kit.Decode(body, new(any)) // says where
		}
		texts = elements(body)
	}
	for text := range texts {
		if text = bytes.TrimSpace(text); len(text) == 0 {
			continue
		}
		if len(out) == maxLines {
			return nil, &progress.Error{Code: progress.TooLarge, Field: "lines", Say: fmt.Sprintf("are more than %d", maxLines)}
		}
		l, err := logLine(text, len(out))
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// elements are those of a valid JSON array.
func elements(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		dec := json.NewDecoder(bytes.NewReader(array))
		_, err := dec.Token()
		for err == nil && dec.More() {
			var text json.RawMessage
			if err = dec.Decode(&text); err == nil && !yield(text) {
				return
			}
		}
	}
}

func logLine(text []byte, i int) (progress.LogLine, error) {
	var l logBody
	at := fmt.Sprintf("lines[%d]", i)
	if err := kit.Decode(text, &l); err != nil {
		return progress.LogLine{}, within(at, err)
	}
	if l.Line == nil {
		return progress.LogLine{}, kit.Invalid(at+".line", "must be there, if only empty")
	}
	return progress.LogLine{At: time.Time(l.At), Level: l.Level, Step: l.Step, Line: *l.Line}, nil
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
	maxLevels  = 16
)

// getLogs is GET /api/tasks/{id}/logs.
func getLogs(c *call) error {
	t, err := c.task()
	if err != nil {
		return err
	}
	q := newQuery(c)
	ask := store.Logs{Task: t.ID, Since: q.Number("since"), Step: stepName(t, c.Query("step")), Level: q.List("level")}
	ask.Limit = q.Between("limit", 1, maxLogPage, logPage)
	if c.Query("tail") != "" {
		ask.Tail, ask.Limit = true, q.Between("tail", 1, maxLogPage, logPage)
	}
	if len(ask.Level) > maxLevels {
		q.Wrong("level", "must name at most %d levels", maxLevels)
	}
	if q.Err() != nil {
		return q.Err()
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
