package progress

import (
	"encoding/json"
	"testing"
	"time"
)

// session is a task that its reporter knows by a name of its own, with a grace
// of a minute, and one step that stands at a percent.
func session(t testing.TB, percent float64) *life {
	t.Helper()
	l := &life{t: t, at: epoch}
	l.must(Create{Spec: Spec{Title: "CRM", Kind: "crm", Session: "s-1", Grace: time.Minute}}, worker)
	l.must(say("Load", percent), worker)
	return l
}

func say(step string, percent float64) Report {
	return Report{Step: StepRef{Name: step}, StepProgress: &percent}
}

// wait lets time go by, and the clock do what it has to.
func (l *life) wait(d time.Duration) {
	l.t.Helper()
	l.at = l.at.Add(d)
	for _, do := range l.task.Overdue(l.at) {
		l.must(do, Timer())
	}
}

func TestSessionEndsByItself(t *testing.T) {
	t.Parallel()
	l := session(t, 100)
	l.wait(59 * time.Second)
	l.status(Running)
	l.must(say("Load", 100), worker) // nothing new, but something followed
	l.wait(59 * time.Second)
	l.status(Running)
	l.wait(time.Second)
	l.status(Completed)
	l.percent(100)
	if l.task.End.Reason != Quiet || l.task.End.By != System {
		t.Fatalf("it ended by %+v", l.task.End)
	}
	if !l.task.Wake().IsZero() {
		t.Fatal("its clock goes on")
	}
}

func TestSessionStaysUnlessItsLastStepIsDone(t *testing.T) {
	t.Parallel()
	l := session(t, 99)
	l.wait(time.Hour)
	l.status(Running)
	l = session(t, 100)
	l.must(say("Save", 5), worker)
	l.wait(time.Hour)
	l.status(Running)
	l = session(t, 100)
	l.must(Pause{}, ann)
	l.wait(time.Hour)
	l.status(Paused)
	l = begin(t)
	l.must(say("Load", 100), worker)
	l.wait(time.Hour)
	l.status(Running)
}

// TestLapseMeetsReport is the clock that comes too late, as a report has
// followed.
func TestLapseMeetsReport(t *testing.T) {
	t.Parallel()
	l := session(t, 100)
	l.at = l.at.Add(30 * time.Second)
	if events := l.must(Lapse{}, Timer()); len(events) > 0 {
		t.Fatalf("it did %s", kindsOf(events))
	}
	l.must(say("Load", 100), worker)
	l.at = l.at.Add(40 * time.Second)
	l.must(Lapse{}, Timer())
	l.status(Running)
}

func TestReportReopensSession(t *testing.T) {
	t.Parallel()
	l := session(t, 100)
	l.wait(time.Hour)
	if got := kindsOf(l.must(say("Save", 50), worker)); got != "task.reopened plan.changed step.started " {
		t.Fatalf("it did %s", got)
	}
	l.status(Running)
	l.percent(75)
	if l.task.End != nil || !l.task.EndedAt.IsZero() || l.task.Run != 1 {
		t.Fatalf("it is still ended: %+v", l.task)
	}
	l.must(say("Save", 100), worker)
	l.wait(time.Hour)
	l.status(Completed)
	l.must(Report{Status: Failed}, worker)
	l.status(Failed)
	l.refused(Conflict, say("Save", 100), worker)
}

func TestEndAfterTheEndChangesNothing(t *testing.T) {
	t.Parallel()
	l := session(t, 100)
	l.wait(time.Hour)
	if events := l.must(Report{Status: Completed}, worker); len(events) > 0 {
		t.Fatalf("it did %s", kindsOf(events))
	}
	l.must(Report{Status: Completed, Result: json.RawMessage(`{"url":"x"}`)}, worker)
	l.status(Completed)
	if string(l.task.End.Result) != `{"url":"x"}` {
		t.Fatalf("the result is %s", l.task.End.Result)
	}
	l.refused(Conflict, say("Load", 100), worker) // its worker has said the last word
}

func TestWorkerPausesItself(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a")...)
	l.must(tick(1, 10), worker)
	l.must(Report{Status: Paused}, worker)
	l.status(Paused)
	l.step(1, StepPaused)
	if d := Direct(l.task, l.task, Command{Do: Heartbeat{}}); d.Control != ControlNone {
		t.Fatalf("it is told to %s", d.Control)
	}
	l.must(Report{Message: new("still waiting")}, worker)
	l.status(Paused)
	l.must(Report{Status: Running}, worker)
	l.status(Running)
	l.must(Report{Status: Paused}, worker)
	l.must(tick(1, 20), worker) // it works: so it is no longer paused
	l.status(Running)
	l.percent(20)
}

func TestPersonsPauseHolds(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a")...)
	l.must(tick(1, 10), worker)
	l.must(Pause{}, ann)
	l.must(Report{Status: Running}, worker)
	l.must(Report{Status: Paused}, worker)
	l.must(tick(1, 20), worker)
	l.status(Paused)
	if d := Direct(l.task, l.task, Command{Do: Heartbeat{}}); d.Control != ControlPause {
		t.Fatalf("it is told to %s", d.Control)
	}
	l.must(Resume{}, ann)
	l.must(Report{Status: Paused}, worker)
	l.must(Resume{}, ann) // a person may end the worker's pause
	l.status(Running)
}

// TestSessionID holds that ids are valid, the same again, and those of one kind
// and name alone.
func TestSessionID(t *testing.T) {
	t.Parallel()
	seen := map[TaskID]string{}
	for _, kind := range []string{"crm", "cr", "", "müller/\x00"} {
		for _, name := range []string{"m-1", "1", "", "s", "ß"} {
			id := SessionID(kind, name)
			if !id.Valid() || len(id) != 19 || id != SessionID(kind, name) {
				t.Errorf("%q %q: %s", kind, name, id)
			}
			if other, twice := seen[id]; twice {
				t.Errorf("%s is %q and %q", id, other, kind+" "+name)
			}
			seen[id] = kind + " " + name
		}
	}
}
