package cli_test

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// started is a command that goes on.
type started struct {
	*exec.Cmd
	t           *testing.T
	out, errors *output
}

// start starts a command whose output can be read meanwhile.
func (c *client) start(args ...string) *started {
	c.t.Helper()
	s := &started{c.command(args...), c.t, &output{line: make(chan struct{})}, &output{line: make(chan struct{})}}
	s.Stdout, s.Stderr = s.out, s.errors
	if err := s.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = s.Process.Kill() })
	return s
}

// ends waits for the exit code.
func (s *started) ends() int {
	s.t.Helper()
	done := make(chan error, 1)
	go func() { done <- s.Wait() }()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		s.t.Fatalf("does not end:\n%s%s", s.out, s.errors)
	}
	return s.ProcessState.ExitCode()
}

func (s *started) says(what string) {
	s.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !strings.Contains(s.out.String()+s.errors.String(), what) {
		if time.Now().After(deadline) {
			s.t.Fatalf("does not say %q:\n%s%s", what, s.out, s.errors)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

var stamps = regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d | \(\d[^)]* s\)| after \d.* s$`)

func TestWatchLines(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	c.task("watched", "CRM")
	w := c.start("watch", "watched")
	w.says("○ CRM: pending")
	c.report("watched", `{"step":1,"step_progress":10}`)
	w.says("◐ step 1 of 3: Download")
	c.report("watched", `{"step":1,"step_progress":70,"metadata":{"estimated_time_remaining":200}}`)
	w.says("◐ 23%, step 1 of 3: Download, about 3 minutes left, plus 1 approval\n")
	c.want(0, "about 3 minutes left, plus 1 approval · from the worker's own estimate", "", "show", "watched")
	c.want(0, "  3 min  ", "", "tasks")
	c.run("pause", "watched")
	w.says("⏸ paused")
	c.run("resume", "watched")
	w.says("◐ resumed")
	c.asks("watched")
	w.says("herald approve watched 3, or herald reject watched 3")
	c.run("approve", "watched", "--reason", "fine")
	w.says("step 3 (Go live) approved by admin via rest: fine")
	c.report("watched", `{"step":3,"step_status":"completed"}`, `{"status":"completed"}`)
	if code := w.ends(); code != 0 || w.errors.String() != "" {
		t.Errorf("exits with %d: %s", code, w.errors)
	}
	got := stamps.ReplaceAllString(w.out.String(), "")
	for _, want := range []string{"◐ started\n", "✓ step 1 complete: Download\n", "⚠ approval needed for step 3 (Go live): Switch over?\n", "✓ completed"} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%q stands there %d times:\n%s", want, strings.Count(got, want), got)
		}
	}
	if strings.Contains(w.out.String(), "\x1b") {
		t.Errorf("has control sequences: %q", w.out)
	}
	c.plain("fails", "Bad")
	c.report("fails", `{"status":"failed","error":"no luck"}`)
	c.want(3, "failed", "", "watch", "fails")
	c.task("gone", "Gone")
	c.run("cancel", "gone")
	c.want(4, "cancelled by admin via rest", "", "watch", "--last")
	r := c.run("watch", "fails", "--json")
	kinds := ""
	for line := range strings.Lines(r.stdout) {
		var f struct{ Type string }
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Error(err, line)
		}
		kinds += f.Type + " "
	}
	if kinds != "snapshot task_failed " || r.code != 3 {
		t.Errorf("frames are %s, exit code %d", kinds, r.code)
	}
}

// TestWatchAll is every task, as lines.
func TestWatchAll(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	c.plain("first", "First")
	w := c.start("watch")
	w.says("First: pending")
	c.task("second", "Second")
	w.says("Second: pending")
	c.report("second", `{"step":1,"step_progress":10}`)
	w.says("Second: step 1 of 3: Download")
	c.report("first", `{"status":"completed"}`)
	w.says("First: completed")
	if err := w.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := w.ends(); code != 130 {
		t.Errorf("exits with %d", code)
	}
}

// inTerminal runs a command at a terminal of that size.
func (c *client) inTerminal(columns, rows int, env []string, args ...string) (*started, *terminal, *os.File) {
	c.t.Helper()
	cmd := command(c.t, append(append([]string(nil), c.env...), env...), args...)
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(columns), Rows: uint16(rows)})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = cmd.Process.Kill(); file.Close() })
	screen := newTerminal(columns, rows)
	_, _ = screen.Write([]byte("$ herald\r\n"))
	go func() { _, _ = io.Copy(screen, file) }() // until the command has ended
	return &started{Cmd: cmd, t: c.t, out: &output{line: make(chan struct{})}, errors: &output{line: make(chan struct{})}}, screen, file
}

// shows waits until the screen shows all of it, and only one title.
func (c *client) shows(screen *terminal, want ...string) {
	c.t.Helper()
	poll(c.t, strings.Join(want, ", "), func() bool {
		text := screen.String()
		for _, w := range want {
			if !strings.Contains(text, w) {
				return false
			}
		}
		return true
	})
}

// TestWatchInPlace is the view at a terminal, through a resize and an end.
func TestWatchInPlace(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	c.task("placed", "CRM")
	w, screen, file := c.inTerminal(60, 24, []string{"TERM=xterm"}, "watch", "placed")
	c.shows(screen, "○ pending", "○ 3 Go live")
	c.report("placed", `{"step":1,"step_status":"completed"}`, `{"step":2,"step_progress":40}`)
	c.shows(screen, "Step 2 of 3: Load", "◐ tables", "46%")
	c.report("placed", `{"step":2,"substep":"tables","substep_done":true}`)
	c.shows(screen, "✓ tables", "◐ rows")
	w.held(screen, func() {
		screen.resize(45, 20)
		if err := pty.Setsize(file, &pty.Winsize{Cols: 45, Rows: 20}); err != nil {
			t.Fatal(err)
		}
	})
	c.asks2("placed")
	c.shows(screen, "⚠ needs approval", "herald approve placed 3")
	c.run("reject", "placed", "--reason", "not today")
	if code := w.ends(); code != 3 {
		t.Errorf("exits with %d", code)
	}
	c.shows(screen, "✕ failed", "rejected by admin")
	text := screen.String()
	for _, once := range []string{"$ herald\n", "CRM\n", "1 Download"} {
		if strings.Count(text, once) != 1 {
			t.Errorf("%q stands there %d times:\n%s", once, strings.Count(text, once), text)
		}
	}
	screen.mu.Lock()
	defer screen.mu.Unlock()
	if screen.hidden || !screen.wraps || len(screen.strange) > 0 || screen.cursorUps == 0 {
		t.Errorf("the cursor is hidden %v, lines wrap %v, %d redraws, strange: %q", screen.hidden, screen.wraps, screen.cursorUps, screen.strange)
	}
}

// held does something while the command cannot draw, and all that it has drawn is
// seen.
func (s *started) held(screen *terminal, do func()) {
	s.t.Helper()
	if err := s.Process.Signal(syscall.SIGSTOP); err != nil {
		s.t.Fatal(err)
	}
	for still, seen := 0, -1; still < 20; time.Sleep(10 * time.Millisecond) {
		if n := screen.taken(); n != seen {
			still, seen = 0, n
		}
		still++
	}
	do()
	if err := s.Process.Signal(syscall.SIGCONT); err != nil {
		s.t.Fatal(err)
	}
}

// asks2 brings a task whose first step is done to its question.
func (c *client) asks2(id string) {
	c.t.Helper()
	c.report(id, `{"step":2,"step_status":"completed"}`, `{"step":3,"step_status":"running"}`)
}

// TestInterrupt is Ctrl-C: what was seen last stays, the cursor is back.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	c.task("stopped", "CRM")
	w, screen, file := c.inTerminal(80, 24, []string{"TERM=xterm", "NO_COLOR=1"}, "watch")
	c.shows(screen, "stopped", "pending")
	if _, err := file.WriteString("\x03"); err != nil {
		t.Fatal(err)
	}
	if code := w.ends(); code != 130 {
		t.Errorf("exits with %d", code)
	}
	poll(t, "the cursor is back", func() bool {
		screen.mu.Lock()
		defer screen.mu.Unlock()
		return !screen.hidden && screen.wraps
	})
	if text := screen.String(); strings.Count(text, "stopped") != 1 {
		t.Errorf("shows\n%s", text)
	}
}

// TestColours is when there are some.
func TestColours(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	c.task("paint", "CRM")
	for _, x := range []struct {
		env     []string
		colours bool
		symbol  string
	}{
		{[]string{"TERM=xterm-256color"}, true, "○"},
		{[]string{"TERM=xterm", "NO_COLOR="}, true, "○"},
		{[]string{"TERM=xterm", "NO_COLOR=0"}, false, "○"},
		{[]string{"TERM=dumb"}, false, "○"},
		{[]string{"TERM="}, false, "○"},
		{[]string{"TERM=xterm", "LC_ALL=C"}, true, "[ ]"},
		{[]string{"TERM=xterm", "LC_ALL=", "LC_CTYPE=en_GB.utf8", "LANG=C"}, true, "○"},
	} {
		cmd := command(t, append(append([]string(nil), c.env...), x.env...), "show", "paint")
		file, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 80, Rows: 24})
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(file) // ends with an error where the other side is gone
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
		file.Close()
		if got := strings.Contains(string(text), "\x1b["); got != x.colours || !strings.Contains(string(text), x.symbol) {
			t.Errorf("%q: colours %v, want %v, and %s:\n%q", x.env, got, x.colours, x.symbol, text)
		}
	}
}

// TestAsks is that somebody at a terminal is asked before work is lost.
func TestAsks(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	c.task("asked", "CRM")
	c.report("asked", `{"progress":65}`)
	for _, x := range []struct {
		typed string
		code  int
		say   string
	}{{"n\n", 1, "nothing was done"}, {"\n", 1, "nothing was done"}, {"\x04", 1, "nothing was done"}, {"y\n", 0, "Cancelled CRM at 65%."}} {
		w, screen, file := c.inTerminal(80, 24, []string{"TERM=xterm"}, "cancel", "asked")
		c.shows(screen, "Cancel CRM at 65%? [y/N]")
		if _, err := file.WriteString(x.typed); err != nil {
			t.Fatal(err)
		}
		if code := w.ends(); code != x.code {
			t.Errorf("%q exits with %d", x.typed, code)
		}
		c.shows(screen, x.say)
	}
	w, screen, _ := c.inTerminal(80, 24, nil, "restart", "asked", "--yes")
	if code := w.ends(); code != 0 {
		t.Errorf("exits with %d", code)
	}
	c.shows(screen, "Restarted CRM: run 2.")
}

// TestServerAway is a server that goes and comes back, under watchers.
func TestServerAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	env := []string{"HERALD_ADMIN_TOKEN=" + adminToken}
	s := serve(t, dir, env)
	c := &client{s, t, []string{"HERALD_URL=" + s.url, "HERALD_TOKEN=" + adminToken, "LANG=C.UTF-8"}}
	c.plain("survivor", "CRM")
	c.post("/api/tasks/survivor/logs", `[{"line":"one"},{"line":"two","step":"Work"},{"line":"three","level":"error"}]`)
	live, screen, _ := c.inTerminal(80, 24, []string{"TERM=xterm"}, "watch", "survivor")
	lines, follow, picked := c.start("watch", "survivor"), c.start("logs", "-f", "survivor", "--tail", "2"), c.start("logs", "-f", "survivor", "--step", "1")
	c.shows(screen, "CRM")
	lines.says("CRM: pending")
	follow.says("three")
	picked.says("two")
	s.stop(syscall.SIGKILL)
	c.shows(screen, "⚠ The server is away, connecting again")
	lines.says("the server is away")
	follow.says("herald: the server is away, connecting again")
	again := serve(t, dir, env, "--listen", strings.TrimPrefix(s.url, "http://"))
	c.server = again
	c.post("/api/tasks/survivor/logs", `[{"line":"four"},{"line":"five","step":"Work"}]`)
	follow.says("five")
	picked.says("five")
	c.report("survivor", `{"step":1,"step_progress":50}`)
	lines.says("the server is back")
	poll(t, "the notice goes", func() bool {
		return !strings.Contains(screen.String(), "away") && strings.Contains(screen.String(), "50%")
	})
	c.report("survivor", `{"status":"completed"}`)
	for _, w := range []*started{live, lines, follow, picked} {
		if code := w.ends(); code != 0 {
			t.Errorf("%q exits with %d: %s%s", w.Args, code, w.out, w.errors)
		}
	}
	if got := stamps.ReplaceAllString(follow.out.String(), ""); got != "Work two\nerror three\nfour\nWork five\n" {
		t.Errorf("the log is %q", got)
	}
	if got := stamps.ReplaceAllString(picked.out.String(), ""); got != "two\nfive\n" {
		t.Errorf("the log of a step is %q", got)
	}
	again.stop(syscall.SIGTERM)
}
