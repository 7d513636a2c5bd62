package outlook

import (
	"math"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
)

// shown is a guess as people are shown it, nil for one that rests on nothing.
func shown(g estimate.Guess, waits int) *progress.ETA {
	if g.Basis == (estimate.Basis{}) {
		return nil
	}
	e := &progress.ETA{Low: seconds(g.Low), Likely: seconds(g.Likely), High: seconds(g.High), Basis: g.Basis.String(), Waits: waits}
	e.Low, e.High = min(e.Low, e.Likely), max(e.High, e.Likely)
	return e
}

// longest is the longest time that is ever said, in seconds: a hundred years.
const longest = 100 * 366 * 24 * 60 * 60

// seconds are whole, and at least 0.
func seconds(s float64) int64 {
	if math.IsNaN(s) {
		return 0
	}
	return int64(math.Round(min(max(s, 0), longest)))
}
