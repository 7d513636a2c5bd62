package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
)

func progressOf(body []byte, r *progress.Report) error { return json.Unmarshal(body, r) }

// faces are the broadcaster and Herald, by where reports go and frames come from.
var faces = []struct{ name, post, ws string }{
	{"bare", "/bare/cast", "/bare/cast/ws"},
	{"herald", "/api", "/ws"},
}

// stamped is a report that carries when it was sent.
func stamped(n int) string {
	return fmt.Sprintf(`{"step":3,"step_progress":%.4f,"message":"%d"}`, float64(n%1_000_000)/10_001, time.Now().UnixNano())
}

// readers are sockets of one task, and what has arrived at them.
type readers struct {
	frames atomic.Int64
	mu     sync.Mutex
	took   []time.Duration
	last   []atomic.Int64 // the newest stamp that each has seen
}

// watch opens n sockets of a task and reads them; timed notes how long each
// frame took from its report.
func watch(b *testing.B, addr, path string, n int, timed bool) *readers {
	b.Helper()
	r := &readers{last: make([]atomic.Int64, n)}
	for i := range n {
		conn := dialSocket(b, addr, path)
		go r.read(conn, i, timed)
	}
	time.Sleep(200 * time.Millisecond) // snapshots, which may carry an old report's time
	r.mu.Lock()
	defer r.mu.Unlock()
	r.took = nil
	r.frames.Store(0)
	return r
}

func dialSocket(b *testing.B, addr, path string) *websocket.Conn {
	b.Helper()
	d := websocket.Dialer{ReadBufferSize: 2048, WriteBufferSize: 256}
	conn, _, err := d.Dial("ws://"+addr+path, http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	return conn
}

var messageField = []byte(`"message":"`)

func (r *readers) read(conn *websocket.Conn, i int, timed bool) {
	var buf bytes.Buffer
	for {
		_, in, err := conn.NextReader()
		if err != nil {
			return
		}
		buf.Reset()
		if _, err := buf.ReadFrom(in); err != nil {
			return
		}
		r.frames.Add(1)
		_, after, ok := bytes.Cut(buf.Bytes(), messageField)
		if !ok {
			continue
		}
		text, _, _ := bytes.Cut(after, []byte(`"`))
		if sent, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			r.last[i].Store(sent)
			if timed {
				r.note(time.Since(time.Unix(0, sent)))
			}
		}
	}
}

// settle waits until every reader has seen the newest report.
func (r *readers) settle(b *testing.B, newest int64) {
	b.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if !slices.ContainsFunc(r.seen(), func(at int64) bool { return at < newest }) {
			return
		}
	}
	b.Errorf("some readers did not end on the last version")
}

func (r *readers) seen() []int64 {
	out := make([]int64, len(r.last))
	for i := range r.last {
		out[i] = r.last[i].Load()
	}
	return out
}

// stall opens sockets that never read.
func stall(b *testing.B, addr, path string, n int) {
	b.Helper()
	for range n {
		dialSocket(b, addr, path)
	}
}

// BenchmarkDelivery is frames a second that reach 200 readers of one task while
// one connection reports as fast as it is answered; with ten readers more that
// never read, too.
func BenchmarkDelivery(b *testing.B) {
	addr := startServer(b)
	for _, stalled := range []int{0, 10} {
		for _, f := range faces {
			if stalled > 0 && f.name == "bare" {
				continue // they would stop it for ever
			}
			b.Run(fmt.Sprintf("stalled=%d/%s", stalled, f.name), func(b *testing.B) {
				task := fmt.Sprintf("/tasks/t%d", stalled)
				r := watch(b, addr, f.ws+task, 200, false)
				stall(b, addr, f.ws+task, stalled)
				c := dial(b, addr)
				b.ResetTimer()
				newest := time.Now().UnixNano()
				for n := range b.N {
					if status, err := c.post(f.post+task+"/progress", stamped(n)); err != nil || status != http.StatusOK {
						b.Fatal(status, err)
					}
				}
				r.settle(b, newest)
				b.StopTimer()
				b.ReportMetric(float64(r.frames.Load())/b.Elapsed().Seconds(), "frames/s")
				b.ReportMetric(float64(r.frames.Load())/float64(b.N)/200, "frames/report")
			})
		}
	}
}

// BenchmarkLatency is how long a report takes to reach its readers: 500 of them
// at 20 reports a second, and one on a quiet server.
func BenchmarkLatency(b *testing.B) {
	addr := startServer(b)
	for _, load := range []struct {
		readers, stalled int
		every            time.Duration
	}{{500, 0, 50 * time.Millisecond}, {500, 10, 50 * time.Millisecond}, {1, 0, 20 * time.Millisecond}} {
		for _, f := range faces {
			b.Run(fmt.Sprintf("readers=%d/stalled=%d/%s", load.readers, load.stalled, f.name), func(b *testing.B) {
				task := fmt.Sprintf("/tasks/t%d", load.readers%50+load.stalled)
				r := watch(b, addr, f.ws+task, load.readers, true)
				stall(b, addr, f.ws+task, load.stalled)
				c, tick := dial(b, addr), time.NewTicker(load.every)
				defer tick.Stop()
				b.ResetTimer()
				newest := time.Now().UnixNano()
				for n := range b.N {
					<-tick.C
					if status, err := c.post(f.post+task+"/progress", stamped(n)); err != nil || status != http.StatusOK {
						b.Fatal(status, err)
					}
				}
				r.settle(b, newest)
				b.StopTimer()
				r.report(b)
			})
		}
	}
}

func (r *readers) note(took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.took = append(r.took, took)
}

func (r *readers) report(b *testing.B) {
	b.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.Sort(r.took)
	if n := len(r.took); n > 0 {
		b.ReportMetric(float64(r.took[n/2].Microseconds()), "p50-µs")
		b.ReportMetric(float64(r.took[n*99/100].Microseconds()), "p99-µs")
	}
}

// BenchmarkIdleSocket is the memory of the server for a socket on which nothing
// moves, of 5,000.
func BenchmarkIdleSocket(b *testing.B) {
	addr := startServer(b)
	const sockets = 5000
	for b.Loop() {
		before := memory(b, addr)
		conns := make([]net.Conn, 0, sockets)
		for i := range sockets {
			conns = append(conns, dialSocket(b, addr, fmt.Sprintf("/ws/tasks/t%d", i%64)).NetConn())
		}
		time.Sleep(time.Second)
		b.ReportMetric(float64(memory(b, addr)-before)/sockets/1024, "KiB/socket")
		for _, c := range conns {
			_ = c.Close()
		}
		time.Sleep(time.Second)
	}
}

func memory(b *testing.B, addr string) int64 {
	b.Helper()
	res, err := http.Get("http://" + addr + "/bare/memory")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}
