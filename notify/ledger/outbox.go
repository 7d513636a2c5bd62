package ledger

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/db/table"
)

// Waiting are the first events that nobody has looked at, in the order of their
// time, at most limit.
func (p *Post) Waiting(ctx context.Context, limit int) ([]notify.Pending, error) {
	return collect(ctx, p.d, scanPending, selectWaiting, limit)
}

const selectWaiting = `SELECT e.task_id, e.seq, e.version, e.kind, e.step, e.at, e.person, e.via, e.data
	FROM outbox o JOIN events e ON e.task_id = o.task_id AND e.seq = o.seq
	ORDER BY o.at, o.task_id, o.seq LIMIT $1`

func scanPending(rows *sql.Rows) (p notify.Pending, err error) {
	e := &p.Event
	var at int64
	var data string
	if err = rows.Scan(&p.Task, &e.Seq, &e.Version, &e.Kind, &e.Step, &at, &e.By, &e.Via, &data); err != nil {
		return p, err
	}
	e.At = table.Time(at)
	if data == "" { // an event that says no more than its kind
		return p, nil
	}
	return p, json.Unmarshal([]byte(data), &e.Data)
}

// Routed writes what became of events and lets go of them, in one transaction. A
// letter that is there already is left as it is; a mark only rises.
func (p *Post) Routed(ctx context.Context, r notify.Routed) error {
	return p.group.do(ctx, batch{routed: r})
}

func doneArgs(done []notify.Pending) []any {
	args := make([]any, 0, 3*len(done))
	for _, d := range done {
		args = append(args, table.Micros(d.Event.At), string(d.Task), d.Event.Seq)
	}
	return args
}
