package live

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
)

// TestSlowReader is a reader that stops reading: it loses progress frames only,
// in their order, and delays nobody.
func TestSlowReader(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		slow := d.dial(h, Subscription{Task: "t", Actor: ann})
		all := d.dial(h, Subscription{Actor: ann}) // as slow
		quick := d.dial(h, Subscription{Task: "t", Actor: ann})
		slow.want("snapshot")
		all.want("snapshot")
		quick.want("snapshot")
		d.do("t", worker, at(1, progress.StepRunning))
		quick.want("task_started", "step_started")
		synctest.Wait() // the slow one's task_started is being written, step_started waits
		for p := range 50 {
			d.do("t", worker, tickTo(1, float64(p+1)))
			quick.want("progress")
		}
		d.do("t", ann, progress.Pause{})
		quick.want("task_paused")
		for p := range 50 {
			d.do("t", worker, tickTo(1, float64(p+51)))
			quick.want("progress")
		}
		slow.want("task_started", "step_started", "task_paused")
		for i := range mostTicks {
			if f := slow.want("progress"); f.Percent != float64(100-mostTicks+1+i) {
				d.Fatal(f.text)
			}
		}
		slow.silent(time.Second)
		all.want("task_started", "step_started", "task_paused")
		if f := all.want("progress"); f.Percent != 100 || f.Version != d.now("t").Version {
			d.Fatal(f.text)
		}
		all.silent(time.Second)
	})
}

// TestTooSlow is a reader that does not keep up with what must not be left out.
func TestTooSlow(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub(func(o *Options) { o.Frames = 10 })
		d.create("t", "a")
		c := d.dial(h, Subscription{Task: "t", Actor: ann})
		all := d.dial(h, Subscription{Actor: ann})
		heavy := d.dial(h, Subscription{Task: "t", Actor: ann, Logs: true})
		for _, c := range []*client{c, all, heavy} {
			c.want("snapshot")
		}
		d.do("t", worker, at(1, progress.StepRunning)) // 2, 3
		for _, c := range []*client{c, all, heavy} {
			c.want("task_started")
		}
		synctest.Wait() // step_started is being written
		for range 10 {
			d.do("t", worker, progress.Log{Lines: []progress.LogLine{{Line: "x"}}})
			synctest.Wait()
			d.do("t", worker, tickTo(1, d.now("t").Percent+1))
			synctest.Wait()
		}
		d.do("t", ann, progress.Pause{}) // 4
		synctest.Wait()
		heavy.want("step_started")
		heavy.closed(1013)
		if heavy.end.Text != "too slow; reconnect with since=3" {
			d.Fatal(heavy.end.Text)
		}
		for range 10 {
			d.do("t", ann, progress.Resume{})
			synctest.Wait()
			d.do("t", ann, progress.Pause{})
			synctest.Wait()
		}
		c.want("step_started")
		c.closed(1013)
		all.want("step_started")
		all.closed(1013)
		again := d.dial(h, Subscription{Task: "t", Actor: ann, Since: new(int64(3))})
		for range 11 {
			again.want("task_paused")
			if f, _ := again.next(); f.Type != "task_resumed" && f.Type != "progress" {
				d.Fatal(f.text)
			}
		}
	})
}

// TestTooMuch is the bound in bytes. What a start needs is beyond it.
func TestTooMuch(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub(func(o *Options) { o.Bytes = 10_000 })
		d.create("t", "a")
		for range 100 {
			d.do("t", worker, progress.Report{Step: progress.StepRef{Name: strings.Repeat("x", 190) + fmt.Sprint(d.now("t").Steps.Len())}})
		}
		c := d.dial(h, Subscription{Task: "t", Actor: ann, Since: new(int64(0)), Logs: true})
		synctest.Wait()
		c.want("task_created")
		for range 101 {
			c.next()
		}
		d.do("t", worker, progress.Log{Lines: []progress.LogLine{{Line: strings.Repeat("x", 9000)}}})
		c.want("progress", "log")
		synctest.Wait()
		for range 3 { // one is being written, one waits, one is too much
			d.do("t", worker, progress.Log{Lines: []progress.LogLine{{Line: strings.Repeat("x", 9000)}}})
			synctest.Wait()
		}
		c.want("log")
		c.closed(1013)
	})
}

