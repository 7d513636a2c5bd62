package api

import (
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/socketio"
)

// watchers are the clients of the workflows face, who hear what every report
// says. While there are any, the bell tells of each commit, and one goroutine
// at a time makes events of it, in the order of the commits.
type watchers struct {
	bell Bell
	io   *socketio.Server
	log  *slog.Logger

	mu     sync.Mutex
	here   map[*socketio.Socket]*watcher
	deafen func() // nil while nobody is here
	rung   []progress.Moved
	busy   bool // somebody makes events of what was rung
}

// watcher is one client.
type watcher struct {
	who   access.Caller
	actor atomic.Pointer[progress.Actor] // as it was looked at last

	mu   sync.Mutex
	only []watch // any of these; none: all
}

// watch is what a client asks to be told of alone.
type watch struct {
	Session string `json:"session_id"`
	Kind    string `json:"workflow_type"`
}

func newWatchers(s *server) *watchers {
	w := &watchers{bell: s.Bus, log: s.Log, here: map[*socketio.Socket]*watcher{}}
	w.io = w.newSockets(s, s.Log)
	return w
}

// enter takes a client in.
func (w *watchers) enter(k *socketio.Socket, who access.Caller) {
	m := &watcher{who: who}
	m.actor.Store(&who.Actor)
	k.Set(m)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.here[k] = m
	if w.deafen == nil {
		w.deafen = w.bell.Listen("", w.ring)
	}
}

// leave forgets a client.
func (w *watchers) leave(k *socketio.Socket) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.here, k)
	if len(w.here) == 0 && w.deafen != nil {
		w.deafen()
		w.deafen, w.rung = nil, nil
	}
}

// ring hears of a commit.
func (w *watchers) ring(m progress.Moved) {
	if m.Path == nil {
		return // of another process: what its reports said is not known here
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rung = append(w.rung, m)
	if !w.busy {
		w.busy = true
		go w.work()
	}
}

// work tells of what was rung until there is no more.
func (w *watchers) work() {
	for {
		w.mu.Lock()
		rung := w.rung
		w.rung = nil
		w.busy = len(rung) > 0
		w.mu.Unlock()
		if len(rung) == 0 {
			return
		}
		for i := range rung {
			for _, m := range rung[i].Path {
				w.tell(m)
			}
		}
	}
}

// tell sends what a move says to whom it concerns.
func (w *watchers) tell(m progress.Move) {
	events := tellOf(m)
	if len(events) == 0 {
		return
	}
	to := w.audience(m.Now)
	for _, t := range events {
		e, err := socketio.NewEvent(t.name, t.data)
		if err != nil {
			w.log.Error("an event could not be made", "event", t.name, "error", err)
			continue
		}
		for _, k := range to {
			k.Emit(e)
		}
	}
}

// audience are the clients that may see the task and want to hear of it.
func (w *watchers) audience(t *progress.Task) []*socketio.Socket {
	f := flowOf(t)
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []*socketio.Socket
	for k, m := range w.here {
		if m.wants(f) && progress.Sees(*t, *m.actor.Load()) {
			out = append(out, k)
		}
	}
	return out
}

func (m *watcher) wants(f flow) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.only) == 0 || slices.ContainsFunc(m.only, func(o watch) bool {
		return (o.Session == "" || o.Session == f.Name) && (o.Kind == "" || o.Kind == f.Kind)
	})
}

// watchEvent is what a client sends to be told of some sessions alone.
const watchEvent = "workflow:watch"

// mostWatches is how many of these a client may send.
const mostWatches = 1000

// hear takes what a client sends. Events that are not known are passed over.
func (w *watchers) hear(k *socketio.Socket, name string, args []json.RawMessage, ack func(args ...any)) {
	m, _ := k.Get().(*watcher)
	if name != watchEvent || m == nil {
		return
	}
	if say := m.narrow(args); say != "" {
		ack(workflowRefusal{Error: say})
		return
	}
	ack(workflowAnswer{Success: true})
}

// narrow takes a watch, and says what is wrong with it, "" for nothing.
func (m *watcher) narrow(args []json.RawMessage) string {
	var o watch
	switch {
	case len(args) != 1 || json.Unmarshal(args[0], &o) != nil:
		return "send one object: {session_id} or {workflow_type}"
	case o == watch{}:
		return "session_id or workflow_type must be a text"
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.only) >= mostWatches && !slices.Contains(m.only, o) {
		return "this is more than one client may watch; leave some out"
	}
	if !slices.Contains(m.only, o) {
		m.only = append(m.only, o)
	}
	return ""
}
