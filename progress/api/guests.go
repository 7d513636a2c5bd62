package api

import (
	"io/fs"

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

// hosts gives a guest's route the call as a guest sees it.
func hosts(r kit.Route) func(*call) error {
	return func(c *call) error {
		return r.Do(&kit.Call{Who: c.who.Actor, Writer: c.Writer, Request: c.Request, Most: c.Body, Path: c.Param})
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
