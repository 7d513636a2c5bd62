package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/progress/trace"
)

// pastRun is a run that has ended, with something in every field.
func pastRun(task string, nth int, kind string, ended time.Time) store.Past {
	id := progress.TaskID(task)
	return store.Past{
		Run: estimate.Run{
			ID: trace.ID(id, nth), Kind: kind, Size: new(12.5), Outcome: estimate.Partial, Elapsed: 90.000001,
			Laps: []estimate.Lap{
				{Name: "copy", State: estimate.Done, Active: 60.125, Curve: []estimate.Point{{Percent: 12.34, At: 5.678}, {Percent: 50, At: 30}}},
				{Name: "check", State: estimate.Fell, From: 60.125, Active: 29},
				{Name: "never"},
			},
			Curve: []estimate.Point{{Percent: 99.99, At: 89.999}},
		},
		Task: id, Nth: nth, Owner: "group:ops", MadeBy: "ci", Ended: ended, Idle: 1_234_567 * time.Microsecond,
	}
}

// pastText is runs as a text, with all that there is of them.
func pastText(runs []store.Past) (out string) {
	for _, p := range runs {
		size := "none"
		if p.Size != nil {
			size = fmt.Sprint(*p.Size)
		}
		out += fmt.Sprintln(p.ID, p.Kind, p.Outcome, size, p.Elapsed, text(p))
	}
	return out
}

// pasts asks for past runs.
func (s shelf) pasts(q store.PastQuery) []store.Past {
	s.Helper()
	found, err := s.Pasts(ctx, q)
	if err != nil {
		s.Fatal(err)
	}
	return found
}

// names are the ids of past runs, in their order.
func names(runs []store.Past) []string {
	out := make([]string, len(runs))
	for i, r := range runs {
		out[i] = r.ID
	}
	return out
}

// TestPastRun holds that a run is read as it was written, and that the same run
// written again takes the place of the first, also within one transaction.
func TestPastRun(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		first, second, third := pastRun("t1", 1, "crm", epoch), pastRun("t1", 1, "erp", epoch.Add(time.Hour)), pastRun("t1", 1, "crm", epoch.Add(2*time.Hour))
		bare := store.Past{Run: estimate.Run{ID: "t1/2", Kind: "crm", Outcome: estimate.Failed}, Task: "t1", Nth: 2, Ended: epoch}
		second.Run, second.Owner, second.MadeBy, second.Idle = bare.Run, "", "", 0
		second.ID, second.Kind, second.Laps = "t1/1", "erp", []estimate.Lap{}
		s.keep(store.Batch{Pasts: []store.Past{first, bare}})
		bare.Laps = []estimate.Lap{}
		if got, want := pastText(s.pasts(store.PastQuery{Limit: 9, Eyes: ann})), pastText([]store.Past{bare, first}); got != want {
			t.Fatalf("%s\nwant\n%s", got, want)
		}
		s.keep(store.Batch{Pasts: []store.Past{second}})
		if got, want := pastText(s.pasts(store.PastQuery{Limit: 9, Eyes: ann})), pastText([]store.Past{second, bare}); got != want {
			t.Fatalf("replaced by\n%s\nwant\n%s", got, want)
		}
		s.keep(store.Batch{Pasts: []store.Past{first, bare, third}})
		if got, want := pastText(s.pasts(store.PastQuery{Limit: 9, Eyes: ann})), pastText([]store.Past{third, bare}); got != want {
			t.Fatalf("twice in a transaction\n%s\nwant\n%s", got, want)
		}
	})
}

// TestPastIsBounded holds that what is kept of a run has a bound, and is rounded.
func TestPastIsBounded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		p := pastRun("t1", 1, "crm", epoch)
		p.Laps = make([]estimate.Lap, 10_000)
		for i := range p.Laps {
			p.Laps[i] = estimate.Lap{Name: fmt.Sprint(i), From: float64(i) + 0.12345, Active: 1.0 / 3}
		}
		for i := range 30 {
			p.Curve = append(p.Curve, estimate.Point{Percent: float64(i) + 1.0/3, At: float64(i) / 7})
		}
		p.Laps[1].Curve = p.Curve
		less := pastRun("t0", 1, "crm", epoch)
		less.Laps = p.Laps[:256]
		s.keep(store.Batch{Pasts: []store.Past{p, less}})
		runs := s.pasts(store.PastQuery{Limit: 9, Eyes: ann})
		got, less := runs[0], runs[1]
		if len(got.Laps) != 2000 || got.Laps[1999].Name != "1999" || got.Laps[1999].From != 1999.123 || got.Laps[0].Active != 0.333 {
			t.Errorf("%d laps, the last of them %+v", len(got.Laps), got.Laps[len(got.Laps)-1])
		}
		if got.Laps[1].Curve != nil {
			t.Errorf("one of 10,000 laps has the curve %v", got.Laps[1].Curve)
		}
		for _, c := range [][]estimate.Point{got.Curve, less.Laps[1].Curve} {
			if len(c) != 24 || c[0] != (estimate.Point{Percent: 6.33, At: 0.857}) || c[23].Percent != 29.33 {
				t.Errorf("the curve is %v", c)
			}
		}
		long := pastRun("t2", 1, "import", epoch.Add(time.Hour))
		long.Curve, long.Laps = nil, make([]estimate.Lap, 960)
		for i := range long.Laps {
			long.Laps[i] = estimate.Lap{Name: fmt.Sprint(i), State: estimate.Done, From: float64(i), Active: 1}
		}
		s.keep(store.Batch{Pasts: []store.Past{long}})
		course := s.pasts(store.PastQuery{Kind: "import", Limit: 1, Laps: 5, Eyes: ann})[0].Course()
		if len(course) != 24 || course[0] != (estimate.Point{Percent: 4.17, At: 40}) || course[23] != (estimate.Point{Percent: 100, At: 960}) {
			t.Errorf("of 960 steps that took as long as each other is left %v", course)
		}
		for most, want := range map[int]int{0: 3, 2000 + 256 + 960: 3, 2000 + 256 + 959: 1, 959: 0} {
			if got := s.pasts(store.PastQuery{Each: 9, Limit: 9, Most: most, Eyes: ann}); len(got) != want {
				t.Errorf("with at most %d laps %d runs are read, want %d", most, len(got), want)
			}
		}
		var size int
		s.row(`SELECT MAX(LENGTH(laps)) FROM past_runs`, &size)
		if size > 2000*60 {
			t.Errorf("%d bytes for 2,000 laps", size)
		}
		for _, each := range []int{0, 5} {
			runs = s.pasts(store.PastQuery{Each: each, Limit: 9, Laps: 257, Eyes: ann})[1:]
			if len(runs[0].Laps) != 257 || cap(runs[0].Laps) > 600 || runs[0].Laps[256].Name != "256" || len(runs[1].Laps) != 256 {
				t.Errorf("of 257 laps were read %d and %d", len(runs[0].Laps), len(runs[1].Laps))
			}
		}
	})
}

