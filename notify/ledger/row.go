package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

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

// collect reads rows into a list, in a transaction of its own.
func collect[T any](ctx context.Context, d *db.DB, one func(*sql.Rows) (T, error), query string, args ...any) (out []T, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		out, err = gather(ctx, tx, one, query, args...)
		return err
	})
	return out, err
}

// gather reads rows into a list.
func gather[T any](ctx context.Context, tx *db.Tx, one func(*sql.Rows) (T, error), query string, args ...any) (out []T, err error) {
	err = table.Scan(ctx, tx, func(rows *sql.Rows) error {
		v, err := one(rows)
		out = append(out, v)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// first is the first of a list; ok is false if there is none.
func first[T any](list []T, err error) (v T, ok bool, _ error) {
	if err != nil || len(list) == 0 {
		return v, false, err
	}
	return list[0], true, nil
}
