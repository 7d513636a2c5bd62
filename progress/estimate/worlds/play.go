package worlds

import (
	"fmt"
	"math"
	"slices"
)

// entry is a line and its time, as it is written down and as it was.
type entry struct {
	t, was float64
	what   any
}

// play is one run as it is written down.
type play struct {
	*pace
	world World
	id    string
	start float64
	end   float64
	told  []entry
	fell  bool // a step, and the run went on
}

// play plays all runs of a world, in the order in which they begin.
func (w World) play(d dice) []entry {
	var all []entry
	p := paceOf(w.kind, d)
	for p.nth < p.runs {
		r := play{pace: p, world: w, id: fmt.Sprintf("%s/%d", w.Name, p.nth+1), start: p.now}
		p.begin()
		r.perform()
		all = append(all, r.told...)
		p.next(r.start, r.end)
	}
	return all
}

// shortest is the least that a whole run takes, in seconds.
const shortest = 5

// perform plays a run from its start to its end.
func (r *play) perform() {
	r.start = r.cut(r.start)
	var size *float64
	if r.given {
		n := math.Max(1, math.Round(r.usual*r.ratio))
		size = &n
	}
	r.tell(r.start, startLine{"start", r.id, r.world.Name, r.plan(r.nth), size, r.start})
	spans := r.all()
	r.end = r.cut(max(r.end, r.start+shortest))
	switch {
	case r.chance(r.fail) && len(spans) > 0:
		r.failAt(r.breaking(spans))
	case r.chance(r.cancel):
		r.stop(r.start+(r.end-r.start)*r.Float64(), "cancelled")
	case r.fell:
		r.finish("partial")
	default:
		r.finish("success")
	}
}

// span is a step that was played.
type span struct {
	step     int
	from, to float64
}

// all plays the steps; the run ends when the last does.
func (r *play) all() []span {
	var spans []span
	r.end = r.start + r.pause()
	began := r.end
	for i := range r.steps {
		s := &r.steps[i]
		switch {
		case !s.lives(r.nth):
			continue
		case r.chance(s.skip):
			r.skip(s)
			continue
		case !s.beside:
			began = r.end
		}
		ended := r.step(i, began)
		spans = append(spans, span{i, began, ended})
		r.end = max(r.end, ended+r.pause())
	}
	return spans
}

// pause is the time between two steps.
func (r *play) pause() float64 {
	if r.gap == 0 {
		return 0
	}
	return r.gap * r.times(0.5)
}

// skip leaves a step out, which some say.
func (r *play) skip(s *step) {
	if r.loudSkip {
		r.tell(r.end, stepLine{"step", r.id, s.name, r.cut(r.end)})
		r.tell(r.end, stepEndLine{"step_end", r.id, s.name, "skipped", r.cut(r.end)})
	}
}

// step plays a step, and says when it ends.
func (r *play) step(i int, at float64) float64 {
	s, lasts := &r.steps[i], r.lasts(i)
	if r.chance(s.retry) {
		at = r.attempt(s, at, lasts*r.between(0.1, 1), "failed")
	}
	if r.chance(r.partial) {
		r.fell = true
		return r.attempt(s, at, lasts*r.between(0.3, 1), "failed")
	}
	return r.attempt(s, at, lasts, "success")
}

func (r *play) attempt(s *step, at, lasts float64, status string) float64 {
	r.tell(at, stepLine{"step", r.id, s.name, r.cut(at)})
	s.talk.say(r.dice, func(u, percent float64) {
		t := at + u*lasts
		r.tell(t, progressLine{"progress", r.id, s.name, percent, r.cut(t)})
	})
	r.tell(at+lasts, stepEndLine{"step_end", r.id, s.name, status, r.cut(at + lasts)})
	return at + lasts
}

// breaking is the step at which a run fails: mostly the same.
func (r *play) breaking(spans []span) span {
	for _, s := range spans {
		if s.step == r.breaks && r.chance(0.75) {
			return s
		}
	}
	return pick(r.dice, spans)
}

// failAt lets the run fail in a step.
func (r *play) failAt(s span) {
	at := s.from + (s.to-s.from)*r.between(0.05, 1)
	r.drop(at)
	r.tell(at, stepEndLine{"step_end", r.id, r.steps[s.step].name, "failed", r.cut(at)})
	r.stop(at, "failed")
}

// stop ends the run before its time; nobody asks about such a run.
func (r *play) stop(at float64, status string) {
	r.drop(at)
	r.end = max(r.cut(at), r.start)
	r.tell(r.end, endLine{"end", r.id, status, r.end})
}

// drop forgets what comes after a time.
func (r *play) drop(at float64) {
	r.told = slices.DeleteFunc(r.told, func(e entry) bool { return e.was > at })
}

// finish ends the run, and asks on its way how long it takes.
func (r *play) finish(status string) {
	r.ask()
	r.tell(r.end, endLine{"end", r.id, status, r.end})
}

// fractions are the parts of the way at which is asked, each half of the time.
var fractions = []float64{0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95}

// ask puts the queries.
func (r *play) ask() {
	total, steps := r.end-r.start, r.count()
	for _, f := range fractions {
		if !r.chance(0.5) {
			continue
		}
		t := millis(r.start + f*total)
		r.told = append(r.told, entry{t, t, &queryLine{
			Op: "query", Run: r.id, T: t, Kind: r.world.Name, Nth: r.nth, Steps: steps, Frac: f,
			Remaining: millis(r.end - t), Total: millis(total), Family: r.world.Family,
		}})
	}
}

// count is how many steps were seen.
func (r *play) count() int {
	seen := map[string]bool{}
	for _, e := range r.told {
		if s, ok := e.what.(stepEndLine); ok && s.Status != "skipped" {
			seen[s.Step] = true
		}
	}
	return max(1, len(seen))
}

func (r *play) tell(t float64, what any) { r.told = append(r.told, entry{r.cut(t), t, what}) }

// cut is a time as it is written down.
func (r *play) cut(t float64) float64 {
	if r.quantum > 0 {
		return r.quantum * math.Floor(t/r.quantum)
	}
	return millis(t)
}

func millis(t float64) float64 { return math.Round(t*1000) / 1000 }
