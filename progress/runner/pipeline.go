package runner

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/runner/pipeline"
	"github.com/taskherald/herald/progress/runner/proc"
)

// File is a pipeline to be run.
type File struct {
	*pipeline.Pipeline
	Path  string       // of its file, absolute: what a later run finds this one by
	Draft client.Draft // title, kind, owner, labels and inputs of the task, if they differ from the file's
	Fresh bool         // begin anew, whatever an earlier run has left
	Again bool         // ask for a retry of what failed in the newest run, and go on from there
}

// End is how a pipeline ended.
type End struct {
	Task   progress.TaskID
	Status progress.Status // "" if it was only interrupted: a later run goes on from there
	Signal syscall.Signal  // that interrupted it, 0 for none
}

// ErrChanged means that the file is not what the run before had begun with.
var ErrChanged = errors.New("the pipeline has changed since the run that was interrupted")

// errDone is of a run that had come to its end before it was killed.
var errDone = errors.New("the run before had completed all its steps")

// Pipeline runs a pipeline as a task, from where an earlier run of it was
// interrupted if there is one. When ctx ends its steps are stopped, and a later
// run goes on with them.
func Pipeline(ctx context.Context, o Options, f File) (End, error) {
	o = o.orDefaults()
	b := &beginning{o: &o, file: f}
	c, err := b.conductor(ctx)
	if errors.Is(err, errDone) {
		return End{Task: b.file.Draft.ID, Status: progress.Completed}, nil
	}
	if err != nil {
		return End{}, err
	}
	o.say("task %s, %s/tasks/%s", c.task, o.Client.URL(), c.task)
	end := End{Task: c.task, Status: c.lead(ctx)}
	end.Signal, _ = c.interrupted.(syscall.Signal)
	c.close() // first: what was reported is on the server, or in the spool
	c.state.release(end.Status == progress.Completed || end.Status == progress.Cancelled)
	return end, nil
}

// lead conducts the pipeline's runs until one ends for good.
func (c *conductor) lead(ctx context.Context) progress.Status {
	for {
		v := c.conduct(ctx)
		if v.again == nil {
			c.state.Status = v.status
			c.save()
			c.settle(ctx, heardWithin) // so that who is told finds it so
			c.link.o.say("task %s is %s", c.task, either(string(v.status), "interrupted"))
		}
		if c.interrupted == nil && c.link.o.Stay > 0 && (c.link.o.Linger || v.status == progress.Failed) {
			v.again = c.stay(ctx, c.link.o.Stay)
		}
		if v.again == nil {
			return v.status
		}
		c.anew(ctx, v.again)
	}
}

