package api

import (
	"net/http"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/templates/webpage"
)

// actRoutes are those behind the links in messages. Whoever has such a link need not log
// in: what is sealed in it says in whose name it is. Looking changes nothing.
func actRoutes(s *server) []kit.Route {
	if s.Sealer == nil {
		return nil
	}
	a, l, c := acts{s}, leavings{s}, confirmings{s}
	out := []kit.Route{{Method: http.MethodPost, Path: "/api/act", Name: "act", Open: true, Do: a.give}}
	for _, p := range []struct {
		path, name string
		look, do   func(*kit.Call) error
	}{
		{"/act/:ticket", "act", a.show, a.press},
		{"/leave/:pass", "leave", l.show, l.press},
		{"/confirm/:pass", "confirm", c.show, c.press},
	} {
		out = append(out,
			kit.Route{Method: http.MethodGet, Path: p.path, Name: p.name + "Page", Open: true, Page: true, Do: p.look},
			kit.Route{Method: http.MethodHead, Path: p.path, Name: p.name + "Page", Open: true, Page: true, Do: p.look},
			kit.Route{Method: http.MethodPost, Path: p.path, Name: p.name + "Form", Open: true, Page: true, Do: p.do},
		)
	}
	return out
}

// acts handles links to decide.
type acts struct{ *server }

// show is GET /act/{ticket}.
func (s acts) show(c *kit.Call) error {
	st, err := s.stand(c.Ctx(), c.Param("ticket"))
	if err != nil {
		return err
	}
	return s.answer(c, st, http.StatusOK, webpage.Notice{})
}

// press is POST /act/{ticket}: a button of its page. What came of it is what the page
// shows then.
func (s acts) press(c *kit.Call) error {
	st, err := s.stand(c.Ctx(), c.Param("ticket"))
	if err != nil {
		return err
	}
	if len(st.verbs()) == 0 || st.signIn(c.Who) {
		return s.answer(c, st, http.StatusOK, webpage.Notice{})
	}
	f, ours := s.form(c, c.Param("ticket"))
	verb := progress.Verb(f.Get("verb"))
	if !ours || !st.offers(verb) {
		return s.answer(c, st, http.StatusForbidden, webpage.Again())
	}
	_, err = s.Do(c.Ctx(), st.command(verb, f.Get("option"), f.Get("reason")))
	switch status := kit.Status(err); {
	case status >= http.StatusInternalServerError:
		return err
	case err != nil:
		return s.refused(c, status, err)
	}
	c.See(c.Request.URL.Path)
	return nil
}

// refused answers with what has become of the question meanwhile; while it is open, with
// why the button did nothing.
func (s acts) refused(c *kit.Call, status int, why error) error {
	st, err := s.stand(c.Ctx(), c.Param("ticket"))
	if err != nil {
		return err
	}
	n := webpage.Notice{Text: webpage.Sentence(kit.ProblemOf(why).Detail), Bad: true}
	if !st.open() {
		n = webpage.Notice{}
	}
	return s.answer(c, st, status, n)
}

// answer shows the page of a ticket. A link that does nothing any more is 404 or 410.
func (s acts) answer(c *kit.Call, st stand, status int, n webpage.Notice) error {
	page := webpage.Act{
		Person: st.Person, Approval: st.shown(), Lapse: st.lapse, Verbs: st.verbs(), Caller: c.Who.Person, Notice: n, Now: s.now(),
	}
	if st.task != nil {
		page.Task, page.Title, page.Status = st.task.ID, st.task.Spec.Title, st.task.Status
	}
	if n.Text == "" {
		page.Notice = st.notice()
	}
	switch {
	case len(page.Verbs) == 0:
	case st.signIn(c.Who):
		page.SignIn = signInFor(c)
	default:
		page.Form = s.formFor(c, c.Param("ticket"))
	}
	return s.page(c, goneStatus(st.lapse, status), func(l *webpage.Layout) ([]byte, error) { return l.Act(page) })
}

// command is what a button does.
func (st stand) command(v progress.Verb, option, reason string) progress.Command {
	cmd := progress.Command{
		Key: st.Key() + " " + string(v) + " " + st.approval.ID, Task: st.Task, By: st.who, Via: st.Via,
		If: progress.Fence{Run: st.Run, Attempt: st.Attempt, Digest: st.Digest},
		Do: progress.Reject{Step: st.Step, Reason: reason},
	}
	if v == progress.VerbApprove {
		cmd.Do = progress.Approve{Step: st.Step, Option: option, Reason: reason}
	}
	return cmd
}

// signIn reports whether the person of the ticket has to log in first, and has not: in a
// session that may approve.
func (st stand) signIn(who progress.Actor) bool {
	if st.approval == nil {
		return false
	}
	i := notify.Invite{Risk: st.approval.Risk}
	return i.SignIn() && (who.Person != st.Person || !who.Has(progress.MayApprove))
}
