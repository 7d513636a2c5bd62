//go:build linux || darwin

package proc

import "sync"

const (
	// backlog is how many bytes may wait for a Watch.
	backlog = 16 << 20
	// helping is how many bytes a Watch gets at most at once, morsel where little
	// comes at a time.
	helping = 64 << 10
	morsel  = 4 << 10
)

// A feed hands copies of the output to Watch without ever making the output
// wait. When too much waits, the oldest is left out.
type feed struct {
	watch func(stream int, b []byte)
	gap   func(stream int, n int64)
	done  chan struct{} // closed after the last call

	mu     sync.Mutex
	more   sync.Cond
	wait   []serving // oldest first
	size   int       // bytes that wait takes
	spare  [][]byte
	closed bool
}

// A serving is some output that waits, or the mark of a gap.
type serving struct {
	stream int
	b      []byte
	lost   int64 // bytes of the stream that were left out before b
}

func newFeed(s Spec) *feed {
	f := &feed{watch: s.Watch, gap: s.Gap, done: make(chan struct{})}
	f.more.L = &f.mu
	return f
}

// put queues a copy of b.
func (f *feed) put(stream int, b []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(b) > 0 && !f.closed {
		last := f.last(stream, len(b))
		n := min(len(b), cap(last.b)-len(last.b))
		last.b = append(last.b, b[:n]...)
		b = b[n:]
	}
	if f.size > backlog {
		f.drop()
	}
	f.more.Signal()
}

// last is the newest serving, with room for bytes of the stream, of which n come.
func (f *feed) last(stream, n int) *serving {
	if i := len(f.wait) - 1; i >= 0 {
		if s := &f.wait[i]; s.stream == stream && len(s.b) < cap(s.b) {
			return s
		}
	}
	f.wait = append(f.wait, serving{stream: stream, b: f.buffer(n)})
	f.size += cap(f.wait[len(f.wait)-1].b)
	return &f.wait[len(f.wait)-1]
}

func (f *feed) buffer(n int) []byte {
	if n <= morsel {
		return make([]byte, 0, morsel)
	}
	if n := len(f.spare); n > 0 {
		b := f.spare[n-1]
		f.spare = f.spare[:n-1]
		return b[:0]
	}
	return make([]byte, 0, helping)
}

// drop leaves out the oldest half, so that what is left out is in few places. The
// bytes that were lost are told before the next serving of their stream.
func (f *feed) drop() {
	lost := map[int]int64{}
	kept := f.wait
	for len(kept) > 0 && f.size > backlog/2 {
		s := kept[0]
		lost[s.stream] += s.lost + int64(len(s.b))
		f.size -= cap(s.b)
		f.keep(s.b)
		kept = kept[1:]
	}
	marks := make([]serving, 0, len(lost)+len(kept))
	for stream, n := range lost {
		marks = append(marks, serving{stream: stream, lost: n})
	}
	f.wait = append(marks, kept...)
}

// run calls Watch until the feed is closed and empty.
func (f *feed) run() {
	defer close(f.done)
	for {
		s, ok := f.next()
		if !ok {
			return
		}
		if s.lost > 0 && f.gap != nil {
			f.gap(s.stream, s.lost)
		}
		if len(s.b) > 0 {
			f.watch(s.stream, s.b)
		}
		f.giveBack(s.b)
	}
}

// next takes the oldest serving.
func (f *feed) next() (serving, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.wait) == 0 && !f.closed {
		f.more.Wait()
	}
	if len(f.wait) == 0 {
		return serving{}, false
	}
	s := f.wait[0]
	f.wait[0] = serving{}
	f.wait = f.wait[1:]
	f.size -= cap(s.b)
	return s, true
}

func (f *feed) giveBack(b []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keep(b)
}

func (f *feed) keep(b []byte) {
	if cap(b) == helping {
		f.spare = append(f.spare, b)
	}
}

// close ends the feed: what waits is still seen, what comes later is not.
func (f *feed) close() {
	f.mu.Lock()
	f.closed = true
	f.more.Signal()
	f.mu.Unlock()
	<-f.done
}
