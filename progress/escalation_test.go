package progress

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// escalating tells those after one minute whom it names.
func escalating(approvers []string, tell ...string) Gate {
	return Gate{Approvers: approvers, Escalate: []Escalation{{After: 60, Tell: tell}}}
}

func TestEscalationCheck(t *testing.T) {
	t.Parallel()
	stage := func(e Escalation) []Escalation { return []Escalation{{After: MinAfter}, e} }
	for _, c := range []struct {
		field string // "" where nothing is wrong
		list  []Escalation
	}{
		{"", nil},
		{"", []Escalation{}},
		{"", stage(Escalation{After: MaxAfter, Tell: []string{"ann", "group:ops"}, By: []string{"email", "Web_Push-2"}})},
		{"", slices.Repeat([]Escalation{{After: MinAfter}}, MaxStages)},
		{"", stage(Escalation{After: MinAfter, Tell: []string{}, By: []string{}})},
		{"", slices.Repeat([]Escalation{{After: MinAfter, Tell: []string{"ann"}}}, 2)}, // once more
		{"approval.escalate", slices.Repeat([]Escalation{{After: MinAfter}}, MaxStages+1)},
		{"approval.escalate[1].after", stage(Escalation{})},
		{"approval.escalate[1].after", stage(Escalation{After: MinAfter - 1})},
		{"approval.escalate[1].after", stage(Escalation{After: MaxAfter + 1})},
		{"approval.escalate[1].after", stage(Escalation{After: -60})},
		{"approval.escalate[1].tell", stage(Escalation{After: 60, Tell: []string{"ann", ""}})},
		{"approval.escalate[1].tell", stage(Escalation{After: 60, Tell: []string{" "}})},
		{"approval.escalate[1].by", stage(Escalation{After: 60, By: []string{"email", ""}})},
		{"approval.escalate[1].by", stage(Escalation{After: 60, By: []string{"e mail"}})},
		{"approval.escalate[1].by", stage(Escalation{After: 60, By: []string{"é"}})},
		{"approval.escalate[1].by", stage(Escalation{After: 60, By: []string{"email:ann"}})},
	} {
		err := Gate{Escalate: c.list}.Check()
		if e, ok := err.(*Error); (err != nil) != (c.field != "") || ok && (e.Code != Invalid || e.Field != c.field) {
			t.Errorf("%+v: %v, want a problem with %q", c.list, err, c.field)
		}
	}
}

func TestWhoIsNamed(t *testing.T) {
	t.Parallel()
	list := func(names ...string) []string { return names }
	twice := escalating(list("ann", "bob"), "bob", "cy")
	twice.Escalate = append(twice.Escalate, Escalation{After: 60}, Escalation{After: 60, Tell: list("group:ops", "cy")})
	for name, c := range map[string]struct {
		gate            Gate
		named, deciders []string
	}{
		"nobody":         {Gate{}, nil, nil},
		"approvers":      {Gate{Approvers: list("ann", "ann")}, list("ann", "ann"), list("ann", "ann")},
		"a reminder":     {escalating(list("ann")), list("ann"), list("ann")},
		"another":        {escalating(list("ann"), "bob"), list("ann", "bob"), list("ann", "bob")},
		"only at length": {escalating(nil, "bob"), list("bob"), nil},
		"some twice":     {twice, list("ann", "bob", "cy", "group:ops"), list("ann", "bob", "cy", "group:ops")},
	} {
		if got := c.gate.Named(); !slices.Equal(got, c.named) {
			t.Errorf("%s: named are %q, want %q", name, got, c.named)
		}
		if got := c.gate.Deciders(); !slices.Equal(got, c.deciders) {
			t.Errorf("%s: deciders are %q, want %q", name, got, c.deciders)
		}
	}
}

