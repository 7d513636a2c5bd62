package progress

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestOperate(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a", "b", "c")...)
	l.refused(Conflict, Pause{}, ann) // pause is for running tasks
	l.must(tick(1, 50), worker)
	l.must(Pause{Reason: "lunch"}, ann)
	l.step(1, StepPaused)
	l.refused(Conflict, Pause{}, ann)
	l.must(tick(1, 60), worker) // the worker has not heard yet
	l.status(Paused)
	l.must(Resume{}, ann)
	l.must(at(1, StepFailed), worker)
	l.refused(Conflict, Cancel{}, ann)
	l.refused(Conflict, Retry{Step: 2}, ann)
	l.refused(NotFound, Retry{Step: 7}, ann)
	l.must(Retry{}, ann)
	if l.task.Attempt != 2 || l.task.Run != 1 {
		t.Fatal(l.task.Attempt, l.task.Run)
	}
	l.percent(0)
	l.must(at(1, StepFailed), worker)
	l.must(Skip{}, ann)
	l.status(Pending)
	l.step(1, StepSkipped)
	l.percent(33.33)
	l.must(at(2, StepRunning), worker)
	l.must(Cancel{Reason: "enough"}, ann)
	l.step(2, StepFailed)
	l.step(3, StepPending)
	l.percent(33.33)
	l.must(Restart{Inputs: json.RawMessage(`{"x":1}`)}, ann)
	if l.task.Run != 2 || l.task.Attempt != 1 || string(l.task.Spec.Inputs) != `{"x":1}` || l.task.End != nil {
		t.Fatalf("%+v", l.task)
	}
	l.percent(0)
	l.step(1, StepPending)
	l.refused(NotFound, Cancel{}, Actor{Person: "eve"}.seesNot(l))
}

// seesNot makes the life's task somebody else's.
func (a Actor) seesNot(l *life) Actor {
	spec := *l.task.Spec
	spec.Owner, spec.CreatedBy = "ann", "ci"
	l.task.Spec = &spec
	a.Rights = MayOperate
	return a
}

func TestFences(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a")...)
	l.must(tick(1, 10), worker)
	l.must(Restart{}, ann)
	send := func(f Fence, r Report) (Directive, Code) {
		before := l.task
		c := Command{Task: "t1", By: worker, If: f, Do: r}
		l.at = l.at.Add(time.Second)
		_, err := l.command(c)
		return Direct(before, l.task, c), CodeOf(err)
	}
	if d, code := send(Fence{Run: 1}, tick(1, 20)); code != Superseded || d.Control != ControlRestart {
		t.Fatal(d, code)
	}
	if d, code := send(Fence{Run: 3}, tick(1, 20)); code != Superseded || d.Control != "" {
		t.Fatal(d, code) // there has been no such run
	}
	if d, code := send(Fence{Run: 2}, tick(1, 0)); code != "" || d.Control != "" {
		t.Fatal(d, code) // it knows the new run by its number
	}
	l.must(Restart{}, ann)
	l.must(Restart{}, ann)
	if d, code := send(Fence{}, tick(1, 20)); code != "" || d.Control != ControlRestart {
		t.Fatal(d, code) // a plain worker is told once
	}
	if d, code := send(Fence{Run: 4, Attempt: 1}, tick(1, 30)); code != "" || d.Control != "" {
		t.Fatal(d, code)
	}
	if _, code := send(Fence{Run: -1}, tick(1, 30)); code != Invalid {
		t.Fatal(code)
	}
	l.must(at(1, StepFailed), worker)
	l.must(Retry{}, ann)
	if d, code := send(Fence{Run: 4, Attempt: 1}, tick(1, 40)); code != Superseded || d != (Directive{ControlRetry, 1}) {
		t.Fatal(d, code)
	}
}

