package ledger

import (
	"context"

	"github.com/taskherald/herald/progress/db"
)

// Ledger is the whole of it: what is sent, who wants to be told, who does which
// work, and the upkeep. Its methods may be called from any goroutine and on many
// nodes.
type Ledger struct {
	Post
	Rooms
	Rolls
	Agenda
	Leases
	Upkeep
}

// New returns the ledger in an open database.
func New(d *db.DB) *Ledger {
	return &Ledger{Post{d, newGroup(d)}, Rooms{d}, Rolls{d}, Agenda{d}, Leases{d}, Upkeep{d}}
}

// run executes one statement and says how many rows it changed.
func run(ctx context.Context, tx *db.Tx, query string, args ...any) (int64, error) {
	done, err := tx.Exec(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// inTurn executes statements that take the same arguments.
func inTurn(ctx context.Context, tx *db.Tx, args []any, queries ...string) error {
	for _, q := range queries {
		if _, err := tx.Exec(ctx, q, args...); err != nil {
			return err
		}
	}
	return nil
}
