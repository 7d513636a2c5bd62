package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/client"
)

func TestCommandExitCodes(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	plain := p.write("plain", "no program\n")
	for name, c := range map[string]struct {
		args []string
		code int
		kind string // of the error
		say  string
	}{
		"good":      {[]string{"true"}, 0, "", ""},
		"code":      {[]string{"sh", "-c", "echo one; echo two >&2; sleep 0.3; echo last; exit 42"}, 42, "exit", "exit code 42: last"},
		"no such":   {[]string{"no-such-program-at-all"}, 127, "start", "no command"},
		"not to be": {[]string{plain}, 126, "start", "not executable"},
		"killed":    {[]string{"sh", "-c", "kill -9 $$"}, 137, "exit", "killed by signal 9"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			id := client.NewTaskID()
			code := Command(t.Context(), p.o, client.Draft{ID: id, Title: "Test"}, c.args)
			if code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			got, err := p.admin.Task(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if c.code == 0 {
				if got.Status != progress.Completed || got.Error != nil {
					t.Errorf("%+v", got)
				}
				return
			}
			if got.Status != progress.Failed || got.Error == nil || got.Error.Type != c.kind || !strings.Contains(got.Error.Message, c.say) {
				t.Fatalf("%s %+v", got.Status, got.Error)
			}
			if name == "code" {
				var d struct {
					Code  int      `json:"exit_code"`
					Lines []string `json:"last_lines"`
				}
				if err := json.Unmarshal(got.Error.Details, &d); err != nil || d.Code != 42 || len(d.Lines) != 3 || d.Lines[2] != "last" {
					t.Errorf("%s: %v", got.Error.Details, err)
				}
			}
			if c.kind == "exit" && !bytes.Contains(got.Metadata["exit"], []byte(`"code"`)) {
				t.Errorf("%s", got.Metadata["exit"])
			}
		})
	}
}

// TestCommandBytes has a command write every byte, with no line end at the end.
func TestCommandBytes(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	var all []byte
	for i := range 256 {
		all = append(all, byte(i))
	}
	all = append(bytes.Repeat(all, 700), "::progress 50\n\r\x1b[2Kend"...)
	p.write("out", string(all))
	p.write("err", "to the other\x00\xff")
	p.exits(p.command(`cat "$HERE/out"; cat "$HERE/err" >&2`), 0)
	if got := p.read("stdout"); got != string(all) {
		t.Errorf("%d bytes of standard output, want %d as they were", len(got), len(all))
	}
	if got := p.read("stderr"); got != "to the other\x00\xff" {
		t.Errorf("standard error %q", got)
	}
	p.is("c", progress.Completed, "")
	p.calm()
}

