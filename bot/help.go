package bot

import (
	"slices"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// help says what this person can ask for now.
func help(t *talk) templates.Answer {
	return templates.Answer{About: templates.TopicHelp, Wishes: wishes(t), Tasks: examples(t)}
}

// unknown says that a message was not understood, and what would be.
func unknown(t *talk) templates.Answer {
	return templates.Answer{About: templates.TopicUnknown, Wishes: wishes(t), Tasks: examples(t), Polite: t.said.Polite}
}

// examples are the task that examples can be about: the one that was named, or else that a
// person most likely has in mind.
func examples(t *talk) []templates.Subject {
	tasks := relevant(t)
	if named, ok := t.seen.task(t.said.Task); ok {
		tasks = []progress.Task{named}
	}
	return subjects(t, tasks[:min(len(tasks), 1)])
}

// wishes are the verbs that the person can give now, each with a task that takes it: the
// one that was spoken of, else the newest, those first that have not ended.
func wishes(t *talk) []templates.WishFor {
	var out []templates.WishFor
	for _, task := range relevant(t) {
		for _, o := range offers(t, task) {
			if !slices.ContainsFunc(out, func(w templates.WishFor) bool { return w.Verb == o.Verb }) {
				out = append(out, templates.WishFor{Verb: o.Verb, Task: task.ID, Title: task.Spec.Title, Step: o.Step})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b templates.WishFor) int { return place(a.Verb) - place(b.Verb) })
	return out
}

// relevant are the tasks, those first that a person most likely has in mind.
func relevant(t *talk) []progress.Task {
	about, _ := t.context()
	order := func(task progress.Task) int {
		if task.ID == about {
			return -1
		}
		return rank(task)
	}
	out := slices.Clone(t.seen.list)
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b progress.Task) int { return order(a) - order(b) })
	return out
}

// place is where a verb stands in the table.
func place(v progress.Verb) int {
	return slices.IndexFunc(progress.Rules(), func(r progress.Rule) bool { return r.Verb == v })
}