func TestControls(t *testing.T) {
	t.Parallel()
	l := begin(t, gated(Gate{OnReject: RejectSkips})...)
	beat := func() Directive {
		before := l.task
		c := Command{Task: "t1", By: worker, Do: Heartbeat{}}
		l.at = l.at.Add(time.Second)
		_, _ = l.command(c)
		return Direct(before, l.task, c)
	}
	want := func(what string, c Control, step int) {
		t.Helper()
		if d := beat(); d != (Directive{c, step}) {
			t.Fatalf("%s: %+v", what, d)
		}
	}
	l.must(at(1, StepRunning), worker)
	want("nothing to obey", ControlNone, 0)
	l.must(Pause{}, ann)
	want("paused", ControlPause, 0)
	want("still paused", ControlPause, 0)
	l.must(Resume{}, ann)
	want("resumed", ControlResume, 0)
	want("heard", ControlNone, 0)
	l.must(Skip{Step: 1}, ann)
	want("skipped", ControlSkip, 1)
	l.must(at(2, StepRunning), worker)
	want("asked", ControlWait, 2)
	l.must(Approve{}, ann)
	want("approved", ControlProceed, 2)
	l.must(at(2, StepFailed), worker)
	want("failed", ControlFail, 2)
	l.must(Restart{}, ann)
	want("restarted while nobody worked", ControlNone, 0)
	l.must(at(1, StepRunning), worker)
	l.must(Restart{}, ann)
	want("restarted", ControlRestart, 0)
	l.must(at(1, StepSkipped), worker)
	l.must(at(2, StepRunning), worker)
	l.must(Reject{}, ann)
	want("rejected, skipped", ControlSkip, 2)
	l.must(Cancel{}, ann)
	want("cancelled", ControlCancel, 0)
}

func TestClaim(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a")...)
	l.refused(Invalid, Claim{}, worker)
	l.must(Claim{Worker: "w1", Lease: "L1"}, worker)
	l.refused(Conflict, Claim{Worker: "w2", Lease: "L2"}, worker)
	r := tick(1, 10)
	r.Lease = "L2"
	l.refused(Superseded, r, worker)
	l.at = l.at.Add(50 * time.Second)
	r.Lease = "L1"
	l.must(r, worker) // renews
	l.at = l.at.Add(50 * time.Second)
	l.refused(Conflict, Claim{Worker: "w2", Lease: "L2"}, worker)
	l.at = l.at.Add(LeaseFor)
	l.must(Claim{Worker: "w2", Lease: "L2"}, worker)
	l.status(Running)
	before := l.task
	c := Command{Task: "t1", By: worker, Do: r}
	if _, err := l.command(c); CodeOf(err) != Superseded || Direct(before, l.task, c).Control != ControlCancel {
		t.Fatal("a worker that lost its lease goes on")
	}
	r.Lease = ""
	l.must(r, worker)
	l.must(Cancel{}, ann)
	if l.task.Lease != "" || l.task.Claimable(l.at.Add(time.Hour)) {
		t.Fatal("an ended task can be claimed")
	}
}

func TestStall(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a")...)
	l.must(Stall{Reason: "no worker"}, Timer())
	if events := l.must(Stall{Reason: "no worker"}, Timer()); len(events) > 0 {
		t.Fatal("said twice")
	}
	version := l.task.Version
	l.must(Heartbeat{}, worker)
	if l.task.Stalled != "" || l.task.Version != version+1 {
		t.Fatal("a heartbeat moves it again, and that shows")
	}
}

func TestControlsThatTheWorkerDoesNotObey(t *testing.T) {
	t.Parallel()
	l := &life{t: t, at: epoch}
	l.must(Create{Spec: Spec{Title: "x", Controls: []Verb{VerbPause}}, Steps: plan("a")}, worker)
	l.must(tick(1, 1), worker)
	if got := Offers(l.task, ann); !slices.Equal(got, []Verb{VerbPause, VerbCancel}) {
		t.Fatal(got)
	}
	l.refused(Conflict, Restart{}, ann)
	l.must(Pause{}, ann)
}

