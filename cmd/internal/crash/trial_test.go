package crash

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/runner/proc"
)

// blow is a kill: where, and of whom.
type blow struct {
	at   string // begun, middle, again, ended, saved, told, failed, asked, decided
	step string
	who  string // server, runner, both; those of both come back in the order of the words: "server runner", "runner server"
}

func (b blow) server() bool { return strings.Contains(b.who, "server") }
func (b blow) runner() bool { return strings.Contains(b.who, "runner") }

// trial is one run of the pipeline with its kills.
type trial struct {
	testing.TB
	*rand.Rand
	server   *server
	dir      string
	task     progress.TaskID
	cmd      *exec.Cmd
	ended    chan struct{} // closed when the runner is gone
	blows    []blow        // that are still to come
	runners  map[int]bool
	deaths   []death
	marks    map[string]bool
	free     map[int]bool // processes that were let go
	approved bool
	over     bool // the runner was killed when it had nothing to do but to exit
}

func newTrial(t testing.TB, seed uint64, blows ...blow) *trial {
	t.Helper()
	tr := &trial{
		TB: t, Rand: rand.New(rand.NewPCG(seed, 3)), server: newServer(t, dbtest.URL(t, dbtest.SQLite)), dir: t.TempDir(), task: "crashed",
		blows: blows, runners: map[int]bool{}, marks: map[string]bool{}, free: map[int]bool{},
	}
	for name, text := range map[string]string{"p.yaml": crashed, "step.sh": stepScript} {
		if err := os.WriteFile(filepath.Join(tr.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(tr.dir, "go"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for mark := range tr.marks {
			_ = proc.KillLeftovers(mark, time.Second)
		}
	})
	return tr
}

// start starts the runner.
func (tr *trial) start() {
	tr.Helper()
	log, err := os.OpenFile(filepath.Join(tr.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		tr.Fatal(err)
	}
	defer log.Close()
	tr.cmd = exec.CommandContext(tr.Context(), herald, "run", "--id", string(tr.task), "p.yaml")
	tr.cmd.Dir, tr.cmd.Env = tr.dir, tr.server.env(tr.dir)
	tr.cmd.Stdout, tr.cmd.Stderr = log, log
	if err := tr.cmd.Start(); err != nil {
		tr.Fatal(err)
	}
	tr.runners[tr.cmd.Process.Pid] = true
	ended := make(chan struct{})
	tr.ended = ended
	go func(cmd *exec.Cmd) {
		defer close(ended)
		_ = cmd.Wait() // how it ended is asked for later
	}(tr.cmd)
}

// gone reports whether the runner has ended.
func (tr *trial) gone() bool {
	select {
	case <-tr.ended:
		return true
	default:
		return false
	}
}

// log is what the runners have said.
func (tr *trial) log() string {
	b, _ := os.ReadFile(filepath.Join(tr.dir, "log"))
	return string(b)
}

// saved is what the runner has saved last, and whether there is anything.
func (tr *trial) saved() (s struct {
	Mark  string                         `json:"mark"`
	Steps map[string]progress.StepStatus `json:"steps"`
}, ok bool) {
	b, err := os.ReadFile(filepath.Join(tr.dir, ".local", "state", "herald", "runs", string(tr.task)+".json"))
	if err != nil || json.Unmarshal(b, &s) != nil {
		return s, false
	}
	for _, step := range steps() {
		tr.marks[fmt.Sprintf("%s-%x", s.Mark, step)] = true
	}
	return s, true
}

// run goes through the trial, from the first start to the end of the task.
func (tr *trial) run() {
	tr.server.start()
	tr.start()
	for deadline := time.Now().Add(3 * patience); !tr.gone(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			tr.Fatalf("the pipeline does not come to its end:\n%s", tr.log())
		}
		if len(tr.blows) > 0 && tr.reached(tr.blows[0]) {
			b := tr.blows[0]
			tr.blows = tr.blows[1:]
			tr.strike(b)
			continue
		}
		tr.help()
	}
	if code := tr.cmd.ProcessState.ExitCode(); code != 0 && !tr.over {
		tr.Errorf("the runner ends with %d", code)
	}
	tr.check()
}

// holds reports whether an instance is to stay in its middle, as the next kill is
// to find it there.
func (tr *trial) holds(i instance, all trace) bool {
	if len(tr.blows) == 0 {
		return false
	}
	b := tr.blows[0]
	same := b.step == i.step
	switch b.at {
	case "middle":
		return same
	case "again":
		return same && all.of(i.step).count("fail") > 0
	case "told": // its neighbour goes on meanwhile
		return !same && (b.step == "Left" || b.step == "Right") && i.step != "Build"
	}
	return false
}

// help does what steps wait for: it lets them go, and approves. What a killed
// runner has left behind is not let go: somebody has to end it.
func (tr *trial) help() {
	all := readTrace(tr, tr.dir)
	for _, i := range all {
		if !tr.free[i.pid] && i.runner == tr.cmd.Process.Pid && !tr.holds(i, all) {
			letGo(tr, tr.dir, i)
			tr.free[i.pid] = true
		}
	}
	if !tr.approved && tr.waiting() && !tr.next("asked") {
		tr.approve()
	}
}

// next reports whether the next kill is at such a point.
func (tr *trial) next(at string) bool { return len(tr.blows) > 0 && tr.blows[0].at == at }

// waiting reports whether the task waits for its approval.
func (tr *trial) waiting() bool {
	s, ok := tr.saved()
	if !ok || s.Steps["Left"] != progress.StepCompleted || s.Steps["Right"] != progress.StepCompleted {
		return false // so it is not asked all the time
	}
	t, err := tr.server.Task(tr.Context(), tr.task)
	return err == nil && t.Status == progress.Waiting
}

// told are the steps that the server shows as completed.
func (tr *trial) told() (done []string) {
	t, err := tr.server.Task(tr.Context(), tr.task)
	if err != nil {
		return nil // the runner has not come to making it
	}
	for _, s := range t.Steps {
		if s.Status == progress.StepCompleted {
			done = append(done, s.Name)
		}
	}
	return done
}

func (tr *trial) approve() {
	tr.Helper()
	if _, err := tr.server.Command(tr.Context(), tr.task, progress.VerbApprove, client.CommandOptions{}); err != nil {
		tr.Fatalf("approving: %v\n%s", err, tr.log())
	}
	tr.approved = true
}

// reached reports whether the pipeline is where the kill is to be.
func (tr *trial) reached(b blow) bool {
	all := readTrace(tr, tr.dir).of(b.step)
	s, _ := tr.saved()
	switch b.at {
	case "begun":
		return true
	case "middle":
		return len(all) > 0 && all[len(all)-1].runner == tr.cmd.Process.Pid && all[len(all)-1].fate == "start"
	case "again":
		return all.count("fail") > 0 && all[len(all)-1].fate == "start"
	case "failed":
		return all.count("fail") > 0
	case "ended":
		return all.count("end") > 0
	case "saved":
		return s.Steps[b.step] == progress.StepCompleted
	case "told":
		return all.count("end") > 0 && slices.Contains(tr.told(), b.step)
	case "asked":
		return tr.waiting()
	case "decided":
		return tr.approved
	}
	tr.Fatalf("there is no point %q", b.at)
	return false
}

// strike kills, and starts again what was killed.
func (tr *trial) strike(b blow) {
	if b.at == "begun" || b.at == "ended" || b.at == "decided" {
		time.Sleep(time.Duration(tr.IntN(40)) * time.Millisecond) // to come at any moment, no proof of anything
	}
	told := tr.told()
	if b.server() {
		tr.server.kill()
	}
	if b.runner() {
		tr.over = tr.killRunner(told)
	}
	if b.at == "asked" && !b.server() {
		tr.approve() // while there is no runner
	}
	pause := time.Duration(tr.IntN(300)) * time.Millisecond
	for who := range strings.FieldsSeq(b.who) {
		switch {
		case who == "server":
			tr.server.start()
		case !tr.over:
			tr.start()
		}
		time.Sleep(pause)
	}
}

// killRunner kills the runner and notes what it had saved or told. It reports
// whether it was over already: then a new start would begin anew, as it should.
func (tr *trial) killRunner(told []string) (over bool) {
	_ = tr.cmd.Process.Kill() // it has ended
	<-tr.ended
	s, ok := tr.saved()
	if tr.cmd.ProcessState.ExitCode() == 0 || !ok && readTrace(tr, tr.dir).of("Flaky").count("end") > 0 {
		return true
	}
	d := death{runner: tr.cmd.Process.Pid, done: map[string]bool{}}
	for _, step := range steps() {
		d.done[step] = s.Steps[step] == progress.StepCompleted || slices.Contains(told, step)
	}
	tr.deaths = append(tr.deaths, d)
	return false
}

// check looks at what there is at the end.
func (tr *trial) check() {
	all := readTrace(tr, tr.dir)
	checkTrace(tr, all, tr.deaths, tr.runners)
	for mark := range tr.marks {
		if left := proc.Leftovers(mark); len(left) > 0 {
			tr.Errorf("the processes %v are left over", left)
		}
	}
	sync := exec.CommandContext(tr.Context(), herald, "sync") // what a server that was away at the end has missed
	sync.Dir, sync.Env = tr.dir, tr.server.env(tr.dir)
	if out, err := sync.CombinedOutput(); err != nil {
		tr.Errorf("herald sync: %v\n%s", err, out)
	}
	h := &history{}
	task := h.check(tr, tr.server.Client, tr.task)
	if task.Status != progress.Completed || task.Run != 1 || task.Attempt != 1 {
		tr.Errorf("the task is %s in run %d, attempt %d", task.Status, task.Run, task.Attempt)
	}
	for i, name := range steps() {
		done := "step.completed " + string(rune('1'+i))
		n := len(slices.DeleteFunc(slices.Clone(h.kinds), func(k string) bool { return k != done }))
		if task.Steps[i].Name != name || task.Steps[i].Status != progress.StepCompleted || n != 1 {
			tr.Errorf("%s is %s, and was completed %d times", name, task.Steps[i].Status, n)
		}
	}
	page, err := tr.server.Tasks(context.Background(), client.Query{})
	if err != nil || len(page.Tasks) != 1 {
		tr.Errorf("there are %d tasks, %v", len(page.Tasks), err)
	}
	// After its last step the runner may be faster than we look.
	if len(tr.blows) > 0 && (tr.blows[0].step != "Flaky" || !strings.Contains("told saved ended", tr.blows[0].at)) {
		tr.Errorf("never reached: %+v", tr.blows)
	}
	if tr.Failed() {
		tr.Logf("%+v\ndeaths: %+v\nevents: %q\n%s", all, tr.deaths, h.kinds, tr.log())
	}
}
