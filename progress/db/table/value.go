package table

import (
	"context"
	"database/sql"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/progress/db"
)

// Micros is a time as it is stored: microseconds since 1970, 0 for none.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time is the time of stored microseconds, in UTC.
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// Dollar is the nth placeholder, 1 and up.
func Dollar(n int) string { return "$" + strconv.Itoa(n) }

// Set is "($2, $3, …)": a set of n placeholders, at most MaxPortion, the first of
// which is given.
func Set(first, n int) string {
	marks := make([]string, n)
	for i := range marks {
		marks[i] = Dollar(first + i)
	}
	return "(" + strings.Join(marks, ", ") + ")"
}

// Anys are strings as arguments.
func Anys[T ~string](list []T) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// Chunks are parts of a list that one statement takes.
func Chunks[T any](list []T) iter.Seq[[]T] { return slices.Chunk(list, MaxPortion) }

// Scan runs a query and calls one for every row of what it gives. The rows are closed
// when it returns.
func Scan(ctx context.Context, tx *db.Tx, one func(rows *sql.Rows) error, query string, args ...any) error {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err says what went wrong
	for rows.Next() {
		if err := one(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
