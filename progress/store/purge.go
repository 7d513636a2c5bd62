package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// owned are the tables whose rows belong to a task and go with it. Past
// runs stay: estimates learn from tasks that are gone.
var owned = []string{"task_docs", "task_labels", "task_titles", "task_eyes", "task_progress", "events", "outbox", "runs", "snapshots", "logs"}

// PurgeTasks deletes tasks that ended before a time, at most limit (64), with
// all that belongs to them, and returns their ids. Like Commit it must not be
// called beside another writer of the same process.
func (s *Store) PurgeTasks(ctx context.Context, before time.Time, limit int) ([]progress.TaskID, error) {
	var gone []progress.TaskID
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		gone = nil
		if err := table.Scan(ctx, tx, func(rows *sql.Rows) error {
			var id progress.TaskID
			err := rows.Scan(&id)
			gone = append(gone, id)
			return err
		}, `DELETE FROM tasks WHERE ended_at > 0 AND ended_at < $1 AND id IN
			(SELECT id FROM tasks WHERE ended_at > 0 AND ended_at < $1 ORDER BY ended_at LIMIT $2) RETURNING id`,
			table.Micros(before), min(limit, table.MaxPortion)); err != nil || len(gone) == 0 {
			return err
		}
		for _, of := range owned {
			if _, err := tx.Exec(ctx, `DELETE FROM `+of+` WHERE task_id IN `+table.Set(1, len(gone)), table.Anys(gone)...); err != nil {
				return err
			}
		}
		return nil
	})
	return gone, err
}

// PurgeKeys forgets idempotency keys that are older than a time.
func (s *Store) PurgeKeys(ctx context.Context, before time.Time) error {
	return exec(ctx, s.db, `DELETE FROM command_keys WHERE at < $1`, table.Micros(before))
}

func exec(ctx context.Context, d *db.DB, query string, args ...any) error {
	return d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}
