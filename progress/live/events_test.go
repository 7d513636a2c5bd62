package live

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress"
)

// page is a handler's answer that is read while it is written.
type page struct {
	http.ResponseWriter
	out *io.PipeWriter
}

func (p *page) Write(b []byte) (int, error)            { return p.out.Write(b) }
func (p *page) WriteHeader(int)                        {}
func (p *page) Header() http.Header                    { return http.Header{} }
func (p *page) Flush()                                 {}
func (p *page) SetWriteDeadline(until time.Time) error { return errors.ErrUnsupported }

// listener reads server-sent events.
type listener struct {
	testing.TB
	in     *bufio.Scanner
	hangUp context.CancelFunc
	err    chan error // of the handler
}

func (d *desk) listen(h *Hub, s Subscription) *listener {
	ctx, cancel := context.WithCancel(context.Background())
	in, out := io.Pipe()
	l := &listener{d, bufio.NewScanner(in), cancel, make(chan error, 1)}
	l.in.Buffer(nil, 1<<20)
	d.Cleanup(func() { cancel(); in.Close() })
	go func() {
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
		err := h.ServeEvents(&page{out: out}, r, s)
		l.err <- err
		out.Close()
	}()
	return l
}

// block reads lines up to an empty one.
func (l *listener) block() (lines []string) {
	l.Helper()
	for l.in.Scan() {
		if l.in.Text() == "" {
			return lines
		}
		lines = append(lines, l.in.Text())
	}
	return append(lines, "EOF")
}

func (l *listener) want(types ...string) (f said) {
	l.Helper()
	for _, want := range types {
		lines := l.block()
		if len(lines) != 3 || lines[0] != "event: "+want {
			l.Fatalf("got %q, want %s", lines, want)
		}
		f = parse(l, strings.TrimPrefix(lines[2], "data: "))
		if lines[1] != "id: "+strconv.FormatInt(f.Seq, 10) || f.Type != want {
			l.Fatal(lines)
		}
	}
	return f
}

// over reads the last line.
func (l *listener) over(text string) {
	l.Helper()
	if lines := l.block(); len(lines) != 1 || lines[0] != ": "+text {
		l.Fatalf("got %q, want %q", lines, text)
	}
	if lines := l.block(); lines[0] != "EOF" {
		l.Fatal("more after the last", lines)
	}
	if err := <-l.err; err != nil {
		l.Fatal(err)
	}
}

func TestEvents(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		l := d.listen(h, Subscription{Task: "t", Actor: ann, Logs: true})
		l.want("snapshot")
		d.do("t", worker, tickTo(1, 30))
		l.want("task_started", "step_started", "progress")
		d.do("t", worker, progress.Log{Lines: []progress.LogLine{{Line: "one\ntwo\r\n\n"}}})
		if f := l.want("log"); f.Lines[0]["line"] != "one\ntwo\r\n\n" {
			d.Fatal(f.text)
		}
		begin := time.Now()
		if got := l.block(); len(got) != 1 || got[0] != ": ping" || time.Since(begin) > pingEvery {
			d.Fatal(got, time.Since(begin))
		}
		d.do("t", worker, progress.Report{Status: progress.Completed})
		l.want("step_complete", "task_complete")
		l.over("the task has ended")
		d.idle(h)
	})
}

func TestEventsResume(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		d.do("t", worker, tickTo(1, 30))
		l := d.listen(h, Subscription{Task: "t", Actor: ann, Since: new(int64(2))})
		l.want("step_started", "progress")
		l.hangUp()
		if err := <-l.err; err != nil {
			d.Fatal(err)
		}
		d.idle(h)
		d.do("t", worker, progress.Report{Status: progress.Completed})
		l = d.listen(h, Subscription{Task: "t", Actor: ann, Since: new(int64(3))})
		l.want("step_complete", "task_complete")
		l.over("the task has ended")
		w := httptest.NewRecorder()
		err := h.ServeEvents(w, httptest.NewRequest(http.MethodGet, "/", nil), Subscription{Task: "t", Actor: ann, Since: new(int64(5))})
		if err != nil || w.Code != http.StatusNoContent {
			d.Fatal(err, w.Code)
		}
		d.idle(h)
	})
}

func TestEventsOfAll(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		l := d.listen(h, Subscription{Actor: ann})
		if got := l.block(); len(got) != 2 || got[0] != "event: snapshot" || !strings.HasPrefix(got[1], "data: ") {
			d.Fatal(got) // an id would mean nothing
		}
		go h.Close()
		l.over(away.text)
		late := d.listen(h, Subscription{Actor: ann})
		late.over(away.text)
	})
}

// TestEventsStuck is a client that does not read: a closing hub waits for the
// write to give up, and no longer.
func TestEventsStuck(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		server, peer := net.Pipe()
		web := &http.Server{
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_ = h.ServeEvents(w, r, Subscription{Task: "t", Actor: ann})
			}),
			ReadHeaderTimeout: time.Second,
		}
		go func() { _ = web.Serve(&single{conn: server, done: make(chan struct{})}) }()
		defer web.Close()
		if _, err := peer.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
			d.Fatal(err)
		}
		synctest.Wait()
		d.members(h, 1)
		begin := time.Now()
		h.Close()
		if took := time.Since(begin); took > writeWait {
			d.Fatal("took", took)
		}
		d.idle(h)
	})
}

// single is a listener that has one connection.
type single struct {
	conn net.Conn
	done chan struct{}
}

func (s *single) Accept() (c net.Conn, err error) {
	if c, s.conn = s.conn, nil; c != nil {
		return c, nil
	}
	<-s.done
	return nil, net.ErrClosed
}

func (s *single) Close() error {
	close(s.done)
	return nil
}

func (s *single) Addr() net.Addr { return &net.TCPAddr{} }

// TestEventsBroken is a client that has gone.
func TestEventsBroken(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		broken, out := io.Pipe()
		broken.Close()
		err := h.ServeEvents(&page{out: out}, httptest.NewRequest(http.MethodGet, "/", nil), Subscription{Task: "t", Actor: ann})
		if !errors.Is(err, io.ErrClosedPipe) {
			d.Fatal(err)
		}
		d.idle(h)
	})
}

// TestEventsOverHTTP is a real server, whose own write deadline is shorter than
// the stream, and the headers.
func TestEventsOverHTTP(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	h := d.hub()
	d.create("t", "a")
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = h.ServeEvents(w, r, Subscription{Task: "t", Actor: ann})
	}))
	web.Config.WriteTimeout = 50 * time.Millisecond
	web.Start()
	t.Cleanup(web.Close)
	r, err := http.Get(web.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if got := r.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatal(got)
	}
	l := &listener{TB: t, in: bufio.NewScanner(r.Body)}
	l.want("snapshot")
	time.Sleep(100 * time.Millisecond)
	d.do("t", worker, tickTo(1, 10))
	l.want("task_started", "step_started", "progress")
	d.do("t", ann, progress.Cancel{})
	l.want("task_cancelled")
}
