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

// put appends a frame at a node, which is moved if it waits with another frame; a
// free one does not count toward the bound.
// wake tells the caller to have the queue emptied; fits is false when the bound
// is passed.
func (q *queue) put(n *node, f *frame, free bool, o *Options) (wake, fits bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.end != nil {
		return false, true
	}
	if n.queued {
		q.unlink(n)
	}
	n.frame, n.free = f, free
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
		q.bytes += by * len(n.frame.wire)
	}
}

// job is what to write next; the zero job means that there is nothing, and that
// the queue is no longer busy.
type job struct {
	frames []*frame
	ping   bool
	pong   *string
	end    *ending // the last one
}

// nothing reports whether there is nothing to do.
func (j job) nothing() bool { return j.frames == nil && !j.ping && j.pong == nil && j.end == nil }

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

// portion is how much is taken at a time, in bytes, if it is more than a frame.
const portion = 64 << 10

// take takes the next job; its frames are put into the room that is given.
func (q *queue) take(room []*frame) (j job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.pong != nil:
		j.pong, q.pong = q.pong, nil
	case q.ping:
		j.ping, q.ping = true, false
	case q.first != nil:
		j.frames = q.some(room[:0])
	case q.end != nil:
		j.end = q.end // and busy for ever: nobody else writes after it
	default:
		q.busy = false
	}
	return j
}

// some takes frames while there is room, up to a portion.
func (q *queue) some(out []*frame) []*frame {
	for size := 0; q.first != nil && len(out) < cap(out) && size < portion; {
		n := q.first
		q.unlink(n)
		out = append(out, n.frame)
		size += len(n.frame.wire)
		q.seq, n.frame = n.frame.seq, nil
	}
	return out
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
