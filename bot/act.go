package bot

import (
	"errors"
	"time"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// act does to a task what was asked for, or asks first, or says why not.
func act(t *talk, task progress.Task) (templates.Answer, error) {
	r := t.said
	o := aim(task, t.turn.Who, r.Verb, r.Step, r.Reason)
	err := t.admits(task, o)
	switch {
	case r.Sure != intents.SureAct && !doubtful(r.Doubt):
		return clarify(t, task, o)
	case err == nil && again(t, task, o):
		t.note.over, t.done = true, true
		return done(t, task, o), nil
	case err != nil && t.turn.Overheard && !named(&r):
		return quiet(t) // it is not what they speak of
	case err != nil:
		return refuse(t, task, o, err)
	case r.Sure != intents.SureAct, t.turn.Overheard, t.again, o.risky(task), guessed(r, task), missed(t), repeats(t, o):
		return confirm(t, task, o)
	}
	o.Key = t.turn.key()
	if err := noteOrder(t, o); err != nil {
		return templates.Answer{}, err
	}
	return perform(t, o)
}

// doubtful reports whether a doubt is one of words: the act is asked about.
func doubtful(d intents.Doubt) bool { return d == intents.Loose || d == intents.Misspelt }

// missed reports whether a task is meant by nothing but its state right after another one was not
// found.
func missed(t *talk) bool {
	return t.was.own.lately(t.now).Missed && (t.said.How == intents.ByStatus || t.said.How == intents.ByOnly)
}

// guessed reports whether a step is to be skipped that nobody named, while it is worked on.
func guessed(r intents.Reading, task progress.Task) bool {
	return r.Verb == progress.VerbSkip && r.Step == 0 && task.Status == progress.Running
}

// repeats reports whether the same is asked for as the bot has just asked about: to say it
// once more is no yes.
func repeats(t *talk, o order) bool {
	q := t.was.own.Asked
	return q.open(t.now) && q.Task == o.Task && q.Verb == o.Verb && t.said.How == intents.ByThread
}

// soon is within what time somebody who says "start over" twice means it once.
const soon = time.Minute

// again reports whether a task starts over already, because the person has just asked for
// it: nothing of the new run has begun, so there is nothing to start over.
func again(t *talk, task progress.Task, o order) bool {
	return o.Verb == progress.VerbRestart && task.Status == progress.Pending && task.Run > 1 && task.StartedAt.IsZero() &&
		task.Attempt == 1 && t.now.Sub(task.RunAt) < soon && spokeOf(t, task.ID)
}

// spokeOf reports whether a task is what the person has just spoken of.
func spokeOf(t *talk, id progress.TaskID) bool {
	spoken, _ := t.was.spoken(t.now)
	return spoken == id || t.was.thread.Task == id
}

// perform gives a command. It was admitted when it was asked for: where the task refuses it
// now, things have moved.
func perform(t *talk, o order) (templates.Answer, error) {
	out, err := t.Tasks.Execute(t.ctx, o.command(t.turn.Who, t.turn.Via))
	t.note.over = true
	switch progress.CodeOf(err) {
	case "":
		t.note.task, t.done = out.Task.ID, true
		return done(t, out.Task, o), nil
	case progress.Conflict, progress.Superseded:
		return moved(t, o, err)
	case progress.NotFound, progress.Forbidden, progress.Invalid, progress.TooLarge:
		return refuseAnew(t, o, err)
	}
	return templates.Answer{}, err
}

func done(t *talk, task progress.Task, o order) templates.Answer {
	a := templates.Answer{
		About: templates.TopicDone, Task: t.subject(task), Verb: o.Verb, Step: o.Step, Reason: o.Reason, Worker: worker(task, o.Verb),
	}
	if o.Verb == progress.VerbPause {
		a.Wait = t.said.Wait
	}
	return a
}

// worker reports whether a worker still has to do what was asked for: one that was heard
// of, or any where the work begins anew.
func worker(task progress.Task, v progress.Verb) bool {
	switch v {
	case progress.VerbRestart, progress.VerbRetry:
		return true
	case progress.VerbApprove, progress.VerbReject:
		return false
	}
	return len(task.Workers) > 0 || task.Lease != ""
}

// moved says that a task is no longer as it was when something was asked for.
func moved(t *talk, o order, why error) (templates.Answer, error) {
	task, ok, err := t.see(o.Task)
	if err != nil {
		return templates.Answer{}, err
	}
	a := templates.Answer{About: templates.TopicMoved, Verb: o.Verb, Step: o.Step, Refusal: refusal(why)}
	if !ok {
		return a, nil
	}
	t.note.task = o.Task
	a.Task = t.subject(task)
	if a.Decisions, err = since(t, task, o); err != nil {
		return a, err
	}
	a.Presses, err = buttons(t, task, offers(t, task))
	return a, err
}

// refuseAnew says why an order was refused, beside the task as it is now.
func refuseAnew(t *talk, o order, why error) (templates.Answer, error) {
	task, ok, err := t.see(o.Task)
	if err != nil {
		return templates.Answer{}, err
	}
	if !ok {
		return templates.Answer{About: templates.TopicRefused, Verb: o.Verb, Step: o.Step, Refusal: refusal(why)}, nil
	}
	return refuse(t, task, o, why)
}

// refuse says why something cannot be done to a task, and what can.
func refuse(t *talk, task progress.Task, o order, why error) (templates.Answer, error) {
	t.note.task = task.ID
	a := templates.Answer{About: templates.TopicRefused, Task: t.subject(task), Verb: o.Verb, Step: o.Step, Refusal: refusal(why)}
	var err error
	if a.Refusal.Code == progress.Conflict {
		if a.Decisions, err = since(t, task, o); err != nil {
			return a, err
		}
	}
	a.Presses, err = buttons(t, task, offers(t, task))
	return a, err
}

// refusal is an error as answers have it.
func refusal(err error) *progress.Error {
	if e, ok := errors.AsType[*progress.Error](err); ok {
		return e
	}
	return &progress.Error{Code: progress.Internal, Say: "something went wrong", Err: err}
}
