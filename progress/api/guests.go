package api

import (
	"io/fs"
	"net/http"

	"github.com/taskherald/herald/progress/api/kit"
)

// hosted are the routes of the guests.
func (s *server) hosted() []route {
	var out []route
	for _, g := range s.Guests {
		for _, r := range g.Routes {
			out = append(out, route{method: r.Method, path: r.Path, name: r.Name, right: r.Right, do: hosts(r)})
		}
	}
	return out
}

// hosts gives a guest's route the call as a guest sees it. A POST counts once
// under an idempotency key, as far as this server remembers.
func hosts(r kit.Route) func(*call) error {
	return func(c *call) error {
		visit := &kit.Call{Who: c.who.Actor, Writer: c.Writer, Request: c.Request, Most: c.Body, Path: c.Param}
		key, err := keyOf(c)
		if key == "" && err == nil || r.Method != http.MethodPost {
			return r.Do(visit)
		}
		if err != nil {
			return err
		}
		return c.replies.Answer(visit, kit.Once{By: c.who.Credential, Path: c.Request.URL.EscapedPath(), Key: key}, r.Do)
	}
}

// described are what the guests say of their routes.
func described(guests []kit.Guest) []fs.FS {
	var out []fs.FS
	for _, g := range guests {
		out = append(out, g.Described)
	}
	return out
}
