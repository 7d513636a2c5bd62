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
// the scorer's table: what is aimed for on real jobs, less a little.
var floors = []struct {
	row         string
	least, most []float64
}{
	{"warm: total within 20/30/50 %", []float64{78.5, 92.5, 92.5}, nil},
	{"warm: the same at 10-50 % of the way", []float64{86}, nil},
	{"warm: remaining within 20 %, to 90 %", []float64{65.5}, nil},
	{"warm: interval covers", []float64{77}, []float64{83}},
	{"warm: median width of the total", nil, []float64{0.34}},
	{"first run: total within", []float64{53.5}, nil},
	{"first run: interval covers", []float64{73.5}, nil},
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
			if err := worlds.Write(&all, worlds.Half(unseen)); err != nil {
				t.Fatal(err)
			}
			trace := begun(t, all.Bytes())
			if err := replay.Replay(bytes.NewReader(trace), &answers); err != nil {
				t.Fatal(err)
			}
			put, heard := bytes.Count(trace, []byte(`"op":"query"`)), bytes.Count(answers.Bytes(), []byte("\n"))
			if put < 3000 || heard != put {
				t.Errorf("%d answers to %d questions", heard, put)
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

var nth, counted = regexp.MustCompile(`"run":"[^"]*/(\d+)"`), regexp.MustCompile(`,"queries":\d+`)

// begun is the first runs of each kind of a trace, without the number of its
// questions, of which there are fewer then.
func begun(t *testing.T, trace []byte) []byte {
	t.Helper()
	var few []byte
	for line := range bytes.Lines(trace) {
		n, err := strconv.Atoi(string(nth.FindSubmatch(line)[1]))
		if err != nil {
			t.Fatal(err)
		}
		if n <= runs {
			few = append(few, counted.ReplaceAll(line, nil)...)
		}
	}
	return few
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
