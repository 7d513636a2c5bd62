package table

import (
	"context"
	"strings"

	"github.com/taskherald/herald/progress/db"
)

// MaxPortion is the most rows that one statement takes.
const MaxPortion = 64

// portions are the numbers of rows that statements take. Few texts serve every
// number of rows, and most numbers are two portions or three.
var portions = [...]int{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, MaxPortion}

// Bulk is a statement that takes many rows at once. It may be used from any
// goroutine.
type Bulk struct {
	texts [len(portions)]string
	cols  int
}

// NewBulk makes the texts: the rows' values stand between before and after. casts,
// where given, are the types of the first row's columns, which a bare list of
// values needs on PostgreSQL.
func NewBulk(before string, cols int, casts []string, after string) *Bulk {
	b := &Bulk{cols: cols}
	for i, rows := range portions {
		b.texts[i] = before + placeholders(rows, cols, casts) + after
	}
	return b
}

// Columns is how many arguments a row has.
func (b *Bulk) Columns() int { return b.cols }

// Run executes the statement for all rows whose arguments are given, one row after
// the other.
func (b *Bulk) Run(ctx context.Context, tx *db.Tx, args []any) error {
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

// placeholders is "($1, $2), ($3, $4), …".
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
			p := Dollar(r*cols + c + 1)
			if r == 0 && casts != nil {
				p = "CAST(" + p + " AS " + casts[c] + ")"
			}
			s.WriteString(p)
		}
		s.WriteByte(')')
	}
	return s.String()
}

// portion is the place of the largest portion that so many rows fill.
func portion(rows int) int {
	size := len(portions) - 1
	for portions[size] > rows {
		size--
	}
	return size
}

// Text is the statement for one row, for a look at how it is run.
func (b *Bulk) Text() string { return b.texts[0] }
