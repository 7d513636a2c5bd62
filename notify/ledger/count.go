package ledger

import (
	"context"
	"database/sql"

	"github.com/taskherald/herald/notify"
)

// mostCounted is how many letters a count looks at, so that one of many thousands
// costs as little as it says: that they are too many.
const mostCounted = 10_000

// Backlog is how many letters are due, by class: of the oldest 10,000 of all
// classes together. A class of which there are none is left out.
func (p *Post) Backlog(ctx context.Context) (map[notify.Class]int, error) {
	return p.backlog(ctx, mostCounted)
}

func (p *Post) backlog(ctx context.Context, most int) (map[notify.Class]int, error) {
	counts := map[notify.Class]int{}
	_, err := collect(ctx, p.d, func(rows *sql.Rows) (none struct{}, err error) {
		var class notify.Class
		var n int
		err = rows.Scan(&class, &n)
		counts[class] = n
		return none, err
	}, selectBacklog, most)
	return counts, err
}

const selectBacklog = `SELECT class, COUNT(*) FROM
	(SELECT class FROM letters WHERE state = 'due' ORDER BY made_at, id LIMIT $1) AS oldest GROUP BY class`
