package ledger

import (
	"context"
	"time"

	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// Leases lets one of many nodes do a work.
type Leases struct {
	d *db.DB
}

// Hold takes or renews a lease until a time; ok is false while another holds it.
// One that has lapsed by now is anybody's.
func (l *Leases) Hold(ctx context.Context, name, holder string, now, until time.Time) (ok bool, err error) {
	err = db.Change(ctx, l.d, func(tx *db.Tx) error {
		n, err := run(ctx, tx, `INSERT INTO leases (name, holder, until_at) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at
			WHERE leases.holder = excluded.holder OR leases.until_at <= $4`, name, holder, table.Micros(until), table.Micros(now))
		ok = n == 1
		return err
	})
	return ok && err == nil, err
}

// Release gives a lease back, if holder has it.
func (l *Leases) Release(ctx context.Context, name, holder string) error {
	return db.Change(ctx, l.d, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM leases WHERE name = $1 AND holder = $2`, name, holder)
		return err
	})
}
