package api

import (
	"net/http"
	"slices"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/templates/webpage"
)

// pressed is the body of a button of a push message.
type pressed struct {
	Ticket string        `json:"ticket"`
	Verb   progress.Verb `json:"verb"`
	Option string        `json:"option"` // of approve
	Reason string        `json:"reason"`
}

// outcome is what such a button has done.
type outcome struct {
	Task   progress.TaskID `json:"task_id"`
	Status progress.Status `json:"status"`
	Text   string          `json:"text"` // for people
}

// give is POST /api/act: a button of a push message, without a page. What may not be
// decided without looking, and what came by another road, needs one.
func (s acts) give(c *kit.Call) error {
	var b pressed
	if err := c.Bind(&b); err != nil {
		return err
	}
	st, err := s.stand(c.Ctx(), b.Ticket)
	if err != nil {
		return err
	}
	if err := st.pushable(b.Verb); err != nil {
		return err
	}
	t, err := s.Do(c.Ctx(), st.command(b.Verb, b.Option, b.Reason))
	if err != nil {
		return err
	}
	c.Reply(http.StatusOK, outcome{t.ID, t.Status, webpage.Done(b.Verb, stepShown(t, st)).Text})
	return nil
}

// pushable is why a button of a push message may not do this, nil if it may.
func (st stand) pushable(v progress.Verb) error {
	if st.lapse != "" {
		return &progress.Error{Code: lapseCode(st.lapse), Say: st.lapse.Says(st.Person)}
	}
	if i := (&notify.Invite{Risk: st.approval.Risk}); st.Via != progress.ViaPush || !i.AtOnce() {
		return &progress.Error{Code: progress.Forbidden, Say: "this is not decided without looking at it; open its page"}
	}
	if (v != progress.VerbApprove && v != progress.VerbReject) || !slices.Contains(st.Verbs, v) {
		return kit.Invalid("verb", "is none that the ticket is good for")
	}
	return nil
}

// lapseCode is what sort of trouble it is that a ticket is good for nothing.
func lapseCode(l webpage.Lapse) progress.Code {
	switch l {
	case webpage.Forged:
		return progress.Unauthorized
	case webpage.Hidden, webpage.Departed, webpage.Ended:
		return progress.Forbidden
	case webpage.Purged:
		return progress.NotFound
	}
	return progress.Conflict
}

// stepShown is the step of a ticket as pages have it, after the button.
func stepShown(t progress.Task, st stand) (w progress.WireStep) {
	if st.Step > t.Steps.Len() {
		return w
	}
	if a := t.Steps.At(st.Step).Approval; a != nil {
		w.Approval = a.Wire(st.Step, st.name)
	}
	return w
}
