package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress"
)

// tasks reads that many frames and says of which tasks and types they are, sorted.
func (c *client) tasks(n int) (out []string) {
	c.Helper()
	for range n {
		f, ok := c.next()
		if !ok {
			c.Fatal(c.end, c.lost, out)
		}
		out = append(out, string(f.Task)+" "+f.Type)
	}
	slices.Sort(out)
	return out
}

func (c *client) all(want ...string) {
	c.Helper()
	if got := c.tasks(len(want)); !slices.Equal(got, want) {
		c.Fatalf("got %q, want %q", got, want)
	}
}

func TestAllTasks(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("live", "a")
		d.create("over", "a")
		d.do("over", worker, at(1, progress.StepFailed))
		c := d.dial(h, Subscription{Actor: ann})
		c.all("live snapshot")
		d.create("new", "a")
		c.all("new task_created")
		d.do("new", worker, tickTo(1, 10))
		c.want("task_started", "step_started", "progress")
		d.do("new", worker, progress.Report{Status: progress.Completed})
		c.want("step_complete", "task_complete")
		synctest.Wait()
		d.do("new", worker, progress.Log{Lines: []progress.LogLine{{Line: "late"}}})
		d.do("over", ann, progress.Retry{})
		c.want("task_retried")
		d.do("over", worker, tickTo(1, 10))
		c.want("task_started", "step_started", "progress")
		d.do("new", ann, progress.Restart{})
		c.want("task_restarted", "progress")
		c.silent(time.Second)
	})
}

func TestAllTasksWithLogs(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		d.do("t", worker, progress.Log{Lines: []progress.LogLine{{Line: "old"}}})
		d.do("t", worker, progress.Report{Status: progress.Completed})
		c := d.dial(h, Subscription{Actor: ann, Logs: true})
		synctest.Wait()
		d.do("t", ann, progress.Restart{})
		c.want("task_restarted", "progress")
		d.do("t", worker, progress.Log{Lines: []progress.LogLine{{Line: "new"}}})
		if f := c.want("log"); len(f.Lines) != 1 || f.Lines[0]["line"] != "new" {
			d.Fatal(f.text)
		}
		d.do("u", root, created("a"))
		d.do("u", worker, progress.Log{Lines: []progress.LogLine{{Line: "first"}}})
		c.want("task_created", "log")
	})
}

func TestFilters(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		add := func(id, kind, owner, env, site string) {
			d.do(id, root, progress.Create{Spec: progress.Spec{
				Title: id, Kind: kind, Owner: owner, Labels: map[string]string{"env": env, "site": site},
			}})
		}
		readers := []*client{}
		expect := []string{"1 2 3 4 5", "1 3 4 5", "2", "2 3 4 5", "5"}
		join := func() {
			for _, f := range []Filter{
				{}, {Kind: "crm"}, {Owner: "ann"}, {Labels: map[string]string{"env": "prod"}},
				{Kind: "crm", Owner: "bob", Labels: map[string]string{"env": "prod", "site": "b"}},
			} {
				readers = append(readers, d.dial(h, Subscription{Actor: root, Filter: f}))
			}
		}
		check := func(frame string) {
			d.Helper()
			for i, c := range readers {
				var want []string
				for _, id := range expect[i] {
					if id != ' ' {
						want = append(want, string(id)+" "+frame)
					}
				}
				c.all(want...)
			}
		}
		join()
		synctest.Wait()
		add("1", "crm", "", "test", "a")
		add("2", "erp", "ann", "prod", "a")
		add("3", "crm", "bob", "prod", "a")
		add("4", "crm", "", "prod", "b")
		add("5", "crm", "bob", "prod", "b")
		check("task_created")
		readers = nil
		join()
		check("snapshot")
	})
}

// TestUnwanted is a kind that nobody reads: its tasks have no topics.
func TestUnwanted(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("before", "a")
		c := d.dial(h, Subscription{Actor: ann, Filter: Filter{Kind: "erp"}})
		synctest.Wait()
		d.create("after", "a")
		d.do("erp", root, progress.Create{Spec: progress.Spec{Title: "x", Kind: "erp"}})
		c.all("erp task_created")
		d.idleBut(h, 1)
	})
}

