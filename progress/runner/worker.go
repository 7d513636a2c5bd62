package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/runner/pipeline"
	"github.com/taskherald/herald/progress/runner/proc"
)

// claimWait is how long one request waits for a task.
const claimWait = 30 * time.Second

// Worker claims tasks of some kinds and runs what their targets name, until ctx
// ends or a signal comes: then it claims no more and waits for what it runs; the
// second signal ends that too. The error is a refusal that waiting cannot mend.
func Worker(ctx context.Context, o Options, kinds []string, h *pipeline.Handlers) error {
	o = o.orDefaults()
	w := &worker{o: &o, kinds: kinds, handlers: h, stopping: make(chan struct{})}
	claiming, stop := context.WithCancel(ctx)
	defer stop()
	var signals sync.WaitGroup
	ended := make(chan struct{})
	signals.Go(func() { w.signals(stop, ended) })
	errs := make(chan error, h.Parallel)
	var hands sync.WaitGroup
	for range h.Parallel {
		hands.Go(func() {
			errs <- w.claims(claiming, context.WithoutCancel(ctx))
			stop() // a refusal is the same for all
		})
	}
	hands.Wait()
	close(ended)
	signals.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// worker claims tasks and runs them.
type worker struct {
	o        *Options
	kinds    []string
	handlers *pipeline.Handlers
	stopping chan struct{} // closed: what runs is to end
}

// signals ends the claims with the first signal, the work with the second.
func (w *worker) signals(stop context.CancelFunc, ended <-chan struct{}) {
	for n := 1; ; n++ {
		select {
		case s := <-w.o.Signals:
			switch n {
			case 1:
				w.o.say("%s: claims no more, and ends with what it runs; once more ends that", s)
				stop()
			case 2:
				close(w.stopping)
			}
		case <-ended:
			return
		}
	}
}

// claims claims and runs one task after the other.
func (w *worker) claims(claiming, ctx context.Context) error {
	pause := 100 * time.Millisecond
	for claiming.Err() == nil {
		if w.o.Spool != "" {
			_, _, _ = w.o.Client.Sync(claiming, w.o.Spool) // what was left when the server went away
		}
		name := "worker-" + newMark() // a name's reports are counted, so each claim has one of its own
		t, ok, err := w.o.Client.Work().Claim(claiming, w.kinds, name, claimWait)
		_, away := errors.AsType[*client.Away](err)
		switch {
		case claiming.Err() != nil:
		case away:
			select {
			case <-claiming.Done():
			case <-time.After(pause):
			}
			pause = min(2*pause, 5*time.Second)
			continue
		case err != nil:
			return err
		case ok:
			w.handle(ctx, name, t)
		}
		pause = 100 * time.Millisecond
	}
	return nil
}

// targetOf is what a task is to be done with: metadata.target_id, or .target.
func targetOf(t client.Task) string {
	for _, key := range []string{"target_id", "target"} {
		var s string
		if json.Unmarshal(t.Metadata[key], &s) == nil && s != "" {
			return s
		}
	}
	return ""
}

// handle runs one task.
func (w *worker) handle(ctx context.Context, name string, t client.Claimed) {
	target := targetOf(t.Task)
	w.o.say("task %s (%s), target %q, run %d", t.ID, t.Title, target, t.Run)
	tie := tie{task: t.ID, worker: name, lease: t.Lease, fence: progress.Fence{Run: t.Run, Attempt: t.Attempt}}
	h, ok := w.handlers.For(target)
	switch {
	case !ok:
		l := connect(ctx, w.o, tie)
		defer l.close()
		l.Report(progress.Report{Status: progress.Failed, Error: &progress.Fault{
			Type: "target", Message: fmt.Sprintf("this worker has no handler for the target %q", target),
		}})
	case h.Pipeline != nil:
		w.lead(ctx, tie, h, t)
	default:
		w.execute(ctx, tie, h, t)
	}
}

// lead runs a pipeline for a task, from where the server says it stands.
func (w *worker) lead(ctx context.Context, tie tie, h pipeline.Handler, t client.Claimed) {
	o := *w.o
	signals := make(chan os.Signal, 1)
	o.Signals = signals
	c := &conductor{
		record: &record{o: &o, file: h.Pipeline, state: &State{
			Task: t.ID, Run: t.Run, Attempt: t.Attempt, Mark: newMark(), Steps: map[string]progress.StepStatus{},
		}},
		inputs: t.Inputs, hard: make(chan struct{}), prints: newPrinter(&o, h.Pipeline),
	}
	c.adopt(t.Task)
	c.link = connect(ctx, &o, tie)
	defer c.close()
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-w.stopping:
			signals <- os.Kill // any but an interrupt: the task goes on elsewhere
		case <-over:
		}
	}()
	c.Report(progress.Report{Status: progress.Running})
	c.plan(t.Task)
	v := c.conduct(ctx)
	w.o.say("task %s: %s", t.ID, verdictText(v))
}

