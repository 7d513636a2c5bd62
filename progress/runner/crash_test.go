package runner

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// victim starts a runner of its own process, to be killed.
func (p *place) victim(text string) *exec.Cmd {
	p.Helper()
	file := p.write("pipeline.yaml", text)
	exe, err := os.Executable()
	if err != nil {
		p.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), "HERALD_TEST_FILE="+file, "HERALD_URL="+p.server.URL, "HERE="+p.dir)
	cmd.Stderr = p.file("victim")
	if err := cmd.Start(); err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have been already
		if p.Failed() {
			p.Logf("the one that was killed said:\n%s", p.read("victim"))
		}
	})
	return cmd
}

// kill ends it as a crash does.
func (p *place) kill(cmd *exec.Cmd) {
	p.Helper()
	if err := cmd.Process.Kill(); err != nil {
		p.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
}

// saved is what is saved of a step of task "p".
func (p *place) saved(step string) progress.StepStatus {
	p.Helper()
	var s State
	if err := json.Unmarshal([]byte(p.read("state/p.json")), &s); err != nil {
		return ""
	}
	return s.Steps[step]
}

// three has steps that wait for a file, and note when they begin and end.
const three = `
steps:
  - {name: A, run: 'echo A >> "$HERE/begun"; echo $$ > "$HERE/A.pid"; while [ ! -e "$HERE/A.go" ]; do sleep 0.05; done; echo A >> "$HERE/ended"'}
  - {name: B, run: 'echo B >> "$HERE/begun"; echo $$ > "$HERE/B.pid"; while [ ! -e "$HERE/B.go" ]; do sleep 0.05; done; echo B >> "$HERE/ended"'}
  - {name: C, run: 'echo C >> "$HERE/begun"; echo $$ > "$HERE/C.pid"; while [ ! -e "$HERE/C.go" ]; do sleep 0.05; done; echo C >> "$HERE/ended"'}
`

// TestKilledInTheMiddle kills the runner while a step runs. That step alone begins
// again, when what is left of it has ended.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	for i, step := range []string{"A", "B", "C"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			for _, before := range []string{"A", "B", "C"}[:i] {
				p.write(before+".go", "")
			}
			v := p.victim(three)
			left := p.pid(step + ".pid")
			p.stepBecomes("p", i+1, progress.StepRunning)
			p.kill(v)
			if state(left) == "" {
				t.Fatal("the step ended with its runner: this test shows nothing")
			}
			p.write(step+".pid", "")
			end := p.run(three)
			p.pid(step + ".pid") // it runs again
			if s := state(left); s != "" {
				t.Errorf("what the killed one has left is there: %s", s)
			}
			for _, after := range []string{"A", "B", "C"}[i:] {
				p.write(after+".go", "")
			}
			p.ended(end, progress.Completed)
			p.is("p", progress.Completed, "completed completed completed")
			begun := strings.Join([]string{"A", "B", "C"}[:i+1], " ") + " " + strings.Join([]string{"A", "B", "C"}[i:], " ")
			if p.words("begun") != begun || p.words("ended") != "A B C" {
				t.Errorf("begun %s, ended %s", p.words("begun"), p.words("ended"))
			}
			p.nothingSaved()
		})
	}
}

// TestKilledBetween kills the runner when a step has ended and the next has not
// begun, before and after the server hears of it.
func TestKilledBetween(t *testing.T) {
	t.Parallel()
	for i, step := range []string{"A", "B", "C"} {
		for _, heard := range []bool{false, true} {
			t.Run(step+map[bool]string{true: " heard"}[heard], func(t *testing.T) {
				t.Parallel()
				p := newPlace(t)
				for _, before := range []string{"A", "B", "C"}[:i] {
					p.write(before+".go", "")
				}
				v := p.victim(three)
				p.pid(step + ".pid")
				p.stepBecomes("p", i+1, progress.StepRunning)
				release := make(chan struct{})
				if !heard {
					p.server.Gate(func(r *http.Request) bool {
						if r.Method == http.MethodPost {
							<-release
							return false
						}
						return true
					})
				}
				p.write(step+".go", "")
				p.await("it is saved", func() bool { return p.saved(step) == progress.StepCompleted || p.saved("A") == "" })
				if heard {
					p.stepBecomes("p", i+1, progress.StepCompleted)
				}
				p.kill(v)
				p.server.Gate(nil)
				close(release)
				for _, after := range []string{"B", "C"} {
					p.write(after+".go", "")
				}
				if status := p.task("p").Status; status != progress.Completed {
					p.ended(p.run(three), progress.Completed)
				}
				p.is("p", progress.Completed, "completed completed completed")
				// The next step may have begun before the kill, and then begins again.
				if begun := p.words("begun"); strings.Count(begun, step) != 1 || strings.Count(p.words("ended"), step) != 1 {
					t.Errorf("begun %s, ended %s", begun, p.words("ended"))
				}
			})
		}
	}
}