// TestAllOutage is a list of tasks that cannot be read.
func TestAllOutage(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		d.set(func() { d.fails = errors.New("disk on fire") })
		d.dial(h, Subscription{Actor: ann}).closed(1011)
		d.set(func() { d.fails = nil })
		c := d.dial(h, Subscription{Actor: ann})
		c.want("snapshot")
		d.set(func() { d.fails = errors.New("disk on fire") })
		c.silent(3*pingEvery + time.Second) // only the pulse asks
	})
}

// TestSeeing is a task that becomes visible to somebody, and is no longer.
func TestSeeing(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		bobs := d.dial(h, Subscription{Actor: bob})
		synctest.Wait()
		d.do("t", root, progress.Create{Spec: progress.Spec{Title: "x", Owner: "ann"}, Steps: []progress.Plan{{Name: "a"}}})
		d.do("t", worker, tickTo(1, 10))
		bobs.silent(time.Second)
		bobs = d.dial(h, Subscription{Actor: bob})
		synctest.Wait()
		d.do("t", worker, progress.Ask{Step: progress.StepRef{Order: 1}, Gate: progress.Gate{Approvers: []string{"bob"}}})
		bobs.want("snapshot")
		one := d.dial(h, Subscription{Task: "t", Actor: bob})
		one.want("snapshot")
		d.do("t", bob, progress.Approve{})
		bobs.want("approval_decided")
		one.want("approval_decided")
		d.do("t", ann, progress.Restart{}) // the question is gone, and with it bob's part
		one.closed(1008)
		bobs.silent(time.Second)
	})
}

// TestBetween is a task that is made, and one that moves, between the asking for
// all tasks and the answer.
func TestBetween(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub(func(o *Options) {
			live := o.Live
			o.Live = func(ctx context.Context) ([]progress.Task, error) {
				d.create("before", "a")
				d.do("old", worker, tickTo(1, 10))
				tasks, err := live(ctx)
				d.create("after", "a")
				d.do("old", worker, tickTo(1, 20))
				return tasks, err
			}
		})
		d.create("old", "a")
		c := d.dial(h, Subscription{Actor: ann})
		seen := map[string]progress.TaskID{}
		last := map[progress.TaskID]int64{}
		for last["old"] != 5 || last["before"] == 0 || last["after"] == 0 {
			f, ok := c.next()
			if !ok {
				d.Fatal(c.end, c.lost, last)
			}
			if last[f.Task] == 0 && f.Type != "snapshot" || last[f.Task] > f.Version {
				d.Fatal(f.text)
			}
			seen[f.Type], last[f.Task] = f.Task, f.Version
		}
		c.silent(time.Second)
		d.idleBut(h, 3)
	})
}

// TestEndedBetween is a task that ends, and one that only loses its other
// reader, between the asking for all tasks and the answer.
func TestEndedBetween(t *testing.T) {
	one(t, func(d *desk) {
		var other *client
		h := d.hub(func(o *Options) {
			live := o.Live
			o.Live = func(ctx context.Context) ([]progress.Task, error) {
				tasks, err := live(ctx)
				d.do("ends", ann, progress.Cancel{})
				other.conn.Close()
				time.Sleep(time.Second)
				d.do("stays", worker, tickTo(1, 10))
				return tasks, err
			}
		})
		d.create("ends", "a")
		d.create("stays", "a")
		other = d.dial(h, Subscription{Task: "stays", Actor: ann})
		other.want("snapshot")
		c := d.dial(h, Subscription{Actor: ann})
		if f := c.want("snapshot"); f.Task != "stays" || f.Version != d.now("stays").Version {
			d.Fatal(f.text)
		}
		d.forget(h)
		d.idleBut(h, 1)
		c.silent(time.Second)
	})
}

