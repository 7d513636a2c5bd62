package engine

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/progress/trace"
)

// What a process that is killed works on, and with.
const (
	toilTasks   = 6
	toilThreads = 8
)

// answer is what a process that is killed was told: it is on disk, then.
type answer struct {
	Task         progress.TaskID
	Version, Seq int64
	Run, Attempt int
	Lines        int64
	Step         int // that was reported on, 0 for none
	Percent      float64
	Key          string // of a keyed command, with its verb and its refusal
	Verb         progress.Verb
	Refused      string
	Bad          string // an error that no command should have had
}

func answered(out Outcome) answer {
	t := out.Task
	return answer{Task: t.ID, Version: t.Version, Seq: t.Seq, Run: t.Run, Attempt: t.Attempt, Lines: t.Lines}
}

// toil changes tasks until it is killed, and says what it was answered.
func toil(url, seed string) error {
	d, err := db.Open(context.Background(), url)
	if err != nil {
		return err
	}
	n, err := strconv.ParseUint(seed, 10, 64)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	out := json.NewEncoder(os.Stdout)
	say := func(a answer) {
		mu.Lock()
		defer mu.Unlock()
		_ = out.Encode(a) // a parent that is gone ends us below
	}
	e := New(store.New(d), Options{})
	say(answer{})
	for i := range toilThreads {
		w := toiler{e, rand.New(rand.NewPCG(n, uint64(i))), fmt.Sprint(seed, ".", i), say}
		go w.run()
	}
	_, err = io.Copy(io.Discard, os.Stdin) // until the parent ends, should it not come to kill us
	return err
}

// toiler is one of the goroutines of a process that is killed.
type toiler struct {
	*Engine
	*rand.Rand
	name string
	say  func(answer)
}

func (w toiler) run() {
	for n := 0; ; n++ {
		id := progress.TaskID(fmt.Sprint("t", w.IntN(toilTasks)))
		if w.IntN(10) == 0 {
			w.keyed(id, fmt.Sprint(w.name, ".", n))
		} else {
			w.plain(id)
		}
	}
}

func (w toiler) plain(id progress.TaskID) {
	do, by := w.change()
	out, err := w.Execute(context.Background(), progress.Command{Task: id, By: by, Via: progress.ViaREST, Do: do})
	a := answered(out)
	switch progress.CodeOf(err) {
	case "":
		if r, ok := do.(progress.Report); ok && r.Step.Order > 0 {
			a.Step, a.Percent = r.Step.Order, out.Task.Steps.At(r.Step.Order).Percent
		}
	case progress.Conflict:
		return
	case progress.NotFound: // there is no such task yet
		c := create("a", "b", "c", "d")
		if out, err = w.Execute(context.Background(), progress.Command{Task: id, By: worker, Do: c}); err != nil {
			return
		}
		a = answered(out)
	default:
		a.Bad = err.Error()
	}
	w.say(a)
}

// change is what workers and people do, most of it ticks.
func (w toiler) change() (progress.Change, progress.Actor) {
	n := 1 + w.IntN(4)
	switch x := w.IntN(100); {
	case x < 50:
		return tick(n, float64(w.IntN(100))), worker
	case x < 58:
		return at(n, progress.StepRunning), worker
	case x < 64:
		return at(n, progress.StepCompleted), worker
	case x < 74:
		return progress.Log{Lines: make([]progress.LogLine, 1+w.IntN(3))}, worker
	case x < 76: // a step that a restart drops
		return progress.Report{Step: progress.StepRef{Name: "more"}, StepStatus: progress.StepRunning}, worker
	case x < 80:
		return progress.Ask{Step: progress.StepRef{Order: n}, Gate: progress.Gate{Prompt: w.name}}, worker
	case x < 86:
		return progress.Approve{}, ann
	case x < 88:
		return at(n, progress.StepFailed), worker
	case x < 91:
		return progress.Retry{}, ann
	case x < 93:
		return progress.Restart{}, ann
	case x < 96:
		return progress.Pause{}, ann
	}
	return progress.Resume{}, ann
}

