package store_test

import (
	"testing"
	"time"

	"github.com/taskherald/herald/progress/store"
)

// TestBriefPasts holds that a brief look at runs says the same of them, but for
// their steps and curves.
func TestBriefPasts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		first, other := pastRun("t1", 1, "crm", epoch), pastRun("t2", 3, "erp", epoch.Add(time.Hour))
		s.keep(store.Batch{Pasts: []store.Past{first, other}})
		first.Laps, first.Curve, other.Laps, other.Curve = nil, nil, nil, nil
		for _, each := range []int{0, 5} {
			if got, want := pastText(s.pasts(store.PastQuery{Each: each, Limit: 9, Eyes: ann, Brief: true})), pastText([]store.Past{other, first}); got != want {
				t.Errorf("%s\nwant\n%s", got, want)
			}
		}
	})
}
