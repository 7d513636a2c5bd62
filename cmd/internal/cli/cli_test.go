package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// herald is the built command.
var herald string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "herald-cli-")
	if err != nil {
		panic(err)
	}
	herald = filepath.Join(dir, "herald")
	build := exec.Command("go", "build", "-o", herald, "github.com/taskherald/herald/cmd/herald")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	code := 1
	if err == nil {
		code = m.Run()
	} else {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// command prepares herald in an empty folder that is its home too, with nothing
// else in its environment.
func command(t testing.TB, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), herald, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"HOME=" + cmd.Dir}, env...)
	return cmd
}

// result is what became of a command.
type result struct {
	stdout, stderr string
	code           int
}

func finish(t *testing.T, cmd *exec.Cmd) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	r := result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
	if strings.Contains(r.stdout+r.stderr, "\x1b") {
		t.Errorf("%q writes control sequences: %q", cmd.Args[1:], r.stdout+r.stderr)
	}
	return r
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"help"}, {"--help"}, {"-h"}} {
		r := finish(t, command(t, nil, args...))
		if r.code != 0 || r.stderr != "" {
			t.Errorf("herald %q exits with %d and says %q", args, r.code, r.stderr)
		}
		for _, want := range []string{"serve", "check", "version", "completion", "Exit codes:\n  0  ", "Start with \"herald serve\""} {
			if !strings.Contains(r.stdout, want) {
				t.Errorf("herald %q does not say %q:\n%s", args, want, r.stdout)
			}
		}
	}
	r := finish(t, command(t, nil, "serve", "--help"))
	for _, want := range []string{"--listen", "HERALD_LISTEN", "--database", "--open", "--config", "Examples:", "SIGTERM", "Exit codes:"} {
		if r.code != 0 || !strings.Contains(r.stdout, want) {
			t.Errorf("the help of serve does not say %q:\n%s", want, r.stdout)
		}
	}
	if strings.Contains(r.stdout, "admin-token") {
		t.Error("there is a flag for the admin token, which everybody on the machine could read")
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	for _, arg := range []string{"version", "--version"} {
		r := finish(t, command(t, nil, arg))
		if r.code != 0 || !strings.HasPrefix(r.stdout, "herald ") || !strings.Contains(r.stdout, "(go1.") || strings.Count(r.stdout, "\n") != 1 {
			t.Errorf("herald %s exits with %d and says %q", arg, r.code, r.stdout)
		}
	}
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if r := finish(t, command(t, nil, "completion", shell)); r.code != 0 || !strings.Contains(r.stdout, "herald") {
			t.Errorf("completion %s exits with %d and says %q", shell, r.code, r.stderr)
		}
	}
	r := finish(t, command(t, nil, "__complete", "serve", "--log-level", ""))
	if !strings.HasPrefix(r.stdout, "debug\ninfo\nwarn\nerror\n") {
		t.Errorf("the levels are completed with %q", r.stdout)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	cmd := command(t, []string{"HERALD_ADMIN_TOKEN=correct-horse-battery", "HERALD_LIMIT_TITLE=7", "NO_COLOR=1"}, "check", "--config", "my.yaml", "--log-level=debug", "--open")
	if err := os.WriteFile(filepath.Join(cmd.Dir, "my.yaml"), []byte("log_level: warn\nkeep: 7d\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := finish(t, cmd)
	if r.code != 0 || r.stderr != "" {
		t.Fatalf("exits with %d and says %q", r.code, r.stderr)
	}
	for _, want := range []string{
		"listen: 127.0.0.1:8080 # default", "keep: 7d # my.yaml:2", "log_level: debug # --log-level", "open: true # --open",
		"admin_token: •••••• # HERALD_ADMIN_TOKEN", "title: 7 # HERALD_LIMIT_TITLE", "database: " + cmd.Dir + "/.local/share/herald/herald.db # default",
	} {
		lines := strings.Split(r.stdout, "\n")
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.Join(strings.Fields(l), " ") == want }) {
			t.Errorf("does not say %q:\n%s", want, r.stdout)
		}
	}
	if strings.Contains(r.stdout, "correct-horse") {
		t.Error("tells the token")
	}
	if entries, _ := os.ReadDir(cmd.Dir); len(entries) != 1 {
		t.Errorf("leaves something behind: %v", entries)
	}
}