// TestCommandStdin lets a command read what we are given.
func TestCommandStdin(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	in, err := os.Open(p.write("in", "from outside"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	p.o.Stdin = in
	p.exits(p.command(`tr a-z A-Z; echo " $HERALD_TASK"`), 0)
	if got := p.read("stdout"); got != "FROM OUTSIDE c\n" {
		t.Errorf("%q", got)
	}
}

func TestCommandDeclares(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.command(`
		echo "::message beginning"; echo "::progress 10"
		echo "::step Load"; echo "::substep users"; echo "::substep users done"; echo "::substep orders"
		echo "::metric rows=1200"; echo "::metric ok=true"
		echo "plain line"
		while [ ! -e "$HERE/go" ]; do sleep 0.05; done
		echo "::step Check"; echo "half: 50%"; echo "[ 70%] Building"
		while [ ! -e "$HERE/on" ]; do sleep 0.05; done
		echo '::result {"rows": 1200}'; echo "::metric ="`)
	p.until("c", "the first step", func(t client.Task) bool {
		return len(t.Steps) == 1 && t.Steps[0].Status == progress.StepRunning && string(t.Metrics["ok"]) == "true" &&
			t.Message == "beginning" && len(t.Steps[0].Substeps) == 2
	})
	p.write("go", "")
	p.until("c", "the second step at 70", func(t client.Task) bool {
		return len(t.Steps) == 2 && steps(t) == "completed running" && t.Steps[1].Progress == 70
	})
	p.write("on", "")
	p.exits(end, 0)
	got := p.is("c", progress.Completed, "completed completed")
	if string(got.Result) != `{"rows":1200}` && string(got.Result) != `{"rows": 1200}` || string(got.Metrics["rows"]) != "1200" {
		t.Errorf("result %s, metrics %s", got.Result, got.Metrics)
	}
	lines, _, err := p.admin.Logs(t.Context(), "c", client.LogQuery{Tail: 100})
	if err != nil {
		t.Fatal(err)
	}
	var log []string
	for _, l := range lines {
		log = append(log, l.Step+"|"+l.Level+"|"+l.Line)
	}
	text := strings.Join(log, "\n")
	if !strings.Contains(text, "Load||plain line") && !strings.Contains(text, "Load|info|plain line") {
		t.Errorf("the log has no plain line of its step:\n%s", text)
	}
	if !strings.Contains(text, "Check|warn|herald: ") {
		t.Errorf("the log says nothing of the metric without a name:\n%s", text)
	}
	p.calm()
}

// TestCommandGuesses sees percents become the task's.
func TestCommandGuesses(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.o.Quiet = true
	end := p.command(`for n in 10 20 30; do printf '\r%s%%|###   | %s/100' $n $n; done; while [ ! -e "$HERE/go" ]; do sleep 0.05; done`)
	got := p.until("c", "30 percent", func(t client.Task) bool { return t.Progress == 30 })
	if len(got.Steps) != 0 {
		t.Errorf("%s", steps(got))
	}
	p.write("go", "")
	p.exits(end, 0)
	if got := p.is("c", progress.Completed, ""); got.Progress != 100 {
		t.Errorf("at %v", got.Progress)
	}
	if lines, _, err := p.admin.Logs(t.Context(), "c", client.LogQuery{}); err != nil || len(lines) > 0 {
		t.Errorf("%d lines although quiet: %v", len(lines), err)
	}
}

// TestCommandFailsAtStep blames the step that was under way.
func TestCommandFailsAtStep(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.exits(p.command(`echo "::step Load"; echo "::step Check"; echo "no such table"; exit 3`), 3)
	got := p.is("c", progress.Failed, "completed failed")
	if got.Error == nil || got.Error.Step != 2 || got.Error.Message != "exit code 3: no such table" {
		t.Errorf("%+v", got.Error)
	}
	p.calm()
}

// family is a script with a child that outlives it unless it is ended too. Both
// write their numbers, and the script goes on when there is a file.
const family = `sh -c 'echo $$ > "$HERE/child"; while :; do sleep 0.1; done' & echo $$ > "$HERE/parent"
	while [ ! -e "$HERE/go" ]; do sleep 0.05; done; kill $!`

func TestCommandPauses(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.command(family)
	pids := []int{p.pid("parent"), p.pid("child")}
	p.becomes("c", progress.Running)
	p.wish("c", progress.VerbPause, client.CommandOptions{})
	p.awaitStopped(pids...)
	p.write("go", "") // it cannot see it
	p.wish("c", progress.VerbResume, client.CommandOptions{})
	p.exits(end, 0)
	p.is("c", progress.Completed, "")
	p.awaitGone(pids...)
	p.calm()
}

// TestCommandEndsWhilePaused ends although its task is paused: the server takes it.
func TestCommandEndsWhilePaused(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.command(`echo $$ > "$HERE/parent"; while [ ! -e "$HERE/go" ]; do sleep 0.05; done`)
	pid := p.pid("parent")
	p.becomes("c", progress.Running)
	p.wish("c", progress.VerbPause, client.CommandOptions{})
	p.awaitStopped(pid)
	p.write("go", "")
	gone := make(chan struct{})
	go func() { // somebody else lets it go on, also if the runner was not done with stopping it
		for syscall.Kill(-pid, syscall.SIGCONT) == nil {
			select {
			case <-gone:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	p.exits(end, 0)
	close(gone)
	p.is("c", progress.Completed, "")
}

func TestCommandIsCancelledGently(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.command(`trap 'echo asked > "$HERE/asked"; kill $!; exit 5' TERM
		sh -c 'echo $$ > "$HERE/child"; while :; do sleep 0.1; done' & echo $$ > "$HERE/parent"; wait`)
	pids := []int{p.pid("parent"), p.pid("child")}
	p.becomes("c", progress.Running)
	p.wish("c", progress.VerbPause, client.CommandOptions{}) // a paused one hears of it too
	p.awaitStopped(pids...)
	p.wish("c", progress.VerbCancel, client.CommandOptions{Reason: "enough"})
	p.exits(end, 5)
	if p.awaitFile("asked") != "asked" {
		t.Error("it was not asked")
	}
	p.awaitGone(pids...)
	p.is("c", progress.Cancelled, "")
	p.calm()
}

// TestCommandIsCancelledHard has a command and a child that hear nothing. When the
// command has ended, so has the child.
func TestCommandIsCancelledHard(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.o.Grace = 100 * time.Millisecond
	end := p.command(`sh -c 'trap "" TERM; echo $$ > "$HERE/child"; while :; do sleep 0.1; done' &
		trap "" TERM; echo $$ > "$HERE/parent"; while :; do sleep 0.1; done`)
	pids := []int{p.pid("parent"), p.pid("child")}
	p.becomes("c", progress.Running)
	p.wish("c", progress.VerbCancel, client.CommandOptions{})
	p.exits(end, 128+9)
	for _, pid := range pids {
		if s := state(pid); s != "" {
			t.Errorf("process %d is left: %s", pid, s)
		}
	}
}

// TestCommandLeavesNoDeafChild has only the child hear nothing: it too has ended
// when the run is over.
func TestCommandLeavesNoDeafChild(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.o.Grace = 300 * time.Millisecond
	end := p.command(`sh -c 'trap "" TERM; echo $$ > "$HERE/child"; while :; do sleep 0.1; done' & echo $$ > "$HERE/parent"; wait`)
	child := p.pid("child")
	p.becomes("c", progress.Running)
	p.wish("c", progress.VerbCancel, client.CommandOptions{})
	p.exits(end, 128+15)
	if s := state(child); s != "" {
		t.Errorf("the child is left: %s", s)
	}
}

func TestCommandRestarts(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.command(`echo $$ >> "$HERE/pids"; echo "::step S"; if [ -e "$HERE/second" ]; then echo '::result {"n":2}'; exit 0; fi
		trap 'echo x > "$HERE/second"; exit 1' TERM; while :; do sleep 0.05; done`)
	p.stepBecomes("c", 1, progress.StepRunning)
	p.wish("c", progress.VerbRestart, client.CommandOptions{})
	p.exits(end, 0)
	got := p.is("c", progress.Completed, "completed")
	if got.Run != 2 || got.Error != nil || len(strings.Fields(p.read("pids"))) != 2 {
		t.Errorf("run %d, %v, pids %s", got.Run, got.Error, p.read("pids"))
	}
	p.calm()
}

func TestCommandTakesSignals(t *testing.T) {
	t.Parallel()
	for s, want := range map[syscall.Signal]string{syscall.SIGINT: "interrupt", syscall.SIGTERM: "terminated"} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			// A shell begins its background jobs deaf to SIGINT, so there is none.
			end := p.command(`echo $$ > "$HERE/parent"; while :; do sleep 0.1; done`)
			pid := p.pid("parent")
			p.becomes("c", progress.Running)
			p.interrupt(s)
			p.exits(end, 128+int(s))
			p.awaitGone(pid)
			got := p.is("c", progress.Cancelled, "")
			if got.Error == nil || !strings.Contains(got.Error.Message, want) {
				t.Errorf("%+v", got.Error)
			}
		})
	}
}

// TestCommandContext stops the command when its context ends.
func TestCommandContext(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	ctx, cancel := context.WithCancel(t.Context())
	end := make(chan int, 1)
	go func() { end <- Command(ctx, p.o, client.Draft{ID: "c", Title: "x"}, []string{"sh", "-c", family}) }()
	pids := []int{p.pid("parent"), p.pid("child")}
	p.becomes("c", progress.Running)
	cancel()
	p.exits(end, 128+15)
	p.awaitGone(pids...)
	p.is("c", progress.Cancelled, "")
}

func TestCommandServerAwayAtStart(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.server.Stop()
	end := p.command(`echo "::step S"; echo begun > "$HERE/begun"; while [ ! -e "$HERE/go" ]; do sleep 0.05; done; echo done`)
	p.awaitFile("begun") // although nobody knows the task
	p.server.Start()
	p.stepBecomes("c", 1, progress.StepRunning)
	p.write("go", "")
	p.exits(end, 0)
	p.is("c", progress.Completed, "completed")
	if !strings.Contains(p.said.String(), "reports wait") {
		t.Errorf("it said nothing of that:\n%s", p.said)
	}
}

func TestCommandServerAwayInTheMiddle(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	end := p.command(`echo "::step A"; while [ ! -e "$HERE/go" ]; do sleep 0.05; done
		echo "::step B"; echo "::metric n=1"; echo "line in between"; echo x > "$HERE/between"
		while [ ! -e "$HERE/on" ]; do sleep 0.05; done; echo '::result [1]'`)
	p.stepBecomes("c", 1, progress.StepRunning)
	p.server.Stop()
	p.write("go", "")
	p.awaitFile("between")
	p.server.Start()
	p.stepBecomes("c", 2, progress.StepRunning)
	p.wish("c", progress.VerbPause, client.CommandOptions{}) // wishes reach it again
	p.write("on", "")
	p.wish("c", progress.VerbResume, client.CommandOptions{})
	p.exits(end, 0)
	if got := p.is("c", progress.Completed, "completed completed"); string(got.Result) != "[1]" || string(got.Metrics["n"]) != "1" {
		t.Errorf("%s %s", got.Result, got.Metrics)
	}
	p.once("line in between")
}

// once fails the test unless a line of output came once.
func (p *place) once(line string) {
	p.Helper()
	lines, _, err := p.admin.Logs(context.Background(), "c", client.LogQuery{Tail: 1000})
	if err != nil {
		p.Fatal(err)
	}
	n := 0
	for _, l := range lines {
		if l.Line == line {
			n++
		}
	}
	if n != 1 {
		p.Errorf("%q came %d times", line, n)
	}
}

func TestCommandServerAwayAtEnd(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.o.Settle = 50 * time.Millisecond
	end := p.command(`echo "::step A"; while [ ! -e "$HERE/go" ]; do sleep 0.05; done; echo "last words"; exit 7`)
	p.stepBecomes("c", 1, progress.StepRunning)
	p.server.Stop()
	p.write("go", "")
	p.exits(end, 7)
	if !strings.Contains(p.said.String(), "herald sync") {
		t.Errorf("it said nothing of what is kept:\n%s", p.said)
	}
	p.server.Start()
	p.is("c", progress.Running, "running")
	for range 2 { // the second finds nothing
		if _, left, err := p.admin.Sync(t.Context(), p.o.Spool); left != 0 || err != nil {
			t.Fatal(left, err)
		}
	}
	if got := p.is("c", progress.Failed, "failed"); got.Error == nil || got.Error.Message != "exit code 7: last words" {
		t.Errorf("%+v", got.Error)
	}
	p.once("last words")
}

// TestCommandWithoutRead has a token that may open no socket: wishes come by the
// answers to heartbeats.
func TestCommandWithoutRead(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.o.Client = p.client(p.server.Person("robot", access.RoleMember, "report"))
	end := p.command(family)
	pids := []int{p.pid("parent"), p.pid("child")}
	p.becomes("c", progress.Running)
	p.wish("c", progress.VerbPause, client.CommandOptions{})
	p.awaitStopped(pids...)
	p.wish("c", progress.VerbCancel, client.CommandOptions{})
	p.exits(end, 128+15)
	p.awaitGone(pids...)
}

// TestCommandNeverWaits runs on a server that answers nothing.
func TestCommandNeverWaits(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.o.Settle = 10 * time.Millisecond
	p.server.Gate(func(*http.Request) bool { return false })
	p.exits(p.command("echo fine"), 0)
	if p.read("stdout") != "fine\n" {
		t.Errorf("%q", p.read("stdout"))
	}
	p.server.Gate(nil)
	if _, left, err := p.admin.Sync(t.Context(), p.o.Spool); left != 0 || err != nil {
		t.Fatal(left, err)
	}
	p.is("c", progress.Completed, "")
}
