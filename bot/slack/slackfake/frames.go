package slackfake

import (
	"bufio"
	"encoding/binary"
	"net"
	"net/http"
	"sync"
)

// frames watches a socket for messages that come in several frames. Slack takes only those
// that come in one, and nothing else tells of it.
type frames struct {
	net.Conn
	mu   sync.Mutex
	head []byte // of a frame, as far as it has come
	body int64  // of the frame, that is still to come
	part bool   // a message came in several
}

// parted tells whether one did since it was last asked.
func (f *frames) parted() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	part := f.part
	f.part = false
	return part
}

// Read reads, and looks at what is read.
func (f *frames) Read(b []byte) (int, error) {
	n, err := f.Conn.Read(b)
	f.mu.Lock()
	defer f.mu.Unlock()
	for seen := b[:n]; len(seen) > 0; {
		seen = f.look(seen)
	}
	return n, err
}

// look takes a step through what was read: a byte of a head, or what there is of a body.
func (f *frames) look(b []byte) []byte {
	if f.body > 0 {
		skip := min(f.body, int64(len(b)))
		f.body -= skip
		return b[skip:]
	}
	f.head = append(f.head, b[0])
	if n := headLength(f.head); n > 0 && len(f.head) == n {
		f.part = f.part || f.head[0]&0x80 == 0
		f.body = bodyLength(f.head)
		f.head = f.head[:0]
	}
	return b[1:]
}

// headLength is how long a frame's head is, 0 if that cannot be known yet (RFC 6455, 5.2).
func headLength(head []byte) int {
	if len(head) < 2 {
		return 0
	}
	n := 2
	if head[1]&0x80 != 0 {
		n += 4
	}
	switch head[1] & 0x7f {
	case 126:
		n += 2
	case 127:
		n += 8
	}
	return n
}

func bodyLength(head []byte) int64 {
	switch n := head[1] & 0x7f; n {
	case 126:
		return int64(binary.BigEndian.Uint16(head[2:]))
	case 127:
		return int64(binary.BigEndian.Uint64(head[2:]))
	default:
		return int64(n)
	}
}

// watcher is a response whose connection, once it is taken over, is watched.
type watcher struct {
	http.ResponseWriter
	frames *frames
}

// Hijack gives the connection.
func (w *watcher) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, _, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	w.frames = &frames{Conn: c}
	return w.frames, bufio.NewReadWriter(bufio.NewReader(w.frames), bufio.NewWriter(c)), nil
}
