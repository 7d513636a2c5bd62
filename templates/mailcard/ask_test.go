package mailcard_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/mailcard"
)

// TestDecisionsStandBesideTheirQuestion holds that what the buttons decide is what the
// mail asks, whatever it is about.
func TestDecisionsStandBesideTheirQuestion(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := mailcard.New(b)
	gate := func(n int, prompt string) progress.Step {
		ap := &progress.Approval{ID: prompt, Status: progress.ApprovalPending, Gate: progress.Gate{Prompt: prompt}}
		return progress.Step{Order: n, Status: progress.StepWaiting, Plan: progress.Plan{Name: "Gate"}, Approval: ap}
	}
	task := progress.Task{ID: "t", Spec: &progress.Spec{Title: "CRM"}, Status: progress.Waiting, Steps: progress.SetSteps([]progress.Step{gate(1, "Delete it?"), gate(2, "Copy it?"), {Order: 3, Status: progress.StepPending}})}
	s := templates.Subject{Task: &task, Now: sceneDay}
	mail := func(about, decides int) string {
		e := progress.Event{Kind: progress.ApprovalNeeded, Step: about, Data: progress.Data{Approval: task.Steps.At(about).Approval}}
		n := b.Notice(s, &e, templates.Reader{})
		return l.Mail(mailcard.Input{Notice: &n, Subject: &s, Links: mailcard.Links{Step: decides, Approve: here + "act/a", Reject: here + "act/r"}}).Text
	}
	for _, c := range []struct {
		about, decides int
		want           []string
		not            []string
	}{
		{1, 1, []string{"Step 1: Gate\n\n> Delete it?\n", "\nApprove\n"}, []string{"Copy it?", "Approval required for Step 1: Gate"}},
		{2, 2, []string{"Step 2: Gate\n\n> Copy it?\n", "\nApprove\n"}, []string{"Delete it?"}},
		{2, 1, []string{"\nCopy it?\n", "\nApproval required for Step 1: Gate\n> Delete it?\n", "\nReject\n"}, nil},
		{1, 0, []string{"> Delete it?\n"}, []string{"Approve\n", "asks once more"}},
		{1, 3, []string{"\nDelete it?\n"}, []string{"Approve\n", ">"}},
		{1, 9, []string{"\nDelete it?\n"}, []string{"Approve\n", ">"}},
	} {
		text := mail(c.about, c.decides)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("about %d, for %d: it lacks %q:\n%s", c.about, c.decides, want, text)
			}
		}
		for _, not := range c.not {
			if strings.Contains(text, not) {
				t.Errorf("about %d, for %d: it has %q:\n%s", c.about, c.decides, not, text)
			}
		}
	}
}

// TestDecidedSince holds that a mail that comes late has no buttons, and says what
// became of the question.
func TestDecidedSince(t *testing.T) {
	t.Parallel()
	b := book(t)
	asked, after := scene(t, "approval"), scene(t, "approved")
	n := b.Notice(after.Subject, &asked.Events[0], templates.Reader{})
	m := mailcard.New(b).Mail(mailcard.Input{Notice: &n, Subject: &after.Subject, Links: mailcard.Links{Step: 3, Approve: here + "act/a", Reject: here + "act/r"}})
	if !strings.Contains(m.Text, "Step 3 was approved by ann") || strings.Contains(m.Text, "Approve\n") || slices.Contains(read(t, m.HTML).links, here+"act/a") {
		t.Error(m.Text)
	}
}

// TestSigningIn is said where it is needed, and not where it is not.
func TestSigningIn(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := mailcard.New(b)
	in := letters(b, scene(t, "approval"), templates.Reader{})[0]
	for _, sure := range []bool{true, false} {
		in.Links.SignIn = sure
		m := l.Mail(in)
		for _, text := range []string{m.Text, m.HTML} {
			if strings.Contains(text, "You have to be logged in to decide.") != sure || !strings.Contains(text, "asks once more; nothing is decided before that.") {
				t.Errorf("%v: %s", sure, text)
			}
		}
	}
}
