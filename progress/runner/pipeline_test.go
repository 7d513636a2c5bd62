package runner

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/client"
)

// hold is a command that notes that it runs, and goes on when there is a file.
func hold(name string) string {
	return `echo ` + name + ` >> "$HERE/ran"; echo $$ > "$HERE/` + name + `.pid"; while [ ! -e "$HERE/` + name + `.go" ]; do sleep 0.05; done`
}

// note is a command that notes that it ran.
func note(name string) string { return `echo ` + name + ` >> "$HERE/ran"` }

func TestPipelineRuns(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.run(`
title: Three
inputs: {n: 1}
env: {COLOUR: red}
steps:
  - name: A
    run: ` + note("a") + `; echo "::substep one done"; echo "::step two"; echo "::progress 40"
    substeps: [one, two]
  - name: B
    run: ` + note("b") + `; echo "$COLOUR $HERALD_STEP $HERALD_TASK $HERALD_RUN $HERALD_ATTEMPT $HERALD_INPUTS"
  - name: C
    run: ` + note("c") + `; echo '::result {"done":true}'; printf 'no line end'
`)
	p.ended(end, progress.Completed)
	got := p.is("p", progress.Completed, "completed completed completed")
	if got.Title != "Three" || string(got.Result) != `{"done":true}` || p.words("ran") != "a b c" {
		t.Errorf("%s, %s, ran %s", got.Title, got.Result, p.words("ran"))
	}
	if out := p.read("stdout"); !strings.Contains(out, "B | red B p 1 1 {\"n\":1}\n") || !strings.Contains(out, "C | no line end\n") {
		t.Errorf("%s", out)
	}
	p.nothingSaved()
	p.calm()
}

// nothingSaved fails the test if a state is left.
func (p *place) nothingSaved() {
	p.Helper()
	entries, err := os.ReadDir(p.o.State)
	if err != nil || len(entries) > 0 {
		p.Errorf("%d states are left: %v", len(entries), err)
	}
}

func TestPipelineInParallel(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.run(`
parallel: 2
steps:
  - parallel:
      - {name: A, run: '` + hold("a") + `'}
      - {name: B, run: '` + hold("b") + `'}
      - {name: C, run: '` + hold("c") + `'}
  - {name: D, run: '` + note("d") + `'}
`)
	p.pid("a.pid")
	p.pid("b.pid")
	p.until("p", "two run", func(t client.Task) bool { return steps(t) == "running running pending pending" })
	p.write("b.go", "")
	p.pid("c.pid")
	p.until("p", "the next run", func(t client.Task) bool { return steps(t) == "running completed running pending" })
	p.write("c.go", "")
	p.write("a.go", "")
	p.ended(end, progress.Completed)
	if got := p.words("ran"); !strings.HasSuffix(got, "c d") {
		t.Errorf("ran %s", got)
	}
	p.calm()
}

func TestPipelineRetries(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.ended(p.run(`
steps:
  - name: A
    retries: 3
    backoff: 10ms
    run: `+note("a")+`; if [ "$(wc -l < "$HERE/ran")" -lt 3 ]; then echo "not yet"; exit 9; fi
`), progress.Completed)
	p.is("p", progress.Completed, "completed")
	if p.words("ran") != "a a a" || !strings.Contains(p.said.String(), "try 2 of 4 failed (exit code 9: not yet)") {
		t.Errorf("ran %s:\n%s", p.words("ran"), p.said)
	}
}

func TestPipelineTimeout(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.o.Grace = 100 * time.Millisecond
	p.ended(p.run(`
steps:
  - name: A
    timeout: 1s
    retries: 1
    backoff: 1ms
    run: `+note("a")+`; trap '' TERM; sh -c 'trap "" TERM; echo $$ >> "$HERE/children"; while :; do sleep 0.1; done'
`), progress.Failed)
	got := p.is("p", progress.Failed, "failed")
	if got.Error == nil || got.Error.Type != "timeout" || p.words("ran") != "a a" {
		t.Errorf("%+v, ran %s", got.Error, p.words("ran"))
	}
	for pid := range strings.FieldsSeq(p.read("children")) {
		p.write("one", pid+"\n")
		if s := state(p.pid("one")); s != "" {
			t.Errorf("child %s is left: %s", pid, s)
		}
	}
}

