package ledger

import (
	"testing"

	"github.com/taskherald/herald/notify"
)

// route writes what became of events.
func (b book) route(r notify.Routed) {
	b.Helper()
	b.must(b.Routed(ctx, r))
}

// TestSoonest holds that the agenda wakes who keeps it for the first of what waits, and
// for nothing that does not.
func TestSoonest(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		soonest := func(what string, seconds int) {
			t.Helper()
			got, err := b.Soonest(ctx)
			b.must(err)
			if seconds == 0 {
				is(t, what, got.IsZero(), true)
				return
			}
			is(t, what, got, at(seconds))
		}
		soonest("nothing", 0)
		over := chain(1)
		over.Over, over.OverAt = "decided", at(1)
		b.route(notify.Routed{Chains: []notify.Chain{over, idle(chain(2))}})
		soonest("chains that are over, or have nothing to do", 0)
		b.route(notify.Routed{Chains: []notify.Chain{chain(8)}})
		soonest("a chain", 80)
		for _, until := range []int{90, 70} {
			b.route(notify.Routed{Held: []notify.Held{waits(until, "t1", 1)}})
		}
		soonest("a bundle", 70)
		b.route(notify.Routed{Given: []notify.LetterID{waits(70, "t1", 1).Bundle}})
		soonest("the chain again", 80)
		b.route(notify.Routed{Chains: []notify.Chain{idle(chain(8))}})
		soonest("the other bundle", 90)
	})
}