func TestCreateRefused(t *testing.T) {
	t.Parallel()
	ok := Spec{Title: "x"}
	for field, c := range map[string]Command{
		"id":         {Task: "a/b", Do: Create{Spec: ok}},
		"title":      {Task: "a", Do: Create{}},
		"parent":     {Task: "a", Do: Create{Spec: Spec{Title: "x", Parent: "a"}}},
		"controls":   {Task: "a", Do: Create{Spec: Spec{Title: "x", Controls: []Verb{"approve"}}}},
		"complexity": {Task: "a", Do: Create{Spec: Spec{Title: "x", Complexity: new(-1.0)}}},

		"callback_events": {Task: "a", Do: Create{Spec: Spec{Title: "x", CallbackEvents: []string{"progress", "ended"}}}},

		"labels": {Task: "a", Do: Create{Spec: Spec{Title: "x", Labels: map[string]string{"": "y"}}}},

		"steps[0].name":                {Task: "a", Do: Create{Spec: ok, Steps: plan(" ")}},
		"steps[1].name":                {Task: "a", Do: Create{Spec: ok, Steps: plan("a", "a")}},
		"steps[0].weight":              {Task: "a", Do: Create{Spec: ok, Steps: []Plan{{Name: "a", Weight: -1}}}},
		"steps[0].substeps[1]":         {Task: "a", Do: Create{Spec: ok, Steps: []Plan{{Name: "a", Substeps: []Substep{{Name: "s"}, {Name: "s"}}}}}},
		"steps[0].approval.quorum":     {Task: "a", Do: Create{Spec: ok, Steps: []Plan{{Name: "a", Gate: &Gate{Approvers: []string{"ann"}, Quorum: 2}}}}},
		"steps[0].approval.default":    {Task: "a", Do: Create{Spec: ok, Steps: []Plan{{Name: "a", Gate: &Gate{Default: "x"}}}}},
		"steps[0].approval.on_reject":  {Task: "a", Do: Create{Spec: ok, Steps: []Plan{{Name: "a", Gate: &Gate{OnReject: "x"}}}}},
		"steps[0].approval.expires_in": {Task: "a", Do: Create{Spec: ok, Steps: []Plan{{Name: "a", Gate: &Gate{ExpiresIn: maxExpiry + 1}}}}},
		"inputs":                       {Task: "a", Do: Create{Spec: Spec{Title: "x", Inputs: json.RawMessage("{")}}},
		"metadata":                     {Task: "a", Do: Create{Spec: Spec{Title: "x", Metadata: map[string]json.RawMessage{"a": json.RawMessage("{")}}}},

		"steps[0].approval.risk": {Task: "a", Do: Create{Spec: ok, Steps: []Plan{{Name: "a", Gate: &Gate{Risk: "x"}}}}},
	} {
		c.By = worker
		events, err := Decide(Task{}, c, epoch)
		if e, ok := err.(*Error); !ok || e.Code != Invalid || e.Field != field || len(events) > 0 {
			t.Errorf("%s: %v", field, err)
		}
	}
	l := begin(t)
	l.refused(Conflict, Create{Spec: ok}, worker)
	if _, err := Decide(Task{}, Command{Task: "no", By: ann, Do: Cancel{}}, epoch); CodeOf(err) != NotFound {
		t.Fatal(err)
	}
}

