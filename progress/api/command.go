package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// keyHeader makes a command count once, however often it is sent.
const keyHeader = "Idempotency-Key"

// maxKey is the length of an idempotency key in bytes.
const maxKey = 255

// taskID is the task that the path names.
func (c *call) taskID() progress.TaskID { return progress.TaskID(c.Param("id")) }

// step is the step that the path names.
func (c *call) step() (int, error) {
	if c.Param("n") == "" {
		return 0, &progress.Error{Code: progress.NotFound, Say: "the path names no step"}
	}
	n, err := strconv.Atoi(c.Param("n"))
	if err != nil || n < 1 {
		return 0, kit.Invalid("step", "must be the order of a step: 1, 2, 3 …")
	}
	return n, nil
}

// command is a command of this caller to the task that the path names.
func (c *call) command(do progress.Change) progress.Command {
	return progress.Command{Task: c.taskID(), By: c.who.Actor, Via: progress.ViaREST, Do: do}
}

// keyOf is the idempotency key of a request, "" for none.
func keyOf(c *call) (string, error) {
	key := c.GetHeader(keyHeader)
	if len(key) > maxKey {
		return "", kit.Invalid(keyHeader, "must be at most %d bytes long", maxKey)
	}
	return key, nil
}

// keyed gives a command the idempotency key of its request. A key is the
// caller's own, and this route's.
func (c *call) keyed(cmd progress.Command, body []byte) (progress.Command, error) {
	key, err := keyOf(c)
	if key == "" || err != nil {
		return cmd, err
	}
	sum := sha256.Sum256(body)
	cmd.Key = c.who.Credential + " " + c.Request.URL.Path + " " + key
	cmd.Body = hex.EncodeToString(sum[:])
	return cmd, nil
}

// fence says which run and attempt a request means.
type fence struct {
	Run     int `json:"run"`
	Attempt int `json:"attempt"`
}

func (f fence) check() error {
	switch {
	case f.Run < 0:
		return kit.Invalid("run", "must be 1 or more")
	case f.Attempt < 0:
		return kit.Invalid("attempt", "must be 1 or more")
	}
	return nil
}

// wish is the body of a command of a person.
type wish struct {
	fence
	Reason string `json:"reason"`
	Option string `json:"option"` // of approve
	Digest string `json:"digest"` // of approve and reject: what was shown
	Inputs inputs `json:"inputs"` // of restart and retry
}

// wishes make the changes that people may want, one a verb.
var wishes = map[progress.Verb]func(w wish, step int) progress.Change{
	progress.VerbCancel:  func(w wish, _ int) progress.Change { return progress.Cancel{Reason: w.Reason} },
	progress.VerbPause:   func(w wish, _ int) progress.Change { return progress.Pause{Reason: w.Reason} },
	progress.VerbResume:  func(w wish, _ int) progress.Change { return progress.Resume{Reason: w.Reason} },
	progress.VerbRestart: func(w wish, _ int) progress.Change { return progress.Restart{Reason: w.Reason, Inputs: w.Inputs.raw()} },
	progress.VerbApprove: func(w wish, n int) progress.Change {
		return progress.Approve{Step: n, Reason: w.Reason, Option: w.Option}
	},
	progress.VerbReject: func(w wish, n int) progress.Change { return progress.Reject{Step: n, Reason: w.Reason} },
	progress.VerbRetry: func(w wish, n int) progress.Change {
		return progress.Retry{Step: n, Reason: w.Reason, Inputs: w.Inputs.raw()}
	},
	progress.VerbSkip: func(w wish, n int) progress.Change { return progress.Skip{Step: n, Reason: w.Reason} },
}

// onSteps are the wishes whose path names a step.
var onSteps = map[progress.Verb]bool{
	progress.VerbApprove: true, progress.VerbReject: true, progress.VerbRetry: true, progress.VerbSkip: true,
}

// wishRoutes are the routes of the verbs that people may want, from the
// transition table.
func wishRoutes() []route {
	var out []route
	for _, r := range progress.Rules() {
		if !r.Wish {
			continue
		}
		path := "/api/tasks/:id/"
		if onSteps[r.Verb] {
			path += "steps/:n/"
		}
		out = append(out, route{
			method: http.MethodPost, path: path + string(r.Verb), name: string(r.Verb),
			do: func(c *call) error { return giveWish(c, r.Verb) },
		})
	}
	return out
}

// giveWish gives a person's command and replies with the task.
func giveWish(c *call, v progress.Verb) error {
	var w wish
	body, err := c.body()
	if err != nil {
		return err
	}
	if err := kit.Decode(body, &w); err != nil {
		return err
	}
	if err := w.check(); err != nil {
		return err
	}
	step := 0
	if onSteps[v] {
		if step, err = c.step(); err != nil {
			return err
		}
	}
	cmd, err := c.keyed(c.command(wishes[v](w, step)), body)
	if err != nil {
		return err
	}
	cmd.If = progress.Fence{Run: w.Run, Attempt: w.Attempt, Digest: w.Digest}
	out, err := c.Engine.Execute(c.ctx(), cmd)
	if err != nil {
		return err
	}
	c.reply(http.StatusOK, c.whole(out.Task))
	return nil
}
