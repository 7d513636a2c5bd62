package estimate

import "math"

// grid are the percents at which a curve is known.
var grid = [...]float64{0, 1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 100}

const last = len(grid) - 1

// curve is which part of its time a step has used up at a percent, as a log. The
// zero value knows nothing and is a straight line.
type curve struct{ knots [len(grid)]knot }

// knot is a mean over past runs, and how far they lay from it.
type knot struct{ n, mean, sq float64 }

// How a curve learns.
const (
	curveForget = 0.9  // what stays of a step's curve with each new one
	worldForget = 0.98 // of that of all steps
	knotPrior   = 0.2  // runs that what is believed beforehand counts for
	knotDoubt   = 0.2  // the same, for its spread
	knotFloor   = 0.02 // the least spread
	endSpread   = 0.02 // of the part at 100
	tooFar      = 30   // percent points between two points that say nothing of what lies between
	tooLate     = 12   // percent points by which the first point may miss a knot
)

// at is the log of the part at a percent, and its spread. What the curve does
// not know it takes from another, which may be nil.
func (c *curve) at(percent float64, other *curve) (part, spread float64) {
	i := 1
	for i < last && grid[i] < percent {
		i++
	}
	f := clamp((percent-grid[i-1])/(grid[i]-grid[i-1]), 0, 1)
	m1, s1 := c.knot(i, other)
	if i == 1 {
		return m1 + math.Log(max(f, 0.1)), s1 // a log has no begin
	}
	m0, s0 := c.knot(i-1, other)
	return math.Log((1-f)*math.Exp(m0) + f*math.Exp(m1)), (1-f)*s0 + f*s1
}

func (c *curve) knot(i int, other *curve) (mean, spread float64) {
	if i == last {
		return 0, endSpread
	}
	p := max(grid[i], 0.5) / 100
	mean, spread = math.Log(p), 0.03+0.55*(1-p)
	if other != nil && other.knots[i].n > 0 {
		mean, spread = other.knot(i, nil)
	}
	if c == nil || c.knots[i].n == 0 {
		return mean, spread
	}
	k := c.knots[i]
	own := k.n / (k.n + knotPrior)
	return own*k.mean + (1-own)*mean, math.Sqrt((k.sq+knotDoubt*spread*spread)/(k.n+knotDoubt) + knotFloor*knotFloor)
}

// learn takes the points of a step that took so many seconds.
func (c *curve) learn(points []Point, took, stays float64) {
	if took <= 0 {
		return
	}
	before, rest := Point{}, points
	for i := 1; i < last; i++ {
		for len(rest) > 0 && rest[0].Percent < grid[i] {
			if rest[0].Percent > before.Percent {
				before = rest[0]
			}
			rest = rest[1:]
		}
		if len(rest) == 0 {
			return
		}
		if at, ok := between(before, rest[0], grid[i]); ok {
			c.knots[i].add(math.Log(clamp(at/took, 0.002, 1)), stays)
		}
	}
}

// between is when a percent was passed that lies between two points, if they are
// close enough to tell. The first may be the begin.
func between(a, b Point, percent float64) (float64, bool) {
	if a.Percent == 0 {
		return b.At * percent / b.Percent, b.Percent <= percent+tooLate
	}
	return a.At + (b.At-a.At)*(percent-a.Percent)/(b.Percent-a.Percent), b.Percent-a.Percent <= tooFar
}

func (k *knot) add(x, stays float64) {
	if k.n > 0 {
		off := clamp(x-k.mean, -1, 1)
		k.sq = stays*k.sq + off*off*k.n/(k.n+1)
	}
	k.n = stays*k.n + 1
	k.mean += (x - k.mean) / k.n
}

// furthest is the highest percent that was said, and when first; false if there
// is none above 0.
func furthest(points []Point) (Point, bool) {
	var best Point
	for _, p := range points {
		if p.Percent > best.Percent && p.At > 0 {
			best = p
		}
	}
	best.Percent = min(best.Percent, 100)
	return best, best.Percent > 0
}
