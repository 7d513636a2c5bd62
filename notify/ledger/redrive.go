package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// Redrive makes dead and dropped letters that match due again, the newest first,
// at most the query's limit, all of them for 0, and opens their lanes. They keep
// their IDs, count tries anew, may have arrived before if they were tried, and are
// worth trying for horizon from now on. Those of subscriptions that are gone or off
// stay as they are. It returns how many they are, and the lanes that have work, also
// when it fails half-way.
func (u *Upkeep) Redrive(ctx context.Context, q notify.LetterQuery, now time.Time, horizon time.Duration) (n int, lanes []notify.Lane, err error) {
	ids, err := u.undelivered(ctx, q)
	all := map[notify.LaneID]notify.Lane{}
	for part := range slices.Chunk(ids, table.MaxPortion) {
		var done int
		var opened []notify.Lane
		if err == nil {
			done, opened, err = u.again(ctx, part, now, now.Add(horizon))
		}
		n += done
		for _, l := range opened {
			all[l.ID] = l
		}
	}
	return n, slices.SortedFunc(maps.Values(all), func(a, b notify.Lane) int { return cmp.Compare(a.ID, b.ID) }), err
}

// redrivePage is how many letters are looked at in one go.
const redrivePage = 1000

// undelivered are the letters that a query means, as far as they are dead or
// dropped.
func (u *Upkeep) undelivered(ctx context.Context, q notify.LetterQuery) (ids []notify.LetterID, err error) {
	of := slices.DeleteFunc(states(q), func(s notify.State) bool { return s != notify.Dead && s != notify.Dropped })
	for most := q.Limit; len(of) > 0; {
		q.Limit = redrivePage
		if most > 0 {
			q.Limit = min(redrivePage, most-len(ids))
		}
		st := listed(q, of)
		page, err := collect(ctx, u.d, scanLetter, st.String(), st.Args...)
		for _, l := range page {
			ids, q.Before = append(ids, l.ID), notify.Place{At: l.MadeAt, ID: l.ID}
		}
		if err != nil || len(page) < q.Limit || len(ids) == most {
			return ids, err
		}
	}
	return nil, nil
}

// again redrives letters in one transaction. Somebody else may have been faster
// with some of them.
func (u *Upkeep) again(ctx context.Context, ids []notify.LetterID, now, until time.Time) (n int, opened []notify.Lane, err error) {
	err = db.Change(ctx, u.d, func(tx *db.Tx) error {
		touched, err := gather(ctx, tx, scanLaneID, redriveLetters+table.Set(3, len(ids))+` RETURNING lane`,
			append([]any{table.Micros(now), table.Micros(until)}, table.Anys(ids)...)...)
		n, opened = len(touched), nil
		if err != nil || n == 0 {
			return err
		}
		slices.Sort(touched)
		touched = slices.Compact(touched)
		opened, err = gather(ctx, tx, scanLane, `UPDATE lanes SET closed = '', closed_at = 0 WHERE id IN `+table.Set(1, len(touched))+
			` RETURNING `+laneColumns, table.Anys(touched)...)
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	return n, opened, nil
}

// redriveLetters leaves those alone whose subscription is gone, or off; the callback of
// a task, and an address that a rule names, are in no table.
const redriveLetters = `UPDATE letters SET state = 'due', doubt = CASE WHEN tries > 0 THEN 1 ELSE doubt END, tries = 0, due_at = $1, expires_at = $2, settled_at = 0
	WHERE state IN ('dead', 'dropped')
	AND (letters.sub LIKE 'cb%' OR letters.sub LIKE 'rule%' OR EXISTS (SELECT 1 FROM subscriptions s WHERE s.id = letters.sub AND s.off_why = ''))
	AND id IN `

func scanLaneID(rows *sql.Rows) (id notify.LaneID, err error) {
	err = rows.Scan(&id)
	return id, err
}
