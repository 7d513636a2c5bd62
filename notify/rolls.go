package notify

import (
	"context"
	"sync"
	"time"
)

// rolls keeps the subscriptions at hand.
type rolls struct {
	from Rolls

	mu   sync.Mutex
	rev  int64
	read bool
	at   time.Time
	all  []*Subscription
	byID map[SubscriptionID]*Subscription
}

// list are all subscriptions as they are now, the oldest first. Nothing in it may be
// changed.
func (r *rolls) list(ctx context.Context, now time.Time) ([]*Subscription, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.refresh(ctx, now)
	return r.all, err
}

// get is a subscription as it was within rollsFresh, nil if there is none.
func (r *rolls) get(ctx context.Context, id SubscriptionID, now time.Time) (*Subscription, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.read && now.Sub(r.at) < rollsFresh {
		return r.byID[id], nil
	}
	err := r.refresh(ctx, now)
	return r.byID[id], err
}

func (r *rolls) refresh(ctx context.Context, now time.Time) error {
	rev, err := r.from.Rev(ctx)
	if err != nil || r.read && rev == r.rev {
		if err == nil {
			r.at = now
		}
		return err
	}
	all, err := r.from.Subscriptions(ctx)
	if err != nil {
		return err
	}
	r.rev, r.read, r.at = rev, true, now
	r.all, r.byID = make([]*Subscription, len(all)), make(map[SubscriptionID]*Subscription, len(all))
	for i := range all {
		r.all[i], r.byID[all[i].ID] = &all[i], &all[i]
	}
	return nil
}

// stale has the next look read them again.
func (r *rolls) stale() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = time.Time{}
}
