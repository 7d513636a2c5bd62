package api

import (
	"net/http"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates/webpage"
)

// How many milestones and lines of output the page of a task has.
const (
	pageEvents = 30
	pageLines  = 200
)

// showTask is GET /tasks/{id}.
func showTask(c *call) error {
	t, err := c.task()
	if err != nil {
		return err
	}
	view := webpage.Task{
		Wire: t.Wire(progress.Whole, c.ETA(&t)), Offers: progress.Offers(t, c.who.Actor), Decide: decidable(t, c.who.Actor), All: c.Query("all") == "1",
	}
	events, err := c.Store.Events(c.ctx(), t.ID, max(0, t.Seq-pageEvents), pageEvents)
	if err != nil {
		return unreadable(err)
	}
	for _, e := range events {
		view.Events = append(view.Events, e.Wire())
	}
	lines, err := c.Store.Lines(c.ctx(), store.Logs{Task: t.ID, Tail: true, Limit: pageLines})
	if err != nil {
		return unreadable(err)
	}
	for _, l := range lines {
		view.Lines = append(view.Lines, l.Wire())
	}
	p := pageOf(c)
	if !p.Fragment {
		p.Notice = takeNotice(c, t.ID)
	}
	body, err := c.layout.Task(p, view)
	return show(c, http.StatusOK, body, err)
}

// decidable is what the actor may say of each step that waits, by its order:
// what Offers says of one of them.
func decidable(t progress.Task, a progress.Actor) map[int][]progress.Verb {
	out := map[int][]progress.Verb{}
	if progress.Allow(t, a, progress.VerbApprove) != nil {
		return out
	}
	for s := range t.Steps.All() {
		if s.Status != progress.StepWaiting || progress.MayDecide(*s.Approval, a) != nil {
			continue
		}
		if !s.Approval.ApprovedBy(a.Person) {
			out[s.Order] = append(out[s.Order], progress.VerbApprove)
		}
		out[s.Order] = append(out[s.Order], progress.VerbReject)
	}
	return out
}