// TestEscalationDecides holds that whoever is told while nobody decides may decide from
// the start.
func TestEscalationDecides(t *testing.T) {
	t.Parallel()
	g := escalating([]string{"bob"}, "group:ops")
	l := atGate(t, g)
	if err := l.refusal(Forbidden, Approve{}, cy); !strings.Contains(err.Say, "only bob or the group ops may decide") {
		t.Error(err.Say)
	}
	l.must(Approve{}, ann) // of ops
	l.status(Running)

	l = atGate(t, Gate{Approvers: g.Approvers, Escalate: g.Escalate, Quorum: 2})
	l.must(Approve{}, bob)
	l.must(Approve{}, ann)
	l.status(Running)

	l = atGate(t, escalating(nil, "bob")) // anyone may
	l.must(Approve{}, cy)
}

func TestEscalationShowsTheTask(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		gate     Gate
		bob, cys bool // whether they see it
	}{
		"no escalation":   {Gate{}, false, false},
		"with approvers":  {escalating([]string{"cy"}, "bob"), true, true},
		"without any":     {escalating(nil, "bob"), true, false},
		"only a reminder": {escalating([]string{"cy"}), false, true},
	} {
		l := &life{t: t, at: epoch}
		l.must(Create{Spec: Spec{Title: "x", Owner: "ann"}, Steps: []Plan{{Name: "a", Gate: &c.gate}}}, worker)
		for range 2 { // declared, then asked
			if Sees(l.task, bob) != c.bob || Sees(l.task, cy) != c.cys {
				t.Errorf("%s: bob sees it: %v, cy: %v", name, Sees(l.task, bob), Sees(l.task, cy))
			}
			l.must(at(1, StepRunning), worker)
		}
		if got := slices.Contains(Offers(l.task, bob), VerbApprove); got != c.bob {
			t.Errorf("%s: bob may approve: %v", name, got)
		}
	}
}

// TestEscalationAndWhoAsked: who asked does not decide because they are told.
func TestEscalationAndWhoAsked(t *testing.T) {
	t.Parallel()
	for self, want := range map[bool]Code{false: Forbidden, true: ""} {
		l := &life{t: t, at: epoch}
		g := escalating([]string{"bob"}, "ann")
		g.SelfApproval = self
		maker := Actor{Person: "ann", Rights: MayReport, All: true}
		l.must(Create{Spec: Spec{Title: "x"}, Steps: []Plan{{Name: "a", Gate: &g}}}, maker)
		l.must(at(1, StepRunning), maker)
		if _, err := l.try(Approve{}, ann); CodeOf(err) != want {
			t.Errorf("self approval %v: %v", self, err)
		}
	}
}

func TestQuorumCountsWhoIsTold(t *testing.T) {
	t.Parallel()
	for quorum, c := range map[int]struct {
		gate Gate
		ok   bool
	}{
		2: {escalating([]string{"ann"}, "bob", "ann"), true},
		3: {escalating([]string{"ann"}, "bob", "ann"), false},
		4: {escalating([]string{"ann"}, "group:ops"), true},
		5: {escalating(nil, "bob"), true}, // anyone may
	} {
		c.gate.Quorum = quorum
		err := c.gate.Check()
		if (err == nil) != c.ok || err != nil && !strings.Contains(err.Error(), "approval.quorum: is 3, but only 2 may decide") {
			t.Errorf("quorum %d of %q: %v", quorum, c.gate.Named(), err)
		}
	}
}

// TestDigestOfEscalation holds that whom an escalation names is part of what is asked,
// when and how they are told is not, and that without one nothing has changed.
func TestDigestOfEscalation(t *testing.T) {
	t.Parallel()
	spec := &Spec{Inputs: json.RawMessage(`{"v":1}`)}
	of := func(g Gate) string {
		return digest(Task{ID: "t", Spec: spec}, Step{Order: 2, Plan: Plan{Name: "deploy"}}, g)
	}
	ann := []string{"ann"}
	if got := of(Gate{Prompt: "Go?", Approvers: ann}); got != "53685c159f7d4db223b055eb49ec7cf8" {
		t.Errorf("the digest of an approval without an escalation is %s", got)
	}
	same := [][]Gate{
		{{Approvers: ann}, escalating(ann), {Approvers: ann, Escalate: []Escalation{}}},
		{escalating(ann, "bob"), {Approvers: ann, Escalate: []Escalation{{After: 90, By: []string{"email"}}, {After: 30, Tell: []string{"bob"}}}}},
		{escalating(ann, "cy")}, {escalating(nil, "bob")}, {{Approvers: []string{"bob"}}}, {{Approvers: []string{"ann", "bob"}}}, {{}, escalating(nil)},
	}
	seen := map[string]int{}
	for i, gates := range same {
		for _, g := range gates {
			if before, twice := seen[of(g)]; twice && before != i {
				t.Errorf("%+v has the digest of %+v", g, same[before])
			}
			seen[of(g)] = i
		}
	}
	if len(seen) != len(same) {
		t.Errorf("%d digests, want %d", len(seen), len(same))
	}
}

