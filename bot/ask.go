package bot

import (
	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// confirm asks whether something shall be done to a task.
func confirm(t *talk, task progress.Task, o order) (templates.Answer, error) {
	yes, err := button(t, task, o)
	if err != nil {
		return templates.Answer{}, err
	}
	no := o.ticket(t)
	no.Verbs = nil
	t.note.task = task.ID
	t.note.asked = &Question{
		Task: task.ID, Ticket: yes.Ticket, Verb: o.Verb, Step: o.Step, Reason: o.Reason, Wait: t.said.Wait,
		Until: t.now.Add(patience),
	}
	return templates.Answer{
		About: templates.TopicConfirm, Task: t.subject(task), Verb: o.Verb, Step: o.Step, Reason: o.Reason, Wait: t.said.Wait, Doubt: doubtOf(t),
		Presses: []templates.Press{yes, {Task: task.ID, Ticket: t.Sealer.Seal(no), No: true}},
	}, nil
}

// doubtOf is why an act is asked about, "" where it is not for the words.
func doubtOf(t *talk) string {
	if doubtful(t.said.Doubt) {
		return string(t.said.Doubt)
	}
	return ""
}

// clarify says what was understood and why it was not done, and offers the button that does
// it. It is no question that a "yes" answers: a yes to "I have not cancelled it" may mean
// either.
func clarify(t *talk, task progress.Task, o order) (templates.Answer, error) {
	t.note.over = true // what was asked before is not meant any more
	orders := offers(t, task)
	if o.Verb != "" {
		orders = nil
		if t.admits(task, o) == nil {
			orders = []order{o}
		}
	}
	presses, err := buttons(t, task, orders)
	return templates.Answer{
		About: templates.TopicClarify, Task: t.subject(task), Verb: o.Verb, Step: o.Step, Reason: o.Reason,
		Wait: t.said.Wait, Doubt: string(t.said.Doubt), Presses: presses,
	}, err
}

// clarifyBlank says that something was understood, and not of which task.
func clarifyBlank(t *talk) templates.Answer {
	return templates.Answer{About: templates.TopicClarify, Verb: t.said.Verb, Step: t.said.Step, Doubt: string(t.said.Doubt)}
}

// buttons are orders to press.
func buttons(t *talk, task progress.Task, orders []order) ([]templates.Press, error) {
	var out []templates.Press
	for _, o := range orders {
		p, err := pressOf(t, task, o)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// pressOf is a button for an order: one of high risk asks first, and so only says it.
func pressOf(t *talk, task progress.Task, o order) (templates.Press, error) {
	if !o.risky(task) {
		return button(t, task, o)
	}
	return templates.Press{
		Verb: o.Verb, Task: task.ID, Step: o.Step, Say: sayStep(intents.Intent(o.Verb), task.ID, o.Step),
	}, nil
}

// button is a ticket for an order. The reason is kept
// beside it, also for a yes that comes too late and is asked about anew.
func button(t *talk, task progress.Task, o order) (templates.Press, error) {
	k := o.ticket(t)
	if o.Reason != "" {
		if err := t.Store.KeepReason(t.ctx, reasonKey(k.Key()), o.Reason, k.Expires.Add(lapse)); err != nil {
			return templates.Press{}, err
		}
	}
	return templates.Press{Verb: o.Verb, Task: task.ID, Step: o.Step, Ticket: t.Sealer.Seal(k)}, nil
}

// reasonKey is where the reason of a ticket is kept.
func reasonKey(ticket string) string { return "reason " + ticket }

// speak is a button that asks for something to be told of one of several tasks.
func speak(task progress.Task, intent intents.Intent) templates.Press {
	return templates.Press{Task: task.ID, Title: task.Spec.Title, Say: say(intent, task.ID), About: topicOf(intent)}
}
