package progress

import (
	"strings"
	"testing"
	"time"
)

// say sends a worker's command and returns what it is told.
func (l *life) say(c Change, f Fence) (Directive, error) {
	before := l.task
	l.at = l.at.Add(time.Second)
	cmd := Command{Task: "t1", By: worker, If: f, Do: c}
	_, err := l.command(cmd)
	return Direct(before, l.task, cmd), err
}

func (l *life) told(what string, want Directive, c Change, f Fence) {
	l.t.Helper()
	if got, _ := l.say(c, f); got != want {
		l.t.Errorf("%s: told %+v, want %+v", what, got, want)
	}
}

// TestFailingDoesNotOpenAGate: a worker cannot get past a gate by failing its
// step and going on, nor a person by skipping what was never approved.
func TestFailingDoesNotOpenAGate(t *testing.T) {
	t.Parallel()
	l := atGate(t, Gate{Approvers: []string{"bob"}})
	r := at(2, StepFailed)
	r.Status = Running
	l.must(r, worker)
	l.status(Failed)
	l.refused(Conflict, Skip{Step: 2}, cy)
	l.must(Retry{Step: 2}, cy)
	l.must(at(2, StepRunning), worker)
	l.must(Reject{}, bob)
	l.refused(Conflict, Skip{Step: 2}, cy) // a rejection is not skipped over

	l = begin(t, Plan{Name: "a", Gate: &Gate{}, AllowFailure: true}, Plan{Name: "b"})
	l.must(at(1, StepFailed), worker)
	l.status(Failed)
	l.must(Retry{}, cy)
	l.must(at(1, StepRunning), worker)
	l.step(1, StepWaiting)
	l = atGate(t, Gate{OnReject: RejectSkips})
	l.must(Reject{}, bob)
	l.must(at(3, StepRunning), worker) // the policy says go on
}

// TestADeclaredGateIsNotReplaced: a worker's own question does not take the
// place of the approval that was declared.
func TestADeclaredGateIsNotReplaced(t *testing.T) {
	t.Parallel()
	declared := Gate{Prompt: "Ship?", Approvers: []string{"bob", "cy"}, Quorum: 2}
	weak := Ask{Step: ref(2), Gate: Gate{Prompt: "ok?", ExpiresIn: 1, Default: DefaultApprove}}
	l := atGate(t, declared)
	l.refused(Conflict, weak, worker)
	l = begin(t, gated(declared)...)
	l.must(at(1, StepCompleted), worker)
	l.refused(Conflict, weak, worker)
	l.must(Ask{Step: ref(2), Gate: declared}, worker) // the same question
	l.must(Approve{}, bob)
	l.must(Approve{}, cy)
	l.must(weak, worker) // in mid-step, once the declared one is passed
	l.must(Ask{Step: ref(2), Gate: Gate{Prompt: "still ok?"}}, worker)
	l.step(2, StepWaiting)
}

func TestStepAt100BeforeAGate(t *testing.T) {
	t.Parallel()
	l := begin(t, gated(Gate{})...)
	l.must(tick(1, 100), worker)
	l.must(at(2, StepRunning), worker)
	l.step(1, StepCompleted)
	l.told("at the gate", Directive{ControlWait, 2}, Heartbeat{}, Fence{})
	l.refused(Conflict, Report{Progress: new(90.0)}, worker)
	r := at(2, StepRunning)
	r.Progress = new(90.0)
	l.refused(Conflict, r, worker)
	l.refused(Conflict, at(3, StepSkipped), worker)
	l.refused(Conflict, at(3, StepFailed), worker)
}

func TestDeciders(t *testing.T) {
	t.Parallel()
	l := atGate(t, Gate{Approvers: []string{"bob"}})
	l.refused(Forbidden, Approve{}, Actor{Person: System, Rights: MayApprove}) // a name is no right
	l.at = l.at.Add(time.Hour)
	l = atGate(t, Gate{ExpiresIn: 60, Options: []string{"blue"}})
	if err := l.refusal(Invalid, Approve{Option: "red"}, ann); !strings.Contains(err.Say, "blue") {
		t.Error(err)
	}
	l.at = l.at.Add(time.Hour)
	if err := l.refusal(Conflict, Approve{}, ann); !strings.Contains(err.Say, "too late") {
		t.Error(err)
	}
	l.must(Expire{Step: 2}, Timer())
	l.status(Failed)

	l = &life{t: t, at: epoch} // ann made nothing here, she only owns it
	l.must(Create{Spec: Spec{Title: "x", Owner: "ann"}, Steps: []Plan{{Name: "a", Gate: &Gate{Approvers: []string{"ann", "bob"}}}}}, worker)
	l.must(at(1, StepRunning), worker)
	if got := Offers(l.task, bob); len(got) != 2 {
		t.Errorf("bob may decide and no more: %v", got)
	}
	l.refused(Forbidden, Cancel{}, bob)
	l.refused(NotFound, Cancel{}, cy)
	l.must(Approve{}, ann)
	if !Sees(l.task, bob) {
		t.Error("who may decide does not see what was decided")
	}
}

