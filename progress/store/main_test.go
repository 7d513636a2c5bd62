package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/store"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var (
	epoch  = time.Date(2026, 1, 2, 3, 4, 5, 678_000, time.UTC)
	worker = progress.Actor{Person: "ci", Rights: progress.MayReport, All: true}
	ann    = progress.Actor{Person: "ann", Rights: progress.MayOperate | progress.MayApprove, All: true, Groups: []string{"ops"}}
	bob    = progress.Actor{Person: "bob", Rights: progress.MayOperate | progress.MayApprove, All: true, Groups: []string{"ops"}}
)

// story is a task that is driven by the domain alone, a second a command, and
// what of it is not stored yet.
type story struct {
	testing.TB
	at           time.Time
	task, stored progress.Task
	rev          int64
	events, all  []progress.Event
	lines        []progress.LogLine
	runs         []progress.Task
}

func begin(t testing.TB, id string, c progress.Create) *story {
	t.Helper()
	s := &story{TB: t, at: epoch}
	s.task.ID = progress.TaskID(id)
	return s.do(worker, c)
}

func (s *story) do(by progress.Actor, c progress.Change) *story {
	s.Helper()
	before := s.task
	if before.Spec == nil {
		before = progress.Task{} // as Create wants it
	}
	s.at = s.at.Add(time.Second)
	after, events, err := progress.Act(before, progress.Command{Task: s.task.ID, By: by, Via: progress.ViaChat, Do: c}, s.at)
	if err != nil {
		s.Fatalf("%s: %v", c.Verb(), err)
	}
	for _, e := range events {
		switch {
		case e.Kind == progress.Logged:
			s.lines = append(s.lines, e.Data.Lines...)
		case e.Seq > 0:
			s.events = append(s.events, e)
		}
		if e.Kind == progress.TaskRestarted {
			s.runs = append(s.runs, before)
		}
	}
	s.task = after
	return s
}

// move is what is to be stored now.
func (s *story) move() store.Move {
	s.rev++
	before, after := s.stored, s.task
	m := store.Move{Before: &before, After: &after, Rev: s.rev, Events: s.events, Lines: s.lines}
	s.all = append(s.all, s.events...)
	s.stored, s.events, s.lines = s.task, nil, nil
	return m
}

// shelf is a store in a database of its own.
type shelf struct {
	testing.TB
	*store.Store
	db *db.DB
}

func each(t *testing.T, run func(t *testing.T, s shelf)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { run(t, shelf{t, store.New(d), d}) })
}

// keep stores what moved in some stories, and more, in one transaction.
func (s shelf) keep(b store.Batch, moved ...*story) {
	s.Helper()
	need := store.Need{Known: map[progress.TaskID]int64{}}
	for _, m := range moved {
		need.Tasks = append(need.Tasks, m.task.ID)
		if m.rev > 0 {
			need.Known[m.task.ID] = m.rev
		}
		b.Runs = append(b.Runs, m.runs...)
		b.Moves = append(b.Moves, m.move())
		m.runs = nil
	}
	slices.Sort(need.Tasks)
	if err := s.Commit(context.Background(), need, func(store.Found) store.Batch { return b }); err != nil {
		s.Fatal(err)
	}
}

// row reads one row.
func (s shelf) row(query string, into ...any) {
	s.Helper()
	err := s.db.Read(context.Background(), func(tx *db.Tx) error { return tx.QueryRow(context.Background(), query).Scan(into...) })
	if err != nil {
		s.Fatal(query, err)
	}
}

// find is what a transaction finds.
func (s shelf) find(need store.Need) (found store.Found) {
	s.Helper()
	slices.Sort(need.Tasks)
	err := s.Commit(context.Background(), need, func(f store.Found) store.Batch {
		found = f
		return store.Batch{}
	})
	if err != nil {
		s.Fatal(err)
	}
	return found
}

// holds holds that stories are stored as they are told.
func (s shelf) holds(stories ...*story) {
	s.Helper()
	need := store.Need{}
	for _, want := range stories {
		need.Tasks = append(need.Tasks, want.task.ID)
	}
	found := s.find(need).Tasks
	if len(found) != len(stories) {
		s.Errorf("%d of %d tasks were found", len(found), len(stories))
	}
	for _, want := range stories {
		if got := found[want.task.ID]; got.Rev != want.rev || flat(got.Task) != flat(want.task) {
			s.Errorf("rev %d, want %d, of\n%s\nwant\n%s", got.Rev, want.rev, flat(got.Task), flat(want.task))
		}
	}
}

// flat is a task as a text that two equal tasks share.
func flat(t progress.Task) string {
	var steps []progress.Step
	for s := range t.Steps.All() {
		steps = append(steps, s)
	}
	t.Steps = progress.Steps{}
	return text(t) + text(steps)
}