// TestPipelineTimeoutLeavesOthers has a step that is stopped for its time-out run
// beside another.
func TestPipelineTimeoutLeavesOthers(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.run(`
steps:
  - parallel:
      - {name: A, run: '` + hold("a") + `'}
      - {name: B, timeout: 1s, allow_failure: true, run: 'while :; do sleep 0.1; done'}
`)
	p.stepBecomes("p", 2, progress.StepFailed)
	p.write("a.go", "")
	p.ended(end, progress.Completed)
	p.is("p", progress.Completed, "completed failed")
	p.calm()
}

// TestPipelinePauses stops what runs, and starts nothing meanwhile.
func TestPipelinePauses(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.run(`
steps:
  - {name: A, run: '` + hold("a") + `'}
  - {name: B, run: '` + note("b") + `'}
`)
	pid := p.pid("a.pid")
	p.stepBecomes("p", 1, progress.StepRunning)
	p.wish("p", progress.VerbPause, client.CommandOptions{})
	p.awaitStopped(pid)
	p.write("a.go", "")
	if err := syscall.Kill(-pid, syscall.SIGCONT); err != nil { // behind our back, so that it ends
		t.Fatal(err)
	}
	p.stepBecomes("p", 1, progress.StepCompleted)
	p.stepBecomes("p", 2, progress.StepPending)
	if p.words("ran") != "a" {
		t.Errorf("ran %s", p.words("ran"))
	}
	p.wish("p", progress.VerbResume, client.CommandOptions{})
	p.ended(end, progress.Completed)
	p.is("p", progress.Completed, "completed completed")
}

func TestPipelineAllowsFailure(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.ended(p.run(`
steps:
  - {name: A, allow_failure: true, run: '`+note("a")+`; exit 1'}
  - {name: B, run: '`+note("b")+`'}
`), progress.Completed)
	p.is("p", progress.Completed, "failed completed")
	p.calm()
}

// TestPipelineFailsBesideAnother lets what runs go on to its end.
func TestPipelineFailsBesideAnother(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.run(`
steps:
  - parallel:
      - {name: A, run: '` + hold("a") + `; exit 3'}
      - {name: B, run: '` + hold("b") + `'}
  - {name: C, run: '` + note("c") + `'}
`)
	p.pid("a.pid")
	p.pid("b.pid")
	p.write("a.go", "")
	p.until("p", "one fails, one runs", func(t client.Task) bool {
		return t.Status == progress.Running && steps(t) == "failed running pending"
	})
	p.write("b.go", "")
	p.ended(end, progress.Failed)
	got := p.is("p", progress.Failed, "failed completed pending")
	if got.Error == nil || !strings.Contains(got.Error.Message, "exit code 3") || strings.Contains(p.words("ran"), "c") {
		t.Errorf("%+v, ran %s", got.Error, p.words("ran"))
	}
	p.calm()
}

func TestPipelineCannotStart(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.ended(p.run("steps:\n  - {name: A, run: [no-such-program-at-all]}\n"), progress.Failed)
	if got := p.is("p", progress.Failed, "failed"); got.Error == nil || got.Error.Type != "start" {
		t.Errorf("%+v", got.Error)
	}
	p.calm()
}

// gated has an approval with a command, and one alone.
const gated = `
steps:
  - {name: A, run: 'echo a >> "$HERE/ran"'}
  - {name: Gate, approval: {prompt: Well?, self_approval: true%s}, run: 'echo gate >> "$HERE/ran"'}
  - {name: Only, approval: {prompt: Really?, self_approval: true}}
  - {name: B, run: 'echo b >> "$HERE/ran"'}
`

func (p *place) gate(more string) <-chan ran {
	p.Helper()
	end := p.run(strings.Replace(gated, "%s", more, 1))
	p.stepBecomes("p", 2, progress.StepWaiting)
	if p.words("ran") != "a" {
		p.Errorf("ran %s before the approval", p.words("ran"))
	}
	return end
}

func TestPipelineApproved(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.gate("")
	p.wish("p", progress.VerbApprove, client.CommandOptions{})
	p.stepBecomes("p", 3, progress.StepWaiting)
	if p.words("ran") != "a gate" {
		t.Errorf("ran %s", p.words("ran"))
	}
	p.wish("p", progress.VerbApprove, client.CommandOptions{})
	p.ended(end, progress.Completed)
	p.is("p", progress.Completed, "completed completed completed completed")
	if p.words("ran") != "a gate b" {
		t.Errorf("ran %s", p.words("ran"))
	}
	p.calm()
}

