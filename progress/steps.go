package progress

import (
	"iter"
	"slices"
	"time"
)

// Step is one part of a task.
type Step struct {
	Plan
	Order     int // 1-based
	Status    StepStatus
	Percent   float64 // shown, 0..100
	Given     bool    // Percent is the worker's own, not counted from substeps
	Declared  bool    // in the plan from the beginning; a restart keeps it
	Attempt   int     // the attempt in which it last began, 0 if never
	StartedAt time.Time
	EndedAt   time.Time
	UpdatedAt time.Time     // zero while nothing has been said of it
	IdleSince time.Time     // since when it is paused or waits for a decision
	Idle      time.Duration // paused or waiting before that
	From      time.Duration // of what was worked of the run, when it began
	Approval  *Approval     // the latest that was asked, nil if none
	Waived    bool          // skipped by a person or a decision, not by its worker
	Overran   bool          // it was said that it takes longer than Late
	Error     *Fault
}

// Plan is what is known of a step before it begins.
type Plan struct {
	Name         string    `json:"name"`
	Weight       float64   `json:"weight,omitempty"` // its share of the task; 0 if not declared
	Substeps     []Substep `json:"substeps,omitempty"`
	Gate         *Gate     `json:"approval,omitempty"`
	AllowFailure bool      `json:"allow_failure,omitempty"` // the task goes on when it fails

	// Typical is the median past duration of a step of this name in this kind
	// of task, 0 if unknown. The engine fills it in.
	Typical time.Duration `json:"typical_ns,omitempty"`

	// Late is how long such a step takes in 19 of 20 cases, 0 if unknown. One that
	// takes longer says so. The engine fills it in, anew when the step begins.
	Late time.Duration `json:"late_ns,omitempty"`
}

// Substep is one part of a step.
type Substep struct {
	Name   string     `json:"name"`
	Status StepStatus `json:"status,omitempty"` // running or completed as reported, "" for pending
}

// Done reports whether the substep has been reported done.
func (s Substep) Done() bool { return s.Status == StepCompleted }

// Same reports whether two steps are the same, sharing all that they point to.
func (s Step) Same(o Step) bool {
	return s.Name == o.Name && s.Order == o.Order && s.Status == o.Status && s.Percent == o.Percent &&
		s.Given == o.Given && s.Declared == o.Declared && s.Waived == o.Waived && s.Attempt == o.Attempt && s.Idle == o.Idle && s.From == o.From &&
		s.Weight == o.Weight && s.Typical == o.Typical && s.Late == o.Late && s.Overran == o.Overran && s.AllowFailure == o.AllowFailure &&
		s.StartedAt.Equal(o.StartedAt) && s.EndedAt.Equal(o.EndedAt) && s.UpdatedAt.Equal(o.UpdatedAt) &&
		s.IdleSince.Equal(o.IdleSince) && s.Gate == o.Gate && s.Approval == o.Approval && s.Error == o.Error &&
		slices.Equal(s.Substeps, o.Substeps)
}

// gated reports whether nothing may pass the step before somebody decides: it
// waits, or it was declared with a gate that was neither approved nor answered
// by a rejection that skips it. Failing does not open a gate.
func (s *Step) gated() bool {
	if s.Status == StepWaiting {
		return true
	}
	waived := s.Status == StepSkipped && s.Approval != nil
	return s.Gate != nil && !s.approved() && !waived
}

func (s *Step) approved() bool { return s.Approval != nil && s.Approval.Status == ApprovalApproved }

// done is how much of the step counts toward its task, 0..100.
func (s *Step) done() float64 {
	if s.Status == StepCompleted || s.Status == StepSkipped {
		return 100
	}
	return s.Percent
}

// Active is how long the step was worked on up to at: without pauses and
// without waiting for people. 0 for a step that has not begun.
func (s Step) Active(at time.Time) time.Duration {
	if s.StartedAt.IsZero() {
		return 0
	}
	if !s.EndedAt.IsZero() {
		at = s.EndedAt
	}
	idle := s.Idle
	if !s.IdleSince.IsZero() {
		idle += at.Sub(s.IdleSince)
	}
	return max(at.Sub(s.StartedAt)-idle, 0)
}

// blockSize is how many steps share one tally: a change copies a block's
// pointers, a task adds its blocks' tallies, and a plan of 10,000 steps keeps
// both near a hundred.
const blockSize = 128

// Steps are the steps of a task, in order. They are never changed in place:
// with and append give new Steps that share what did not change. The zero value
// is empty.
type Steps struct {
	n      int
	blocks []*block
	total  tally
}

// stepsOf adds up the blocks.
func stepsOf(n int, blocks []*block) Steps {
	s := Steps{n: n, blocks: blocks}
	for _, b := range blocks {
		s.total.merge(&b.tally)
	}
	return s
}

type block struct {
	steps []*Step
	names map[string]int // to the place in steps; the first of equal names
	tally tally
}

// Len is the number of steps.
func (s Steps) Len() int { return s.n }

// At returns the step of that order, 1..Len; it panics on another.
func (s Steps) At(order int) Step { return *s.at(order) }

