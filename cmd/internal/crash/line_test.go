package crash

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// The life of a job: so many steps, and so many reports on each.
const (
	jobSteps = 3
	perStep  = 20
)

// job is a task whose whole life is known before, so that it can be told what it
// has to be after so many reports.
type job struct {
	id       progress.TaskID
	worker   string
	created  bool          // was answered
	answered int           // so many reports were
	sent     int           // so many were sent
	model    progress.Task // after those that were answered
	kinds    []string      // of its events then
}

// reportNo is the nth report on a job, from 1.
func (j *job) reportNo(n int) progress.Report {
	at, i := (n-1)/perStep, (n-1)%perStep
	if at == jobSteps {
		return progress.Report{Status: progress.Completed, Result: json.RawMessage(strconv.Itoa(n)), Seq: int64(n), Worker: j.worker}
	}
	r := progress.Report{Step: progress.StepRef{Order: at + 1}, Seq: int64(n), Worker: j.worker}
	r.Metrics = map[string]json.RawMessage{"n": json.RawMessage(strconv.Itoa(n))}
	switch {
	case i == 0:
		r.StepStatus = progress.StepRunning
	case i == perStep-1:
		r.StepStatus = progress.StepCompleted
	case i%6 == 3:
		r.Substep, r.SubstepDone = fmt.Sprint("part ", i), new(true)
	default:
		r.StepProgress = new(float64(5 * i))
	}
	return r
}

const jobReports = jobSteps*perStep + 1

// draft is the job's task.
func (j *job) draft() client.Draft {
	d := client.Draft{ID: j.id, Title: "a job", Kind: "soak"}
	for i := range jobSteps {
		d.Steps = append(d.Steps, client.DraftStep{Name: fmt.Sprint("step ", i+1), Weight: float64(i + 1)})
	}
	return d
}

// apply is what a command makes of a task, by the domain's own word.
func apply(t progress.Task, kinds []string, id progress.TaskID, do progress.Change) (progress.Task, []string, error) {
	t, events, err := progress.Act(t, progress.Command{Task: id, By: progress.Timer(), Do: do}, time.Now())
	for _, e := range events {
		if e.Seq > 0 {
			kinds = append(kinds, said(e))
		}
	}
	return t, kinds, err
}

// begin is the job when it has just been created.
func (j *job) begin() (err error) {
	c := progress.Create{Spec: progress.Spec{Title: "a job", Kind: "soak"}}
	for _, s := range j.draft().Steps {
		c.Steps = append(c.Steps, progress.Plan{Name: s.Name, Weight: s.Weight})
	}
	j.created = true
	j.model, j.kinds, err = apply(progress.Task{}, nil, j.id, c)
	return err
}

// take notes that the next report was answered.
func (j *job) take() (err error) {
	j.answered++
	j.model, j.kinds, err = apply(j.model, j.kinds, j.id, j.reportNo(j.answered))
	return err
}

