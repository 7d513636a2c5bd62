package bus

import (
	"slices"
	"sync"

	"github.com/taskherald/herald/progress"
)

// Local is the bell of one process. Its methods may be called from any
// goroutine, from listeners too.
type Local struct {
	mu   sync.RWMutex
	ears map[progress.TaskID][]*ear // lists are replaced, never changed
}

// ear is one listener; functions cannot be compared, pointers can.
type ear struct{ hear func(progress.Moved) }

// NewLocal makes a bell that nobody listens to.
func NewLocal() *Local { return &Local{ears: map[progress.TaskID][]*ear{}} }

// Ring calls who listens, on the caller's goroutine and in the order of moved.
func (l *Local) Ring(moved []progress.Moved) {
	for _, m := range moved {
		l.mu.RLock()
		one, all := l.ears[m.Task], l.ears[""]
		l.mu.RUnlock() // before the calls: a listener may listen to more
		for _, e := range one {
			e.hear(m)
		}
		for _, e := range all {
			e.hear(m)
		}
	}
}

// Listen has f called whenever the task moves, for the id "" whenever any task
// does. f must not block. stop ends that; a ring that is under way may still
// reach f after it. stop may be called more than once.
func (l *Local) Listen(id progress.TaskID, f func(progress.Moved)) (stop func()) {
	e := &ear{f}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ears[id] = append(slices.Clone(l.ears[id]), e)
	return func() { l.forget(id, e) }
}

func (l *Local) forget(id progress.TaskID, e *ear) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rest := slices.DeleteFunc(slices.Clone(l.ears[id]), func(have *ear) bool { return have == e })
	if len(rest) == 0 {
		delete(l.ears, id)
		return
	}
	l.ears[id] = rest
}
