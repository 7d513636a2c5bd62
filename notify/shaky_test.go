package notify_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/progress"
)

// shaky is a ledger that fails now and then: before it has written, or after, so that
// nobody knows. Once it is lost it does nothing any more, as for a process that was
// killed.
type shaky struct {
	*ledger.Ledger

	mu   sync.Mutex
	rng  *rand.Rand
	bad  float64 // how often it fails
	lost bool
}

var errShaky = errors.New("the database does not answer")

// set changes how it fails.
func (s *shaky) set(bad float64, lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bad, s.lost = bad, lost
}

// do does something, or says that it did not.
func (s *shaky) do(what func() error) error {
	s.mu.Lock()
	before, after := s.lost || s.rng.Float64() < s.bad/2, s.rng.Float64() < s.bad/2
	slow := time.Duration(s.rng.IntN(20)) * time.Millisecond
	s.mu.Unlock()
	if before {
		return errShaky
	}
	err := what()
	time.Sleep(slow)
	if after {
		return errShaky
	}
	return err
}

func asked[T any](s *shaky, what func() (T, error)) (out T, err error) {
	err = s.do(func() (err error) { out, err = what(); return err })
	return out, err
}

func (s *shaky) Waiting(ctx context.Context, limit int) ([]notify.Pending, error) {
	return asked(s, func() ([]notify.Pending, error) { return s.Ledger.Waiting(ctx, limit) })
}

func (s *shaky) Routed(ctx context.Context, r notify.Routed) error {
	return s.do(func() error { return s.Ledger.Routed(ctx, r) })
}

func (s *shaky) Busy(ctx context.Context) ([]notify.Lane, error) {
	return asked(s, func() ([]notify.Lane, error) { return s.Ledger.Busy(ctx) })
}

func (s *shaky) Due(ctx context.Context, lane notify.LaneID, limit int) ([]notify.Letter, error) {
	return asked(s, func() ([]notify.Letter, error) { return s.Ledger.Due(ctx, lane, limit) })
}

func (s *shaky) Settle(ctx context.Context, letters []notify.Letter, copies ...notify.Card) error {
	return s.do(func() error { return s.Ledger.Settle(ctx, letters, copies...) })
}

func (s *shaky) Shut(ctx context.Context, l notify.Lane, r notify.Routed) error {
	return s.do(func() error { return s.Ledger.Shut(ctx, l, r) })
}

func (s *shaky) Cards(ctx context.Context, lane notify.LaneID) ([]notify.Card, error) {
	return asked(s, func() ([]notify.Card, error) { return s.Ledger.Cards(ctx, lane) })
}

func (s *shaky) Showed(ctx context.Context, cards []notify.Card) error {
	return s.do(func() error { return s.Ledger.Showed(ctx, cards) })
}

// Rev takes no time: it is asked under a lock, for which virtual time does not wait.
func (s *shaky) Rev(ctx context.Context) (int64, error) {
	s.mu.Lock()
	bad := s.lost || s.rng.Float64() < s.bad
	s.mu.Unlock()
	if bad {
		return 0, errShaky
	}
	return s.Ledger.Rev(ctx)
}

// Listen is a bell that is lost now and then, and does not always say all.
func (s *shaky) Listen(listen func(func(progress.Moved)) func()) func(func(progress.Moved)) func() {
	return func(f func(progress.Moved)) func() {
		return listen(func(m progress.Moved) {
			s.mu.Lock()
			lost, plain := s.rng.Float64() < s.bad, s.rng.IntN(3) == 0
			s.mu.Unlock()
			if plain {
				m.Path = nil
			}
			if !lost {
				f(m)
			}
		})
	}
}
