package worlds

import "math"

// pace is what the runs of a kind hand on to each other: it is played from the
// first run to the last.
type pace struct {
	*kind
	dice

	nth    int
	now    float64 // when the run begins
	ended  float64 // when the last one did
	level  float64 // the logarithm of the pace that is handed on
	runner int
	mode   int
	empty  bool // the caches

	// Of this run.
	factor float64
	ratio  float64 // its size to the usual one
	bad    int     // the step that takes many times its time, -1 if none does
	worse  float64 // how many
}

func paceOf(k *kind, d dice) *pace {
	return &pace{kind: k, dice: d, now: k.first, ended: k.first, level: k.shared * d.NormFloat64()}
}

const day = 86400

// begin draws what a run's steps share.
func (p *pace) begin() {
	p.level = p.memory*p.level + math.Sqrt(1-p.memory*p.memory)*p.shared*p.NormFloat64()
	p.factor = math.Exp(p.level + p.jolt*p.bent(p.tail) + p.drift*float64(min(p.nth, 40)) + p.daily*math.Sin(2*math.Pi*p.now/day))
	if p.heavy > 0 && p.nth%7 == 6 {
		p.factor *= p.heavy
	}
	if p.cold > 0 && p.now-p.ended > 1.5*p.every {
		p.factor *= p.cold
	}
	p.choose()
	p.ratio = p.times(p.size) * math.Exp(p.growth*float64(p.nth))
	p.bad = -1
	if p.chance(p.outlier) {
		p.bad, p.worse = p.victim(), p.spread(3, 10)
	}
}

// victim is the step that goes wrong, often the one that does most.
func (p *pace) victim() int {
	if p.chance(0.5) {
		return p.IntN(len(p.steps))
	}
	return p.largest()
}

// choose draws what is one of several: runner, mode and cache.
func (p *pace) choose() {
	if len(p.speeds) > 0 {
		if !p.chance(p.sticky) {
			p.runner = p.IntN(len(p.speeds))
		}
		p.factor *= p.speeds[p.runner]
	}
	if len(p.modes) > 0 {
		if p.chance(p.turn) {
			p.mode = p.IntN(len(p.modes))
		}
		p.factor *= p.modes[p.mode]
	}
	likely := p.miss
	if p.empty && p.missing > 0 {
		likely = p.missing
	}
	p.empty = p.chance(likely)
}

// longest is how long a step may take, in seconds.
const longest = 3 * 3600

// lasts is how long a step takes in this run.
func (p *pace) lasts(i int) float64 {
	s := &p.steps[i]
	t := s.base * p.factor * math.Exp(s.noise*p.bent(p.tail)) * math.Pow(p.ratio, s.slope)
	if s.missed > 0 && (p.empty || p.chance(s.own)) {
		t *= s.missed
	}
	for _, turn := range s.turns {
		if p.nth >= turn.at {
			t *= turn.by
		}
	}
	if i == p.bad {
		t *= p.worse
	}
	if s.wait > 0 {
		t += min(s.wait*p.pareto(1.6), 30*s.wait)
	}
	return s.floor + min(t, longest)
}

// next goes to the next run.
func (p *pace) next(began, ended float64) {
	p.nth++
	p.ended = ended
	if p.chance(p.burst) {
		p.now = began + (ended-began)*p.between(0.1, 0.8)
		return
	}
	p.now = max(p.now+p.every*(1-p.jitter+p.jitter*p.ExpFloat64()), ended+1)
}
