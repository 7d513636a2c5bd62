package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/store"
)

// crowd is how many tasks the benchmark has.
const crowd = 100_000

// crowdTask is one of them. Half are one group's and half another's, but for a
// hundred that are everyone's; ann has 20 and decides 20 more.
func crowdTask(b *testing.B, i int) *story {
	c := plan("fetch", "build", "ship")
	c.Spec = progress.Spec{
		Title: fmt.Sprintf("Build number %d of the shop", i), Kind: fmt.Sprint("kind", i%5),
		Labels: map[string]string{"env": "prod", "team": fmt.Sprint(i % 10), "batch": fmt.Sprint(i / 50)},
	}
	switch {
	case i%5_000 == 7:
		c.Spec.Owner = "ann"
	case i%5_000 == 8:
		c.Spec.Owner = "bob"
		c.Steps[2].Gate = &progress.Gate{Approvers: []string{"ann"}}
	case i%1_000 == 9:
	case i%2 == 0:
		c.Spec.Owner = "group:ops"
	default:
		c.Spec.Owner = "group:dev"
	}
	s := &story{TB: b, at: epoch.Add(time.Duration(i) * time.Second)}
	s.task.ID = progress.TaskID(fmt.Sprintf("t%06d", i))
	s.do(worker, c)
	switch {
	case i%100 == 0:
		s.do(worker, at(1, progress.StepFailed))
	case i%50 == 1 || c.Steps[2].Gate != nil:
		s.do(worker, tick(1, 50))
	default:
		s.do(worker, progress.Report{Status: progress.Completed})
	}
	return s
}

func crowded(b *testing.B, dialect string) *store.Index {
	b.Helper()
	d := dbtest.Open(b, dialect)
	s := shelf{b, store.New(d), d}
	for i := 0; i < crowd; i += 500 {
		batch := make([]*story, 500)
		for k := range batch {
			batch[k] = crowdTask(b, i+k)
		}
		s.keep(store.Batch{}, batch...)
	}
	if dialect == dbtest.Postgres {
		s.exec(`ANALYZE`) // which it does by itself after a minute
	}
	return store.NewIndex(d)
}

// BenchmarkIndex asks for pages of 50 of 100,000 tasks, and for counts.
func BenchmarkIndex(b *testing.B) {
	ops := progress.Actor{Person: "eve", Groups: []string{"ops"}}
	few := progress.Actor{Person: "ann"}
	lot := []store.Label{{Name: "env", Value: "prod"}}
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		x := crowded(b, dialect)
		for _, q := range []struct {
			name string
			store.Query
		}{
			{"all", store.Query{Eyes: ann}},
			{"all/middle", store.Query{Eyes: ann, After: store.Cursor{CreatedAt: epoch.Add(crowd / 2 * time.Second), ID: "t"}}},
			{"all/status", store.Query{Eyes: ann, Status: []progress.Status{progress.Running, progress.Failed}}},
			{"all/ended", store.Query{Eyes: ann, Status: []progress.Status{progress.Completed, progress.Failed}}},
			{"all/kind", store.Query{Eyes: ann, Kind: "kind3"}},
			{"all/owner", store.Query{Eyes: ann, Owner: "ann"}},
			{"all/label-most", store.Query{Eyes: ann, Labels: lot}},
			{"all/label-few", store.Query{Eyes: ann, Labels: []store.Label{{Name: "batch", Value: "77"}}}},
			{"all/title-few", store.Query{Eyes: ann, Title: "number 77777"}},
			{"all/title-none", store.Query{Eyes: ann, Title: "nothing"}},
			{"all/updated-none", store.Query{Eyes: ann, UpdatedFrom: epoch.Add(2 * crowd * time.Second)}},
			{"ops", store.Query{Eyes: ops}},
			{"ops/middle", store.Query{Eyes: ops, After: store.Cursor{CreatedAt: epoch.Add(crowd / 2 * time.Second), ID: "t"}}},
			{"ops/failed", store.Query{Eyes: ops, Status: []progress.Status{progress.Failed}}},
			{"ops/label-few", store.Query{Eyes: ops, Labels: []store.Label{{Name: "batch", Value: "77"}}}},
			{"ops/title-none", store.Query{Eyes: ops, Title: "nothing"}},
			{"few", store.Query{Eyes: few}},
			{"few/owner", store.Query{Eyes: few, Owner: "ann"}},
			{"few/failed", store.Query{Eyes: few, Owner: "ann", Status: []progress.Status{progress.Failed}}},
		} {
			q.Limit = 50
			b.Run(dialect+"/"+q.name, func(b *testing.B) {
				for b.Loop() {
					if _, _, err := x.Find(ctx, q.Query); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(dialect+"/count/"+q.name, func(b *testing.B) {
				for b.Loop() {
					if _, err := x.Count(ctx, q.Query); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkIndexPage asks for the first of 2,000 pages, one in the middle and
// the last.
func BenchmarkIndexPage(b *testing.B) {
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		x := crowded(b, dialect)
		for _, q := range []struct {
			name string
			store.Query
		}{
			{"all", store.Query{Eyes: ann}},
			{"all/ended", store.Query{Eyes: ann, Status: []progress.Status{progress.Completed, progress.Failed}}},
			{"all/kind", store.Query{Eyes: ann, Kind: "kind3"}},
			{"ops", store.Query{Eyes: progress.Actor{Person: "eve", Groups: []string{"ops"}}}},
			{"few", store.Query{Eyes: progress.Actor{Person: "ann"}}},
		} {
			for _, page := range []int{1, 500, 1000, 2000} {
				q.Limit = 50
				b.Run(fmt.Sprint(dialect, "/", q.name, "/", page), func(b *testing.B) {
					for b.Loop() {
						if _, err := x.Page(ctx, q.Query, 50*(page-1), func(progress.Task) {}); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
