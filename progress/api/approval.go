package api

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// maxWait is how long a request may wait, in seconds.
const maxWait = 60

// lookAgain is how often a waiting request looks by itself: a bell may be lost,
// and a lease that lapses rings none.
const lookAgain = 5 * time.Second

// gateBody asks for an approval.
type gateBody struct {
	progress.Gate
	fence
}

// decision is an approval and what its worker does now.
type decision struct {
	*progress.WireApproval
	Task    progress.TaskID  `json:"task_id"`
	Control progress.Control `json:"control"`
	Version int64            `json:"version"`
}

// askApproval is POST /api/tasks/{id}/steps/{n}/approval.
func askApproval(c *call) error {
	var g gateBody
	body, err := c.body()
	if err != nil {
		return err
	}
	if err := kit.Decode(body, &g); err != nil {
		return err
	}
	if err := g.check(); err != nil {
		return err
	}
	n, err := c.step()
	if err != nil {
		return err
	}
	cmd, err := c.keyed(c.command(progress.Ask{Step: progress.StepRef{Order: n}, Gate: g.Gate}), body)
	if err != nil {
		return err
	}
	cmd.If = progress.Fence{Run: g.Run, Attempt: g.Attempt}
	out, err := c.Engine.Execute(c.ctx(), cmd)
	if err != nil {
		return outside("approval.", err)
	}
	d, _ := decisionOf(out.Task, n, cmd)
	c.reply(http.StatusCreated, d)
	return nil
}

// outside takes the name of what the whole body is from before a field.
func outside(prefix string, err error) error {
	e, ok := errors.AsType[*progress.Error](err)
	if !ok {
		return err
	}
	out := *e
	out.Field = strings.TrimPrefix(e.Field, prefix)
	return &out
}

// awaitApproval is GET /api/tasks/{id}/steps/{n}/approval.
func awaitApproval(c *call) error {
	n, err := c.step()
	if err != nil {
		return err
	}
	q := newQuery(c)
	wait := time.Duration(q.Between("wait_seconds", 0, maxWait, 0)) * time.Second
	cmd := c.command(progress.Heartbeat{Worker: c.Query("worker")})
	cmd.If = progress.Fence{Run: int(q.Number("run")), Attempt: int(q.Number("attempt"))}
	if q.Err() != nil {
		return q.Err()
	}
	if !c.who.Has(progress.MayRead) && !c.who.Has(progress.MayReport) {
		return &progress.Error{Code: progress.Forbidden, Say: "this needs the right to read or to report"}
	}
	var d decision
	moved := make(chan struct{}, 1)
	defer c.Bus.Listen(c.taskID(), func(progress.Moved) {
		select {
		case moved <- struct{}{}:
		default: // it will look anyway
		}
	})()
	err = await(c, wait, moved, func(struct{}) (done bool, err error) {
		t, err := c.task()
		if err != nil {
			return true, err
		}
		if d, done = decisionOf(t, n, cmd); n > t.Steps.Len() && d.Control == progress.ControlNone {
			return true, &progress.Error{Code: progress.NotFound, Field: "step", Say: "the task has no step of that order"}
		}
		return done, nil
	})
	if err != nil {
		return err
	}
	if d.WireApproval == nil && d.Control == progress.ControlNone {
		return &progress.Error{Code: progress.NotFound, Say: "this step has not asked for an approval; report it running, or ask with a POST"}
	}
	c.reply(http.StatusOK, d)
	return nil
}

// decisionOf is where the approval of a step stands, and whether its worker
// has something to do now.
func decisionOf(t progress.Task, n int, cmd progress.Command) (decision, bool) {
	var s progress.Step // that a restart has taken from the plan, if there is none
	if n <= t.Steps.Len() {
		s = t.Steps.At(n)
	}
	d := decision{Task: t.ID, Version: t.Version}
	if s.Approval != nil {
		d.WireApproval = s.Approval.Wire(n, s.Name)
	}
	told := progress.Direct(t, t, cmd).Control
	switch {
	case told == progress.ControlRestart, told == progress.ControlRetry, told == progress.ControlCancel:
		d.Control = told
	case s.Status == progress.StepWaiting:
		d.Control = progress.ControlWait
	case s.Status == progress.StepSkipped && s.Waived:
		d.Control = progress.ControlSkip
	case t.Status == progress.Failed:
		d.Control = progress.ControlFail
	case s.Approval != nil && s.Approval.Status == progress.ApprovalApproved:
		d.Control = progress.ControlProceed
	}
	return d, d.Control != progress.ControlWait && d.Control != progress.ControlNone
}

// await looks until it is done, at once, whenever it is woken and now and then,
// for at most wait. look is told what woke it, the zero value for nothing.
func await[T any](c *call, wait time.Duration, woken <-chan T, look func(T) (bool, error)) error {
	var nothing, by T
	if wait == 0 {
		_, err := look(nothing)
		return err
	}
	c.long = true
	leave, err := c.waits.Enter(c.who.Credential)
	if err != nil {
		return err
	}
	defer leave()
	timeout, again := time.NewTimer(wait), time.NewTicker(lookAgain)
	defer timeout.Stop()
	defer again.Stop()
	for {
		if done, err := look(by); done || err != nil {
			return err
		}
		by = nothing
		select {
		case by = <-woken:
		case <-again.C:
		case <-timeout.C:
			return nil
		case <-c.Stopping:
			return nil
		case <-c.ctx().Done():
			return c.ctx().Err()
		}
	}
}