// anyChange is something that a person, a worker or a timer might do.
func anyChange(r *rand.Rand, n int) (Change, Actor) {
	step := r.IntN(n + 1)
	statuses := []StepStatus{"", "", StepRunning, StepRunning, StepCompleted, StepCompleted, StepFailed, StepSkipped}
	people := []Actor{ann, bob, cy}
	who := people[r.IntN(len(people))]
	switch r.IntN(26) {
	case 0:
		return Pause{}, who
	case 1, 2:
		return Resume{}, who
	case 3:
		return Restart{}, who
	case 4, 5:
		return Retry{}, who
	case 6:
		return Skip{Step: step}, who
	case 7, 8:
		return Approve{Step: step}, who
	case 9:
		return Reject{}, who
	case 10:
		return Ask{Step: ref(step), Gate: Gate{Prompt: string(rune('a' + r.IntN(3))), OnReject: RejectSkips, Escalate: anyStages(r)}}, worker
	case 11:
		return Expire{Step: step}, Timer()
	case 12:
		return Claim{Worker: "w", Lease: string(rune('a' + r.IntN(9)))}, worker
	case 13:
		return Log{Lines: []LogLine{{Line: "x"}}}, worker
	case 14:
		if r.IntN(8) == 0 {
			return Cancel{}, who
		}
		return Stall{Reason: "quiet"}, Timer()
	case 15:
		if r.IntN(4) == 0 {
			return Report{Status: []Status{Completed, Failed}[r.IntN(2)]}, worker
		}
		return Report{Step: StepRef{Name: string(rune('p' + r.IntN(4)))}, StepStatus: StepRunning}, worker
	case 16:
		return Report{Step: ref(step), Substep: string(rune('x' + r.IntN(3))), SubstepDone: new(r.IntN(2) == 0)}, worker
	}
	switch r.IntN(12) {
	case 0:
		return Lapse{}, Timer()
	case 1:
		return Report{Status: []Status{Running, Paused}[r.IntN(2)]}, worker
	}
	return Report{Step: ref(step), StepStatus: statuses[r.IntN(len(statuses))],
		StepProgress: new(float64(r.IntN(101))), Seq: int64(r.IntN(500))}, worker
}

// anyStages are stages of an escalation, or none.
func anyStages(r *rand.Rand) []Escalation {
	return []Escalation{{After: 30, Tell: []string{"cy"}}, {After: 60, By: []string{"email"}}}[:r.IntN(3)]
}

// milestones is a task as a replay of its milestones gives it back.
func milestones(t Task) Task {
	t.Pulse = Pulse{}
	var steps []Step
	for s := range t.Steps.All() {
		s.Percent, s.Given, s.UpdatedAt = 0, false, time.Time{}
		steps = append(steps, s)
	}
	t.Steps, t.Version, t.UpdatedAt = SetSteps(steps), 0, time.Time{}
	return t
}

// TestRandomLives walks through thousands of lives and holds what must hold in
// each: replay equals state, the table, seq and version, and the shown percent.
func TestRandomLives(t *testing.T) {
	t.Parallel()
	seen := map[Verb]map[Status]bool{}
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		plans := []Plan{{Name: "a"}, {Name: "b", Gate: &Gate{Quorum: r.IntN(3), ExpiresIn: 30, OnReject: []OnReject{"", RejectSkips, RejectCancels}[r.IntN(3)], Escalate: anyStages(r)}}, {Name: "c", Weight: 3, AllowFailure: true}}
		l := &life{t: t, at: epoch}
		l.must(Create{Spec: Spec{Title: "CRM", Session: "s", Grace: 5 * time.Second}, Steps: plans[:r.IntN(4)]}, worker)
		for range 120 {
			if r.IntN(20) == 0 {
				l.at = l.at.Add(2 * LeaseFor)
			}
			before := l.task
			do, who := anyChange(r, l.task.Steps.Len())
			events, err := l.try(do, who)
			checkMove(t, before, l.task, do, events, err)
			if err == nil {
				if seen[do.Verb()] == nil {
					seen[do.Verb()] = map[Status]bool{}
				}
				seen[do.Verb()][before.Status] = true
			}
		}
		if got, want := milestones(Replay("t1", l.events)), milestones(l.task); !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: replay\n%+v\nis not\n%+v", seed, got, want)
		}
		checkTally(t, l.task)
	}
	for _, rule := range Rules() {
		for from := range rule.On {
			if from != None && rule.Verb != VerbHeartbeat && !seen[rule.Verb][from] {
				t.Errorf("no life did %s while %q", rule.Verb, from)
			}
		}
	}
}