func TestPipelineRejected(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]struct {
		status progress.Status
		steps  string
		ran    string
	}{
		"fail":   {progress.Failed, "completed failed pending pending", "a"},
		"skip":   {progress.Completed, "completed skipped completed completed", "a b"},
		"cancel": {progress.Cancelled, "completed pending pending pending", "a"},
	} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			end := p.gate(", on_reject: " + policy)
			p.wish("p", progress.VerbReject, client.CommandOptions{Reason: "no"})
			if policy == "skip" {
				p.stepBecomes("p", 3, progress.StepWaiting)
				p.wish("p", progress.VerbApprove, client.CommandOptions{})
			}
			p.ended(end, want.status)
			p.is("p", want.status, want.steps)
			if p.words("ran") != want.ran {
				t.Errorf("ran %s", p.words("ran"))
			}
			p.calm()
		})
	}
}

func TestPipelineApprovalExpires(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.gate(", expires_in: 1s")
	p.ended(end, progress.Failed)
	if got := p.is("p", progress.Failed, "completed failed pending pending"); got.Steps[1].Approval.Status != progress.ApprovalExpired {
		t.Errorf("%+v", got.Steps[1].Approval)
	}
	p.calm()
}

func TestPipelineServerAwayAtApproval(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.gate("")
	p.server.Stop()
	p.server.Start()
	p.wish("p", progress.VerbApprove, client.CommandOptions{})
	p.stepBecomes("p", 3, progress.StepWaiting)
	p.server.Stop()
	p.server.Start()
	p.wish("p", progress.VerbApprove, client.CommandOptions{})
	p.ended(end, progress.Completed)
	p.is("p", progress.Completed, "completed completed completed completed")
}

// TestPipelineServerAway does all the work without a server, but for what needs
// an approval.
func TestPipelineServerAway(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.server.Stop()
	end := p.run(strings.Replace(gated, "%s", "", 1))
	p.await("the first step", func() bool { return p.words("ran") == "a" })
	p.server.Start()
	p.stepBecomes("p", 2, progress.StepWaiting)
	p.wish("p", progress.VerbApprove, client.CommandOptions{})
	p.stepBecomes("p", 3, progress.StepWaiting)
	p.wish("p", progress.VerbCancel, client.CommandOptions{})
	p.ended(end, progress.Cancelled)
	p.is("p", progress.Cancelled, "completed completed failed pending")
}

func TestPipelineSkips(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.run(`
steps:
  - parallel:
      - {name: A, run: '` + hold("a") + `'}
      - {name: B, run: '` + hold("b") + `'}
  - {name: C, run: '` + note("c") + `'}
  - {name: D, run: '` + note("d") + `'}
`)
	pid := p.pid("a.pid")
	p.pid("b.pid")
	p.until("p", "both run", func(t client.Task) bool { return steps(t) == "running running pending pending" })
	p.wish("p", progress.VerbSkip, client.CommandOptions{Step: 3}) // pending
	p.wish("p", progress.VerbSkip, client.CommandOptions{Step: 1}) // running
	p.awaitGone(pid)
	p.write("b.go", "")
	p.ended(end, progress.Completed)
	p.is("p", progress.Completed, "skipped completed skipped completed")
	if strings.Contains(p.words("ran"), "c") || !strings.Contains(p.words("ran"), "d") {
		t.Errorf("ran %s", p.words("ran"))
	}
	p.calm()
}

func TestPipelineIsCancelled(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.run(`
steps:
  - {name: A, run: '` + hold("a") + `'}
  - {name: B, run: '` + note("b") + `'}
`)
	pid := p.pid("a.pid")
	p.stepBecomes("p", 1, progress.StepRunning)
	p.wish("p", progress.VerbCancel, client.CommandOptions{})
	p.ended(end, progress.Cancelled)
	p.awaitGone(pid)
	p.is("p", progress.Cancelled, "failed pending")
	p.nothingSaved()
	p.calm()
}

