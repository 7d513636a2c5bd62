package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/taskherald/herald/bot/chat"
)

// The bounds of a connection.
const (
	dialWithin  = 15 * time.Second
	writeWithin = 5 * time.Second // a frame
	mostFrame   = 4 << 20         // bytes of a frame that is read
	minBeat     = 5 * time.Second // between two heartbeats, whatever Discord says: 120 frames a minute are the most
	maxBeat     = 5 * time.Minute
	ackWithin   = 10 * time.Second // of a heartbeat
	askedGap    = time.Second      // between a heartbeat and one that Discord asks for
)

// closeKept is a code with which a connection is ended while its session lives on. With 1000 and
// 1001 the session ends too, and whatever is sent to it meanwhile.
const closeKept = 4000

// line is one connection to the gateway. One goroutine reads it; it may be written from any.
type line struct {
	conn  *websocket.Conn
	owes  atomic.Bool   // Discord the acknowledgement of a heartbeat
	gone  chan struct{} // closed when nothing more is read
	shut  sync.Once
	why   string // it was ended from here; set with shut
	write sync.Mutex
	beat  time.Time // of the last heartbeat; with write
}

// newDialer dials by the proxy of the environment, if there is one.
func newDialer() *websocket.Dialer {
	return &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: dialWithin}
}

// dialLine connects to an address.
func dialLine(ctx context.Context, d *websocket.Dialer, address string) (*line, error) {
	conn, a, err := d.DialContext(ctx, address, nil)
	if a != nil {
		defer a.Body.Close()
	}
	switch {
	case err != nil && a != nil:
		return nil, fmt.Errorf("the gateway answers with status %d: %w", a.StatusCode, err)
	case err != nil:
		return nil, fmt.Errorf("the gateway cannot be reached: %w", err)
	}
	l := &line{conn: conn, gone: make(chan struct{})}
	conn.SetReadLimit(mostFrame)
	conn.SetCloseHandler(func(int, string) error { l.bye(closeKept); return nil }) // by itself it says what Discord has said, be it 1000
	return l, nil
}

// frame is what comes and goes.
type frame struct {
	Op   *int            `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  int64           `json:"s"`
	Kind string          `json:"t"`
}

// The kinds of frames.
const (
	opDispatch  = 0
	opHeartbeat = 1
	opIdentify  = 2
	opResume    = 6
	opReconnect = 7
	opInvalid   = 9
	opHello     = 10
	opAck       = 11
)

// within has what comes next come within a time; 0 is any.
func (l *line) within(d time.Duration) {
	var end time.Time
	if d > 0 {
		end = time.Now().Add(d)
	}
	_ = l.conn.SetReadDeadline(end) // reading fails if this does
}

// next is the next frame; its Op is nil if it cannot be read.
func (l *line) next() (f frame, err error) {
	kind, text, err := l.conn.ReadMessage()
	if err != nil || kind != websocket.TextMessage || chat.Lax(text, &f) != nil {
		return frame{}, err
	}
	return f, nil
}

// send writes a frame. Where that does not work the connection ends.
func (l *line) send(op int, data any) {
	l.write.Lock()
	defer l.write.Unlock()
	l.put(op, data)
}

func (l *line) put(op int, data any) {
	text, _ := json.Marshal(map[string]any{"op": op, "d": data}) // of texts and numbers: cannot fail
	_ = l.conn.SetWriteDeadline(time.Now().Add(writeWithin))     // writing fails if this does
	if err := l.conn.WriteMessage(websocket.TextMessage, text); err != nil {
		l.drop("it cannot be written to", closeKept)
	}
}

// pulse sends a heartbeat with the number of the last event, unless there was one just now.
func (l *line) pulse(seq int64, gap time.Duration) {
	l.write.Lock()
	defer l.write.Unlock()
	if time.Since(l.beat) < gap {
		return
	}
	l.beat = time.Now()
	var last any
	if seq > 0 {
		last = seq
	}
	l.put(opHeartbeat, last)
}

// beats sends heartbeats until the connection ends, the first after a part of the time between
// them, so that many who connect at a time do not beat at a time. It ends a connection on which
// one is not acknowledged: nobody is there any more, whatever the network says. It need not be
// the next one that shows it, as who presses something meanwhile waits three seconds and no more.
func (l *line) beats(every, first time.Duration, seq *atomic.Int64) {
	patience := min(ackWithin, every)
	for ok := l.lasts(first); ok; ok = l.lasts(every - patience) {
		l.owes.Store(true)
		l.pulse(seq.Load(), 0)
		if !l.lasts(patience) {
			return
		}
		if l.owes.Load() {
			l.drop("heartbeats are not acknowledged", closeKept)
			return
		}
	}
}

// lasts waits for a while; ok is false if the connection ends before.
func (l *line) lasts(d time.Duration) (ok bool) {
	late := time.NewTimer(d)
	defer late.Stop()
	select {
	case <-l.gone:
		return false
	case <-late.C:
		return true
	}
}

// drop ends the connection with a code, if it has not ended.
func (l *line) drop(why string, code int) {
	l.shut.Do(func() {
		l.why = why
		l.bye(code)
		_ = l.conn.Close()
	})
}

// bye says with which code the connection ends.
func (l *line) bye(code int) {
	text := websocket.FormatCloseMessage(code, "")
	_ = l.conn.WriteControl(websocket.CloseMessage, text, time.Now().Add(time.Second)) // it may be gone
}
