package engine

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/store"
)

// cluster is engines on one database, each with its own memory and connections.
type cluster []world

func newCluster(t *testing.T, n int) cluster {
	t.Helper()
	url := dbtest.URL(t, dbtest.Postgres)
	nodes := make(cluster, n)
	for i := range nodes {
		d, err := db.Open(context.Background(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		nodes[i] = open(t, d, Options{Log: slog.New(quiet{t})}) // no transaction fails for good
	}
	return nodes
}

// together runs one goroutine a node at the same moment.
func (c cluster) together(do func(node int, w world)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i, w := range c {
		wg.Go(func() {
			<-start
			do(i, w)
		})
	}
	close(start)
	wg.Wait()
}

// converge holds that a task is the same in the tables and in the memory of
// every node that believes to have its newest row, and that each node takes
// part in it.
func (c cluster) converge(t *testing.T, id progress.TaskID) progress.Task {
	t.Helper()
	for i, w := range c {
		w.must(string(id), worker, oneLine("converge"))
		task := w.same(string(id))
		stored := w.stored(id)
		kept, ok := w.hot.get(id)
		if !ok || kept.rev != stored.Rev || flat(*kept.task) != flat(stored.Task) {
			t.Errorf("node %d remembers of %s\n%s\nand stored is\n%s", i, id, flat(*kept.task), flat(task))
		}
	}
	task, err := c[0].Task(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

// stored is a task with the rev of its row.
func (w world) stored(id progress.TaskID) (k store.Kept) {
	w.Helper()
	err := w.keep.Commit(context.Background(), store.Need{Tasks: []progress.TaskID{id}}, func(f store.Found) store.Batch {
		k = f.Tasks[id]
		return store.Batch{}
	})
	if err != nil {
		w.Fatal(err)
	}
	return k
}

// anything is what workers and people do to a task of three steps, and how
// many lines of its log that is.
func anything(r *rand.Rand) (progress.Change, progress.Actor, int64) {
	n := 1 + r.IntN(3)
	switch r.IntN(12) {
	case 0, 1, 2:
		return tick(n, float64(r.IntN(100))), worker, 0
	case 3:
		return at(n, progress.StepRunning), worker, 0
	case 4:
		return at(n, []progress.StepStatus{progress.StepFailed, progress.StepCompleted}[r.IntN(2)]), worker, 0
	case 5:
		return progress.Pause{}, ann, 0
	case 6:
		return progress.Resume{}, bob, 0
	case 7:
		return progress.Ask{Step: progress.StepRef{Order: n}}, worker, 0
	case 8:
		return progress.Approve{}, []progress.Actor{ann, bob}[r.IntN(2)], 0
	case 9:
		return progress.Retry{}, ann, 0
	case 10:
		if r.IntN(3) > 0 {
			return progress.Heartbeat{}, worker, 0
		}
		return progress.Restart{}, bob, 0
	}
	return progress.Log{Lines: make([]progress.LogLine, n)}, worker, int64(n)
}

// TestNodes lets three engines change the same tasks at once.
func TestNodes(t *testing.T) {
	t.Parallel()
	const tasks, callers, commands = 10, 24, 40
	nodes := newCluster(t, 3)
	for i := range tasks {
		nodes[0].must(fmt.Sprint("t", i), worker, create("a", "b", "c"))
	}
	var lines [tasks]atomic.Int64
	var done atomic.Int64
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(7, uint64(i)))
			for range commands {
				n := r.IntN(tasks)
				do, by, more := anything(r)
				_, err := nodes[r.IntN(len(nodes))].try(fmt.Sprint("t", n), by, do)
				switch progress.CodeOf(err) {
				case "":
					lines[n].Add(more)
					done.Add(1)
				case progress.Conflict, progress.Superseded, progress.NotFound:
				default:
					t.Errorf("%s: %v", do.Verb(), err)
				}
			}
		})
	}
	wg.Wait()
	if done.Load() < callers*commands/4 {
		t.Errorf("only %d of %d commands did anything", done.Load(), callers*commands)
	}
	for i := range tasks {
		id := progress.TaskID(fmt.Sprint("t", i))
		want := lines[i].Load() + int64(len(nodes)) // those of converge
		if got := nodes.converge(t, id).Lines; got != want {
			t.Errorf("%s has %d lines; %d were answered", id, got, want)
		}
		stored, err := nodes[1].keep.Lines(context.Background(), store.Logs{Task: id, Limit: 1 << 20})
		if err != nil || int64(len(stored)) != want {
			t.Errorf("%s keeps %d lines of %d, %v", id, len(stored), want, err)
		}
		for n, l := range stored {
			if l.N != int64(n+1) {
				t.Errorf("%s: line %d has number %d", id, n+1, l.N)
			}
		}
	}
}

