package bot

import (
	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates"
)

// sealed is the button that names nobody, if a turn presses one.
func (b *Bot) sealed(turn Turn) (ticket.Button, bool) {
	if turn.Press == "" {
		return ticket.Button{}, false
	}
	button, err := b.Sealer.OpenButton(turn.Press)
	return button, err == nil
}

// pressShown does what a button says that a whole room was shown, in the name of who presses
// it. It is about the task as it was when it was drawn: of one that has moved since it is said
// what happened. A risky one was asked about where it was pressed.
//
// The task is looked at before what is noted of the turn: so a delivery that finds the task
// moved by the same turn, delivered before, finds the note as well.
func pressShown(t *talk, b ticket.Button) (templates.Answer, error) {
	o := order{Verb: b.Verb, Task: b.Task, Step: b.Step, Run: b.Run, Attempt: b.Attempt, Reason: t.turn.Reason, Key: t.turn.pressKey()}
	t.said = intents.Reading{
		Intent: intents.Intent(o.Verb), Verb: o.Verb, Task: o.Task, How: intents.ByID, Step: o.Step, Reason: o.Reason, Sure: intents.SureAct,
	}
	if t.turn.Who.Person == "" {
		return stranger(t), nil
	}
	task, err := t.Tasks.Task(t.ctx, b.Task)
	switch {
	case progress.CodeOf(err) == progress.NotFound:
		return moved(t, o, err)
	case err != nil:
		return templates.Answer{}, err
	case !progress.Sees(task, t.turn.Who):
		return templates.Answer{About: templates.TopicRefused, Verb: o.Verb, Step: o.Step, Refusal: hiddenTask()}, nil
	}
	was, again, err := heardPress(t, o.Key)
	if err != nil {
		return templates.Answer{}, err
	}
	if was != nil {
		return perform(t, *was)
	}
	return pressNow(t, task, b, o, again)
}

// pressNow gives the order of a button, if the task is still as it was. Again is that the
// same press was delivered before, and did nothing then.
func pressNow(t *talk, task progress.Task, b ticket.Button, o order, again bool) (templates.Answer, error) {
	if ap := approvalAt(task, b.Step); ap != nil && asking(b.Verb) {
		o.Digest = ap.Digest
	}
	why := t.admits(task, o)
	note := heard{}
	switch {
	case !asDrawn(task, b), why == nil && again:
		why = &progress.Error{Code: progress.Superseded, Say: "the task has changed since"}
	case why == nil:
		note.Order = &o
	}
	if err := noteDown(t, o.Key, note); err != nil {
		return templates.Answer{}, err
	}
	switch {
	case note.Order != nil:
		return perform(t, o)
	case progress.CodeOf(why) == progress.Superseded:
		return moved(t, o, why)
	}
	return refuse(t, task, o, why)
}

// asking reports whether a verb decides something that is asked.
func asking(v progress.Verb) bool { return v == progress.VerbApprove || v == progress.VerbReject }

// asDrawn reports whether a task is as it was when a button of it was drawn.
func asDrawn(task progress.Task, b ticket.Button) bool {
	if task.Run != b.Run || task.Attempt != b.Attempt {
		return false
	}
	if !asking(b.Verb) {
		return true
	}
	ap := approvalAt(task, b.Step)
	return ap != nil && b.Of(ap.Digest)
}

func hiddenTask() *progress.Error {
	return &progress.Error{Code: progress.Forbidden, Say: "this task is not yours to see"}
}

// pressKey is the idempotency key of the press of a button that names nobody, "" for one
// without an id: the same button may be pressed again another day.
func (t Turn) pressKey() string {
	if t.ID == "" {
		return ""
	}
	return keyOf(string(t.Who.Person), t.Room, t.ID, t.Press, "press")
}

// heardPress is what the same press ordered that was delivered before, nil for nothing; again
// reports whether it was.
func heardPress(t *talk, key string) (o *order, again bool, err error) {
	if key == "" {
		return nil, false, nil
	}
	text, err := t.Store.ReasonOf(t.ctx, key)
	if err != nil || text == "" {
		return nil, false, err
	}
	o = heardOf(text).Order
	return o, o == nil, nil
}
