package templates

import (
	"slices"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// waiter says for whom a task waits.
type waiter struct {
	reviewer
	known []Decision // newest first
}

// mostWaits is of how many steps it is said who has to decide.
const mostWaits = 3

// all is everybody for whom it waits: those who have to decide, a worker, who has to let
// it go on.
func (p waiter) all() []string {
	t := p.task
	if t.Status.Ended() {
		return nil
	}
	out := p.deciders(1)
	switch {
	case t.Status == progress.Paused:
		out = append(out, p.held()...)
	case p.alarm() != nil:
		out = append(out, p.alarm().Text)
	case t.Status == progress.Pending && t.Lease == "":
		out = append(out, p.Say("wait.worker"))
	}
	return out
}

// beside is all that a card does not say: it has the question of the first step, and why
// nothing moves.
func (p waiter) beside(c Card) []string {
	t := p.task
	if t.Status.Ended() {
		return nil
	}
	var out []string
	if c.Ask != nil {
		out = p.deciders(c.Ask.Step + 1)
	}
	switch {
	case t.Status == progress.Paused:
		out = append(out, p.held()...)
	case t.Status == progress.Pending && t.Lease == "" && c.Alarm == nil:
		out = append(out, p.Say("wait.worker"))
	}
	return out
}

// deciders says who has to decide, of the steps from one on.
func (p waiter) deciders(from int) []string {
	if p.task.Steps.Count(progress.StepWaiting) == 0 {
		return nil
	}
	var out []string
	for s := range progress.Peek(p.task.Steps) {
		if s.Status == progress.StepWaiting && s.Approval != nil && s.Order >= from && len(out) < mostWaits {
			out = append(out, question{p.speech, s.Approval}.awaited(s.Order))
		}
	}
	return out
}

// awaited says who has yet to decide, how many have, and until when.
func (q question) awaited(step int) string {
	said := q.Say("wait.anyone", order(step))
	if names := q.silent(); len(names) > 0 {
		said = q.Say("wait.approval", order(step), words.A("names", q.List(names, true)))
	}
	if votes := q.votes(); votes != "" {
		said += " " + votes + "."
	}
	if until := q.until(); until != nil {
		said += " " + until.Text
	}
	return said
}

// silent are those who may decide and have not approved yet.
func (q question) silent() []string {
	var out []string
	for _, name := range q.Deciders() {
		if !q.ApprovedBy(progress.Person(name)) {
			out = append(out, q.decider(name))
		}
	}
	return out
}

// decider names a person or a group.
func (q question) decider(name string) string {
	if group, ok := strings.CutPrefix(name, "group:"); ok {
		return q.Say("list.group", arg("name", clean(group, mostName)))
	}
	return inside(clean(name, mostName))
}

// held says who paused the task, and that somebody has to let it go on.
func (p waiter) held() []string {
	if p.task.Resting {
		return []string{p.Say("wait.rest")}
	}
	var out []string
	i := slices.IndexFunc(p.known, func(d Decision) bool { return d.Verb == progress.VerbPause || d.Verb == progress.VerbResume })
	if i >= 0 && p.known[i].Verb == progress.VerbPause {
		d := p.known[i]
		out = add(out, p.done("wait.paused", d.By, d.Via, d.At).Text, p.reason(d.Reason))
	}
	return append(out, p.Say("wait.pause"))
}