// TestNodesCreate holds that of creations with one id one counts, and that
// creations with one key are one.
func TestNodesCreate(t *testing.T) {
	t.Parallel()
	nodes := newCluster(t, 3)
	for round := range 10 {
		id, key := fmt.Sprint("t", round), fmt.Sprint("k", round)
		var made, fresh atomic.Int64
		var ids sync.Map
		nodes.together(func(i int, w world) {
			switch _, err := w.try(id, worker, create("a", "b")); progress.CodeOf(err) {
			case "":
				made.Add(1)
			case progress.Conflict:
			default:
				t.Error(err)
			}
			c := progress.Command{Key: key, Body: "b", By: worker, Do: create(fmt.Sprint("of node ", i))}
			out, err := w.Execute(context.Background(), c)
			if err != nil {
				t.Error(err)
			}
			if !out.Replayed {
				fresh.Add(1)
			}
			ids.Store(out.Task.ID, true)
		})
		if made.Load() != 1 || fresh.Load() != 1 {
			t.Errorf("%d creations of one id and %d of one key", made.Load(), fresh.Load())
		}
		nodes.converge(t, progress.TaskID(id))
		n := 0
		ids.Range(func(one, _ any) bool {
			n++
			nodes.converge(t, one.(progress.TaskID))
			return true
		})
		if n != 1 {
			t.Errorf("one key gave %d tasks", n)
		}
	}
}

// TestNodesDecide holds that one of many decisions counts, wherever it is made.
func TestNodesDecide(t *testing.T) {
	t.Parallel()
	nodes := newCluster(t, 3)
	for round := range 10 {
		id := fmt.Sprint("t", round)
		nodes[0].must(id, worker, progress.Create{Spec: progress.Spec{Title: "x"}, Steps: []progress.Plan{{Name: "a", Gate: &progress.Gate{}}}})
		nodes[1].must(id, worker, at(1, progress.StepRunning))
		var counted atomic.Int64
		slices.Concat(nodes, nodes, nodes).together(func(i int, w world) {
			var do progress.Change = progress.Approve{}
			if i%2 == 0 {
				do = progress.Reject{}
			}
			switch _, err := w.try(id, []progress.Actor{ann, bob}[i%2], do); progress.CodeOf(err) {
			case "":
				counted.Add(1)
			case progress.Conflict:
			default:
				t.Error(err)
			}
		})
		if counted.Load() != 1 {
			t.Errorf("%d decisions counted", counted.Load())
		}
		nodes.converge(t, progress.TaskID(id))
		if n := nodes.events(t, id, progress.ApprovalDecided); n != 1 {
			t.Errorf("%d decisions are told of", n)
		}
	}
}

// events counts a task's events of a kind.
func (c cluster) events(t *testing.T, id string, kind progress.Kind) int {
	t.Helper()
	events, err := c[0].keep.Events(context.Background(), progress.TaskID(id), 0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// TestNodesClaim holds that no task is claimed twice, and all are.
func TestNodesClaim(t *testing.T) {
	t.Parallel()
	const tasks = 60
	nodes := newCluster(t, 3)
	for i := range tasks {
		nodes[i%3].must(fmt.Sprint("t", i), worker, create("a"))
	}
	var claimed sync.Map
	var n atomic.Int64
	slices.Concat(nodes, nodes).together(func(i int, w world) {
		for idle := 0; idle < 3 && n.Load() < tasks; { // all that it saw may have gone to others
			out, ok, err := w.Claim(context.Background(), worker, progress.ViaREST, fmt.Sprint("w", i), []string{"crm"})
			if err != nil {
				t.Error(err)
				return
			}
			if !ok {
				idle++
				continue
			}
			n.Add(1)
			if other, twice := claimed.LoadOrStore(out.Task.ID, i); twice {
				t.Errorf("%s was claimed by %v and %d", out.Task.ID, other, i)
			}
			if out.Task.Worker != fmt.Sprint("w", i) || out.Task.Lease == "" {
				t.Errorf("%s is claimed by %s", out.Task.ID, out.Task.Worker)
			}
		}
	})
	if n.Load() != tasks {
		t.Errorf("%d of %d claimed", n.Load(), tasks)
	}
}

// TestNodesClock holds that what the clocks of two nodes do at once is done
// once.
func TestNodesClock(t *testing.T) {
	t.Parallel()
	const tasks = 8
	nodes := newCluster(t, 2)
	var ahead atomic.Int64
	for i := range nodes {
		nodes[i].now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	}
	for i := range tasks {
		gate, idle := fmt.Sprint("gate", i), fmt.Sprint("idle", i)
		nodes[0].must(gate, worker, progress.Create{Spec: progress.Spec{Title: "x"}, Steps: []progress.Plan{{Name: "a", Gate: &progress.Gate{ExpiresIn: 60}}}})
		nodes[i%2].must(gate, worker, at(1, progress.StepRunning))
		nodes[i%2].must(idle, worker, create("a"))
		nodes[0].must(idle, ann, progress.Restart{})
	}
	ahead.Store(int64(time.Minute + time.Second))
	nodes.together(func(_ int, w world) {
		if err := w.wake(context.Background()); err != nil {
			t.Error(err)
		}
	})
	for i := range tasks {
		gate, idle := fmt.Sprint("gate", i), fmt.Sprint("idle", i)
		if got := nodes.converge(t, progress.TaskID(gate)); got.Status != progress.Failed || got.Steps.At(1).Approval.Status != progress.ApprovalExpired {
			t.Errorf("%s is %s", gate, got.Status)
		}
		if got := nodes.converge(t, progress.TaskID(idle)); got.Stalled != progress.NoWorker {
			t.Errorf("%s has not stalled", idle)
		}
		expired, stalled := nodes.events(t, gate, progress.ApprovalDecided), nodes.events(t, idle, progress.TaskStalled)
		if expired != 1 || stalled != 1 {
			t.Errorf("an approval expired %d times, a task stalled %d times", expired, stalled)
		}
	}
}
