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
	statuses := alive
	if t.said.Only != "" {
		statuses = []progress.Status{t.said.Only}
	}
	counts, err := t.Index.Count(t.ctx, store.Query{Eyes: t.turn.Who})
	if err != nil {
		return templates.Answer{}, err
	}
	few, err := find(t, store.Query{Status: statuses}, mostListed)
	if err != nil {
		return templates.Answer{}, err
	}
	slices.Reverse(few) // oldest first
	if len(few) == 0 && t.said.Only == "" {
		return nothing(t, t.seen.list), nil
	}
	all := 0
	for _, s := range statuses {
		all += counts[s]
	}
	t.note.offered = idsOf(few)
	return templates.Answer{
		About: templates.TopicList, Only: t.said.Only, Tasks: subjects(t, few), More: max(0, all-len(few)),
	}, nil
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
