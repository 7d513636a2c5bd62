package bot

import (
	"slices"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// forOthers reports whether what somebody wants whose account nobody has linked is for those
// alone whose rights are known: what changes something, and also output and history, which the
// room was not shown. How the tasks stand that it was shown, they may hear.
func forOthers(t *talk) bool {
	if !t.turn.Stranger {
		return false
	}
	return len(t.seen.list) == 0 || t.said.Verb != "" || private(t.said.Intent)
}

// private reports whether something is told to those alone who are known.
func private(i intents.Intent) bool {
	return slices.Contains([]intents.Intent{intents.Logs, intents.History, intents.Subscribe, intents.Unsubscribe}, i)
}

// stranger says that nobody has linked the account, and how to.
func stranger(t *talk) templates.Answer {
	return templates.Answer{About: templates.TopicStranger, Verb: t.said.Verb, Intent: string(t.said.Intent), Stranger: true}
}

// sight are the tasks that a stranger may be told of.
func (t Turn) sight() []progress.TaskID { return t.Sight[:min(len(t.Sight), mostSeen)] }

// gatherShown finds the tasks that a stranger can speak of.
func gatherShown(t *talk) error {
	var shown []progress.Task
	steps := 0
	for _, id := range t.turn.sight() {
		task, ok, err := t.see(id)
		if err != nil {
			return err
		}
		if ok {
			shown, steps = append(shown, task), steps+task.Steps.Len()
		}
		if steps >= mostSteps {
			break
		}
	}
	t.seen.add(shown...)
	return nil
}
