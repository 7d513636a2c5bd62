package estimate

import "math"

// grain is added to every time before its logarithm is taken, in seconds: what
// is shorter is noise.
const grain = 0.02

// mostLeft is the longest time that is believed, or guessed, in seconds: more is
// no time at all.
const mostLeft = 1e12

func logOf(seconds float64) float64 { return math.Log(clamp(seconds, 0, mostLeft) + grain) }

func secondsOf(log float64) float64 { return max(math.Exp(log)-grain, 0) }

// window is how many values a series remembers.
const window = 24

// means is how many ways there are to guess the next value of a series: by
// robust means over its past that forget half in so many values.
const means = 4

var halfLives = [means]float64{0.5, 1.6, 4, 12}

// How a series learns which of its means to believe.
const (
	forget   = 0.94 // what stays of past misses with each new one
	trust    = 2.2  // how strongly the best is preferred
	most     = 0.6  // a miss counts as, at most
	outlying = 1.0  // spreads from the median, beyond which a value pulls less
	priorSD  = 0.35 // the spread that is believed before anything is known,
	priorN   = 1.5  // as if so many values had shown it
)

// sample is the log of a time, and that of the size of its job, NaN if unknown.
type sample struct{ time, size float64 }

// series are the times of one thing, oldest first, and how they can be guessed.
// The zero value is empty.
type series struct {
	past  []sample
	slope slope
	plain bet // on means that disregard the size
	sized bet // on means at the usual size
	n, sq float64
}

// bet is what the means say, and how much they missed so far.
type bet struct{ says, missed [means]float64 }

func (s *series) known() bool { return s != nil && len(s.past) > 0 }

// guess is the log of the next time of a job of that size. The series must not
// be empty.
func (s *series) guess(size float64) float64 {
	shift, bySize := s.slope.shift(size)
	best := lowest(s.plain.missed)
	if bySize {
		best = min(best, lowest(s.sized.missed))
	}
	scale := trust / s.spread()
	sum, weight := s.plain.weigh(best, scale)
	if bySize {
		more, w := s.sized.weigh(best, scale)
		sum, weight = sum+more+w*shift, weight+w
	}
	return sum / weight
}

// weigh sums what the means say, weighed by how little they missed.
func (b *bet) weigh(best, scale float64) (sum, weight float64) {
	for i, says := range b.says {
		w := math.Exp((best - b.missed[i]) * scale)
		sum += w * says
		weight += w
	}
	return sum, weight
}

func lowest(of [means]float64) float64 { return min(of[0], of[1], of[2], of[3]) }

// spread is how far a time lies from its guess, as a standard deviation of the
// log.
func (s *series) spread() float64 {
	return max(math.Sqrt((s.sq+priorN*priorSD*priorSD)/(s.n+priorN)), 0.03)
}

// add takes the next value.
func (s *series) add(v sample) {
	if len(s.past) > 0 {
		s.judge(v)
	}
	if len(s.past) == window {
		s.past = append(s.past[:0], s.past[1:]...)
	}
	s.past = append(s.past, v)
	s.slope.fit(s.past)
	for i, life := range halfLives {
		s.plain.says[i] = s.centre(life, slope{})
		s.sized.says[i] = s.centre(life, s.slope)
	}
}

// judge compares what was guessed with what came.
func (s *series) judge(v sample) {
	off := min(math.Abs(v.time-s.guess(v.size)), 1)
	s.n, s.sq = forget*s.n+1, forget*s.sq+off*off
	shift, bySize := s.slope.shift(v.size)
	for i := range means {
		s.plain.missed[i] = forget*s.plain.missed[i] + min(math.Abs(v.time-s.plain.says[i]), most)
		if bySize {
			off = math.Abs(v.time - s.sized.says[i] - shift)
		}
		s.sized.missed[i] = forget*s.sized.missed[i] + min(off, most)
	}
}

// centre is a mean of the newest values, at the usual size, that outliers pull
// little.
func (s *series) centre(life float64, by slope) float64 {
	var values, weights [window]float64
	n := len(s.past)
	for i, v := range s.past {
		shift, _ := by.shift(v.size)
		values[i], weights[i] = v.time-shift, math.Exp2(-float64(n-1-i)/life)
	}
	middle := weightedMedian(values[:n], weights[:n])
	reach := outlying * max(s.spread(), 0.05)
	var sum, weight float64
	for i, v := range values[:n] {
		w := weights[i]
		if off := math.Abs(v - middle); off > reach {
			w *= (reach / off) * (reach / off)
		}
		sum += w * v
		weight += w
	}
	return sum / weight
}

// weightedMedian is the value at which half of the weight is reached; at most
// window values.
func weightedMedian(values, weights []float64) float64 {
	var order [window]int
	total := 0.0
	for i, v := range values {
		total += weights[i]
		j := i
		for ; j > 0 && values[order[j-1]] > v; j-- {
			order[j] = order[j-1]
		}
		order[j] = i
	}
	sum, last := 0.0, 0
	for _, last = range order[:len(values)] {
		if sum += weights[last]; sum >= total/2 {
			break
		}
	}
	return values[last]
}

func clamp(x, low, high float64) float64 { return min(max(x, low), high) }
