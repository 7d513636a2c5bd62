package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
)

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	tests := []struct {
		query string
		args  []any
		want  string
	}{
		{"SELECT CAST($1 AS TEXT)", []any{"a"}, "a"},
		{"SELECT CAST($1 AS TEXT) || $2", []any{"a", "b"}, "ab"},
		{"SELECT CAST($2 AS TEXT) || $1", []any{"a", "b"}, "ba"},
		{"SELECT CAST($1 AS TEXT) || $2 || $1", []any{"a", "b"}, "aba"},
		{"SELECT CAST($3 AS TEXT) || $1 || $3 || $2", []any{"a", "b", "c"}, "cacb"},
		{"SELECT CAST($11 AS TEXT) || $1 || $2 || $3 || $4 || $5 || $6 || $7 || $8 || $9 || $10",
			[]any{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"}, "kabcdefghij"},
		{"SELECT CAST($1 AS TEXT) || '$2'", []any{"a"}, "a$2"},
		{"SELECT COALESCE(CAST($1 AS TEXT), $2)", []any{nil, "b"}, "b"},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, tt := range tests {
			for _, run := range []func(context.Context, func(*db.Tx) error) error{d.Read, d.Write} {
				var got string
				err := run(t.Context(), func(tx *db.Tx) error {
					return tx.QueryRow(t.Context(), tt.query, tt.args...).Scan(&got)
				})
				if err != nil || got != tt.want {
					t.Errorf("%s: %q, %v; want %q", tt.query, got, err, tt.want)
				}
			}
		}
	})
}

func TestSharedSQL(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, table)
		upsert := `INSERT INTO t (id, n) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET n = $2 WHERE t.n < $2 RETURNING n`
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			var n int64
			if err := tx.QueryRow(t.Context(), upsert, "a", int64(5)).Scan(&n); err != nil || n != 5 {
				return fmt.Errorf("new: %d, %w", n, err)
			}
			if err := tx.QueryRow(t.Context(), upsert, "a", int64(4)).Scan(&n); !errors.Is(err, sql.ErrNoRows) {
				return fmt.Errorf("older: %d, %v", n, err)
			}
			if err := tx.QueryRow(t.Context(), upsert, "a", int64(6)).Scan(&n); err != nil || n != 6 {
				return fmt.Errorf("newer: %d, %v", n, err)
			}
			return tx.QueryRow(t.Context(), "SELECT n FROM t WHERE (n, id) > ($1, $2)", int64(5), "z").Scan(&n)
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestWriteIsAllOrNothing(t *testing.T) {
	t.Parallel()
	mine := errors.New("mine")
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, table)
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(t.Context(), "INSERT INTO t VALUES ($1, $2)", "a", 1); err != nil {
				return err
			}
			return mine
		})
		if !errors.Is(err, mine) {
			t.Errorf("the function's error came back as %v", err)
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d rows after an error", n)
		}
		write(t, d, "INSERT INTO t VALUES ($1, $2)", "a", 1)
		if n := count(t, d); n != 1 {
			t.Errorf("%d rows after a commit", n)
		}
	})
}

func TestPanicRollsBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, table)
		for _, run := range []func(context.Context, func(*db.Tx) error) error{d.Write, d.Read} {
			for range 12 { // more often than there are connections
				func() {
					defer func() {
						if recover() != "boom" {
							t.Error("the panic did not come through")
						}
					}()
					_ = run(t.Context(), func(tx *db.Tx) error {
						_, _ = tx.Exec(t.Context(), "INSERT INTO t VALUES ('a', 1)") // refused in Read
						panic("boom")
					})
				}()
			}
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d rows after a panic", n)
		}
		write(t, d, "INSERT INTO t VALUES ('a', 1)")
	})
}

