package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/taskherald/herald/progress"
)

// The steps of the job.
const (
	prepare = "Prepare"
	deploy  = "Deploy"
)

// work is the job itself: this is what to write anew. An error fails the step that
// is under way, and the task with it.
func (j *job) work(ctx context.Context) (result json.RawMessage, err error) {
	version, err := j.version()
	if err != nil {
		return nil, err
	}
	if err := j.step(ctx, prepare, j.pretend); err != nil {
		return nil, err
	}
	yes, err := j.approved(ctx, deploy, progress.Gate{
		Prompt:    fmt.Sprintf("Deploy version %s to production?", version),
		Effects:   []string{"replaces the running version", "customers are logged out"},
		Risk:      "high", // or medium, or low
		ExpiresIn: int(j.expires / time.Second),
		Default:   progress.DefaultReject, // when nobody answers in time
		OnReject:  progress.RejectFails,   // or RejectSkips, which leaves the step out, or RejectCancels
	})
	if err != nil {
		return nil, err
	}
	if yes {
		err = j.step(ctx, deploy, j.pretend)
	}
	return fmt.Appendf(nil, `{"version": %q, "deployed": %t}`, version, yes), err
}

// version reads what the task is about. Whoever made it may have written anything.
func (j *job) version() (string, error) {
	var in struct{ Version string }
	if err := json.Unmarshal(j.task.Inputs, &in); err != nil || in.Version == "" {
		return "", fmt.Errorf(`the inputs must look like {"version": "1.4.0"}`)
	}
	return in.Version, nil
}

// pretend stands for real work: it tells how far it is, and between two units asks
// whether it may go on.
func (j *job) pretend(ctx context.Context, tell func(percent float64)) error {
	for done := range 10 {
		if err := j.mayGoOn(ctx); err != nil {
			return err
		}
		sleep(ctx, j.unit)
		tell(float64(done+1) * 10)
	}
	return nil
}
