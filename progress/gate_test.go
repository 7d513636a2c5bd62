package progress

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func gated(g Gate) []Plan { return []Plan{{Name: "build"}, {Name: "deploy", Gate: &g}, {Name: "tell"}} }

// atGate is a task whose second step asks.
func atGate(t *testing.T, g Gate) *life {
	t.Helper()
	l := begin(t, gated(g)...)
	l.must(at(1, StepCompleted), worker)
	l.must(at(2, StepRunning), worker)
	l.status(Waiting)
	l.step(2, StepWaiting)
	return l
}

func TestGateApproved(t *testing.T) {
	t.Parallel()
	l := atGate(t, Gate{Prompt: "Ship it?"})
	l.must(at(2, StepRunning), worker) // asked again: the same question
	if a := l.task.Steps.At(2).Approval; a.AskedBy != "ci" || len(a.ID) < 10 || len(l.events) != 5 {
		t.Fatalf("%+v, %d events", a, len(l.events))
	}
	if got := kindsOf(l.must(Approve{Reason: "go"}, ann)); got != "approval.decided step.started " {
		t.Fatal(got)
	}
	l.status(Running)
	l.step(2, StepRunning)
	err := l.refusal(Conflict, Reject{Step: 2}, bob)
	for _, want := range []string{"approved by ann", "via rest", "go"} {
		if !strings.Contains(err.Say, want) {
			t.Errorf("%q does not say %q", err.Say, want)
		}
	}
	l.refused(Conflict, Approve{}, bob)
}

func TestNothingPassesAGate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		report Report
		ok     bool
	}{
		"its percent":             {tick(2, 50), false},
		"its end":                 {at(2, StepCompleted), false},
		"its skipping":            {at(2, StepSkipped), false},
		"its substep":             {Report{Step: ref(2), Substep: "x"}, false},
		"the next step":           {at(3, StepRunning), false},
		"the end of the task":     {Report{Status: Completed}, false},
		"the task's number":       {Report{Progress: new(90.0)}, false},
		"its failure":             {at(2, StepFailed), true},
		"the failure of the task": {Report{Status: Failed}, true},
		"a message":               {Report{Message: new("waiting for ann")}, true},
		"the same again":          {at(2, StepRunning), true},
		"a late percent before":   {tick(1, 99), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := atGate(t, Gate{})
			if c.ok {
				l.must(c.report, worker)
				return
			}
			l.refused(Conflict, c.report, worker)
		})
	}
}

func TestNothingPassesAGateThatWasNotAsked(t *testing.T) {
	t.Parallel()
	l := begin(t, gated(Gate{})...)
	l.must(at(1, StepRunning), worker)
	l.refused(Conflict, at(3, StepRunning), worker)
	l.refused(Conflict, at(2, StepCompleted), worker)
	l.refused(Conflict, Report{Status: Completed}, worker)
	l.refused(Conflict, Skip{Step: 2}, ann)
	l.must(tick(1, 50), worker)
	l.must(Report{Progress: new(40.0)}, worker)
	l.must(tick(2, 10), worker) // comes to it: asks, and the percent does not count
	l.step(2, StepWaiting)
	if l.task.Steps.At(2).Percent != 0 {
		t.Fatal("work was counted that nobody approved")
	}
	l.must(tick(1, 60), worker) // what was under way goes on
}

func TestGateRejected(t *testing.T) {
	t.Parallel()
	for policy, want := range map[OnReject]struct {
		task Status
		step StepStatus
	}{
		"": {Failed, StepFailed}, RejectFails: {Failed, StepFailed},
		RejectSkips: {Running, StepSkipped}, RejectCancels: {Cancelled, StepPending},
	} {
		l := atGate(t, Gate{OnReject: policy, Quorum: 2})
		l.must(Approve{}, bob)
		l.must(Reject{Reason: "not today"}, ann) // one rejection decides
		l.status(want.task)
		l.step(2, want.step)
		a := l.task.Steps.At(2).Approval
		if a.Status != ApprovalRejected || a.DecidedBy != "ann" || a.Reason != "not today" || len(a.Votes) != 2 {
			t.Errorf("%s: %+v", policy, a)
		}
	}
}

func TestGateQuorumAndDeciders(t *testing.T) {
	t.Parallel()
	l := atGate(t, Gate{Approvers: []string{"group:ops", "bob"}, Quorum: 2, Options: []string{"blue", "green"}})
	err := l.refusal(Forbidden, Approve{}, cy)
	if !strings.Contains(err.Say, "the group ops or bob") {
		t.Error(err.Say)
	}
	l.refused(Invalid, Approve{Option: "red"}, ann)
	l.must(Approve{Option: "blue"}, ann)
	l.status(Waiting)
	l.refused(Conflict, Approve{}, ann) // twice counts once
	l.must(Approve{}, bob)
	l.status(Running)
	if got := kindsOf(l.events); !strings.Contains(got, "approval.needed approval.voted approval.decided step.started") {
		t.Error(got)
	}
}

