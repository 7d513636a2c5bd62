package store

import (
	"context"
	"slices"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// Page gives a page by its place: of the tasks that fit, in the order of Find,
// those after the first skip, at most Limit. Each is given whole, one after the
// other, and need not be kept: no more than some 30,000 steps are in memory at a
// time. Total is how many tasks fit. Of the skipped ones only the places in the
// order are read. A skip below 0 is Invalid; After is not looked at.
func (x *Index) Page(ctx context.Context, q Query, skip int, each func(progress.Task)) (total int, err error) {
	if skip < 0 {
		return 0, wrong("skip", "must be 0 or more")
	}
	if err := q.check(); err != nil {
		return 0, err
	}
	q.After = Cursor{}
	err = x.db.Read(ctx, func(tx *db.Tx) error {
		var ids []progress.TaskID
		if ids, total, err = (leaf{q.search(), skip}).tasks(ctx, tx); err != nil {
			return err
		}
		return give(ctx, tx, ids, func(t progress.Task) {
			if progress.Sees(t, q.Eyes) {
				each(t)
			}
		})
	})
	return total, err
}

// leaf is a page by its place: after so many tasks.
type leaf struct {
	search
	skip int
}

// tasks are those of the page, and how many fit.
func (l leaf) tasks(ctx context.Context, tx *db.Tx) (ids []progress.TaskID, total int, err error) {
	listed, rest := l.split()
	if total, err = listed.number(ctx, tx); err != nil {
		return nil, 0, err
	}
	var seen []Cursor // among the tasks that had to be looked at
	if l.names != nil {
		if err := rest.look(ctx, tx, func(t progress.Task) { seen = append(seen, Cursor{t.CreatedAt, t.ID}) }); err != nil {
			return nil, 0, err
		}
	}
	l.search = listed
	switch whole := total + len(seen); {
	case l.skip >= whole:
		return nil, whole, nil
	case len(seen) == 0:
		ids, err = l.near(ctx, tx, total)
		return ids, whole, err
	default:
		ids, err = l.among(ctx, tx, seen)
		return ids, whole, err
	}
}

// near are the tasks of a page of so many, from that end of the list which is
// nearer.
func (l leaf) near(ctx context.Context, tx *db.Tx, total int) ([]progress.TaskID, error) {
	most := min(l.Limit, total-l.skip)
	after := total - l.skip - most
	if after >= l.skip {
		found, err := l.places(ctx, tx, l.skip, most)
		return idsOf(found), err
	}
	l.Ascending = !l.Ascending
	found, err := l.places(ctx, tx, after, most)
	slices.Reverse(found)
	return idsOf(found), err
}

// among are the tasks of a page of those that are listed and some more, which
// are in order too.
func (l leaf) among(ctx context.Context, tx *db.Tx, more []Cursor) ([]progress.TaskID, error) {
	found, err := l.places(ctx, tx, 0, l.skip+l.Limit)
	found = append(found, more...)
	slices.SortFunc(found, func(a, b Cursor) int {
		if l.Ascending {
			a, b = b, a
		}
		return b.compare(a)
	})
	return idsOf(found[min(l.skip, len(found)):min(l.skip+l.Limit, len(found))]), err
}

// places are where the tasks stand that come after so many others.
func (l leaf) places(ctx context.Context, tx *db.Tx, skip, limit int) (places []Cursor, err error) {
	r, err := l.road(ctx, tx)
	if err != nil {
		return nil, err
	}
	var st statement
	r.leap(&st, l.Query, skip, limit)
	var at int64
	var id progress.TaskID
	err = st.query(ctx, tx, []any{&at, &id}, func() { places = append(places, Cursor{table.Time(at), id}) })
	return places, err
}

// compare orders places by time and id.
func (c Cursor) compare(d Cursor) int {
	if n := c.CreatedAt.Compare(d.CreatedAt); n != 0 {
		return n
	}
	return strings.Compare(string(c.ID), string(d.ID))
}

func idsOf(places []Cursor) []progress.TaskID {
	out := make([]progress.TaskID, len(places))
	for i, p := range places {
		out[i] = p.ID
	}
	return out
}

// give loads tasks in portions of few steps, and gives away one after the other.
func give(ctx context.Context, tx *db.Tx, ids []progress.TaskID, each func(progress.Task)) error {
	steps, err := weigh(ctx, tx, ids)
	for len(ids) > 0 && err == nil {
		n, sum := 0, 0
		for n < len(ids) && sum <= maxPageSteps {
			sum += steps[ids[n]]
			n++
		}
		var found map[progress.TaskID]Kept
		found, err = load(ctx, tx, ids[:n])
		for _, id := range ids[:n] {
			if kept, ok := found[id]; ok {
				each(kept.Task)
			}
		}
		ids = ids[n:]
	}
	return err
}

// weigh tells how many steps tasks have.
func weigh(ctx context.Context, tx *db.Tx, ids []progress.TaskID) (map[progress.TaskID]int, error) {
	out := make(map[progress.TaskID]int, len(ids))
	for part := range table.Chunks(ids) {
		var st statement
		st.Add(`SELECT t.id, COALESCE((SELECT MAX(p.step) FROM task_progress p WHERE p.task_id = t.id), 0) FROM tasks t WHERE t.id IN `+marks(len(part)), table.Anys(part)...)
		var id progress.TaskID
		var n int
		if err := st.query(ctx, tx, []any{&id, &n}, func() { out[id] = n }); err != nil {
			return nil, err
		}
	}
	return out, nil
}
