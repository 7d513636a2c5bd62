package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// statement is SQL in the making.
type statement struct{ table.Statement }

// between adds that a time is in a range; to is not in it.
func (s *statement) between(column string, from, to time.Time) {
	if !from.IsZero() {
		s.Add(` AND `+column+` >= ?`, microsUp(from))
	}
	if !to.IsZero() {
		s.Add(` AND `+column+` < ?`, microsUp(to))
	}
}

// microsUp is the first microsecond that is not before a time.
func microsUp(t time.Time) int64 { return t.Add(time.Microsecond - time.Nanosecond).UnixMicro() }

// marks is "(?, ?, …)".
func marks(n int) string { return "(?" + strings.Repeat(", ?", n-1) + ")" }

// query runs the statement and calls one for every row.
func (s *statement) query(ctx context.Context, tx *db.Tx, into []any, one func()) error {
	return table.Scan(ctx, tx, func(rows *sql.Rows) error {
		err := rows.Scan(into...)
		if err == nil {
			one()
		}
		return err
	}, s.String(), s.Args...)
}

// length counts the rows of a road, up to lookahead.
func (r road) length(ctx context.Context, tx *db.Tx) (n int, err error) {
	var st statement
	st.Add(`SELECT COUNT(*) FROM (SELECT 1 FROM ` + r.table)
	r.ask(&st)
	st.Add(` LIMIT ?) AS seen`, lookahead)
	err = tx.QueryRow(ctx, st.String(), st.Args...).Scan(&n)
	return n, err
}

// ask adds what the road's table is asked.
func (r road) ask(st *statement) {
	st.Add(` WHERE `+r.where, r.args...)
	if r.column != "" {
		st.Add(` AND `+r.column+` IN `+marks(len(r.values)), table.Anys(r.values)...)
	}
}

// maxWalks is how many walks one statement takes; more values share them.
const maxWalks = 32

// walks are the roads for one value each, or for few where there are many.
func (r road) walks() []road {
	if len(r.values) == 0 {
		return []road{r}
	}
	var out []road
	for part := range slices.Chunk(r.values, 1+(len(r.values)-1)/maxWalks) {
		walk := r
		walk.values = part
		out = append(out, walk)
	}
	return out
}

// next are the tasks that fetch loads.
func (r road) next(ctx context.Context, tx *db.Tx, q Query, want, steps int) (ids []progress.TaskID, more bool, err error) {
	var st statement
	r.list(&st, q, want+1) // one more tells whether there are more
	var id progress.TaskID
	var n int
	err = st.query(ctx, tx, []any{&id, &n}, func() {
		if more = len(ids) == want || steps < 0; !more {
			ids, steps = append(ids, id), steps-n
		}
	})
	return ids, more, err
}

// list makes the statement for the first tasks of a road, and how many steps
// each has.
func (r road) list(st *statement, q Query, limit int) {
	st.Add(`SELECT id, COALESCE((SELECT MAX(p.step) FROM task_progress p WHERE p.task_id = found.id), 0) FROM (`)
	r.gather(st, q, 0, limit)
	st.Add(`) AS found`+q.order(`at`, `id`)+` LIMIT ?`, limit)
}

// leap makes the statement for the tasks of a road that come after so many
// others, and where they stand.
func (r road) leap(st *statement, q Query, skip, limit int) {
	st.Add(`SELECT at, id FROM (`)
	if r.gather(st, q, skip, limit) == 1 {
		skip = 0 // which the one walk has done
	}
	st.Add(`) AS found`+q.order(`at`, `id`)+` LIMIT ? OFFSET ?`, limit, skip)
}

// gather adds the first of each walk, of which there are so many: what comes
// after the skipped ones is among them.
func (r road) gather(st *statement, q Query, skip, limit int) int {
	walks := r.walks()
	for i, w := range walks {
		if i > 0 {
			st.Add(` UNION `)
		}
		st.Add(`SELECT at, id FROM (SELECT ` + w.distinct() + r.at + ` AS at, ` + r.id + ` AS id`)
		w.walk(st, q, w.rest.asks())
		st.Add(q.order(r.at, r.id))
		if len(walks) == 1 && skip > 0 {
			st.Add(` LIMIT ? OFFSET ?`, limit, skip)
		} else {
			st.Add(` LIMIT ?`, skip+limit)
		}
		st.Add(`) AS walk`)
	}
	return len(walks)
}

