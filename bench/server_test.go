package bench

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/store"
)

// serveEnv, when set to a database, makes the test binary a server on it.
const serveEnv = "HERALD_BENCH_SERVE"

func TestMain(m *testing.M) {
	if path := os.Getenv(serveEnv); path != "" {
		if err := serve(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// startServer starts this binary as a server and returns its address.
func startServer(b *testing.B) string {
	b.Helper()
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	server := exec.Command(exe)
	server.Env = append(os.Environ(), serveEnv+"="+b.TempDir()+"/herald.db")
	server.Stderr = os.Stderr
	out, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(addr)
}

// serve answers until it is killed.
func serve(path string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, path)
	if err != nil {
		return err
	}
	e := engine.New(store.New(d), engine.Options{})
	for i := range 64 {
		c := progress.Command{Task: progress.TaskID(fmt.Sprint("t", i)), By: worker, Do: progress.Create{
			Spec: progress.Spec{Title: "bench", Kind: "bench"}, Steps: plans(5),
		}}
		if _, err := e.Execute(ctx, c); err != nil {
			return err
		}
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	s := &http.Server{Handler: routes(e), ReadHeaderTimeout: 5 * time.Second}
	return s.Serve(l)
}

// routes are a bare handler that only decodes a report, and the thinnest one
// that gives it to the engine. The API takes the latter's place when it comes.
func routes(e *engine.Engine) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.POST("/bare/tasks/:id/progress", func(c *gin.Context) {
		var rep progress.Report
		if err := c.ShouldBindJSON(&rep); err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		c.JSON(http.StatusOK, gin.H{"status": "running", "version": 1, "control": nil})
	})
	r.POST("/herald/tasks/:id/progress", func(c *gin.Context) {
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
