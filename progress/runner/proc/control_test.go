//go:build linux || darwin

package proc

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// tree is a script with a child in its group and one in a session of its own;
// each counts in a file.
const tree = `
count() { i=0; while :; do i=$((i+1)); echo $i >$1.new; mv $1.new $1; done; }
if [ "$1" = away ]; then echo $$ >away.pid; count away; fi
setsid sh "$0" away &
count child &
echo $$ >self.pid
count self
`

func startTree(t *testing.T) (p *Process, mark, dir string) {
	t.Helper()
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip("SKIPPED: there is no setsid here, so descendants that leave the group are not tested")
	}
	dir = t.TempDir()
	write(t, dir, "tree.sh", tree, 0o755)
	mark, set := marking(t)
	p, _ = start(t, "", set, func(s *Spec) { s.Args, s.Dir = []string{"sh", "./tree.sh"}, dir })
	for _, name := range []string{"self", "child", "away"} {
		counts(t, dir, name)
	}
	return p, mark, dir
}

// counts waits until a counter has moved.
func counts(t *testing.T, dir, name string) {
	t.Helper()
	before := counter(dir, name)
	eventually(t, "counting of "+name, func() bool { return counter(dir, name) != before })
}

func counter(dir, name string) string {
	text, _ := os.ReadFile(filepath.Join(dir, name))
	return strings.TrimSpace(string(text))
}

func allHalted(p *Process) bool {
	family := p.c.family()
	// A shell that has just forked waits inside the system for its halted child.
	return len(family) >= 3 && !slices.ContainsFunc(family, func(m member) bool { return m.state == alive })
}

func TestPauseReachesAll(t *testing.T) {
	t.Parallel()
	p, _, dir := startTree(t)
	for range 3 {
		for range 2 {
			if err := p.Pause(); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "the halt of all", func() bool { return allHalted(p) })
		before := []string{counter(dir, "self"), counter(dir, "child"), counter(dir, "away")}
		time.Sleep(50 * time.Millisecond)
		if now := []string{counter(dir, "self"), counter(dir, "child"), counter(dir, "away")}; !slices.Equal(before, now) {
			t.Errorf("paused, the counters went from %v to %v", before, now)
		}
		if err := p.Resume(); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"self", "child", "away"} {
			counts(t, dir, name)
		}
	}
}

func TestStopReachesAll(t *testing.T) {
	t.Parallel()
	for _, paused := range []bool{false, true} {
		p, mark, _ := startTree(t)
		if paused {
			if err := p.Pause(); err != nil {
				t.Fatal(err)
			}
		}
		p.Stop(patient, nil)
		if exit := ended(t, p); exit.Signal != syscall.SIGTERM {
			t.Errorf("paused %v: the end is %+v", paused, exit)
		}
		if left := Leftovers(mark); len(left) > 0 || len(p.c.family()) > 0 {
			t.Errorf("paused %v: left are %v and %v", paused, left, p.c.family())
		}
		if err := p.Pause(); err == nil {
			t.Error("what was stopped can be paused")
		}
		if err := p.Signal(syscall.SIGINT); !errors.Is(err, os.ErrProcessDone) {
			t.Errorf("what has ended can be signalled: %v", err)
		}
	}
}

func TestStopGently(t *testing.T) {
	t.Parallel()
	for _, paused := range []bool{false, true} {
		p, w := start(t, "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.02; done")
		sees(t, w, "ready")
		if paused {
			if err := p.Pause(); err != nil {
				t.Fatal(err)
			}
		}
		p.Stop(patient, nil)
		if exit := ended(t, p); exit.Code != 3 || w.text(1) != "ready\nbye\n" {
			t.Errorf("paused %v: code %d after %q", paused, exit.Code, w.text(1))
		}
	}
}

const deaf = "trap '' TERM; (while :; do sleep 0.02; done) & echo ready; while :; do sleep 0.02; done"

