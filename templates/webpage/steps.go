package webpage

import (
	"encoding/json"
	"fmt"

	"github.com/taskherald/herald/progress"
)

// How many steps and substeps a page shows: a page of 10,000 would not be
// followed live by anybody.
const (
	mostSteps    = 300
	mostSubsteps = 100
	around       = 50 // before and after the current one
)

// stepView is a step as its template sees it, or a gap in the list.
type stepView struct {
	progress.WireStep
	Gap  int // how many are left out here; else 0
	More int // substeps that are not shown
	Now  bool
	Open bool // its substeps are to be seen at once
}

// StepList are the steps that are shown.
func (v taskView) StepList() []stepView {
	var out []stepView
	gap := 0
	for i := range v.Steps {
		s := &v.Steps[i]
		if !v.shows(s) {
			gap++
			continue
		}
		if gap > 0 {
			out, gap = append(out, stepView{Gap: gap}), 0
		}
		out = append(out, v.step(*s))
	}
	if gap > 0 {
		out = append(out, stepView{Gap: gap})
	}
	return out
}

// Many reports whether steps are left out.
func (v taskView) Many() bool { return !v.All && len(v.Steps) > mostSteps }

// shows reports whether a step is shown: in a long list those that matter now.
func (v taskView) shows(s *progress.WireStep) bool {
	if !v.Many() {
		return true
	}
	near := s.Order >= v.CurrentStep-around && s.Order <= v.CurrentStep+around
	return near || s.Order == 1 || s.Order == len(v.Steps) || s.Status == progress.StepWaiting
}

func (v taskView) step(s progress.WireStep) stepView {
	out := stepView{WireStep: s, Now: s.Order == v.CurrentStep && !v.Status.Ended()}
	out.Open = under(s.Status) || s.Status == progress.StepFailed
	if len(s.Substeps) > mostSubsteps {
		out.More = len(s.Substeps) - mostSubsteps
		out.Substeps = s.Substeps[:mostSubsteps]
	}
	return out
}

// under reports whether the step is under way.
func under(s progress.StepStatus) bool {
	return s == progress.StepRunning || s == progress.StepPaused || s == progress.StepWaiting
}

// Under reports whether the step is under way.
func (s stepView) Under() bool { return under(s.Status) }

// Bar reports whether its percent says something.
func (s stepView) Bar() bool {
	return s.Status == progress.StepRunning || s.Status == progress.StepPaused || (s.Progress > 0 && s.Progress < 100)
}

// Done says how many of its substeps are done.
func (s stepView) Done() string {
	n := 0
	for _, sub := range s.Substeps {
		if sub.Done {
			n++
		}
	}
	if s.More > 0 {
		return fmt.Sprintf("%d substeps", len(s.Substeps)+s.More)
	}
	return fmt.Sprintf("%d of %d substeps done", n, len(s.Substeps))
}

// Decided says what became of its approval, "" if nothing did yet.
func (s stepView) Decided() string {
	if s.Approval == nil || s.Approval.Status == "" || s.Approval.Status == progress.ApprovalPending {
		return ""
	}
	return outcome(s.Approval)
}

// Gated reports whether it will ask for an approval.
func (s stepView) Gated() bool { return s.Approval != nil && s.Approval.Status == "" }

// joined is an object of its members, sorted by name.
func joined(members map[string]json.RawMessage) json.RawMessage {
	out, err := json.Marshal(members)
	if err != nil {
		return nil // they were valid JSON when they came
	}
	return out
}