func text(v any) string {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func raw(s string) json.RawMessage { return json.RawMessage(s) }

func object(name, value string) map[string]json.RawMessage {
	return map[string]json.RawMessage{name: raw(value)}
}

func plan(names ...string) progress.Create {
	c := progress.Create{Spec: progress.Spec{Title: "CRM", Kind: "crm"}}
	for _, n := range names {
		c.Steps = append(c.Steps, progress.Plan{Name: n})
	}
	return c
}

func ref(n int) progress.StepRef { return progress.StepRef{Order: n} }

func at(n int, s progress.StepStatus) progress.Report {
	return progress.Report{Step: ref(n), StepStatus: s}
}

func tick(n int, p float64) progress.Report { return progress.Report{Step: ref(n), StepProgress: &p} }

// saga is a task of which every field was said something, told command by
// command.
func saga(t testing.TB, id string, told func(*story)) {
	t.Helper()
	c := plan("copy", "check", "switch", "clean")
	c.Spec = progress.Spec{
		Title: "Move the CRM", Kind: "crm", Owner: "group:ops", Labels: map[string]string{"env": "prod", "team": "a"},
		Metadata: object("host", `"h1"`), Inputs: raw(`{"from":1,"to":[2,null]}`), Complexity: new(12.5), Parent: "other",
		CallbackURL: "https://x/y?z", Controls: []progress.Verb{progress.VerbPause, progress.VerbResume, progress.VerbRestart, progress.VerbRetry, progress.VerbSkip},
	}
	c.Steps[0].Weight, c.Steps[0].Substeps = 2.5, []progress.Substep{{Name: "rows"}, {Name: "files"}}
	c.Steps[1].AllowFailure, c.Steps[1].Typical = true, 90*time.Second
	c.Steps[2].Gate = &progress.Gate{
		Prompt: "Switch?", Effects: []string{"mail stops"}, Options: []string{"now", "tonight"}, Approvers: []string{"group:ops", "ann"},
		Quorum: 2, ExpiresIn: 3600, Default: progress.DefaultApprove, OnReject: progress.RejectSkips, Risk: "high", SelfApproval: true,
		Escalate: []progress.Escalation{{After: 60}, {After: 300, Tell: []string{"bob", "group:chiefs"}, By: []string{"email", "webpush"}}},
	}
	s := begin(t, id, c)
	report := tick(1, 33.3)
	report.Message, report.Progress, report.Worker, report.Seq = new("copying"), new(7.0), "w1", 4
	report.Metrics, report.Metadata, report.Result = object("rows", `1e6`), object("note", `{"a":[true]}`), raw(`"so far"`)
	report.Error = &progress.Fault{Type: "io", Message: "slow", Details: raw(`{"ms":900}`)}
	parts := []struct {
		by progress.Actor
		do progress.Change
	}{
		{worker, progress.Claim{Worker: "w1", Lease: "secret"}}, {worker, report}, {worker, progress.Heartbeat{Worker: "w1"}},
		{worker, progress.Ask{Step: ref(1), Gate: progress.Gate{Prompt: "sure?"}}}, {ann, progress.Approve{}},
		{worker, progress.Report{Step: ref(1), Substep: "rows", SubstepDone: new(true)}},
		{worker, progress.Report{Step: progress.StepRef{Name: "extra"}, StepStatus: progress.StepPending}},
		{ann, progress.Pause{Reason: "lunch"}}, {worker, tick(1, 50)}, {bob, progress.Resume{}},
		{worker, progress.Log{Lines: []progress.LogLine{{Line: "one"}, {Line: "two", Level: "error", Step: "copy"}}}},
		{worker, at(1, progress.StepCompleted)}, {worker, at(2, progress.StepRunning)}, {ann, progress.Skip{Reason: "known"}},
		{worker, at(3, progress.StepRunning)}, {ann, progress.Approve{Reason: "yes", Option: "tonight"}}, {bob, progress.Approve{}},
		{worker, progress.Report{Step: ref(5), Substep: "new"}}, {worker, at(3, progress.StepFailed)},
		{ann, progress.Retry{Reason: "again", Inputs: raw(`{"to":3}`)}}, {progress.Timer(), progress.Stall{Cause: progress.CauseNoWorker, Reason: progress.NoWorker}},
		{worker, progress.Claim{Worker: "w2", Lease: "other"}}, {worker, at(3, progress.StepRunning)},
		{ann, progress.Restart{Reason: "all of it"}}, {worker, tick(2, 0.01)}, {ann, progress.Cancel{Reason: "enough"}},
		{ann, progress.Restart{Inputs: raw("[]")}}, {worker, progress.Report{Step: ref(1), StepStatus: progress.StepFailed, Error: report.Error, Result: raw("0")}},
	}
	for _, p := range parts {
		told(s)
		s.do(p.by, p.do)
	}
	told(s)
}

// wide is a task of many steps, some of which were said something.
func wide(t testing.TB, id string, told func(*story)) {
	t.Helper()
	names := make([]string, 300)
	for i := range names {
		names[i] = fmt.Sprint("step ", i+1)
	}
	s := begin(t, id, plan(names...))
	for _, n := range []int{1, 128, 129, 256, 257, 300} {
		told(s.do(worker, tick(n, float64(n)/10)))
	}
	told(s.do(ann, progress.Restart{}))
}

// bare is a task of which next to nothing was said.
func bare(t testing.TB, id string, told func(*story)) {
	t.Helper()
	c := progress.Create{Spec: progress.Spec{Title: "x", Controls: []progress.Verb{}}}
	s := begin(t, id, c)
	told(s)
	told(s.do(worker, progress.Report{Progress: new(0.0)}))
	told(s.do(worker, progress.Report{Status: progress.Completed}))
}
