package templates

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// TestEventsOfWhatIsOver holds that who hears late of an end is offered nothing that
// cannot be done any more, and told nothing of another run.
func TestEventsOfWhatIsOver(t *testing.T) {
	t.Parallel()
	b := book(t)
	fell, again := failed(), retried()
	e := fell.Events[slices.IndexFunc(fell.Events, func(e progress.Event) bool { return e.Kind == progress.TaskFailed })]
	if n := b.Notice(again.Subject, &e, Reader{}); strings.Contains(strings.Join(n.Details, "\n"), "What you can do") || !strings.Contains(strings.Join(n.Details, "\n"), "OutOfMemory") {
		t.Error(n.Details)
	}
	done := patchy()
	e = done.Events[len(done.Events)-1]
	l := &life{task: *done.Subject.Task, at: done.Subject.Now}
	l.does(person("ann"), progress.ViaCLI, time.Minute, progress.Restart{})
	if n := b.Notice(l.scene("", 0).Subject, &e, Reader{}); n.Text != "✅ Your Website is ready!" || len(n.Details) > 0 {
		t.Error(n.Text, n.Details)
	}
}

// TestNewestDecision stands on the card.
func TestNewestDecision(t *testing.T) {
	t.Parallel()
	steps := plans("a", "b", "c")
	steps[0].Gate, steps[1].Gate = &progress.Gate{}, &progress.Gate{Default: progress.DefaultApprove, ExpiresIn: 60}
	l := born(progress.Spec{Title: "T"}, steps...).reports(0, step(1, progress.StepRunning))
	l.does(person("ann"), progress.ViaChat, time.Second, progress.Approve{Step: 1, Reason: "fine"})
	l.reports(0, step(1, progress.StepRunning)).reports(0, step(1, progress.StepCompleted)).reports(0, step(2, progress.StepRunning))
	if c := book(t).Card(l.scene("", 0).Subject, Reader{}); c.Outcome == nil || !strings.HasPrefix(c.Outcome.Text, "Step 1 was approved by ann") || c.Reason != "Reason: fine" {
		t.Errorf("%+v %q", c.Outcome, c.Reason)
	}
	l.does(progress.Timer(), progress.ViaTimer, time.Hour, progress.Expire{Step: 2})
	if c := book(t).Card(l.scene("", 0).Subject, Reader{}); c.Outcome == nil || !strings.HasPrefix(c.Outcome.Text, "Step 2 counts as approved: nobody decided in time") || c.Reason != "" {
		t.Errorf("%+v %q", c.Outcome, c.Reason)
	}
}

// TestLateStep is the one that takes too long, not the first that runs.
func TestLateStep(t *testing.T) {
	t.Parallel()
	steps := plans("a", "b")
	steps[1].Late = time.Minute
	l := born(progress.Spec{Title: "T"}, steps...).reports(0, step(1, progress.StepRunning)).reports(0, step(2, progress.StepRunning))
	l.does(progress.Timer(), progress.ViaTimer, time.Hour, progress.Stall{Cause: progress.CauseOverrun})
	if c := book(t).Card(l.scene("", 0).Subject, Reader{}); c.Alarm == nil || c.Alarm.Text != "Step 2 (b) is taking longer than usual." {
		t.Errorf("%+v", c.Alarm)
	}
}

// TestHostileQuestions holds that what is asked is text too.
func TestHostileQuestions(t *testing.T) {
	t.Parallel()
	b := book(t)
	const evil = "</p><script>x</script> [a](http://evil.example) **b** @here"
	gate := progress.Gate{Prompt: evil, Effects: []string{evil}, Options: []string{evil}, Approvers: []string{evil}}
	l := born(progress.Spec{Title: "T"}, plans(evil)...)
	l.does(person("ann"), progress.ViaREST, 0, progress.Ask{Step: progress.StepRef{Order: 1}, Gate: gate})
	s := l.scene("", 0)
	for _, thing := range []any{b.Card(s.Subject, Reader{}), b.Notice(s.Subject, &s.Events[len(s.Events)-1], Reader{})} {
		text := b.Layout(Markdown, thing, Fit{})
		_, source := read(t, text)
		if strings.Contains(source, "<script") || strings.Contains(source, "evil.example\"") || strings.Contains(source, "<strong>b") || strings.Contains(text, "@here") {
			t.Error(source)
		}
		if n := strings.Count(source, "&lt;script"); n < 4 {
			t.Errorf("it is seen %d times: %s", n, source)
		}
		check(t, b, HTML, thing, Fit{})
	}
}
