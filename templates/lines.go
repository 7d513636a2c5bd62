package templates

import (
	"slices"

	"github.com/taskherald/herald/progress"
)

// How many lines of a plan a card holds.
const (
	mostSubsteps = 8
	mostSteps    = 5
)

// planner writes the lines of a plan.
type planner struct{ painter }

// lines are the substeps of the present step, else the steps around it, and how
// many are left out.
func (p planner) lines() (lines []Line, more int) {
	t := p.task
	n := t.Current()
	if n == 0 {
		return nil, 0
	}
	at := t.Steps.At(n)
	if len(at.Substeps) > 0 && at.Status != progress.StepPending && at.Status != progress.StepWaiting {
		return p.substeps(at)
	}
	if t.Steps.Len() == 1 {
		return nil, 0
	}
	from, to := window(t.Steps.Len(), n-1, mostSteps)
	for i := from; i < to; i++ {
		lines = append(lines, p.stepLine(t.Steps.At(i+1)))
	}
	return lines, t.Steps.Len() - len(lines)
}

// window is the part of n things of which most are shown, around one.
func window(n, focus, most int) (from, to int) {
	from = max(min(focus-most/2, n-most), 0)
	return from, min(from+most, n)
}

func (p planner) stepLine(st progress.Step) Line {
	l := Line{Symbol: symbol(string(st.Status)), Text: clean(st.Name, mostName), Status: st.Status}
	switch st.Status {
	case progress.StepCompleted, progress.StepPending:
		return l
	}
	l.Note = p.state(string(st.Status))
	if st.Error != nil && st.Error.Type == string(progress.Cancelled) {
		l.Note = p.state(string(progress.Cancelled)) // with the task: nothing is wrong with it
	}
	if st.Status == progress.StepRunning && st.Percent >= 1 {
		l.Note += p.Say("list.comma") + p.Percent(st.Percent)
	}
	return l
}

// substeps are the lines of a step's substeps. Unless its worker says which one
// runs, the first one of a running step that is not done does.
func (p planner) substeps(st progress.Step) (lines []Line, more int) {
	subs := st.Substeps
	next := slices.IndexFunc(subs, func(s progress.Substep) bool { return !s.Done() })
	said := slices.ContainsFunc(subs, func(s progress.Substep) bool { return s.Status == progress.StepRunning })
	focus := next
	if next < 0 {
		focus = len(subs) - 1
	}
	from, to := window(len(subs), focus, mostSubsteps)
	for i, sub := range subs[from:to] {
		runs := sub.Status == progress.StepRunning || !said && from+i == next
		lines = append(lines, p.substep(st.Status, sub, runs))
	}
	return lines, len(subs) - len(lines)
}

func (p planner) substep(of progress.StepStatus, sub progress.Substep, runs bool) Line {
	l := Line{Symbol: "⏳", Text: clean(sub.Name, mostName), Status: progress.StepPending}
	switch {
	case sub.Done():
		l.Symbol, l.Status = "✓", progress.StepCompleted
	case of == progress.StepRunning && runs:
		l.Status, l.Note = progress.StepRunning, p.state(string(progress.StepRunning))
	case of != progress.StepRunning && of != progress.StepPaused:
		l.Symbol = symbol(string(progress.StepPending))
	}
	return l
}
