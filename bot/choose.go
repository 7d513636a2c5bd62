package bot

import (
	"cmp"
	"slices"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// mostChoices is how many tasks are offered, when one of several is meant.
const mostChoices = 5

// several answers a message that can be about several tasks.
func several(t *talk, ids []progress.TaskID) (templates.Answer, error) {
	if choosable(t) {
		return choose(t, ids)
	}
	t.note.over = true
	few := shown(able(t, t.seen.of(ids)))
	a := clarifyBlank(t)
	var err error
	a.Tasks = subjects(t, few)
	a.Presses, _, err = choices(t, few)
	return a, err
}

// choosable reports whether what was said may follow from naming a task. Of "don't cancel
// it" it may not: a number in answer to what the bot says would do it.
func choosable(t *talk) bool {
	r := t.said
	return r.Verb == "" || r.Doubt == "" || doubtful(r.Doubt)
}

// choose asks which of some tasks is meant: of those that what is asked for can be done to.
func choose(t *talk, ids []progress.TaskID) (templates.Answer, error) {
	tasks := t.seen.of(ids)
	fit := able(t, tasks)
	switch {
	case len(fit) == 0:
		return unable(t, tasks)
	case len(fit) == 1 && t.said.Verb != "":
		return confirm(t, fit[0], aim(fit[0], t.turn.Who, t.said.Verb, t.said.Step, t.said.Reason))
	}
	few := shown(fit)
	presses, q, err := choices(t, few)
	t.note.offered, t.note.asked = idsOf(few), q
	return templates.Answer{
		About: templates.TopicChoose, Verb: t.said.Verb, Step: t.said.Step, Reason: t.said.Reason, Intent: string(t.said.Intent),
		Tasks: subjects(t, few), More: len(fit) - len(few), Presses: presses,
	}, err
}

// unable answers what can be done to none of some tasks: why not, to the one that others may do
// it to, or that was named where it can be done to another; else that there is no such task.
func unable(t *talk, tasks []progress.Task) (templates.Answer, error) {
	for _, task := range slices.Backward(shown(tasks)) {
		o := aim(task, t.turn.Who, t.said.Verb, t.said.Step, t.said.Reason)
		err := t.admits(task, o)
		if progress.CodeOf(err) == progress.Forbidden || t.said.How != "" && len(able(t, t.seen.list)) > 0 {
			return refuse(t, task, o, err)
		}
	}
	return nothing(t, tasks), nil
}

// choices are a button for each of some tasks, and the question that they answer.
func choices(t *talk, few []progress.Task) (presses []templates.Press, q *Question, err error) {
	r := t.said
	if r.Intent == intents.Unknown {
		r.Intent = intents.Status // what was not understood, but for a name
	}
	q = &Question{Verb: r.Verb, Step: r.Step, Lines: r.Lines, Reason: r.Reason, Wait: r.Wait, Until: t.now.Add(patience)}
	if r.Verb == "" {
		q.Intent = string(r.Intent)
	}
	for _, task := range few {
		p := speak(task, r.Intent)
		if r.Verb != "" {
			if p, err = pressOf(t, task, aim(task, t.turn.Who, r.Verb, r.Step, r.Reason)); err != nil {
				return nil, nil, err
			}
			p.Title = task.Spec.Title
			q.Picks = append(q.Picks, p.Ticket)
		}
		presses = append(presses, p)
	}
	return presses, q, nil
}

// able are those tasks that what is asked for can be done to.
func able(t *talk, tasks []progress.Task) []progress.Task {
	if t.said.Verb == "" {
		return tasks
	}
	return slices.DeleteFunc(slices.Clone(tasks), func(task progress.Task) bool {
		return t.admits(task, aim(task, t.turn.Who, t.said.Verb, t.said.Step, "")) != nil
	})
}

// shown are the few of some tasks that are offered, oldest first: those that have not
// ended go before others, and newer ones before older ones.
func shown(tasks []progress.Task) []progress.Task {
	few := slices.Clone(tasks)
	slices.Reverse(few)
	slices.SortStableFunc(few, func(a, b progress.Task) int { return cmp.Compare(rank(a), rank(b)) })
	few = few[:min(len(few), mostChoices)]
	slices.SortStableFunc(few, func(a, b progress.Task) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return few
}

// rank is 0 for what has not ended.
func rank(t progress.Task) int {
	if t.Status.Ended() {
		return 1
	}
	return 0
}

func idsOf(tasks []progress.Task) []progress.TaskID {
	out := make([]progress.TaskID, len(tasks))
	for i, t := range tasks {
		out[i] = t.ID
	}
	return out
}
