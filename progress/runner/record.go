package runner

import (
	"maps"
	"slices"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/runner/pipeline"
)

// record is how far the steps of a pipeline are.
type record struct {
	o     *Options
	file  *pipeline.Pipeline
	state *State
	phase map[int]pipeline.State // of the steps under way: Waiting, Approved or Running
}

// stage is where a step stands, for the schedule.
func (r *record) stage(i int) pipeline.State {
	if phase, ok := r.phase[i]; ok {
		return phase
	}
	s := &r.file.Steps[i]
	switch r.state.Steps[s.Name] {
	case progress.StepCompleted:
		return pipeline.Done
	case progress.StepSkipped:
		return pipeline.Skipped
	case progress.StepFailed:
		if s.AllowFailure {
			return pipeline.Allowed
		}
		return pipeline.Failed
	}
	return pipeline.Pending
}

// set notes where a step stands, on disk before anyone hears of it.
func (r *record) set(i int, s progress.StepStatus) {
	name := r.file.Steps[i].Name
	if s == progress.StepPending {
		delete(r.state.Steps, name)
	} else {
		r.state.Steps[name] = s
	}
	r.save()
}

func (r *record) save() {
	if err := r.state.save(); err != nil {
		r.o.say("the run's state cannot be saved, so a crash would begin from where it was saved last: %s", err)
	}
}

// done is how many steps are over.
func (r *record) done() (n int) {
	for i := range r.file.Steps {
		switch r.stage(i) {
		case pipeline.Done, pipeline.Skipped, pipeline.Allowed:
			n++
		}
	}
	return n
}

// fallen is the step whose failure ends the pipeline, and whether there is one.
func (r *record) fallen() (int, bool) {
	for i := range r.file.Steps {
		if r.stage(i) == pipeline.Failed {
			return i, true
		}
	}
	return 0, false
}

// ref names a step in a report.
func (r *record) ref(i int) progress.StepRef { return progress.StepRef{Name: r.file.Steps[i].Name} }

// index is the step of a name, and whether there is one.
func (r *record) index(name string) (int, bool) {
	i := slices.IndexFunc(r.file.Steps, func(s pipeline.Step) bool { return s.Name == name })
	return i, i >= 0
}

// adopt takes over what the server knows of the steps.
func (r *record) adopt(t client.Task) {
	r.state.Run, r.state.Attempt = t.Run, t.Attempt
	for _, s := range t.Steps {
		i, ok := r.index(s.Name)
		if !ok {
			continue
		}
		switch {
		case s.Status == progress.StepCompleted, s.Status == progress.StepSkipped,
			s.Status == progress.StepFailed && r.file.Steps[i].AllowFailure:
			r.state.Steps[s.Name] = s.Status
		default:
			delete(r.state.Steps, s.Name)
		}
	}
}

// merge takes what the server knows beside what was saved, or in place of it.
func (r *record) merge(t client.Task, instead bool) {
	mine := r.state.Steps
	r.state.Steps = map[string]progress.StepStatus{}
	r.adopt(t)
	if !instead {
		maps.Copy(r.state.Steps, mine)
	}
}

// assume is what becomes of the steps in a newer run or attempt, as far as that is
// clear without asking the server, which may not let us read.
func (r *record) assume(a *again, declared bool) {
	if a.run > r.state.Run {
		r.state.Steps = map[string]progress.StepStatus{}
	}
	for {
		i, failed := r.fallen()
		if !failed {
			break
		}
		delete(r.state.Steps, r.file.Steps[i].Name)
	}
	if i := a.step - 1; declared && a.control == progress.ControlSkip && i >= 0 && i < len(r.file.Steps) {
		r.state.Steps[r.file.Steps[i].Name] = progress.StepSkipped
	}
}
