package bot

import (
	"slices"
	"strconv"
	"strings"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// answersQuestion answers a message that answers what the bot has asked; ok is false for
// any other.
func answersQuestion(t *talk) (a templates.Answer, ok bool, err error) {
	q := t.was.own.Asked
	switch {
	case t.again || q == nil:
		return a, false, nil
	case q.Ticket != "" && (q.open(t.now) || q.late(t.now) && !t.turn.Overheard):
		return answersConfirm(t, q)
	case q.Ticket == "" && q.open(t.now):
		return answersChoice(t, q)
	}
	return a, false, nil
}

// agrees reports whether a message is a yes. "OK?" is none: it asks something itself.
func agrees(t *talk) bool { return t.said.Assent == intents.Yes && !marksQuestion(t.turn.Text) }

// answersConfirm takes a yes or a no.
func answersConfirm(t *talk, q *Question) (a templates.Answer, ok bool, err error) {
	switch {
	case agrees(t):
		a, err = redeem(t, q.Ticket)
		return a, true, err
	case t.said.Assent == intents.No:
		a, err = drop(t, order{Task: q.Task})
		return a, true, err
	}
	return a, false, nil
}

// answersChoice takes a task that was offered, or drops the choice.
func answersChoice(t *talk, q *Question) (a templates.Answer, ok bool, err error) {
	if id := numbered(t.turn.Text, t.offered()); id != "" {
		t.said.Pick = id
	}
	if offered := t.offered(); agrees(t) && len(offered) == 1 {
		t.said.Pick = offered[0] // did you mean this one?
	}
	switch {
	case t.said.Assent == intents.No:
		a, err = drop(t, order{})
		return a, true, err
	case t.said.Pick != "":
		a, err = picked(t, q)
		return a, true, err
	case narrows(t):
		t.said.Intent, t.said.Verb, t.said.Step, t.said.Lines, t.said.Reason, t.said.Wait = intents.Intent(q.Intent), q.Verb, q.Step, q.Lines, q.Reason, q.Wait
		if q.Verb != "" {
			t.said.Intent = intents.Intent(q.Verb)
		}
		a, err = choose(t, t.said.Fits)
		return a, true, err
	}
	return a, false, nil
}

// numbered is the task that a message means which is only a number of the list, as "2" or
// "2." is; "" for any other.
func numbered(text string, offered []progress.TaskID) progress.TaskID {
	n, err := strconv.Atoi(strings.Trim(text, " \t\n#.)"))
	if err != nil || n < 1 || n > len(offered) {
		return ""
	}
	return offered[n-1]
}

// narrows reports whether a message only names some of what was offered.
func narrows(t *talk) bool {
	r, offered := t.said, t.offered()
	bare := r.Intent == intents.Status && r.Verb == "" && !strings.Contains(t.turn.Text, "?")
	return bare && r.Ambiguous() && !slices.ContainsFunc(r.Fits, func(id progress.TaskID) bool { return !slices.Contains(offered, id) })
}

// picked does with a task what was asked of several.
func picked(t *talk, q *Question) (templates.Answer, error) {
	task, ok := t.seen.task(t.said.Pick)
	if !ok {
		return noTask(t)
	}
	t.note.task, t.note.over = task.ID, true
	if q.Verb == "" {
		t.said.Intent, t.said.Task, t.said.Step, t.said.Lines = intents.Intent(q.Intent), task.ID, q.Step, q.Lines
		return tell(t, task, t.said.Intent)
	}
	if text := q.pick(t.offered(), task.ID); text != "" {
		return redeem(t, text)
	}
	t.said.Intent, t.said.Verb, t.said.Task = intents.Intent(q.Verb), q.Verb, task.ID
	t.said.Step, t.said.Reason, t.said.Wait, t.said.Sure = q.Step, q.Reason, q.Wait, intents.SureAsk
	o := aim(task, t.turn.Who, q.Verb, q.Step, q.Reason)
	if err := t.admits(task, o); err != nil {
		return refuse(t, task, o, err)
	}
	return confirm(t, task, o)
}
