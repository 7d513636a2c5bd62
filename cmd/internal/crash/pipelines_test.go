package crash

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// points are where a pipeline is killed.
func points() []blow {
	all := []blow{{at: "begun"}, {at: "asked"}, {at: "decided"}, {at: "failed", step: "Flaky"}, {at: "again", step: "Flaky"}}
	for _, step := range steps() {
		for _, at := range []string{"middle", "ended", "saved", "told"} {
			all = append(all, blow{at: at, step: step})
		}
	}
	return all
}

// matrix are all kills, each by itself.
func matrix() (all []blow) {
	for _, b := range points() {
		for _, b.who = range []string{"server", "runner", "server runner", "runner server"} {
			all = append(all, b)
		}
	}
	return all
}

// TestPipelines kills at each point of a pipeline: a handful in the short form,
// all in the long one, and as many pairs of kills.
func TestPipelines(t *testing.T) {
	t.Parallel()
	all := matrix()
	pairs := len(all)
	if _, ok := long(); !ok {
		pairs = 2
		all = []blow{
			{"middle", "Left", "runner"}, {"told", "Right", "runner server"},
			{"asked", "", "server runner"}, {"failed", "Flaky", "runner"}, {"saved", "Live", "server"},
		}
	}
	for n, b := range all {
		t.Run(fmt.Sprint(b.at, " ", b.step, " ", b.who), func(t *testing.T) {
			t.Parallel()
			newTrial(t, uint64(n), b).run()
		})
	}
	for n := range pairs {
		t.Run(fmt.Sprint("pair ", n), func(t *testing.T) {
			t.Parallel()
			a, b := pair(rand.New(rand.NewPCG(uint64(n), 11)))
			t.Logf("%+v, then %+v", a, b)
			newTrial(t, uint64(n), a, b).run()
		})
	}
}

// order is when a point comes: those of one number may come in any order.
func order(b blow) int {
	at := map[string]int{"begun": 0, "asked": 20, "decided": 21, "middle": 1, "failed": 2, "again": 3, "ended": 4, "saved": 5, "told": 6}[b.at]
	return at + map[string]int{"": 0, "Build": 0, "Left": 10, "Right": 10, "Live": 30, "Flaky": 40}[b.step]
}

// pair picks two kills of which the second comes later.
func pair(r *rand.Rand) (a, b blow) {
	all := matrix()
	for {
		a, b = all[r.IntN(len(all))], all[r.IntN(len(all))]
		if order(a) < order(b) {
			return a, b
		}
	}
}
