package worlds

import (
	"encoding/json"
	"strings"
	"testing"
)

// reply is an answer in its line.
func reply(t *testing.T, a answer) string {
	t.Helper()
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

func scored(t *testing.T, answers ...answer) Report {
	t.Helper()
	var lines strings.Builder
	for _, a := range answers {
		lines.WriteString(reply(t, a))
	}
	r, err := Score(strings.NewReader(lines.String()))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTotalsHaveATolerance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		steps       int
		likely      float64
		total, near int
	}{
		{steps: 1, likely: 60, total: 1, near: 1},
		{steps: 2, likely: 70, total: 1, near: 0},
		{steps: 2, likely: 71, total: 0, near: 0},
		{steps: 3, likely: 71, total: 1, near: 0},
		{steps: 5, likely: 81, total: 0, near: 0},
		{steps: 6, likely: 100, total: 1, near: 0},
		{steps: 6, likely: 101, total: 0, near: 0},
		{steps: 15, likely: 40, total: 1, near: 1},
		{steps: 15, likely: 39, total: 1, near: 0},
	} {
		a := answer{Steps: c.steps, Nth: 3, Frac: 0.5, Remaining: 50, Total: 100, Likely: &c.likely}
		r := scored(t, a)
		for name, f := range map[string]figures{"warm": r.warm, "class": r.classes[a.class()], "middle": r.middle} {
			if f.asked != 1 || f.total != c.total || f.near != c.near {
				t.Errorf("%d steps, 50 s left and %v said, %s: total %d, near %d of %d", c.steps, c.likely, name, f.total, f.near, f.asked)
			}
		}
	}
}

func TestIntervalsCover(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ low, high, want float64 }{{40, 60, 1}, {50, 50, 1}, {51, 60, 0}, {10, 49, 0}} {
		r := scored(t, answer{Steps: 1, Nth: 9, Remaining: 50, Total: 100, Likely: new(50.0), Low: &c.low, High: &c.high})
		if float64(r.warm.covered) != c.want || r.warm.widths[0] != (c.high-c.low)/100 {
			t.Errorf("from %v to %v covers 50: %d, width %v", c.low, c.high, r.warm.covered, r.warm.widths)
		}
	}
}

func TestRunsAreWarmAfterThree(t *testing.T) {
	t.Parallel()
	r := scored(t,
		answer{Nth: 0, Steps: 1, Remaining: 5, Total: 10, Likely: new(5.0), Low: new(4.0), High: new(6.0)},
		answer{Nth: 2, Steps: 1, Remaining: 5, Total: 10, Likely: new(5.0)},
		answer{Nth: 3, Steps: 1, Remaining: 5, Total: 10, Likely: new(5.0), Frac: 0.95},
		answer{Nth: 3, Steps: 1, Remaining: 5, Total: 10, Likely: new(5.0), Frac: 0.05},
	)
	if r.first.asked != 1 || r.first.total != 1 || r.first.covered != 1 {
		t.Errorf("first runs: %+v", r.first)
	}
	if r.warm.asked != 2 || r.warm.left != 1 || r.middle.asked != 0 {
		t.Errorf("warm runs: %+v; on the way: %+v", r.warm, r.middle)
	}
}

func TestSilenceCounts(t *testing.T) {
	t.Parallel()
	r := scored(t,
		answer{Nth: 3, Steps: 1, Remaining: 5, Total: 10, Queries: 5},
		answer{Nth: 3, Steps: 1, Remaining: 5, Total: 10, Likely: new(5.0), Queries: 5},
	)
	if r.Silent() != 4 || r.warm.asked != 2 || r.warm.total != 1 {
		t.Errorf("%d of 5 have no answer, %+v", r.Silent(), r.warm)
	}
	if s := r.String(); !strings.Contains(s, "4 of 5") || !strings.Contains(s, "50.0/NaN/NaN") {
		t.Errorf("the table is\n%s", s)
	}
}

func TestBreakdownBeginsWithTheWorst(t *testing.T) {
	t.Parallel()
	good := answer{Family: "calm", Kind: "k", Nth: 3, Steps: 1, Remaining: 5, Total: 10, Likely: new(5.0)}
	bad := good
	bad.Family, bad.Likely = "wild", new(9.0)
	text := scored(t, good, bad).Breakdown()
	if wild, calm := strings.Index(text, "wild"), strings.Index(text, "calm"); wild < 0 || calm < wild {
		t.Errorf("the breakdown is\n%s", text)
	}
}

func TestWhatIsNoAnswerIsSaid(t *testing.T) {
	t.Parallel()
	_, err := Score(strings.NewReader("{}\nhello\n"))
	if err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("the error is %v", err)
	}
}
