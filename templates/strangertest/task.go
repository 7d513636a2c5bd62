package strangertest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// approval is one in any state.
func (s Stranger) approval(step int) *progress.Approval {
	statuses := []progress.ApprovalStatus{progress.ApprovalPending, progress.ApprovalPending, progress.ApprovalApproved, progress.ApprovalRejected, progress.ApprovalExpired, progress.ApprovalVoid}
	vias := []progress.Via{progress.ViaButton, progress.ViaMail, progress.ViaTimer, "other"}
	a := &progress.Approval{
		Gate: progress.Gate{
			Prompt: s.Long(), Effects: s.list(15), Options: s.list(5), Approvers: strings.Fields(s.Text(30)), Quorum: s.IntN(4), Risk: []string{"", "low", "high"}[s.IntN(3)],
			OnReject: []progress.OnReject{"", progress.RejectSkips, progress.RejectCancels}[s.IntN(3)],
		},
		ID: fmt.Sprint("ap_", step), Digest: "d", Status: statuses[s.IntN(len(statuses))], RequestedAt: Noon(), AskedBy: progress.Person(s.Text(3)),
		DecidedBy: progress.Person(s.Long()), DecidedAt: Noon(), Via: vias[s.IntN(len(vias))], Reason: s.Long(), Option: s.Long(),
	}
	if s.IntN(2) == 0 {
		a.ExpiresAt = Noon().Add(time.Hour)
	}
	for range s.IntN(3) {
		a.Votes = append(a.Votes, progress.Vote{By: progress.Person(s.Text(2)), Decision: progress.ApprovalApproved, Via: progress.ViaChat, At: Noon(), Reason: s.Long()})
	}
	return a
}

// Subject is a task in any state, reachable or not.
func (s Stranger) Subject() templates.Subject {
	all := []progress.Status{progress.Pending, progress.Running, progress.Paused, progress.Waiting, progress.Waiting, progress.Completed, progress.Failed, progress.Cancelled}
	t := progress.Task{ID: "t", Spec: &progress.Spec{Title: s.title(), Kind: s.Text(5), Owner: s.Text(5)}, Status: all[s.IntN(len(all))], Run: 1 + s.IntN(2), Attempt: 1 + s.IntN(2), CreatedAt: Noon(), StartedAt: Noon()}
	t.Pulse = progress.Pulse{
		Percent: s.Float64() * 100, Message: s.Long(), Worker: s.Text(4), HeartbeatAt: Noon(), Stalled: s.Text(2), StallCause: progress.CauseQuiet,
		Result: s.result(), Fault: &progress.Fault{Type: s.Text(3), Message: s.Long()},
	}
	t.Steps = progress.SetSteps(s.steps())
	if t.Status.Ended() {
		t.EndedAt = Noon()
		t.End = &progress.End{By: progress.Person(s.Text(3)), Via: progress.ViaButton, Reason: s.Long(), Step: s.IntN(t.Steps.Len() + 1), Result: s.result()}
	}
	out := templates.Subject{Task: &t, Now: Noon().Add(time.Minute), Link: Page, Again: s.IntN(3)}
	switch s.IntN(8) {
	case 0:
		out.Link = ""
	case 1:
		out.Link = "javascript:alert(1)"
	case 2:
		out.Link = Page + strings.Repeat("x", 3000)
	}
	if s.IntN(2) == 0 {
		out.ETA = &progress.ETA{Low: 5, Likely: 100, High: 60_000, Waits: s.IntN(3)}
	}
	return out
}

// title is one of a task, a harmless one now and then.
func (s Stranger) title() string {
	if s.IntN(4) == 0 {
		return "Import customers"
	}
	return s.Long()
}

func (s Stranger) result() json.RawMessage {
	raw, _ := json.Marshal(map[string]any{s.Text(3): s.Long(), "b" + s.Text(3): s.Long(), "c": 12})
	return raw
}

// steps are up to 500.
func (s Stranger) steps() []progress.Step {
	n := s.IntN(6)
	if s.IntN(4) == 0 {
		n = 500
	}
	states := []progress.StepStatus{progress.StepPending, progress.StepRunning, progress.StepCompleted, progress.StepFailed, progress.StepSkipped, progress.StepWaiting}
	names := s.list(20)
	steps := make([]progress.Step, n)
	for i := range steps {
		st := &steps[i]
		st.Order, st.Status, st.Percent = i+1, states[s.IntN(len(states))], s.Float64()*100
		if len(names) > 0 {
			st.Name = names[s.IntN(len(names))]
		}
		if st.Status == progress.StepWaiting || s.IntN(50) == 0 {
			st.Approval = s.approval(i + 1)
		}
		for range min(s.IntN(12), len(names)) {
			st.Substeps = append(st.Substeps, progress.Substep{Name: names[s.IntN(len(names))]})
		}
	}
	return steps
}

// Event is one that the task may have had.
func (s Stranger) Event(t *progress.Task) *progress.Event {
	kinds := progress.Kinds()
	e := &progress.Event{Kind: kinds[s.IntN(len(kinds))].Kind, Seq: 7, At: Noon(), By: progress.Person(s.Text(3)), Via: progress.ViaChat, Step: s.IntN(t.Steps.Len() + 1)}
	e.Data = progress.Data{Reason: s.Long(), Error: &progress.Fault{Message: s.Long()}, Cause: progress.CauseQuiet}
	if n := t.Steps.First(progress.StepWaiting); n > 0 && s.IntN(2) == 0 {
		e.Kind, e.Step = progress.ApprovalNeeded, n
	}
	switch e.Kind {
	case progress.ApprovalNeeded, progress.ApprovalVoted, progress.ApprovalDecided:
		e.Data.Approval = s.approval(e.Step)
		if n := e.Step; n > 0 && t.Steps.At(n).Approval != nil && s.IntN(4) > 0 {
			e.Data.Approval = t.Steps.At(n).Approval
		}
	}
	return e
}

// Answer is what the bot may say of tasks.
func (s Stranger) Answer(subjects []templates.Subject) templates.Answer {
	topics := []templates.Topic{templates.TopicStatus, templates.TopicList, templates.TopicLogs, templates.TopicHistory, templates.TopicConfirm, templates.TopicChoose, templates.TopicRefused, templates.TopicMissing, templates.TopicHelp, templates.TopicDone}
	verbs := []progress.Verb{progress.VerbCancel, progress.VerbApprove, progress.VerbSkip, ""}
	a := templates.Answer{
		About: topics[s.IntN(len(topics))], Task: &subjects[0], Verb: verbs[s.IntN(len(verbs))], Step: s.IntN(3), Named: s.Long(), Reason: s.Long(),
		Tasks: subjects, More: s.IntN(3), Refusal: &progress.Error{Code: progress.Conflict},
	}
	for i := range s.IntN(60) {
		a.Lines = append(a.Lines, progress.LogLine{N: int64(i), Line: s.Long()})
	}
	for range s.IntN(12) {
		a.Presses = append(a.Presses, templates.Press{Verb: a.Verb, Task: "t", Title: s.Long(), Step: s.IntN(2), Ticket: strings.Repeat("x", s.IntN(300)), Say: s.Text(3)})
		a.Decisions = append(a.Decisions, templates.Decision{Run: 1, Verb: progress.VerbPause, By: progress.Person(s.Text(3)), Reason: s.Long(), At: Noon()})
		a.Wishes = append(a.Wishes, templates.WishFor{Verb: progress.VerbPause, Title: s.Long()})
	}
	return a
}
