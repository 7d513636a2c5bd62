package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/runner/pipeline"
)

// TestMain is also the program of a runner that tests kill.
func TestMain(m *testing.M) {
	if file := os.Getenv("HERALD_TEST_FILE"); file != "" {
		os.Exit(victim(file))
	}
	os.Exit(m.Run())
}

// patience is how long a test waits for what has to come.
const patience = 40 * time.Second

// place is a server and a folder, where a runner runs.
type place struct {
	*testing.T
	server  *apitest.Server
	admin   *client.Client
	o       Options
	said    *said
	dir     string
	signals chan os.Signal
}

// said collects what a runner says.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// newPlace starts a server.
func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{T: t, server: apitest.New(t), said: &said{}, dir: t.TempDir(), signals: make(chan os.Signal, 4)}
	p.admin = p.client(apitest.Admin)
	p.o = Options{
		Client: p.admin, Environ: append(os.Environ(), "HERE="+p.dir), Say: p.said, Signals: p.signals,
		Grace: 10 * time.Second, Spool: p.path("spool"), State: p.path("state"),
		Stdout: p.file("stdout"), Stderr: p.file("stderr"),
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the runner said:\n%s", p.said)
		}
	})
	return p
}

func (p *place) client(token string) *client.Client {
	p.Helper()
	c, err := client.New(client.Options{URL: p.server.URL, Token: token})
	if err != nil {
		p.Fatal(err)
	}
	return c
}

func (p *place) path(name string) string { return filepath.Join(p.dir, name) }

// file makes a file to be written to.
func (p *place) file(name string) *os.File {
	p.Helper()
	f, err := os.Create(p.path(name))
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { _ = f.Close() })
	return f
}

// write writes a file, which appears whole.
func (p *place) write(name, text string) string {
	p.Helper()
	if err := os.WriteFile(p.path(name+".part"), []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
	if err := os.Rename(p.path(name+".part"), p.path(name)); err != nil {
		p.Fatal(err)
	}
	return p.path(name)
}

// read reads a file, "" if there is none.
func (p *place) read(name string) string {
	p.Helper()
	b, err := os.ReadFile(p.path(name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		p.Fatal(err)
	}
	return string(b)
}

// words are the lines of a file, on one.
func (p *place) words(name string) string { return strings.Join(strings.Fields(p.read(name)), " ") }

// await waits until something holds.
func (p *place) await(what string, holds func() bool) {
	p.Helper()
	for until := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			p.Fatalf("%s: it did not come to that", what)
		}
	}
}

// awaitFile waits for a file with some text.
func (p *place) awaitFile(name string) string {
	p.Helper()
	p.await(name, func() bool { return strings.HasSuffix(p.read(name), "\n") })
	return strings.TrimSpace(p.read(name))
}

// pid waits for a process to have written its number to a file.
func (p *place) pid(name string) int {
	p.Helper()
	n, err := strconv.Atoi(p.awaitFile(name))
	if err != nil {
		p.Fatal(err)
	}
	return n
}

// state is that of a process as ps has it, "" if it has ended.
func state(pid int) string {
	b, _ := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output() // no output: no process
	if s := strings.TrimSpace(string(b)); !strings.HasPrefix(s, "Z") {
		return s
	}
	return ""
}

// awaitStopped waits until processes stand still. A shell whose child was stopped
// between vfork and exec stands still in the system: D, not T.
func (p *place) awaitStopped(pids ...int) {
	p.Helper()
	for _, pid := range pids {
		p.await("process "+strconv.Itoa(pid)+" stops", func() bool {
			s := state(pid)
			return strings.HasPrefix(s, "T") || strings.HasPrefix(s, "D")
		})
	}
}

func (p *place) awaitGone(pids ...int) {
	p.Helper()
	for _, pid := range pids {
		p.await("process "+strconv.Itoa(pid)+" ends", func() bool { return state(pid) == "" })
	}
}

// task reads a task.
func (p *place) task(id progress.TaskID) client.Task {
	p.Helper()
	t, err := p.admin.Task(context.Background(), id)
	if err != nil {
		p.Fatal(err)
	}
	return t
}

// until waits until a task is as it is to be, and returns it.
func (p *place) until(id progress.TaskID, what string, holds func(client.Task) bool) (t client.Task) {
	p.Helper()
	p.await(what, func() bool {
		var err error
		t, err = p.admin.Task(context.Background(), id)
		return err == nil && holds(t)
	})
	return t
}

// becomes waits for a status of a task.
func (p *place) becomes(id progress.TaskID, s progress.Status) client.Task {
	p.Helper()
	return p.until(id, "task "+string(s), func(t client.Task) bool { return t.Status == s })
}

