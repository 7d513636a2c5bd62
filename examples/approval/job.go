package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// job is one task in the hands of the worker.
type job struct {
	*worker
	task   client.Claimed
	report *client.Reporter
	stop   context.CancelCauseFunc
	paused atomic.Bool
}

// told is why a job stops at a word of the server's, which needs no report.
type told struct{ control progress.Control }

func (t *told) Error() string { return "told to " + string(t.control) }

// do does a claimed task. It reports whether the task is to be claimed again.
func (w *worker) do(ctx context.Context, name string, t client.Claimed) (again bool) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	j := &job{worker: w, task: t, stop: stop}
	j.report = w.Reporter(client.ReporterOptions{ // its heartbeats keep the lease
		Task: t.ID, Worker: name, Lease: t.Lease, Run: t.Run, Attempt: t.Attempt,
		Direct: j.hear, Spool: w.spool, Beat: time.Second, // so soon it hears of commands when it has nothing to report
	})
	w.say("task %s, run %d, attempt %d: %s", t.ID, t.Run, t.Attempt, t.Title)
	result, err := j.work(ctx)
	_, stopped := errors.AsType[*told](err)
	switch {
	case err == nil:
		j.report.Report(progress.Report{Status: progress.Completed, Result: result})
	case stopped, ctx.Err() != nil: // when somebody stops this worker, another takes the task once the lease has lapsed
	default:
		j.report.Report(progress.Report{Status: progress.Failed, Error: &progress.Fault{Message: err.Error()}})
	}
	j.close()
	word, _ := errors.AsType[*told](context.Cause(ctx)) // the answer to the last report may have brought it
	if again = word != nil && (word.control == progress.ControlRestart || word.control == progress.ControlRetry); again {
		err = word // whatever went wrong was of a run or attempt that is over
	}
	w.say("task %s: %s", t.ID, outcome(err, string(result)))
	return again
}

// outcome says how a job went.
func outcome(err error, result string) string {
	if err != nil {
		return err.Error()
	}
	return "done: " + result
}

// hear obeys what people ask: it comes with the answer to each report and
// heartbeat.
func (j *job) hear(a client.Answer) {
	j.paused.Store(a.Control == progress.ControlPause)
	switch a.Control {
	case progress.ControlCancel, progress.ControlFail, progress.ControlRestart, progress.ControlRetry:
		j.stop(&told{a.Control})
	}
}

// mayGoOn holds the work while the task is paused. Its error is why to stop.
func (j *job) mayGoOn(ctx context.Context) error {
	for j.paused.Load() && ctx.Err() == nil {
		sleep(ctx, 100*time.Millisecond)
	}
	return context.Cause(ctx)
}

// step does a step, unless it was done in an earlier attempt.
func (j *job) step(ctx context.Context, name string, work func(context.Context, func(float64)) error) error {
	if s := stepOf(j.task.Task, name); s.Status == progress.StepCompleted || s.Status == progress.StepSkipped {
		return nil
	}
	j.say("%s begins", name)
	ref := progress.StepRef{Name: name}
	j.report.Report(progress.Report{Step: ref, StepStatus: progress.StepRunning})
	err := work(ctx, func(percent float64) { j.report.Report(progress.Report{Step: ref, StepProgress: &percent}) })
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		j.report.Report(progress.Report{Step: ref, StepStatus: progress.StepFailed, Error: &progress.Fault{Message: err.Error()}})
	default:
		j.report.Report(progress.Report{Step: ref, StepStatus: progress.StepCompleted})
	}
	return err
}

// approved asks whether a step may be done, and waits for the answer, however
// long the server is away. No answer at all is no.
func (j *job) approved(ctx context.Context, step string, g progress.Gate) (yes bool, err error) {
	order, err := j.ask(ctx, step, g)
	for err == nil {
		var d client.Decision
		d, err = patiently(ctx, func() (client.Decision, error) {
			q := client.ApprovalQuery{Wait: 30 * time.Second, Run: j.task.Run, Attempt: j.task.Attempt, Worker: j.report.Worker()}
			return j.Work().Approval(ctx, j.task.ID, order, q)
		})
		switch {
		case err != nil, d.Control == progress.ControlWait:
		case d.Control == progress.ControlProceed:
			j.say("%s is approved by %s: %s", step, d.DecidedBy, d.Reason)
			return true, nil
		case d.Control == progress.ControlSkip:
			j.say("%s is left out", step)
			return false, nil
		default: // fail, cancel, restart or retry
			why := &told{d.Control}
			j.stop(why)
			return false, why
		}
	}
	return false, err
}

// ask asks, and returns the step's order. The same question again is the same
// approval, so a worker that was killed may just ask again.
func (j *job) ask(ctx context.Context, step string, g progress.Gate) (order int, err error) {
	j.report.Report(progress.Report{Step: progress.StepRef{Name: step}, StepStatus: progress.StepRunning})
	if err := j.report.Flush(ctx); err != nil { // the server has to know the step
		return 0, err
	}
	t, err := patiently(ctx, func() (client.Task, error) { return j.Task(ctx, j.task.ID) })
	if err != nil {
		return 0, err
	}
	s := stepOf(t, step)
	if s.Status != progress.StepWaiting { // the task was not made with a question of its own
		_, err = patiently(ctx, func() (client.Decision, error) { return j.Work().Ask(ctx, t.ID, s.Order, g) })
	}
	j.say("%s waits for an approval: herald approve %s", step, t.ID)
	return s.Order, err
}

// patiently makes a call again while the server is away.
func patiently[T any](ctx context.Context, call func() (T, error)) (T, error) {
	for {
		out, err := call()
		_, away := errors.AsType[*client.Away](err)
		if !away || !sleep(ctx, time.Second) {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return out, err
		}
	}
}

// stepOf is a task's step of a name, an empty one if there is none.
func stepOf(t client.Task, name string) progress.WireStep {
	for _, s := range t.Steps {
		if s.Name == name {
			return s
		}
	}
	return progress.WireStep{}
}

// close sends what waits, but for no longer than a moment: the rest is kept in the
// spool.
func (j *job) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	left, err := j.report.Close(ctx)
	switch {
	case err != nil:
		j.say("task %s: %v", j.task.ID, err)
	case left > 0:
		j.say("task %s: %s wait in %s", j.task.ID, fmt.Sprint(left, " reports"), j.spool)
	}
}
