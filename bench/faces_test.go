package bench

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// road is the way of a report on one face: where it is posted, and the socket at
// which its frame arrives.
type road struct {
	name string
	post func(n int) (path, body string)
	open func(b *testing.B, addr string, n int) *websocket.Conn // for the nth report, behind all greetings
	mark string                                                 // what a frame of a report has
}

// perTask is how many reports an execution is good for: it shows hundredths of a
// percent, and is silent when nothing changes.
const perTask = 9000

// roads are those of all faces.
var roads = []road{
	{
		name: "tasks", mark: `"type":"progress"`,
		post: func(n int) (string, string) { return "/api/tasks/t0/progress", report(n) },
		open: func(b *testing.B, addr string, _ int) *websocket.Conn {
			return greeted(b, dialSocket(b, addr, "/ws/tasks/t0"), "")
		},
	},
	{
		name: "executions", mark: `"type":"progress"`,
		post: func(n int) (string, string) {
			return fmt.Sprintf("/api/tasks/t%d/progress", 1+n/perTask), fmt.Sprintf(`{"progress":%d.%02d}`, n%perTask/100, n%100)
		},
		open: func(b *testing.B, addr string, n int) *websocket.Conn {
			return greeted(b, dialSocket(b, addr, fmt.Sprintf("/api/v1/executions/t%d/progress/ws", 1+n/perTask)), "")
		},
	},
	{
		name: "workflows", mark: `workflow:progress:bench`,
		post: func(n int) (string, string) {
			return "/api/workflows/progress", fmt.Sprintf(`{"session_id":"s","workflow_type":"bench","step":"x","progress":%v}`, float64(n%1_000_000)/10_001)
		},
		open: func(b *testing.B, addr string, _ int) *websocket.Conn {
			c := greeted(b, dialSocket(b, addr, "/socket.io/?EIO=4&transport=websocket"), "0")
			if err := c.WriteMessage(websocket.TextMessage, []byte(`40{"token":"`+token+`"}`)); err != nil {
				b.Fatal(err)
			}
			return greeted(b, c, "40")
		},
	},
}

// greeted reads the first frame of a socket, which must begin like this.
func greeted(b *testing.B, c *websocket.Conn, prefix string) *websocket.Conn {
	b.Helper()
	_, text, err := c.ReadMessage()
	if err != nil || !bytes.HasPrefix(text, []byte(prefix)) {
		b.Fatalf("the first frame is %q, %v", text, err)
	}
	return c
}

// BenchmarkRoad is how long a report takes from its POST to the frame at a
// socket, on each face, one at a time.
func BenchmarkRoad(b *testing.B) {
	addr := startServer(b)
	for _, r := range roads {
		n := 0 // never the same again: an execution would be silent
		b.Run(r.name, func(b *testing.B) {
			c, took := dial(b, addr), &readers{}
			arrived := arrivals(r.open(b, addr, n), r.mark)
			b.ResetTimer()
			for range b.N {
				path, body := r.post(n)
				from := time.Now()
				if status, err := c.post(path, body); err != nil || status != http.StatusOK {
					b.Fatal(status, err)
				}
				select {
				case at := <-arrived:
					took.note(at.Sub(from))
				case <-time.After(10 * time.Second):
					b.Fatal("no frame came of report", n, body)
				}
				if n++; n%perTask == 0 {
					arrived = arrivals(r.open(b, addr, n), r.mark)
				}
			}
			b.StopTimer()
			took.report(b)
		})
	}
}

// arrivals are the times at which frames with the mark come.
func arrivals(c *websocket.Conn, mark string) <-chan time.Time {
	at := make(chan time.Time, 64)
	go func() {
		for {
			_, text, err := c.ReadMessage()
			switch {
			case err != nil:
				return
			case string(text) == "2":
				_ = c.WriteMessage(websocket.TextMessage, []byte("3")) // a broken socket shows to the reader
			case bytes.Contains(text, []byte(mark)):
				at <- time.Now()
			}
		}
	}()
	return at
}
