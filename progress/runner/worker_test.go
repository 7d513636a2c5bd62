package runner

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/runner/pipeline"
)

// worker starts a worker of the kind "k" with the text of a file of handlers.
func (p *place) worker(text string) <-chan error {
	p.Helper()
	h, err := pipeline.LoadHandlers(p.write("handlers.yaml", text))
	if err != nil {
		p.Fatal(err)
	}
	o, signals := p.o, make(chan os.Signal, 4)
	o.Signals, p.signals = signals, signals
	ctx, cancel := context.WithCancel(context.Background())
	out, ended := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(ended)
		out <- Worker(ctx, o, []string{"k"}, h)
	}()
	p.Cleanup(func() {
		cancel()
		for range 2 {
			select {
			case signals <- syscall.SIGTERM:
			default:
			}
		}
		<-ended
	})
	return out
}

// give makes a task for a target.
func (p *place) give(id progress.TaskID, target, inputs string, plan ...client.DraftStep) {
	p.Helper()
	name, err := json.Marshal(target)
	if err != nil {
		p.Fatal(err)
	}
	d := client.Draft{ID: id, Title: "Test", Kind: "k", Metadata: map[string]json.RawMessage{"target_id": name}, Steps: plan}
	if inputs != "" {
		d.Inputs = json.RawMessage(inputs)
	}
	if _, err := p.admin.Work().Create(context.Background(), d); err != nil {
		p.Fatal(err)
	}
}

// quit has a worker end with what it runs.
func (p *place) quit(w <-chan error) {
	p.Helper()
	p.interrupt(syscall.SIGTERM)
	if err := got(p, w); err != nil {
		p.Fatal(err)
	}
}

const handlers = `
env: {COLOUR: red}
handlers:
  echo:
    run: cat
  declares:
    run: 'cat > /dev/null; echo "{}"; echo "::progress 50"; echo "::result {\"n\":7}"; echo "::step S"'
  prose:
    run: 'echo "hello $COLOUR $SIZE $HERALD_TARGET $HERALD_RUN $HERALD_INPUTS"'
    env: {SIZE: big}
  large:
    run: 'printf "[\""; head -c 600000 /dev/zero | tr "\0" x; printf "\"]"'
  fails:
    run: 'echo "::step S"; echo oh; exit 4'
  late:
    timeout: 1s
    run: 'while :; do sleep 0.1; done'
  none:
    run: [no-such-program-at-all]
  held:
    run: 'cat > /dev/null; echo $$ > "$HERE/$HERALD_TASK.pid$HERALD_RUN"; while [ ! -e "$HERE/$HERALD_TASK.go" ]; do sleep 0.05; done; echo "[$HERALD_RUN]"'
`

func TestWorkerResults(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.give("null", "echo", "")
	p.give("echo", "echo", `{"a": [1, 2]}`)
	p.give("declares", "declares", "7")
	p.give("prose", "prose", `"x"`)
	p.give("large", "large", "")
	p.give("fails", "fails", "")
	p.give("late", "late", "")
	p.give("none", "none", "")
	p.give("other", "nobody", "")
	w := p.worker(handlers)
	for id, want := range map[progress.TaskID]string{"null": "", "echo": `{"a":[1,2]}`, "declares": `{"n":7}`, "prose": "", "large": ""} {
		got := p.becomes(id, progress.Completed)
		if string(got.Result) != want && strings.ReplaceAll(string(got.Result), " ", "") != want {
			t.Errorf("%s: result %.100s, want %s", id, got.Result, want)
		}
	}
	for id, want := range map[progress.TaskID]string{"fails": "exit code 4: oh", "late": "stopped after 1s", "none": "no command", "other": `"nobody"`} {
		got := p.becomes(id, progress.Failed)
		if got.Error == nil || !strings.Contains(got.Error.Message, want) {
			t.Errorf("%s: %+v", id, got.Error)
		}
	}
	if lines, _, err := p.admin.Logs(t.Context(), "prose", client.LogQuery{}); err != nil || len(lines) != 1 || lines[0].Line != `hello red big prose 1 "x"` {
		t.Errorf("%+v: %v", lines, err)
	}
	p.quit(w)
}