func TestPipelineIsInterrupted(t *testing.T) {
	t.Parallel()
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			text := `
steps:
  - {name: A, run: '` + note("a") + `'}
  - {name: B, run: '` + hold("b") + `'}
`
			end := p.run(text)
			pid := p.pid("b.pid")
			p.stepBecomes("p", 2, progress.StepRunning)
			p.interrupt(s)
			if s == syscall.SIGINT { // ends the task
				e := p.ended(end, progress.Cancelled)
				p.is("p", progress.Cancelled, "completed failed")
				if e.Signal != s {
					t.Errorf("%+v", e)
				}
				p.nothingSaved()
				return
			}
			if e := p.ended(end, ""); e.Signal != s || e.Task != "p" {
				t.Errorf("%+v", e)
			}
			p.awaitGone(pid)
			p.is("p", progress.Running, "completed running")
			p.write("b.go", "")
			p.ended(p.run(text), progress.Completed)
			p.is("p", progress.Completed, "completed completed")
			if p.words("ran") != "a b b" {
				t.Errorf("ran %s", p.words("ran"))
			}
		})
	}
}

// TestPipelineHurries has a second signal spare the grace.
func TestPipelineHurries(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.o.Grace = time.Hour
	end := p.run(`
steps:
  - {name: A, run: 'trap "" TERM; ` + hold("a") + `'}
`)
	pid := p.pid("a.pid")
	p.stepBecomes("p", 1, progress.StepRunning)
	p.interrupt(syscall.SIGTERM)
	p.interrupt(syscall.SIGTERM)
	p.ended(end, "")
	p.awaitGone(pid)
}

// TestPipelineContext has the end of the context interrupt it, also while an
// approval is asked.
func TestPipelineContext(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	ctx, cancel := context.WithCancel(t.Context())
	f := p.load(strings.Replace(gated, "%s", "", 1))
	f.Draft.ID = "p"
	end := p.runFile(ctx, p.o, f)
	p.stepBecomes("p", 2, progress.StepWaiting)
	cancel()
	p.ended(end, "")
	p.is("p", progress.Waiting, "completed approval pending pending")
	p.wish("p", progress.VerbApprove, client.CommandOptions{})
	end = p.runFile(t.Context(), p.o, f)
	p.stepBecomes("p", 3, progress.StepWaiting)
	p.wish("p", progress.VerbApprove, client.CommandOptions{})
	p.ended(end, progress.Completed)
	if p.words("ran") != "a gate b" {
		t.Errorf("ran %s", p.words("ran"))
	}
}

func TestPipelineRestarts(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.run(`
steps:
  - {name: A, run: '` + note("a") + `'}
  - {name: B, run: '` + hold("b") + `; echo $HERALD_RUN'}
`)
	pid := p.pid("b.pid")
	p.stepBecomes("p", 2, progress.StepRunning)
	p.wish("p", progress.VerbRestart, client.CommandOptions{Inputs: json.RawMessage(`{"n":2}`)})
	p.awaitGone(pid)
	p.write("b.go", "")
	p.ended(end, progress.Completed)
	got := p.is("p", progress.Completed, "completed completed")
	if got.Run != 2 || p.words("ran") != "a b a b" || !strings.Contains(p.read("stdout"), "B | 2\n") {
		t.Errorf("run %d, ran %s", got.Run, p.words("ran"))
	}
	p.calm()
}

// failing fails in its second step until there is a file.
const failing = `
steps:
  - {name: A, run: 'echo a >> "$HERE/ran"'}
  - {name: B, run: 'echo b >> "$HERE/ran"; echo "inputs $HERALD_INPUTS $HERALD_RUN $HERALD_ATTEMPT"; [ -e "$HERE/good" ]'}
  - {name: C, run: 'echo c >> "$HERE/ran"'}
`

func TestPipelineStays(t *testing.T) {
	t.Parallel()
	for verb, want := range map[progress.Verb]struct{ steps, ran, said string }{
		progress.VerbRetry:   {"completed completed completed", "a b b c", `inputs {"n":7} 1 2`},
		progress.VerbSkip:    {"completed skipped completed", "a b c", ""},
		progress.VerbRestart: {"completed completed completed", "a b a b c", `inputs {"n":7} 2 1`},
	} {
		t.Run(string(verb), func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			p.o.Stay = time.Hour
			end := p.run(failing)
			p.becomes("p", progress.Failed)
			p.write("good", "")
			o := client.CommandOptions{}
			if verb != progress.VerbSkip {
				o.Inputs = json.RawMessage(`{"n":7}`)
			}
			p.wish("p", verb, o)
			p.ended(end, progress.Completed)
			p.is("p", progress.Completed, want.steps)
			if p.words("ran") != want.ran || !strings.Contains(p.read("stdout"), want.said) {
				t.Errorf("ran %s:\n%s", p.words("ran"), p.read("stdout"))
			}
			p.calm()
		})
	}
}

