package templates

import (
	"slices"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// TestAsk holds what is said of each kind of approval.
func TestAsk(t *testing.T) {
	t.Parallel()
	b := book(t)
	for want, gate := range map[string]progress.Gate{
		"Until today 12:30 UTC; then it counts as rejected.": {ExpiresIn: 1800},
		"Until today 12:30 UTC; then it counts as approved.": {ExpiresIn: 1800, Default: progress.DefaultApprove},
		"Until today 12:30 UTC; it stays open after that.":   {ExpiresIn: 1800, Default: progress.DefaultHold},
		"Rejecting makes the task fail.":                     {},
		"Rejecting skips the step.":                          {OnReject: progress.RejectSkips},
		"Rejecting cancels the task.":                        {OnReject: progress.RejectCancels},
		"Risk: low":                                          {Risk: "low"},
		"Risk: medium":                                       {Risk: "medium"},
		"May decide: anyone who may approve":                 {},
		"May decide: ann or the group ops":                   {Approvers: []string{"ann", "group:ops"}},
		"Approvals so far: 0 of 3":                           {Quorum: 3},
		"+2 more":                                            {Effects: strings.Split("a b c d e f g h i j k l", " ")},
		"1 more step is waiting for approval.":               {},
	} {
		l := born(progress.Spec{Title: "T"}, plans("a", "b")...).reports(0, step(2, progress.StepRunning))
		l.does(person("ann"), progress.ViaREST, 0, progress.Ask{Step: progress.StepRef{Order: 1}, Gate: gate})
		l.does(person("ann"), progress.ViaREST, 0, progress.Ask{Step: progress.StepRef{Order: 2}, Gate: progress.Gate{}})
		text := b.Layout(Text, b.Card(l.scene("", 0).Subject, Reader{}), Fit{})
		if !strings.Contains(text, want) {
			t.Errorf("%+v lacks %q:\n%s", gate, want, text)
		}
	}
}

// TestAskedAndDecidedSince holds that who hears late of a question hears that it is
// decided.
func TestAskedAndDecidedSince(t *testing.T) {
	t.Parallel()
	asked, after := inquiry().told[0], approved()
	n := book(t).Notice(after.Subject, &asked, Reader{})
	if !strings.Contains(strings.Join(n.Details, "\n"), "Step 3 was approved by ann (by e-mail, today 12:10 UTC).") {
		t.Error(n.Details)
	}
	asked.Data.Approval = &progress.Approval{ID: "another"}
	if n = book(t).Notice(after.Subject, &asked, Reader{}); strings.Contains(strings.Join(n.Details, "\n"), "was approved") {
		t.Error(n.Details)
	}
}

// TestFaults holds how a reason reads, wherever it was given.
func TestFaults(t *testing.T) {
	t.Parallel()
	b := book(t)
	for want, f := range map[string]*progress.Fault{
		"It gave no reason.":      nil,
		"Reason: no room":         {Message: "no room"},
		"Reason: Disk: no room":   {Type: "Disk", Message: "no room"},
		"Reason: Disk is full":    {Type: "Disk", Message: "Disk is full"},
		"Reason: Disk":            {Type: "Disk"},
		"Reason: line 1 line 2 …": {Message: "line 1\nline 2\t…"},
	} {
		task := progress.Task{Spec: &progress.Spec{Title: "T"}, Status: progress.Failed, Run: 1, Attempt: 1, End: &progress.End{Error: f}}
		if got := b.Card(Subject{Task: &task}, Reader{}).Fault; got.Text != want || got.Advice != "What you can do: start the task over." {
			t.Errorf("%+v is %+v, want %q", f, got, want)
		}
	}
	task := progress.Task{Spec: &progress.Spec{Title: "T", Controls: []progress.Verb{}}, Status: progress.Failed, End: &progress.End{}}
	task.Fault = &progress.Fault{Message: "at last"}
	if got := b.Card(Subject{Task: &task}, Reader{}).Fault; got.Text != "Reason: at last" || got.Advice != "" {
		t.Errorf("a worker that takes no commands: %+v", got)
	}
	task.Status, task.End = progress.Running, nil
	if got := b.Card(Subject{Task: &task}, Reader{}).Fault; got == nil || got.Text != "Reason: at last" {
		t.Errorf("while it runs: %+v", got)
	}
}

// TestLines holds which lines stand on a card.
func TestLines(t *testing.T) {
	t.Parallel()
	b := book(t)
	lines := func(steps ...progress.Step) string {
		for i := range steps {
			steps[i].Order = i + 1
		}
		task := progress.Task{Spec: &progress.Spec{Title: "T"}, Status: progress.Running, Steps: progress.SetSteps(steps)}
		card := b.Card(Subject{Task: &task}, Reader{})
		var out []string
		for _, l := range card.Lines {
			out = append(out, strings.TrimSpace(l.Symbol+l.Text+" "+l.Note))
		}
		if card.More > 0 {
			out = append(out, plus(b.lexicon.Tongue(""), card.More))
		}
		return strings.Join(out, ", ")
	}
	named := func(name string, status progress.StepStatus, subs ...progress.Substep) progress.Step {
		return progress.Step{Status: status, Plan: progress.Plan{Name: name, Substeps: subs}}
	}
	done, begun := progress.Substep{Name: "x", Status: progress.StepCompleted}, progress.Substep{Name: "y", Status: progress.StepRunning}
	for _, c := range []struct{ got, want string }{
		{lines(), ""},
		{lines(named("a", progress.StepRunning)), ""},
		{lines(named("a", progress.StepRunning, done, progress.Substep{Name: "z"})), "✓x, ⏳z in progress"},
		{lines(named("a", progress.StepRunning, progress.Substep{Name: "z"}, begun)), "⏳z, ⏳y in progress"},
		{lines(named("a", progress.StepRunning, done, done)), "✓x, ✓x"},
		{lines(named("a", progress.StepPaused, done, begun)), "✓x, ⏳y"},
		{lines(named("a", progress.StepFailed, done, begun)), "✓x, ○y"},
		{lines(named("a", progress.StepSkipped), named("b", progress.StepRunning)), "–a skipped, ◐b in progress"},
		{lines(named("a", progress.StepRunning, slices.Repeat([]progress.Substep{done}, 20)...)), strings.Repeat("✓x, ", 8) + "+12 more"},
	} {
		if c.got != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
}

// TestRemarks holds what is said of runs and attempts.
func TestRemarks(t *testing.T) {
	t.Parallel()
	b := book(t)
	for want, n := range map[string][2]int{"": {1, 1}, "This is run 2.": {2, 1}, "This is attempt 3.": {1, 3}, "This is run 2, attempt 3.": {2, 3}} {
		task := progress.Task{Spec: &progress.Spec{Title: "T"}, Status: progress.Running, Run: n[0], Attempt: n[1]}
		if got := strings.Join(b.Card(Subject{Task: &task}, Reader{}).Remarks, "|"); got != want {
			t.Errorf("%v is %q, want %q", n, got, want)
		}
	}
}

// TestWho holds how people are named in every language.
func TestWho(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, lang := range words.Langs() {
		s := b.speech(Reader{Lang: lang}, sceneDay)
		if s.who("ann") != "ann" || s.who(progress.System) != "Herald" || s.who("") == "" || strings.Contains(s.who(""), ".") {
			t.Errorf("%s: %q, %q, %q", lang, s.who("ann"), s.who(progress.System), s.who(""))
		}
		if got := s.done("by", "ann", "", sceneDay).Text; !strings.Contains(got, "12:00") || strings.Contains(got, "via.") {
			t.Error(got)
		}
	}
}

// TestRefusalsThatEndMore holds that who refused is said in the reader's words where
// a refusal skips the step or cancels the task.
func TestRefusalsThatEndMore(t *testing.T) {
	t.Parallel()
	b := book(t)
	for policy, kind := range map[progress.OnReject]progress.Kind{progress.RejectCancels: progress.TaskCancelled, progress.RejectSkips: progress.StepPassed} {
		steps := plans("a", "b")
		steps[0].Gate = &progress.Gate{OnReject: policy}
		l := born(progress.Spec{Title: "T"}, steps...).reports(0, step(1, progress.StepRunning))
		s := l.does(person("ann"), progress.ViaChat, 0, progress.Reject{Step: 1, Reason: "no"}).scene("", 0)
		i := slices.IndexFunc(s.Events, func(e progress.Event) bool { return e.Kind == kind })
		n := b.Notice(s.Subject, &s.Events[i], Reader{Lang: "de"})
		want := []string{"Schritt 1 wurde von ann abgelehnt (im Chat, heute um 12:00 Uhr (UTC)).", "Grund: no"}
		if !slices.Equal(n.Details, want) {
			t.Errorf("%s says %q, want %q", kind, n.Details, want)
		}
		if c := b.Card(s.Subject, Reader{Lang: "de"}); c.Outcome == nil || c.Outcome.Text != want[0] || c.Reason != want[1] {
			t.Errorf("the card says %+v, %q", c.Outcome, c.Reason)
		}
	}
}

// TestTitlesThatCannotBeSeen holds that the id stands in for them.
func TestTitlesThatCannotBeSeen(t *testing.T) {
	t.Parallel()
	task := progress.Task{ID: "t1", Spec: &progress.Spec{Title: "\u200b\u202e"}, Status: progress.Running}
	if got := book(t).Card(Subject{Task: &task}, Reader{}); got.Title != "t1" || !strings.Contains(got.Head, "Your t1 task") {
		t.Error(got.Title, got.Head)
	}
}

// TestBeside holds what a notice leaves to the question that it is about, and that it
// leaves nothing to another.
func TestBeside(t *testing.T) {
	t.Parallel()
	b := book(t)
	s := asked()
	ask := b.Ask(s.Subject, 3, Reader{})
	n := b.Notice(s.Subject, &s.Events[0], Reader{})
	all := len(n.Details)
	if beside, same := n.Beside(ask); !same || !slices.Equal(beside.Details, []string{"Step 3: Go live"}) || len(n.Details) != all {
		t.Error(beside.Details, same)
	}
	brief := n
	brief.Details = nil
	if beside, same := brief.Beside(ask); !same || len(beside.Details) > 0 {
		t.Error(beside.Details, same)
	}
	another := *ask
	another.ID = "another"
	for _, other := range []*Ask{nil, &another} {
		if beside, same := n.Beside(other); same || len(beside.Details) != all {
			t.Error(beside.Details, same)
		}
	}
	voted := b.Notice(s.Subject, &s.Events[1], Reader{})
	if _, same := voted.Beside(ask); same {
		t.Error("a vote asks nothing")
	}
	for _, step := range []int{-1, 0, 1, 2, 4, 5} {
		if b.Ask(s.Subject, step, Reader{}) != nil {
			t.Errorf("step %d asks", step)
		}
	}
}

// TestMinor holds which notices nobody has to be called to.
func TestMinor(t *testing.T) {
	t.Parallel()
	b := book(t)
	s := running()
	for _, kind := range progress.Kinds() {
		e := progress.Event{Kind: kind.Kind, Step: 1}
		matters := slices.Contains([]progress.Kind{
			progress.TaskCompleted, progress.TaskFailed, progress.TaskCancelled, progress.TaskStalled, progress.ApprovalNeeded, progress.ApprovalVoted, progress.ApprovalDecided,
		}, kind.Kind)
		if n := b.Notice(s.Subject, &e, Reader{}); n.Minor() == matters {
			t.Errorf("%s is minor: %v", kind.Kind, n.Minor())
		}
	}
}
