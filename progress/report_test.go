package progress

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

func TestReportLife(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a", "b", "c")...)
	l.status(Pending)
	events := l.must(tick(1, 40), worker)
	if got := kindsOf(events); got != "task.started step.started " {
		t.Fatal(got)
	}
	l.status(Running)
	l.percent(13.33)
	l.must(tick(1, 100), worker)
	l.step(1, StepRunning) // 100 does not end a step by itself
	if got := kindsOf(l.must(tick(2, 10), worker)); got != "step.completed step.started " {
		t.Fatal(got) // but going on does
	}
	l.must(at(2, StepCompleted), worker)
	l.must(at(3, StepCompleted), worker)
	l.status(Running) // ending the last step does not end the task
	l.percent(100)
	l.must(Report{Status: Completed, Result: json.RawMessage(`{"n":1}`)}, worker)
	l.status(Completed)
	if string(l.task.End.Result) != `{"n":1}` || l.task.EndedAt.IsZero() {
		t.Fatalf("end: %+v", l.task.End)
	}
	l.refused(Conflict, tick(3, 50), worker)
	if l.task.Seq != int64(len(l.events)) {
		t.Fatalf("seq %d, %d milestones", l.task.Seq, len(l.events))
	}
}

func TestReportFailures(t *testing.T) {
	t.Parallel()
	fault := &Fault{Message: "disk full"}
	for name, c := range map[string]struct {
		report Report
		want   Status
		kinds  string
	}{
		"a failed step ends its task":  {Report{Step: ref(1), StepStatus: StepFailed, Error: fault}, Failed, "step.failed task.failed "},
		"unless the worker goes on":    {Report{Step: ref(1), StepStatus: StepFailed, Error: fault, Status: Running}, Running, "step.failed "},
		"a failed task fails its step": {Report{Status: Failed, Error: fault}, Failed, "step.failed task.failed "},
		"an allowed failure":           {Report{Step: ref(2), StepStatus: StepFailed, Error: fault}, Running, "step.started step.failed "},
		"cancelled by its worker":      {Report{Status: Cancelled}, Cancelled, "task.cancelled "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := begin(t, Plan{Name: "a"}, Plan{Name: "b", AllowFailure: true})
			l.must(tick(1, 30), worker)
			if got := kindsOf(l.must(c.report, worker)); got != c.kinds {
				t.Fatalf("%s, want %s", got, c.kinds)
			}
			l.status(c.want)
			if l.task.Status.Ended() && l.task.Steps.Count(StepRunning) > 0 {
				t.Fatal("a step runs in a task that has ended")
			}
		})
	}
}

func TestReportThatNobodyCouldSee(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a")...)
	r := tick(1, 40)
	r.Message, r.Metrics = new("copying"), map[string]json.RawMessage{"files": json.RawMessage("3")}
	l.must(r, worker)
	before := l.task.Version
	for _, e := range l.must(r, worker) {
		if info, _ := e.Kind.Info(); info.Visible {
			t.Fatalf("%s", e.Kind)
		}
	}
	if l.task.Version != before {
		t.Fatalf("version %d after %d", l.task.Version, before)
	}
	l.must(tick(1, 39), worker) // below the mark
	if l.task.Version != before || l.task.Steps.At(1).Percent != 40 {
		t.Fatal("a lower percent was shown")
	}
	l.must(tick(1, 41), worker)
	if l.task.Version != before+1 {
		t.Fatalf("version %d, want %d", l.task.Version, before+1)
	}
}

func TestReportNumbers(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a")...)
	send := func(seq int64, p float64, worker_ string) {
		r := tick(1, p)
		r.Seq, r.Worker = seq, worker_
		l.must(r, worker)
	}
	send(5, 10, "w1")
	send(5, 90, "w1")
	send(4, 90, "w1")
	if p := l.task.Steps.At(1).Percent; p != 10 {
		t.Fatalf("a report that is not newer moved the step to %v", p)
	}
	send(1, 20, "w2") // another worker counts by itself
	send(6, 30, "w1")
	if p := l.task.Steps.At(1).Percent; p != 30 {
		t.Fatalf("percent %v", p)
	}
	done := Report{Status: Completed, Seq: 7, Worker: "w1"}
	l.must(done, worker)
	l.must(done, worker) // its answer was lost: acknowledged again
	done.Seq = 8
	l.refused(Conflict, done, worker)
}