// TestPipelineStaysWithoutRead goes on as the answers say, as it may not read the
// task.
func TestPipelineStaysWithoutRead(t *testing.T) {
	t.Parallel()
	for verb, want := range map[progress.Verb]struct{ steps, ran string }{
		progress.VerbRetry:   {"completed completed completed", "a b b c"},
		progress.VerbSkip:    {"completed skipped completed", "a b c"},
		progress.VerbRestart: {"completed completed completed", "a b a b c"},
	} {
		t.Run(string(verb), func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			p.o.Stay = time.Hour
			p.o.Client = p.client(p.server.Person("robot", access.RoleMember, "report"))
			end := p.run(failing)
			p.becomes("p", progress.Failed)
			p.write("good", "")
			p.wish("p", verb, client.CommandOptions{})
			p.ended(end, progress.Completed)
			p.is("p", progress.Completed, want.steps)
			if p.words("ran") != want.ran {
				t.Errorf("ran %s", p.words("ran"))
			}
		})
	}
}

func TestPipelineLingers(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.o.Stay, p.o.Linger = time.Hour, true
	end := p.run("steps:\n  - {name: A, run: 'echo a >> \"$HERE/ran\"'}\n")
	p.becomes("p", progress.Completed)
	p.wish("p", progress.VerbRestart, client.CommandOptions{})
	p.until("p", "the second run", func(t client.Task) bool { return t.Run == 2 && t.Status == progress.Completed })
	p.interrupt(syscall.SIGTERM)
	p.ended(end, progress.Completed)
	if p.words("ran") != "a a" {
		t.Errorf("ran %s", p.words("ran"))
	}
	p.calm()
}

func TestPipelineStaysAndGivesUp(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.o.Stay = 10 * time.Millisecond
	p.ended(p.run(failing), progress.Failed)
	p.is("p", progress.Failed, "completed failed pending")
}

func TestPipelineChanged(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.run("steps:\n  - {name: A, run: '" + hold("a") + "'}\n")
	p.pid("a.pid")
	p.stepBecomes("p", 1, progress.StepRunning)
	p.interrupt(syscall.SIGTERM)
	p.ended(end, "")
	other := "steps:\n  - {name: A, run: 'true'}\n"
	if e := got(p, p.run(other)); !errors.Is(e.err, ErrChanged) || !strings.Contains(e.err.Error(), "--fresh") {
		t.Fatalf("%+v", e)
	}
	f := p.load(other)
	f.Fresh, f.Draft.ID = true, "q"
	if e := p.ended(p.runFile(t.Context(), p.o, f), progress.Completed); e.Task != "q" {
		t.Errorf("%+v", e)
	}
	p.nothingSaved()
	p.is("q", progress.Completed, "completed")
}

// TestPipelineAgain asks for the retry by itself.
func TestPipelineAgain(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.ended(p.run(failing), progress.Failed)
	p.write("good", "")
	f := p.load(failing)
	f.Again = true
	p.server.Stop()
	if e := got(p, p.runFile(t.Context(), p.o, f)); e.err == nil || !strings.Contains(e.err.Error(), "later") {
		t.Fatalf("%+v", e)
	}
	p.server.Start()
	if e := p.ended(p.runFile(t.Context(), p.o, f), progress.Completed); e.Task != "p" {
		t.Errorf("%+v", e)
	}
	if got := p.is("p", progress.Completed, "completed completed completed"); got.Attempt != 2 || p.words("ran") != "a b b c" {
		t.Errorf("attempt %d, ran %s", got.Attempt, p.words("ran"))
	}
	if e := got(p, p.runFile(t.Context(), p.o, f)); e.err == nil || !strings.Contains(e.err.Error(), "no earlier run") {
		t.Fatalf("%+v", e)
	}
}

