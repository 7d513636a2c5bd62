package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/taskherald/herald/progress"
)

// Problem is a refusal, as the server's problem document has it.
type Problem struct {
	Status    int           // of HTTP
	Code      string        // one of progress.Code
	Title     string        // the sort of trouble
	Detail    string        // what is wrong this time, for people
	Errors    []FieldError  // the fields at fault
	RequestID string        // under which the server's log says more
	State     *Answer       // where the task stands, beside a refused report or heartbeat
	After     time.Duration // how long the server asks to wait, 0 if it does not
}

// FieldError says what is wrong with one field of a request.
type FieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error is what the server said, for people.
func (p *Problem) Error() string {
	if p.Detail != "" {
		return p.Detail
	}
	if p.Title != "" {
		return p.Title
	}
	return "the server refused this with status " + strconv.Itoa(p.Status)
}

// Retry reports whether the same request may be taken later.
func (p *Problem) Retry() bool {
	switch p.Status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// Away means that the server cannot be reached, or cannot do it now. Nothing
// was decided: the same request may be sent again later.
type Away struct{ Err error }

// Error says why.
func (a *Away) Error() string { return a.Err.Error() }

// Unwrap returns the cause: a *Problem where the server itself said so.
func (a *Away) Unwrap() error { return a.Err }

// badToken is how long a token that is no longer good is left alone: it seldom
// becomes good again.
const badToken = 30 * time.Second

// after is how long to wait at least: what the server asked for, 0 if it did not.
func after(err error) time.Duration {
	p, ok := errors.AsType[*Problem](err)
	switch {
	case !ok:
		return 0
	case p.Status == http.StatusUnauthorized:
		return max(p.After, badToken)
	}
	return p.After
}

// isAway reports whether the same request may be sent again later.
func isAway(err error) bool {
	_, ok := errors.AsType[*Away](err)
	return ok
}

// document is a problem document as it comes.
type document struct {
	Title   string           `json:"title"`
	Detail  string           `json:"detail"`
	Code    string           `json:"code"`
	Errors  []FieldError     `json:"errors"`
	Task    progress.TaskID  `json:"task_id"`
	Status  progress.Status  `json:"task_status"`
	Version int64            `json:"version"`
	Control progress.Control `json:"control"`
	Step    int              `json:"step"`
	Run     int              `json:"run"`
	Attempt int              `json:"attempt"`
}

// refusalOf is the error of an answer that is none of the good ones. What did
// not come from a Herald server, such as the page of a proxy, decides nothing.
func refusalOf(res *http.Response, body []byte) error {
	var d document
	if mediaType(res) != "application/problem+json" || json.Unmarshal(body, &d) != nil || d.Code == "" {
		return &Away{fmt.Errorf("something that is not Herald answered with status %d; is the URL right, and is Herald running there?", res.StatusCode)}
	}
	p := &Problem{
		Status: res.StatusCode, Code: d.Code, Title: d.Title, Detail: d.Detail, Errors: d.Errors,
		RequestID: res.Header.Get("X-Request-Id"), After: retryAfter(res, time.Now()),
	}
	if d.Task != "" {
		p.State = &Answer{d.Task, d.Status, d.Version, d.Control, d.Step, d.Run, d.Attempt}
	}
	if p.Retry() {
		return &Away{p}
	}
	return p
}

// maxAfter is the longest wait that a server is obeyed in.
const maxAfter = 5 * time.Minute

// retryAfter reads seconds or a date, 0 if there is neither.
func retryAfter(res *http.Response, now time.Time) time.Duration {
	text := res.Header.Get("Retry-After")
	if n, err := strconv.Atoi(text); err == nil {
		return min(max(0, time.Duration(n)*time.Second), maxAfter)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, at.Sub(now)), maxAfter)
	}
	return 0
}

// mediaType is the type of an answer's body, without its parameters.
func mediaType(res *http.Response) string {
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return kind
}
