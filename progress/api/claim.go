package api

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/engine"
)

// claimBody asks for work.
type claimBody struct {
	Kinds  []string `json:"kinds"`
	Worker string   `json:"worker"`
	Wait   int      `json:"wait_seconds"`
}

func (b claimBody) check() error {
	switch {
	case len(b.Kinds) == 0:
		return kit.Invalid("kinds", "must name at least one kind of task")
	case slices.ContainsFunc(b.Kinds, func(k string) bool { return k == "" || strings.ContainsRune(k, 0) }):
		return kit.Invalid("kinds", "must hold names only")
	case strings.TrimSpace(b.Worker) == "":
		return kit.Invalid("worker", "must not be empty: a name of your own for this worker")
	case len(b.Kinds) > maxKinds:
		return kit.Invalid("kinds", "must name at most %d kinds", maxKinds)
	case b.Wait < 0 || b.Wait > maxWait:
		return kit.Invalid("wait_seconds", "must be a whole number from 0 to %d", maxWait)
	}
	return nil
}

// maxKinds is how many kinds one claim may name.
const maxKinds = 100

// claimed is a task and the lease on it.
type claimed struct {
	wholeTask
	Lease string `json:"lease"`
}

// claim is POST /api/tasks/claim.
func claim(c *call) error {
	var b claimBody
	if err := c.bind(&b); err != nil {
		return err
	}
	if err := errors.Join(b.check(), c.Engine.Limits().Check(progress.Claim{Worker: b.Worker})); err != nil {
		return err
	}
	out, ok, err := awaitTask(c, b)
	switch {
	case err != nil:
		return err
	case !ok:
		c.Status(http.StatusNoContent)
		c.Writer.WriteHeaderNow()
		return nil
	}
	w := claimed{c.whole(out.Task), out.Task.Lease}
	w.Inputs = out.Task.Spec.Inputs // it works on them
	c.reply(http.StatusOK, w)
	return nil
}

// awaitTask claims a task as soon as there is one.
func awaitTask(c *call, b claimBody) (out engine.Outcome, ok bool, err error) {
	if b.Wait == 0 {
		return c.Engine.Claim(c.ctx(), c.who.Actor, progress.ViaREST, b.Worker, b.Kinds) // who does not wait stands in no line
	}
	w := c.line.join(b.Kinds)
	defer c.line.leave(w)
	err = await(c, time.Duration(b.Wait)*time.Second, w.woken, func(v vacancy) (bool, error) {
		var err error
		out, ok, err = c.Engine.Claim(c.ctx(), c.who.Actor, progress.ViaREST, b.Worker, b.Kinds)
		c.line.tried(w, v, out.Task.ID)
		return ok, err
	})
	return out, ok, err
}