func (w toiler) keyed(id progress.TaskID, key string) {
	verb := []progress.Verb{progress.VerbLog, progress.VerbPause, progress.VerbCreate, progress.VerbRestart}[w.IntN(4)]
	out, err := w.Execute(context.Background(), keyedCommand(key, verb, id))
	a := answered(out)
	a.Key, a.Verb = key, verb
	switch progress.CodeOf(err) {
	case "":
	case progress.Conflict:
		a.Refused = err.Error()
	case progress.NotFound:
		return // it is not kept, as the task may come to be
	default:
		a.Bad = err.Error()
	}
	w.say(a)
}

// keyedCommand is the same command whenever it is asked for; of a log the one
// line is the key.
func keyedCommand(key string, v progress.Verb, id progress.TaskID) progress.Command {
	c := progress.Command{Key: key, Body: string(v), Task: id, By: ann}
	switch v {
	case progress.VerbLog:
		c.By, c.Do = worker, progress.Log{Lines: []progress.LogLine{{Line: key}}}
	case progress.VerbPause:
		c.Do = progress.Pause{}
	case progress.VerbCreate:
		c.By, c.Task, c.Do = worker, "", create("a")
	default:
		c.Do = progress.Restart{}
	}
	return c
}

// TestKill kills a process in the middle of its work, again and again on the
// same database, and holds that what was answered is there. HERALD_SOAK is the
// number of kills, 6 if it is not set.
func TestKill(t *testing.T) {
	t.Parallel()
	kills := 6
	if n, err := strconv.Atoi(os.Getenv("HERALD_SOAK")); err == nil {
		kills = n
	}
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			url := dbtest.URL(t, dialect)
			least := map[progress.TaskID]answer{}
			total := 0
			for seed := range uint64(kills) {
				answers := kill(t, url, seed)
				total += len(answers)
				reopen(t, url, answers, least)
			}
			if total < kills*toilThreads {
				t.Fatalf("only %d answers in %d lives: nothing was put to the test", total, kills)
			}
			t.Logf("%d kills, %d answers", kills, total)
		})
	}
}

// kill lets a process work for 50 to 400 ms, kills it, and returns what it was
// answered.
func kill(t *testing.T, url string, seed uint64) []answer {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(exe, url, strconv.FormatUint(seed, 10))
	child.Env = append(os.Environ(), toilVar+"=1")
	child.Stderr = os.Stderr
	in, err := child.StdinPipe() // open as long as we live
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	if _, err := lines.ReadString('\n'); err != nil {
		t.Fatalf("the process does not begin: %v, %v", err, child.Wait())
	}
	life := 50 + rand.New(rand.NewPCG(seed, 99)).IntN(351)
	time.AfterFunc(time.Duration(life)*time.Millisecond, func() { _ = child.Process.Kill() })
	answers := read(t, lines)
	if err := child.Wait(); err == nil || child.ProcessState.Exited() {
		t.Fatalf("seed %d: the process ended by itself: %v", seed, err)
	}
	return answers
}

// read reads answers until their writer is dead; the last may be torn.
func read(t *testing.T, lines *bufio.Reader) []answer {
	t.Helper()
	var out []answer
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return out
		}
		var a answer
		if err := json.Unmarshal(line, &a); err != nil || a.Bad != "" {
			t.Errorf("%s: %v", line, err)
		}
		out = append(out, a)
	}
}

