package notify

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestBudget has ten lanes ask at random for an hour, some of them urgently: never
// too many calls in any minute, nobody waits for ever, and what is urgent does not
// wait for what can.
func TestBudget(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 7))
		b := NewBudget(Allowance{Calls: 50, Window: time.Minute, Reserve: 5})
		type asker struct {
			since, again time.Time
			urgent, on   bool
		}
		lanes := make([]asker, 10)
		var calls []time.Time
		for tick := range 36_000 {
			now := t0.Add(time.Duration(tick) * 100 * time.Millisecond)
			for i := range lanes {
				a := &lanes[i]
				if !a.on {
					a.on, a.since, a.again, a.urgent = true, now, now, rng.IntN(400) == 0
				}
				if now.Before(a.again) {
					continue
				}
				var ok bool
				if a.again, ok = b.Ask(LaneID(fmt.Sprint(i)), a.urgent, now); !ok {
					a.again = a.again.Add(time.Duration(rng.IntN(20)) * time.Millisecond) // timers are late
					continue
				}
				waited := now.Sub(a.since)
				if a.urgent && waited > 2*time.Second || waited > 30*time.Second {
					t.Fatalf("seed %d: waited %v, urgent %v", seed, waited, a.urgent)
				}
				a.on = false
				if rng.IntN(50) == 0 {
					b.Spare(now, a.urgent)
					continue
				}
				calls = append(calls, now)
			}
		}
		bounded(t, calls, 50, time.Minute)
		if len(calls) < 41*60 {
			t.Fatalf("seed %d: %d calls in an hour", seed, len(calls))
		}
	}
}

func TestBudgetLeave(t *testing.T) {
	t.Parallel()
	b := NewBudget(Allowance{Calls: 1, Window: time.Minute})
	if _, ok := b.Ask("a", false, t0); !ok {
		t.Fatal("the first call was refused")
	}
	b.Ask("b", true, t0)
	if at, ok := b.Ask("c", true, t0); ok || at.Sub(t0) <= time.Minute-time.Second {
		t.Fatal(at.Sub(t0), ok)
	}
	b.Leave("b")
	if at, ok := b.Ask("c", true, t0.Add(time.Second)); ok || !at.Equal(t0.Add(time.Minute)) {
		t.Fatal(at.Sub(t0), ok)
	}
	if _, ok := b.Ask("c", true, t0.Add(time.Minute)); !ok {
		t.Fatal("its time has come")
	}
	if _, ok := NewBudget(Allowance{}).Ask("a", false, t0); !ok {
		t.Fatal("no bound is no bound")
	}
}
