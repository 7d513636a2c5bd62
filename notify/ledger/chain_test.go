package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// chain is that of the nth approval, due after ten times as many seconds.
func chain(n int) notify.Chain {
	return notify.Chain{
		Approval: fmt.Sprint("apr_", n), Task: progress.TaskID(fmt.Sprint("t", n%2)), Seq: int64(n), Step: 1, AskedAt: at(n), FiredAt: at(n),
		Stages: []notify.Stage{{After: time.Minute}}, DueAt: at(10 * n),
	}
}

// idle is a chain with nothing to do.
func idle(c notify.Chain) notify.Chain {
	c.DueAt = time.Time{}
	return c
}

// chains are the approvals of those that are due after some seconds.
func (b book) chains(seconds, limit int) string {
	b.Helper()
	got, err := b.Chains(ctx, at(seconds), limit)
	b.must(err)
	var ids []string
	for _, c := range got {
		ids = append(ids, strings.TrimPrefix(c.Approval, "apr_"))
	}
	return strings.Join(ids, " ")
}

// TestChainIsKept holds that every field comes back, and that a chain takes the place of
// what was there.
func TestChainIsKept(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		kept := func(want ...notify.Chain) {
			t.Helper()
			got, err := b.ChainsOf(ctx, "t1")
			b.must(err)
			is(t, "chains", encode(got), encode(want))
		}
		kept()
		full, bare := chain(1), notify.Chain{Approval: "apr_bare", Task: "t1"}
		full.Stages = []notify.Stage{
			{After: time.Minute}, {After: 90 * time.Second, Tell: []string{"group:ops", "email:ops@example.com"}, By: []string{"email"}},
		}
		b.route(notify.Routed{Chains: []notify.Chain{full, bare}})
		kept(bare, full)

		later := notify.Chain{
			Approval: full.Approval, Task: "t1", Seq: 9, Step: 4, AskedAt: at(21), Stages: []notify.Stage{{After: time.Hour}},
			Next: 1, FiredAt: at(22), DueAt: at(23), Alerted: true, Over: "decided", OverAt: at(24),
		}
		for range 2 {
			b.route(notify.Routed{Chains: []notify.Chain{full, later}})
			kept(bare, later)
		}
		b.route(notify.Routed{Chains: []notify.Chain{full}})
		kept(bare, full)
		long := full
		long.Over = "\x00" + strings.Repeat("é", 600)
		b.route(notify.Routed{Chains: []notify.Chain{long}})
		long.Over = strings.Repeat("é", 500)
		kept(bare, long)
	})
}

// TestChainsInOrder holds that those come that have something to do, the longest due first,
// and of a task all, the oldest first.
func TestChainsInOrder(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		over := chain(2)
		over.Over, over.OverAt = "decided", at(5)
		b.route(notify.Routed{Chains: []notify.Chain{chain(9), chain(3), over, chain(1), idle(chain(4)), chain(6)}})
		for _, c := range []struct {
			at, limit int
			want      string
		}{{9, 9, ""}, {10, 9, "1"}, {60, 9, "1 3 6"}, {99, 9, "1 3 6 9"}, {99, 2, "1 3"}} {
			is(t, fmt.Sprint("due at ", c.at), b.chains(c.at, c.limit), c.want)
		}
		got, err := b.ChainsOf(ctx, "t0")
		b.must(err)
		is(t, "of a task", encode(got), encode([]notify.Chain{over, idle(chain(4)), chain(6)}))
	})
}
