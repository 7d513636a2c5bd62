package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// runs is a client whose commands find programs to run.
func runs(t *testing.T) *client {
	c := clientOf(t)
	c.env = append(c.env, "PATH="+os.Getenv("PATH"))
	return c
}

// TestRunCommand runs commands as tasks, with a server and without one.
func TestRunCommand(t *testing.T) {
	t.Parallel()
	c := runs(t)
	r := c.run("run", "--id", "one", "--title", "One", "--label", "a=b", "--", "sh", "-c", `printf 'a\0b\r\n\377'; echo err >&2; echo "::result {\"n\":1}" >&2; exit 7`)
	if r.code != 7 || r.stdout != "a\x00b\r\n\xff" || r.stderr != "err\n::result {\"n\":1}\n" {
		t.Errorf("exits with %d, writes %q and %q", r.code, r.stdout, r.stderr)
	}
	whole := c.run("show", "one", "--json").stdout
	for _, want := range []string{`"status": "failed"`, `"title": "One"`, `"a": "b"`, `"n": 1`, `"exit_code": 7`} {
		if !strings.Contains(whole, want) {
			t.Errorf("the task does not say %s:\n%s", want, whole)
		}
	}
	if r := c.run("run", "--id", "one", "--", "echo", "never"); r.code != 2 || r.stdout != "" || !strings.Contains(r.stderr, "there is a task one already, failed") {
		t.Errorf("the same id: exits with %d and says %q", r.code, r.stderr)
	}
	if r := c.run("run", "--", "no-such-program"); r.code != 127 || !strings.Contains(r.stderr, `no command "no-such-program"`) {
		t.Errorf("no program: exits with %d and says %q", r.code, r.stderr)
	}
	secret := c.run("run", "--id", "two", "--", "true", "-p", "hunter2")
	if shown := c.run("show", "two", "--json").stdout; secret.code != 0 || strings.Contains(shown, "hunter2") || !strings.Contains(shown, `"title": "true"`) {
		t.Errorf("arguments are shown:\n%s", shown)
	}
}

// TestRunKind gives commands kinds of their own, so that the second run of one
// is known.
func TestRunKind(t *testing.T) {
	t.Parallel()
	c := runs(t)
	for i, want := range []struct{ args, shown string }{
		{"-- /bin/echo nightly --all", `"kind": "echo nightly"`},
		{"--kind own --complexity 120 -- true", `"kind": "own"`},
		{"--complexity 120 -- true", `"complexity": 120`},
		{"-- sh -c true", `"kind"`},
		{"--kind= -- true", `"kind"`},
	} {
		id := fmt.Sprint("kind-", i)
		if r := c.run(append([]string{"run", "--id", id}, strings.Fields(want.args)...)...); r.code != 0 {
			t.Fatalf("%s: %s", want.args, r.stderr)
		}
		shown := c.run("show", id, "--json").stdout
		if strings.Contains(shown, want.shown) != (want.shown != `"kind"`) {
			t.Errorf("herald run %s: says %s, or should:\n%s", want.args, want.shown, shown)
		}
	}
	if r := c.run("run", "--complexity", "-1", "--", "true"); r.code != 2 || !strings.Contains(r.stderr, "--complexity: must be a number from 0") {
		t.Errorf("a size below 0: exits with %d and says %q", r.code, r.stderr)
	}
}

// TestRunAway is a command whose server is away until it has ended.
func TestRunAway(t *testing.T) {
	t.Parallel()
	dir, server := t.TempDir(), []string{"HERALD_ADMIN_TOKEN=" + adminToken}
	s := serve(t, dir, server)
	c := &client{s, t, []string{"HERALD_URL=" + s.url, "HERALD_TOKEN=" + adminToken, "PATH=" + os.Getenv("PATH"), "XDG_STATE_HOME=" + t.TempDir()}}
	s.stop(syscall.SIGKILL)
	r := c.run("run", "--id", "late", "--", "sh", "-c", "echo out; exit 3")
	if r.code != 3 || r.stdout != "out\n" || !strings.Contains(r.stderr, "the work goes on") || !strings.Contains(r.stderr, "herald sync") {
		t.Fatalf("exits with %d, writes %q and says %q", r.code, r.stdout, r.stderr)
	}
	again := serve(t, dir, server, "--listen", strings.TrimPrefix(s.url, "http://"))
	defer again.stop(syscall.SIGTERM)
	for _, want := range []string{" sent, 0 left\n", "0 sent, 0 left\n"} {
		if r := c.run("sync"); r.code != 0 || !strings.HasSuffix(r.stdout, want) {
			t.Errorf("sync exits with %d and says %q %q", r.code, r.stdout, r.stderr)
		}
	}
	if r := c.run("show", "late"); !strings.Contains(r.stdout, "exit code 3: out") {
		t.Errorf("the task is\n%s", r.stdout)
	}
	if r := c.run("logs", "late"); strings.Count(r.stdout, "out") != 1 {
		t.Errorf("its log is %q", r.stdout)
	}
}

