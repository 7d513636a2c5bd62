package api

import (
	"net/http"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/engine"
)

// reportBody is a report and the run and attempt that it is about.
type reportBody struct {
	progress.Report
	fence
	At when `json:"at"` // in place of the report's, for its error
}

func (r reportBody) report() progress.Report {
	r.Report.At = time.Time(r.At)
	return r.Report
}

// answer is what every worker is told after a report or heartbeat.
type answer struct {
	Task    progress.TaskID  `json:"task_id"`
	Status  progress.Status  `json:"status"`
	Version int64            `json:"version"`
	Control progress.Control `json:"control"`
	Step    int              `json:"step,omitempty"` // that Control is about
	Run     int              `json:"run"`
	Attempt int              `json:"attempt"`
}

func answerOf(out engine.Outcome) answer {
	t, d := out.Task, out.Directive
	return answer{t.ID, t.Status, t.Version, d.Control, d.Step, t.Run, t.Attempt}
}

// tell gives a worker's command and replies with the task's state, refused or
// not.
func tell(c *call, cmd progress.Command) error {
	out, err := c.Engine.Execute(c.ctx(), cmd)
	if err == nil {
		c.reply(http.StatusOK, answerOf(out))
		return nil
	}
	if out.Task.Spec == nil || kit.Status(err) != http.StatusConflict {
		return err
	}
	a := answerOf(out)
	return &refusal{err, &kit.State{
		Task: a.Task, Status: a.Status, Version: a.Version, Control: a.Control, Step: a.Step, Run: a.Run, Attempt: a.Attempt,
	}}
}

// report is POST /api/tasks/{id}/progress.
func report(c *call) error {
	var r reportBody
	if err := c.bind(&r); err != nil {
		return err
	}
	if err := r.check(); err != nil {
		return err
	}
	cmd := c.command(r.report())
	cmd.If = progress.Fence{Run: r.Run, Attempt: r.Attempt}
	return tell(c, cmd)
}

// beat is the body of a heartbeat.
type beat struct {
	fence
	Worker string `json:"worker"`
	Lease  string `json:"lease"`
}

// heartbeat is POST /api/tasks/{id}/heartbeat.
func heartbeat(c *call) error {
	var b beat
	if err := c.bind(&b); err != nil {
		return err
	}
	if err := b.check(); err != nil {
		return err
	}
	cmd := c.command(progress.Heartbeat{Worker: b.Worker, Lease: b.Lease})
	cmd.If = progress.Fence{Run: b.Run, Attempt: b.Attempt}
	return tell(c, cmd)
}
