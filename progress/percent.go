package progress

import "math"

// tally sums up a block of steps, so that a task never walks all of them.
type tally struct {
	status [len(stepStatuses)]int
	gates  int // steps that nobody may pass yet
	asking int // steps that name deciders, or named some

	// The weights of a step: the declared one, else its typical duration, else
	// an equal share. They are kept apart because a typical duration weighs in
	// proportion to the mean of the typical ones, which changes with the plan.
	declared, declaredDone float64
	typical, typicalDone   float64
	typicals               int
	equal, equalDone       float64

	late lateness
}

func tallyOf(steps []*Step) tally {
	var t tally
	for _, s := range steps {
		t.add(s)
	}
	return t
}

func (t *tally) add(s *Step) {
	t.status[s.Status.index()]++
	if s.gated() {
		t.gates++
	}
	if s.Gate != nil || s.Approval != nil {
		t.asking++
	}
	if watched(s) {
		t.late.add(s)
	}
	part := s.done() / 100
	switch {
	case s.Weight > 0:
		t.declared += s.Weight
		t.declaredDone += s.Weight * part
	case s.Typical > 0:
		w := s.Typical.Seconds()
		t.typical += w
		t.typicalDone += w * part
		t.typicals++
	default:
		t.equal++
		t.equalDone += part
	}
}

func (t *tally) merge(o *tally) {
	for i := range t.status {
		t.status[i] += o.status[i]
	}
	t.gates += o.gates
	t.asking += o.asking
	t.declared += o.declared
	t.declaredDone += o.declaredDone
	t.typical += o.typical
	t.typicalDone += o.typicalDone
	t.typicals += o.typicals
	t.equal += o.equal
	t.equalDone += o.equalDone
	t.late.merge(&o.late)
}

// mean is the weighted mean over all steps, 0..100; 0 without steps. A step
// without a declared weight weighs 1 on average: a typical duration in
// proportion to the mean of the typical ones, an unknown one exactly 1.
func (s Steps) mean() float64 {
	t := &s.total
	whole, done := t.declared+t.equal, t.declaredDone+t.equalDone
	if t.typicals > 0 {
		scale := float64(t.typicals) / t.typical
		whole += t.typical * scale
		done += t.typicalDone * scale
	}
	if whole == 0 {
		return 0
	}
	return hundredths(done / whole)
}

// hundredths is a part of 1 as a percent with two decimals; only the whole is
// shown as 100.
func hundredths(part float64) float64 {
	p := math.Round(part*10_000) / 100
	if p >= 100 && part < 1-1e-9 {
		return 99.99
	}
	return min(p, 100)
}

// openPlanCap is the most that may show while more steps may come.
const openPlanCap = 99

// counted is the percent by the rules, without regard to what was shown before:
// the reporter's own number, else the weighted mean.
func (t Task) counted() float64 {
	p := t.Steps.mean()
	if t.Given != nil {
		p = *t.Given
	}
	if t.Spec.Open {
		return min(p, openPlanCap)
	}
	return p
}

// show keeps the high-water mark: the shown percent rises, and freezes at the
// end.
func (t *Task) show() {
	if !t.Status.Ended() {
		t.Percent = max(t.Percent, t.counted())
	}
}

// checkPercent refuses what is no percent.
func checkPercent(field string, p *float64) error {
	if p != nil && (math.IsNaN(*p) || *p < 0 || *p > 100) {
		return invalid(field, "must be a number from 0 to 100")
	}
	return nil
}

// substepPercent is the share of substeps that are done.
func substepPercent(subs []Substep) float64 {
	if len(subs) == 0 {
		return 0
	}
	done := 0
	for _, s := range subs {
		if s.Done() {
			done++
		}
	}
	return hundredths(float64(done) / float64(len(subs)))
}
