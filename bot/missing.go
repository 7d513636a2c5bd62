package bot

import (
	"slices"
	"strings"
	"unicode"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// noTask answers what is about a task and does not say of which: by asking, or that there
// is none.
func noTask(t *talk) (templates.Answer, error) {
	live := t.seen.live()
	switch {
	case t.said.Intent == intents.Clarify && !doubtful(t.said.Doubt):
		return clarifyBlank(t), nil
	case t.said.Verb != "" && len(t.seen.list) > 0:
		return choose(t, idsOf(t.seen.list))
	case len(live) == 0:
		return nothing(t, t.seen.list), nil
	}
	return choose(t, idsOf(live))
}

// missing says that there is nothing of that name, and what is near: as a choice, unless
// it is doubtful that anything was to be done.
func missing(t *talk) (templates.Answer, error) {
	t.note.missed = true
	near := nearest(t, t.said.Named)
	a := templates.Answer{
		About: templates.TopicMissing, Named: t.said.Named, Verb: t.said.Verb, Step: t.said.Step, Intent: string(t.said.Intent),
		Tasks: subjects(t, near),
	}
	if len(near) == 0 || !choosable(t) {
		return a, nil
	}
	var err error
	var q *Question
	a.Presses, q, err = choices(t, near)
	t.note.offered, t.note.asked = idsOf(near), q
	return a, err
}

// nearest are the tasks whose titles are most like a name, best first, and which admit what is
// asked for.
func nearest(t *talk, name string) []progress.Task {
	like := map[progress.TaskID]float64{}
	var out []progress.Task
	for _, task := range able(t, t.seen.list) {
		if like[task.ID] = likeness(name, task.Spec.Title); like[task.ID] >= leastLike {
			out = append(out, task)
		}
	}
	slices.SortStableFunc(out, func(a, b progress.Task) int {
		switch {
		case like[a.ID] > like[b.ID]:
			return -1
		case like[a.ID] < like[b.ID]:
			return 1
		}
		return b.CreatedAt.Compare(a.CreatedAt)
	})
	return out[:min(len(out), mostChoices)]
}

// leastLike is how like a title has to be to be shown.
const leastLike = 0.5

// likeness is what part of a name's pairs of letters a title has, 0..1.
func likeness(name, title string) float64 {
	has, want := pairs(title), pairs(name)
	if len(want) == 0 {
		return 0
	}
	found := 0
	for p := range want {
		if has[p] {
			found++
		}
	}
	return float64(found) / float64(len(want))
}

// pairs are the pairs of letters or digits in a text, within words.
func pairs(text string) map[[2]rune]bool {
	out := map[[2]rune]bool{}
	var last rune
	for _, r := range strings.ToLower(text) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			r = 0
		}
		if r != 0 && last != 0 {
			out[[2]rune{last, r}] = true
		}
		last = r
	}
	return out
}