func TestWorkerObeys(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	w := p.worker("parallel: 2\n" + handlers)
	p.give("a", "held", "")
	p.give("b", "held", "")
	a, b := p.pid("a.pid1"), p.pid("b.pid1") // at once
	p.becomes("a", progress.Running)
	p.becomes("b", progress.Running)
	p.wish("a", progress.VerbPause, client.CommandOptions{})
	p.awaitStopped(a)
	p.wish("b", progress.VerbCancel, client.CommandOptions{})
	p.awaitGone(b)
	p.wish("a", progress.VerbResume, client.CommandOptions{})
	p.wish("a", progress.VerbRestart, client.CommandOptions{})
	p.awaitGone(a)
	p.pid("a.pid2") // claimed again
	p.write("a.go", "")
	if got := p.becomes("a", progress.Completed); got.Run != 2 || string(got.Result) != "[2]" {
		t.Errorf("run %d, %s", got.Run, got.Result)
	}
	p.is("b", progress.Cancelled, "")
	p.quit(w)
}

// TestWorkerSignals lets the work end after one signal, and ends it after two.
func TestWorkerSignals(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.give("a", "held", "")
	w := p.worker(handlers)
	p.pid("a.pid1")
	p.interrupt(syscall.SIGTERM)
	p.await("it says so", func() bool { return strings.Contains(p.said.String(), "claims no more") })
	p.give("b", "held", "")
	p.write("a.go", "")
	if err := got(p, w); err != nil {
		t.Fatal(err)
	}
	p.is("a", progress.Completed, "")
	p.is("b", progress.Pending, "")
	w = p.worker(handlers)
	pid := p.pid("b.pid1")
	p.becomes("b", progress.Running)
	p.interrupt(syscall.SIGTERM)
	p.interrupt(syscall.SIGTERM)
	if err := got(p, w); err != nil {
		t.Fatal(err)
	}
	p.awaitGone(pid)
	p.is("b", progress.Running, "") // another can claim it when the lease has lapsed
}

// TestWorkerContext ends the claims with the context, and lets the work end.
func TestWorkerContext(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	h, err := pipeline.ParseHandlers("handlers.yaml", []byte(handlers))
	if err != nil {
		t.Fatal(err)
	}
	p.give("a", "held", "")
	ctx, cancel := context.WithCancel(t.Context())
	w := make(chan error, 1)
	go func() { w <- Worker(ctx, p.o, []string{"k"}, h) }()
	pid := p.pid("a.pid1")
	p.becomes("a", progress.Running)
	cancel()
	p.wish("a", progress.VerbPause, client.CommandOptions{}) // still obeyed
	p.awaitStopped(pid)
	p.wish("a", progress.VerbResume, client.CommandOptions{})
	p.write("a.go", "")
	if err := got(p, w); err != nil {
		t.Fatal(err)
	}
	p.is("a", progress.Completed, "")
}

// TestWorkerRefused ends with what waiting cannot mend.
func TestWorkerRefused(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.o.Client = p.client("no-such-token")
	if err := got(p, p.worker("parallel: 3\n"+handlers)); err == nil {
		t.Error("no error")
	}
}

func TestWorkerServerAway(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.server.Stop()
	w := p.worker(handlers)
	p.server.Start()
	p.give("a", "held", "")
	p.pid("a.pid1")
	p.becomes("a", progress.Running)
	p.server.Stop()
	p.write("a.go", "")
	p.server.Start()
	p.becomes("a", progress.Completed)
	p.quit(w)
}

// TestWorkerKeepsItsLease during a long and quiet work: the lease moves on although
// nothing is reported.
func TestWorkerKeepsItsLease(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.give("a", "held", "")
	w := p.worker(handlers)
	p.pid("a.pid1")
	first := time.Time(p.becomes("a", progress.Running).LeaseUntil)
	p.until("a", "the lease is renewed", func(t client.Task) bool { return time.Time(t.LeaseUntil).After(first) })
	p.write("a.go", "")
	p.becomes("a", progress.Completed)
	p.quit(w)
}

