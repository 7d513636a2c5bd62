package engine

import (
	"context"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// TestTaskThatAnotherNodeForgot holds that a task which is still in the memory
// of one node, but was forgotten by another, is gone for both.
func TestTaskThatAnotherNodeForgot(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t, dbtest.Postgres)
	nodes := make([]world, 2)
	for i := range nodes {
		d, err := db.Open(context.Background(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		nodes[i] = open(t, d, Options{Keep: Retention{Tasks: time.Nanosecond}})
	}
	nodes[0].must("t1", worker, create("a"))
	nodes[0].must("t1", worker, progress.Report{Status: progress.Completed})
	time.Sleep(time.Millisecond) // past the retention
	if err := nodes[1].purge(context.Background()); err != nil {
		t.Fatal(err)
	}
	nodes[0].refused(progress.NotFound, "t1", ann, progress.Restart{})
	nodes[0].must("t1", worker, create("a", "b"))
	if got := nodes[1].same("t1"); got.Steps.Len() != 2 || got.Seq != 1 {
		t.Fatalf("%d steps, seq %d", got.Steps.Len(), got.Seq)
	}
}
