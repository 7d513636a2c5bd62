package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// executionsFace has two forms for what goes wrong.
var executionsFace = &face{refuseExecution, map[int]string{
	http.StatusUnprocessableEntity: "ExecutionInvalid", http.StatusUnauthorized: "ExecutionRefused", http.StatusForbidden: "ExecutionRefused",
	http.StatusRequestEntityTooLarge: "ExecutionRefused", http.StatusTooManyRequests: "ExecutionRefused",
	http.StatusInternalServerError: "ExecutionRefused", http.StatusServiceUnavailable: "ExecutionRefused",
}}

// executionRefusal is what goes wrong on the executions face.
type executionRefusal struct {
	Detail any `json:"detail"` // a text, or a list of what is wrong in the request
}

// refuseExecution answers as the executions face does: with a list where the
// request is wrong in itself, else with a text.
func refuseExecution(c *call, _ string, err error) {
	p := kit.ProblemOf(err)
	kit.Head(c.Writer.Header(), err)
	if p.Status == http.StatusBadRequest {
		c.reply(http.StatusUnprocessableEntity, executionRefusal{misfitsOf(err)})
		return
	}
	c.reply(p.Status, executionRefusal{p.Detail})
}

// misfit is one thing that is wrong in a request. Its words are those of
// pydantic (docs.pydantic.dev, validation errors), which clients of this face
// know.
type misfit struct {
	Loc  []any  `json:"loc"` // body, query or header, and where in it
	Msg  string `json:"msg"`
	Type string `json:"type"`
}

// required is said of what is missing.
const required = "Field required"

// misfits are all that is wrong in a request, as an Invalid error.
type misfits struct {
	error
	list []misfit
}

// Unwrap returns the Invalid error.
func (m *misfits) Unwrap() error { return m.error }

// unfit is the error of a list, nil if it is empty.
func unfit(list ...misfit) error {
	if len(list) == 0 {
		return nil
	}
	return &misfits{kit.Invalid("", "%s", list[0].Msg), list}
}

// misfitsOf are what an Invalid error says is wrong.
func misfitsOf(err error) []misfit {
	if m, ok := errors.AsType[*misfits](err); ok {
		return m.list
	}
	m := misfit{Loc: []any{"body"}, Msg: kit.ProblemOf(err).Detail, Type: "value_error"}
	if e, ok := errors.AsType[*progress.Error](err); ok {
		m.Loc, m.Msg = locOf(e.Field), "Value error, "+e.Say
	}
	return []misfit{m}
}

// locOf is where a field is: headers have capitals.
func locOf(field string) []any {
	switch {
	case field == "" || field == "body":
		return []any{"body"}
	case strings.ToLower(field) != field:
		return []any{"header", field}
	}
	return []any{"body", field}
}
