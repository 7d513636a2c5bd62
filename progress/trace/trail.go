package trace

import "github.com/taskherald/herald/progress/estimate"

// Trail are percents that were said, oldest first, by the order of the step of
// which they were said; 0 is for the task. Their times are what had been worked
// by then: on the step, or in the run. It is a map: one that is to be added to
// is made, and belongs to one goroutine at a time.
type Trail map[int][]estimate.Point

// farEnough is how many percents the points of a step are apart, of which a trail
// keeps at most estimate.MostPoints.
const farEnough = 4

// Wants reports whether a percent is so far from the last that was kept that it
// should be added. One that is lower takes back what was said.
func (tr Trail) Wants(step int, percent float64) bool {
	points := tr[step]
	if len(points) == 0 {
		return true
	}
	last := points[len(points)-1].Percent
	return percent >= last+farEnough || percent < last
}

// Add keeps a point; of too many every second goes. Points that were read
// before stay as they were.
func (tr Trail) Add(step int, p estimate.Point) {
	points := tr[step]
	for len(points) > 0 && points[len(points)-1].Percent > p.Percent {
		points = points[: len(points)-1 : len(points)-1]
	}
	if len(points) == estimate.MostPoints {
		points = everySecond(points)
	}
	tr[step] = append(points, p)
}

// everySecond is a new list with the last point in it.
func everySecond(points []estimate.Point) []estimate.Point {
	out := make([]estimate.Point, 0, estimate.MostPoints)
	for i := 1; i < len(points); i += 2 {
		out = append(out, points[i])
	}
	return out
}