// TestPipelineBeginsAnew after a failure that nobody asked to retry.
func TestPipelineBeginsAnew(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.ended(p.run(failing), progress.Failed)
	p.write("good", "")
	f := p.load(failing)
	if e := p.ended(p.runFile(t.Context(), p.o, f), progress.Completed); e.Task == "p" {
		t.Errorf("%+v", e)
	}
	p.nothingSaved()
}

// TestPipelineTakesUp what was asked while no runner was there.
func TestPipelineTakesUp(t *testing.T) {
	t.Parallel()
	for verb, want := range map[progress.Verb]struct{ steps, ran string }{
		progress.VerbRetry:   {"completed completed completed", "a b b c"},
		progress.VerbSkip:    {"completed skipped completed", "a b c"},
		progress.VerbRestart: {"completed completed completed", "a b a b c"},
	} {
		t.Run(string(verb), func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			p.ended(p.run(failing), progress.Failed)
			p.write("good", "")
			p.wish("p", verb, client.CommandOptions{})
			if e := p.ended(p.run(failing), progress.Completed); e.Task != "p" {
				t.Errorf("%+v", e)
			}
			p.is("p", progress.Completed, want.steps)
			if p.words("ran") != want.ran {
				t.Errorf("ran %s", p.words("ran"))
			}
			p.calm()
		})
	}
}

// TestPipelineSkippedMeanwhile leaves out what was skipped while no runner was
// there, and takes up a restart of a live task.
func TestPipelineSkippedMeanwhile(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	text := "steps:\n  - {name: A, run: '" + hold("a") + "'}\n  - {name: B, run: '" + hold("b") + "'}\n"
	end := p.run(text)
	p.pid("a.pid")
	p.stepBecomes("p", 1, progress.StepRunning)
	p.interrupt(syscall.SIGTERM)
	p.ended(end, "")
	p.wish("p", progress.VerbSkip, client.CommandOptions{Step: 1})
	end = p.run(text)
	p.pid("b.pid")
	p.stepBecomes("p", 2, progress.StepRunning)
	p.interrupt(syscall.SIGTERM)
	p.ended(end, "")
	if p.words("ran") != "a b" {
		t.Errorf("ran %s", p.words("ran"))
	}
	p.wish("p", progress.VerbRestart, client.CommandOptions{})
	p.write("a.go", "")
	p.write("b.go", "")
	p.ended(p.run(text), progress.Completed)
	if got := p.is("p", progress.Completed, "completed completed"); got.Run != 2 || p.words("ran") != "a b a b" {
		t.Errorf("run %d, ran %s", got.Run, p.words("ran"))
	}
}

func TestPipelineStateCannotBeSaved(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.o.State = p.write("file", "") + "/below"
	if e := got(p, p.run(failing)); e.err == nil || !strings.Contains(e.err.Error(), "state") {
		t.Fatalf("%+v", e)
	}
	if p.words("ran") != "" {
		t.Errorf("ran %s", p.words("ran"))
	}
}

// TestPipelineStateIsLost says so, and goes on.
func TestPipelineStateIsLost(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.run("steps:\n  - {name: A, run: '" + hold("a") + "'}\n  - {name: B, run: 'true'}\n")
	p.pid("a.pid")
	if err := os.RemoveAll(p.o.State); err != nil {
		t.Fatal(err)
	}
	p.write("a.go", "")
	p.ended(end, progress.Completed)
	if !strings.Contains(p.said.String(), "cannot be saved") {
		t.Errorf("it said nothing of that:\n%s", p.said)
	}
}

// TestPipelineTwice runs a file twice at once: they are two tasks.
func TestPipelineTwice(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	text := "steps:\n  - {name: A, run: 'echo $$ > \"$HERE/$HERALD_TASK\"; while [ ! -e \"$HERE/go\" ]; do sleep 0.05; done'}\n"
	first := p.run(text)
	p.pid("p")
	f := p.load(text)
	f.Draft.ID = "q"
	second := p.runFile(t.Context(), p.o, f)
	p.pid("q")
	p.write("go", "")
	p.ended(first, progress.Completed)
	p.ended(second, progress.Completed)
	p.is("p", progress.Completed, "completed")
	p.is("q", progress.Completed, "completed")
	p.nothingSaved()
}
