package notify

import (
	"context"
	"maps"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// roster knows who may be told of what.
type roster struct {
	Options
	rolls *rolls
	named map[SubscriptionID]*Subscription // addresses that the rules name
	now   func() time.Time
}

// told is a task that a subscription may be told of, and the subscription; or why not.
func (n *roster) told(ctx context.Context, id SubscriptionID, task progress.TaskID) (t *progress.Task, s *Subscription, why string, err error) {
	if t, err = n.taskNow(ctx, task); err != nil || t == nil {
		return nil, nil, "the task is gone", err
	}
	if own, ok := CallbackOf(t); ok && own.ID == id {
		why, err = n.absent(ctx, own)
		return t, own, why, err
	}
	if s, why, err = n.standing(ctx, id, false); err != nil || why != "" || s.Vouched {
		return t, s, why, err
	}
	eyes, err := n.eyesOf(ctx, s.Owner)
	if err == nil && !mayTell(eyes, t) {
		why = "the owner may not see the task any more"
	}
	return t, s, why, err
}

// absent says why nothing is told in the name of a subscription's owner, "" if it may.
func (n *roster) absent(ctx context.Context, s *Subscription) (why string, err error) {
	if s.Vouched {
		return "", nil
	}
	eyes, err := n.eyesOf(ctx, s.Owner)
	if err == nil && !present(s, eyes) {
		why = "its owner is gone"
	}
	return why, err
}

// present reports whether the owner of a subscription is there. Who made a task
// without saying who they are is nobody who could go.
func present(s *Subscription, eyes *progress.Actor) bool {
	return eyes != nil || s.Callback && s.Owner == ""
}

// standing is a subscription that is on, or only waits to be confirmed where that will
// do; or why there is none.
func (n *roster) standing(ctx context.Context, id SubscriptionID, unconfirmed bool) (s *Subscription, why string, err error) {
	r, err := n.rolls.recent(ctx, n.now())
	if err != nil {
		return nil, "", err
	}
	switch s = n.subscription(r, id); {
	case s == nil:
		return nil, "unsubscribed", nil
	case s.Off != "" && !(unconfirmed && s.Off == Unconfirmed):
		return nil, "the subscription is off: " + s.Off, nil
	}
	return s, "", nil
}

// subscription is one that somebody has made, or an address that the rules name; nil if
// there is none.
func (n *roster) subscription(r *roll, id SubscriptionID) *Subscription {
	if s := r.byID[id]; s != nil {
		return s
	}
	return n.named[id]
}

// sharing are the subscriptions that have the address of one, itself too.
func (n *roster) sharing(r *roll, s *Subscription) []SubscriptionID {
	ids := []SubscriptionID{s.ID}
	for _, o := range r.all {
		if o.ID != s.ID && o.Address == s.Address {
			ids = append(ids, o.ID)
		}
	}
	if v := vouchedFor(s.Address); v.ID != s.ID && n.named[v.ID] != nil {
		ids = append(ids, v.ID)
	}
	return ids
}

// namedBy are the addresses that rules name, with a card where those can be changed.
func namedBy(rules []Rule, channels map[string]Channel) map[SubscriptionID]*Subscription {
	out := map[SubscriptionID]*Subscription{}
	add := func(names []string) {
		for _, name := range names {
			if a, ok := addressIn(name); ok {
				s := vouchedFor(a)
				_, s.Live = channels[a.Channel].(Editor)
				out[s.ID] = s
			}
		}
	}
	for _, r := range rules {
		add(r.Tell)
		for _, s := range r.Escalate {
			add(s.Tell)
		}
		maps.Copy(out, namedBy(r.Rules, channels))
	}
	return out
}

// readerOf is how somebody reads.
func (n *roster) readerOf(ctx context.Context, who progress.Person) (templates.Reader, error) {
	r, err := n.rolls.recent(ctx, n.now())
	if err != nil {
		return n.Reader, err
	}
	return r.manner(who).Reader, nil
}

// taskNow is a task, nil if it is gone.
func (n *roster) taskNow(ctx context.Context, id progress.TaskID) (*progress.Task, error) {
	t, err := n.Tasks.Task(ctx, id)
	switch {
	case progress.CodeOf(err) == progress.NotFound:
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &t, nil
}

// eyesOf is what a person may see, nil for one who is gone.
func (n *roster) eyesOf(ctx context.Context, who progress.Person) (*progress.Actor, error) {
	a, ok, err := n.Eyes(ctx, who)
	if err != nil || !ok {
		return nil, err
	}
	return &a, nil
}
