package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/taskherald/herald/progress/db"
)

// micros is a time as it is stored: microseconds since 1970, 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// timeOf is the time of stored microseconds.
func timeOf(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// bit is a yes or no as it is stored.
func bit(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// encode is one of our own types as JSON; those always encode.
func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("ledger: %T does not encode: %v", v, err))
	}
	return string(b)
}

// plain is a stranger's text without what PostgreSQL does not store.
func plain(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// mostWhy is how many characters of a reason are kept.
const mostWhy = 500

// short is a reason as it is kept.
func short(why string) string {
	why = plain(why)
	n := 0
	for i := range why {
		if n++; n > mostWhy {
			return why[:i]
		}
	}
	return why
}

// anys are strings as arguments.
func anys[T ~string](list []T) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// collect reads rows into a list, in a transaction of its own.
func collect[T any](ctx context.Context, d *db.DB, one func(*sql.Rows) (T, error), query string, args ...any) (out []T, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		out, err = gather(ctx, tx, one, query, args...)
		return err
	})
	return out, err
}

// gather reads rows into a list.
func gather[T any](ctx context.Context, tx *db.Tx, one func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err says what went wrong
	var out []T
	for rows.Next() {
		v, err := one(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// first is the first of a list; ok is false if there is none.
func first[T any](list []T, err error) (v T, ok bool, _ error) {
	if err != nil || len(list) == 0 {
		return v, false, err
	}
	return list[0], true, nil
}
