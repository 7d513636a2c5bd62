package kit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/taskherald/herald/progress"
)

// Problem is an RFC 9457 problem document. Its type is a URN made of Code.
type Problem struct {
	Type   string        `json:"type"`
	Title  string        `json:"title"`
	Status int           `json:"status"` // of HTTP
	Detail string        `json:"detail"`
	Code   progress.Code `json:"code"`
	Errors []FieldError  `json:"errors,omitempty"`
	*State
}

// FieldError says what is wrong with one field of a request.
type FieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// State is what a worker is told of its task beside a refusal.
type State struct {
	Task    progress.TaskID  `json:"task_id"`
	Status  progress.Status  `json:"task_status"`
	Version int64            `json:"version"`
	Control progress.Control `json:"control"` // null for none
	Step    int              `json:"step,omitempty"`
	Run     int              `json:"run,omitempty"`
	Attempt int              `json:"attempt,omitempty"`
}

// statuses says how each code is answered.
var statuses = map[progress.Code]struct {
	status int
	title  string
}{
	progress.Invalid:      {http.StatusBadRequest, "The request is wrong"},
	progress.Unauthorized: {http.StatusUnauthorized, "Credentials are needed"},
	progress.Forbidden:    {http.StatusForbidden, "This is not allowed"},
	progress.NotFound:     {http.StatusNotFound, "There is no such thing"},
	progress.Conflict:     {http.StatusConflict, "The state does not admit it"},
	progress.Superseded:   {http.StatusConflict, "An older run, attempt or lease"},
	progress.TooLarge:     {http.StatusRequestEntityTooLarge, "Over a limit"},
	progress.Limited:      {http.StatusTooManyRequests, "Too fast"},
	progress.Unavailable:  {http.StatusServiceUnavailable, "It cannot be done right now"},
	progress.Internal:     {http.StatusInternalServerError, "Something went wrong"},
}

// Status is the HTTP status of an error: 200 for nil.
func Status(err error) int {
	if err == nil {
		return http.StatusOK
	}
	if _, ok := errors.AsType[*wrongMethod](err); ok {
		return http.StatusMethodNotAllowed
	}
	return statuses[CodeOf(err)].status
}

// wrongMethod is a refusal of the way in which a path was asked for.
type wrongMethod struct{ error }

func (w *wrongMethod) Unwrap() error { return w.error }

// WrongMethod is an error about the method of a request: 405.
func WrongMethod(method string) error {
	return &wrongMethod{Invalid("method", "%s is not understood here; see the Allow header", method)}
}

// CodeOf is [progress.CodeOf], but a caller that has gone away is no defect.
func CodeOf(err error) progress.Code {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return progress.Unavailable
	}
	return progress.CodeOf(err)
}

// ProblemOf is the problem document of an error. It shows what is said to
// people, never the cause.
func ProblemOf(err error) Problem {
	code := CodeOf(err)
	row := statuses[code]
	p := Problem{
		Type: "urn:herald:problem:" + string(code), Title: row.title, Status: Status(err), Code: code,
		Detail: "an error on our side; the server's log says more under this request's id",
	}
	if p.Status == http.StatusMethodNotAllowed {
		p.Title = "The method is not understood here"
	}
	if code == progress.Unavailable {
		p.Detail = "the request was given up before it was done"
	}
	if e, ok := errors.AsType[*progress.Error](err); ok {
		p.Detail = e.Say
		if e.Field != "" {
			p.Detail = e.Field + ": " + e.Say
			p.Errors = []FieldError{{e.Field, e.Say}}
		}
	}
	return p
}

// WriteError answers with the problem document of an error. state may be nil.
func WriteError(w http.ResponseWriter, err error, state *State) {
	p := ProblemOf(err)
	p.State = state
	h := w.Header()
	Head(h, err)
	body, _ := json.Marshal(p) // of plain values: cannot fail
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // a caller that has gone away needs no answer
}

// Head sets the headers that belong to an error, whatever its body.
func Head(h http.Header, err error) {
	switch CodeOf(err) {
	case progress.Unauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="herald"`)
	case progress.Limited, progress.Unavailable:
		h.Set("Retry-After", strconv.Itoa(retryAfter(err)))
	}
}

// Slow is a refusal of somebody who is too fast.
type Slow struct{ After time.Duration }

// Error says how long to wait.
func (s *Slow) Error() string { return fmt.Sprintf("wait %s", s.After) }

// retryAfter is in whole seconds, at least 1.
func retryAfter(err error) int {
	if s, ok := errors.AsType[*Slow](err); ok {
		return max(1, int((s.After+time.Second-1)/time.Second))
	}
	return 1
}
