package api

import (
	"slices"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/bus"
)

// TestLine holds that a task wakes one worker of its kind, the one who waits
// longest, and then the next as long as nobody has taken it.
func TestLine(t *testing.T) {
	t.Parallel()
	bell := bus.NewLocal()
	l := newLine(bell)
	names := []string{"a", "b", "c", "other"}
	var w []*waiter
	for _, kinds := range [][]string{{"k"}, {"j", "k"}, {"k", "k"}, {"z"}} {
		w = append(w, l.join(kinds))
	}
	awake := func() (out []string) {
		for i := range w {
			if len(w[i].woken) > 0 {
				out = append(out, names[i])
			}
		}
		return out
	}
	step := func(what string, want ...string) {
		t.Helper()
		if got := awake(); !slices.Equal(got, want) {
			t.Errorf("%s: %v are awake, want %v", what, got, want)
		}
	}
	ring := func(task, kind string, status progress.Status) {
		bell.Ring([]progress.Moved{{Task: progress.TaskID(task), Kind: kind, Status: status}})
	}
	ring("t0", "k", progress.Running)
	ring("t0", "nobody's", progress.Pending)
	step("nothing for them")
	ring("t1", "k", progress.Pending)
	step("one task", "a")
	ring("t2", "k", progress.Pending)
	step("another task", "a", "b")
	l.tried(w[0], <-w[0].woken, "t1")
	step("a has got it", "b")
	l.tried(w[1], <-w[1].woken, "")
	step("b cannot have it", "c")
	l.leave(w[2])
	step("c leaves without trying", "a")
	l.tried(w[0], <-w[0].woken, "t0")
	step("a has got another one; all have tried")
	ring("t3", "k", progress.Pending)
	step("b stands before a now", "b")
	l.tried(w[1], <-w[1].woken, "t3")
	ring("t4", "k", progress.Pending)
	step("a is next", "a")
	for _, i := range []int{0, 1, 3} {
		l.leave(w[i])
	}
	if len(l.waiting) != 0 || l.here != 0 {
		t.Errorf("%d kinds are still waited for, by %d", len(l.waiting), l.here)
	}
	ring("t5", "k", progress.Pending) // nobody listens
}
