package live

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress"
)

// muted gives commands whose rings are lost or come later, and returns the ring
// of the first.
func (d *desk) muted(id string, do ...progress.Change) []progress.Moved {
	d.Helper()
	ring := []progress.Moved{{Task: progress.TaskID(id), Kind: "crm"}}
	d.set(func() {
		d.mute = true
		if r := d.tasks[ring[0].Task]; r != nil {
			ring[0].Seq = r.task.Seq
		}
	})
	for _, change := range do {
		d.do(id, root, change)
	}
	d.set(func() { d.mute = false })
	return ring
}

// listing is a hub whose next list of tasks, once it is set, is what it returns:
// it may take its time between reading the tasks and giving them.
func (d *desk) listing() (h *Hub, next *func([]progress.Task)) {
	next = new(func([]progress.Task))
	h = d.hub(func(o *Options) {
		live := o.Live
		o.Live = func(ctx context.Context) ([]progress.Task, error) {
			tasks, err := live(ctx)
			var then func([]progress.Task)
			d.set(func() { then, *next = *next, nil })
			if then != nil {
				then(tasks)
			}
			return tasks, err
		}
	})
	return h, next
}

// slowly is a hub that gets a task a second after it was read, once slow is set.
func (d *desk) slowly() (h *Hub, slow *bool) {
	slow = new(bool)
	h = d.hub(func(o *Options) {
		load := o.Task
		o.Task = func(ctx context.Context, id progress.TaskID) (progress.Task, error) {
			t, err := load(ctx, id)
			d.mu.Lock()
			wait := *slow
			d.mu.Unlock()
			if wait {
				time.Sleep(time.Second)
			}
			return t, err
		}
	})
	return h, slow
}

// TestAgainUnshown is a task that had ended before a reader came, and lives again
// for less than a round.
func TestAgainUnshown(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		first := d.dial(h, Subscription{Actor: ann})
		synctest.Wait()
		d.create("t", "a")
		d.do("t", ann, progress.Cancel{})
		first.want("task_created", "task_cancelled")
		second := d.dial(h, Subscription{Actor: ann})
		synctest.Wait()
		d.Ring(d.muted("t", progress.Restart{}, progress.Cancel{}))
		first.want("task_restarted", "task_cancelled")
		second.want("task_restarted", "task_cancelled")
		second.silent(time.Second)
	})
}

// TestAgainAsItEnds is one that ends just as a reader comes, and lives again
// before its topic is at rest.
func TestAgainAsItEnds(t *testing.T) {
	one(t, func(d *desk) {
		h, slow := d.slowly()
		d.create("t", "a")
		first := d.dial(h, Subscription{Actor: ann})
		first.want("snapshot")
		d.set(func() { *slow = true })
		d.do("t", ann, progress.Cancel{})
		synctest.Wait()
		second := d.dial(h, Subscription{Actor: ann})
		synctest.Wait()
		d.Ring([]progress.Moved{{Task: "t", Kind: "crm", Seq: 1}})
		time.Sleep(1500 * time.Millisecond) // the second reader is being seated
		d.Ring(d.muted("t", progress.Restart{}, progress.Cancel{}))
		first.want("task_cancelled", "task_restarted", "task_cancelled")
		second.want("task_restarted", "task_cancelled")
		second.silent(time.Second)
	})
}

// TestAgainAtStart is a task that a reader is told of before its own list of all
// tasks is there, and that ends, and lives again for less than a round.
func TestAgainAtStart(t *testing.T) {
	one(t, func(d *desk) {
		h, next := d.listing()
		listed, list := context.WithCancel(d.Context())
		defer list()
		*next = func([]progress.Task) { <-listed.Done() }
		c := d.dial(h, Subscription{Actor: ann})
		synctest.Wait()
		d.create("t", "a")
		c.want("snapshot")
		d.do("t", ann, progress.Cancel{})
		c.want("task_cancelled")
		d.forget(h)
		d.idleBut(h, 1) // it goes on only where it sits
		d.Ring(d.muted("t", progress.Restart{}, progress.Cancel{}))
		c.want("task_restarted", "task_cancelled")
		list()
		d.forget(h)
		d.idleBut(h, 0)
		c.silent(time.Second)
	})
}

// TestAgainListed is a restart that a list of all tasks tells of before its ring
// does.
func TestAgainListed(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		first := d.dial(h, Subscription{Actor: ann})
		synctest.Wait()
		d.create("t", "a")
		d.do("t", ann, progress.Cancel{})
		first.want("task_created", "task_cancelled")
		ring := d.muted("t", progress.Restart{})
		second := d.dial(h, Subscription{Actor: ann})
		synctest.Wait()
		d.muted("t", progress.Cancel{})
		d.Ring(ring)
		first.want("task_restarted", "task_cancelled")
		second.want("task_restarted", "task_cancelled")
		d.forget(h)
		ring = d.muted("t", progress.Restart{}) // long after
		third := d.dial(h, Subscription{Actor: ann})
		for _, c := range []*client{first, second, third} {
			c.want("snapshot")
		}
		d.muted("t", progress.Cancel{})
		d.Ring(ring)
		for _, c := range []*client{first, second, third} {
			c.want("task_cancelled")
		}
	})
}