func TestStopHard(t *testing.T) {
	t.Parallel()
	closed := make(chan struct{})
	close(closed)
	for name, stop := range map[string]func(*Process){
		"after the grace": func(p *Process) { p.Stop(100*time.Millisecond, nil) },
		"when told":       func(p *Process) { p.Stop(patient*10, closed) },
		"at once":         func(p *Process) { p.Stop(0, nil) },
	} {
		p, w := start(t, deaf)
		sees(t, w, "ready")
		stop(p)
		if exit := ended(t, p); exit.Signal != syscall.SIGKILL || exit.Code != 137 {
			t.Errorf("%s: the end is %+v", name, exit)
		}
		if left := p.c.family(); len(left) > 0 {
			t.Errorf("%s: left are %v", name, left)
		}
	}
}

// The command ends at once, but its child does not listen.
func TestStopOfDeafGrandchild(t *testing.T) {
	t.Parallel()
	p, w := start(t, "(trap '' TERM; echo ready; while :; do sleep 0.02; done) & wait")
	sees(t, w, "ready")
	p.Stop(300*time.Millisecond, nil)
	if exit := ended(t, p); exit.Signal != syscall.SIGTERM {
		t.Errorf("the end is %+v", exit)
	}
	if left := p.c.family(); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
}

func TestSignal(t *testing.T) {
	t.Parallel()
	p, w := start(t, "trap 'echo heard; exit 4' USR1; echo ready; while :; do sleep 0.02; done")
	sees(t, w, "ready")
	if err := p.Signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	if exit := ended(t, p); exit.Code != 4 || !strings.Contains(w.text(1), "heard") {
		t.Errorf("code %d after %q", exit.Code, w.text(1))
	}
}

func TestLeftoversOfACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "tree.sh", tree, 0o755)
	mark, _ := marking(t)
	c := exec.Command(testBinary(t), "sh", "./tree.sh")
	c.Dir = dir
	c.Env = append(os.Environ(), asHelper+"=plain", "MARK="+mark)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { KillLeftovers(mark, 0) })
	for _, name := range []string{"self", "child", "away"} {
		counts(t, dir, name)
	}
	_ = c.Process.Kill()
	_ = c.Wait() // it was killed
	found := Leftovers(mark)
	for _, name := range []string{"self.pid", "away.pid"} {
		pid, err := strconv.Atoi(counter(dir, name))
		if err != nil || !slices.Contains(found, pid) {
			t.Errorf("%s is %d (%v) and not in %v", name, pid, err, found)
		}
	}
	if slices.Contains(found, c.Process.Pid) {
		t.Errorf("the runner itself, %d, is in %v", c.Process.Pid, found)
	}
	if err := KillLeftovers(mark, patient); err != nil || len(Leftovers(mark)) > 0 {
		t.Errorf("%v, left are %v", err, Leftovers(mark))
	}
	if len(Leftovers("")) > 0 || len(Leftovers(mark+"x")) > 0 {
		t.Error("other marks find something")
	}
}

// leaks runs many commands in all ways and tells what is left of them.
func leaks() int {
	if p, err := Start(Spec{Args: []string{"true"}, Watch: func(int, []byte) {}}); err == nil {
		p.Wait() // the runtime's own descriptors are open from here on
	}
	before, routines := leftBy(0)
	for i := range 60 {
		s := Spec{Args: []string{"sh", "-c", "cat; echo $HERALD_MARK; sleep 0.01 & exit 3"}, Mark: fmt.Sprint("leak", os.Getpid(), i), Input: []byte("x")}
		if i%3 > 0 {
			s.Watch = func(int, []byte) {}
		}
		if i%5 == 0 {
			s.Args = []string{"./no-such-command"}
		}
		if p, err := Start(s); err == nil {
			if i%4 == 0 {
				_ = p.Pause() // it may have ended
				p.Stop(time.Second, nil)
			}
			p.Wait()
		}
	}
	fds, now := leftBy(before)
	children, _ := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/children", os.Getpid()))
	fmt.Printf("descriptors %d -> %d, goroutines %d -> %d, children %q\n", before, fds, routines, now, children)
	if fds > before || now > routines+1 || len(children) > 0 { // the runtime's own goroutine for signals
		return 1
	}
	return 0
}