// stay waits for somebody to ask for a retry, skip or restart of what failed.
func (c *conductor) stay(ctx context.Context, most time.Duration) *again {
	c.link.o.say("waiting up to %s for a retry, skip or restart: herald retry %s", most, c.task)
	late := time.After(most)
	for {
		select {
		case <-c.changed:
			if now := c.take(); now.again != nil {
				return now.again
			}
		case <-late:
			return nil
		case <-c.link.o.Signals:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// anew goes on under a newer run or attempt, from where the server has it.
func (c *conductor) anew(ctx context.Context, a *again) {
	c.link.o.say("%s: run %d, attempt %d", a.control, a.run, a.attempt)
	c.assume(a, c.declared)
	c.state.Run, c.state.Attempt, c.state.Status = a.run, a.attempt, ""
	_ = patiently(ctx, func() error {
		t, err := c.link.o.Client.Task(ctx, c.task)
		if err == nil {
			c.inputs = t.Inputs
			c.adopt(t)
		}
		return err
	})
	c.begin(progress.Fence{Run: c.state.Run, Attempt: c.state.Attempt})
	c.save()
	c.Report(progress.Report{Status: progress.Running})
}

// beginning finds where a pipeline begins.
type beginning struct {
	o    *Options
	file File
}

func (b *beginning) conductor(ctx context.Context) (*conductor, error) {
	if !b.file.Fresh {
		s, err := saved(b.o.State, b.file.Path, b.o.Client.URL())
		if err != nil {
			return nil, err
		}
		if s != nil {
			c, err := b.resume(ctx, s)
			if c != nil || err != nil {
				return c, err
			}
		}
	}
	if b.file.Again {
		return nil, fmt.Errorf("there is no earlier run of %s on this machine to retry", b.file.Path)
	}
	return b.fresh(ctx)
}

// fresh begins a new task. What earlier runs have left is forgotten.
func (b *beginning) fresh(ctx context.Context) (*conductor, error) {
	if err := errors.Join(b.unused(ctx), forget(b.o.State, b.file.Path, b.o.Client.URL())); err != nil {
		return nil, err
	}
	if id := atWork(b.o.State, b.file.Path, b.o.Client.URL()); id != "" {
		b.o.say("another herald runs this pipeline now, as task %s; this begins a task of its own", id)
	}
	d := b.draft()
	s, err := stateOf(b.o.State, State{
		Path: b.file.Path, Digest: b.file.Digest, Server: b.o.Client.URL(), Task: d.ID, Title: d.Title,
		Run: 1, Attempt: 1, Mark: newMark(), Steps: map[string]progress.StepStatus{},
	})
	if err != nil {
		return nil, err
	}
	c := b.connect(ctx, s, &d)
	c.Report(progress.Report{Status: progress.Running})
	return c, nil
}

// unused refuses an id that a task has already: its reports would go there. A
// server that does not answer soon is not waited for.
func (b *beginning) unused(ctx context.Context) error {
	id := b.file.Draft.ID
	if id == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if t, err := b.o.Client.Task(ctx, id); err == nil {
		return fmt.Errorf("there is a task %s already, %s; choose another id, or none", id, t.Status)
	}
	return nil
}

// draft is the task as the file and the caller describe it.
func (b *beginning) draft() client.Draft {
	d := b.file.Draft
	if d.ID == "" {
		d.ID = client.NewTaskID()
	}
	d.Title, d.Kind, d.Owner = either(d.Title, b.file.Title), either(d.Kind, b.file.Kind), either(d.Owner, b.file.Owner)
	if d.Labels == nil {
		d.Labels = b.file.Labels
	}
	if d.Inputs == nil {
		d.Inputs = b.file.Inputs
	}
	d.Metadata = origin(b.o)
	d.Controls = []progress.Verb{progress.VerbPause, progress.VerbResume, progress.VerbRestart, progress.VerbRetry, progress.VerbSkip}
	for _, p := range b.file.Plan() {
		step := client.DraftStep{Name: p.Name, Weight: p.Weight, Approval: p.Gate, AllowFailure: p.AllowFailure}
		for _, sub := range p.Substeps {
			step.Substeps = append(step.Substeps, sub.Name)
		}
		d.Steps = append(d.Steps, step)
	}
	return d
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (b *beginning) connect(ctx context.Context, s *State, d *client.Draft) *conductor {
	c := &conductor{
		record: &record{o: b.o, file: b.file.Pipeline, state: s}, declared: true, inputs: b.file.Inputs,
		hard: make(chan struct{}), prints: newPrinter(b.o, b.file.Pipeline),
	}
	if d != nil {
		c.inputs = d.Inputs
	}
	c.link = connect(ctx, b.o, tie{task: s.Task, draft: d, fence: progress.Fence{Run: s.Run, Attempt: s.Attempt}})
	return c
}

// resume goes on with an earlier run; nil if that is over.
func (b *beginning) resume(ctx context.Context, s *State) (*conductor, error) {
	t, err := client.Task{}, b.clear(s)
	if err == nil {
		t, err = b.standing(ctx, s)
	}
	if err == nil && b.file.Again {
		t, err = b.retried(ctx, s, t)
	}
	if err != nil {
		s.release(false)
		return nil, err
	}
	if t.Status == progress.Completed && s.Status != progress.Failed {
		b.o.say("the run before (task %s) was killed after its last step; nothing is left to do", s.Task)
		s.release(true)
		b.file.Draft.ID = s.Task
		return nil, errDone
	}
	if over(s, t) {
		b.o.say("the run before (task %s) is %s; beginning anew", s.Task, either(string(t.Status), string(s.Status)))
		s.release(true)
		return nil, nil
	}
	if s.Digest != b.file.Digest {
		s.release(false)
		return nil, fmt.Errorf("%w (task %s): run it with --fresh to begin anew", ErrChanged, s.Task)
	}
	return b.goOn(ctx, s, t), nil
}

// clear ends what the run before has left running.
func (b *beginning) clear(s *State) error {
	for name, status := range s.Steps {
		if status != progress.StepRunning {
			continue
		}
		if err := proc.KillLeftovers(s.mark(name), b.o.Grace); err != nil {
			return fmt.Errorf("commands of the run before may still be at work: %w", err)
		}
	}
	return nil
}

// retried asks the server for another attempt of a task that has failed.
func (b *beginning) retried(ctx context.Context, s *State, t client.Task) (client.Task, error) {
	switch {
	case t.ID == "" && s.Status != "":
		return t, fmt.Errorf("the server cannot be asked for a retry of task %s now; try again later", s.Task)
	case t.Status == progress.Failed:
		return b.o.Client.Command(ctx, s.Task, progress.VerbRetry, client.CommandOptions{})
	case t.Status.Ended():
		return t, fmt.Errorf("the run before (task %s) is %s: there is nothing to retry", s.Task, t.Status)
	}
	return t, nil
}

// standing is the task of an earlier run as the server has it, with no id if
// that cannot be known.
func (b *beginning) standing(ctx context.Context, s *State) (client.Task, error) {
	t, err := b.o.Client.Task(ctx, s.Task)
	problem, refused := errors.AsType[*client.Problem](err)
	_, away := errors.AsType[*client.Away](err)
	switch {
	case away, refused && problem.Code != string(progress.NotFound):
		return client.Task{}, nil // what is saved has to do
	case refused:
		return client.Task{}, nil // it was never made: the server was away all the time
	}
	return t, err
}

// over reports whether there is nothing to go on with.
func over(s *State, t client.Task) bool {
	if t.ID == "" {
		return s.Status == progress.Failed || s.Status == progress.Cancelled // of a completed one something is still to be told
	}
	return t.Status.Ended()
}

func (b *beginning) goOn(ctx context.Context, s *State, t client.Task) *conductor {
	for name, status := range s.Steps {
		if status == progress.StepRunning {
			delete(s.Steps, name)
		}
	}
	b.file.Draft.ID = s.Task
	d := b.draft()
	newer := t.Run > s.Run || t.Run == s.Run && t.Attempt > s.Attempt
	if newer {
		s.Run, s.Attempt = t.Run, t.Attempt
	}
	s.Status = ""
	c := b.connect(ctx, s, &d)
	if newer {
		c.state.Steps = map[string]progress.StepStatus{}
	}
	if t.ID != "" {
		c.inputs = t.Inputs
		c.merge(t, newer)
	}
	c.save()
	b.o.say("going on with task %s: %d of %d steps are done", s.Task, c.done(), len(c.file.Steps))
	c.Report(progress.Report{Status: progress.Running})
	c.retell(t)
	c.settle(ctx, 2*time.Second)
	return c
}

// retell reports what the server may have missed of the run before.
func (c *conductor) retell(t client.Task) {
	known := map[string]progress.StepStatus{}
	for _, s := range t.Steps {
		known[s.Name] = s.Status
	}
	for i := range c.file.Steps {
		s := &c.file.Steps[i]
		status := c.state.Steps[s.Name]
		if status == "" || status == known[s.Name] {
			continue
		}
		r := progress.Report{Step: c.ref(i), StepStatus: status}
		if s.Approval == nil || s.Args != nil || status == progress.StepFailed { // else the server has decided it
			c.Report(r)
		}
	}
}
