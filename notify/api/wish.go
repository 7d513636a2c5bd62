package api

import (
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// The bounds of what somebody wants to be told, in characters unless it says otherwise.
const (
	mostURL    = 2000
	mostName   = notify.MostName
	mostEvents = 50 // patterns
	mostLabels = notify.MostLabels
	mostOver   = 30 * 24 * 60 * 60 // seconds that a run has to take
)

// wish is what the bodies have in common that make a subscription.
type wish struct {
	Name   string            `json:"name"`
	Events []string          `json:"events"`
	Task   progress.TaskID   `json:"task"`
	Kind   string            `json:"kind"`
	Owner  string            `json:"owner"`
	Labels map[string]string `json:"labels"`
}

// check says what is wrong with it.
func (w wish) check() error {
	for _, f := range [...]struct{ name, text string }{{"name", w.Name}, {"task", string(w.Task)}, {"kind", w.Kind}, {"owner", w.Owner}} {
		if err := kit.Short(f.name, f.text, mostName); err != nil {
			return err
		}
	}
	if len(w.Labels) > mostLabels {
		return kit.Over("labels", "must be at most %d", mostLabels)
	}
	for k, v := range w.Labels {
		if k == "" || strings.ContainsRune(k+v, 0) || utf8.RuneCountInString(k) > mostName || utf8.RuneCountInString(v) > mostName {
			return kit.Invalid("labels", "must be names and values of at most %d characters", mostName)
		}
	}
	return checkEvents(w.Events)
}

// match says which tasks it is about.
func (w wish) match() notify.Match {
	return notify.Match{Task: w.Task, Kind: w.Kind, Owner: w.Owner, Labels: w.Labels}
}

// checkURL refuses a URL that nothing could ever be sent to.
func checkURL(g Guard, field, raw string) error {
	if err := kit.Short(field, raw, mostURL); err != nil {
		return err
	}
	_, err := g.CheckURL(raw)
	if e, ok := errors.AsType[*progress.Error](err); ok {
		here := *e
		here.Field = field
		return &here
	}
	return err
}

// checkEvents refuses patterns that nothing ever matches.
func checkEvents(events []string) error {
	if len(events) > mostEvents {
		return kit.Over("events", "must be at most %d", mostEvents)
	}
	for _, p := range events {
		if !notify.ValidPattern(p) {
			return kit.Invalid("events", "%q is no kind of event, such as task.failed, and no beginning of some, such as approval.*", p)
		}
	}
	return nil
}

// longer is how long a run has to take, if somebody says so.
type longer struct {
	Over *int64 `json:"longer_than_seconds"`
}

func (l longer) check() error {
	if l.Over != nil && (*l.Over < 0 || *l.Over > mostOver) {
		return kit.Invalid("longer_than_seconds", "must be 0 to %d", mostOver)
	}
	return nil
}

// or is what was said, or else usual.
func (l longer) or(usual time.Duration) time.Duration {
	if l.Over == nil {
		return usual
	}
	return time.Duration(*l.Over) * time.Second
}

// edit is what can be changed about any subscription; what is absent stays.
type edit struct {
	Name   *string   `json:"name"`
	Events *[]string `json:"events"`
	On     *bool     `json:"on"`
	fixed
}

// fixed are the fields that make it another one.
type fixed struct {
	Task   json.RawMessage `json:"task"`
	Kind   json.RawMessage `json:"kind"`
	Owner  json.RawMessage `json:"owner"`
	Labels json.RawMessage `json:"labels"`
}

func (e edit) check(what string) error {
	if err := stays(what, map[string]json.RawMessage{"task": e.Task, "kind": e.Kind, "owner": e.Owner, "labels": e.Labels}); err != nil {
		return err
	}
	if e.Name != nil {
		if err := kit.Short("name", *e.Name, mostName); err != nil {
			return err
		}
	}
	if e.Events != nil {
		return checkEvents(*e.Events)
	}
	return nil
}

// stays refuses fields that cannot be changed.
func stays(what string, fields map[string]json.RawMessage) error {
	for field, said := range fields {
		if said != nil && string(said) != "null" {
			return kit.Invalid(field, "stays as it is; make another %s", what)
		}
	}
	return nil
}

// apply changes a subscription, by somebody at a time.
func (e edit) apply(s *notify.Subscription, by progress.Person, at time.Time) {
	if e.Name != nil {
		s.Name = *e.Name
	}
	if e.Events != nil {
		s.Events = *e.Events
	}
	switch on := s.Off == ""; {
	case e.On == nil || *e.On == on:
	case *e.On:
		s.Off, s.OffAt = "", time.Time{}
	default:
		s.Off, s.OffAt = byHand+string(by), at
	}
}

// byHand begins why a subscription is off that somebody has switched off. A browser that
// is does not switch itself on again: notices.js knows these words.
const byHand = "switched off by "
