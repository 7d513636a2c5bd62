package templates

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// clerk lists what is known of a task, and what can be done with it.
type clerk struct{ painter }

// facts are what is known of the task beside its picture.
func (p clerk) facts() []Fact {
	t := p.task
	var out []Fact
	say := func(key, value string) {
		if value != "" {
			out = append(out, p.fact(p.Say(key), value))
		}
	}
	when := func(key string, at time.Time) {
		if !at.IsZero() {
			f := p.fact(p.Say(key), p.clock(at))
			f.At = at
			out = append(out, f)
		}
	}
	say("fact.kind", clean(t.Spec.Kind, mostName))
	say("fact.owner", p.owner(t.Spec.Owner))
	if t.StartedAt.IsZero() {
		when("fact.created", t.CreatedAt)
	}
	when("fact.started", t.StartedAt)
	when("fact.ended", t.EndedAt)
	say("fact.worker", clean(t.Worker, mostName))
	return out
}

func (p clerk) fact(name, value string) Fact {
	return Fact{Name: name, Value: value, Text: p.Say("fact.line", arg("name", name), arg("value", value))}
}

// owner names a person or a group.
func (p clerk) owner(name string) string {
	if group, ok := strings.CutPrefix(name, "group:"); ok {
		return p.Say("fact.group", arg("name", clean(group, mostName)))
	}
	return clean(name, mostName)
}

// How much of a result is shown.
const (
	mostResults = 5
	mostResult  = 500
)

// result is what a task that ended well gave: a text, or the plain values of an
// object.
func (p clerk) result() []Fact {
	t := p.task
	raw := t.Result
	if t.End != nil && len(t.End.Result) > 0 {
		raw = t.End.Result
	}
	if t.Status != progress.Completed || len(raw) == 0 {
		return nil
	}
	if value, ok := scalar(raw); ok {
		return []Fact{p.fact(p.Say("card.result"), value)}
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return nil
	}
	return p.scalars(object)
}

func (p clerk) scalars(object map[string]json.RawMessage) []Fact {
	var out []Fact
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if value, ok := scalar(object[name]); ok && len(out) < mostResults {
			out = append(out, p.fact(clean(name, mostName), value))
		}
	}
	return out
}

// scalar is a text or a number that a document is; ok is false if it is none, or
// empty.
func scalar(raw json.RawMessage) (value string, ok bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || bytes.ContainsAny(raw[:1], "{[n") {
		return "", false
	}
	if raw[0] != '"' {
		return clean(string(raw), mostResult), true
	}
	if json.Unmarshal(raw, &value) != nil {
		return "", false
	}
	value = clean(value, mostResult)
	return value, value != ""
}

// offers are the verbs that the task admits. Who may give which is not looked at:
// who shows a button knows for whom.
func (p clerk) offers() []Offer {
	t := p.task
	var out []Offer
	if n := t.Steps.First(progress.StepWaiting); n > 0 && !t.Status.Ended() {
		out = append(out, p.offer(progress.VerbApprove, n), p.offer(progress.VerbReject, n))
	}
	for _, v := range progress.Offers(*t, progress.Timer()) {
		switch v {
		case progress.VerbApprove, progress.VerbReject:
		case progress.VerbRetry:
			out = append(out, p.offer(v, failedStep(t)))
		case progress.VerbSkip:
			out = append(out, p.offer(v, p.skips()))
		default:
			out = append(out, p.offer(v, 0))
		}
	}
	return out
}

// skips is the step that a skip means: of a failed task the failed one.
func (p clerk) skips() int {
	if p.task.Status == progress.Failed {
		return failedStep(p.task)
	}
	return p.task.Current()
}

func (p clerk) offer(v progress.Verb, step int) Offer {
	label := string(v)
	switch v {
	case progress.VerbSkip:
		label = p.Say("verb.skip", order(step))
	case progress.VerbApprove, progress.VerbReject, progress.VerbPause, progress.VerbResume, progress.VerbCancel, progress.VerbRestart, progress.VerbRetry:
		label = p.Say("verb." + string(v))
	}
	return Offer{Verb: v, Label: label, Step: step}
}
