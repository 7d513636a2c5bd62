package bench

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// client sends prepared requests over one keep-alive connection and reads no
// more of an answer than it must: the load should cost less than the server.
type client struct {
	c net.Conn
	r *bufio.Reader
}

func dial(b *testing.B, addr string) *client {
	b.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	return &client{c, bufio.NewReader(c)}
}

// post sends a body and returns the status of the answer.
func (c *client) post(path, body string) (int, error) {
	req := "POST " + path + " HTTP/1.1\r\nHost: herald\r\nAuthorization: Bearer " + token + "\r\nContent-Type: application/json\r\nContent-Length: " +
		strconv.Itoa(len(body)) + "\r\n\r\n" + body
	if _, err := io.WriteString(c.c, req); err != nil {
		return 0, err
	}
	return c.answer()
}

func (c *client) answer() (int, error) {
	line, err := c.r.ReadString('\n')
	if err != nil || len(line) < 12 {
		return 0, fmt.Errorf("answer %q: %w", line, err)
	}
	status, err := strconv.Atoi(line[9:12])
	if err != nil {
		return 0, err
	}
	length := 0
	for {
		if line, err = c.r.ReadString('\n'); err != nil {
			return 0, err
		}
		if line == "\r\n" {
			_, err = c.r.Discard(length)
			return status, err
		}
		if n, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			if length, err = strconv.Atoi(strings.TrimSpace(n)); err != nil {
				return 0, err
			}
		}
	}
}

// load shares b.N requests among connections and reports requests a second and
// the 99th percentile. send makes the nth request of a connection.
func load(b *testing.B, addr string, conns int, send func(c *client, conn, n int) (int, error)) {
	b.Helper()
	clients := make([]*client, conns)
	for i := range clients {
		clients[i] = dial(b, addr)
	}
	took := make([][]time.Duration, conns)
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	b.ResetTimer()
	for i, c := range clients {
		wg.Go(func() {
			for n := 0; left.Add(-1) >= 0; n++ {
				start := time.Now()
				status, err := send(c, i, n)
				if err != nil || status != http.StatusOK {
					b.Errorf("status %d, %v", status, err)
					return
				}
				took[i] = append(took[i], time.Since(start))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
	all := slices.Concat(took...)
	slices.Sort(all)
	if len(all) > 0 {
		b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
	}
}