// history is random past runs, of which some ended at the same time.
func history(d *rand.Rand, n int) []store.Past {
	owners := []string{"", "ann", "bob", "group:ops", "group:dev", "ops", "group:ann"}
	out := make([]store.Past, n)
	for i := range out {
		p := pastRun(fmt.Sprint("t", i%(n/2)), 1+i/(n/2), fmt.Sprint("k", d.IntN(5)), epoch.Add(time.Duration(d.IntN(n/2))*time.Second))
		p.Owner, p.MadeBy = owners[d.IntN(len(owners))], progress.Person([]string{"", "ann", "eve", "group:ops"}[d.IntN(4)])
		out[i] = p
	}
	return out
}

// chosen is what a query asks for, counted by hand.
func chosen(all []store.Past, q store.PastQuery) (runs []store.Past, kinds []string) {
	each := map[string]int{}
	for _, p := range all {
		spec := progress.Spec{Owner: p.Owner, CreatedBy: p.MadeBy}
		if !progress.Sees(progress.Task{Spec: &spec}, q.Eyes) {
			continue
		}
		if !slices.Contains(kinds, p.Kind) {
			kinds = append(kinds, p.Kind)
		}
		if q.Kind != "" && q.Kind != p.Kind || !p.Ended.After(q.Since) {
			continue
		}
		if each[p.Kind]++; (q.Each == 0 || each[p.Kind] <= q.Each) && len(runs) < q.Limit {
			runs = append(runs, p)
		}
	}
	return runs, kinds
}

// TestPasts asks for random past runs in every way, for different eyes.
func TestPasts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		d := rand.New(rand.NewPCG(7, 7))
		all := history(d, 200)
		s.keep(store.Batch{Pasts: all})
		slices.SortFunc(all, newestFirst)
		eyes := []progress.Actor{
			ann, {}, {Person: "ann"}, {Person: "eve", Groups: []string{"ops", "ann"}}, {Groups: []string{"dev"}}, {Person: "group:ops"}, {Person: "ops", All: true},
		}
		for range 120 {
			q := store.PastQuery{Eyes: eyes[d.IntN(len(eyes))], Each: d.IntN(4) * d.IntN(8), Limit: 1 + d.IntN(250)}
			if d.IntN(2) == 0 {
				q.Kind = fmt.Sprint("k", d.IntN(6))
			}
			if d.IntN(2) == 0 {
				q.Since = epoch.Add(time.Duration(d.IntN(100)) * time.Second)
			}
			want, kinds := chosen(all, q)
			if got := names(s.pasts(q)); !slices.Equal(got, names(want)) {
				t.Fatalf("%+v: %v\nwant %v", q, got, names(want))
			}
			got, err := s.PastKinds(ctx, q.Eyes, 3)
			if err != nil || len(got) != min(len(kinds), 3) || !newestKinds(all, q.Eyes, got) {
				t.Fatalf("%+v: the kinds %v of %v, %v", q.Eyes, got, kinds, err)
			}
		}
	})
}

// newestFirst is the order of past runs.
func newestFirst(a, b store.Past) int {
	if c := b.Ended.Compare(a.Ended); c != 0 {
		return c
	}
	if a.Task != b.Task {
		if a.Task < b.Task {
			return 1
		}
		return -1
	}
	return b.Nth - a.Nth
}

// newestKinds reports whether kinds stand in the order of their newest runs.
func newestKinds(all []store.Past, eyes progress.Actor, kinds []string) bool {
	return slices.IsSortedFunc(kinds, func(a, b string) int {
		x, _ := chosen(all, store.PastQuery{Kind: a, Limit: 1, Eyes: eyes})
		y, _ := chosen(all, store.PastQuery{Kind: b, Limit: 1, Eyes: eyes})
		return y[0].Ended.Compare(x[0].Ended)
	})
}

// TestPurgePasts holds that old runs are forgotten, and no other.
func TestPurgePasts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		s.keep(store.Batch{Pasts: []store.Past{pastRun("t1", 1, "a", epoch), pastRun("t1", 2, "a", epoch.Add(time.Second)), pastRun("t2", 1, "b", epoch.Add(-time.Second))}})
		if err := s.PurgePasts(ctx, epoch.Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		if got := names(s.pasts(store.PastQuery{Limit: 9, Eyes: ann})); !slices.Equal(got, []string{"t1/2"}) {
			t.Errorf("left are %v", got)
		}
	})
}
