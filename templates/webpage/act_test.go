package webpage

import (
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
)

// asked is an approval with all that there is to show.
func asked() *progress.WireApproval {
	return &progress.WireApproval{
		Gate: progress.Gate{
			Prompt: "Deploy to production?", Effects: []string{"The shop is down for a minute", "Prices change"}, Options: []string{"now", "tonight"},
			Approvers: []string{"ana", "group:ops"}, Quorum: 2, Risk: "medium", OnReject: progress.RejectCancels,
		},
		Step: 3, StepName: "Go live", Status: progress.ApprovalPending, AskedBy: "builder", RequestedAt: instant(-60), ExpiresAt: instant(135),
	}
}

func act() Act {
	return Act{
		Person: "ana", Task: "t", Title: "Cellphone Store CRM", Status: progress.Waiting, Approval: asked(),
		Verbs: []progress.Verb{progress.VerbApprove, progress.VerbReject}, Form: "FORM", Now: noon,
	}
}

// acts are the pages behind a link to decide, by name.
func acts() map[string]Act {
	open, half, high, over, hostile := act(), act(), act(), act(), act()
	half.Approval.Votes = []progress.WireVote{{By: "ana", Decision: progress.ApprovalApproved, Via: progress.ViaMail, At: instant(-5), Reason: "fine"}}
	half.Verbs, half.Notice = []progress.Verb{progress.VerbReject}, Notice{Text: "Your approval counts. 1 of 2 needed."}
	high.Approval.Risk, high.SignIn, high.Caller = "high", "/login?next=%2Fact%2FTEXT", "bob"
	over.Status, over.Verbs, over.Form = progress.Running, nil, ""
	over.Approval.Status, over.Approval.DecidedBy, over.Approval.DecidedAt, over.Approval.Via = progress.ApprovalApproved, "bob", instant(-1), progress.ViaChat
	over.Approval.Option, over.Approval.Reason = "tonight", "nobody shops then"
	over.Approval.Votes = []progress.WireVote{{By: "bob", Decision: progress.ApprovalApproved, Via: progress.ViaChat, At: instant(-1), Option: "tonight"}}
	withdrawn := over
	withdrawn.Lapse, withdrawn.Status, withdrawn.Approval = Withdrawn, progress.Cancelled, asked()
	withdrawn.Approval.Status = progress.ApprovalVoid
	hostile.Title, hostile.Approval.Prompt, hostile.Approval.StepName = `<img src=x onerror=alert(1)>`, `"><script>alert(1)</script>`, "</h2>"
	hostile.Approval.Options, hostile.Approval.Effects, hostile.Person = []string{`"><b>`}, []string{"</ul>"}, "<i>ana</i>"
	hostile.Notice = Notice{Text: "<b>", Bad: true}
	return map[string]Act{
		"act": open, "act-half": half, "act-high": high, "act-over": over, "act-withdrawn": withdrawn, "act-hostile": hostile,
		"act-forged": {Lapse: Forged}, "act-departed": {Lapse: Departed, Person: "ana"},
	}
}

// TestActs renders what people see who follow a link of a message.
func TestActs(t *testing.T) {
	t.Parallel()
	l := layout(t)
	for name, a := range acts() {
		page, err := l.Act(a)
		golden(t, name, page, err)
		if strings.Contains(string(page), "<script") || strings.Contains(string(page), "<img") {
			t.Errorf("%s has a script, or what others wrote", name)
		}
	}
	to := Address{To: "ana@example.com", Owner: "bob", Name: "Nightly", URL: "https://herald.example.com", Form: "FORM"}
	for _, p := range []struct {
		name   string
		render func(Address) ([]byte, error)
		change func(*Address)
	}{
		{"leave", l.Leave, func(*Address) {}},
		{"leave-done", l.Leave, func(a *Address) { a.Done, a.Off = true, "unsubscribed from a mail" }},
		{"leave-silent", l.Leave, func(a *Address) { *a = Address{Lapse: Silent} }},
		{"confirm", l.Confirm, func(a *Address) { a.Notice = Again() }},
		{"confirm-done", l.Confirm, func(a *Address) { a.Done = true }},
		{"confirm-off", l.Confirm, func(a *Address) { a.Off = "switched off by bob" }},
	} {
		a := to
		p.change(&a)
		page, err := p.render(a)
		golden(t, p.name, page, err)
	}
}

// TestEveryLapseIsSaid holds that no lapse is without words, and none names a person that
// is not there.
func TestEveryLapseIsSaid(t *testing.T) {
	t.Parallel()
	for _, l := range []Lapse{Forged, Late, Undecided, Changed, Superseded, Withdrawn, Purged, Hidden, Departed, Ended, Moved, Silent} {
		s := l.said("Ana")
		if s.Title == "" || !strings.HasSuffix(s.Text, ".") || strings.Contains(s.Title+s.Text, "PERSON") {
			t.Errorf("%s: %+v", l, s)
		}
	}
	if len(lapses) != 13 {
		t.Errorf("%d lapses", len(lapses))
	}
	for l, want := range map[Lapse]string{Departed: "Ana is not here any more", Late: "this link has expired"} {
		if got := l.Says("Ana"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
