package api

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// query reads a URL's parameters, and keeps the first that is wrong.
type query struct {
	*call
	err error
}

func newQuery(c *call) *query { return &query{call: c} }

func (q *query) wrong(field, format string, args ...any) {
	if q.err == nil {
		q.err = kit.Invalid(field, format, args...)
	}
}

// number is a whole number from 0 up, 0 if absent.
func (q *query) number(name string) int64 {
	text := q.Query(name)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		q.wrong(name, "must be a whole number from 0 up, not %q", text)
	}
	return n
}

// between is a whole number within bounds.
func (q *query) between(name string, least, most, absent int) int {
	text := q.Query(name)
	if text == "" {
		return absent
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		q.wrong(name, "must be a whole number from %d to %d, not %q", least, most, text)
	}
	return n
}

// list is a parameter that may be repeated, or hold several values with commas
// between them.
func (q *query) list(name string) []string {
	var out []string
	for _, text := range q.QueryArray(name) {
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// time is an RFC 3339 time, the zero time if absent.
func (q *query) time(name string) time.Time {
	text := q.Query(name)
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		q.wrong(name, "must be a time like 2026-01-31T12:00:00Z, not %q", text)
	}
	return at
}

// statuses are those of ?status=.
func (q *query) statuses() []progress.Status {
	var out []progress.Status
	for _, text := range q.list("status") {
		if !slices.Contains(progress.Statuses(), progress.Status(text)) {
			q.wrong("status", "%q is no status of a task", text)
		}
		out = append(out, progress.Status(text))
	}
	return out
}

// flag is a parameter that is on or off.
func (q *query) flag(name string) bool {
	switch text := q.Query(name); text {
	case "", "0", "false":
		return false
	case "1", "true":
		return true
	default:
		q.wrong(name, "must be 1 or 0, not %q", text)
		return false
	}
}

// when is a time in a body, null for none.
type when time.Time

// UnmarshalJSON reads an RFC 3339 time.
func (w *when) UnmarshalJSON(b []byte) error {
	at := (*time.Time)(w)
	if err := at.UnmarshalJSON(b); err != nil {
		return &json.UnmarshalTypeError{Value: string(b[:min(len(b), 40)]), Type: reflect.TypeFor[time.Time]()}
	}
	return nil
}
