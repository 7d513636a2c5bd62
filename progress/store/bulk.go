package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/taskherald/herald/progress/db"
)

// maxPortion is the most rows that one statement takes.
const maxPortion = 64

// bulk is a statement that takes many rows at once: its text before and after
// the list of rows. Rows go in portions of powers of two, so that seven texts
// serve every number of rows.
type bulk struct {
	texts [7]string // for 1, 2, 4 … 64 rows
	cols  int
}

// newBulk makes the texts; casts, where given, are the types of the first row's
// columns, which a bare list of values needs on PostgreSQL.
func newBulk(before string, cols int, casts []string, after string) *bulk {
	b := &bulk{cols: cols}
	for i := range b.texts {
		b.texts[i] = before + placeholders(1<<i, cols, casts) + after
	}
	return b
}

func placeholders(rows, cols int, casts []string) string {
	var s strings.Builder
	for r := range rows {
		if r > 0 {
			s.WriteString(", ")
		}
		s.WriteByte('(')
		for c := range cols {
			if c > 0 {
				s.WriteString(", ")
			}
			p := dollar(r*cols + c + 1)
			if r == 0 && casts != nil {
				p = "CAST(" + p + " AS " + casts[c] + ")"
			}
			s.WriteString(p)
		}
		s.WriteByte(')')
	}
	return s.String()
}

// run executes the statement for all rows in args.
func (b *bulk) run(ctx context.Context, tx *db.Tx, args []any) error {
	for len(args) > 0 {
		size := b.portion(len(args) / b.cols)
		n := (1 << size) * b.cols
		if _, err := tx.Exec(ctx, b.texts[size], args[:n]...); err != nil {
			return err
		}
		args = args[n:]
	}
	return nil
}

// portion is the largest power of two that fits, as an exponent.
func (b *bulk) portion(rows int) int {
	size := 0
	for size < len(b.texts)-1 && 2<<size <= rows {
		size++
	}
	return size
}

// list is "($1, $2, …)" for a set of that many, at most maxPortion.
func list(n int) string { return placeholders(1, n, nil) }

// dollar is the nth placeholder, 1 and up.
func dollar(n int) string { return "$" + strconv.Itoa(n) }
