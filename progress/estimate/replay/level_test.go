package replay_test

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress/estimate/replay"
	"github.com/taskherald/herald/progress/estimate/worlds"
)

// floors are how good estimates of simulated jobs are at least, in the rows of
// the scorer's table: a point or so worse than they are.
var floors = []struct {
	row         string
	least, most []float64
}{
	{"warm: total within 20/30/50 %", []float64{84, 93.5, 93.5}, nil},
	{"warm: the same at 10-50 % of the way", []float64{89}, nil},
	{"warm: remaining within 20 %, to 90 %", []float64{71}, nil},
	{"warm: interval covers", []float64{78.5}, []float64{82.5}},
	{"warm: median width of the total", nil, []float64{0.245}},
	{"first run: total within", []float64{56}, nil},
	{"first run: interval covers", []float64{78}, []float64{83}},
	{"questions without an answer", nil, []float64{0}},
}

// TestEstimatesAreGoodOnSimulatedJobs plays both halves of the worlds, of which
// one was never tuned with. It tells the tables with -v.
func TestEstimatesAreGoodOnSimulatedJobs(t *testing.T) {
	t.Parallel()
	for name, unseen := range map[string]bool{"tuned": false, "unseen": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all, answers bytes.Buffer
			if err := worlds.Write(&all, begun(worlds.Half(unseen))); err != nil {
				t.Fatal(err)
			}
			if err := replay.Replay(&all, &answers); err != nil {
				t.Fatal(err)
			}
			report, err := worlds.Score(&answers)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("\n%s", report)
			hold(t, report.String())
		})
	}
}

// runs is how many runs of each kind are played: all would take minutes with
// -race.
const runs = 12

// begun are the worlds with their first runs.
func begun(all []worlds.World) []worlds.World {
	for i, w := range all {
		all[i] = w.First(runs)
	}
	return all
}

var numbers = regexp.MustCompile(`\d+(\.\d+)?`)

// hold fails the test where a row of the table is beyond its floors.
func hold(t *testing.T, table string) {
	t.Helper()
	for _, f := range floors {
		_, rest, found := strings.Cut(table, f.row)
		value, _, _ := strings.Cut(strings.TrimSpace(rest), "   must")
		got := numbers.FindAllString(value, -1)
		if !found || len(got) < max(len(f.least), len(f.most)) {
			t.Errorf("%q says %q", f.row, value)
			continue
		}
		for i, text := range got {
			v, _ := strconv.ParseFloat(text, 64)
			if i < len(f.least) && v < f.least[i] || i < len(f.most) && v > f.most[i] {
				t.Errorf("%s: %s, not from %v to %v", f.row, value, f.least, f.most)
			}
		}
	}
}
