package ledger

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/db/table"
)

const heldColumns = `bundle, task_id, seq, sub, person, kind, class, at, until_at`

func heldArgs(held []notify.Held) []any {
	held = once(held, heldKey, func(was, _ notify.Held) notify.Held { return was })
	args := make([]any, 0, 9*len(held))
	for i := range held {
		h := &held[i]
		args = append(args, string(h.Bundle), string(h.Task), h.Seq, string(h.Sub), string(h.Person), string(h.Kind), string(h.Class),
			table.Micros(h.At), table.Micros(h.Until))
	}
	return args
}

func heldKey(h *notify.Held) string {
	return string(h.Bundle) + "\x00" + string(h.Task) + "\x00" + strconv.FormatInt(h.Seq, 10)
}

func givenArgs(given []notify.LetterID) []any {
	return table.Anys(once(given, func(id *notify.LetterID) notify.LetterID { return *id }, func(_, is notify.LetterID) notify.LetterID { return is }))
}

// scanHeld reads one row of heldColumns.
func scanHeld(rows *sql.Rows) (h notify.Held, err error) {
	var at, until int64
	err = rows.Scan(&h.Bundle, &h.Task, &h.Seq, &h.Sub, &h.Person, &h.Kind, &h.Class, &at, &until)
	h.At, h.Until = table.Time(at), table.Time(until)
	return h, err
}

// Bundles are the events of bundles that are due at a time: whole bundles, at most limit
// of them, those that are due the longest. The events of a bundle stand together, the
// oldest first.
func (a *Agenda) Bundles(ctx context.Context, at time.Time, limit int) ([]notify.Held, error) {
	return collect(ctx, a.d, scanHeld, selectBundles, table.Micros(at), limit)
}

const selectBundles = `SELECT ` + heldColumns + ` FROM held WHERE bundle IN
	(SELECT bundle FROM held WHERE until_at > 0 AND until_at <= $1 GROUP BY until_at, bundle ORDER BY until_at, bundle LIMIT $2)
	ORDER BY bundle, at, task_id, seq`
