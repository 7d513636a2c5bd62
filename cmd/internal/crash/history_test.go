package crash

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// history is a task as its events tell of it.
type history struct {
	task  progress.Task
	kinds []string // of its events, with their steps
}

// follow reads the events that are new and holds that they are numbered without
// a gap.
func (h *history) follow(c *client.Client, id progress.TaskID) error {
	h.task.ID = id
	for {
		events, next, err := c.Events(context.Background(), id, h.task.Seq, 1000)
		if err != nil {
			return err
		}
		for _, w := range events {
			if w.Seq != h.task.Seq+1 {
				return fmt.Errorf("%s: after event %d comes event %d", id, h.task.Seq, w.Seq)
			}
			e := eventOf(w)
			h.kinds = append(h.kinds, said(e))
			h.task = progress.Apply(h.task, e)
		}
		if next == 0 {
			return nil
		}
	}
}

// said is an event in a word.
func said(e progress.Event) string {
	text := fmt.Sprint(e.Kind, " ", e.Step)
	if e.Data.Substep != nil {
		text += " " + e.Data.Substep.Name
	}
	return text
}

// eventOf is the event that a reader got.
func eventOf(w progress.WireEvent) progress.Event {
	e := progress.Event{Seq: w.Seq, Version: w.Version, Kind: w.Type, Step: w.Step, At: time.Time(w.At), By: w.By, Via: w.Via, Data: w.Data.Data}
	e.Data.Spec = w.Data.Spec
	if a := w.Data.Approval; a != nil {
		e.Data.Approval = &progress.Approval{
			Gate: a.Gate, ID: a.ID, Digest: a.Digest, Status: a.Status, AskedBy: a.AskedBy, RequestedAt: time.Time(a.RequestedAt),
			ExpiresAt: time.Time(a.ExpiresAt), DecidedBy: a.DecidedBy, DecidedAt: time.Time(a.DecidedAt), Via: a.Via, Reason: a.Reason, Option: a.Option,
		}
		for _, v := range a.Votes {
			e.Data.Approval.Votes = append(e.Data.Approval.Votes, progress.Vote{By: v.By, Decision: v.Decision, Via: v.Via, At: time.Time(v.At), Reason: v.Reason, Option: v.Option})
		}
	}
	return e
}

// check reads what is new and holds that the events give the task that GET shows.
// It returns that. The task may change meanwhile: then it looks again.
func (h *history) check(t testing.TB, c *client.Client, id progress.TaskID) client.Task {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		shown, err := c.Task(context.Background(), id)
		if err == nil {
			err = h.follow(c, id)
		}
		if err != nil {
			t.Fatal(err)
		}
		if shown.Seq > h.task.Seq {
			t.Fatalf("%s is at event %d, and there are %d", id, shown.Seq, h.task.Seq)
		}
		if shown.Seq < h.task.Seq {
			continue // it has gone on in between
		}
		if got, want := bare(h.task.Wire(progress.Whole, nil)), bare(shown.Wire); got != want {
			t.Fatalf("%s: its events tell of\n%s\nand it is\n%s", id, got, want)
		}
		return shown
	}
	t.Fatalf("%s does not keep still", id)
	return client.Task{}
}

// bare is a task without what is no milestone. Lengths of time are without it
// too: they are of times that the wire rounds.
func bare(w progress.Wire) string {
	w.Progress, w.Version, w.UpdatedAt, w.HeartbeatAt, w.LeaseUntil = 0, 0, progress.Instant{}, progress.Instant{}, progress.Instant{}
	w.Message, w.Metrics, w.Metadata, w.ETA, w.Left, w.Worker = "", nil, nil, nil, nil, ""
	steps := w.Steps
	w.Steps = make([]progress.WireStep, len(steps))
	for i, s := range steps {
		s.Progress, s.Duration = 0, nil
		w.Steps[i] = s
	}
	b, err := json.MarshalIndent(w, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(b)
}