func TestFailedStatementIsTheEnd(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, table)
		for _, bad := range []string{"INSERT INTO t VALUES ('a', 2)", "SELECT nonsense FROM t", "not SQL"} {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				if _, err := tx.Exec(t.Context(), "INSERT INTO t VALUES ('a', 1)"); err != nil {
					return err
				}
				if _, err := tx.Exec(t.Context(), bad); err == nil {
					t.Errorf("%s: no error", bad)
				}
				if _, err := tx.Exec(t.Context(), "INSERT INTO t VALUES ('b', 1)"); err == nil {
					t.Error("a statement after a failed one ran")
				}
				var n int
				if err := tx.QueryRow(t.Context(), "SELECT 1").Scan(&n); err == nil {
					t.Error("a query after a failed statement ran")
				}
				return nil
			})
			if err == nil {
				t.Errorf("%s: committed", bad)
			}
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestOneRowsAtATime(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, table)
		write(t, d, "INSERT INTO t VALUES ('a', 1), ('b', 2)")
		const list = "SELECT id FROM t ORDER BY id"
		read := func(fn func(*db.Tx) error) error { return d.Read(t.Context(), fn) }

		if err := read(func(tx *db.Tx) error {
			rows, err := tx.Query(t.Context(), list)
			if err != nil {
				return err
			}
			defer rows.Close()
			rows.Next()
			_, err = tx.Query(t.Context(), list)
			return err
		}); err == nil {
			t.Error("a second query ran while rows were open")
		}
		if err := read(func(tx *db.Tx) error { // forgotten rows harm nobody later
			_, err := tx.Query(t.Context(), list)
			return err
		}); err != nil {
			t.Error(err)
		}
		if err := read(func(tx *db.Tx) error { // nor do forgotten single rows
			tx.QueryRow(t.Context(), list)
			return nil
		}); err != nil {
			t.Error(err)
		}
		for range 10 {
			var got []string
			if err := read(func(tx *db.Tx) error {
				rows, err := tx.Query(t.Context(), list)
				if err != nil {
					return err
				}
				for rows.Next() {
					var id string
					if err := rows.Scan(&id); err != nil {
						return err
					}
					got = append(got, id)
				}
				return rows.Err()
			}); err != nil || !slices.Equal(got, []string{"a", "b"}) {
				t.Fatal(got, err)
			}
		}
	})
}

func TestReadIsASnapshotThatCannotWrite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, table)
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			var before, after int
			if err := tx.QueryRow(t.Context(), "SELECT COUNT(*) FROM t").Scan(&before); err != nil {
				return err
			}
			write(t, d, "INSERT INTO t VALUES ('a', 1)")
			if err := tx.QueryRow(t.Context(), "SELECT COUNT(*) FROM t").Scan(&after); err != nil {
				return err
			}
			if before != 0 || after != 0 {
				t.Errorf("saw %d rows, then %d", before, after)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if n := count(t, d); n != 1 {
			t.Errorf("%d rows", n)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), "DELETE FROM t")
			return err
		})
		if err == nil || count(t, d) != 1 {
			t.Errorf("Read wrote: %v", err)
		}
	})
}

func TestUniqueAndRetryable(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, table)
		write(t, d, "CREATE UNIQUE INDEX t_n ON t (n)")
		write(t, d, "INSERT INTO t VALUES ('a', 1)")
		for query, want := range map[string]bool{
			"INSERT INTO t VALUES ('a', 2)":  true, // primary key
			"INSERT INTO t VALUES ('b', 1)":  true, // index
			"INSERT INTO t VALUES ('b', $1)": false,
			"INSERT INTO missing VALUES (1)": false,
		} {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				var args []any
				if strings.Contains(query, "$1") {
					args = append(args, nil)
				}
				_, err := tx.Exec(t.Context(), query, args...)
				return err
			})
			if err == nil || db.Unique(err) != want || db.Retryable(err) {
				t.Errorf("%s: %v: unique %v, retryable %v", query, err, db.Unique(err), db.Retryable(err))
			}
		}
	})
	if db.Unique(nil) || db.Retryable(nil) || db.Unique(sql.ErrNoRows) || db.Retryable(sql.ErrNoRows) {
		t.Error("no error is unique or retryable")
	}
}

