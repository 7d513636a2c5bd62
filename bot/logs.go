package bot

import (
	"cmp"
	"slices"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates"
)

// How much of a task's output is told.
const (
	usualLines = 15
	mostLines  = 100 // if so many are asked for
	mostErrors = 5
)

// bad are the levels of lines that say what went wrong.
var bad = []string{"error", "fatal", "critical", "ERROR", "FATAL", "CRITICAL"}

// logs are the last lines of a task, or of one of its steps, and the newest errors if they
// are further up.
func logs(t *talk, task progress.Task) (templates.Answer, error) {
	a := templates.Answer{About: templates.TopicLogs, Task: t.subject(task)}
	most := min(cmp.Or(t.said.Lines, usualLines), mostLines)
	q := store.Logs{Task: task.ID, Tail: true, Limit: most + 1}
	if n := t.said.Step; n > 0 && n <= task.Steps.Len() {
		a.Step, q.Step = n, task.Steps.At(n).Name
	}
	lines, err := t.Past.Lines(t.ctx, q)
	if err != nil {
		return a, err
	}
	a.Earlier = len(lines) > most
	a.Lines = lines[max(0, len(lines)-most):]
	q.Level, q.Limit = bad, mostErrors
	if a.Errors, err = t.Past.Lines(t.ctx, q); err != nil {
		return a, err
	}
	a.Errors = slices.DeleteFunc(a.Errors, func(l progress.LogLine) bool { return len(a.Lines) > 0 && l.N >= a.Lines[0].N })
	a.Presses, err = buttons(t, task, remedies(t, task))
	return a, err
}
