package crash

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// job of many lines, which waits at the 10th and the 20th until a file is there,
// and ends with the code that it is given.
const jobScript = `echo "::step Load"
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
	echo "line $i"
	echo "error $i" >&2
	printf 'at %d%%\r' $i
	echo "::metric n=$i"
	case $i in 10 | 20) while [ ! -e go$i ]; do sleep 0.02; done ;; esac
done
printf 'no end of line'
exit $1
`

// outing is one command under herald run.
type outing struct {
	testing.TB
	server      *server
	dir         string
	code        int
	cmd         *exec.Cmd
	out, errors *output
}

// newOuting starts the command; the server need not run.
func newOuting(t testing.TB, s *server, code int) *outing {
	t.Helper()
	o := &outing{TB: t, server: s, dir: t.TempDir(), code: code, out: &output{}, errors: &output{}}
	o.write("job.sh", jobScript)
	o.cmd = exec.CommandContext(t.Context(), herald, "run", "--id", "job", "--title", "A job", "--", "sh", "job.sh", strconv.Itoa(code))
	o.cmd.Dir, o.cmd.Env, o.cmd.Stdout, o.cmd.Stderr = o.dir, s.env(o.dir), o.out, o.errors
	if err := o.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *outing) write(name, text string) {
	o.Helper()
	if err := os.WriteFile(filepath.Join(o.dir, name), []byte(text), 0o600); err != nil {
		o.Fatal(err)
	}
}

// at waits until the command has come to a line.
func (o *outing) at(n int) {
	o.Helper()
	poll(o, fmt.Sprint("line ", n), func() bool { return strings.Contains(o.out.String(), fmt.Sprintf("::metric n=%d\n", n)) })
}

// known waits until the server has the task and a line of it.
func (o *outing) known() {
	o.Helper()
	poll(o, "the server knows the task", func() bool {
		lines, _, err := o.server.Logs(o.Context(), "job", client.LogQuery{})
		return err == nil && len(lines) > 0
	})
}

// on lets the command go on from a line.
func (o *outing) on(n int) { o.write(fmt.Sprint("go", n), "") }

// end waits for the end and holds that output and code are those of the command.
func (o *outing) end() {
	o.Helper()
	_ = o.cmd.Wait() // its code is compared below
	if got := o.cmd.ProcessState.ExitCode(); got != o.code {
		o.Errorf("ends with %d, and the command with %d:\n%s", got, o.code, o.errors)
	}
	plain := exec.CommandContext(o.Context(), "sh", "job.sh", strconv.Itoa(o.code))
	plain.Dir = o.dir
	want, _ := plain.Output() // it ends with its code
	if got := o.out.String(); got != string(want) || len(want) == 0 {
		o.Errorf("writes\n%q\nand the command\n%q", got, want)
	}
	said := slices.DeleteFunc(strings.SplitAfter(o.errors.String(), "\n"), func(l string) bool { return !strings.HasPrefix(l, "error ") })
	if len(said) != 30 || said[29] != "error 30\n" {
		o.Errorf("writes the errors %q", said)
	}
}

// sync sends what is left, which there has to be.
func (o *outing) sync() {
	o.Helper()
	cmd := exec.CommandContext(o.Context(), herald, "sync")
	cmd.Dir, cmd.Env = o.dir, o.server.env(o.dir)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasSuffix(string(out), " sent, 0 left\n") || strings.HasPrefix(string(out), "0 ") {
		o.Errorf("herald sync says %q, %v", out, err)
	}
}

// check holds that the task has ended as the command has, and has all its lines.
func (o *outing) check() {
	o.Helper()
	h := &history{}
	task := h.check(o, o.server.Client, "job")
	want := progress.Completed
	if o.code != 0 {
		want = progress.Failed
	}
	if task.Status != want || string(task.Metrics["n"]) != "30" || len(task.Steps) != 1 {
		o.Errorf("the task is %s with n %s and %d steps", task.Status, task.Metrics["n"], len(task.Steps))
	}
	if exit := fmt.Sprintf(`"code":%d`, o.code); !strings.Contains(string(task.Metadata["exit"]), exit) {
		o.Errorf("the exit is %s", task.Metadata["exit"])
	}
	lines, _, err := o.server.Logs(o.Context(), "job", client.LogQuery{Limit: 10_000})
	if err != nil {
		o.Fatal(err)
	}
	for _, kind := range []string{"line ", "error "} {
		n := 0
		for _, l := range lines {
			if strings.HasPrefix(l.Line, kind) {
				if n++; l.Line != fmt.Sprint(kind, n) {
					o.Errorf("the %dth line of its kind is %q", n, l.Line)
				}
			}
		}
		if n != 30 {
			o.Errorf("there are %d lines %q, not 30", n, kind)
		}
	}
}

// TestCommandMeanwhile kills the server under a command and starts it again.
func TestCommandMeanwhile(t *testing.T) {
	t.Parallel()
	s := newServer(t, dbtest.URL(t, dbtest.SQLite))
	s.start()
	o := newOuting(t, s, 7)
	o.at(10)
	o.known()
	s.kill()
	o.on(10)
	o.at(20)
	s.start()
	o.on(20)
	o.end()
	o.check()
}

// TestCommandBefore starts the server after the command.
func TestCommandBefore(t *testing.T) {
	t.Parallel()
	s := newServer(t, dbtest.URL(t, dbtest.SQLite))
	o := newOuting(t, s, 0)
	o.at(10)
	s.start()
	o.on(10)
	o.at(20)
	o.known()
	o.on(20)
	o.end()
	o.check()
}

// TestCommandAfter has a server that is away when the command ends, in one case
// from the beginning.
func TestCommandAfter(t *testing.T) {
	t.Parallel()
	for _, always := range []bool{false, true} {
		t.Run(fmt.Sprint("always away: ", always), func(t *testing.T) {
			t.Parallel()
			s := newServer(t, dbtest.URL(t, dbtest.SQLite))
			if !always {
				s.start()
			}
			o := newOuting(t, s, 3)
			o.at(10)
			if !always {
				o.known()
				s.kill()
			}
			o.on(10)
			o.on(20)
			o.end()
			if !strings.Contains(o.errors.String(), "herald sync") {
				t.Errorf("does not say what to do: %s", o.errors)
			}
			s.start()
			o.sync()
			o.check()
		})
	}
}
