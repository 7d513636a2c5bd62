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
	few, all, err := listed(t, statuses)
	if err != nil {
		return templates.Answer{}, err
	}
	if len(few) == 0 && t.said.Only == "" {
		return nothing(t, t.seen.list), nil
	}
	t.note.offered = idsOf(few)
	return templates.Answer{
		About: templates.TopicList, Only: t.said.Only, Tasks: subjects(t, few), More: max(0, all-len(few)),
	}, nil
}

// listed are the newest tasks of some statuses, oldest first, and how many there are of all.
func listed(t *talk, statuses []progress.Status) (few []progress.Task, all int, err error) {
	if t.turn.Stranger {
		few = slices.DeleteFunc(slices.Clone(t.seen.list), func(x progress.Task) bool { return !slices.Contains(statuses, x.Status) })
		return few[max(0, len(few)-mostListed):], len(few), nil
	}
	counts, err := t.Index.Count(t.ctx, store.Query{Eyes: t.turn.Who})
	if err != nil {
		return nil, 0, err
	}
	for _, s := range statuses {
		all += counts[s]
	}
	few, err = find(t, store.Query{Status: statuses}, mostListed)
	slices.Reverse(few)
	return few, all, err
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
