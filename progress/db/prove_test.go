package db_test

import (
	"testing"

	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// TestProve holds that a proof leaves nothing, and fails where nothing can be
// written.
func TestProve(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		rows := func() (n int) {
			t.Helper()
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				return tx.QueryRow(t.Context(), "SELECT COUNT(*) FROM schema_migrations").Scan(&n)
			}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		before := rows()
		for range 3 {
			if err := d.Prove(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n := rows(); n != before {
			t.Errorf("%d rows, %d before", n, before)
		}
		readOnly := "SET default_transaction_read_only = on" // of the one connection that there is yet
		if d.SingleWriter() {
			readOnly = "PRAGMA query_only = 1"
		}
		write(t, d, readOnly)
		if err := d.Prove(t.Context()); err == nil {
			t.Error("a database that cannot be written proves that it can")
		}
	})
}

func TestSize(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, table)
		file, log := d.Size()
		if d.SingleWriter() != (file > 0) || d.SingleWriter() != (log > 0) {
			t.Errorf("it has %d and %d bytes", file, log)
		}
	})
}
