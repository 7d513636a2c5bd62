package worlds

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Report is how good answers were.
type Report struct {
	asked, silent, queries int

	warm, middle, first        figures
	classes                    [3]figures
	families, fractions, kinds map[string]*figures
}

// Silent is how many questions have no answer, those that never came back
// among them.
func (r Report) Silent() int { return r.silent + max(0, r.queries-r.asked) }

// String is the table of what must hold and what was reached, in percent.
func (r Report) String() string {
	var b strings.Builder
	row := func(name, value, must, aim string) {
		fmt.Fprintf(&b, "%-46s %14s   must %-9s aim %s\n", name, value, must, aim)
	}
	totals := make([]string, len(r.classes))
	for i := range r.classes {
		totals[i] = fmt.Sprintf("%.1f", share(r.classes[i].total, r.classes[i].asked))
	}
	row("warm: total within 20/30/50 %", strings.Join(totals, "/"), "72/90/90", "80/94/94")
	row("warm: the same at 10-50 % of the way", percent(r.middle.total, r.middle.asked), "80", "86")
	row("warm: remaining within 20 %, to 90 %", percent(r.warm.near, r.warm.left), "60", "67")
	row("warm: interval covers", percent(r.warm.covered, r.warm.asked), "75-85", "78-82")
	row("warm: median width of the total", fmt.Sprintf("%.3f", median(r.warm.widths)), "0.45", "0.34")
	row("first run: total within", percent(r.first.total, r.first.asked), "50", "55")
	row("first run: interval covers", percent(r.first.covered, r.first.asked), "60", "75")
	row("questions without an answer", fmt.Sprintf("%d of %d", r.Silent(), max(r.asked, r.queries)), "0", "0")
	return b.String()
}

// Breakdown is the figures of warm runs by family, by part of the way and by
// kind, the worst first.
func (r Report) Breakdown() string {
	var b strings.Builder
	for _, group := range []map[string]*figures{r.families, r.fractions, r.kinds} {
		fmt.Fprintf(&b, "\n%-24s %6s %6s %6s %6s %6s %6s\n", "", "asked", "total", "near", "covers", "width", "bias")
		for _, name := range worstFirst(group) {
			f := group[name]
			fmt.Fprintf(&b, "%-24s %6d %6s %6s %6s %6.3f %+6.3f\n", name, f.asked, percent(f.total, f.asked),
				percent(f.near, f.left), percent(f.covered, f.asked), median(f.widths), median(f.offs))
		}
	}
	return b.String()
}

// worstFirst orders a group by how often the total was right.
func worstFirst(group map[string]*figures) []string {
	return slices.SortedFunc(maps.Keys(group), func(a, b string) int {
		f, g := group[a], group[b]
		return cmp.Or(cmp.Compare(share(f.total, f.asked), share(g.total, g.asked)), cmp.Compare(a, b))
	})
}

func percent(n, of int) string { return fmt.Sprintf("%.1f", share(n, of)) }

// share is n of so many in percent; not a number if there are none.
func share(n, of int) float64 { return 100 * float64(n) / float64(of) }

func median(of []float64) float64 {
	if len(of) == 0 {
		return math.NaN()
	}
	return slices.Sorted(slices.Values(of))[len(of)/2]
}
