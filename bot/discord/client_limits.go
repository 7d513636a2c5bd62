package discord

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/taskherald/herald/notify/callout"
)

const (
	longestWait = 10 * time.Second // before a request; a longer one is for who makes it to wait
	overall     = 45               // requests of the bot a second; Discord takes 50
	mostBuckets = 256              // that are known, beside those that are not full again
	margin      = 20 * time.Millisecond
)

// limits are Discord's, as its answers tell of them: each route has a bucket of requests for
// each channel, server or interaction, and some routes share one. A route of which nothing is
// known yet is asked once before it is asked by many.
type limits struct {
	mu      sync.Mutex
	names   map[string]string  // of the buckets of routes, that Discord gives them
	buckets map[string]*bucket // by their name, or else the route, and what they are counted by
	calls   []time.Time        // of the bot within the last second, the oldest first
	pause   time.Time          // before when Discord wants no calls at all
}

func newLimits() *limits { return &limits{names: map[string]string{}, buckets: map[string]*bucket{}} }

// stay is a request that is under way.
type stay struct {
	of   *limits
	in   *bucket
	name string // of the route
	by   string
}

// enter waits until a request may be made; leave has to follow. If that is too long it gives
// a problem that says when.
func (l *limits) enter(ctx context.Context, r *request) (*stay, *Problem) {
	latest := time.Now().Add(longestWait)
	if end, ok := ctx.Deadline(); ok && end.Before(latest) {
		latest = end
	}
	for {
		now := time.Now()
		s, wait, turn := l.try(r, now)
		switch {
		case s != nil:
			return s, nil
		case turn == nil && now.Add(wait).After(latest), !now.Before(latest):
			return nil, &Problem{Status: http.StatusTooManyRequests, After: wait, Err: errors.New("the limits of Discord leave no call for it now")}
		}
		if turn != nil {
			wait = latest.Sub(now)
		}
		if err := rest(ctx, wait, turn); err != nil {
			return nil, &Problem{Err: callout.Veil("it was broken off while it waited for Discord's limits", err)}
		}
	}
}

// rest waits for a while, or until turn is closed.
func rest(ctx context.Context, wait time.Duration, turn <-chan struct{}) error {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-turn:
	case <-t.C:
	}
	return nil
}

// try lets a request go, or says how long it has to wait: for a time, or for turn.
func (l *limits) try(r *request, now time.Time) (s *stay, wait time.Duration, turn <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(r.name(), r.major)
	if wait, turn = b.wait(now); wait > 0 || turn != nil {
		return nil, wait, turn
	}
	if wait = l.busy(r, now); wait > 0 {
		return nil, wait, nil
	}
	b.enter()
	if !r.open {
		l.calls = append(l.calls, now)
	}
	return &stay{l, b, r.name(), r.major}, 0, nil
}

// busy is how long the bot has to wait for what counts all its requests. That counts none that
// answers an interaction.
func (l *limits) busy(r *request, now time.Time) time.Duration {
	if r.open {
		return 0
	}
	wait := l.pause.Sub(now)
	for len(l.calls) > 0 && now.Sub(l.calls[0]) >= time.Second {
		l.calls = l.calls[1:]
	}
	if len(l.calls) >= overall {
		wait = max(wait, l.calls[0].Add(time.Second).Sub(now))
	}
	return wait
}

// bucket is that of a route.
func (l *limits) bucket(name, by string) *bucket {
	if known, ok := l.names[name]; ok {
		name = known
	}
	b := l.buckets[name+"|"+by]
	if b == nil {
		l.prune()
		b = &bucket{}
		l.buckets[name+"|"+by] = b
	}
	return b
}

// rename notes what Discord calls the bucket of a route. What was learnt before it had a name
// stays.
func (l *limits) rename(route, name string) {
	l.names[route] = name
	for key, b := range maps.Clone(l.buckets) {
		by, unnamed := strings.CutPrefix(key, route+"|")
		if unnamed {
			delete(l.buckets, key)
		}
		if unnamed && l.buckets[name+"|"+by] == nil {
			l.buckets[name+"|"+by] = b
		}
	}
}

// prune forgets buckets that are full, of which there are many.
func (l *limits) prune() {
	if len(l.buckets) < mostBuckets {
		return
	}
	now := time.Now()
	maps.DeleteFunc(l.buckets, func(_ string, b *bucket) bool { return b.full(now) })
}

// leave ends a request, nil for one that got no answer.
func (s *stay) leave(a *callout.Answer) {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	now := time.Now()
	s.in.leave(now)
	if a == nil {
		return
	}
	in := s.in
	if name := a.Header.Get("X-RateLimit-Bucket"); name != "" && s.of.names[s.name] != name {
		s.of.rename(s.name, strings.Clone(name))
		in = s.of.bucket(s.name, s.by)
	}
	if a.Status == http.StatusTooManyRequests && s.of.paused(a, now) {
		return
	}
	in.learn(a, now)
}

// paused notes until when Discord wants no calls at all, if that is what an answer says. One
// that says nothing of buckets is not of the API, but of what stands before it.
func (l *limits) paused(a *callout.Answer, now time.Time) bool {
	if !global(a) {
		return false
	}
	if at := now.Add(restOf(a, now)); at.After(l.pause) {
		l.pause = at
	}
	return true
}
