package notify

import (
	"slices"

	"github.com/taskherald/herald/progress"
)

// Decision is what an event leads to for one subscription.
type Decision struct {
	Sub    *Subscription
	Letter bool
	Mark   bool   // its card of the task has to show the event's version
	Why    string // why, or why not, for people
}

// Route says what an event of a task leads to: a decision for each of the subscriptions
// that are about the task, those that lead to nothing too. sees reports whether the owner
// may be told of the task. It is pure.
func Route(t *progress.Task, e *progress.Event, subs []*Subscription, sees func(*Subscription) bool) []Decision {
	out := make([]Decision, len(subs))
	for i, s := range subs {
		out[i] = decide(t, e, s, sees)
	}
	return out
}

func decide(t *progress.Task, e *progress.Event, s *Subscription, sees func(*Subscription) bool) Decision {
	d := Decision{Sub: s}
	switch {
	case s.Off != "":
		d.Why = "the subscription is off: " + s.Off
	case !sees(s):
		d.Why = "its owner may not see the task"
	default:
		d.Letter, d.Mark = s.Wants(string(e.Kind)), s.Live
		d.Why = "subscribed"
		if d.Letter && s.brief(t, e) {
			d.Letter, d.Why = false, "the run was over in less than "+s.Over.String()
		} else if !d.Letter && !d.Mark {
			d.Why = "not subscribed to " + string(e.Kind)
		}
	}
	return d
}

// brief reports whether the event ends a run that was too short for the subscription.
// That a run failed is told whatever it took, as is the end of one that we know no more.
func (s *Subscription) brief(t *progress.Task, e *progress.Event) bool {
	if s.Over == 0 || e.Kind != progress.TaskCompleted && e.Kind != progress.TaskCancelled || !e.At.Equal(t.EndedAt) {
		return false
	}
	return t.StartedAt.IsZero() || e.At.Sub(t.StartedAt) < s.Over
}

// WantProgress is what a task's callback_events say that asks for its progress, and
// callbackAlways the events that every callback is told of.
const WantProgress = "progress"

var callbackAlways = []string{
	string(progress.TaskStarted), string(progress.TaskCompleted), string(progress.TaskFailed), string(progress.TaskCancelled),
}

// CallbackOf is the subscription that a task has of its own, for the URL that it was
// created with; ok is false if it has none.
func CallbackOf(t *progress.Task) (s *Subscription, ok bool) {
	spec := t.Spec
	if spec.CallbackURL == "" {
		return nil, false
	}
	return &Subscription{
		ID: SubscriptionID("cb_" + string(t.ID)), Owner: spec.CreatedBy, Callback: true, MadeAt: t.CreatedAt,
		Address: Address{Channel: Webhook, To: spec.CallbackURL, Key: HolderOf(spec.CreatedBy)},
		Events:  slices.Concat(callbackAlways, spec.CallbackEvents),
		Live:    slices.Contains(spec.CallbackEvents, WantProgress),
	}, true
}
