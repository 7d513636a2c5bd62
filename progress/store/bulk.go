package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/taskherald/herald/progress/db"
)

// maxPortion is the most rows that one statement takes.
const maxPortion = 64

// portions are the numbers of rows that statements take. Few texts serve every
// number of rows, and most numbers are two portions or three.
var portions = [...]int{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, maxPortion}

// bulk is a statement that takes many rows at once.
type bulk struct {
	texts [len(portions)]string
	cols  int
}

// newBulk makes the texts; casts, where given, are the types of the first row's
// columns, which a bare list of values needs on PostgreSQL.
func newBulk(before string, cols int, casts []string, after string) *bulk {
	b := &bulk{cols: cols}
	for i, rows := range portions {
		b.texts[i] = before + placeholders(rows, cols, casts) + after
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
		size := portion(len(args) / b.cols)
		n := portions[size] * b.cols
		if _, err := tx.Exec(ctx, b.texts[size], args[:n]...); err != nil {
			return err
		}
		args = args[n:]
	}
	return nil
}

// portion is the place of the largest portion that so many rows fill.
func portion(rows int) int {
	size := len(portions) - 1
	for portions[size] > rows {
		size--
	}
	return size
}

// list is "($1, $2, …)" for a set of that many, at most maxPortion.
func list(n int) string { return listFrom(1, n) }

// listFrom is such a list that begins with another placeholder.
func listFrom(first, n int) string {
	marks := make([]string, n)
	for i := range marks {
		marks[i] = dollar(first + i)
	}
	return "(" + strings.Join(marks, ", ") + ")"
}

// dollar is the nth placeholder, 1 and up.
func dollar(n int) string { return "$" + strconv.Itoa(n) }
