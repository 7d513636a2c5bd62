package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/store"
)

// longAgo is 100,000 past runs of 500 kinds, each of eight steps of which two
// were said percents.
func longAgo(b *testing.B, dialect string) *store.Store {
	b.Helper()
	d := dbtest.Open(b, dialect)
	s := shelf{b, store.New(d), d}
	for i := 0; i < crowd; i += 500 {
		var runs []store.Past
		for k := i; k < i+500; k++ {
			p := pastRun(fmt.Sprintf("t%06d", k), 1, fmt.Sprint("kind", k*7919%500), epoch.Add(time.Duration(k)*time.Second))
			p.Owner, p.MadeBy = []string{"group:ops", "group:dev"}[k/500%2], "ci"
			for n := range 5 {
				p.Laps = append(p.Laps, estimate.Lap{Name: fmt.Sprint("step ", n), State: estimate.Done, From: float64(n) * 10.123, Active: 10.123})
			}
			for n := range 20 {
				p.Laps[3].Curve = append(p.Laps[3].Curve, estimate.Point{Percent: float64(n) * 5, At: float64(n) / 2})
			}
			runs = append(runs, p)
		}
		s.keep(store.Batch{Pasts: runs})
	}
	if dialect == dbtest.Postgres {
		s.exec(`ANALYZE`)
	}
	return s.Store
}

// BenchmarkPasts asks for past runs: 40 of each kind as a server does when it
// starts, of one kind, what is new, and for the kinds.
func BenchmarkPasts(b *testing.B) {
	ops := progress.Actor{Person: "eve", Groups: []string{"ops"}}
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		s := longAgo(b, dialect)
		for _, q := range []struct {
			name string
			want int
			store.PastQuery
		}{
			{"each", 20_000, store.PastQuery{Each: 40, Limit: 20_000, Eyes: ann}},
			{"each/ops", 20_000, store.PastQuery{Each: 40, Limit: 20_000, Eyes: ops}},
			{"kind", 40, store.PastQuery{Kind: "kind3", Limit: 40, Eyes: ann}},
			{"kind/ops", 40, store.PastQuery{Kind: "kind3", Limit: 40, Eyes: ops}},
			{"kind/nobody", 0, store.PastQuery{Kind: "kind3", Limit: 40}},
			{"nobody", 0, store.PastQuery{Limit: 40}},
			{"new", 0, store.PastQuery{Since: epoch.Add(2 * crowd * time.Second), Limit: 1000, Eyes: ann}},
		} {
			b.Run(dialect+"/"+q.name, func(b *testing.B) {
				for b.Loop() {
					if runs, err := s.Pasts(ctx, q.PastQuery); err != nil || len(runs) != q.want {
						b.Fatal(len(runs), err)
					}
				}
			})
		}
		for name, eyes := range map[string]progress.Actor{"kinds": ann, "kinds/ops": ops} {
			b.Run(dialect+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if kinds, err := s.PastKinds(ctx, eyes, 500); err != nil || len(kinds) != 500 {
						b.Fatal(len(kinds), err)
					}
				}
			})
		}
	}
}
