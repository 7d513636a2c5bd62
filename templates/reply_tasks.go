package templates

import (
	"slices"

	"github.com/taskherald/herald/progress"
)

// Tasks are the tasks that the reply tells of, each once: those whose titles, states or output
// are in its words or on its buttons. Who shows a reply where others read sees from them
// whether those may read it. Of a reply that was read from JSON nothing is known.
func (r *Reply) Tasks() []progress.TaskID { return slices.Clone(r.tasks) }

// tasks are all that an answer may tell of.
func (a Answer) tasks() []progress.TaskID {
	var out []progress.TaskID
	tell := func(id progress.TaskID) {
		if id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	if a.Task != nil {
		tell(a.Task.Task.ID)
	}
	for _, s := range a.Tasks {
		tell(s.Task.ID)
	}
	for i := range a.Runs {
		tell(a.Runs[i].ID)
	}
	for _, w := range a.Wishes {
		tell(w.Task)
	}
	for _, b := range a.Presses {
		tell(b.Task)
	}
	return out
}
