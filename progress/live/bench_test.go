package live

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/bus"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/store"
)

// site is a server with a route for reports and one for sockets.
type site struct {
	url   string
	close func()
}

// start starts one of the two servers that are compared.
func start(b testing.TB, bare bool) *site {
	b.Helper()
	if bare {
		return startBare(b)
	}
	return startHerald(b)
}

// startHerald is the engine on SQLite, the bell and a hub, behind the plainest
// routes.
func startHerald(b testing.TB) *site {
	b.Helper()
	d, err := db.Open(context.Background(), filepath.Join(b.TempDir(), "herald.db"))
	if err != nil {
		b.Fatal(err)
	}
	s := store.New(d)
	bell := bus.NewLocal()
	e := engine.New(s, engine.Options{Ring: bell.Ring})
	h := New(sourceOf(e, s, bell))
	all := progress.Actor{Person: "bench", Rights: progress.MayAdmin, All: true}
	create := progress.Create{Spec: progress.Spec{Title: "CRM"}, Steps: []progress.Plan{{Name: "a"}, {Name: "b"}}}
	if _, err := e.Execute(b.Context(), progress.Command{Task: "t", By: all, Do: create}); err != nil {
		b.Fatal(err)
	}
	up := NewUpgrader(nil)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			if c, err := up.Upgrade(w, r, nil); err == nil {
				h.ServeSocket(c, Subscription{Task: "t", Actor: all})
			}
			return
		}
		var report progress.Report
		if err := json.NewDecoder(r.Body).Decode(&report); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		out, err := e.Execute(r.Context(), progress.Command{Task: "t", By: all, Do: report})
		if err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		fmt.Fprintf(w, `{"version":%d}`, out.Task.Version)
	}))
	return &site{web.URL, func() { web.CloseClientConnections(); h.Close(); web.Close(); e.Close(); d.Close() }}
}

// startBare decodes a report and writes one prepared message to each socket,
// through a channel and a goroutine a socket.
func startBare(b testing.TB) *site {
	b.Helper()
	var mu sync.Mutex
	var outs []chan *websocket.PreparedMessage
	up := &websocket.Upgrader{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			c, err := up.Upgrade(w, r, nil)
			if err != nil {
				return
			}
			out := make(chan *websocket.PreparedMessage, 64)
			mu.Lock()
			outs = append(outs, out)
			mu.Unlock()
			go func() {
				for m := range out {
					_ = c.SetWriteDeadline(time.Now().Add(10 * time.Second))
					if c.WritePreparedMessage(m) != nil {
						break
					}
				}
				c.Close()
				for range out { // so that nobody waits for a reader that has gone
				}
			}()
			for {
				if _, _, err := c.NextReader(); err != nil {
					return
				}
			}
		}
		var report progress.Report
		if err := json.NewDecoder(r.Body).Decode(&report); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		text, _ := json.Marshal(map[string]any{
			"type": "progress", "task_id": "t", "seq": 2, "version": 12345, "at": time.Now().UTC(), "percent": *report.StepProgress / 2,
			"step": map[string]any{"order": 1, "name": "a", "status": "running", "progress": *report.StepProgress}, "step_percent": *report.StepProgress, "eta_seconds": nil, "eta": nil, "message": report.Message,
		})
		m, _ := websocket.NewPreparedMessage(websocket.TextMessage, text)
		mu.Lock()
		for _, out := range outs {
			out <- m
		}
		mu.Unlock()
		fmt.Fprint(w, `{"version":1}`)
	}))
	return &site{web.URL, func() {
		web.CloseClientConnections()
		mu.Lock()
		for _, out := range outs {
			close(out)
		}
		mu.Unlock()
		web.Close()
	}}
}

// report posts one report; a rising percent keeps it visible.
func (s *site) report(c *http.Client, percent float64, message string) error {
	body := fmt.Sprintf(`{"step":1,"step_progress":%g,"message":%q}`, percent, message)
	r, err := c.Post(s.url, "application/json", strings.NewReader(body))
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return err
	}
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", r.StatusCode)
	}
	return nil
}

// reader is a socket read as cheaply as can be, so that what is measured is the
// server.
type reader struct {
	conn net.Conn
	in   *bufio.Reader
}

func (s *site) dial(b testing.TB, path string) *reader {
	b.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		b.Fatal(err)
	}
	fmt.Fprint(conn, "GET /"+path+" HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n")
	r := &reader{conn, bufio.NewReaderSize(conn, 4096)}
	resp, err := http.ReadResponse(r.in, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		b.Fatal(err, resp)
	}
	return r
}

