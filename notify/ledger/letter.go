package ledger

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// Post keeps what is sent: events that wait, lanes, letters and cards.
type Post struct {
	d     *db.DB
	group *group
}

const letterColumns = `id, lane, sub, person, task_id, seq, kind, class, state, made_at, expires_at, due_at, settled_at, tries, doubt, why, far, round, note`

func letterArgs(letters []notify.Letter) []any {
	letters = once(letters, letterKey, func(was, _ notify.Letter) notify.Letter { return was })
	args := make([]any, 0, 20*len(letters))
	for i := range letters {
		l := &letters[i]
		args = append(args, string(l.ID), string(l.Lane), string(l.Sub), string(l.Person), string(l.Task), l.Seq, string(l.Kind),
			string(l.Class), string(l.State), table.Micros(l.MadeAt), table.Micros(l.ExpiresAt), table.Micros(l.DueAt), table.Micros(l.SettledAt),
			l.Tries, bit(l.Doubt), short(l.Why), plain(l.Far), l.Round, noteOf(l), bit(!l.Class.Urgent()))
	}
	return args
}

func letterKey(l *notify.Letter) notify.LetterID { return l.ID }

func noteOf(l *notify.Letter) string {
	if l.Note == nil {
		return ""
	}
	return plain(encode(l.Note))
}

// scanLetter reads one row of letterColumns.
func scanLetter(rows *sql.Rows) (l notify.Letter, err error) {
	var made, expires, due, settled, doubt int64
	var note string
	if err = rows.Scan(&l.ID, &l.Lane, &l.Sub, &l.Person, &l.Task, &l.Seq, &l.Kind, &l.Class, &l.State,
		&made, &expires, &due, &settled, &l.Tries, &doubt, &l.Why, &l.Far, &l.Round, &note); err != nil {
		return l, err
	}
	l.MadeAt, l.ExpiresAt, l.DueAt, l.SettledAt, l.Doubt = table.Time(made), table.Time(expires), table.Time(due), table.Time(settled), doubt != 0
	if note == "" {
		return l, nil
	}
	l.Note = &notify.Note{}
	return l, json.Unmarshal([]byte(note), l.Note)
}

// Due are the letters of a lane that wait, the urgent first, then the oldest.
func (p *Post) Due(ctx context.Context, lane notify.LaneID, limit int) ([]notify.Letter, error) {
	return collect(ctx, p.d, scanLetter, selectDue, string(lane), limit)
}

const selectDue = `SELECT ` + letterColumns + ` FROM letters WHERE state = 'due' AND lane = $1 ORDER BY calm, made_at, seq, id LIMIT $2`

// Settle writes State, DueAt, SettledAt, Tries, Doubt, Why and Far of letters, and copies
// as new cards, in one transaction. A letter that is not due any more is left as it is.
func (p *Post) Settle(ctx context.Context, letters []notify.Letter, copies ...notify.Card) error {
	if len(letters) == 0 {
		return nil
	}
	return p.group.do(ctx, batch{settled: letters, routed: notify.Routed{Marks: copies}})
}

// settleArgs are the letters as they are settled: of one that comes twice the
// first that settles it, as if they came in turn.
func settleArgs(letters []notify.Letter) []any {
	letters = once(letters, letterKey, func(was, is notify.Letter) notify.Letter {
		if was.State != notify.Due {
			return was
		}
		return is
	})
	args := make([]any, 0, 8*len(letters))
	for i := range letters {
		l := &letters[i]
		args = append(args, string(l.ID), string(l.State), table.Micros(l.DueAt), table.Micros(l.SettledAt), l.Tries, bit(l.Doubt), short(l.Why), plain(l.Far))
	}
	return args
}
