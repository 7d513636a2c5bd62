package store

import (
	"context"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// Index finds tasks and counts them. Each call reads one snapshot of the
// database. Its methods may be called from any goroutine.
type Index struct {
	db *db.DB
}

// NewIndex returns an index of the tasks in an open database.
func NewIndex(d *db.DB) *Index { return &Index{db: d} }

// Query says which tasks are wanted. Its parts narrow each other.
type Query struct {
	Eyes        progress.Actor    // only what the actor, of at most 1,000 groups, may see
	Status      []progress.Status // any of these; none: all
	Kind, Owner string            // exactly; "": all
	Labels      []Label           // all of these, at most 16
	Title       string            // at most 16 words and 1,000 bytes; the title contains each, in any case

	CreatedFrom, CreatedTo time.Time // from inclusive, to exclusive; zero: open
	UpdatedFrom, UpdatedTo time.Time // of the newest visible change, likewise

	Ascending bool   // the oldest first, instead of the newest
	After     Cursor // the page after this; zero: the first
	Limit     int    // tasks a page, 1..200
}

// Label is a label that a task must carry, with exactly that value.
type Label struct {
	Name, Value string
}

// maxPageSteps is how many steps a page may have and still take one more task.
const maxPageSteps = 20_000

// Find gives a page of the tasks that fit, newest first: by CreatedAt and then
// by ID, both descending, or with Ascending both ascending. They are whole, with
// all their steps. Next is where the following page begins, zero after the last
// one. A task that is created meanwhile is before the first page, or Ascending
// after the last, and moves no other.
//
// A page has Limit tasks. It ends early at the end of the list, and after the
// task with which it has more than 20,000 steps. A part of the query that is
// out of range is Invalid, by the name that it has on the wire.
func (x *Index) Find(ctx context.Context, q Query) (tasks []progress.Task, next Cursor, err error) {
	if err := q.check(); err != nil {
		return nil, Cursor{}, err
	}
	err = x.db.Read(ctx, func(tx *db.Tx) error {
		tasks, next, err = q.page(ctx, tx)
		return err
	})
	return tasks, next, err
}

// page fills a page. The tasks themselves have the last word on who may see
// them; where that leaves the page short, it fetches on.
func (q Query) page(ctx context.Context, tx *db.Tx) (page []progress.Task, next Cursor, err error) {
	s := q.search()
	r, err := s.road(ctx, tx)
	if err != nil {
		return nil, Cursor{}, err
	}
	steps, more := 0, true
	for want := q.Limit; more; want = table.MaxPortion {
		var tasks []progress.Task
		if tasks, more, err = r.fetch(ctx, tx, s.Query, want, maxPageSteps-steps); err != nil {
			return nil, Cursor{}, err
		}
		for i, t := range tasks {
			s.After = Cursor{t.CreatedAt, t.ID}
			if !progress.Sees(t, q.Eyes) {
				continue
			}
			page, steps = append(page, t), steps+t.Steps.Len()
			if len(page) < q.Limit && steps <= maxPageSteps {
				continue
			}
			if more || i < len(tasks)-1 {
				next = s.After
			}
			return page, next, nil
		}
	}
	return page, Cursor{}, nil
}

// Count tells how many of the tasks that fit have each status; a status that
// none has is left out. Status, After and Limit are not looked at.
func (x *Index) Count(ctx context.Context, q Query) (map[progress.Status]int, error) {
	q.Status, q.After, q.Limit = nil, Cursor{}, 1
	if err := q.check(); err != nil {
		return nil, err
	}
	var out map[progress.Status]int
	err := x.db.Read(ctx, func(tx *db.Tx) error {
		s := q.search()
		listed, rest := s.split()
		var err error
		if out, err = listed.count(ctx, tx); err != nil || s.names == nil {
			return err
		}
		return rest.look(ctx, tx, func(t progress.Task) { out[t.Status]++ })
	})
	return out, err
}

// look gives tasks to one, one by one, as they say themselves who may see them.
func (s search) look(ctx context.Context, tx *db.Tx, one func(progress.Task)) error {
	r, err := s.road(ctx, tx)
	for more := err == nil; more; {
		var tasks []progress.Task
		if tasks, more, err = r.fetch(ctx, tx, s.Query, table.MaxPortion, maxPageSteps); err != nil {
			return err
		}
		for _, t := range tasks {
			s.After = Cursor{t.CreatedAt, t.ID}
			if progress.Sees(t, s.Eyes) {
				one(t)
			}
		}
	}
	return err
}

// fetch loads the next tasks of a road that come after the query's cursor, at
// most want, until they have more than so many steps; more is true if there are
// others after them.
func (r road) fetch(ctx context.Context, tx *db.Tx, q Query, want, steps int) (tasks []progress.Task, more bool, err error) {
	ids, more, err := r.next(ctx, tx, q, want, steps)
	if err != nil {
		return nil, false, err
	}
	found, err := load(ctx, tx, ids)
	for _, id := range ids {
		tasks = append(tasks, found[id].Task)
	}
	return tasks, more, err
}
