package table_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/db/table"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// TestBulk writes every number of rows up to more than two portions, and reads them
// back.
func TestBulk(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		insert := table.NewBulk(`INSERT INTO leases (name, holder, until_at) VALUES `, 3, nil, ``)
		update := table.NewBulk(`UPDATE leases SET holder = v.column2 FROM (VALUES `, 2, []string{"TEXT", "TEXT"}, `) AS v WHERE leases.name = v.column1`)
		for n := range 2*table.MaxPortion + 3 {
			var got, holders int
			if err := d.Write(ctx, func(tx *db.Tx) error {
				if _, err := tx.Exec(ctx, `DELETE FROM leases`); err != nil {
					return err
				}
				var rows, changes []any
				for i := range n {
					rows = append(rows, table.Dollar(i), "a", i)
					changes = append(changes, table.Dollar(i), "b")
				}
				if err := insert.Run(ctx, tx, rows); err != nil {
					return err
				}
				if err := update.Run(ctx, tx, changes); err != nil {
					return err
				}
				return table.Scan(ctx, tx, func(rows *sql.Rows) error { return counted(rows, &got, &holders) }, `SELECT holder FROM leases`)
			}); err != nil {
				t.Fatal(n, err)
			}
			if got != n || holders != n {
				t.Fatalf("%d rows: %d are there, %d were changed", n, got, holders)
			}
		}
	})
}

func counted(rows *sql.Rows, all, changed *int) error {
	var holder string
	err := rows.Scan(&holder)
	*all++
	if holder == "b" {
		*changed++
	}
	return err
}

func TestValues(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 12, 0, 0, 123456789, time.FixedZone("x", 3600))
	if got := table.Time(table.Micros(at)); !got.Equal(at.Truncate(time.Microsecond)) || got.Location() != time.UTC {
		t.Error(got)
	}
	if table.Micros(time.Time{}) != 0 || !table.Time(0).IsZero() {
		t.Error("no time is 0")
	}
	if got := table.Set(3, 2); got != "($3, $4)" {
		t.Error(got)
	}
	if got := table.Anys([]string{"a"}); len(got) != 1 || got[0] != "a" {
		t.Error(got)
	}
}
