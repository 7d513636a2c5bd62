package live

import (
	"cmp"

	"github.com/taskherald/herald/progress"
)

// milestone is a lifecycle frame. Which fields it has follows from its type;
// those of type any are null where there is nothing to say.
type milestone struct {
	head
	Percent  *float64               `json:"percent,omitempty"` // of the task; in terminal frames
	Task     *progress.Wire         `json:"task,omitempty"`
	Run      int                    `json:"run,omitempty"`
	Step     any                    `json:"step,omitempty"`
	Attempt  int                    `json:"attempt,omitempty"`
	Steps    []progress.StepLine    `json:"steps,omitempty"`       // new or changed
	Total    int                    `json:"total_steps,omitempty"` // beside steps
	Substep  *progress.WireSubstep  `json:"substep,omitempty"`     // of the one step, new or changed
	Approval *progress.WireApproval `json:"approval,omitempty"`
	Result   any                    `json:"result,omitempty"`
	Error    any                    `json:"error,omitempty"`
	By       progress.Person        `json:"by,omitempty"`
	Via      progress.Via           `json:"via,omitempty"`
	Reason   string                 `json:"reason,omitempty"`
	Cause    progress.Cause         `json:"cause,omitempty"`
}

// lifecycle shows an event: t is the task right after it, now as it is.
func (o *Options) lifecycle(e *progress.Event, t, now *progress.Task) *frame {
	info, _ := e.Kind.Info()
	m := milestone{head: headOf(info.Frame, t, e.At), By: e.By, Via: e.Via, Reason: e.Data.Reason}
	switch e.Kind {
	case progress.TaskCreated:
		shown := t.Wire(progress.Whole, o.ETA(t))
		m.Task = &shown
	case progress.TaskStalled:
		m.stalled(e, t, now)
	case progress.TaskRestarted:
		m.Run = t.Run
	case progress.TaskRetried:
		m.Attempt, m.Step = t.Attempt, stepOf(e.Step, t, now)
	case progress.StepStarted, progress.StepDone, progress.StepPassed:
		m.Step = stepOf(e.Step, t, now)
	case progress.StepFell:
		m.Step, m.Error = stepOf(e.Step, t, now), t.Steps.At(e.Step).Error
	case progress.ApprovalNeeded, progress.ApprovalVoted, progress.ApprovalDecided:
		m.Approval = e.Data.Approval.Wire(e.Step, t.Steps.At(e.Step).Name)
	case progress.PlanChanged:
		m.planned(e, t, now)
	case progress.TaskCompleted, progress.TaskFailed, progress.TaskCancelled:
		if t.Seq == now.Seq {
			t = now // it knows the percent
		}
		return terminal(t)
	}
	return encode(m.head, m)
}

// stalled shows why nothing moves. Events from before there were causes are of
// tasks that no worker took.
func (m *milestone) stalled(e *progress.Event, t, now *progress.Task) {
	m.Cause = cmp.Or(e.Data.Cause, progress.CauseNoWorker)
	if e.Step > 0 {
		m.Step = stepOf(e.Step, t, now)
	}
}

// planned shows what is new in a plan.
func (m *milestone) planned(e *progress.Event, t, now *progress.Task) {
	m.Total = t.Steps.Len()
	for i := range e.Data.Steps {
		m.Steps = append(m.Steps, *stepOf(m.Total-len(e.Data.Steps)+i+1, t, now))
	}
	if s := e.Data.Substep; s != nil {
		m.Steps = append(m.Steps, *stepOf(e.Step, t, now))
		m.Substep = &progress.WireSubstep{Name: s.Name, Done: s.Done(), Status: s.Status}
		if s.Status == "" {
			m.Substep.Status = progress.StepPending
		}
	}
}

// stepOf is a step of the task, nil for 0. The percent at which it ended is
// that which the task knows now, if it is still that end.
func stepOf(n int, t, now *progress.Task) *progress.StepLine {
	if n == 0 {
		return nil
	}
	s := t.Steps.At(n)
	if !s.EndedAt.IsZero() && n <= now.Steps.Len() {
		if is := now.Steps.At(n); is.Status == s.Status && is.EndedAt.Equal(s.EndedAt) {
			s.Percent = is.Percent
		}
	}
	line := s.Line()
	return &line
}

// endings are the frames of tasks that have ended.
var endings = map[progress.Status]progress.Kind{
	progress.Completed: progress.TaskCompleted,
	progress.Failed:    progress.TaskFailed,
	progress.Cancelled: progress.TaskCancelled,
}

// terminal shows how a task ended, from the task alone.
func terminal(t *progress.Task) *frame {
	info, _ := endings[t.Status].Info()
	m := milestone{head: headOf(info.Frame, t, t.EndedAt), Percent: &t.Percent, By: t.End.By, Via: t.End.Via, Reason: t.End.Reason}
	if len(t.End.Result) > 0 || t.Status == progress.Completed {
		m.Result = t.End.Result
	}
	var fault *progress.WireFault
	if t.End.Error != nil {
		fault = &progress.WireFault{Fault: *t.End.Error, Step: t.End.Step}
	}
	if fault != nil || t.Status == progress.Failed {
		m.Error = fault
	}
	f := encode(m.head, m)
	f.ends = true
	return f
}
