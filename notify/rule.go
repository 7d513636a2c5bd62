package notify

import (
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
func (m *Matcher) Of(t *progress.Task, e *progress.Event) bool { return false }

// Applying are the rules that apply to an event of a task, in their order, each with
// what it has from the rules around it. It is pure.
func Applying(rules []Rule, t *progress.Task, e *progress.Event) []Rule { return nil }

// CheckRules says what is wrong with rules: the first problem, an Error with Invalid whose
// Field is the path such as rules[2].tell[0]; or nil. channels are those that this
// server has.
func CheckRules(rules []Rule, channels []string) error { return nil }