// stepBecomes waits for a status of a step.
func (p *place) stepBecomes(id progress.TaskID, order int, s progress.StepStatus) {
	p.Helper()
	p.until(id, fmt.Sprintf("step %d %s", order, s), func(t client.Task) bool {
		return len(t.Steps) >= order && t.Steps[order-1].Status == s
	})
}

// wish has the admin give a task a command.
func (p *place) wish(id progress.TaskID, v progress.Verb, o client.CommandOptions) {
	p.Helper()
	if _, err := p.admin.Command(context.Background(), id, v, o); err != nil {
		p.Fatal(v, err)
	}
}

// steps are the statuses of a task's steps.
func steps(t client.Task) string {
	var out []string
	for _, s := range t.Steps {
		out = append(out, string(s.Status))
	}
	return strings.Join(out, " ")
}

// is fails the test unless a task stands so.
func (p *place) is(id progress.TaskID, status progress.Status, stepStatuses string) client.Task {
	p.Helper()
	t := p.task(id)
	if t.Status != status || steps(t) != stepStatuses {
		p.Errorf("task %s: %s, steps %q; want %s, %q", id, t.Status, steps(t), status, stepStatuses)
	}
	return t
}

// command runs sh with a script as task "c", and returns where its exit code
// will come.
func (p *place) command(script string) <-chan int { return p.start(p.o, "sh", "-c", script) }

func (p *place) start(o Options, args ...string) <-chan int {
	out := make(chan int, 1)
	go func() { out <- Command(context.Background(), o, client.Draft{ID: "c", Title: "Test"}, args) }()
	return out
}

// ran is how a pipeline ended.
type ran struct {
	End
	err error
}

// load reads the text of a pipeline.
func (p *place) load(text string) File {
	p.Helper()
	path := p.write("pipeline.yaml", text)
	loaded, err := pipeline.Load(path)
	if err != nil {
		p.Fatal(err)
	}
	return File{Pipeline: loaded, Path: path}
}

// run runs a pipeline as task "p", unless an earlier run is gone on with.
func (p *place) run(text string) <-chan ran {
	p.Helper()
	f := p.load(text)
	f.Draft.ID = "p"
	return p.runFile(context.Background(), p.o, f)
}

func (p *place) runFile(ctx context.Context, o Options, f File) <-chan ran {
	out := make(chan ran, 1)
	go func() {
		end, err := Pipeline(ctx, o, f)
		out <- ran{end, err}
	}()
	return out
}

// got waits for what comes.
func got[V any](p *place, from <-chan V) (v V) {
	p.Helper()
	select {
	case v = <-from:
	case <-time.After(patience):
		p.Fatal("it does not end")
	}
	return v
}

// ended waits for the end of a pipeline, which is to be that.
func (p *place) ended(r <-chan ran, want progress.Status) End {
	p.Helper()
	e := got(p, r)
	if e.err != nil || e.Status != want {
		p.Fatalf("it ended as %q (%v), want %q", e.Status, e.err, want)
	}
	return e.End
}

// exits waits for the end of a command.
func (p *place) exits(from <-chan int, want int) {
	p.Helper()
	if code := got(p, from); code != want {
		p.Fatalf("exit code %d, want %d", code, want)
	}
}

// calm fails the test if the server refused anything, or was away.
func (p *place) calm() {
	p.Helper()
	for _, word := range []string{"refuses", "away", "could not", "cannot"} {
		if strings.Contains(p.said.String(), word) {
			p.Errorf("the runner said %q:\n%s", word, p.said)
		}
	}
}

// victim runs a pipeline as its own process, until it is killed.
func victim(file string) int {
	c, err := client.New(client.Options{URL: os.Getenv("HERALD_URL"), Token: apitest.Admin})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	loaded, err := pipeline.Load(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	dir := filepath.Dir(file)
	o := Options{
		Client: c, Environ: os.Environ(), Say: os.Stderr, Spool: filepath.Join(dir, "spool"), State: filepath.Join(dir, "state"),
		Signals: make(chan os.Signal), Grace: 2 * time.Second,
	}
	f := File{Pipeline: loaded, Path: file}
	f.Draft.ID = "p"
	end, err := Pipeline(context.Background(), o, f)
	fmt.Fprintln(os.Stderr, end, err)
	if end.Status != progress.Completed {
		return 1
	}
	return 0
}

// interrupt gives the runner a signal.
func (p *place) interrupt(s syscall.Signal) { p.signals <- s }
