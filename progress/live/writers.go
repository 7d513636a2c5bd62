package live

import "sync"

// writers are the goroutines that write to sockets. One that has emptied a queue
// waits for the next: a new goroutine would spend more on growing its stack than
// on a frame. There are as many as sockets that are written to at a time, so one
// that blocks delays nobody; those that are idle end with the next pulse.
type writers struct {
	mu     sync.Mutex
	idle   []chan *socket // who came last at the end
	closed bool
}

// drain has somebody write to a socket until its queue is empty.
func (w *writers) drain(k *socket) {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := len(w.idle) - 1
	if last < 0 {
		go w.work(k)
		return
	}
	next := w.idle[last]
	w.idle[last], w.idle = nil, w.idle[:last]
	next <- k // has room: who is idle waits for one
}

func (w *writers) work(k *socket) {
	next := make(chan *socket, 1)
	for k != nil {
		k.drain()
		if !w.rest(next) {
			return
		}
		k = <-next
	}
}

// rest makes a writer idle, unless no more are wanted.
func (w *writers) rest(next chan *socket) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.idle = append(w.idle, next)
	}
	return !w.closed
}

// dismiss ends the idle ones; after the last time nobody rests any more.
func (w *writers) dismiss(last bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = w.closed || last
	for _, next := range w.idle {
		next <- nil
	}
	w.idle = nil
}
