package ledger

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestLease holds that a lease is one holder's until it lapses or is given back.
func TestLease(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		hold := func(holder string, now, until int, want bool) {
			t.Helper()
			ok, err := b.Hold(ctx, "dispatch", holder, at(now), at(until))
			b.must(err)
			is(t, holder+" holds", ok, want)
		}
		hold("a", 0, 10, true)
		hold("b", 9, 19, false)
		hold("a", 9, 20, true) // renewed
		hold("b", 19, 30, false)
		hold("b", 20, 30, true) // lapsed
		hold("a", 21, 31, false)
		b.must(b.Release(ctx, "dispatch", "a")) // not its own
		hold("a", 22, 32, false)
		b.must(b.Release(ctx, "dispatch", "b"))
		hold("a", 23, 33, true)
		ok, err := b.Hold(ctx, "sweep", "b", at(24), at(34))
		b.must(err)
		is(t, "another work", ok, true)
	})
}

// TestOneHolder holds that of eight that claim at once never two hold a lease.
func TestOneHolder(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		var clock, held atomic.Int64
		var inside atomic.Int32
		var wg sync.WaitGroup
		for h := range 8 {
			holder := fmt.Sprint("h", h)
			wg.Go(func() {
				for range 40 {
					now := epoch.Add(time.Duration(clock.Add(1)) * time.Second)
					ok, err := b.Hold(ctx, "work", holder, now, now.Add(time.Hour))
					if err != nil {
						t.Error(err)
					}
					if !ok {
						continue
					}
					if inside.Add(1) > 1 {
						t.Error("two hold the lease")
					}
					held.Add(1)
					inside.Add(-1)
					if err := b.Release(ctx, "work", holder); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if held.Load() == 0 {
			t.Error("nobody ever held it")
		}
		for round := range 20 { // all ask at once for one that has lapsed
			var won atomic.Int32
			now := epoch.Add(time.Duration(1000+round) * time.Hour)
			for h := range 8 {
				wg.Go(func() {
					ok, err := b.Hold(ctx, "lapsed", fmt.Sprint("h", round, h), now, now.Add(time.Hour))
					if err != nil {
						t.Error(err)
					}
					if ok {
						won.Add(1)
					}
				})
			}
			wg.Wait()
			is(t, "winners", won.Load(), int32(1))
		}
	})
}
