package runner

import (
	"context"
	"encoding/json"
	"os"
	"sync/atomic"
	"syscall"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/runner/pipeline"
)

// conductor leads the steps of one pipeline through one task. Its fields belong
// to the goroutine of conduct; steps run in goroutines of their own.
type conductor struct {
	*link
	*record
	declared bool            // the task was made with these steps and their approvals
	inputs   json.RawMessage // of the present run
	prints   *printer

	running map[int]*work // by step
	results chan result
	turns   chan chan struct{} // closed when what was heard before has been obeyed
	hard    chan struct{}      // closed: no more grace

	failed      *result // the step that ended the pipeline
	interrupted os.Signal
}

// work is a step that is under way.
type work struct {
	*rein
	skip atomic.Bool // it is being stopped because it is to be left out
}

// result is what became of a step, or of the wait for its approval.
type result struct {
	step     int
	status   progress.StepStatus // completed, failed or skipped; "" when it was stopped
	fault    *progress.Fault
	told     bool // the server said it first
	approved bool // it may go on
}

// verdict is how a run ended.
type verdict struct {
	status progress.Status // "" when it was only stopped: it can go on later
	again  *again          // a newer run or attempt takes over
}

// conduct leads the pipeline from where its state is to an end.
func (c *conductor) conduct(ctx context.Context) verdict {
	c.running, c.phase, c.failed = map[int]*work{}, map[int]pipeline.State{}, nil
	c.results, c.turns = make(chan result, len(c.file.Steps)), make(chan chan struct{})
	if i, ok := c.fallen(); ok {
		c.failed = &result{step: i, status: progress.StepFailed, fault: &progress.Fault{
			Type: "step", Message: "step " + c.file.Steps[i].Name + " had failed before the runner was interrupted",
		}}
	}
	for {
		now := c.take()
		ending := c.obey(ctx, now)
		if !ending && !now.paused {
			c.start(ctx)
		}
		if len(c.running) == 0 && (ending || !now.paused || c.failed != nil) {
			return c.verdict(now)
		}
		c.await(ctx)
	}
}

// await waits until something happens.
func (c *conductor) await(ctx context.Context) {
	done := ctx.Done()
	if ctx.Err() != nil {
		done = nil // which is known
	}
	select {
	case r := <-c.results:
		delete(c.running, r.step)
		delete(c.phase, r.step)
		if r.approved {
			c.phase[r.step] = pipeline.Approved
			return
		}
		c.settled(r)
	case turn := <-c.turns:
		c.obey(ctx, c.take())
		close(turn)
	case <-c.changed:
	case <-done:
	case s := <-c.link.o.Signals:
		c.signalled(s)
	}
}

// obey does what is asked of the steps under way, and reports whether that is to
// end them.
func (c *conductor) obey(ctx context.Context, now standing) (ending bool) {
	for _, order := range now.skips {
		if i, ok := c.stepAt(ctx, order); ok {
			c.leaveOut(i)
		}
	}
	ending = now.stop != "" || now.again != nil || c.interrupted != nil || ctx.Err() != nil
	for _, w := range c.running {
		w.pause(now.paused)
		if ending {
			w.halt()
		}
	}
	return ending
}

// leaveOut skips a step that has not ended.
func (c *conductor) leaveOut(i int) {
	if w := c.running[i]; w != nil {
		w.skip.Store(true)
		w.halt()
		return
	}
	if s := c.stage(i); s == pipeline.Pending || s == pipeline.Approved {
		delete(c.phase, i)
		c.settled(result{step: i, status: progress.StepSkipped, told: true})
	}
}

// stepAt is the step that has an order in the task.
func (c *conductor) stepAt(ctx context.Context, order int) (int, bool) {
	if c.declared {
		return order - 1, order >= 1 && order <= len(c.file.Steps)
	}
	t, err := c.link.o.Client.Task(ctx, c.task)
	if err != nil || order < 1 || order > len(t.Steps) {
		return 0, false
	}
	return c.index(t.Steps[order-1].Name)
}

// signalled takes a signal to this process: the first ends the steps, a later one
// at once.
func (c *conductor) signalled(s os.Signal) {
	if c.interrupted == nil {
		c.interrupted = s
		return
	}
	select {
	case <-c.hard:
	default:
		close(c.hard)
	}
}

// start starts what may start now.
func (c *conductor) start(ctx context.Context) {
	for {
		next := c.file.Next(c.stage)
		for _, i := range next.Ask {
			c.launch(ctx, i, pipeline.Waiting, (*hand).ask)
		}
		ended := false
		for _, i := range next.Start {
			if c.file.Steps[i].Args == nil {
				delete(c.phase, i)
				c.settled(result{step: i, status: progress.StepCompleted})
				ended = true
				continue
			}
			c.launch(ctx, i, pipeline.Running, (*hand).run)
		}
		if !ended {
			return
		}
	}
}

// launch has a step do its work in a goroutine of its own.
func (c *conductor) launch(ctx context.Context, i int, phase pipeline.State, do func(*hand, context.Context) result) {
	w := &work{rein: newRein(c.link.o.Grace, c.hard)}
	c.running[i], c.phase[i] = w, phase
	c.set(i, progress.StepRunning)
	h := &hand{conductor: c, work: w, i: i, step: &c.file.Steps[i]}
	go func() { c.results <- do(h, ctx) }()
}

// settled notes and reports what became of a step.
func (c *conductor) settled(r result) {
	s := &c.file.Steps[r.step]
	if r.status == "" {
		c.set(r.step, progress.StepPending) // it begins anew
		return
	}
	c.set(r.step, r.status)
	if r.status == progress.StepFailed && !s.AllowFailure && c.failed == nil {
		c.failed = &r
	}
	if r.told {
		return
	}
	report := progress.Report{Step: c.ref(r.step), StepStatus: r.status, Error: r.fault}
	if r.status == progress.StepFailed && (s.AllowFailure || len(c.running) > 0) {
		report.Status = progress.Running // the others go on
	}
	c.Report(report)
}

// verdict says how it ended, and reports that.
func (c *conductor) verdict(now standing) verdict {
	switch {
	case now.again != nil:
		return verdict{again: now.again}
	case now.stop != "":
		return verdict{status: now.ended}
	case c.failed != nil:
		if !c.failed.told {
			c.Report(progress.Report{Status: progress.Failed, Error: c.failed.fault})
		}
		return verdict{status: progress.Failed}
	case c.file.Next(c.stage).Over:
		c.Report(progress.Report{Status: progress.Completed})
		return verdict{status: progress.Completed}
	case c.interrupted == syscall.SIGINT:
		c.Report(progress.Report{Status: progress.Cancelled, Error: &progress.Fault{Type: "interrupted", Message: "interrupted where it ran"}})
		return verdict{status: progress.Cancelled}
	}
	c.Report(progress.Report{Message: new("the runner was stopped; it goes on from here when the pipeline is run again")})
	return verdict{}
}