// TestKilledAtApproval is approved while nobody is there.
func TestKilledAtApproval(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	text := strings.Replace(gated, "%s", "", 1)
	v := p.victim(text)
	p.stepBecomes("p", 2, progress.StepWaiting)
	p.kill(v)
	end := p.run(text) // asks again, which is the same
	p.await("it asks", func() bool { return strings.Contains(p.said.String(), "waits for an approval") })
	p.wish("p", progress.VerbApprove, client.CommandOptions{})
	p.stepBecomes("p", 3, progress.StepWaiting)
	p.interrupt(syscall.SIGTERM)
	p.ended(end, "")
	p.wish("p", progress.VerbApprove, client.CommandOptions{})
	p.ended(p.run(text), progress.Completed)
	p.is("p", progress.Completed, "completed completed completed completed")
	if p.words("ran") != "a gate b" {
		t.Errorf("ran %s", p.words("ran"))
	}
}

// TestKilledAtAnyTime kills it again and again. A step that is saved as completed
// never runs again, and in the end all have.
func TestKilledAtAnyTime(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	text := `
steps:
  - parallel:
      - {name: A, run: 'echo A >> "$HERE/begun"; sleep 0.1'}
      - {name: B, run: 'echo B >> "$HERE/begun"; sleep 0.3'}
  - {name: C, run: 'echo C >> "$HERE/begun"; sleep 0.1'}
  - {name: D, run: 'echo D >> "$HERE/begun"; sleep 0.1'}
`
	for n := range 6 {
		v := p.victim(text)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = v.Wait() // killed or not
		}()
		select {
		case <-ended:
		case <-time.After(time.Duration(150+100*n) * time.Millisecond):
		}
		_ = v.Process.Kill() // it may have ended
		<-ended
		done := map[string]int{}
		for _, step := range []string{"A", "B", "C", "D"} {
			if p.saved(step) == progress.StepCompleted {
				done[step] = strings.Count(p.read("begun"), step)
			}
		}
		if len(done) == 0 {
			continue
		}
		v = p.victim(text)
		time.Sleep(time.Duration(100+50*n) * time.Millisecond) // anywhere
		p.kill(v)
		for step, times := range done {
			if got := strings.Count(p.read("begun"), step); got != times && p.saved("A") != "" {
				t.Errorf("%s had completed, and ran again", step)
			}
		}
		if status := p.task("p").Status; status.Ended() {
			break
		}
	}
	if !p.task("p").Status.Ended() {
		p.ended(p.run(text), progress.Completed)
	}
	p.is("p", progress.Completed, "completed completed completed completed")
}

// TestFailedBeforeTheCrash ends as failed: a step that had failed for good is not
// taken as done.
func TestFailedBeforeTheCrash(t *testing.T) {
	t.Parallel()
	for _, heard := range []bool{false, true} {
		p := newPlace(t)
		text := `
steps:
  - parallel:
      - {name: A, run: 'exit 3'}
      - {name: B, run: '` + hold("b") + `'}
  - {name: C, run: 'true'}
`
		if !heard {
			p.server.Gate(func(r *http.Request) bool { // the reports after the first few are lost
				return r.Method != http.MethodPost || p.saved("A") != progress.StepFailed
			})
		}
		v := p.victim(text)
		p.pid("b.pid")
		p.await("it is saved", func() bool { return p.saved("A") == progress.StepFailed })
		if heard {
			p.stepBecomes("p", 1, progress.StepFailed)
		}
		p.kill(v)
		p.server.Gate(nil)
		p.ended(p.run(text), progress.Failed)
		if got := p.becomes("p", progress.Failed); got.Steps[0].Status != progress.StepFailed || got.Steps[2].Status != progress.StepPending {
			t.Errorf("%s", steps(got))
		}
	}
}
