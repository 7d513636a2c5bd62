package live

import "github.com/taskherald/herald/progress"

// tick is a progress frame. It shows all that moves without a milestone, so
// that the newest makes up for every one before it.
type tick struct {
	head
	Percent     float64             `json:"percent"`
	Step        *progress.StepLine  `json:"step"` // that moved, else the current one; null without steps
	StepPercent *float64            `json:"step_percent"`
	ETA         *int64              `json:"eta_seconds"`
	Left        *progress.ETA       `json:"eta"`
	Message     string              `json:"message"`
	Steps       []progress.StepLine `json:"steps,omitempty"` // all under way, if several are, up to 100
}

// ticked shows what moved from one state of a task to the next.
func (o *Options) ticked(was, now *progress.Task) *frame {
	h := headOf("progress", now, now.UpdatedAt)
	f := tick{head: h, Percent: now.Percent, Message: now.Message, Left: o.ETA(now), Steps: underWay(now.Steps)}
	if f.Left != nil {
		f.ETA = &f.Left.Likely
	}
	if n := movedStep(was, now); n > 0 {
		line := now.Steps.At(n).Line()
		f.Step, f.StepPercent = &line, &line.Progress
	}
	return encode(h, f)
}

// movedStep is the step whose percent changed last, else the current one; 0
// without steps.
func movedStep(was, now *progress.Task) int {
	best := progress.Step{Order: now.Current()}
	for s := range now.Steps.Changed(was.Steps) {
		ticks := s.Status == progress.StepRunning || s.Status == progress.StepPaused
		moved := s.Order > was.Steps.Len() || s.Percent != was.Steps.At(s.Order).Percent
		if ticks && moved && s.UpdatedAt.After(best.UpdatedAt) {
			best = s
		}
	}
	return best.Order
}

// underWay lists the steps that may tick, if they are several and not too many.
func underWay(all progress.Steps) []progress.StepLine {
	n := all.Count(progress.StepRunning) + all.Count(progress.StepPaused)
	if n < 2 || n > mostInTick {
		return nil
	}
	out := make([]progress.StepLine, 0, n)
	for s := range all.All() {
		if s.Status == progress.StepRunning || s.Status == progress.StepPaused {
			out = append(out, s.Line())
		}
	}
	return out
}
