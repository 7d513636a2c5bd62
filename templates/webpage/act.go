package webpage

import (
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
)

// Act is what the page behind a link to decide shows.
type Act struct {
	Person   progress.Person        // in whose name
	Task     progress.TaskID        // "" where nothing may be said of it
	Title    string                 // the task's
	Status   progress.Status        // the task's
	Approval *progress.WireApproval // that the link is about, nil where that is not asked any more
	Lapse    Lapse                  // why the link does nothing any more, "" while it may
	Verbs    []progress.Verb        // the buttons
	Form     string                 // what the form brings back
	SignIn   string                 // where the person logs in before there are buttons, "" if they need not
	Caller   progress.Person        // who is logged in
	Notice   Notice
	Now      time.Time
}

// Act renders the page of a decision.
func (l *Layout) Act(a Act) ([]byte, error) {
	v := actView{Act: a, said: a.Lapse.said(a.Person)}
	if a.Approval != nil {
		v.Asking = &approvalView{
			WireApproval: a.Approval, Now: a.Now,
			MayApprove: slices.Contains(a.Verbs, progress.VerbApprove), MayReject: slices.Contains(a.Verbs, progress.VerbReject),
		}
	}
	return render(l.act, false, v)
}

// actView is a decision as its template sees it.
type actView struct {
	Act
	said   said
	Asking *approvalView
}

// Over is why the link does nothing.
func (v actView) Over() said { return v.said }

// Heading is the title of the tab.
func (v actView) Heading() string {
	switch {
	case v.Lapse != "":
		return v.said.Title + " · Herald"
	case v.Open():
		return statuses[progress.Waiting].Symbol + " " + v.Title + " · Herald"
	}
	return v.mark() + " " + v.Title + " · Herald"
}

// Open reports whether the decision is still to be made.
func (v actView) Open() bool {
	return v.Lapse == "" && v.Approval != nil && v.Approval.Status == progress.ApprovalPending
}

// Good reports whether the outcome is a yes.
func (v actView) Good() bool { return v.Approval.Status == progress.ApprovalApproved }

func (v actView) mark() string {
	if v.Approval != nil && v.Good() {
		return "✓"
	}
	return "✕"
}

// Outcome says what was decided, by whom and through which channel.
func (v actView) Outcome() string { return v.mark() + " " + Sentence(outcome(v.Approval)) }

// Other is who is logged in instead of the person that the link is for, "" for nobody.
func (v actView) Other() progress.Person {
	if v.Caller == v.Person {
		return ""
	}
	return v.Caller
}