func TestWhatWorkersAreTold(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a", "b")...)
	l.must(tick(1, 50), worker)
	l.must(tick(2, 50), worker)
	l.must(Skip{Step: 1}, ann)
	l.must(Skip{Step: 2}, ann)
	l.told("skipped first", Directive{ControlSkip, 1}, tick(1, 60), Fence{})
	l.told("and again", Directive{ControlSkip, 1}, tick(1, 60), Fence{})
	l.told("skipped second", Directive{ControlSkip, 2}, tick(2, 60), Fence{})
	l.must(Cancel{}, ann)
	l.must(Restart{}, ann) // nobody was in contact since the cancellation
	l.told("a plain worker of the cancelled run", Directive{Control: ControlRestart}, Heartbeat{}, Fence{})
	l.told("the new run", Directive{}, at(1, StepRunning), Fence{Run: 2, Attempt: 1})
	l.must(Restart{}, ann)
	l.told("the end of run 2 does not end run 3", Directive{Control: ControlRestart}, Report{Status: Completed}, Fence{})
	l.status(Pending)
	l.must(Cancel{}, ann)
	l.told("run 2, when run 3 is cancelled", Directive{Control: ControlCancel}, tick(1, 5), Fence{Run: 2})
	l.must(Restart{}, ann)
	l.must(Claim{Worker: "w2", Lease: "L2"}, worker)
	l.told("run 3, when another has run 4", Directive{Control: ControlCancel}, tick(1, 5), Fence{Run: 3})
}

// TestEachWorkerIsTold: every worker that was there before a wish hears of it
// once, and again when the answer was lost.
func TestEachWorkerIsTold(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a", "b")...)
	one, two := tick(1, 50), tick(2, 50)
	one.Worker, two.Worker = "one", "two"
	one.Seq = 1
	l.must(one, worker)
	l.must(two, worker)
	l.must(Restart{}, ann)
	restart := Directive{Control: ControlRestart}
	one.Seq = 2
	l.told("one", restart, one, Fence{})
	l.told("one, whose answer was lost", restart, one, Fence{})
	l.told("two", restart, two, Fence{})
	l.told("two, once", Directive{}, two, Fence{})
	one.Seq = 3
	l.told("one goes on", Directive{}, one, Fence{})
	l.told("a third that came later", Directive{}, Heartbeat{Worker: "three"}, Fence{})

	l = begin(t, plan("a")...)
	l.must(Claim{Worker: "w1", Lease: "L1"}, worker)
	mine := tick(1, 5)
	mine.Lease, mine.Worker = "L1", "w1"
	l.must(mine, worker)
	l.must(Restart{}, ann)
	l.told("of the old run", restart, mine, Fence{Run: 1})
	l.told("with a lease that is no more", Directive{Control: ControlCancel}, mine, Fence{Run: 2})
	l.must(Claim{Worker: "w1", Lease: "L2"}, worker)
	mine.Lease = "L2"
	l.told("claimed again", Directive{}, mine, Fence{Run: 2})

	l = begin(t, plan("a", "b")...)
	l.must(at(1, StepRunning), worker)
	l.must(at(1, StepCompleted), worker)
	l.must(at(2, StepRunning), worker)
	l.must(Restart{}, ann)
	l.told("the end of a step of run 1", restart, at(2, StepCompleted), Fence{})
	l.must(at(1, StepRunning), worker)
	l.must(at(1, StepCompleted), worker)
	l.must(at(2, StepRunning), worker)
	l.must(Report{Status: Completed}, worker)
	l.told("another worker of a completed task", Directive{Control: ControlCancel}, Heartbeat{Worker: "two"}, Fence{})
}