// TestAgainListedAndEnded is a restart that no ring has told of, of a task that has
// ended again when those who read all come to sit with who reads it alone.
func TestAgainListedAndEnded(t *testing.T) {
	one(t, func(d *desk) {
		h, next := d.listing()
		first := d.dial(h, Subscription{Actor: ann})
		synctest.Wait()
		ring := d.muted("t", created("a"))
		alone := d.dial(h, Subscription{Task: "t", Actor: ann})
		alone.want("snapshot")
		*next = func([]progress.Task) { d.muted("t", progress.Cancel{}) }
		second := d.dial(h, Subscription{Actor: ann})
		first.want("snapshot", "task_cancelled")
		alone.want("task_cancelled")
		alone.closed(1000)
		d.Ring(ring)
		synctest.Wait()
		d.Ring(d.muted("t", progress.Restart{}, progress.Cancel{}))
		first.want("task_restarted", "task_cancelled")
		second.want("task_restarted", "task_cancelled")
	})
}

// TestOldList is a list of tasks that comes when its reader has left, and what
// was on it has been given up.
func TestOldList(t *testing.T) {
	one(t, func(d *desk) {
		h, next := d.listing()
		c := d.dial(h, Subscription{Actor: ann})
		synctest.Wait()
		d.create("t", "a")
		c.want("task_created")
		listed, list := context.WithCancel(d.Context())
		defer list()
		*next = func([]progress.Task) { <-listed.Done() }
		left := d.dial(h, Subscription{Actor: ann})
		synctest.Wait()
		left.conn.Close()
		d.do("t", ann, progress.Cancel{})
		c.want("task_cancelled")
		d.forget(h)
		d.idleBut(h, 0)
		list()
		d.idleBut(h, 0)
		c.silent(time.Second)
	})
}

// TestOldListOfOthers is a list of tasks whose reader does not want one that has
// ended since, for one who came later and does.
func TestOldListOfOthers(t *testing.T) {
	one(t, func(d *desk) {
		h, next := d.listing()
		d.create("t", "a")
		listed, list := context.WithCancel(d.Context())
		defer list()
		*next = func([]progress.Task) { <-listed.Done() }
		d.dial(h, Subscription{Actor: ann, Filter: Filter{Kind: "erp"}})
		synctest.Wait()
		d.do("t", ann, progress.Cancel{})
		c := d.dial(h, Subscription{Actor: ann})
		synctest.Wait()
		list()
		c.silent(time.Second)
	})
}

// TestOvertaken is a task whose ring is lost, or comes after the next: who reads
// all is shown it.
func TestOvertaken(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		all := d.dial(h, Subscription{Actor: ann})
		synctest.Wait()
		late := d.muted("t", created("a"))
		d.do("t", worker, tickTo(1, 10))
		all.want("snapshot")
		d.Ring(late)
		synctest.Wait()
		d.do("t", worker, tickTo(1, 20))
		all.want("progress")
		late = d.muted("u", created("a"))
		late[0].Seq = d.now("u").Seq
		d.muted("u", progress.Cancel{})
		d.Ring(late)
		all.want("snapshot", "task_cancelled")
		d.muted("v", created("a"))
		alone := d.dial(h, Subscription{Task: "v", Actor: ann})
		alone.want("snapshot")
		d.do("v", worker, tickTo(1, 10))
		all.want("snapshot")
		alone.want("task_started", "step_started", "progress")
		all.silent(time.Second)
	})
}

// TestOvertakenUnseen is one that a reader may not see, until it has a part in it.
func TestOvertakenUnseen(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		bobs := d.dial(h, Subscription{Actor: bob})
		synctest.Wait()
		anns := progress.Create{Spec: progress.Spec{Title: "x", Kind: "crm", Owner: "ann"}, Steps: []progress.Plan{{Name: "a"}}}
		ask := progress.Ask{Step: progress.StepRef{Order: 1}, Gate: progress.Gate{Approvers: []string{"bob"}}}
		d.muted("t", anns)
		d.do("t", worker, tickTo(1, 10))
		synctest.Wait()
		d.do("t", worker, ask)
		bobs.want("snapshot")
		d.do("u", root, anns)
		d.do("u", root, progress.Cancel{})
		synctest.Wait()
		d.Ring(d.muted("u", progress.Restart{}, progress.Report{Status: progress.Running}, ask)) // unseen when it ended
		if f := bobs.want("snapshot"); f.Task != "u" {
			d.Fatal(f.text)
		}
		bobs.silent(time.Second)
	})
}

// TestUnheard is a task that moves while nobody reads all, and its topic is still
// at work for the last who did.
func TestUnheard(t *testing.T) {
	one(t, func(d *desk) {
		h, slow := d.slowly()
		d.create("t", "a")
		last := d.dial(h, Subscription{Actor: ann})
		last.want("snapshot")
		d.set(func() { *slow = true })
		last.conn.Close()
		synctest.Wait()
		d.do("t", worker, tickTo(1, 10))
		next := d.dial(h, Subscription{Actor: ann})
		if f := next.want("snapshot"); f.Version != d.now("t").Version {
			d.Fatal(f.text)
		}
		next.silent(10 * time.Second)
	})
}