// TestCheckOfTemplates holds that files of one's own that cannot be used are
// problems, each with its file, and that good ones are none.
func TestCheckOfTemplates(t *testing.T) {
	t.Parallel()
	own := func(text, mail string) result {
		cmd := command(t, []string{"HERALD_TEMPLATES=own"}, "check")
		for name, text := range map[string]string{"own/words/en/mine.yaml": text, "own/layouts/card.text.tmpl": "{{.Head}}", "own/layouts/mail.text.tmpl": mail} {
			file := filepath.Join(cmd.Dir, name)
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return finish(t, cmd)
	}
	if r := own(`event.task.started: "Off we go: {title}"`, "{{.Text}}"); r.code != 0 || r.stderr != "" || !strings.Contains(r.stdout, "templates: ") {
		t.Errorf("with good files it exits with %d and says %q", r.code, r.stderr)
	}
	r := own("event.task.started: Off {titel}\nno.such: \"\\e[2J\"\n", "{{.Text}}")
	if r.code != 2 || r.stdout != "" || strings.Contains(r.stderr, "\x1b") || strings.Count(r.stderr, "own/words/en/mine.yaml: ") != 2 {
		t.Errorf("exits with %d and says %q", r.code, r.stderr)
	}
	for _, want := range []string{"herald: the settings are wrong:\n  ", "mine.yaml: event.task.started: there is nothing to fill in for {titel}", "mine.yaml: no.such: there is no such key\n"} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("does not say %q:\n%s", want, r.stderr)
		}
	}
	if r := own("", "{{.Titel}}"); r.code != 2 || !strings.Contains(r.stderr, "own/layouts/mail.text.tmpl: it is left out: ") {
		t.Errorf("exits with %d and says %q", r.code, r.stderr)
	}
	if r := own("a: [\n", "{{.Text}}"); r.code != 2 || !strings.Contains(r.stderr, "mine.yaml: it is no YAML") || strings.HasSuffix(r.stderr, " \n") {
		t.Errorf("exits with %d and says %q", r.code, r.stderr)
	}
}

