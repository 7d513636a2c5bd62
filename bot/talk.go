package bot

import (
	"cmp"
	"context"
	"time"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// talk is one turn while it is answered.
type talk struct {
	*Bot
	ctx  context.Context
	turn Turn
	now  time.Time

	was  recalled        // what was remembered before it
	seen seen            // the tasks that it can be about
	said intents.Reading // what it meant
	note note            // what is to be remembered of it

	again bool // it was heard before, and nothing was done then: nothing may be done now
	noted bool // it is noted what it orders
	done  bool // that was done
	mute  bool // it was overheard, and asks for nothing
}

// answer is what there is to say.
func (t *talk) answer() (templates.Answer, error) {
	if t.turn.Press != "" {
		return pressed(t)
	}
	if a, ok, err := repeated(t); ok || err != nil {
		return a, err
	}
	if err := t.understand(); err != nil {
		return templates.Answer{}, err
	}
	a, ok, err := answersQuestion(t)
	switch {
	case ok || err != nil:
	case idle(t):
		return quiet(t)
	default:
		a, err = t.route()
	}
	if err != nil {
		return a, err
	}
	return a, noteHeard(t)
}

// understand reads the message: the tasks first that it can be about, and where it names
// one that is not among them, once more with what is found by that name.
func (t *talk) understand() error {
	if err := gather(t); err != nil {
		return err
	}
	t.said = t.parse()
	if t.said.Named == "" {
		return nil
	}
	found, err := titled(t, t.said.Named)
	if err != nil || !t.seen.add(found...) {
		return err
	}
	t.said = t.parse()
	return nil
}

// counted are the tasks among which positions count: those that were listed last, or else
// those that a list would show.
func counted(t *talk) (out []progress.TaskID) {
	if offered := t.offered(); offered != nil {
		return offered
	}
	for _, task := range t.seen.list {
		if !task.Status.Ended() {
			out = append(out, task.ID)
		}
	}
	return out
}

func (t *talk) parse() intents.Reading {
	about, _ := t.context()
	r := t.Parser.Parse(intents.Input{Text: t.turn.Text, Tasks: t.seen.input(), About: about, Offered: counted(t), Lang: cmp.Or(t.was.lang(t.now), t.turn.Reader.Lang)})
	return hidden(t, doubled(t, r))
}

// hidden is a reading in which "it" can only be the task of a page that the person does not see,
// or that is gone: it is no other one.
func hidden(t *talk, r intents.Reading) intents.Reading {
	page := t.turn.About
	if page == "" || t.seen.has(page) || r.How != intents.ByStatus && r.How != intents.ByOnly && !(r.How == "" && r.Ambiguous()) {
		return r
	}
	r.Task, r.Fits, r.Named, r.Sure = "", nil, string(page), intents.SureAnswer
	return r
}

// doubled is a reading in which "it" can be two: what was spoken of, and what the page is
// about. To tell of the former is right as often as not; to act on it is not.
func doubled(t *talk, r intents.Reading) intents.Reading {
	about, other := t.context()
	if r.Verb == "" || r.How != intents.ByThread || other == "" || other == about {
		return r
	}
	r.Task, r.Fits = "", t.seen.sorted([]progress.TaskID{about, other})
	return r
}

// route answers by what was meant.
func (t *talk) route() (templates.Answer, error) {
	r := &t.said
	switch {
	case forOthers(t):
		return stranger(t), nil
	case r.Intent == intents.Help:
		return help(t), nil
	case r.Intent == intents.Unknown && r.Named == "":
		return unknown(t), nil
	case r.Assent == intents.No:
		return drop(t, order{})
	case r.Intent == intents.List:
		return list(t)
	case r.All && (r.Intent == intents.Subscribe || r.Intent == intents.Unsubscribe):
		return notices(t, nil)
	case r.Named != "":
		return missing(t)
	case r.Ambiguous():
		return several(t, r.Fits)
	case r.Task == "":
		return noTask(t)
	}
	return t.about(r.Task)
}

// about answers what is about one task.
func (t *talk) about(id progress.TaskID) (templates.Answer, error) {
	task, ok := t.seen.task(id)
	if !ok {
		return noTask(t)
	}
	t.note.task = id
	if t.said.Verb != "" {
		return act(t, task)
	}
	return tell(t, task, t.said.Intent)
}

// subject is a task as answers have it.
func (t *talk) subject(task progress.Task) *templates.Subject {
	return &templates.Subject{Task: &task, ETA: t.ETA(&task), Now: t.now, Link: t.Link(task.ID)}
}

// lang is the language to answer in, "" for the reader's own: that of the words, else the
// one that was spoken here last.
func (t *talk) lang() string {
	if t.turn.Press == "" && t.said.Lang != "" && !ours(t.turn.Text) {
		return t.said.Lang
	}
	return t.was.lang(t.now)
}
