package ledger

import (
	"fmt"
	"testing"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// trace says of an event that ann was told of it.
func trace(task progress.TaskID, seq int64, round int) notify.Trace {
	return notify.Trace{
		Task: task, Seq: seq, Round: round, At: at(int(seq)), Kind: progress.ApprovalNeeded,
		Rows: []notify.TraceRow{{Person: "ann", Channel: "email", To: "a…@example.com", Sub: "sub_1", Outcome: notify.Tells, Why: "subscribed"}},
	}
}

// traces are those of a task from a seq on.
func (b book) traces(task progress.TaskID, since int64, limit int) []notify.Trace {
	b.Helper()
	got, err := b.Traces(ctx, task, since, limit)
	b.must(err)
	return got
}

// TestTraceIsKept holds that every field comes back, and that a trace that is there is
// left as it is.
func TestTraceIsKept(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		full, bare := trace("t1", 7, 2), notify.Trace{Task: "t1", Seq: 8}
		full.More = 30
		full.Rows = append(full.Rows, notify.TraceRow{
			Person: "bob", Channel: "webpush", To: "https://x/…", Sub: "sub_2", Rule: "rules[2].rules[0]", Outcome: notify.Holds,
			Why: "held in quiet hours: “ż\x00ó\xff”", Until: at(60), Letter: "msg_1",
		}, notify.TraceRow{Person: "eve", Outcome: notify.Silent, Why: "no address"})
		again := trace("t1", 7, 2)
		for range 2 {
			b.route(notify.Routed{Traces: []notify.Trace{full, bare, again}})
			full.Rows[1].Why = "held in quiet hours: “ż\x00ó\uFFFD”"
			b.route(notify.Routed{Traces: []notify.Trace{again}})
			is(t, "kept", encode(b.traces("t1", 0, 9)), encode([]notify.Trace{full, bare}))
		}
	})
}

// TestTracesInOrder holds that a task's come in the order of its events and rounds, from
// where they are asked for.
func TestTracesInOrder(t *testing.T) {
	each(t, func(t *testing.T, b book) {
		var all []notify.Trace
		for _, seq := range []int64{10, 9, 100, 2} {
			for _, round := range []int{1, 0, 10, 2} {
				all = append(all, trace("t1", seq, round))
			}
		}
		b.route(notify.Routed{Traces: append(all, trace("t2", 9, 0))})
		for _, c := range []struct {
			since int64
			limit int
			want  string
		}{
			{0, 99, " 2.0 2.1 2.2 2.10 9.0 9.1 9.2 9.10 10.0 10.1 10.2 10.10 100.0 100.1 100.2 100.10"},
			{10, 99, " 10.0 10.1 10.2 10.10 100.0 100.1 100.2 100.10"}, {3, 5, " 9.0 9.1 9.2 9.10 10.0"}, {101, 9, ""},
		} {
			got := ""
			for _, x := range b.traces("t1", c.since, c.limit) {
				got += fmt.Sprintf(" %d.%d", x.Seq, x.Round)
			}
			is(t, fmt.Sprintf("%d from %d", c.limit, c.since), got, c.want)
		}
	})
}
