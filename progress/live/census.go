package live

// Census is who reads, and what became of those who read before.
type Census struct {
	Sockets, Streams int              // that are open
	Frames           int64            // that were sent since the hub was made
	Closed           map[string]int64 // readers since then: left, done, stopping, refused, failed or too_slow
}

// reason is why a reader ended.
type reason int

const (
	left reason = iota // by itself, or its connection broke
	ended
	stopping
	refused
	broken
	tooSlow
	reasons
)

// reason is why the reader ended, as far as it has been told to.
func (q *queue) reason() reason {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.end == nil {
		return left
	}
	switch q.end.code {
	case closeDone:
		return ended
	case closeAway:
		return stopping
	case closePolicy:
		return refused
	case closeTooSlow:
		return tooSlow
	}
	return broken
}

// Census counts.
func (h *Hub) Census() Census {
	h.mu.RLock()
	defer h.mu.RUnlock()
	c := Census{Frames: h.frames.Load(), Closed: map[string]int64{
		"left": h.closed[left], "done": h.closed[ended], "stopping": h.closed[stopping],
		"refused": h.closed[refused], "failed": h.closed[broken], "too_slow": h.closed[tooSlow],
	}}
	for m := range h.members {
		if _, ok := m.carrier.(*socket); ok {
			c.Sockets++
		} else {
			c.Streams++
		}
	}
	return c
}
