package webpage

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
)

// times are of runs in seconds.
func times(median, p90, failed, trend float64) progress.WireTimes {
	return progress.WireTimes{Median: &median, P90: &p90, FailureRate: &failed, Trend: &trend}
}

// backup is a kind with all that one can have.
func backup() progress.WireKindWhole {
	k := progress.WireKindWhole{
		WireKind: progress.WireKind{Kind: "backup/nightly", Runs: 41, EndedAt: instant(0), WireTimes: times(185, 262.5, 0.0488, 1.25), Idle: new(42.0)},
		Steps: []progress.WireKindStep{
			{Name: "Dump the tables", Runs: 41, WireTimes: times(120, 190, 0.024, 1.31), Share: 0.66},
			{Name: "Upload", Runs: 40, WireTimes: times(61, 70, 0, 1.01), Share: 0.335},
			{Name: "Say so", Runs: 2, WireTimes: progress.WireTimes{FailureRate: new(0.5)}, Share: 0.005},
		},
		MoreSteps: 3,
	}
	for i, seconds := range []float64{240, 210, 12, 180, 95, 0.2, 170, 175} {
		end := []string{"success", "success", "failed", "partial", "cancelled", "success", "success", "success"}[i]
		k.Last = append(k.Last, progress.WireKindRun{Task: progress.TaskID(fmt.Sprint("nightly-", 41-i)), Run: 1 + i%2, EndedAt: instant(-60 * i), Outcome: end, Active: seconds, Idle: float64(i)})
	}
	return k
}

// bad is what somebody who means no good calls a kind.
const bad = `"><script>alert(1)</script>/../%2F?#ü`

func TestKindScenes(t *testing.T) {
	t.Parallel()
	l := layout(t)
	first := progress.WireKindWhole{
		WireKind: progress.WireKind{Kind: bad, Runs: 1, EndedAt: instant(-1)},
		Steps:    []progress.WireKindStep{{Name: bad, Runs: 1}},
		Last:     []progress.WireKindRun{{Task: "t", Run: 1, EndedAt: instant(-1), Outcome: "cancelled"}},
	}
	page, err := l.Kinds(viewer, Kinds{Kinds: []progress.WireKindWhole{backup(), first}, More: "/kinds?limit=200"})
	golden(t, "kinds", page, err)
	page, err = l.Kinds(viewer, Kinds{})
	golden(t, "kinds-empty", page, err)
	page, err = l.Kind(viewer, backup())
	golden(t, "kind", page, err)
	page, err = l.Kind(viewer, first)
	golden(t, "kind-first", page, err)
	page, err = l.Kind(viewer, progress.WireKindWhole{WireKind: progress.WireKind{Kind: bad}})
	golden(t, "kind-none", page, err)
}

// A kind may hold any characters; its page is found all the same, and what it is
// called stays text.
func TestKindsAreEscaped(t *testing.T) {
	t.Parallel()
	page, err := layout(t).Kinds(viewer, Kinds{Kinds: []progress.WireKindWhole{{WireKind: progress.WireKind{Kind: bad}}}})
	if err != nil {
		t.Fatal(err)
	}
	if want := `href="/kinds/%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E%2F..%2F%252F%3F%23%C3%BC"`; !strings.Contains(string(page), want) {
		t.Errorf("the page has no %s:\n%s", want, page)
	}
	if bytes.Contains(page, []byte("<script>alert")) {
		t.Errorf("the page runs what somebody wrote:\n%s", page)
	}
	for kind, want := range map[string]string{".": "/kinds", "..": "/kinds", "...": "/kinds/...", "a b": "/kinds/a%20b"} {
		if got := kindPath(kind); got != want {
			t.Errorf("%q is at %s, want %s", kind, got, want)
		}
	}
}

// What the picture shows is said in words too.
func TestSparkSaysWhatItShows(t *testing.T) {
	t.Parallel()
	got := sparkOf(1, backup())
	if want := "From 200 ms to 4 min 0 s; the newest took 4 min 0 s. 1 failed. 1 cancelled."; got.Says != want || got.Title != "The times of the last 8 runs" {
		t.Errorf("%q: %q, want %q", got.Title, got.Says, want)
	}
	newest, least := got.Bars[7], got.Bars[2]
	if newest.Height != sparkHeight || newest.Y != 0 || least.Height != sparkLeast || got.Bars[5].Class != "failed" || got.Bars[3].Class != "cancelled" {
		t.Errorf("%+v", got.Bars)
	}
	if none := sparkOf(1, progress.WireKindWhole{}); none.Says != "No runs." {
		t.Errorf("%+v", none)
	}
}
