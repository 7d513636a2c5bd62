package store

import (
	"context"
	"database/sql"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// collect reads rows into a list within a read transaction.
func collect[T any](ctx context.Context, s *Store, one func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	var out []T
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		return table.Scan(ctx, tx, func(rows *sql.Rows) error {
			v, err := one(rows)
			out = append(out, v)
			return err
		}, query, args...)
	})
	return out, err
}

// Events are the milestones of a task after a seq, oldest first, at most limit.
func (s *Store) Events(ctx context.Context, id progress.TaskID, since int64, limit int) ([]progress.Event, error) {
	return collect(ctx, s, scanEvent, `SELECT `+eventColumns+` FROM events WHERE task_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
		string(id), since, limit)
}

// Logs asks for lines of a task.
type Logs struct {
	Task  progress.TaskID
	Since int64    // lines after this number
	Step  string   // only of this step; "" for all
	Level []string // only of these levels; none for all
	Tail  bool     // the newest lines that fit, instead of the oldest
	Limit int
}

// Lines are a task's log lines, in their order.
func (s *Store) Lines(ctx context.Context, q Logs) ([]progress.LogLine, error) {
	order, args := "n", []any{string(q.Task), q.Since, q.Step}
	if q.Tail {
		order = "n DESC"
	}
	where := `task_id = $1 AND n > $2 AND ($3 = '' OR step = $3)`
	if len(q.Level) > 0 {
		where += ` AND level IN ` + table.Set(len(args)+1, len(q.Level))
		args = append(args, table.Anys(q.Level)...)
	}
	args = append(args, q.Limit)
	return collect(ctx, s, func(rows *sql.Rows) (l progress.LogLine, err error) {
		var at int64
		err = rows.Scan(&l.N, &at, &l.Level, &l.Step, &l.Line)
		l.At = table.Time(at)
		return l, err
	}, `SELECT n, at, level, step, line FROM (SELECT n, at, level, step, line FROM logs WHERE `+where+
		` ORDER BY `+order+` LIMIT `+table.Dollar(len(args))+`) AS newest ORDER BY n`, args...)
}

// Runs are runs that restarts have put away, oldest first, as they ended: the
// newest limit of those before a run, of all for 0.
func (s *Store) Runs(ctx context.Context, id progress.TaskID, before, limit int) ([]progress.Task, error) {
	return collect(ctx, s, func(rows *sql.Rows) (progress.Task, error) {
		var text string
		if err := rows.Scan(&text); err != nil {
			return progress.Task{}, err
		}
		return Restore(text)
	}, `SELECT picture FROM (SELECT run, picture FROM runs WHERE task_id = $1 AND ($2 = 0 OR run < $2)
		ORDER BY run DESC LIMIT $3) AS newest ORDER BY run`, string(id), before, limit)
}

// Snapshots are a task's percents over time, oldest first, the newest limit of
// them.
func (s *Store) Snapshots(ctx context.Context, id progress.TaskID, limit int) ([]Snapshot, error) {
	return collect(ctx, s, func(rows *sql.Rows) (p Snapshot, err error) {
		var at int64
		err = rows.Scan(&at, &p.Step, &p.Run, &p.Percent)
		p.Task, p.At = id, table.Time(at)
		return p, err
	}, `SELECT at, step, run, percent FROM (SELECT at, step, run, percent FROM snapshots WHERE task_id = $1
		ORDER BY at DESC, step LIMIT $2) AS newest ORDER BY at, step`, string(id), limit)
}