func TestGateSelfApproval(t *testing.T) {
	t.Parallel()
	for self, want := range map[bool]Code{false: Forbidden, true: ""} {
		l := &life{t: t, at: epoch}
		g := Gate{Approvers: []string{"ann", "bob"}, SelfApproval: self}
		maker := Actor{Person: "ann", Rights: MayReport, All: true}
		l.must(Create{Spec: Spec{Title: "x", Owner: "ann"}, Steps: []Plan{{Name: "a", Gate: &g}}}, maker)
		l.must(at(1, StepRunning), maker) // who asks
		if _, err := l.try(Approve{}, ann); CodeOf(err) != want {
			t.Errorf("self approval %v: %v", self, err)
		}
	}
	l := atGate(t, Gate{}) // nobody is named: the owner may
	l.task.Spec.Owner = "ann"
	l.must(Approve{}, ann)
}

func TestGateExpires(t *testing.T) {
	t.Parallel()
	for def, want := range map[Default]Status{"": Failed, DefaultReject: Failed, DefaultApprove: Running, DefaultHold: Waiting} {
		l := atGate(t, Gate{ExpiresIn: 60, Default: def})
		if events := l.must(Expire{Step: 2}, Timer()); len(events) > 0 {
			t.Fatal("expired early")
		}
		step, due := l.task.Due()
		if (step == 2) == (def == DefaultHold) {
			t.Fatalf("%s: due step %d", def, step)
		}
		l.at = l.at.Add(time.Minute)
		if def != DefaultHold && l.at.Before(due) {
			t.Fatal(due)
		}
		l.must(Expire{Step: 2}, Timer())
		l.status(want)
	}
}

func TestAskInMidStep(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a", "b")...)
	l.must(tick(1, 40), worker)
	l.must(Ask{Step: ref(1), Gate: Gate{Prompt: "Drop table?"}}, worker)
	l.status(Waiting)
	l.refused(Conflict, tick(1, 60), worker)
	first := *l.task.Steps.At(1).Approval
	l.must(Ask{Step: ref(1), Gate: Gate{Prompt: "Drop two tables?"}}, worker)
	if got := kindsOf(l.events[len(l.events)-2:]); got != "approval.decided approval.needed " {
		t.Fatal(got)
	}
	if v := l.events[len(l.events)-2].Data.Approval; v.ID != first.ID || v.Status != ApprovalVoid {
		t.Fatalf("%+v", v)
	}
	l.at = l.at.Add(time.Second)
	_, err := l.command(Command{Task: "t1", By: ann, Via: ViaButton, If: Fence{Digest: first.Digest}, Do: Approve{}})
	if CodeOf(err) != Conflict {
		t.Fatalf("an old button: %v", err)
	}
	l.must(Approve{}, ann)
	l.step(1, StepRunning)
	if p := l.task.Steps.At(1).Percent; p != 40 {
		t.Fatal(p)
	}
	l.must(Ask{Step: ref(1), Gate: Gate{Prompt: "Drop two tables?"}}, worker) // answered already
	l.status(Running)
	l.at = l.at.Add(time.Hour)
	if got := l.task.Steps.At(1).Active(l.at); got > time.Hour+5*time.Second {
		t.Fatalf("waiting counts as work: %v", got)
	}
}

func TestPauseAndGate(t *testing.T) {
	t.Parallel()
	l := begin(t, gated(Gate{})...)
	l.must(at(1, StepRunning), worker)
	l.must(Pause{}, ann)
	l.step(1, StepPaused)
	l.must(at(1, StepCompleted), worker) // facts beat wishes
	l.must(at(2, StepRunning), worker)
	l.status(Paused)
	l.step(2, StepWaiting)
	l.must(Approve{}, ann)
	l.status(Paused)
	l.must(Resume{}, ann)
	l.status(Running)
	l.must(at(2, StepRunning), worker) // approved: it starts
	l.step(2, StepRunning)
}

func TestRetryKeepsApprovalUnlessInputsChange(t *testing.T) {
	t.Parallel()
	for inputs, want := range map[string]StepStatus{"": StepRunning, `{"v":2}`: StepWaiting} {
		l := atGate(t, Gate{Prompt: "Ship?"})
		l.must(Approve{}, ann)
		l.must(at(2, StepFailed), worker)
		l.status(Failed)
		var raw json.RawMessage
		if inputs != "" {
			raw = json.RawMessage(inputs)
		}
		l.must(Retry{Inputs: raw}, ann)
		l.status(Pending)
		l.step(1, StepCompleted)
		l.step(2, StepPending)
		l.must(at(2, StepRunning), worker)
		l.step(2, want)
	}
}