// at is At without a copy; what it points to must not be changed.
func (s Steps) at(order int) *Step {
	return s.blocks[(order-1)/blockSize].steps[(order-1)%blockSize]
}

// Find returns the order of the step of that name, 0 if there is none.
func (s Steps) Find(name string) int {
	for i, b := range s.blocks {
		if place, ok := b.names[name]; ok {
			return i*blockSize + place + 1
		}
	}
	return 0
}

// All yields every step in order.
func (s Steps) All() iter.Seq[Step] {
	return func(yield func(Step) bool) {
		for _, b := range s.blocks {
			for _, step := range b.steps {
				if !yield(*step) {
					return
				}
			}
		}
	}
}

// Changed yields the steps that are not the same in old, in order. It looks
// only into blocks that differ.
func (s Steps) Changed(old Steps) iter.Seq[Step] {
	return func(yield func(Step) bool) {
		for i, b := range s.blocks {
			var was *block
			if i < len(old.blocks) {
				was = old.blocks[i]
			}
			if b != was && !b.changed(was, yield) {
				return
			}
		}
	}
}

func (b *block) changed(was *block, yield func(Step) bool) bool {
	for i, step := range b.steps {
		if was != nil && i < len(was.steps) && was.steps[i] == step {
			continue
		}
		if !yield(*step) {
			return false
		}
	}
	return true
}

// SetSteps builds Steps from a list; their orders must be 1, 2, 3 ….
func SetSteps(list []Step) Steps {
	var blocks []*block
	for part := range slices.Chunk(list, blockSize) {
		blocks = append(blocks, newBlock(part))
	}
	return stepsOf(len(list), blocks)
}

func newBlock(list []Step) *block {
	b := &block{steps: make([]*Step, len(list)), names: make(map[string]int, len(list))}
	for i, step := range list {
		b.steps[i] = &step
		if _, taken := b.names[step.Name]; !taken {
			b.names[step.Name] = i
		}
	}
	b.tally = tallyOf(b.steps)
	return b
}

// with replaces one step; its name must stay.
func (s Steps) with(step Step) Steps {
	i, place := (step.Order-1)/blockSize, (step.Order-1)%blockSize
	old := s.blocks[i]
	b := &block{steps: append([]*Step(nil), old.steps...), names: old.names}
	b.steps[place] = &step
	b.tally = tallyOf(b.steps)
	blocks := append([]*block(nil), s.blocks...)
	blocks[i] = b
	return stepsOf(s.n, blocks)
}

// each changes every step that has the status, block by block.
func (s Steps) each(status StepStatus, change func(*Step)) Steps {
	i := status.index()
	blocks := append([]*block(nil), s.blocks...)
	for k, b := range blocks {
		if b.tally.status[i] > 0 {
			blocks[k] = b.each(status, change)
		}
	}
	return stepsOf(s.n, blocks)
}

func (b *block) each(status StepStatus, change func(*Step)) *block {
	out := &block{steps: append([]*Step(nil), b.steps...), names: b.names}
	for i, step := range b.steps {
		if step.Status == status {
			changed := *step
			change(&changed)
			out.steps[i] = &changed
		}
	}
	out.tally = tallyOf(out.steps)
	return out
}

// append adds a step at the end and gives it its order.
func (s Steps) append(step Step) Steps {
	step.Order = s.n + 1
	blocks := append([]*block(nil), s.blocks...)
	last := len(blocks) - 1
	if last < 0 || len(blocks[last].steps) == blockSize {
		blocks = append(blocks, newBlock([]Step{step}))
		return stepsOf(s.n+1, blocks)
	}
	list := make([]Step, 0, len(blocks[last].steps)+1)
	for _, have := range blocks[last].steps {
		list = append(list, *have)
	}
	blocks[last] = newBlock(append(list, step))
	return stepsOf(s.n+1, blocks)
}

// first returns the order of the first step that fits, looking only into
// blocks that can hold one; 0 if there is none.
func (s Steps) first(holds func(*tally) bool, fits func(*Step) bool) int {
	if !holds(&s.total) {
		return 0
	}
	for i, b := range s.blocks {
		if !holds(&b.tally) {
			continue
		}
		for place, step := range b.steps {
			if fits(step) {
				return i*blockSize + place + 1
			}
		}
	}
	return 0
}

// First returns the order of the first step of that status, 0 if there is none.
func (s Steps) First(status StepStatus) int {
	i := status.index()
	if s.total.status[i] == 0 {
		return 0
	}
	return s.first(
		func(t *tally) bool { return t.status[i] > 0 },
		func(step *Step) bool { return step.Status == status })
}

// firstGate returns the order of the first step that nobody may pass yet.
func (s Steps) firstGate() int {
	if s.total.gates == 0 {
		return 0
	}
	return s.first(func(t *tally) bool { return t.gates > 0 }, (*Step).gated)
}

// firstFull returns the order of the first running step that stands at 100, 0
// if there is none.
func (s Steps) firstFull() int {
	return s.first(
		func(t *tally) bool { return t.status[StepRunning.index()] > 0 },
		func(step *Step) bool { return step.Status == StepRunning && step.Percent >= 100 })
}

// Count is how many steps have the status.
func (s Steps) Count(status StepStatus) int { return s.total.status[status.index()] }
