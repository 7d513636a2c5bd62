package store

import (
	"context"
	"database/sql"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db/table"
)

// saveOutbox notes milestones for those who tell people of them. It is part of
// the transaction that writes the milestones, so that none is ever missed.
var saveOutbox = table.NewBulk(`INSERT INTO outbox (at, task_id, seq) VALUES `, 3, nil, ``)

func outboxArgs(args []any, id progress.TaskID, events []progress.Event) []any {
	for _, e := range events {
		args = append(args, table.Micros(e.At), string(id), e.Seq)
	}
	return args
}

// Event is one milestone of a task; ok is false if there is none with that seq.
func (s *Store) Event(ctx context.Context, id progress.TaskID, seq int64) (e progress.Event, ok bool, err error) {
	found, err := collect(ctx, s, scanEvent, `SELECT `+eventColumns+` FROM events WHERE task_id = $1 AND seq = $2`, string(id), seq)
	if err != nil || len(found) == 0 {
		return e, false, err
	}
	return found[0], true, nil
}

const eventColumns = `seq, version, kind, step, at, person, via, data`

// scanEvent reads one row of eventColumns.
func scanEvent(rows *sql.Rows) (e progress.Event, err error) {
	var at int64
	var data string
	if err = rows.Scan(&e.Seq, &e.Version, &e.Kind, &e.Step, &at, &e.By, &e.Via, &data); err != nil {
		return e, err
	}
	e.At = table.Time(at)
	return e, decode(data, &e.Data)
}