// TestRunPipeline runs files, good and bad.
func TestRunPipeline(t *testing.T) {
	t.Parallel()
	c := runs(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good.yaml", "title: Good\nsteps:\n  - {name: A, run: 'echo $HERALD_INPUTS'}\n  - {name: B, run: pwd}\n")
	r := c.run("run", "--id", "good", "--inputs", `{"x":1}`, good)
	if r.code != 0 || !strings.Contains(r.stdout, `A | {"x":1}`) || !strings.Contains(r.stdout, "B | "+dir) {
		t.Errorf("exits with %d, writes %q and says %q", r.code, r.stdout, r.stderr)
	}
	fails := write("fails.yaml", "steps:\n  - {name: A, run: exit 9}\n  - {name: B, run: echo never}\n")
	if r := c.run("run", fails); r.code != 3 || strings.Contains(r.stdout, "never") || !strings.Contains(r.stderr, "exit code 9") {
		t.Errorf("exits with %d, writes %q and says %q", r.code, r.stdout, r.stderr)
	}
	bad := write("bad.yaml", "steps:\n  - name: A\n    rn: echo\n")
	if r := c.run("run", bad); r.code != 2 || !strings.Contains(r.stderr, "bad.yaml:3:5: steps[0].rn: there is no such key here; did you mean run?") {
		t.Errorf("exits with %d and says %q", r.code, r.stderr)
	}
	for _, w := range []struct{ args, say string }{
		{"run", "say what to run"}, {"run echo hi", "herald run -- echo hi"}, {"run --", "say what to run"},
		{"run --fresh --retry " + good, "give one of them"}, {"run " + filepath.Join(dir, "none.yaml"), "cannot read"},
		{"run --inputs {x -- true", "--inputs: must be JSON"}, {"run --id / -- true", "--id: must be"},
		{"worker --kind a -f " + bad, "handlers"}, {"worker --kind a", `"file" not set`},
	} {
		if r := c.run(strings.Fields(w.args)...); r.code != 2 || !strings.Contains(r.stderr, w.say) {
			t.Errorf("%s: exits with %d and says %q", w.args, r.code, r.stderr)
		}
	}
}

var exported = regexp.MustCompile(`export HERALD_URL=(\S+) HERALD_TOKEN=(\S+)`)

// TestDemo is the demonstration outside of a checkout, to its end.
func TestDemo(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	said := &output{line: make(chan struct{})}
	demo := command(t, []string{"TMPDIR=" + temp, "PATH=" + os.Getenv("PATH")}, "demo", "--listen", "127.0.0.1:0")
	demo.Stdout, demo.Stderr = said, said
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	until := func(text string) {
		t.Helper()
		poll(t, "the demonstration to say "+text, func() bool { return strings.Contains(said.String(), text) })
	}
	until("export HERALD_URL")
	m := exported.FindStringSubmatch(said.String())
	env := []string{"HERALD_URL=" + m[1], "HERALD_TOKEN=" + m[2]}
	until("press Approve")
	if r := finish(t, command(t, env, "approve", "demo")); r.code != 0 {
		t.Fatal(r.stderr)
	}
	until("task demo is completed")
	if r := finish(t, command(t, env, "show", "demo")); !strings.Contains(r.stdout, "completed") || !strings.Contains(r.stdout, `"bytes"`) {
		t.Errorf("shows\n%s", r.stdout)
	}
	if err := demo.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := demo.Wait(); err != nil {
		t.Errorf("%v; it said\n%s", err, said)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("leaves %v, %v", left, err)
	}
}
