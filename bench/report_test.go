package bench

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/gin-gonic/gin"

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

func bare() http.Handler {
	r := gin.New()
	r.POST("/api/tasks/:id/progress", func(c *gin.Context) {
		var rep progress.Report
		if err := c.ShouldBindJSON(&rep); err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		c.JSON(http.StatusOK, gin.H{"status": "running", "version": 1, "control": nil})
	})
	return r
}

// thin is the thinnest handler that gives reports to the engine. The API takes
// its place here when it comes.
func thin(e *engine.Engine) http.Handler {
	r := gin.New()
	r.POST("/api/tasks/:id/progress", func(c *gin.Context) {
		var rep progress.Report
		if err := c.ShouldBindJSON(&rep); err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		out, err := e.Execute(c, progress.Command{Task: progress.TaskID(c.Param("id")), By: worker, Via: progress.ViaREST, Do: rep})
		if err != nil {
			c.String(http.StatusInternalServerError, "%v", err)
			return
		}
		c.JSON(http.StatusOK, gin.H{"status": out.Task.Status, "version": out.Task.Version, "control": nil})
	})
	return r
}

// BenchmarkReport is single reports over HTTP, each answered when it is on
// disk, beside a bare handler that only decodes the same JSON.
func BenchmarkReport(b *testing.B) {
	gin.SetMode(gin.ReleaseMode)
	for _, conns := range []int{1, 64} {
		b.Run(fmt.Sprintf("conns=%d/bare", conns), func(b *testing.B) {
			load(b, serve(b, bare()), conns, func(c *client, conn, n int) (int, error) {
				return c.post(fmt.Sprintf("/api/tasks/t%d/progress", conn), report(n))
			})
		})
		b.Run(fmt.Sprintf("conns=%d/herald", conns), func(b *testing.B) {
			e, _ := newEngine(b)
			for i := range conns {
				newTask(b, e, fmt.Sprint("t", i), 5)
			}
			load(b, serve(b, thin(e)), conns, func(c *client, conn, n int) (int, error) {
				return c.post(fmt.Sprintf("/api/tasks/t%d/progress", conn), report(n))
			})
		})
	}
}
