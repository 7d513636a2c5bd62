package api

import (
	"slices"
	"sync"

	"github.com/taskherald/herald/progress"
)

// line is where workers stand that wait for a task of their kinds. A task that
// becomes free wakes one of them, who wakes the next if it cannot have it: many
// who wait cost no more than one.
type line struct {
	bell Bell

	mu      sync.Mutex
	waiting map[string][]*waiter // by kind, who came first in front
	here    int                  // who has joined and not left
	deafen  func()               // while somebody is here
}

// waiter is one worker in the line.
type waiter struct {
	kinds []string
	woken chan vacancy // holds one
}

// vacancy is a task that is free, and how many may still be woken for it. The
// zero value is none.
type vacancy struct {
	task progress.TaskID
	kind string
	left int
}

func newLine(b Bell) *line { return &line{bell: b, waiting: map[string][]*waiter{}} }

// join puts a worker at the end.
func (l *line) join(kinds []string) *waiter {
	w := &waiter{kinds, make(chan vacancy, 1)}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.here++; l.here == 1 {
		l.deafen = l.bell.Listen("", l.ring)
	}
	l.enter(w)
	return w
}

func (l *line) enter(w *waiter) {
	for _, k := range w.kinds {
		l.waiting[k] = append(l.waiting[k], w)
	}
}

// leave takes a worker out. What it was woken for meanwhile goes to the next.
func (l *line) leave(w *waiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remove(w)
	select {
	case v := <-w.woken:
		l.wake(v)
	default:
	}
	if l.here--; l.here == 0 {
		l.deafen()
	}
}

// length is how many stand in line, or are just looking.
func (l *line) length() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.here
}

func (l *line) remove(w *waiter) {
	for _, k := range w.kinds {
		rest := slices.DeleteFunc(l.waiting[k], func(other *waiter) bool { return other == w })
		if l.waiting[k] = rest; len(rest) == 0 {
			delete(l.waiting, k)
		}
	}
}

// tried takes back a worker who was woken for a vacancy and got the task got, ""
// for none. If that is another one, the next in line may try.
func (l *line) tried(w *waiter, v vacancy, got progress.TaskID) {
	if v == (vacancy{}) {
		return // it looked by itself
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if got != v.task {
		l.wake(v)
	}
	l.enter(w)
}

// ring wakes the first in line for a task that became free.
func (l *line) ring(m progress.Moved) {
	if m.Status != progress.Pending {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wake(vacancy{m.Task, m.Kind, len(l.waiting[m.Kind])})
}

// wake takes the first out of the line and calls it. The caller holds mu.
func (l *line) wake(v vacancy) {
	if v.left == 0 || len(l.waiting[v.kind]) == 0 {
		return
	}
	w := l.waiting[v.kind][0]
	l.remove(w)
	v.left--
	w.woken <- v // has room: only who is in line is called, once
}
