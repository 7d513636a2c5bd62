package notify

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// rolls keeps the subscriptions and preferences at hand.
type rolls struct {
	from  Rolls
	usual templates.Reader // of who has not said how they read
	log   *slog.Logger

	mu   sync.Mutex
	rev  int64
	at   time.Time
	now  *roll
	last atomic.Pointer[roll] // now, for who cannot wait
}

// roll is who has subscribed, and how they want to be told, at a moment. Nothing in it may
// be changed.
type roll struct {
	all     []*Subscription // the oldest first
	byID    map[SubscriptionID]*Subscription
	byOwner map[progress.Person][]*Subscription
	manners map[progress.Person]*manner
	usual   *manner
}

// list is the roll as it is now.
func (r *rolls) list(ctx context.Context, now time.Time) (*roll, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.refresh(ctx, now)
	return r.now, err
}

// recent is the roll as it was within rollsFresh.
func (r *rolls) recent(ctx context.Context, now time.Time) (*roll, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fresh(ctx, now)
}

// handy is recent for who cannot wait until another has read it: they get the one before,
// nil if there was none.
func (r *rolls) handy(ctx context.Context, now time.Time) (*roll, error) {
	if !r.mu.TryLock() {
		return r.last.Load(), nil
	}
	defer r.mu.Unlock()
	return r.fresh(ctx, now)
}

func (r *rolls) fresh(ctx context.Context, now time.Time) (*roll, error) {
	if r.now != nil && now.Sub(r.at) < rollsFresh {
		return r.now, nil
	}
	err := r.refresh(ctx, now)
	return r.now, err
}

func (r *rolls) refresh(ctx context.Context, now time.Time) error {
	rev, err := r.from.Rev(ctx)
	if err != nil || r.now != nil && rev == r.rev {
		if err == nil {
			r.at = now
		}
		return err
	}
	subs, err := r.from.Subscriptions(ctx)
	if err != nil {
		return err
	}
	wishes, err := r.from.Preferences(ctx)
	if err != nil {
		return err
	}
	for _, p := range wishes {
		if p.Broken != "" {
			r.log.Error("somebody's preferences cannot be read; they are told as if they had none", "person", p.Person, "error", p.Broken)
		}
	}
	r.rev, r.at, r.now = rev, now, newRoll(subs, wishes, r.usual)
	r.last.Store(r.now)
	return nil
}

// stale has the next look read them again.
func (r *rolls) stale() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = time.Time{}
}

func newRoll(subs []Subscription, wishes []Preferences, usual templates.Reader) *roll {
	z := zones{}
	r := &roll{
		all: make([]*Subscription, len(subs)), byID: make(map[SubscriptionID]*Subscription, len(subs)),
		byOwner: map[progress.Person][]*Subscription{}, manners: map[progress.Person]*manner{}, usual: mannerOf(Preferences{}, usual, z),
	}
	for i := range subs {
		s := &subs[i]
		r.all[i], r.byID[s.ID] = s, s
		r.byOwner[s.Owner] = append(r.byOwner[s.Owner], s)
	}
	for _, p := range wishes {
		r.manners[p.Person] = mannerOf(p, usual, z)
	}
	return r
}

// manner is how somebody is told.
func (r *roll) manner(p progress.Person) *manner {
	if m := r.manners[p]; m != nil {
		return m
	}
	return r.usual
}

// addresses are those at which somebody can be told, by the channels, or by all but
// webhooks: for each the oldest subscription that is on.
func (r *roll) addresses(p progress.Person, by []string) (out []*Subscription) {
	seen := map[Address]bool{}
	for _, s := range r.byOwner[p] {
		wanted := len(by) == 0 && s.Address.Channel != Webhook || slices.Contains(by, s.Address.Channel)
		if s.Off == "" && wanted && !seen[s.Address] {
			seen[s.Address] = true
			out = append(out, s)
		}
	}
	return out
}

// hear are the subscriptions of somebody that are about a kind of notes; where none is, all
// of their addresses: it must not reach nobody.
func (r *roll) hear(p progress.Person, k NoteKind) (out []*Subscription) {
	for _, s := range r.byOwner[p] {
		if s.Off == "" && s.Hears(k) {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return r.addresses(p, nil)
	}
	return out
}
