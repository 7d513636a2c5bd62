package bot

import (
	"slices"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// tell says what was asked about a task.
func tell(t *talk, task progress.Task, intent intents.Intent) (templates.Answer, error) {
	switch intent {
	case intents.Logs:
		return logs(t, task)
	case intents.ETA:
		return eta(t, task)
	case intents.History:
		return history(t, task)
	case intents.Subscribe, intents.Unsubscribe:
		return notices(t, &task)
	case intents.Clarify:
		return clarify(t, task, order{})
	}
	return status(t, task)
}

// status is how a task stands, with buttons for what it waits for: a decision, somebody to
// let it go on, or to put right what failed.
func status(t *talk, task progress.Task) (templates.Answer, error) {
	a := templates.Answer{About: templates.TopicStatus, Task: t.subject(task)}
	var err error
	if a.Decisions, err = held(t, task); err != nil {
		return a, err
	}
	a.Presses, err = buttons(t, task, remedies(t, task))
	return a, err
}

// eta is how long a task still takes.
func eta(t *talk, task progress.Task) (templates.Answer, error) {
	decided, err := held(t, task)
	return templates.Answer{About: templates.TopicETA, Task: t.subject(task), Decisions: decided}, err
}

// held is what was decided of a task that is paused: who did that.
func held(t *talk, task progress.Task) ([]templates.Decision, error) {
	if task.Status != progress.Paused {
		return nil, nil
	}
	return decided(t, task)
}

// remedies are what the person can do for a task that does not move.
func remedies(t *talk, task progress.Task) []order {
	wanted := map[progress.Status][]progress.Verb{
		progress.Waiting: {progress.VerbApprove, progress.VerbReject},
		progress.Paused:  {progress.VerbApprove, progress.VerbReject, progress.VerbResume},
		progress.Failed:  {progress.VerbRetry, progress.VerbSkip, progress.VerbRestart},
	}[task.Status]
	return slices.DeleteFunc(offers(t, task), func(o order) bool { return !slices.Contains(wanted, o.Verb) })
}
