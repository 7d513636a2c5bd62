package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/store"
)

var (
	worker = progress.Actor{Person: "ci", Rights: progress.MayReport, All: true}
	ann    = progress.Actor{Person: "ann", Rights: progress.MayOperate | progress.MayApprove, All: true}
	bob    = progress.Actor{Person: "bob", Rights: progress.MayOperate | progress.MayApprove, All: true}
)

// world is an engine on a database of its own.
type world struct {
	testing.TB
	*Engine
	keep *store.Store
}

// each runs a test on both databases.
func each(t *testing.T, run func(t *testing.T, w world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { run(t, open(t, d, Options{})) })
}

func open(t testing.TB, d *db.DB, o Options) world {
	t.Helper()
	s := store.New(d)
	e := New(s, o)
	t.Cleanup(e.Close)
	return world{t, e, s}
}

func (w world) try(id string, by progress.Actor, do progress.Change) (Outcome, error) {
	return w.Execute(context.Background(), progress.Command{Task: progress.TaskID(id), By: by, Via: progress.ViaREST, Do: do})
}

func (w world) must(id string, by progress.Actor, do progress.Change) Outcome {
	w.Helper()
	out, err := w.try(id, by, do)
	if err != nil {
		w.Fatalf("%s: %v", do.Verb(), err)
	}
	return out
}

func (w world) refused(want progress.Code, id string, by progress.Actor, do progress.Change) {
	w.Helper()
	_ = w.refusal(want, id, by, do)
}

// refusal is refused, and the outcome that came with it.
func (w world) refusal(want progress.Code, id string, by progress.Actor, do progress.Change) Outcome {
	w.Helper()
	out, err := w.try(id, by, do)
	if progress.CodeOf(err) != want {
		w.Fatalf("%s: %v, want %s", do.Verb(), err, want)
	}
	return out
}

// same holds that what is in memory, what is in the tables and what the
// milestones tell are one task.
func (w world) same(id string) progress.Task {
	w.Helper()
	ctx := context.Background()
	hot, err := w.Task(ctx, progress.TaskID(id))
	if err != nil {
		w.Fatal(err)
	}
	cold, ok, err := w.keep.Task(ctx, progress.TaskID(id))
	if err != nil || !ok {
		w.Fatal(ok, err)
	}
	if got, want := flat(cold), flat(hot); got != want {
		w.Fatalf("stored:\n%s\nin memory:\n%s", got, want)
	}
	events, err := w.keep.Events(ctx, progress.TaskID(id), 0, 1<<30)
	if err != nil {
		w.Fatal(err)
	}
	for i, e := range events {
		if e.Seq != int64(i+1) {
			w.Fatalf("event %d has seq %d", i, e.Seq)
		}
	}
	if got, want := milestones(progress.Replay(hot.ID, events)), milestones(hot); !reflect.DeepEqual(got, want) {
		w.Fatalf("replayed:\n%s\nin memory:\n%s", flat(got), flat(want))
	}
	return hot
}

// flat is a task as a text that two equal tasks share; heartbeats are stored
// now and then only.
func flat(t progress.Task) string {
	t.HeartbeatAt = time.Time{}
	t.Workers = nil
	t.LeaseUntil = time.Time{}
	var steps []progress.Step
	for s := range t.Steps.All() {
		steps = append(steps, s)
	}
	t.Steps = progress.Steps{}
	head, _ := json.Marshal(t)
	body, _ := json.MarshalIndent(steps, "", " ")
	return string(head) + string(body)
}

// milestones is a task without its ticks.
func milestones(t progress.Task) progress.Task {
	t.Pulse = progress.Pulse{}
	var steps []progress.Step
	for s := range t.Steps.All() {
		s.Percent, s.Given, s.UpdatedAt = 0, false, time.Time{}
		steps = append(steps, s)
	}
	t.Steps, t.Version, t.UpdatedAt = progress.SetSteps(steps), 0, time.Time{}
	return t
}

func create(names ...string) progress.Create {
	c := progress.Create{Spec: progress.Spec{Title: "CRM", Kind: "crm", Labels: map[string]string{"env": "prod"}}}
	for _, n := range names {
		c.Steps = append(c.Steps, progress.Plan{Name: n})
	}
	return c
}

func at(n int, s progress.StepStatus) progress.Report {
	return progress.Report{Step: progress.StepRef{Order: n}, StepStatus: s}
}

func tick(n int, p float64) progress.Report {
	return progress.Report{Step: progress.StepRef{Order: n}, StepProgress: &p}
}

func many(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint("step ", i+1)
	}
	return out
}