// gatedWork is the pipeline of a worker.
const gatedWork = `
steps:
  - {name: A, run: 'echo a >> "$HERE/ran"'}
  - {name: Soft, allow_failure: true, run: 'echo soft >> "$HERE/ran"; exit 1'}
  - {name: Gate, approval: {prompt: Well?, self_approval: true}, run: 'echo gate >> "$HERE/ran"; echo "$HERALD_INPUTS"'}
  - {name: B, run: 'echo b >> "$HERE/ran"; echo $$ > "$HERE/b.pid"; while [ ! -e "$HERE/b.go" ]; do sleep 0.05; done'}
`

const leads = "handlers:\n  lead:\n    pipeline: work.yaml\n"

// TestWorkerLeads a pipeline in a task that was made without steps.
func TestWorkerLeads(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write("work.yaml", gatedWork)
	p.give("a", "lead", `{"n":3}`)
	w := p.worker(leads)
	p.stepBecomes("a", 3, progress.StepWaiting)
	p.is("a", progress.Waiting, "completed failed approval pending")
	p.wish("a", progress.VerbApprove, client.CommandOptions{})
	p.pid("b.pid")
	p.stepBecomes("a", 4, progress.StepRunning)
	p.wish("a", progress.VerbSkip, client.CommandOptions{Step: 4})
	p.becomes("a", progress.Completed)
	p.is("a", progress.Completed, "completed failed completed skipped")
	if p.words("ran") != "a soft gate b" || !strings.Contains(p.read("stdout"), `| {"n":3}`) {
		t.Errorf("ran %s: %s", p.words("ran"), p.read("stdout"))
	}
	p.quit(w)
	p.calm()
}

// TestWorkerGoesOn has another worker go on from the exact step, when the first
// was ended at its second.
func TestWorkerGoesOn(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write("work.yaml", gatedWork)
	p.give("a", "lead", "")
	ctx := context.Background()
	claimed, ok, err := p.admin.Work().Claim(ctx, []string{"k"}, "the first", 0)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	h, err := pipeline.LoadHandlers(p.write("handlers.yaml", leads))
	if err != nil {
		t.Fatal(err)
	}
	o := p.o.orDefaults()
	handle := func(name string) (*worker, <-chan struct{}) {
		w := &worker{o: &o, handlers: h, stopping: make(chan struct{})}
		claimed.Task = p.task("a")
		over := make(chan struct{})
		go func() {
			defer close(over)
			w.handle(ctx, name, claimed)
		}()
		return w, over
	}
	first, over := handle("the first")
	p.stepBecomes("a", 3, progress.StepWaiting)
	close(first.stopping)
	got(p, over)
	p.is("a", progress.Waiting, "completed failed approval pending")
	p.wish("a", progress.VerbApprove, client.CommandOptions{}) // while nobody is there
	second, over := handle("the second")
	pid := p.pid("b.pid")
	p.stepBecomes("a", 4, progress.StepRunning)
	close(second.stopping)
	got(p, over)
	p.awaitGone(pid)
	p.write("b.go", "")
	_, over = handle("the third")
	got(p, over)
	p.is("a", progress.Completed, "completed failed completed completed")
	if p.words("ran") != "a soft gate b b" {
		t.Errorf("ran %s", p.words("ran"))
	}
}

// TestWorkerRetries has a failed pipeline's retry claimed again, from its step.
func TestWorkerRetries(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.write("work.yaml", failing)
	p.give("a", "lead", "")
	w := p.worker(leads)
	p.becomes("a", progress.Failed)
	p.write("good", "")
	p.wish("a", progress.VerbRetry, client.CommandOptions{})
	p.becomes("a", progress.Completed)
	if p.words("ran") != "a b b c" {
		t.Errorf("ran %s", p.words("ran"))
	}
	p.quit(w)
}
