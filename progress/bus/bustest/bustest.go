package bustest

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// Bell is what is tested.
type Bell interface {
	Ring(moved []progress.Moved)
	Listen(id progress.TaskID, f func(progress.Moved)) (stop func())
}

// Run tests bells; start gives a new one that nobody listens to.
func Run(t *testing.T, start func(t *testing.T) Bell) {
	t.Helper()
	tests := map[string]func(*testing.T, Bell){
		"one task": oneTask, "every task": everyTask, "stop": stop, "from a listener": fromListener, "together": together,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t))
		})
	}
}

// heard is what a listener was told.
type heard struct {
	mu  sync.Mutex
	got []progress.Moved
}

func (h *heard) hear(m progress.Moved) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.got = append(h.got, m)
}

func (h *heard) all() []progress.Moved {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.got)
}

// has reports whether the listener has heard of the move.
func (h *heard) has(want progress.Moved) bool {
	return slices.ContainsFunc(h.all(), func(m progress.Moved) bool {
		return m.Task == want.Task && m.Kind == want.Kind && m.Status == want.Status && m.Seq == want.Seq
	})
}

// await waits until the listener has heard of the move.
func (h *heard) await(t *testing.T, want progress.Moved) {
	t.Helper()
	for range 1000 {
		if h.has(want) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("did not hear %+v, but %+v", want, h.all())
}

func moved(id progress.TaskID, seq int64) progress.Moved {
	return progress.Moved{Task: id, Kind: "crm", Status: progress.Running, Seq: seq}
}

func oneTask(t *testing.T, b Bell) {
	var h heard
	defer b.Listen("a", h.hear)()
	b.Ring([]progress.Moved{moved("b", 1), moved("a", 2), moved("b", 3)})
	b.Ring([]progress.Moved{moved("a", 4)})
	h.await(t, moved("a", 2))
	h.await(t, moved("a", 4))
	if slices.ContainsFunc(h.all(), func(m progress.Moved) bool { return m.Task != "a" }) {
		t.Fatal("heard of another task", h.all())
	}
}

func everyTask(t *testing.T, b Bell) {
	var all, one heard
	defer b.Listen("", all.hear)()
	defer b.Listen("a", one.hear)()
	b.Ring([]progress.Moved{moved("a", 1), moved("b.c:d-e_f", 2)})
	all.await(t, moved("a", 1))
	all.await(t, moved("b.c:d-e_f", 2))
	one.await(t, moved("a", 1))
}

func stop(t *testing.T, b Bell) {
	var first, second heard
	stop := b.Listen("a", first.hear)
	defer b.Listen("a", second.hear)()
	b.Ring([]progress.Moved{moved("a", 1)})
	first.await(t, moved("a", 1))
	stop()
	stop()
	b.Ring([]progress.Moved{moved("a", 2)})
	second.await(t, moved("a", 2))
	if first.has(moved("a", 2)) {
		t.Fatal("heard after stop")
	}
}

// fromListener is a listener that listens to more, and one that stops itself.
func fromListener(t *testing.T, b Bell) {
	var more heard
	var mu sync.Mutex
	var stops []func()
	keep := func(stop func()) {
		mu.Lock()
		defer mu.Unlock()
		stops = append(stops, stop)
	}
	keep(b.Listen("a", func(progress.Moved) {
		mu.Lock()
		now := stops
		stops = nil
		mu.Unlock()
		for _, stop := range now {
			stop()
		}
		keep(b.Listen("b", more.hear))
	}))
	b.Ring([]progress.Moved{moved("a", 1)})
	for i := range 1000 {
		b.Ring([]progress.Moved{moved("b", int64(i))})
		if len(more.all()) > 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("what was listened to by a listener was not heard")
}

// together is many who ring, listen and stop at once.
func together(t *testing.T, b Bell) {
	var steady heard
	defer b.Listen("a", steady.hear)()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 50 {
				var h heard
				stop := b.Listen([]progress.TaskID{"a", ""}[n%2], h.hear)
				b.Ring([]progress.Moved{moved("a", int64(i*1000+n))})
				stop()
			}
		})
	}
	wg.Wait()
	for i := range 8 {
		steady.await(t, moved("a", int64(i*1000+49)))
	}
}
