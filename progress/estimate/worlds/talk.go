package worlds

import "math"

// talk is how a step says its percent.
type talk struct {
	shape string  // of the curve, "" if it says nothing
	bend  float64 // how far from straight, as the shape has it
	each  float64 // it says a percent when it is so much further
	beats bool    // it says it again when nothing changes
	noise float64 // in percent
	back  float64 // how likely it goes backwards
}

// shapes are the curves, the straight one more likely than another.
var shapes = []string{
	"straight", "straight", "straight", "slow start", "slow end", "stuck", "fast half", "jumps", "items", "phases", "quarters",
}

// curve is the percent that one run says by the share of the step's time.
func (t talk) curve(d dice) func(u float64) float64 {
	bend := 1 + (t.bend-1)*d.times(0.15)
	switch t.shape {
	case "slow start":
		return func(u float64) float64 { return 100 * math.Pow(u, bend) }
	case "slow end":
		return func(u float64) float64 { return 100 * (1 - math.Pow(1-u, bend)) }
	case "stuck":
		return stuck(min(0.9, bend/4), pick(d, []float64{90, 95, 99, 99}))
	case "fast half":
		return bent(0.05+0.2/bend, 50)
	case "jumps":
		return func(u float64) float64 { return 100 * math.Floor(u*(2+bend)) / (2 + bend) }
	case "items":
		return items(d, 3+int(6*bend))
	case "phases":
		phases := 1 + math.Round(t.bend)
		return func(u float64) float64 { return 100 * math.Mod(u*phases, 1) }
	case "quarters":
		return func(u float64) float64 { return 25 * math.Floor(u*4) }
	}
	return func(u float64) float64 { return 100 * u }
}

// stuck rises to a percent and stays there.
func stuck(until, percent float64) func(float64) float64 {
	return func(u float64) float64 { return min(percent, percent*u/until) }
}

// bent reaches a percent at u = knee, and goes on straight.
func bent(knee, percent float64) func(float64) float64 {
	return func(u float64) float64 {
		if u < knee {
			return percent * u / knee
		}
		return percent + (100-percent)*(u-knee)/(1-knee)
	}
}

// items counts n items, of which each takes another time.
func items(d dice, n int) func(float64) float64 {
	ends, sum := make([]float64, n), 0.0
	for i := range ends {
		sum += d.ExpFloat64()
		ends[i] = sum
	}
	return func(u float64) float64 {
		done := 0
		for done < n && ends[done] <= u*sum {
			done++
		}
		return 100 * float64(done) / float64(n)
	}
}

// grid is how finely a curve is looked at.
const grid = 200

// say calls with what one run says: the share of the step's time, and the
// percent.
func (t talk) say(d dice, with func(u, percent float64)) {
	if t.shape == "" {
		return
	}
	curve, last, at := t.curve(d), 0.0, 0.0
	for i := 1; i < grid; i++ {
		u := float64(i) / grid
		p := curve(u)
		if math.Abs(p-last) < t.each && (!t.beats || u-at < 0.1) {
			continue
		}
		last, at = p, u
		with(u, t.blurred(d, p))
	}
}

// blurred is a percent as it is said.
func (t talk) blurred(d dice, p float64) float64 {
	p += t.noise * d.NormFloat64()
	if d.chance(t.back) {
		p -= d.between(5, 20)
	}
	return math.Round(10*max(0, min(100, p))) / 10
}
