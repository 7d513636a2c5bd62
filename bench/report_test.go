package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/store"
)

var worker = progress.Actor{Person: "bench", Rights: progress.MayReport, All: true}

// newEngine is an engine on a new SQLite file, with fsync on as in production.
func newEngine(b testing.TB) (*engine.Engine, *store.Store) {
	b.Helper()
	d, err := db.Open(context.Background(), filepath.Join(b.TempDir(), "herald.db"))
	if err != nil {
		b.Fatal(err)
	}
	s := store.New(d)
	e := engine.New(s, engine.Options{})
	b.Cleanup(func() {
		e.Close()
		_ = d.Close()
	})
	return e, s
}

func plans(n int) []progress.Plan {
	out := make([]progress.Plan, n)
	for i := range out {
		out[i].Name = fmt.Sprint("step ", i+1)
	}
	return out
}

func newTask(b testing.TB, e *engine.Engine, id string, steps int) {
	b.Helper()
	do(b, e, id, progress.Create{Spec: progress.Spec{Title: id, Kind: "bench"}, Steps: plans(steps)})
}

func do(b testing.TB, e *engine.Engine, id string, c progress.Change) {
	b.Helper()
	_, err := e.Execute(context.Background(), progress.Command{Task: progress.TaskID(id), By: worker, Via: progress.ViaREST, Do: c})
	if err != nil {
		b.Fatal(err)
	}
}

// report is the body of the nth report of a connection: never the same percent
// twice in a row, so that each one is written.
func report(n int) string {
	return fmt.Sprintf(`{"step":3,"step_progress":%.4f,"message":"row %d"}`, float64(n%1_000_000)/10_001, n)
}

// BenchmarkReport is single reports over HTTP, authenticated, each answered
// when it is on disk, beside a bare handler that only decodes the same JSON. The server is a
// process of its own, as in real life: within one process a connection that is
// never idle would flatter the bare handler.
func BenchmarkReport(b *testing.B) {
	addr := startServer(b)
	for _, conns := range []int{1, 16, 64} {
		for _, face := range []struct{ name, base string }{{"bare", "/bare"}, {"herald", "/api"}} {
			b.Run(fmt.Sprintf("conns=%d/%s", conns, face.name), func(b *testing.B) {
				load(b, addr, conns, func(c *client, conn, n int) (int, error) {
					return c.post(fmt.Sprintf("%s/tasks/t%d/progress", face.base, conn), report(n))
				})
			})
		}
	}
}
