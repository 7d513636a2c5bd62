package store

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// load reads whole tasks; those that do not exist are left out.
func load(ctx context.Context, tx *db.Tx, ids []progress.TaskID) (map[progress.TaskID]Kept, error) {
	out := make(map[progress.TaskID]Kept, len(ids))
	for part := range table.Chunks(ids) {
		if err := loadPart(ctx, tx, part, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func loadPart(ctx context.Context, tx *db.Tx, ids []progress.TaskID, out map[progress.TaskID]Kept) error {
	if err := table.Scan(ctx, tx, func(rows *sql.Rows) error {
		kept, err := scanTask(rows)
		out[kept.Task.ID] = kept
		return err
	}, `SELECT `+prefixed("t.", taskColumns)+`, d.spec, d.ending
		FROM tasks t JOIN task_docs d ON d.task_id = t.id WHERE t.id IN `+table.Set(1, len(ids)), table.Anys(ids)...); err != nil {
		return err
	}
	return loadSteps(ctx, tx, ids, out)
}

func prefixed(prefix, columns string) string {
	names := strings.Split(columns, ",")
	for i, n := range names {
		names[i] = prefix + strings.TrimSpace(n)
	}
	return strings.Join(names, ", ")
}

// scanTask reads taskColumns, spec and ending.
func scanTask(rows *sql.Rows) (Kept, error) {
	var k Kept
	var kind, owner, title, beat, spec, ending string
	var created, run, started, ended, updated, wake, lease int64
	t := &k.Task
	if err := rows.Scan(&t.ID, &k.Rev, &t.Version, &t.Seq, &t.Run, &t.Attempt, &t.Status, &kind, &owner, &title,
		&t.Percent, &created, &run, &started, &ended, &updated, &wake, &lease, &beat, &spec, &ending); err != nil {
		return k, err
	}
	t.CreatedAt, t.RunAt, t.StartedAt = table.Time(created), table.Time(run), table.Time(started)
	t.EndedAt, t.UpdatedAt, t.LeaseUntil = table.Time(ended), table.Time(updated), table.Time(lease)
	var p pulse
	if err := decode(beat, &p); err != nil {
		return k, err
	}
	p.restore(t)
	t.Spec = &progress.Spec{}
	if err := decode(spec, t.Spec); err != nil {
		return k, err
	}
	if ending != "" {
		t.End = &progress.End{}
	}
	return k, decode(ending, t.End)
}

func loadSteps(ctx context.Context, tx *db.Tx, ids []progress.TaskID, out map[progress.TaskID]Kept) error {
	steps := map[progress.TaskID][]progress.Step{}
	if err := table.Scan(ctx, tx, func(rows *sql.Rows) error {
		var id progress.TaskID
		var s progress.Step
		var updated, more string
		var d detail
		if err := rows.Scan(&id, &s.Order, &s.Name, &s.Status, &s.Percent, &updated, &more); err != nil {
			return err
		}
		err := decode(more, &d)
		d.restore(&s)
		if updated != "" && err == nil {
			s.UpdatedAt, err = time.Parse(readableForm, updated)
		}
		steps[id] = append(steps[id], s)
		return err
	}, `SELECT task_id, step, name, status, percent, COALESCE(updated_at, ''), detail FROM task_progress
		WHERE task_id IN `+table.Set(1, len(ids))+` ORDER BY task_id, step`, table.Anys(ids)...); err != nil {
		return err
	}
	for id, list := range steps {
		kept := out[id]
		kept.Task.Steps = progress.SetSteps(list)
		out[id] = kept
	}
	return nil
}

func loadKeys(ctx context.Context, tx *db.Tx, keys []string) (map[string]Keyed, error) {
	var out map[string]Keyed
	for part := range table.Chunks(keys) {
		if out == nil {
			out = make(map[string]Keyed, len(keys))
		}
		if err := table.Scan(ctx, tx, func(rows *sql.Rows) error {
			var id, body, outcome string
			var at int64
			err := rows.Scan(&id, &body, &at, &outcome)
			out[id] = Keyed{Body: body, Outcome: []byte(outcome), At: table.Time(at)}
			return err
		}, `SELECT id, body, at, outcome FROM command_keys WHERE id IN `+table.Set(1, len(part)), table.Anys(part)...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Task reads one task; ok is false if there is none.
func (s *Store) Task(ctx context.Context, id progress.TaskID) (t progress.Task, ok bool, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		found, err := load(ctx, tx, []progress.TaskID{id})
		var kept Kept
		kept, ok = found[id]
		t = kept.Task
		return err
	})
	return t, ok, err
}

// Awake lists tasks that a timer has to look at by that time, the longest
// overdue first, at most limit.
func (s *Store) Awake(ctx context.Context, at time.Time, limit int) ([]progress.TaskID, error) {
	return ids(ctx, s, `SELECT id FROM tasks WHERE wake_at > 0 AND wake_at <= $1 ORDER BY wake_at LIMIT $2`, table.Micros(at), limit)
}

// Claimable lists tasks of the kinds that a worker may claim at that time, the
// oldest first, at most limit.
func (s *Store) Claimable(ctx context.Context, kinds []string, at time.Time, limit int) ([]progress.TaskID, error) {
	if len(kinds) == 0 {
		return nil, nil
	}
	args := append(table.Anys(kinds), table.Micros(at), limit)
	n := len(kinds)
	return ids(ctx, s, `SELECT id FROM tasks WHERE kind IN `+table.Set(1, n)+` AND `+
		`(status = 'pending' AND lease_until = 0 OR status IN ('pending', 'running', 'paused', 'approval') AND lease_until > 0 AND lease_until <= `+table.Dollar(n+1)+`)
		ORDER BY created_at, id LIMIT `+table.Dollar(n+2), args...)
}

func ids(ctx context.Context, s *Store, query string, args ...any) ([]progress.TaskID, error) {
	return collect(ctx, s, func(rows *sql.Rows) (id progress.TaskID, err error) {
		err = rows.Scan(&id)
		return id, err
	}, query, args...)
}
