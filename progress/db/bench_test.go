package db_test

import (
	"context"
	"testing"

	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
)

func BenchmarkWrite(b *testing.B) {
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		for name, statements := range map[string]int{"empty": 0, "one": 1, "three": 3} {
			b.Run(dialect+"/"+name, func(b *testing.B) {
				d := dbtest.Open(b, dialect)
				write(b, d, table)
				write(b, d, "INSERT INTO t VALUES ('a', 0)")
				ctx := context.Background()
				b.ReportAllocs()
				for b.Loop() {
					err := d.Write(ctx, func(tx *db.Tx) error {
						for range statements {
							if _, err := tx.Exec(ctx, "UPDATE t SET n = n + 1 WHERE id = $1", "a"); err != nil {
								return err
							}
						}
						return nil
					})
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		b.Run(dialect, func(b *testing.B) {
			d := dbtest.Open(b, dialect)
			write(b, d, table)
			write(b, d, "INSERT INTO t VALUES ('a', 0)")
			b.ReportAllocs()
			for b.Loop() {
				count(b, d)
			}
		})
	}
}
