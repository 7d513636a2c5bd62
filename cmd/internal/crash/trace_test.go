package crash

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The pipeline that is crashed: five steps, two of them at once, one behind an
// approval, one that fails at its first try.
const crashed = `title: Crashed
parallel: 4
steps:
  - name: Build
    run: [sh, step.sh, Build]
  - name: Checks
    parallel:
      - {name: Left, run: [sh, step.sh, Left]}
      - {name: Right, run: [sh, step.sh, Right]}
  - name: Live
    approval: Ship it?
    run: [sh, step.sh, Live]
  - name: Flaky
    run: [sh, step.sh, Flaky]
    retries: 2
    backoff: 300ms
`

// step writes where it is into the file trace, and waits in its middle until a
// file of its process's number is there. Flaky fails when it never did before.
const stepScript = `echo "start $1 $$ $PPID" >> trace
echo "$1 is at work"
while [ ! -e "go/$$" ]; do sleep 0.02; done
if [ "$1" = Flaky ] && ! grep -q "^fail" trace; then
	echo "fail $1 $$ $PPID" >> trace
	exit 1
fi
echo "end $1 $$ $PPID" >> trace
`

// steps are the names of the steps.
func steps() []string { return []string{"Build", "Left", "Right", "Live", "Flaky"} }

// instance is one process that has done a step, or begun to.
type instance struct {
	step        string
	pid, runner int
	fate        string // start, fail or end: the last line that it wrote
}

// trace are the instances, in the order in which they began.
type trace []instance

func readTrace(t testing.TB, dir string) trace {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "trace"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var all trace
	for line := range strings.Lines(string(text)) {
		if !strings.HasSuffix(line, "\n") {
			break // it is being written
		}
		var i instance
		if _, err := fmt.Sscan(line, &i.fate, &i.step, &i.pid, &i.runner); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if i.fate == "start" {
			all = append(all, i)
			continue
		}
		for n := range all {
			if all[n].pid == i.pid && all[n].step == i.step {
				all[n].fate = i.fate
			}
		}
	}
	return all
}

// of are the instances of a step.
func (all trace) of(step string) (out trace) {
	for _, i := range all {
		if i.step == step {
			out = append(out, i)
		}
	}
	return out
}

// count is how many instances have come to a line.
func (all trace) count(fate string) (n int) {
	for _, i := range all {
		if i.fate == fate || fate == "start" {
			n++
		}
	}
	return n
}

// death is of a killed runner: the steps that were completed by its own word,
// saved or told to the server.
type death struct {
	runner int
	done   map[string]bool
}

// lost reports whether an instance counts for nothing: its runner was killed
// before it had said that the step has ended, or was dead when it began.
func lost(i instance, deaths []death, runners map[int]bool) bool {
	if !runners[i.runner] {
		return true
	}
	for _, d := range deaths {
		if d.runner == i.runner && !d.done[i.step] {
			return true
		}
	}
	return false
}

// checkTrace holds that each step was done once, whatever was killed: those that
// had ended did not run again, those that were under way ran again, once.
func checkTrace(t testing.TB, all trace, deaths []death, runners map[int]bool) {
	t.Helper()
	for _, step := range steps() {
		var counted, gone trace
		for _, i := range all.of(step) {
			if lost(i, deaths, runners) {
				gone = append(gone, i)
			} else {
				counted = append(counted, i)
			}
		}
		tries := 1
		if step == "Flaky" {
			tries = 2
		}
		failed := counted.count("fail")
		if counted.count("end") != 1 || len(counted) != 1+failed || failed > tries-1 {
			t.Errorf("%s was not done once: %+v", step, counted)
		}
		// A process that was killed cannot have come to its end, unless it was let
		// go before its runner had said so.
		if most := len(deaths) * tries; len(gone) > most {
			t.Errorf("%s was begun %d times in vain, at most %d are due to kills: %+v", step, len(gone), most, gone)
		}
	}
}

// letGo has an instance go on to its end.
func letGo(t testing.TB, dir string, i instance) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "go", strconv.Itoa(i.pid)), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}
