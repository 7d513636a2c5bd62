package notify

import (
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// SubscriptionID names a subscription: sub_ and letters and digits.
type SubscriptionID string

// Subscription is somebody's wish to be told of tasks at an address. Only tasks
// that the owner may see are told of.
type Subscription struct {
	ID      SubscriptionID
	Owner   progress.Person
	Name    string // for people, "" for none
	Address Address
	Match   Match
	Events  []string      // kinds such as "task.failed", and patterns such as "approval.*"; none: every milestone
	Live    bool          // the task's progress too, as a card
	Over    time.Duration // ends that went well, and those that somebody wished, only of runs that took as long
	Off     string        // why nothing is sent, "" while it is on
	OffAt   time.Time
	MadeAt  time.Time

	// Callback is that it belongs to a task, which named the address, and is in no
	// table. Its owner need not see the task.
	Callback bool

	// Vouched is that the operator's rules name the address. It is in no table and
	// nobody's, and may be told of every task.
	Vouched bool
}

// vouchedFor is an address that a rule names, as a subscription without a card.
func vouchedFor(a Address) *Subscription {
	return &Subscription{ID: SubscriptionID(vouchedPrefix + strings.TrimPrefix(string(a.Lane()), "ln_")), Address: a, Vouched: true}
}

const vouchedPrefix = "rule_"

// personal reports whether a person reads there, and not a program.
func (s *Subscription) personal() bool { return s.Address.Channel != Webhook }

// Unconfirmed is why a subscription is off whose address nobody has confirmed yet.
const Unconfirmed = "its address is not confirmed yet"

// Match says which tasks are meant. All that is set must hold.
type Match struct {
	Task   progress.TaskID   `json:"task,omitempty"`
	Kind   string            `json:"kind,omitempty"`
	Owner  string            `json:"owner,omitempty"` // a person or "group:NAME"
	Labels map[string]string `json:"labels,omitempty"`
}

// Of reports whether the task is meant.
func (m Match) Of(t *progress.Task) bool {
	return (m.Task == "" || m.Task == t.ID) && (m.Kind == "" || m.Kind == t.Spec.Kind) &&
		(m.Owner == "" || m.Owner == t.Spec.Owner) && within(m.Labels, t.Spec.Labels)
}

func within(want, have map[string]string) bool {
	for k, w := range want {
		if v, ok := have[k]; !ok || v != w {
			return false
		}
	}
	return true
}

// Wants reports whether the subscription is about events of the kind.
func (s *Subscription) Wants(kind string) bool {
	return len(s.Events) == 0 || slices.ContainsFunc(s.Events, func(pattern string) bool { return matches(pattern, kind) })
}

// Hears reports whether the subscription is about notes of the kind: one that asks for
// them, or is about everything.
func (s *Subscription) Hears(k NoteKind) bool {
	return len(s.Events) > 0 && s.Wants(string(k)) || len(s.Events) == 0 && s.Match.Any()
}

// Any reports whether every task is meant.
func (m Match) Any() bool { return m.Task == "" && m.Kind == "" && m.Owner == "" && len(m.Labels) == 0 }

// matches reports whether a pattern is the name, or its part before a final star.
func matches(pattern, name string) bool {
	if stem, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, stem)
	}
	return pattern == name
}

// Matters are the kinds that people are told of who have not said what they want to hear:
// what asks for them, what is over, what does not move, and what did not reach them.
func Matters() []string {
	return []string{
		string(progress.ApprovalNeeded), string(progress.ApprovalDecided), string(progress.TaskCompleted), string(progress.TaskFailed),
		string(progress.TaskCancelled), string(progress.TaskStalled), string(NoteOff), string(NoteDead), string(NoteUndelivered),
	}
}

// ValidPattern reports whether a pattern is about any kind of milestone or note.
func ValidPattern(pattern string) bool {
	return matches(pattern, string(NoteOff)) || matches(pattern, string(NoteDead)) || matches(pattern, string(NoteUndelivered)) ||
		slices.ContainsFunc(progress.Kinds(), func(k progress.KindInfo) bool {
			return k.Milestone && matches(pattern, string(k.Kind))
		})
}