// TestAskedAnewForAnother: whoever is told changes the question.
func TestAskedAnewForAnother(t *testing.T) {
	t.Parallel()
	l := begin(t, plan("a")...)
	l.must(Ask{Step: ref(1), Gate: escalating(nil, "bob")}, worker)
	first := l.task.Steps.At(1).Approval
	later := escalating(nil, "bob")
	later.Escalate[0].After = 90
	l.must(Ask{Step: ref(1), Gate: later}, worker)
	if now := l.task.Steps.At(1).Approval; now.ID != first.ID || now.Escalate[0].After != 60 {
		t.Errorf("the same question became %+v", now)
	}
	l.must(Ask{Step: ref(1), Gate: escalating(nil, "cy")}, worker)
	if now := l.task.Steps.At(1).Approval; now.ID == first.ID || now.Escalate[0].Tell[0] != "cy" {
		t.Errorf("another question is still %+v", now)
	}
}

// TestEscalationComesBack holds that faces show it, and read what they show.
func TestEscalationComesBack(t *testing.T) {
	t.Parallel()
	g := Gate{Escalate: []Escalation{{After: 60}, {After: 300, Tell: []string{"bob"}, By: []string{"email"}}}}
	l := atGate(t, g)
	shown, err := json.Marshal(l.task.Wire(Whole, nil))
	if want := `"escalate":[{"after":60},{"after":300,"tell":["bob"],"by":["email"]}]`; err != nil || strings.Count(string(shown), want) != 2 {
		t.Errorf("%s, %v", shown, err)
	}
	var back Wire
	if err := json.Unmarshal(shown, &back); err != nil || !reflect.DeepEqual(back.Approval.Escalate, g.Escalate) {
		t.Errorf("it came back as %+v, %v", back.Approval, err)
	}
	if got := Replay("t1", l.events).Steps.At(2).Approval; !reflect.DeepEqual(got.Gate, g) {
		t.Errorf("a replay gives %+v", got)
	}
}

func TestAsking(t *testing.T) {
	t.Parallel()
	asking := func(l *life, id string, want int) {
		t.Helper()
		if step, ok := l.task.Asking(id); step != want || ok != (want > 0) {
			t.Errorf("%q is asked by step %d, %v; want %d", id, step, ok, want)
		}
	}
	for name, c := range map[string]struct {
		do     Change
		by     Actor
		others bool // the other approval is open still
	}{
		"approved": {Approve{}, ann, true}, "rejected": {Reject{}, ann, false}, "cancelled": {Cancel{}, ann, false},
		"restarted": {Restart{}, ann, false}, "failed": {Report{Status: Failed}, worker, false},
		"asked anew": {Ask{Step: ref(1), Gate: Gate{Prompt: "Really?"}}, worker, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := begin(t, plan("a", "b")...)
			l.must(tick(1, 10), worker)
			l.must(tick(2, 10), worker)
			asking(l, "", 0)
			l.must(Ask{Step: ref(2), Gate: Gate{Prompt: "Go?", Quorum: 2}}, worker)
			l.must(Ask{Step: ref(1), Gate: Gate{Prompt: "Go?"}}, worker)
			id, other := l.task.Steps.At(1).Approval.ID, l.task.Steps.At(2).Approval.ID
			l.must(Approve{Step: 2}, bob) // one of two
			asking(l, id, 1)
			asking(l, other, 2)
			asking(l, "", 0)
			l.must(c.do, c.by)
			asking(l, id, 0)
			if step, _ := l.task.Asking(other); (step == 2) != c.others {
				t.Errorf("the other is asked by step %d", step)
			}
		})
	}
}
