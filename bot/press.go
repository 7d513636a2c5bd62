package bot

import (
	"cmp"
	"errors"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates"
)

// pressed does what a button says that was made for one person.
func pressed(t *talk) (templates.Answer, error) {
	if t.turn.Stranger {
		return stranger(t), nil
	}
	return redeem(t, t.turn.Press)
}

// redeem opens a ticket and does what it orders, to the task as it was when the ticket was
// made. It is good for one person, and once. A reason that is given with the press takes the
// place of the one that was kept. What was said to others a while after the bot has asked may
// be an answer to them: it asks once more.
func redeem(t *talk, text string) (templates.Answer, error) {
	k, err := t.Sealer.Open(text, t.now)
	expired := errors.Is(err, ticket.ErrExpired)
	if err != nil && !expired {
		return templates.Answer{About: templates.TopicMoved, Refusal: refusal(err)}, nil
	}
	if k.Person != t.turn.Who.Person || !marked(k) {
		return templates.Answer{About: templates.TopicRefused, Refusal: notYours()}, nil
	}
	o, yes := orderOf(k)
	if !yes {
		return drop(t, o)
	}
	if o.Reason, err = t.Store.ReasonOf(t.ctx, reasonKey(k.Key())); err != nil {
		return templates.Answer{}, err
	}
	o.Reason = cmp.Or(t.turn.Reason, o.Reason)
	t.said = intents.Reading{
		Intent: intents.Intent(o.Verb), Verb: o.Verb, Task: o.Task, How: intents.ByID, Step: o.Step, Reason: o.Reason,
		Assent: t.said.Assent, Pick: t.said.Pick, Lang: t.said.Lang, Sure: intents.SureAct,
		Wait: t.was.own.Asked.wait(text),
	}
	if expired || t.turn.Overheard && t.now.Sub(k.Expires.Add(-patience)) >= fresh {
		t.said.Sure = intents.SureAsk
		return askAnew(t, o)
	}
	if err := noteOrder(t, o); err != nil {
		return templates.Answer{}, err
	}
	return perform(t, o)
}

func notYours() *progress.Error {
	return &progress.Error{Code: progress.Forbidden, Say: "this button is for whoever was asked"}
}

// drop leaves things as they are.
func drop(t *talk, o order) (templates.Answer, error) {
	a := templates.Answer{About: templates.TopicDropped}
	t.note.over = true
	if o.Task == "" {
		return a, nil
	}
	task, ok, err := t.see(o.Task)
	if ok {
		t.note.task, a.Task = task.ID, t.subject(task)
	}
	return a, err
}

// askAnew answers a yes that came too late: it asks once more, if things are as they were.
func askAnew(t *talk, o order) (templates.Answer, error) {
	t.note.over = true
	o.Key = ""
	task, ok, err := t.see(o.Task)
	if err != nil {
		return templates.Answer{}, err
	}
	if !ok {
		return moved(t, o, &progress.Error{Code: progress.NotFound, Say: "there is no such task"})
	}
	if err := t.admits(task, o); err != nil {
		return moved(t, o, err)
	}
	return confirm(t, task, o)
}
