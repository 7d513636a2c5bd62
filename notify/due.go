package notify

import (
	"context"
	"time"
)

// dueMost is how many chains and bundles one transaction takes.
const dueMost = 64

// appointments is when the holder of the lease has to look at what waits for its time.
type appointments struct {
	known bool      // it was asked what the store has
	next  time.Time // zero for never
}

// wait has what is due at a time be looked at then.
func (a *appointments) wait(at time.Time) { a.next = sooner(a.next, at) }

// remember finds out when the first is that is in the store.
func (n *Notifier) remember(ctx context.Context) (err error) {
	n.next, err = n.Agenda.Soonest(ctx)
	n.known = err == nil
	return err
}

// due does what has come due, up to a bound; more says that there may be others. Whatever
// happens in between, the next call does it again.
func (n *Notifier) due(ctx context.Context) (more bool, err error) {
	if !n.known {
		if err := n.remember(ctx); err != nil {
			return false, err
		}
	}
	if n.next.IsZero() || n.now().Before(n.next) {
		return false, nil
	}
	b := newBatch(n, nil)
	if b.roll, err = n.rolls.list(ctx, b.at); err != nil {
		return false, err
	}
	chains, err := n.Agenda.Chains(ctx, b.at, dueMost)
	if err != nil {
		return false, err
	}
	for _, c := range chains {
		(chase{b}).turn(ctx, c)
	}
	held, err := n.Agenda.Bundles(ctx, b.at, dueMost)
	if err != nil {
		return false, err
	}
	(bundler{b}).flush(ctx, held)
	if err := n.commit(ctx, b); err != nil {
		return false, err
	}
	return len(chains) == dueMost || len(b.Given) == dueMost, n.remember(ctx)
}
