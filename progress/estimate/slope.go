package estimate

import "math"

// slope is how a time grows with the size of the job, both as logs: 1 is in
// proportion. It is fitted carefully: no slope unless sizes have differed and
// times with them.
type slope struct {
	by   float64 // 0..1.5
	from float64 // the usual size
}

const (
	slopeLife  = 10   // values in which half is forgotten
	slopeRidge = 0.05 // so much variation of sizes is needed for half the slope
	slopeMost  = 1.5
	slopeFar   = 7 // the most that a size tells: a thousand times as long
)

// shift is how much longer than usual a job of that size takes, as a log; false
// if the size tells nothing.
func (s slope) shift(size float64) (float64, bool) {
	if s.by == 0 || math.IsNaN(size) {
		return 0, false
	}
	return clamp(s.by*(size-s.from), -slopeFar, slopeFar), true
}

// fit learns from all values.
func (s *slope) fit(past []sample) {
	weight, time, size := sized(past, func(v sample) (float64, float64) { return v.time, v.size })
	*s = slope{}
	if weight < 1.5 {
		return
	}
	time, size = time/weight, size/weight
	_, both, square := sized(past, func(v sample) (float64, float64) {
		off := v.size - size
		return off * clamp(v.time-time, -1, 1), off * off
	})
	*s = slope{by: clamp(both/(square+slopeRidge), 0, slopeMost), from: size}
}

// sized adds up two things over the values whose size is known, the newest with
// weight 1.
func sized(past []sample, of func(sample) (float64, float64)) (weight, first, second float64) {
	for i, v := range past {
		if math.IsNaN(v.size) {
			continue
		}
		w := math.Exp2(-float64(len(past)-1-i) / slopeLife)
		a, b := of(v)
		weight += w
		first += w * a
		second += w * b
	}
	return weight, first, second
}