// plan tells the steps that the task was made without.
func (c *conductor) plan(t client.Task) {
	for i := range c.file.Steps {
		name := c.file.Steps[i].Name
		if !slices.ContainsFunc(t.Steps, func(s progress.WireStep) bool { return s.Name == name }) {
			c.Report(progress.Report{Step: c.ref(i), StepStatus: progress.StepPending})
		}
	}
}

func verdictText(v verdict) string {
	switch {
	case v.again != nil:
		return string(v.again.control) + "; it can be claimed again"
	case v.status == "":
		return "stopped; it can be claimed again when its lease lapses"
	}
	return string(v.status)
}

// execute runs a command for a task: its inputs on standard input, its result
// from a ::result line, or else what it writes if that is JSON.
func (w *worker) execute(ctx context.Context, tie tie, h pipeline.Handler, t client.Claimed) {
	l := connect(ctx, w.o, tie)
	defer l.close()
	l.Report(progress.Report{Status: progress.Running})
	l.settle(ctx, heardWithin)
	g := newGauge(l, progress.StepRef{}, h.Target)
	out := &output{}
	p, err := proc.Start(proc.Spec{
		Args: h.Args, Dir: h.Dir, Env: w.environ(h, t), Mark: newMark(), Input: append([]byte(orNull(t.Inputs)), '\n'),
		Watch: func(stream int, b []byte) {
			g.watch(stream, b)
			out.watch(stream, b)
		},
	})
	if err != nil {
		l.Report(progress.Report{Status: progress.Failed, Error: startFault(err)})
		return
	}
	r := newRein(w.o.Grace, nil)
	r.take(p)
	ended, exit := make(chan struct{}), proc.Exit{}
	go func() {
		defer close(ended)
		exit = p.Wait()
		r.release()
	}()
	late := limit(h.Timeout, r, ended)
	told := w.supervise(l, r, ended)
	g.close()
	at, tail, result := g.lastly()
	switch {
	case told: // the server knows better already
	case <-late:
		l.Report(failure(at, lateFault(h.Timeout, tail)))
	case exit.Code != 0:
		l.Report(failure(at, faultOf(exit, tail)))
	default:
		if result == nil {
			result = out.json()
		}
		l.complete(at, result)
	}
}

// supervise waits for a command's end and obeys meanwhile. It reports whether the
// task was taken from the worker, or is to be left to the next.
func (w *worker) supervise(l *link, r *rein, ended <-chan struct{}) (told bool) {
	stopping := w.stopping
	for {
		select {
		case <-ended:
			return told
		case <-stopping:
			told, stopping = true, nil
			r.halt()
		case <-l.changed:
			now := l.take()
			r.pause(now.paused)
			if now.stop != "" || now.again != nil {
				told = true
				r.halt()
			}
		}
	}
}

// complete reports that a command has done its task.
func (l *link) complete(at progress.StepRef, result json.RawMessage) {
	if !at.None() {
		l.Report(progress.Report{Step: at, StepStatus: progress.StepCompleted})
	}
	l.Report(progress.Report{Status: progress.Completed, Result: result})
}

// failure is the report that a task has failed, at the step that was under way.
func failure(at progress.StepRef, why *progress.Fault) progress.Report {
	r := progress.Report{Status: progress.Failed, Error: why}
	if !at.None() {
		r.Step, r.StepStatus = at, progress.StepFailed
	}
	return r
}

// environ is what a handler's command finds in its environment.
func (w *worker) environ(h pipeline.Handler, t client.Claimed) []string {
	env := append([]string{}, w.o.Environ...)
	env = append(env, w.handlers.Environ(h)...)
	env = append(env, "HERALD_TARGET="+targetOf(t.Task))
	return append(env, standard(w.o, t.ID, progress.Fence{Run: t.Run, Attempt: t.Attempt}, t.Inputs)...)
}

// mostOutput is how long a command's result may be, in bytes: a server with the
// default limits takes so much.
const mostOutput = 512 << 10

// output keeps what a command writes to standard output, as far as it may be its
// result.
type output struct {
	text bytes.Buffer
	over bool
}

func (o *output) watch(stream int, b []byte) {
	if stream == 1 && !o.over {
		o.over = o.text.Len()+len(b) > mostOutput
		o.text.Write(b)
	}
}

// json is the output if it is one JSON value, an object or list.
func (o *output) json() json.RawMessage {
	b := bytes.TrimSpace(o.text.Bytes())
	if o.over || len(b) == 0 || (b[0] != '{' && b[0] != '[') || !json.Valid(b) {
		return nil
	}
	return b
}
