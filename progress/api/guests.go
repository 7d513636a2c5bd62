package api

import (
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/kit"
)

// hosted are the routes of the guests.
func (s *server) hosted() []route {
	var out []route
	for _, g := range s.Guests {
		for _, r := range g.Routes {
			hosted := route{method: r.Method, path: r.Path, name: r.Name, open: r.Open, slowly: r.Open && !r.Signed, right: r.Right, do: hosts(r)}
			if r.Page {
				hosted.face = pageFace
			}
			out = append(out, hosted)
		}
	}
	return out
}

// page reports whether it answers with pages.
func (r route) page() bool { return r.face == pageFace }

// hosts gives a guest's route the call as a guest sees it. A POST counts once
// under an idempotency key, as far as this server remembers, but for forms and for
// callers whom it does not know.
func hosts(r kit.Route) func(*call) error {
	return func(c *call) error {
		visit := &kit.Call{Who: c.who.Actor, Session: loggedIn(c.who), Writer: c.Writer, Request: c.Request, Most: c.Body, Path: c.Param}
		if r.Method != http.MethodPost || r.Page || r.Open {
			return r.Do(visit)
		}
		key, err := keyOf(c)
		if key == "" && err == nil {
			return r.Do(visit)
		}
		if err != nil {
			return err
		}
		return c.replies.Answer(visit, kit.Once{By: c.who.Credential, Path: c.Request.URL.EscapedPath(), Key: key}, r.Do)
	}
}

// loggedIn reports whether somebody calls with a session.
func loggedIn(who access.Caller) bool { return strings.HasPrefix(who.Credential, "session:") }

// secretPaths are the beginnings of paths in which what follows lets whoever has it act.
type secretPaths []string

// secretsOf are those of guests: of what anyone may call who has the rest of the path.
func secretsOf(guests []kit.Guest) (out secretPaths) {
	for _, g := range guests {
		for _, r := range g.Routes {
			if begin, _, ok := strings.Cut(r.Path, ":"); ok && r.Open && !slices.Contains(out, begin) {
				out = append(out, begin)
			}
		}
	}
	return out
}

// shown is a path as others than its caller may read it.
func (all secretPaths) shown(path string) string {
	for _, begin := range all {
		if strings.HasPrefix(path, begin) {
			return begin + "…"
		}
	}
	return path
}

// in reports whether a path is one of those.
func (all secretPaths) in(path string) bool { return all.shown(path) != path }

// described are what the guests say of their routes.
func described(guests []kit.Guest) []fs.FS {
	var out []fs.FS
	for _, g := range guests {
		if g.Described != nil {
			out = append(out, g.Described)
		}
	}
	return out
}
