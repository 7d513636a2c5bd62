package client

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/taskherald/herald/progress"
)

// CommandOptions are what a person adds to a command.
type CommandOptions struct {
	Step   int             // of approve, reject, retry and skip; 0 for the one that the task's state means
	Reason string          // shown and kept
	Option string          // of approve: one of those that were offered
	Digest string          // of approve and reject: that of the approval that was shown
	Inputs json.RawMessage // of restart and retry: replace the task's
	Key    string          // under which it counts once, however often it is sent; "" makes one
}

// wish is a command's body.
type wish struct {
	Reason string          `json:"reason,omitempty"`
	Option string          `json:"option,omitempty"`
	Digest string          `json:"digest,omitempty"`
	Inputs json.RawMessage `json:"inputs,omitempty"`
}

// Command gives a person's command: cancel, pause, resume, restart, approve,
// reject, retry or skip. It returns the task as it is then. A state that does
// not admit it is a *Problem with status 409.
func (c *Client) Command(ctx context.Context, id progress.TaskID, v progress.Verb, o CommandOptions) (t Task, err error) {
	path := taskPath(id)
	if onStep(v) {
		if o.Step == 0 {
			if o.Step, err = stepFor(ctx, c, id, v); err != nil {
				return t, err
			}
		}
		path = stepPath(id, o.Step)
	}
	if o.Key == "" {
		o.Key = rand.Text()
	}
	err = c.http.post(ctx, path+"/"+string(v), o.Key, wish{o.Reason, o.Option, o.Digest, o.Inputs}, &t)
	return t, err
}

// onStep reports whether a verb is about one step.
func onStep(v progress.Verb) bool {
	switch v {
	case progress.VerbApprove, progress.VerbReject, progress.VerbRetry, progress.VerbSkip:
		return true
	}
	return false
}

// stepFor is the step that a verb means when none is named.
func stepFor(ctx context.Context, c *Client, id progress.TaskID, v progress.Verb) (int, error) {
	t, err := c.Task(ctx, id)
	if err != nil {
		return 0, err
	}
	for _, want := range meant(v) {
		for _, s := range t.Steps {
			if s.Status == want {
				return s.Order, nil
			}
		}
	}
	say := map[progress.Verb]string{progress.VerbRetry: "no step has failed", progress.VerbSkip: "no step has failed or is under way"}[v]
	if say == "" {
		say = "no step waits for a decision"
	}
	return 0, &Problem{
		Status: http.StatusConflict, Code: string(progress.Conflict), Title: "The state does not admit it",
		Detail: fmt.Sprintf("%s: the task is %s", say, t.Status),
	}
}

// meant are the statuses of the step that a verb means, the likeliest first.
func meant(v progress.Verb) []progress.StepStatus {
	switch v {
	case progress.VerbRetry:
		return []progress.StepStatus{progress.StepFailed}
	case progress.VerbSkip:
		return []progress.StepStatus{progress.StepFailed, progress.StepRunning, progress.StepPaused, progress.StepWaiting}
	}
	return []progress.StepStatus{progress.StepWaiting}
}
