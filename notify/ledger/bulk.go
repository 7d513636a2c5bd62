package ledger

import (
	"context"
	"strconv"
	"strings"

	"github.com/taskherald/herald/progress/db"
)

// maxPortion is the most rows that one statement takes.
const maxPortion = 64

// portions are the numbers of rows that statements take, so that few texts are
// ever prepared.
var portions = [...]int{1, 2, 3, 4, 8, 16, 32, maxPortion}

// bulk is a statement that takes many rows at once.
type bulk struct {
	texts [len(portions)]string
	cols  int
}

// newBulk makes the texts; casts, where given, are the types of the first row's
// columns, which a bare list of values needs on PostgreSQL.
func newBulk(before string, cols int, casts []string, after string) *bulk {
	b := &bulk{cols: cols}
	for i, n := range portions {
		b.texts[i] = before + values(n, cols, casts) + after
	}
	return b
}

// values is "($1, $2), ($3, $4), …".
func values(n, cols int, casts []string) string {
	rows := make([]string, n)
	for r := range rows {
		marks := make([]string, cols)
		for c := range marks {
			marks[c] = "$" + strconv.Itoa(r*cols+c+1)
			if r == 0 && casts != nil {
				marks[c] = "CAST(" + marks[c] + " AS " + casts[c] + ")"
			}
		}
		rows[r] = "(" + strings.Join(marks, ", ") + ")"
	}
	return strings.Join(rows, ", ")
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

// set is "($2, $3, …)" for n arguments after so many others.
func set(after, n int) string {
	marks := make([]string, n)
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(after+i+1)
	}
	return "(" + strings.Join(marks, ", ") + ")"
}