// next is the payload of the next text frame; it holds until the one after.
func (r *reader) next() ([]byte, error) {
	for {
		head, err := r.in.Peek(2)
		if err != nil {
			return nil, err
		}
		op, size, skip := head[0]&15, int(head[1]), 2
		if size == 126 {
			if head, err = r.in.Peek(4); err != nil {
				return nil, err
			}
			size, skip = int(binary.BigEndian.Uint16(head[2:])), 4
		}
		_, _ = r.in.Discard(skip)
		text, err := r.in.Peek(size)
		if err != nil {
			return nil, err
		}
		_, _ = r.in.Discard(size)
		if op == 1 {
			return text, nil
		}
	}
}

// BenchmarkFanOut is 200 readers of one task whose 16 workers report as fast as
// they can.
func BenchmarkFanOut(b *testing.B) {
	for _, workers := range []int{1, 4, 16} {
		for _, bare := range []bool{true, false} {
			b.Run(fmt.Sprintf("workers=%d/bare=%v", workers, bare), func(b *testing.B) { fanOut(b, bare, 0, workers) })
		}
	}
}

func fanOut(b *testing.B, bare bool, stuck, workers int) {
	const readers = 200
	s := start(b, bare)
	defer s.close()
	var frames, reports atomic.Int64
	for range stuck {
		defer s.dial(b, "").conn.Close()
	}
	for range readers {
		r := s.dial(b, "")
		defer r.conn.Close()
		go func() {
			for {
				if _, err := r.next(); err != nil {
					return
				}
				frames.Add(1)
			}
		}()
	}
	var wg sync.WaitGroup
	var n atomic.Int64
	stop := make(chan struct{})
	for range workers {
		wg.Go(func() {
			c := &http.Client{Transport: &http.Transport{}}
			defer c.CloseIdleConnections()
			for {
				select {
				case <-stop:
					return
				default:
				}
				i := n.Add(1)
				if err := s.report(c, float64(i%9_000_000)/100_000, fmt.Sprint("line ", i)); err != nil {
					b.Error(err)
					return
				}
				reports.Add(1)
			}
		})
	}
	time.Sleep(500 * time.Millisecond)
	b.ResetTimer()
	f0, r0, t0 := frames.Load(), reports.Load(), time.Now()
	time.Sleep(3 * time.Second)
	f, r, took := frames.Load()-f0, reports.Load()-r0, time.Since(t0).Seconds()
	b.StopTimer()
	close(stop)
	wg.Wait()
	b.ReportMetric(float64(f)/took, "deliveries/s")
	b.ReportMetric(float64(r)/took, "reports/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkLatency is from just before the report to the frame in each reader:
// of one reader while all is quiet, and of 500 at 20 updates a second.
func BenchmarkLatency(b *testing.B) {
	for _, readers := range []int{1, 500} {
		for _, bare := range []bool{true, false} {
			b.Run(fmt.Sprintf("readers=%d/bare=%v", readers, bare), func(b *testing.B) { latency(b, bare, readers) })
		}
	}
}

func latency(b *testing.B, bare bool, readers int) {
	s := start(b, bare)
	defer s.close()
	const updates = 100
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	sent := make([]atomic.Int64, updates+1)
	for range readers {
		r := s.dial(b, "")
		defer r.conn.Close()
		wg.Go(func() {
			took := make([]time.Duration, 0, updates)
			for len(took) < updates {
				text, err := r.next()
				if err != nil {
					b.Error(err)
					return
				}
				at := time.Now().UnixNano()
				_, rest, ok := strings.Cut(string(text), `"message":"update `)
				if !ok || !strings.Contains(string(text), `"type":"progress"`) {
					continue
				}
				var i int
				_, _ = fmt.Sscanf(rest, "%d", &i)
				took = append(took, time.Duration(at-sent[i].Load()))
			}
			mu.Lock()
			all = append(all, took...)
			mu.Unlock()
		})
	}
	c := &http.Client{Transport: &http.Transport{}}
	defer c.CloseIdleConnections()
	if err := s.report(c, 0.5, "warm"); err != nil {
		b.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	b.ResetTimer()
	for i := 1; i <= updates; i++ {
		time.Sleep(50 * time.Millisecond)
		sent[i].Store(time.Now().UnixNano())
		if err := s.report(c, float64(i), fmt.Sprint("update ", i)); err != nil {
			b.Fatal(err)
		}
	}
	wg.Wait()
	slices.Sort(all)
	at := func(p float64) float64 { return float64(all[int(float64(len(all)-1)*p)].Microseconds()) }
	b.ReportMetric(at(.5), "p50-us")
	b.ReportMetric(at(.99), "p99-us")
	b.ReportMetric(0, "ns/op")
}
