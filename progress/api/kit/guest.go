package kit

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/taskherald/herald/progress"
)

// Guest is a part of the API that lives outside of it. Its routes are treated as
// the API's own: callers are authenticated and held to their limits, what goes
// wrong is a problem document, and the description and metrics have them.
type Guest struct {
	Routes    []Route
	Described fs.FS // openapi/*.yaml: its parts of the description
}

// Route is one row of a guest's table of routes.
type Route struct {
	Method string
	Path   string // with parameters such as :id
	Name   string // its operationId
	Open   bool   // anyone may call, not too fast; who has logged in is known all the same
	Signed bool   // of an open one that proves by itself who calls: it may be called as fast as they want
	Page   bool   // it answers with pages, in no description; what goes wrong is one too
	Right  progress.Right
	Do     func(*Call) error
}

// Call is one request to a guest, and who makes it.
type Call struct {
	Who     progress.Actor // nobody for an open route, unless they have logged in
	Session bool           // who calls has logged in with a browser, and can log out
	Writer  http.ResponseWriter
	Request *http.Request
	Most    int64                    // bytes that its body may have
	Path    func(name string) string // the parameters of its path
}

// Ctx ends with the request.
func (c *Call) Ctx() context.Context { return c.Request.Context() }

// Param is a parameter of the path.
func (c *Call) Param(name string) string { return c.Path(name) }

// Query reads the URL's parameters.
func (c *Call) Query() *Params { return NewParams(c.Request.URL.Query()) }

// Bind reads the body, one JSON document, into v. The errors are those of [Read]
// and [Decode].
func (c *Call) Bind(v any) error {
	body, err := Read(c.Writer, c.Request, c.Most)
	if err != nil {
		return err
	}
	return Decode(body, v)
}

// Reply answers with JSON.
func (c *Call) Reply(status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("kit: %T does not encode: %v", v, err))
	}
	h := c.Writer.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	c.Writer.WriteHeader(status)
	_, _ = c.Writer.Write(body) // a caller that has gone away needs no answer
}

// Done answers that it is done, and nothing else: 204.
func (c *Call) Done() {
	c.Writer.Header().Set("Cache-Control", "no-store")
	c.Writer.WriteHeader(http.StatusNoContent)
}
