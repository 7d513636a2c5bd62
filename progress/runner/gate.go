package runner

import (
	"context"
	"errors"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// gateWait is how long one request waits for a decision.
const gateWait = 30 * time.Second

// ask asks for a step's approval and waits until it is decided. A server that is
// away is waited for, as nothing else can say yes.
func (h *hand) ask(ctx context.Context) result {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-h.work.stopped:
			cancel()
		case <-ctx.Done():
		}
	}()
	h.link.o.say("step %s waits for an approval: herald approve %s", h.step.Name, h.task)
	order, err := h.question(ctx)
	for ctx.Err() == nil && err == nil {
		var d client.Decision
		d, err = h.decision(ctx, order)
		if err != nil {
			break
		}
		if overtaken(d.Control) {
			h.Beat() // its answer says it to all, and has this stopped
			<-ctx.Done()
			break
		}
		if r, decided := h.decided(d); decided {
			return r
		}
	}
	if ctx.Err() != nil {
		return h.stopped()
	}
	return result{step: h.i, status: progress.StepFailed, fault: &progress.Fault{Type: "approval", Message: err.Error()}}
}

// question asks for the approval and returns the step's order in the task.
func (h *hand) question(ctx context.Context) (int, error) {
	h.Report(progress.Report{Step: h.ref(h.i), StepStatus: progress.StepRunning})
	if err := h.Flush(ctx); ctx.Err() != nil { // other errors are of what was refused before
		return 0, err
	}
	if h.declared {
		return h.i + 1, nil
	}
	order := 0
	return order, patiently(ctx, func() (err error) {
		if order, err = h.order(ctx); err == nil {
			_, err = h.link.o.Client.Work().Ask(ctx, h.task, order, *h.step.Approval)
		}
		return err
	})
}

// order is the order that a step has in a task that was made without it.
func (h *hand) order(ctx context.Context) (int, error) {
	t, err := h.link.o.Client.Task(ctx, h.task)
	if err != nil {
		return 0, err
	}
	for _, s := range t.Steps {
		if s.Name == h.step.Name {
			return s.Order, nil
		}
	}
	return 0, errors.New("the server does not know the step that needs an approval")
}

// decision waits for news of an approval.
func (h *hand) decision(ctx context.Context, order int) (d client.Decision, err error) {
	q := client.ApprovalQuery{Wait: gateWait, Run: h.state.Run, Attempt: h.state.Attempt, Worker: h.Worker()}
	err = patiently(ctx, func() (err error) {
		d, err = h.link.o.Client.Work().Approval(ctx, h.task, order, q)
		return err
	})
	return d, err
}

// decided is what a decision makes of the step; false while there is none.
func (h *hand) decided(d client.Decision) (result, bool) {
	switch d.Control {
	case progress.ControlProceed:
		h.link.o.say("step %s was approved by %s", h.step.Name, d.DecidedBy)
		return result{step: h.i, approved: true}, true
	case progress.ControlSkip:
		return result{step: h.i, status: progress.StepSkipped, told: true}, true
	case progress.ControlFail:
		why := "the approval was " + string(d.Status)
		if d.DecidedBy != "" {
			why += " by " + string(d.DecidedBy)
		}
		if d.Reason != "" {
			why += ": " + d.Reason
		}
		return result{step: h.i, status: progress.StepFailed, told: true, fault: &progress.Fault{Type: string(d.Status), Message: why}}, true
	}
	return result{}, false
}

// overtaken reports whether the question is no longer asked.
func overtaken(c progress.Control) bool {
	return c == progress.ControlCancel || c == progress.ControlRestart || c == progress.ControlRetry
}

// patiently does a call again while the server is away.
func patiently(ctx context.Context, call func() error) error {
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := call()
		if _, away := errors.AsType[*client.Away](err); !away {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
