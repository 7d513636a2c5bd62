package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/kit"
)

// route is one row of the table of routes.
type route struct {
	method string
	path   string // with :id and :n
	name   string // its operationId
	open   bool   // anyone may call, without a credential
	slowly bool   // an open one is limited by the address that it comes from
	face   *face  // nil for the native one
	right  progress.Right
	do     func(*call) error
}

// face is a part of the API that says in its own way what goes wrong.
type face struct {
	refuse  func(c *call, id string, err error) // id is the request's
	refused map[int]string                      // what the document calls its refusals, by status
}

// nativeFace is that of problem documents.
var nativeFace = &face{refuseNative, map[int]string{
	http.StatusBadRequest: "Invalid", http.StatusUnauthorized: "Unauthorized", http.StatusForbidden: "Forbidden",
	http.StatusRequestEntityTooLarge: "TooLarge", http.StatusTooManyRequests: "Limited",
	http.StatusInternalServerError: "Internal", http.StatusServiceUnavailable: "Unavailable",
}}

// call is one request and who makes it.
type call struct {
	*gin.Context
	*server
	who  access.Caller
	long bool // it waits for something, or streams: how long it takes says nothing
}

// serve is the way of every request.
func (s *server) serve(r route) gin.HandlerFunc {
	measure := s.Meter.Route(cmp.Or(r.name, "none"))
	return func(g *gin.Context) {
		start := time.Now()
		id := s.ids.Give(g.Writer, g.Request)
		c := &call{Context: g, server: s}
		if err := c.run(r); err != nil {
			c.refuse(id, r, err)
		}
		measure.Answered(g.Writer.Status())
		if !c.long {
			measure.Took(time.Since(start))
		}
	}
}

// run admits the caller and does the work. A panic in it is a defect that
// costs one answer.
func (c *call) run(r route) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler { //nolint:errorlint // net/http asks for this very value
				panic(p)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if err := c.admit(r); err != nil {
		return err
	}
	return r.do(c)
}

// admit finds out who calls, and whether they may, at all and now.
func (c *call) admit(r route) error {
	if r.slowly {
		return admitVisitor(c)
	}
	if r.open {
		return nil
	}
	if err := c.authenticate(); err != nil {
		return err
	}
	if err := c.limiter.Allow(c.who.Credential, c.now()); err != nil {
		return err
	}
	if r.right == 0 {
		return nil
	}
	return may(c.who, r.right)
}

// may refuses a caller who does not have the right.
func may(who access.Caller, r progress.Right) error {
	if who.Has(r) {
		return nil
	}
	return &progress.Error{Code: progress.Forbidden, Say: "this needs the right to " + r.String()}
}

// refusal is an error with what a worker is told beside it.
type refusal struct {
	error
	state *kit.State
}

// Unwrap returns the error itself.
func (r *refusal) Unwrap() error { return r.error }

// refuse says what went wrong as the route's face does, and logs what is our
// trouble.
func (c *call) refuse(id string, r route, err error) {
	if c.Writer.Written() {
		c.Log.Warn("an answer broke off", "request_id", id, "path", c.secrets.shown(c.Request.URL.Path), "error", err)
		return
	}
	if kit.Status(err) >= http.StatusInternalServerError && c.Request.Context().Err() == nil {
		c.Log.Error("a request failed", "request_id", id, "method", c.Request.Method, "path", c.secrets.shown(c.Request.URL.Path), "error", err)
	}
	cmp.Or(r.face, nativeFace).refuse(c, id, err)
}

// refuseNative answers with a problem document.
func refuseNative(c *call, _ string, err error) {
	var state *kit.State
	if e, ok := errors.AsType[*refusal](err); ok {
		state = e.state
	}
	kit.WriteError(c.Writer, err, state)
}

// ctx ends with the request.
func (c *call) ctx() context.Context { return c.Request.Context() }

// reply answers with JSON.
func (c *call) reply(status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("api: %T does not encode: %v", v, err))
	}
	c.send(status, body)
}

// send answers with JSON that is made already.
func (c *call) send(status int, body []byte) {
	h := c.Writer.Header()
	if h.Get("Content-Type") == "" {
		h["Content-Type"] = jsonType
	}
	h["Cache-Control"] = noStore
	c.Status(status)
	_, _ = c.Writer.Write(body) // a caller that has gone away needs no answer
}

// Header values that never change, shared by all answers.
var (
	jsonType = []string{"application/json"}
	noStore  = []string{"no-store"}
)

// body reads the request's body.
func (c *call) body() ([]byte, error) { return kit.Read(c.Writer, c.Request, c.Body) }

// bind reads one JSON document into v.
func (c *call) bind(v any) error {
	body, err := c.body()
	if err != nil {
		return err
	}
	return kit.Decode(body, v)
}
