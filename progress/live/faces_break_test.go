package live

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
)

// TestScriptSurvivesLostRings is a reader of a Script whose bell fails: the pulse
// tells it how its task stands, and that it has ended.
func TestScriptSurvivesLostRings(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		c := d.dial(h, Subscription{Task: "t", Actor: ann, Script: plainly{}})
		c.want("begin")
		d.set(func() { d.mute = true })
		d.do("t", worker, tickTo(1, 5))
		if f := c.want("running"); f.Percent != 5 {
			d.Fatal(f.text)
		}
		d.do("t", ann, progress.Cancel{})
		c.want("cancelled")
		c.closed(websocket.CloseNormalClosure)
	})
}

// TestScriptHearsForItself is a reader of a Script whose ring comes while readers
// of all tasks leave: nobody else hears it.
func TestScriptHearsForItself(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		c := d.dial(h, Subscription{Task: "t", Actor: ann, Script: plainly{}})
		c.want("begin")
		h.audience.rung.Store(true) // as it is for a moment after the last has left
		d.do("t", ann, progress.Cancel{})
		if f, ok := c.within(time.Second); !ok || f.Type != "cancelled" {
			d.Fatalf("it is told %q (%v, %v)", f.text, c.end, c.lost)
		}
		c.closed(websocket.CloseNormalClosure)
	})
}

// early is a bell that does something before the audience hears.
type early struct {
	*desk
	do func()
}

func (b early) Listen(id progress.TaskID, f func(progress.Moved)) func() {
	if id == "" {
		b.do()
	}
	return b.desk.Listen(id, f)
}

// TestRingWhileTheAudienceComes is a reader of one task whose ring began before
// the first reader of all tasks heard, and reaches its topic afterwards.
func TestRingWhileTheAudienceComes(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub(func(o *Options) {
			o.Bell = early{d, func() {
				d.set(func() { d.mute = true })
				d.do("t", ann, progress.Cancel{})
			}}
		})
		d.create("t", "a")
		c := d.dial(h, Subscription{Task: "t", Actor: ann})
		c.want("snapshot")
		topic := h.topics["t"]
		d.dial(h, Subscription{Actor: ann})
		synctest.Wait()
		topic.ring(progress.Moved{Task: "t", Kind: "crm", Status: progress.Cancelled})
		if f, ok := c.within(time.Second); !ok || f.Type != "task_cancelled" {
			d.Fatalf("it is told %q (%v, %v)", f.text, c.end, c.lost)
		}
		c.closed(websocket.CloseNormalClosure)
	})
}

// TestScriptAmongComersAndGoers is a reader of a Script that is told of every
// change once and in order, while readers of all tasks and of frames come and go.
func TestScriptAmongComersAndGoers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	h := d.hub()
	d.create("t", "a")
	d.do("t", worker, at(1, progress.StepRunning))
	const changes = 400
	readers := make([]*client, 4)
	for i := range readers {
		readers[i] = d.dial(h, Subscription{Task: "t", Actor: ann, Script: plainly{}})
		readers[i].want("begin")
	}
	stop := make(chan struct{})
	var others, writing sync.WaitGroup
	for i := range 3 {
		others.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				s := Subscription{Actor: ann}
				if (n+i)%3 == 0 {
					s.Task = "t"
				}
				c := d.dial(h, s)
				c.next()
				c.conn.Close()
			}
		})
	}
	writing.Go(func() {
		for n := range changes {
			d.do("t", worker, tickTo(1, float64(n+1)/10))
		}
	})
	for _, c := range readers {
		for n := range changes {
			if f := c.want("tick"); f.Percent != float64(n+1)/10 {
				t.Errorf("change %d: %s", n+1, f.text)
				break
			}
		}
	}
	writing.Wait()
	close(stop)
	others.Wait()
}
