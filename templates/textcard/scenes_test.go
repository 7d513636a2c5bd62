package textcard

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// now is the time in all scenes, in a zone that is not UTC.
var now = time.Date(2026, 5, 4, 14, 5, 0, 0, time.FixedZone("test", 2*3600))

func before(d time.Duration) progress.Instant { return progress.Instant(now.Add(-d)) }

func step(n int, name string, status progress.StepStatus, p float64, ms int64, subs ...string) progress.WireStep {
	s := progress.WireStep{StepLine: progress.StepLine{Order: n, Name: name, Status: status, Progress: p}}
	if ms > 0 {
		s.Duration = &ms
	}
	if status == progress.StepRunning || status == progress.StepPaused {
		s.StartedAt = before(65 * time.Second)
	}
	for _, sub := range subs {
		name, state, _ := strings.Cut(sub, ":")
		s.Substeps = append(s.Substeps, progress.WireSubstep{Name: name, Done: state == "completed", Status: progress.StepStatus(state)})
	}
	return s
}

func task(title string, status progress.Status, p float64, current int, steps ...progress.WireStep) progress.Wire {
	w := progress.Wire{
		ID: "01k5m3q8x9abcdefgh", Title: title, Status: status, Progress: p, CurrentStep: current, TotalSteps: len(steps), Steps: steps,
		Run: 1, Attempt: 1, CreatedAt: before(6 * time.Minute), StartedAt: before(5*time.Minute + 3*time.Second), UpdatedAt: before(12 * time.Second),
	}
	if status.Ended() {
		w.EndedAt = before(0)
	}
	return w
}

type scene struct {
	name   string
	height int
	task   progress.Wire
}