func checkMove(t *testing.T, before, after Task, do Change, events []Event, err error) {
	t.Helper()
	rule, _ := RuleOf(do.Verb())
	if err != nil {
		if CodeOf(err) == Internal || len(events) > 0 {
			t.Fatalf("%+v: %v", do, err)
		}
		return
	}
	if to, ok := rule.On[before.Status]; ok && !slices.Contains(to, after.Status) {
		t.Fatalf("%s from %s led to %s; the table says %v", rule.Verb, before.Status, after.Status, to)
	}
	milestonesSeen := int64(0)
	for _, e := range events {
		if e.Seq > 0 {
			milestonesSeen++
			if e.Seq != before.Seq+milestonesSeen {
				t.Fatalf("seq %d after %d", e.Seq, before.Seq)
			}
		}
	}
	rerun := after.Run != before.Run || after.Attempt != before.Attempt || after.Steps.Len() != before.Steps.Len() ||
		lapsed(&before) && !lapsed(&after)
	if after.Percent < before.Percent && !rerun {
		t.Fatalf("%+v lowered %v to %v", do, before.Percent, after.Percent)
	}
	if after.Version < before.Version || after.Percent > 100 {
		t.Fatalf("version %d after %d, percent %v", after.Version, before.Version, after.Percent)
	}
	if (after.Status == Waiting) != (after.Steps.Count(StepWaiting) > 0) && after.Status != Paused {
		t.Fatalf("the task is %s with %d steps that wait", after.Status, after.Steps.Count(StepWaiting))
	}
	if after.Status.Ended() && after.Steps.Count(StepRunning)+after.Steps.Count(StepPaused)+after.Steps.Count(StepWaiting) > 0 {
		t.Fatal("a step is under way in a task that has ended")
	}
}

// checkTally compares the tallies with a walk over all steps.
func checkTally(t *testing.T, task Task) {
	t.Helper()
	var list []Step
	for s := range task.Steps.All() {
		list = append(list, s)
	}
	if fresh := SetSteps(list); fresh.mean() != task.Steps.mean() || fresh.firstGate() != task.Steps.firstGate() {
		t.Fatalf("mean %v, counted anew %v", task.Steps.mean(), fresh.mean())
	}
}

// TestOffersAreAccepted holds the other law of offers: what is offered is
// accepted, and what is not offered is refused.
func TestOffersAreAccepted(t *testing.T) {
	t.Parallel()
	tries := map[Verb]Change{
		VerbApprove: Approve{}, VerbReject: Reject{}, VerbPause: Pause{}, VerbResume: Resume{},
		VerbCancel: Cancel{}, VerbRestart: Restart{}, VerbRetry: Retry{}, VerbSkip: Skip{},
	}
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 2))
		g := Gate{Quorum: 2, Approvers: []string{"group:ops", "bob"}}
		if seed%2 == 1 {
			g.Approvers, g.Escalate = g.Approvers[:1], []Escalation{{After: MinAfter}, {After: MinAfter, Tell: g.Approvers[1:]}}
		}
		l := begin(t, Plan{Name: "a"}, Plan{Name: "b", Gate: &g}, Plan{Name: "c"})
		for range 60 {
			do, who := anyChange(r, l.task.Steps.Len())
			_, _ = l.try(do, who)
			for _, who := range []Actor{ann, bob, cy, worker} {
				offered := Offers(l.task, who)
				for verb, do := range tries {
					_, err := Decide(l.task, Command{Task: "t1", By: who, Do: do}, l.at)
					if (err == nil) != slices.Contains(offered, verb) {
						t.Fatalf("seed %d: %s by %s while %s: offered %v, but %v", seed, verb, who.Person, l.task.Status, offered, err)
					}
				}
			}
		}
	}
}
