package api

import (
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// query reads a URL's parameters for a call.
type query struct {
	*call
	*kit.Params
}

func newQuery(c *call) *query { return &query{c, kit.NewParams(c.Request.URL.Query())} }

// statuses are those of ?status=.
func (q *query) statuses() []progress.Status {
	var out []progress.Status
	for _, text := range q.List("status") {
		if !slices.Contains(progress.Statuses(), progress.Status(text)) {
			q.Wrong("status", "%q is no status of a task", text)
		}
		out = append(out, progress.Status(text))
	}
	return out
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
