package worlds

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// answer is the line that answers a query, with the truth that it copied. The
// numbers of the answer are nil where there was none.
type answer struct {
	Likely    *float64 `json:"eta_seconds"`
	Low       *float64 `json:"low"`
	High      *float64 `json:"high"`
	Kind      string   `json:"kind"`
	Family    string   `json:"family"`
	Nth       int      `json:"nth"`
	Steps     int      `json:"steps"`
	Frac      float64  `json:"frac"`
	Remaining float64  `json:"actual_remaining"`
	Total     float64  `json:"actual_total"`
	Queries   int      `json:"queries"`
}

// Score reads answers, a line of JSON each, and says how good they were. An
// error is the reader's, or a line that is none.
func Score(answers io.Reader) (Report, error) {
	r := reportOf()
	lines := bufio.NewScanner(answers)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		var a answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			return r, fmt.Errorf("line %d of the answers: %w", n, err)
		}
		r.add(&a)
	}
	return r, lines.Err()
}

func reportOf() Report {
	return Report{families: map[string]*figures{}, fractions: map[string]*figures{}, kinds: map[string]*figures{}}
}

// warm is how many runs of its kind began before a run that is warm.
const warm = 3

func (r *Report) add(a *answer) {
	r.asked++
	r.queries = max(r.queries, a.Queries)
	if a.Likely == nil {
		r.silent++
	}
	if a.Nth == 0 {
		r.first.add(a)
	}
	if a.Nth < warm {
		return
	}
	r.warm.add(a)
	r.classes[a.class()].add(a)
	if a.Frac >= 0.1 && a.Frac <= 0.5 {
		r.middle.add(a)
	}
	under(r.families, a.Family).add(a)
	under(r.kinds, a.Kind).add(a)
	under(r.fractions, fmt.Sprintf("at %.2f", a.Frac)).add(a)
}

func under(group map[string]*figures, name string) *figures {
	if group[name] == nil {
		group[name] = &figures{}
	}
	return group[name]
}

// class is 0 for a run of one step or two, 1 for one of up to five, else 2.
func (a *answer) class() int {
	switch {
	case a.Steps <= 2:
		return 0
	case a.Steps <= 5:
		return 1
	}
	return 2
}

// tolerances are how far off the total may be, by class.
var tolerances = [...]float64{0.2, 0.3, 0.5}

// figures are the shares of answers that hold.
type figures struct {
	asked, total, covered int
	left, near            int // of those asked before the last tenth: all, and within a fifth
	widths, offs          []float64
}

func (f *figures) add(a *answer) {
	f.asked++
	early := a.Frac <= 0.9
	f.left += one(early)
	if a.Likely == nil {
		return
	}
	off := (*a.Likely - a.Remaining) / a.Total
	f.offs = append(f.offs, off)
	f.total += one(math.Abs(off) <= tolerances[a.class()])
	f.near += one(early && math.Abs(*a.Likely-a.Remaining) <= 0.2*a.Remaining)
	if a.Low != nil && a.High != nil {
		f.covered += one(*a.Low <= a.Remaining && a.Remaining <= *a.High)
		f.widths = append(f.widths, (*a.High-*a.Low)/a.Total)
	}
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