func scenes() []scene {
	done, run, wait, next := progress.StepCompleted, progress.StepRunning, progress.StepWaiting, progress.StepPending
	eta := int64(185)
	crm := task("Cellphone Store CRM", progress.Running, 65, 2,
		step(1, "Database created", done, 100, 12_400),
		step(2, "Generating application UI", run, 40, 0, "Customer list view:completed", "Product list view:completed", "Sales form:running", "Repair board:pending"),
		step(3, "Go live", next, 0, 0), step(4, "Clean up", next, 0, 0))
	crm.ETA, crm.Message = &eta, "writing the sales form"
	crm.Left = &progress.ETA{Low: 170, Likely: eta, High: 310, Basis: "12 similar runs and this run's pace"}

	pending := task("Nightly backup", progress.Pending, 0, 1, step(1, "Dump", next, 0, 0), step(2, "Upload", next, 0, 0))
	pending.StartedAt, pending.Stalled = progress.Instant{}, "no worker has taken it for 30 s"
	pending.Left = &progress.ETA{Low: 3000, Likely: 5000, High: 7500, Basis: "1 similar run"}

	gate := progress.Gate{
		Prompt:  "Switch production over to the new database?\nThe old one stays for a week.",
		Effects: []string{"All traffic moves", "About a minute without writes"}, Options: []string{"now", "tonight"},
		Approvers: []string{"ann", "group:ops"}, Quorum: 2, Risk: "high",
	}
	asks := task("Import customers", progress.Waiting, 66, 3, step(1, "Download", done, 100, 1_200), step(2, "Load", done, 100, 245_000), step(3, "Go live", wait, 0, 0), step(4, "Say so", wait, 0, 0))
	asks.Steps[2].Approval = &progress.WireApproval{Gate: gate, Step: 3, StepName: "Go live", Status: progress.ApprovalPending, ExpiresAt: before(-25 * time.Minute),
		Votes: []progress.WireVote{{By: "bob", Decision: progress.ApprovalApproved}}}
	asks.Steps[3].Approval = &progress.WireApproval{Step: 4, StepName: "Say so", Status: progress.ApprovalPending}
	asks.Approval = asks.Steps[2].Approval
	asks.Left = &progress.ETA{Low: 5, Likely: 100, High: 600, Basis: "3 similar runs", Waits: 2}

	failed := task("Train the model", progress.Failed, 42, 2, step(1, "Prepare", done, 100, 61_000), step(2, "Epoch 3", progress.StepFailed, 26, 3_723_000), step(3, "Publish", next, 0, 0))
	failed.Error = &progress.WireFault{Fault: progress.Fault{Type: "OutOfMemory", Message: "the process needed 64 GiB and was killed; make the batch smaller"}, Step: 2}
	failed.Run, failed.Attempt = 2, 3

	cancelled := task("Deploy", progress.Cancelled, 10, 1, step(1, "Build", progress.StepSkipped, 0, 3_000), step(2, "Ship", next, 0, 0))
	cancelled.EndedBy, cancelled.EndedVia, cancelled.Reason = "ann", progress.ViaButton, "wrong branch"

	paused := task("Copy 4 TB", progress.Paused, 99.97, 1, step(1, "Copy", progress.StepPaused, 99.97, 0))
	paused.Left = &progress.ETA{Low: 20, Likely: 30, High: 40, Basis: progress.OwnBasis, Waits: 1}

	many := make([]progress.WireStep, 40)
	for i := range many {
		status, ms := done, int64(1500*(i+1))
		if i > 20 {
			status, ms = next, 0
		}
		many[i] = step(i+1, fmt.Sprintf("Chapter %d", i+1), status, 0, ms, "draft:completed", "proof:completed")
	}
	many[19] = step(20, "Chapter 20", run, 50, 0)
	many[20] = step(21, "Chapter 21", run, 10, 0)
	for i := range 30 {
		many[20].Substeps = append(many[20].Substeps, progress.WireSubstep{Name: fmt.Sprintf("page %d", i+1), Done: i < 12, Status: map[bool]progress.StepStatus{true: done, false: next}[i < 12]})
	}
	many[4].Status = progress.StepSkipped
	many[33].AllowFailure, many[33].Status, many[33].Error = true, progress.StepFailed, &progress.Fault{Message: "no picture"}

	hostile := task("\x1b[31mred\x1b]0;title\a \u202egnp.exe\r\n\x00tab\there \u009b2Jclear", progress.Running, 50, 1,
		step(1, "e\u0301a"+strings.Repeat("\u0300", 50)+"\x1b[2J\x1b[1;1H", run, 50, 0, "\u2066sub\u2069\x07:running"))
	hostile.Left = &progress.ETA{Low: 86_400, Likely: 2e5, High: 3e5, Basis: "\x1b[2J\u202ebasis"}
	hostile.Message = "line 1\nline 2\x1b[5A\x1b]52;c;aGk=\x1b\\ end\u2028more \xff\xfe"

	wideText := task("顧客データの取り込み 👩‍👩‍👧 ❤️ "+strings.Repeat("漢", 60), progress.Running, 12.5, 1,
		step(1, "データベースを作成する"+strings.Repeat("字", 40), run, 12.5, 0), step(2, "عربي text ไทย", next, 0, 0))

	long := asks
	long.Title = strings.Repeat("A title that goes on and on ", 7)
	longGate := gate
	longGate.Prompt, longGate.Effects = strings.Repeat("Is this really what you want? ", 40), strings.Split(strings.Repeat("an effect of it,", 20), ",")[:20]
	long.Steps = append([]progress.WireStep(nil), asks.Steps...)
	long.Steps[2].Approval = &progress.WireApproval{Gate: longGate, Step: 3, StepName: "Go live", Status: progress.ApprovalPending}

	return []scene{
		{"running", 0, crm}, {"pending", 0, pending}, {"approval", 0, asks}, {"failed", 0, failed}, {"cancelled", 0, cancelled},
		{"completed", 0, task("Small job", progress.Completed, 100, 0)}, {"paused", 0, paused}, {"folded", 23, task("Print the book", progress.Running, 51.2, 20, many...)},
		{"hostile", 0, hostile}, {"wide", 0, wideText}, {"long", 23, long}, {"low", 8, asks}, {"bare", 0, progress.Wire{}},
	}
}

// listed are the tasks of the scenes as a list has them.
func listed() []progress.Wire {
	var all []progress.Wire
	for _, s := range scenes() {
		w := s.task
		w.ID = progress.TaskID("01k5m3q8x9" + s.name)
		w.Owner = "group:ops"
		w.Inputs = json.RawMessage(`{"a": 1}`)
		all = append(all, w)
	}
	return all
}
