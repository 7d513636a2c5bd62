package notify

import (
	"fmt"
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
)

// Rule is what the operator wants people to be told of, whether they have subscribed to
// it or not. Rules are a tree. Of a list the first that matches is taken, and those after
// it only where it says Continue; of a rule that matches its own Rules are looked at
// first, and it applies itself where none of them does. What a rule leaves empty is that
// of the rule around it.
type Rule struct {
	Name     string // its place such as rules[2].rules[0], or the name that it was given
	Match    Matcher
	Tell     []string      // see Names
	By       []string      // channels; none: every way that leads to them
	Digest   Cadence       // what is no approval and no end is gathered; none: it is told at once
	Group    []string      // what comes in one digest: of the same "task", "kind", "owner" or "label:NAME"; none: all
	Over     time.Duration // nothing of runs that have not taken as long, but what failed and what is asked
	Escalate []Stage       // of approvals that nobody decides
	Continue bool
	Rules    []Rule
}

// The names in Tell that are no person, no "group:NAME" and no "CHANNEL:ADDRESS".
const (
	TellOwner     = "owner"     // of the task: a person, or everyone in the group
	TellApprovers = "approvers" // who is named to decide
	TellOperators = "operators" // who may administer
)

// Matcher says what a rule is about. All that is set must hold; of a list one is enough.
// A star at the end of a text stands for anything.
type Matcher struct {
	Kinds   []string
	Owners  []string // persons and "group:NAME"
	Labels  map[string]string
	Classes []Class
	Events  []string // patterns such as "task.failed" or "approval.*"
}

// Stage is one more try to have an approval decided.
type Stage struct {
	After time.Duration `json:"after_ns"`       // since the stage before it, of the first since it was asked
	Tell  []string      `json:"tell,omitempty"` // as of a Rule; none: those who were asked before, a reminder
	By    []string      `json:"by,omitempty"`
}

// Of reports whether an event of a task is meant.
func (m *Matcher) Of(t *progress.Task, e *progress.Event) bool {
	return oneOf(m.Kinds, t.Spec.Kind) && oneOf(m.Owners, t.Spec.Owner) && oneOf(m.Events, string(e.Kind)) &&
		(len(m.Classes) == 0 || slices.Contains(m.Classes, ClassOf(e.Kind))) && labelled(m.Labels, t.Spec.Labels)
}

// oneOf reports whether one of some patterns fits, or there are none.
func oneOf(patterns []string, text string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p string) bool { return matches(p, text) })
}

// labelled reports whether labels are there, with values that fit the patterns.
func labelled(want, have map[string]string) bool {
	for name, pattern := range want {
		if value, ok := have[name]; !ok || !matches(pattern, value) {
			return false
		}
	}
	return true
}

// Applying are the rules that apply to an event of a task, in their order, each with
// what it has from the rules around it, and without those inside it. A rule that tells
// nobody is left out, though it is taken like any other. It is pure.
func Applying(rules []Rule, t *progress.Task, e *progress.Event) []Rule {
	applying, _ := taken(rules, &Rule{}, t, e)
	return applying
}

// taken are those of a list, inside the rule around it, that apply; some is whether any
// matched.
func taken(rules []Rule, around *Rule, t *progress.Task, e *progress.Event) (out []Rule, some bool) {
	for i := range rules {
		if !rules[i].Match.Of(t, e) {
			continue
		}
		some = true
		r := rules[i].inside(around)
		inner, found := taken(rules[i].Rules, &r, t, e)
		if !found && len(r.Tell) > 0 {
			inner = []Rule{r}
		}
		out = append(out, inner...)
		if !r.Continue {
			break
		}
	}
	return out, some
}

// inside is the rule by itself, with what it has from the one around it.
func (r Rule) inside(around *Rule) Rule {
	r.Rules = nil
	r.Tell, r.By, r.Group = filled(r.Tell, around.Tell), filled(r.By, around.By), filled(r.Group, around.Group)
	r.Escalate = filled(r.Escalate, around.Escalate)
	if r.Digest.None() {
		r.Digest = around.Digest
	}
	if r.Over == 0 {
		r.Over = around.Over
	}
	return r
}

func filled[T any](own, around []T) []T {
	if len(own) == 0 {
		return around
	}
	return own
}

// Named are the rules, each without a name called by its place.
func Named(rules []Rule) []Rule { return named("rules", rules) }

func named(path string, rules []Rule) []Rule {
	out := slices.Clone(rules)
	for i := range out {
		place := fmt.Sprintf("%s[%d]", path, i)
		if out[i].Name == "" {
			out[i].Name = place
		}
		out[i].Rules = named(place+".rules", out[i].Rules)
	}
	return out
}