func TestKeptTxIsDead(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, run := range []func(context.Context, func(*db.Tx) error) error{d.Read, d.Write} {
			var kept *db.Tx
			if err := run(t.Context(), func(tx *db.Tx) error { kept = tx; return nil }); err != nil {
				t.Fatal(err)
			}
			_, err1 := kept.Exec(t.Context(), "SELECT 1")
			_, err2 := kept.Query(t.Context(), "SELECT 1")
			err3 := kept.QueryRow(t.Context(), "SELECT 1").Scan(new(int))
			for _, err := range []error{err1, err2, err3} {
				if !errors.Is(err, sql.ErrTxDone) {
					t.Errorf("got %v", err)
				}
			}
		}
	})
}

func TestContext(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, table)
		ctx, cancel := context.WithCancel(t.Context())
		err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(ctx, "INSERT INTO t VALUES ('a', 1)"); err != nil {
				return err
			}
			cancel()
			_, err := tx.Exec(ctx, "INSERT INTO t VALUES ('b', 1)")
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		for _, run := range []func(context.Context, func(*db.Tx) error) error{d.Read, d.Write} {
			err := run(ctx, func(*db.Tx) error { t.Error("ran"); return nil })
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d rows", n)
		}
		// A query that never ends does, and its connection is of use afterwards.
		for range 6 {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
			err := d.Read(ctx, func(tx *db.Tx) error {
				return tx.QueryRow(ctx, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT MAX(x) FROM c").Scan(new(int))
			})
			cancel()
			if err == nil {
				t.Error("no error")
			}
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, table)
		write(t, d, "INSERT INTO t VALUES ('a', 0)")
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range 20 {
					write(t, d, "UPDATE t SET n = n + 1 WHERE id = $1", "a")
					count(t, d)
				}
			})
		}
		wg.Wait()
		var n int
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), "SELECT n FROM t").Scan(&n)
		}); err != nil || n != 320 {
			t.Errorf("%d, %v", n, err)
		}
	})
}

func TestClose(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			url := dbtest.URL(t, dialect)
			for want := range 3 { // what was written is there after the next Open
				d, err := db.Open(t.Context(), url)
				if err != nil {
					t.Fatal(err)
				}
				if d.SingleWriter() != (dialect == dbtest.SQLite) {
					t.Error("SingleWriter is wrong")
				}
				if want == 0 {
					write(t, d, table)
				}
				if n := count(t, d); n != want {
					t.Errorf("%d rows, want %d", n, want)
				}
				write(t, d, "INSERT INTO t VALUES ($1, 1)", fmt.Sprint(want))
				if err := errors.Join(d.Close(), d.Close()); err != nil {
					t.Fatal(err)
				}
				for _, run := range []func(context.Context, func(*db.Tx) error) error{d.Read, d.Write} {
					if err := run(t.Context(), func(*db.Tx) error { return nil }); err == nil {
						t.Error("ran on a closed database")
					}
				}
			}
			if dialect == dbtest.SQLite {
				if left, _ := filepath.Glob(url + "-*"); left != nil {
					t.Errorf("Close left %v", left)
				}
			}
		})
	}
}

// A Tx serves hundreds of texts and keeps few of their statements.
func TestStatementCacheIsBounded(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.SQLite)
	write(t, d, table)
	query := func(i int) string { return fmt.Sprintf("SELECT n + %d FROM t", i) }
	write(t, d, "INSERT INTO t VALUES ('a', 0)")
	check := func(tx *db.Tx, i int) error {
		var n int
		if err := tx.QueryRow(t.Context(), query(i)).Scan(&n); err != nil || n != i {
			return fmt.Errorf("%d: %d, %v", i, n, err)
		}
		return nil
	}
	for i := range 3 * db.MaxStatements { // one a transaction
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return check(tx, i) }); err != nil {
			t.Fatal(err)
		}
		if n := d.Prepared(); n > db.MaxStatements {
			t.Fatalf("%d statements", n)
		}
	}
	err := d.Write(t.Context(), func(tx *db.Tx) error { // all in one
		rows, err := tx.Query(t.Context(), query(-1))
		if err != nil {
			return err
		}
		rows.Close()
		for i := range 3 * db.MaxStatements {
			if err := check(tx, i); err != nil {
				return err
			}
		}
		return check(tx, 0)
	})
	if err != nil {
		t.Error(err)
	}
	if n := d.Prepared(); n == 0 || n > db.MaxStatements {
		t.Errorf("%d statements", n)
	}
}
