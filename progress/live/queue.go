package live

import "sync"

// node is a place in a queue.
type node struct {
	frame      *frame
	prev, next *node
	queued     bool
	free       bool // it does not count toward the bound
}

// ending is why a reader is closed.
type ending struct {
	code int    // of a WebSocket close frame
	text string // at most 123 bytes
}

// queue is what waits for one reader. Whoever puts something into a queue that
// nobody empties has to see that somebody does.
type queue struct {
	mu          sync.Mutex
	first, last *node
	frames      int // that count toward the bound
	bytes       int
	busy        bool    // somebody empties it
	ping        bool    // the peer is to be pinged
	pong        *string // the peer's own ping, to be answered
	end         *ending // nothing enters any more; the reader is closed after what waits
	seq         int64   // of the last frame that was taken
}

// put appends a frame at a node, which is moved if it waits with another frame.
// wake tells the caller to have the queue emptied; fits is false when the bound
// is passed.
func (q *queue) put(n *node, f *frame, o *Options) (wake, fits bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.end != nil {
		return false, true
	}
	if n.queued {
		q.unlink(n)
	}
	n.frame = f
	q.link(n)
	return q.woken(), q.frames <= o.Frames && q.bytes <= o.Bytes
}

// woken marks the queue busy and reports whether it was not.
func (q *queue) woken() bool {
	was := q.busy
	q.busy = true
	return !was
}

func (q *queue) link(n *node) {
	n.prev, n.next, n.queued = q.last, nil, true
	if q.last == nil {
		q.first = n
	} else {
		q.last.next = n
	}
	q.last = n
	q.count(n, 1)
}

func (q *queue) unlink(n *node) {
	if n.prev == nil {
		q.first = n.next
	} else {
		n.prev.next = n.next
	}
	if n.next == nil {
		q.last = n.prev
	} else {
		n.next.prev = n.prev
	}
	n.prev, n.next, n.queued = nil, nil, false
	q.count(n, -1)
}

func (q *queue) count(n *node, by int) {
	if !n.free {
		q.frames += by
		q.bytes += by * len(n.frame.json)
	}
}

// job is the next thing to write; the zero job means that there is none, and
// that the queue is no longer busy.
type job struct {
	frame *frame
	ping  bool
	pong  *string
	end   *ending // the last one
}

// knock has the peer pinged, or with a text answers its ping.
func (q *queue) knock(pong *string) (wake bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if pong == nil {
		q.ping = true
	} else {
		q.pong = pong
	}
	return q.woken()
}

// take takes the next job.
func (q *queue) take() job {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch n := q.first; {
	case q.pong != nil:
		j := job{pong: q.pong}
		q.pong = nil
		return j
	case q.ping:
		q.ping = false
		return job{ping: true}
	case n != nil:
		f := n.frame
		q.unlink(n)
		n.frame, q.seq = nil, f.seq
		return job{frame: f}
	case q.end != nil:
		return job{end: q.end} // and busy for ever: nobody else writes after it
	}
	q.busy = false
	return job{}
}

// close ends the queue after what waits, or at once. The first ending counts.
func (q *queue) close(e ending, atOnce bool) (wake bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.end != nil {
		return false
	}
	q.end = &e
	if atOnce {
		q.first, q.last = nil, nil
	}
	return q.woken()
}

// taken is the seq of the last frame that was taken, 0 for none.
func (q *queue) taken() int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.seq
}
