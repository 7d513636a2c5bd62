package ledger

import (
	"context"
	"database/sql"
	"time"

	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// Agenda keeps what waits for its time, and why events were told or not.
type Agenda struct {
	d *db.DB
}

// Soonest is when the first bundle or chain is due; zero for never.
func (a *Agenda) Soonest(ctx context.Context) (time.Time, error) {
	at, _, err := first(collect(ctx, a.d, scanTime, selectSoonest))
	return at, err
}

const selectSoonest = `SELECT COALESCE(MIN(at), 0) FROM (SELECT MIN(until_at) AS at FROM held WHERE until_at > 0
	UNION ALL SELECT MIN(due_at) FROM chains WHERE ` + goesOn + `) AS firsts`

func scanTime(rows *sql.Rows) (at time.Time, err error) {
	var us int64
	err = rows.Scan(&us)
	return table.Time(us), err
}
