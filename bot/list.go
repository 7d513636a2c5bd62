package bot

import (
	"slices"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates"
)

// mostListed is how many tasks a list has, the newest.
const mostListed = 10

// list are the tasks that have not ended, or those of one status.
func list(t *talk) (templates.Answer, error) {
	tasks, err := listed(t, t.said.Only)
	if err != nil {
		return templates.Answer{}, err
	}
	if len(tasks) == 0 && t.said.Only == "" {
		return nothing(t, t.seen.list), nil
	}
	few := tasks[max(0, len(tasks)-mostListed):]
	t.note.offered = idsOf(few)
	return templates.Answer{
		About: templates.TopicList, Only: t.said.Only, Tasks: subjects(t, few), More: len(tasks) - len(few),
	}, nil
}

// listed are the tasks to list, oldest first. Those of a status that ends them may have
// ended long ago.
func listed(t *talk, only progress.Status) ([]progress.Task, error) {
	if only.Ended() {
		found, err := find(t, store.Query{Status: []progress.Status{only}}, mostSeen)
		slices.Reverse(found)
		return found, err
	}
	return slices.DeleteFunc(t.seen.live(), func(x progress.Task) bool { return only != "" && x.Status != only }), nil
}

// nothing says that there is no task that a message could be about, beside those that come
// nearest.
func nothing(t *talk, tasks []progress.Task) templates.Answer {
	few := shown(tasks)
	a := templates.Answer{
		About: templates.TopicNothing, Verb: t.said.Verb, Intent: string(t.said.Intent), Only: t.said.Only,
		Tasks: subjects(t, few), More: len(tasks) - len(few),
	}
	for _, task := range few {
		a.Presses = append(a.Presses, speak(task, intents.Status))
	}
	t.note.offered = idsOf(few)
	return a
}

// subjects are tasks as answers have them.
func subjects(t *talk, tasks []progress.Task) []templates.Subject {
	out := make([]templates.Subject, len(tasks))
	for i, task := range tasks {
		out[i] = *t.subject(task)
	}
	return out
}