// order is the order of the list, by the columns of a time and an id.
func (q Query) order(at, id string) string {
	if q.Ascending {
		return ` ORDER BY ` + at + `, ` + id
	}
	return ` ORDER BY ` + at + ` DESC, ` + id + ` DESC`
}

// beyond says of a place that it comes after another in the list.
func (q Query) beyond() string {
	if q.Ascending {
		return `>`
	}
	return `<`
}

// distinct is for walks on which a task may be met twice.
func (r road) distinct() string {
	if r.column == `w.name` && len(r.values) > 1 {
		return `DISTINCT `
	}
	return ``
}

// count counts the tasks by their status.
func (s search) count(ctx context.Context, tx *db.Tx) (map[progress.Status]int, error) {
	r, err := s.road(ctx, tx)
	if err != nil {
		return nil, err
	}
	var st statement
	st.Add(`SELECT t.status, COUNT(` + r.distinct() + r.id + `)`)
	r.walk(&st, s.Query, true)
	st.Add(` GROUP BY t.status`)
	var status progress.Status
	var n int
	out := map[progress.Status]int{}
	err = st.query(ctx, tx, []any{&status, &n}, func() { out[status] = n })
	return out, err
}

// number counts the tasks, whatever their status.
func (s search) number(ctx context.Context, tx *db.Tx) (n int, err error) {
	r, err := s.road(ctx, tx)
	if err != nil {
		return 0, err
	}
	var st statement
	st.Add(`SELECT COUNT(` + r.distinct() + r.id + `)`)
	r.walk(&st, s.Query, r.rest.asks())
	err = tx.QueryRow(ctx, st.String(), st.Args...).Scan(&n)
	return n, err
}

// walk adds a road, from its FROM on, and all that the tasks on it are asked,
// with their rows where somebody needs them. CROSS JOIN keeps SQLite on the road.
func (r road) walk(st *statement, q Query, rows bool) {
	st.Add(` FROM ` + r.table)
	joined := rows && r.id == `w.task_id`
	if joined {
		st.Add(` CROSS JOIN tasks t`)
	}
	r.ask(st)
	if joined {
		st.Add(` AND t.id = w.task_id`)
	}
	if !q.After.IsZero() {
		st.Add(` AND (`+r.at+`, `+r.id+`) `+q.beyond()+` (?, ?)`, table.Micros(q.After.CreatedAt), string(q.After.ID))
	}
	st.between(r.at, q.CreatedFrom, q.CreatedTo)
	st.between(`t.updated_at`, q.UpdatedFrom, q.UpdatedTo)
	r.rest.askTask(st)
	r.rest.askOthers(st)
}

// asks reports whether anything is asked of a task's own row, or by it.
func (s search) asks() bool {
	return len(s.Status) > 0 || s.Kind != "" || s.Owner != "" || s.names != nil || s.except != nil || len(s.Labels) > 0 ||
		strings.TrimSpace(s.Title) != "" || !s.UpdatedFrom.IsZero() || !s.UpdatedTo.IsZero()
}

// askTask adds what the task's row is asked.
func (s search) askTask(st *statement) {
	if len(s.Status) > 0 {
		st.Add(` AND t.status IN `+marks(len(s.Status)), table.Anys(s.Status)...)
	}
	if s.Kind != "" {
		st.Add(` AND t.kind = ?`, s.Kind)
	}
	if s.Owner != "" {
		st.Add(` AND t.owner = ?`, s.Owner)
	}
}

// askOthers adds what other tables are asked of the task.
func (s search) askOthers(st *statement) {
	const named = `EXISTS (SELECT 1 FROM task_eyes e WHERE e.task_id = t.id AND e.name IN `
	if s.names != nil {
		st.Add(` AND `+named+marks(len(s.names))+`)`, table.Anys(s.names)...)
	}
	if s.except != nil {
		st.Add(` AND NOT `+named+marks(len(s.except))+`)`, table.Anys(s.except)...)
	}
	for _, l := range s.Labels {
		st.Add(` AND EXISTS (SELECT 1 FROM task_labels l WHERE l.task_id = t.id AND l.name = ? AND l.value = ?)`, l.Name, l.Value)
	}
	if words, args := contains(`i.folded`, s.Title); words != "" {
		st.Add(` AND EXISTS (SELECT 1 FROM task_titles i WHERE i.task_id = t.id AND `+words+`)`, args...)
	}
}
