package engine

import (
	"encoding/json"
	"errors"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// keyed is what was kept of an earlier command with the same key, in the store
// or in this plan.
func (p *plan) keyed(key string) (store.Keyed, bool) {
	if key == "" {
		return store.Keyed{}, false
	}
	if k, ok := p.newKeys[key]; ok {
		return k, true
	}
	k, ok := p.keys[key]
	return k, ok
}

// kept form of an outcome.
type keptOutcome struct {
	Task  string        `json:"task,omitempty"`
	Code  progress.Code `json:"code,omitempty"`
	Say   string        `json:"say,omitempty"`
	Field string        `json:"field,omitempty"`
}

// remember keeps the outcome of a command that came with a key: what it did, or
// that the task's state refused it. What is wrong in itself, or not allowed,
// may be put right and tried again under the same key.
func (p *plan) remember(c progress.Command, out Outcome, err error) {
	if c.Key == "" {
		return
	}
	k := keptOutcome{}
	if err != nil {
		e, ok := errors.AsType[*progress.Error](err)
		if !ok || e.Code != progress.Conflict {
			return
		}
		k.Code, k.Say, k.Field = e.Code, e.Say, e.Field
	}
	if out.Task.Spec != nil {
		k.Task = store.Picture(out.Task)
	}
	kept, _ := json.Marshal(k) // of plain texts: cannot fail
	if p.newKeys == nil {
		p.newKeys = map[string]store.Keyed{}
	}
	p.newKeys[c.Key] = store.Keyed{Body: c.Body, Outcome: kept, At: p.now}
}

// replay gives the outcome of an earlier command with the same key.
func replay(k store.Keyed, c progress.Command) Result {
	if k.Body != c.Body {
		return Result{Err: &progress.Error{
			Code: progress.Conflict, Field: "Idempotency-Key",
			Say: "this key was used for something else; use a new one for a new request",
		}}
	}
	var kept keptOutcome
	err := json.Unmarshal(k.Outcome, &kept)
	if err != nil {
		return Result{Err: &progress.Error{Code: progress.Internal, Say: "the kept outcome cannot be read", Err: err}}
	}
	out := Outcome{Replayed: true}
	if kept.Task != "" {
		if out.Task, err = store.Restore(kept.Task); err != nil {
			return Result{Err: &progress.Error{Code: progress.Internal, Say: "the kept outcome cannot be read", Err: err}}
		}
	}
	if err := allowed(out.Task, c); err != nil {
		return Result{Err: err}
	}
	if kept.Code != "" {
		return Result{out, &progress.Error{Code: kept.Code, Say: kept.Say, Field: kept.Field}}
	}
	return Result{Outcome: out}
}

// allowed looks again at whether the caller may: much may have changed since.
func allowed(t progress.Task, c progress.Command) error {
	if t.Spec == nil {
		return nil
	}
	return progress.Allow(t, c.By, c.Do.Verb())
}
