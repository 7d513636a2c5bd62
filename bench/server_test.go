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

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api"
	"github.com/taskherald/herald/progress/api/meter"
	"github.com/taskherald/herald/progress/bus"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/live"
	"github.com/taskherald/herald/progress/outlook"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/progress/trace"
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

// token is what the load calls with.
const token = "benchmark-admin-token"

// serve answers until it is killed: Herald as it is in production, but for the
// rate limit, and beside it what it is measured against.
func serve(path string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, path)
	if err != nil {
		return err
	}
	herald, e, err := newHerald(d)
	if err != nil {
		return err
	}
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
	bare := newBare()
	s := &http.Server{ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/bare/") {
			bare.ServeHTTP(w, r)
			return
		}
		herald.ServeHTTP(w, r)
	})}
	return s.Serve(l)
}

// remember stores past runs of the tasks of the benchmarks, so that there is
// something to estimate from.
func remember(st *store.Store) error {
	var past []store.Past
	for i := range 40 {
		p := store.Past{Task: progress.TaskID(fmt.Sprint("past", i)), Nth: 1, Ended: time.Now().Add(time.Duration(i-100) * time.Hour)}
		p.Run = estimate.Run{ID: trace.ID(p.Task, 1), Kind: "bench", Outcome: estimate.Success, Elapsed: 500}
		for n, step := range plans(5) {
			p.Laps = append(p.Laps, estimate.Lap{Name: step.Name, State: estimate.Done, From: 100 * float64(n), Active: 100})
		}
		past = append(past, p)
	}
	return st.Commit(context.Background(), store.Need{}, func(store.Found) store.Batch { return store.Batch{Pasts: past} })
}

// newHerald is the whole server on a database.
func newHerald(d *db.DB) (http.Handler, *engine.Engine, error) {
	st, bell := store.New(d), bus.NewLocal()
	acc, err := access.New(store.NewAccess(d), access.Options{AdminToken: token})
	if err != nil {
		return nil, nil, err
	}
	if _, err := acc.Bootstrap(context.Background()); err != nil {
		return nil, nil, err
	}
	measure := meter.New(meter.Options{Size: d.Size})
	if err := remember(st); err != nil {
		return nil, nil, err
	}
	ahead := outlook.Open(outlook.Options{Pasts: st.Pasts})
	go ahead.Run(context.Background()) // until the server is killed
	e := engine.New(st, engine.Options{Ring: bell.Ring, Ended: ahead.Learn, Late: ahead.Late, Watch: measure, Prove: d.Prove})
	out := &wayOut{Engine: e, Ledger: ledger.New(d), store: st, bell: bell}
	go notifierOn(out, notify.Webhook, &teller{}).Run(context.Background()) // as above
	index := store.NewIndex(d)
	h, err := api.New(api.Options{
		Engine: e, Store: st, Index: index, Access: acc, Bus: bell, Meter: measure, ETA: ahead.ETA, Hub: api.NewHub(e, st, index, live.Options{Bell: bell, ETA: ahead.ETA}),
	})
	return h, e, err
}
