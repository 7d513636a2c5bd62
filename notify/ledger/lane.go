package ledger

import (
	"context"
	"database/sql"
	"slices"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

const laneColumns = `id, channel, target, key_of, closed, closed_at`

func laneArgs(lanes []notify.Lane) []any {
	lanes = once(lanes, func(l *notify.Lane) notify.LaneID { return l.ID }, later)
	args := make([]any, 0, 6*len(lanes))
	for _, l := range lanes {
		args = append(args, string(l.ID), l.Address.Channel, l.Address.To, l.Address.Key, short(l.Closed), table.Micros(l.ClosedAt))
	}
	return args
}

// later is the lane of two that opens more.
func later(a, b notify.Lane) notify.Lane {
	if b.ClosedAt.After(a.ClosedAt) {
		return b
	}
	return a
}

// scanLane reads one row of laneColumns. The time of one that is open says nothing.
func scanLane(rows *sql.Rows) (l notify.Lane, err error) {
	var closed int64
	err = rows.Scan(&l.ID, &l.Address.Channel, &l.Address.To, &l.Address.Key, &l.Closed, &closed)
	if l.Closed != "" {
		l.ClosedAt = table.Time(closed)
	}
	return l, err
}

// Lane is a lane, open or closed; ok is false if there is none.
func (p *Post) Lane(ctx context.Context, id notify.LaneID) (l notify.Lane, ok bool, err error) {
	return first(collect(ctx, p.d, scanLane, `SELECT `+laneColumns+` FROM lanes WHERE id = $1`, string(id)))
}

// Lanes are lanes by their ids, those that there are.
func (p *Post) Lanes(ctx context.Context, ids []notify.LaneID) (map[notify.LaneID]notify.Lane, error) {
	out := make(map[notify.LaneID]notify.Lane, len(ids))
	slices.Sort(ids)
	for part := range table.Chunks(slices.Compact(ids)) {
		lanes, err := collect(ctx, p.d, scanLane, `SELECT `+laneColumns+` FROM lanes WHERE id IN `+table.Set(1, len(part)), table.Anys(part)...)
		if err != nil {
			return nil, err
		}
		for _, l := range lanes {
			out[l.ID] = l
		}
	}
	return out, nil
}

// Busy are the lanes with letters that are due, closed ones too, and the open ones
// with cards that are not Over or do not show what they have to.
func (p *Post) Busy(ctx context.Context) ([]notify.Lane, error) {
	return collect(ctx, p.d, scanLane, selectBusy)
}

// selectBusy leaps from one busy lane to the next, so that it costs as much as
// there are, however much waits in each.
const selectBusy = `WITH RECURSIVE posted (lane) AS (SELECT MIN(lane) FROM letters WHERE state = 'due'
		UNION ALL SELECT (SELECT MIN(l.lane) FROM letters l WHERE l.state = 'due' AND l.lane > posted.lane) FROM posted WHERE posted.lane IS NOT NULL),
	drawn (lane) AS (SELECT MIN(lane) FROM cards WHERE over = 0
		UNION ALL SELECT (SELECT MIN(c.lane) FROM cards c WHERE c.over = 0 AND c.lane > drawn.lane) FROM drawn WHERE drawn.lane IS NOT NULL)
	SELECT ` + laneColumns + ` FROM (SELECT lane FROM posted UNION SELECT d.lane FROM drawn d JOIN lanes o ON o.id = d.lane WHERE o.closed = '')
		AS busy JOIN lanes ON lanes.id = busy.lane`

// Shut closes a lane, writes the notes' letters and their lanes, and switches off
// the subscriptions of the lane. What waits in the lane is dead. One that is closed
// already keeps its reason.
func (p *Post) Shut(ctx context.Context, l notify.Lane, notes notify.Routed) error {
	return db.Change(ctx, p.d, func(tx *db.Tx) error {
		why, at := short(l.Closed), table.Micros(l.ClosedAt)
		if err := raiseRev(ctx, tx); err != nil {
			return err
		}
		if err := (&batch{routed: notes}).write(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO lanes (`+laneColumns+`) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (id) DO UPDATE SET closed = excluded.closed, closed_at = excluded.closed_at WHERE lanes.closed = ''`,
			string(l.ID), l.Address.Channel, l.Address.To, l.Address.Key, why, at); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, buryLetters, string(l.ID), why, at); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE subscriptions SET off_why = $2, off_at = $3 WHERE lane = $1 AND off_why = ''`, string(l.ID), why, at)
		return err
	})
}

const buryLetters = `UPDATE letters SET state = 'dead', why = $2, settled_at = $3 WHERE state = 'due' AND lane = $1`

const reopenLane = `UPDATE lanes SET closed = '', closed_at = 0 WHERE id = $1 AND closed <> ''`
