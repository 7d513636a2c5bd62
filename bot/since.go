package bot

import (
	"slices"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// since is what people did that explains why an order finds its task otherwise, newest first:
// what made it begin anew, go on or hold, and the decision about what the order decides. What
// the task itself still tells is left to it.
func since(t *talk, task progress.Task, o order) ([]templates.Decision, error) {
	wanted := turning(task, o)
	lost := asking(o.Verb) && o.Run > 0 && (task.Run != o.Run || task.Attempt != o.Attempt)
	if len(wanted) == 0 && !lost {
		return nil, nil
	}
	all, err := decided(t, task)
	if err != nil {
		return nil, err
	}
	var out []templates.Decision
	if i := slices.IndexFunc(all, func(d templates.Decision) bool { return slices.Contains(wanted, d.Verb) }); i >= 0 {
		out = append(out, all[i])
	}
	if i := slices.IndexFunc(all, func(d templates.Decision) bool { return d.Run == o.Run && d.Step == o.Step && asking(d.Verb) }); lost && i >= 0 {
		out = append(out, all[i])
	}
	return out, nil
}

// turning are the verbs that may have made a task what it is, where an order does not fit it
// any more.
func turning(task progress.Task, o order) []progress.Verb {
	switch {
	case task.Run != o.Run:
		return []progress.Verb{progress.VerbRestart}
	case task.Attempt != o.Attempt:
		return []progress.Verb{progress.VerbRetry, progress.VerbSkip}
	case task.Status == progress.Paused && !task.Resting:
		return []progress.Verb{progress.VerbPause}
	case task.Status == progress.Running && o.Verb == progress.VerbResume:
		return []progress.Verb{progress.VerbResume}
	}
	return nil
}
