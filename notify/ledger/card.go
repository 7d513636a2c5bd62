package ledger

import (
	"context"
	"database/sql"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/db/table"
)

const cardColumns = `id, lane, sub, person, task_id, want, shown, hash, far, over, made_at, seq, round`

// markArgs are the marks: of a card that is marked twice the higher.
func markArgs(marks []notify.Card) []any {
	marks = once(marks, cardKey, func(was, is notify.Card) notify.Card {
		if was.Want > is.Want {
			return was
		}
		return is
	})
	args := make([]any, 0, 14*len(marks))
	for i := range marks {
		c := &marks[i]
		args = append(args, string(c.ID), string(c.Lane), string(c.Sub), string(c.Person), string(c.Task),
			c.Want, c.Shown, c.Hash, plain(c.Far), bit(false), table.Micros(c.MadeAt), c.Seq, c.Round, table.Micros(c.MadeAt))
	}
	return args
}

func cardKey(c *notify.Card) notify.CardID { return c.ID }

// scanCard reads one row of cardColumns.
func scanCard(rows *sql.Rows) (c notify.Card, err error) {
	var over, made int64
	err = rows.Scan(&c.ID, &c.Lane, &c.Sub, &c.Person, &c.Task, &c.Want, &c.Shown, &c.Hash, &c.Far, &over, &made, &c.Seq, &c.Round)
	c.Over, c.MadeAt = over != 0, table.Time(made)
	return c, err
}

// Cards are those of a lane that are not Over or do not show what they have to,
// the oldest first.
func (p *Post) Cards(ctx context.Context, lane notify.LaneID) ([]notify.Card, error) {
	return collect(ctx, p.d, scanCard, selectCards, string(lane))
}

// selectCards asks for over alone: a mark clears it, and Showed sets it only on a
// card that shows what it has to.
const selectCards = `SELECT ` + cardColumns + ` FROM cards WHERE lane = $1 AND over = 0 ORDER BY made_at, id`

// Showed writes Shown, Hash, Far and Over of cards. Over does not hold if Want has
// risen above Shown meanwhile.
func (p *Post) Showed(ctx context.Context, cards []notify.Card) error {
	if len(cards) == 0 {
		return nil
	}
	return p.group.do(ctx, batch{showed: cards})
}

func showArgs(cards []notify.Card) []any {
	cards = once(cards, cardKey, func(_, is notify.Card) notify.Card { return is })
	args := make([]any, 0, 5*len(cards))
	for i := range cards {
		c := &cards[i]
		args = append(args, string(c.ID), c.Shown, c.Hash, plain(c.Far), bit(c.Over))
	}
	return args
}