// TestDeclaredGateKeepsItsTerms: asked for by its worker it has its own expiry,
// default and risk.
func TestDeclaredGateKeepsItsTerms(t *testing.T) {
	t.Parallel()
	g := Gate{Prompt: "Ship?", Approvers: []string{"bob"}, ExpiresIn: 86_400, Default: DefaultApprove, Risk: "high"}
	l := begin(t, gated(g)...)
	l.must(at(1, StepCompleted), worker)
	soon := g
	soon.ExpiresIn, soon.Risk = 1, "low"
	l.must(Ask{Step: ref(2), Gate: soon}, worker)
	if a := l.task.Steps.At(2).Approval; a.ExpiresIn != 86_400 || a.Risk != "high" {
		t.Errorf("%+v", a.Gate)
	}
}

func TestOpenPlanShows99(t *testing.T) {
	t.Parallel()
	l := begin(t)
	l.must(Report{Progress: new(100.0)}, worker)
	l.percent(99)
	l.must(Report{Status: Completed}, worker)
	l.percent(100)
}

func TestToldAfterRetryAndSkip(t *testing.T) {
	t.Parallel()
	l := begin(t, Plan{Name: "a", AllowFailure: true}, Plan{Name: "b"})
	l.must(at(1, StepFailed), worker)
	l.told("failed at the second", Directive{ControlFail, 2}, at(2, StepFailed), Fence{})
	l.must(Skip{}, ann)
	l.step(2, StepSkipped)
	l.told("attempt 1, its step skipped", Directive{ControlSkip, 2}, tick(2, 60), Fence{Run: 1, Attempt: 1})
	l.must(Report{Status: Failed}, worker)
	l.refused(Conflict, Retry{Step: 2}, ann)
	l = begin(t, plan("a")...)
	l.must(Report{Status: Failed}, worker) // between steps
	if err := l.refusal(Conflict, Retry{}, ann); !strings.Contains(err.Say, "restart") {
		t.Error(err)
	}
	l.refused(Conflict, Skip{}, ann)
	l = begin(t, plan("a", "b")...)
	l.must(Report{Step: ref(2), Status: Failed}, worker)
	l.step(2, StepFailed)
}

func TestPauseMayBeResumed(t *testing.T) {
	t.Parallel()
	l := &life{t: t, at: epoch}
	l.must(Create{Spec: Spec{Title: "x", Controls: []Verb{VerbPause}}, Steps: plan("a")}, worker)
	l.must(tick(1, 1), worker)
	l.must(Pause{}, ann)
	l.at = l.at.Add(time.Hour)
	l.must(Ask{Step: ref(1), Gate: Gate{}}, worker)
	l.must(Approve{}, ann)
	l.must(Resume{}, ann)
	if got := l.task.Steps.At(1).Active(l.at); got > 10*time.Second {
		t.Errorf("an hour's pause counts as %v of work", got)
	}
}

func TestWhatIsNoChange(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a")...)
	l.must(tick(1, 1), worker)
	l.refused(Internal, &Pause{}, ann)
	if _, err := Decide(l.task, Command{Task: "t1", By: ann}, l.at); CodeOf(err) != Invalid {
		t.Error(err)
	}
	l.must(Report{Result: []byte(`{"a":1}`)}, worker)
	l.must(Report{Result: []byte(`null`), Status: Completed}, worker)
	if string(l.task.End.Result) != `{"a":1}` {
		t.Errorf("a null took the place of %s", l.task.End.Result)
	}
	l.must(Restart{Inputs: []byte(`{"v":1}`)}, ann)
	l.must(Restart{Inputs: []byte(` null`)}, ann)
	if string(l.task.Spec.Inputs) != `{"v":1}` {
		t.Errorf("a null took the place of the inputs: %s", l.task.Spec.Inputs)
	}
	l.refused(Invalid, Restart{Inputs: []byte(`{`)}, ann)
	l = begin(t, plan("a")...)
	if err := l.refusal(NotFound, Ask{Step: StepRef{Name: "zz"}}, worker); !strings.Contains(err.Say, "zz") {
		t.Error(err)
	}
}

func TestSubstepsOfAnyStepAreBounded(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a", "b")...)
	l.must(tick(1, 1), worker)
	limits := DefaultLimits()
	limits.Substeps = 2
	for _, name := range []string{"x", "y", "z"} {
		before := l.task
		l.must(Report{Step: ref(2), Substep: name}, worker)
		if err := limits.CheckTask(&before, &l.task); (CodeOf(err) == TooLarge) != (name == "z") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
