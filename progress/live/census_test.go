package live

import (
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// TestCensus counts readers of all kinds of ends.
func TestCensus(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.create("a", "one")
	d.create("b", "one")
	h := d.hub()
	count := func(what string, so func(Census) bool) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); !so(h.Census()); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: %+v", what, h.Census())
			}
		}
	}
	done, gone := d.dial(h, Subscription{Task: "a", Actor: root}), d.dial(h, Subscription{Task: "b", Actor: root})
	stopped, refused := d.dial(h, Subscription{Task: "b", Actor: root}), d.dial(h, Subscription{Task: "none", Actor: root})
	for _, c := range []*client{done, gone, stopped} {
		c.want("snapshot")
	}
	refused.closed(closePolicy)
	count("three read", func(c Census) bool {
		return c.Sockets == 3 && c.Streams == 0 && c.Frames == 3 && c.Closed["refused"] == 1
	})
	d.do("a", ann, progress.Cancel{})
	done.want("task_cancelled")
	done.closed(closeDone)
	_ = gone.conn.Close()
	count("one reads", func(c Census) bool {
		return c.Sockets == 1 && c.Frames >= 4 && c.Closed["done"] == 1 && c.Closed["left"] == 1
	})
	closed := make(chan struct{})
	go func() { defer close(closed); h.Close() }()
	stopped.closed(closeAway)
	<-closed
	count("nobody reads", func(c Census) bool { return c.Sockets == 0 && c.Closed["stopping"] == 1 })
}