// TestStaleRing is a ring of what has been told, after the task has ended.
func TestStaleRing(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		c := d.dial(h, Subscription{Actor: ann})
		synctest.Wait()
		d.create("t", "a")
		d.do("t", ann, progress.Cancel{})
		c.want("task_created", "task_cancelled")
		synctest.Wait()
		h.audience.forget() // not at once
		for seq := range int64(3) {
			d.Ring([]progress.Moved{{Task: "t", Kind: "crm", Seq: seq}})
			d.idleBut(h, 1)
			one := d.dial(h, Subscription{Task: "t", Actor: ann})
			one.want("snapshot", "task_cancelled")
			one.closed(1000)
			d.idleBut(h, 1)
		}
		d.do("t", ann, progress.Restart{})
		c.want("task_restarted")
		d.do("t", ann, progress.Cancel{})
		c.want("task_cancelled")
		synctest.Wait()
		h.audience.forget()
		d.idleBut(h, 1)
		c.silent(3*pingEvery + time.Second)
		d.idleBut(h, 0)
	})
}

// forget has the pulse come round twice.
func (d *desk) forget(h *Hub) {
	d.Helper()
	for range 2 {
		synctest.Wait()
		h.audience.forget()
	}
}

// idleBut holds that there are so many topics, all at rest.
func (d *desk) idleBut(h *Hub, topics int) {
	d.Helper()
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.topics) != topics {
		d.Fatalf("%d topics, want %d", len(h.topics), topics)
	}
	for _, t := range h.topics {
		if t.working || t.due {
			d.Fatal("a topic is at work", t.id)
		}
	}
}

// TestLateRing is a ring that reaches who reads all only after a reader of the
// one task, and so its topic, has been told more than that.
func TestLateRing(t *testing.T) {
	for _, kept := range []bool{true, false} {
		t.Run(fmt.Sprint("kept=", kept), func(t *testing.T) {
			one(t, func(d *desk) { lateRing(d, kept) })
		})
	}
}

func lateRing(d *desk, kept bool) {
	h := d.hub()
	all := d.dial(h, Subscription{Actor: ann})
	synctest.Wait()
	d.create("t", "a")
	d.do("t", ann, progress.Cancel{})
	all.want("task_created", "task_cancelled")
	ring := []progress.Moved{{Task: "t", Kind: "crm", Seq: d.now("t").Seq}}
	d.forget(h)
	d.set(func() { d.mute = true })
	d.do("t", ann, progress.Restart{})
	c := d.dial(h, Subscription{Task: "t", Actor: ann})
	c.want("snapshot")
	d.do("t", ann, progress.Cancel{})
	if !kept {
		d.set(func() { d.tasks["t"].events = d.tasks["t"].events[1:] })
	}
	d.Ring(ring)
	c.want("task_cancelled")
	c.closed(1000)
	if kept {
		all.want("task_restarted", "task_cancelled")
	} else {
		all.want("snapshot", "task_cancelled")
	}
	d.forget(h)
	d.idleBut(h, 0)
}

// TestTopics is that topics of all tasks are there only while somebody reads
// all, and nothing is left of those who came and went.
func TestTopics(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		for i := range 10 {
			d.create(fmt.Sprint("t", i), "a")
		}
		c := d.dial(h, Subscription{Task: "t1", Actor: ann})
		c.want("snapshot")
		d.idleBut(h, 1)
		all := d.dial(h, Subscription{Actor: ann})
		all.tasks(10)
		d.idleBut(h, 10)
		second := d.dial(h, Subscription{Actor: ann})
		second.tasks(10)
		all.conn.Close()
		d.do("t1", worker, tickTo(1, 10))
		second.want("task_started", "step_started", "progress")
		second.conn.Close()
		d.idleBut(h, 1)
		c.want("task_started", "step_started", "progress")
		d.do("t1", worker, tickTo(1, 20))
		c.want("progress")
		d.do("t1", ann, progress.Cancel{})
		c.want("task_cancelled")
		c.closed(1000)
		d.idle(h)
	})
}