// TestCheckOfRules holds that rules that cannot hold are problems, each at its line, and
// that good ones are printed.
func TestCheckOfRules(t *testing.T) {
	t.Parallel()
	check := func(rules string) result {
		cmd := command(t, []string{"HERALD_TEMPLATES=none"}, "check", "--config", "my.yaml")
		for name, text := range map[string]string{"my.yaml": "rules:\n" + rules, "none/words/en/mine.yaml": "no.such: x\n"} {
			file := filepath.Join(cmd.Dir, name)
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(name, "none") && !strings.Contains(rules, "pigeon") {
				text = ""
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return finish(t, cmd)
	}
	r := check("- name: all\n  tell: ana\n  by: webpush\n")
	if r.code != 0 || r.stderr != "" || !strings.Contains(r.stdout, "\nrules:\n  - name: all  # my.yaml:2\n    tell: [ana]\n    by: [webpush]\n") {
		t.Errorf("with good rules it exits with %d and says %q:\n%s", r.code, r.stderr, r.stdout)
	}
	if r := check("- \"pigeon\\e[2J\": x\n"); r.code != 2 || strings.Contains(r.stderr, "\x1b") || !strings.Contains(r.stderr, "my.yaml:2: there is no setting rules[0].pigeon") {
		t.Errorf("exits with %d and says %q", r.code, r.stderr)
	}
	r = check("- tell: ana\n  by: pigeon\n- tell: ana\n  by: email\n")
	if r.code != 2 || r.stdout != "" {
		t.Errorf("exits with %d and says %q", r.code, r.stderr)
	}
	for _, want := range []string{
		"herald: the settings are wrong:\n  my.yaml:2: rules[0].by[0]: \"pigeon\" is no channel of this server; there are webhook, webpush\n",
		"\n  my.yaml:4: rules[1].by[0]: ", "mine.yaml: no.such: there is no such key\n",
	} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("does not say %q:\n%s", want, r.stderr)
		}
	}
	cmd := command(t, []string{"HERALD_CONFIG=my.yaml", "LANG=C"}, "doctor")
	if err := os.WriteFile(filepath.Join(cmd.Dir, "my.yaml"), []byte("rules: [{by: pigeon}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := finish(t, cmd); !strings.Contains(r.stdout, "[E] settings  my.yaml:1: rules[0].by[0]: ") {
		t.Errorf("doctor says %q", r.stdout)
	}
}

// TestWrong has wrong arguments and settings, all of which exit with 2.
func TestWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env, args, say []string
	}{
		{nil, []string{"srve"}, []string{`unknown command "srve"`, "Did you mean this?\n\tserve", "herald --help"}},
		{nil, []string{"serve", "--lisen", "x"}, []string{"unknown flag: --lisen", `See "herald serve --help"`}},
		{nil, []string{"serve", "now"}, []string{`unknown command "now" for "herald serve"`}},
		{nil, []string{"serve", "--listen"}, []string{"flag needs an argument: --listen"}},
		{nil, []string{"check", "--open=perhaps"}, []string{`invalid argument "perhaps" for "--open"`}},
		{nil, []string{"version", "7"}, []string{`unknown command "7"`}},
		{nil, []string{"serve", "--listen", "8080"}, []string{"the settings are wrong:\n  --listen: listen: \"8080\" is no address; write host:port"}},
		{nil, []string{"check", "--config", "none.yaml"}, []string{"--config: cannot read none.yaml"}},
		{[]string{"HERALD_LISTEN=8080", "HERALD_OPN=1"}, []string{"check"}, []string{"  HERALD_LISTEN: ", "  HERALD_OPN: there is no such variable; did you mean HERALD_OPEN?"}},
		{[]string{"HERALD_OPEN=1", "HERALD_LISTEN=0.0.0.0:0"}, []string{"serve"}, []string{"HERALD_OPEN: open: whoever reaches", "set listen to 127.0.0.1:8080"}},
	} {
		r := finish(t, command(t, c.env, c.args...))
		if r.code != 2 || r.stdout != "" || !strings.HasPrefix(r.stderr, "herald: ") {
			t.Errorf("herald %q exits with %d and says %q", c.args, r.code, r.stderr)
		}
		for _, want := range c.say {
			if !strings.Contains(r.stderr, want) {
				t.Errorf("herald %q does not say %q:\n%s", c.args, want, r.stderr)
			}
		}
	}
}

// TestFailures has right settings that do not work here, which exit with 1 and
// a line that says what to do.
func TestFailures(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, c := range []struct {
		args []string
		say  []string
	}{
		{[]string{"--listen", taken.Addr().String()}, []string{"cannot listen on " + taken.Addr().String() + ": address already in use; stop the program"}},
		{[]string{"--listen", "192.0.2.1:80"}, []string{"cannot listen on 192.0.2.1:80: cannot assign requested address; give an address of this machine"}},
		{[]string{"--database", "."}, []string{"database . cannot be used", "give the path of a file"}},
		{[]string{"--database", "mysql://me:hunter2@host/x"}, []string{"database mysql://me@host/x cannot be used", "set the database to a file path"}},
		{[]string{"--database", "postgres://me:hunter2@127.0.0.1:1/x"}, []string{"cannot be reached", "start PostgreSQL"}},
	} {
		r := finish(t, command(t, nil, append([]string{"serve", "--listen", "127.0.0.1:0"}, c.args...)...))
		if r.code != 1 || !strings.HasPrefix(r.stderr, "herald: ") || strings.Count(r.stderr, "\n") != 1 || strings.Contains(r.stderr, "hunter2") {
			t.Errorf("serve %q exits with %d and says %q", c.args, r.code, r.stderr)
		}
		for _, want := range c.say {
			if !strings.Contains(r.stderr, want) {
				t.Errorf("serve %q does not say %q:\n%s", c.args, want, r.stderr)
			}
		}
	}
}
