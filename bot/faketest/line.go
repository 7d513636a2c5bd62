package faketest

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Line is one socket of a program under test. What is sent stands in line, so that nobody
// waits for a socket with a lock. Its methods may be called from many goroutines.
type Line struct {
	ws   *websocket.Conn
	mu   sync.Mutex
	line []frame
	wake chan struct{}
	gone chan struct{}
	cut  sync.Once

	frozen bool
}

// frame is one thing to be sent.
type frame struct {
	kind int // of websocket
	body []byte
}

// NewLine takes a socket over, and pings so often; 0 for never. Reading it is left to the
// caller.
func NewLine(ws *websocket.Conn, pings time.Duration) *Line {
	l := &Line{ws: ws, wake: make(chan struct{}, 1), gone: make(chan struct{})}
	go l.write(pings)
	return l
}

// Say sends a value as JSON.
func (l *Line) Say(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the fake's own
	}
	l.Push(text)
}

// Push sends a text.
func (l *Line) Push(text []byte) { l.put(frame{websocket.TextMessage, text}) }

// End closes the socket with a code when all that is in line was sent.
func (l *Line) End(code int, reason string) {
	l.put(frame{websocket.CloseMessage, websocket.FormatCloseMessage(code, reason)})
}

// Cut ends the connection without a word.
func (l *Line) Cut() {
	l.cut.Do(func() {
		close(l.gone)
		l.ws.Close()
	})
}

// Freeze makes the socket silent for good, as one whose other end is gone.
func (l *Line) Freeze() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.frozen = true
}

// Frozen tells whether it is silent: what comes must not be heard.
func (l *Line) Frozen() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.frozen
}

func (l *Line) put(f frame) {
	l.mu.Lock()
	if !l.frozen {
		l.line = append(l.line, f)
	}
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// write sends what is in line, and pings.
func (l *Line) write(every time.Duration) {
	defer l.Cut()
	var pings <-chan time.Time
	if every > 0 {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		pings = ticker.C
	}
	for {
		select {
		case <-l.gone:
			return
		case <-l.wake:
		case <-pings:
			l.put(frame{websocket.PingMessage, []byte("are you there?")})
		}
		for _, f := range l.take() {
			if l.ws.WriteMessage(f.kind, f.body) != nil || f.kind == websocket.CloseMessage {
				return
			}
		}
	}
}

func (l *Line) take() (line []frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.frozen {
		return nil
	}
	line, l.line = l.line, nil
	return line
}