// TestDeadPeers are peers that do not read, and peers that do not answer.
func TestDeadPeers(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		unread := d.dial(h, Subscription{Task: "t", Actor: ann}) // never takes its snapshot
		mute := d.dial(h, Subscription{Task: "t", Actor: ann})
		mute.conn.SetPingHandler(func(string) error { return nil })
		alive := d.dial(h, Subscription{Task: "t", Actor: ann})
		mute.want("snapshot")
		alive.want("snapshot")
		cut := make(chan struct{})
		go func() {
			defer close(cut)
			_, _ = mute.next() // reads, but never answers
		}()
		go func() {
			time.Sleep(11 * time.Second)
			d.members(h, 2)
			time.Sleep(49 * time.Second)
			d.members(h, 1)
			d.do("t", worker, tickTo(1, 10))
		}()
		alive.want("task_started", "step_started", "progress")
		if _, ok := unread.next(); ok {
			d.Fatal("a frame came late")
		}
		<-cut
		if mute.lost == nil {
			d.Fatal("the mute one was closed with", mute.end)
		}
	})
}

func (d *desk) members(h *Hub, want int) {
	d.Helper()
	if got := len(h.readers()); got != want {
		d.Errorf("%d members after %v, want %d", got, time.Now(), want)
	}
}

// TestPeersThatTalk are peers that send what is not expected.
func TestPeersThatTalk(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		c := d.dial(h, Subscription{Task: "t", Actor: ann})
		c.want("snapshot")
		pongs := make(chan string, 1)
		c.conn.SetPongHandler(func(s string) error { pongs <- s; return nil })
		go func() {
			_ = c.conn.WriteMessage(websocket.TextMessage, []byte("hello"))
			_ = c.conn.WriteControl(websocket.PingMessage, []byte("are you there"), time.Now().Add(time.Second))
			if got := <-pongs; got != "are you there" {
				d.Error(got)
			}
			d.do("t", worker, progress.Report{Status: progress.Running})
		}()
		c.want("task_started")
		go func() { _ = c.conn.WriteMessage(websocket.TextMessage, make([]byte, mostRead+1)) }()
		c.closed(1009)
		d.idle(h)
	})
}

// TestNeverReading are peers over real connections that never read: the others
// get every frame.
func TestNeverReading(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	h := d.hub()
	d.create("t", "a")
	up := NewUpgrader(nil)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := up.Upgrade(w, r, nil); err == nil {
			h.ServeSocket(c, Subscription{Task: "t", Actor: ann, Logs: true})
		}
	}))
	t.Cleanup(web.Close)
	dial := func(small bool) *client {
		dialer := websocket.Dialer{NetDial: func(network, addr string) (net.Conn, error) {
			c, err := net.Dial(network, addr)
			if small && err == nil {
				err = c.(*net.TCPConn).SetReadBuffer(4096)
			}
			return c, err
		}}
		conn, _, err := dialer.Dial("ws"+strings.TrimPrefix(web.URL, "http"), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		c := &client{TB: t, conn: conn}
		return c
	}
	for range 10 {
		dial(true)
	}
	good := dial(false)
	good.want("snapshot")
	line := []progress.LogLine{{Line: strings.Repeat("x", 16<<10)}}
	var longest time.Duration
	for i := range 500 {
		begin := time.Now()
		d.do("t", worker, progress.Log{Lines: line})
		if i%100 == 0 {
			d.do("t", worker, tickTo(1, float64(i)/100+1))
		}
		for lines := 0; lines == 0; {
			f, ok := good.next()
			if !ok {
				t.Fatal(good.end, good.lost)
			}
			lines = len(f.Lines)
		}
		longest = max(longest, time.Since(begin))
	}
	if longest > writeWait/2 { // the others' writes give up after writeWait
		t.Fatal("the good reader was held up for", longest)
	}
}