// reopen is the next program on the database of a dead one. Least is what
// earlier ones were answered; it only grows.
func reopen(t *testing.T, url string, answers []answer, least map[progress.TaskID]answer) {
	t.Helper()
	d, err := db.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	w := open(t, d, Options{})
	defer w.Close()
	for _, a := range answers {
		l := least[a.Task]
		l.Version, l.Seq, l.Lines = max(l.Version, a.Version), max(l.Seq, a.Seq), max(l.Lines, a.Lines)
		least[a.Task] = l
	}
	tasks := map[progress.TaskID]progress.Task{}
	for id, l := range least {
		// PostgreSQL may still be at the dead process's last COMMIT. A write
		// waits for its locks, and proves that work goes on.
		w.must(string(id), worker, progress.Log{Lines: make([]progress.LogLine, 1)})
		task := w.same(string(id))
		if task.Version < l.Version || task.Seq < l.Seq || task.Lines <= l.Lines {
			t.Errorf("%s is at version %d, seq %d, line %d; %+v was answered", id, task.Version, task.Seq, task.Lines, l)
		}
		tasks[id] = task
	}
	for _, a := range answers {
		task := tasks[a.Task]
		same := task.Run == a.Run && task.Attempt == a.Attempt
		if a.Step > 0 && same && task.Steps.At(a.Step).Percent < a.Percent {
			t.Errorf("%s: step %d is at %v; %+v was answered", a.Task, a.Step, task.Steps.At(a.Step).Percent, a)
		}
	}
	checkLogs(t, w, tasks, answers)
	checkKeys(t, w, answers)
	checkPasts(t, w, tasks)
}

// checkPasts holds that the end of a run is in history if it is in the task.
func checkPasts(t *testing.T, w world, tasks map[progress.TaskID]progress.Task) {
	t.Helper()
	runs, err := w.keep.Pasts(context.Background(), store.PastQuery{Limit: 1 << 20, Eyes: ann})
	if err != nil {
		t.Fatal(err)
	}
	ended := map[string]time.Time{}
	for _, p := range runs {
		ended[p.ID] = p.Ended
		if task, ok := tasks[p.Task]; ok && p.Nth > task.Run {
			t.Errorf("history has %s of a task at run %d", p.ID, task.Run)
		}
	}
	for id, task := range tasks {
		if at := ended[trace.ID(id, task.Run)]; task.Status.Ended() && !task.StartedAt.IsZero() && !at.Equal(task.EndedAt) {
			t.Errorf("run %d of %s ended at %v, and by history at %v", task.Run, id, task.EndedAt, at)
		}
	}
}

// checkLogs holds that every line is there once: those with a key by their
// text, the others by their number.
func checkLogs(t *testing.T, w world, tasks map[progress.TaskID]progress.Task, answers []answer) {
	t.Helper()
	times := map[string]int{}
	for id, task := range tasks {
		lines, err := w.keep.Lines(context.Background(), store.Logs{Task: id, Limit: 1 << 30})
		if err != nil || int64(len(lines)) != task.Lines {
			t.Fatalf("%s has %d lines of %d, %v", id, len(lines), task.Lines, err)
		}
		for i, l := range lines {
			if l.N != int64(i+1) {
				t.Fatalf("%s: line %d has number %d", id, i+1, l.N)
			}
			times[l.Line]++
		}
	}
	for _, a := range answers {
		if a.Verb == progress.VerbLog && times[a.Key] != 1 {
			t.Errorf("line %s is there %d times", a.Key, times[a.Key])
		}
	}
}

// checkKeys holds that an answered key gives what it gave.
func checkKeys(t *testing.T, w world, answers []answer) {
	t.Helper()
	for _, a := range answers {
		if a.Key == "" {
			continue
		}
		out, err := w.Execute(context.Background(), keyedCommand(a.Key, a.Verb, a.Task))
		said := ""
		if err != nil {
			said = err.Error()
		}
		again := answered(out)
		again.Key, again.Verb, again.Refused = a.Key, a.Verb, a.Refused
		if !out.Replayed || again != a || said != a.Refused {
			t.Errorf("%+v was answered, and now %+v: %v", a, again, strings.TrimSpace(said))
		}
	}
}