// shape is what a job has to look like, down to its percents and version.
func shape(w progress.Wire) string {
	type step struct {
		Status   progress.StepStatus
		Progress float64
		Substeps []progress.WireSubstep
	}
	var steps []step
	for _, s := range w.Steps {
		steps = append(steps, step{s.Status, s.Progress, append([]progress.WireSubstep{}, s.Substeps...)})
	}
	b, err := json.Marshal([]any{w.Status, w.Progress, w.Version, w.Seq, w.Run, w.Attempt, w.Metrics, w.Result, steps})
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// check holds that a job is where its answered reports have brought it, or where
// those bring it that were sent and not answered.
func (j *job) check(t testing.TB, c *client.Client) {
	t.Helper()
	_, err := c.Task(context.Background(), j.id)
	if problem, ok := errors.AsType[*client.Problem](err); ok && problem.Status == 404 && !j.created {
		return
	}
	if !j.created {
		probe := *j
		if err := probe.begin(); err != nil {
			t.Fatal(err)
		}
		probe.check(t, c)
		return
	}
	h := &history{}
	shown := h.check(t, c, j.id)
	probe := *j
	probe.kinds = slices.Clone(j.kinds)
	for shape(probe.model.Wire(progress.Whole, nil)) != shape(shown.Wire) {
		if probe.answered >= j.sent {
			t.Fatalf("%s: %d of %d reports were answered, which makes\n%s\nand it is\n%s",
				j.id, j.answered, j.sent, shape(j.model.Wire(progress.Whole, nil)), shape(shown.Wire))
		}
		if err := probe.take(); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(probe.kinds, h.kinds) {
		t.Fatalf("%s has the events\n%q\nand should have\n%q", j.id, h.kinds, probe.kinds)
	}
}

// line is a connection on which jobs are reported, one report or many at a time.
type line struct {
	s    *soak
	name string
	many int
	n    int    // of jobs
	jobs []*job // that are not looked at yet
}

func (l *line) run(s *soak) {
	for s.ctx.Err() == nil {
		s.pace.take(s.ctx, l.many)
		s.still.RLock()
		var err error
		if s.ctx.Err() == nil {
			err = l.once()
		}
		s.still.RUnlock()
		if err != nil && s.ctx.Err() == nil {
			s.Errorf("%s: %v", l.name, err)
			return
		}
	}
}

// work are the jobs that go on now: one, or four whose reports are mixed.
func (l *line) work() []*job {
	var now []*job
	for _, j := range l.jobs {
		if j.answered < jobReports {
			now = append(now, j)
		}
	}
	for len(now) < min(l.many, 4) {
		l.n++
		j := &job{id: progress.TaskID(fmt.Sprint(l.name, "-", l.n)), worker: fmt.Sprint(l.name, ".", l.n)}
		now, l.jobs = append(now, j), append(l.jobs, j)
	}
	return now
}

// once makes one request: the next task, or the next reports.
func (l *line) once() error {
	jobs := l.work()
	for _, j := range jobs {
		if j.created {
			continue
		}
		t, err := l.s.server.Work().Create(context.Background(), j.draft())
		if unanswered(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("creating %s: %w", j.id, err)
		}
		if t.Version != 1 {
			return fmt.Errorf("creating %s gives version %d", j.id, t.Version)
		}
		return j.begin()
	}
	if l.many > 1 {
		return l.batch(jobs)
	}
	return l.single(jobs[0])
}

func (l *line) single(j *job) error {
	j.sent = max(j.sent, j.answered+1)
	a, err := l.s.server.Work().Report(context.Background(), j.id, progress.Fence{Run: 1, Attempt: 1}, j.reportNo(j.answered+1))
	if unanswered(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("report %d on %s: %w", j.answered+1, j.id, err)
	}
	return l.took(j, a)
}

// took compares an answer with what it has to be. It may be of later reports: of
// those that were sent before, and were not answered.
func (l *line) took(j *job, a client.Answer) error {
	if err := j.take(); err != nil {
		return err
	}
	l.s.reports.Add(1)
	if a.Version < j.model.Version || a.Version > j.model.Version && j.answered == j.sent || a.Run != 1 || a.Attempt != 1 {
		return fmt.Errorf("report %d on %s is answered with version %d, run %d, attempt %d, and has to be %d, 1, 1", j.answered, j.id, a.Version, a.Run, a.Attempt, j.model.Version)
	}
	return nil
}

func (l *line) batch(jobs []*job) error {
	var lines []client.Line
	var of []*job
	for n := 1; n <= l.many/len(jobs); n++ {
		for _, j := range jobs {
			if j.answered+n <= jobReports {
				lines, of = append(lines, client.Line{Task: j.id, Run: 1, Attempt: 1, Report: j.reportNo(j.answered + n)}), append(of, j)
				j.sent = max(j.sent, j.answered+n)
			}
		}
	}
	answers, err := l.s.server.Work().Reports(context.Background(), lines)
	if err != nil && !unanswered(err) {
		return err
	}
	for i, a := range answers {
		if a.Code != 200 || a.Task != of[i].id {
			return fmt.Errorf("line %d about %s is answered with %+v", i, of[i].id, a)
		}
		if err := l.took(of[i], a.Answer); err != nil {
			return err
		}
	}
	return nil
}

func (l *line) check(t testing.TB) {
	t.Helper()
	for _, j := range l.jobs {
		j.check(t, l.s.server.Client)
	}
	l.jobs = slices.DeleteFunc(l.jobs, func(j *job) bool { return j.answered == jobReports })
}

func (l *line) finish(testing.TB) {}
