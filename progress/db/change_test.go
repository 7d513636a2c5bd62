package db_test

import (
	"testing"

	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// TestLostRaces holds that a transaction that only lost a race is run again, not for ever,
// and no other one.
func TestLostRaces(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.Postgres)
	for state, races := range map[string]struct{ lost, runs int }{
		"40001": {3, 4}, "40P01": {100, db.Changes}, "22023": {1, 1},
	} {
		n := 0
		err := db.Change(t.Context(), d, func(tx *db.Tx) error {
			if n++; n > races.lost {
				return nil
			}
			_, err := tx.Exec(t.Context(), `DO 'BEGIN RAISE EXCEPTION USING ERRCODE = ''`+state+`''; END'`)
			return err
		})
		if n != races.runs || (err == nil) != (n > races.lost) {
			t.Errorf("%s: %d runs, and %v", state, n, err)
		}
	}
}