func TestReportRefused(t *testing.T) {
	t.Parallel()
	nan, low, high := math.NaN(), -1.0, 100.5
	for field, r := range map[string]Report{
		"progress":      {Progress: &nan},
		"step_progress": {Step: ref(1), StepProgress: &low},
		"seq":           {Seq: -1},
		"step":          {Step: ref(9), StepProgress: new(1.0)},
		"step_status":   {Step: ref(1), StepStatus: "approval"},
		"status":        {Status: "approval"},
		"substep":       {Step: ref(1), SubstepDone: new(true)},
		"result":        {Result: json.RawMessage("{")},
	} {
		l := begin(t, plan("a")...)
		if err := l.refusal(Invalid, r, worker); err.Field != field {
			t.Errorf("field %q, want %q", err.Field, field)
		}
	}
	l := begin(t, plan("a")...)
	l.refused(Invalid, Report{Progress: &high}, worker)
	l.refused(Invalid, Report{Progress: new(math.Inf(1))}, worker)
	l.refused(Invalid, Report{StepProgress: new(3.0)}, worker) // which step?
	l.refused(Forbidden, tick(1, 5), ann)
	l.status(Pending)
}

func TestReportOfEndedStep(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a", "b")...)
	l.must(at(1, StepCompleted), worker)
	l.must(tick(1, 50), worker) // late, harmless
	l.step(1, StepCompleted)
	l.must(at(1, StepCompleted), worker)
	l.refused(Conflict, at(1, StepFailed), worker)
	l.refused(Conflict, at(1, StepRunning), worker)
	l.must(Skip{Step: 2}, ann)
	l.must(at(2, StepRunning), worker) // the worker has not heard yet
	l.step(2, StepSkipped)
}

func TestReportAppendsSteps(t *testing.T) {
	t.Parallel()
	l := begin(t)
	l.must(Report{Step: StepRef{Name: "fetch"}, StepProgress: new(50.0)}, worker)
	l.must(Report{Step: StepRef{Name: "fetch"}, StepStatus: StepCompleted}, worker)
	l.percent(99) // more may come
	l.must(Report{Step: StepRef{Name: "build"}, StepProgress: new(0.0)}, worker)
	l.percent(50) // a grown plan lowers it
	l.must(Report{Step: StepRef{Name: "build"}, Substep: "link"}, worker)
	l.must(Report{Substep: "pack", SubstepDone: new(true)}, worker)
	if s := l.task.Steps.At(2); len(s.Substeps) != 2 || s.Percent != 50 || !s.Substeps[1].Done() {
		t.Fatalf("%+v", s)
	}
	l.percent(75)
	l.must(Report{Status: Completed}, worker)
	l.percent(100)
	l.must(Restart{}, ann)
	if l.task.Steps.Len() != 0 {
		t.Fatal("a restart keeps steps that were never declared")
	}
}

func TestReporterNumberWins(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a", "b", "c", "d")...)
	l.must(at(1, StepCompleted), worker)
	l.percent(25)
	r := tick(2, 65)
	r.Progress = new(65.0)
	l.must(r, worker)
	l.percent(65)
	l.must(at(2, StepCompleted), worker)
	l.percent(65)
	l.must(Report{Progress: new(60.0)}, worker)
	l.percent(65)
	l.must(Report{Progress: new(100.0)}, worker)
	l.percent(100)
	l.status(Running)
	l.must(Report{Step: StepRef{Name: "e"}, StepStatus: StepRunning, Progress: new(70.0)}, worker)
	l.percent(70) // the plan grew
}

func TestWorkerTimes(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a", "b")...)
	l.at = epoch.Add(time.Hour) // reports kept by the worker arrive late
	for i, r := range []Report{at(1, StepRunning), at(1, StepCompleted), at(2, StepRunning)} {
		r.At = epoch.Add(time.Duration(i+1) * time.Minute)
		l.must(r, worker)
	}
	if got := l.task.Steps.At(1).Active(l.at); got != time.Minute {
		t.Fatalf("step 1 took %v", got)
	}
	r := at(2, StepCompleted)
	r.At = l.at.Add(time.Hour) // its clock is ahead
	l.must(r, worker)
	if end := l.task.Steps.At(2).EndedAt; end.After(l.at) {
		t.Fatalf("ended in the future: %v", end)
	}
	if !l.task.HeartbeatAt.Equal(l.at) {
		t.Fatal("a heartbeat by the worker's clock")
	}
}
