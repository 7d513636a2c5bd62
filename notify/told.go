package notify

import (
	"context"

	"github.com/taskherald/herald/progress"
)

// told is a task that a subscription may be told of, and the subscription; or why not.
func (n *Notifier) told(ctx context.Context, id SubscriptionID, task progress.TaskID) (t *progress.Task, s *Subscription, why string, err error) {
	if t, err = n.taskNow(ctx, task); err != nil || t == nil {
		return nil, nil, "the task is gone", err
	}
	if own, ok := CallbackOf(t); ok && own.ID == id {
		why, err = n.absent(ctx, own)
		return t, own, why, err
	}
	if s, why, err = n.standing(ctx, id, false); err != nil || why != "" {
		return nil, nil, why, err
	}
	eyes, err := n.eyesOf(ctx, s.Owner)
	if err == nil && !mayTell(eyes, t) {
		why = "the owner may not see the task any more"
	}
	return t, s, why, err
}

// absent says why nothing is told in the name of a subscription's owner, "" if it may.
func (n *Notifier) absent(ctx context.Context, s *Subscription) (why string, err error) {
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
func (n *Notifier) standing(ctx context.Context, id SubscriptionID, unconfirmed bool) (s *Subscription, why string, err error) {
	s, err = n.rolls.get(ctx, id, n.now())
	switch {
	case err != nil || s == nil:
		return nil, "unsubscribed", err
	case s.Off != "" && !(unconfirmed && s.Off == Unconfirmed):
		return nil, "the subscription is off: " + s.Off, nil
	}
	return s, "", nil
}
