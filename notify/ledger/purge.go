package ledger

import (
	"context"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// Upkeep is what is done to the ledger as a whole, beside the work of the lanes.
type Upkeep struct {
	d *db.DB
}

// purgePortion is how many rows one transaction forgets, so that nobody waits
// long for it.
const purgePortion = 500

// Purge forgets what is older than a time: letters that were settled before, and
// those that expired before in lanes that are closed; cards that are over, or in
// closed lanes, and that nothing moved since; traces; chains that were over before; and
// then lanes that nothing uses. Whatever its age, it forgets chains of tasks that are gone,
// and what is held for subscriptions that are.
func (u *Upkeep) Purge(ctx context.Context, before time.Time) error {
	for _, s := range []notify.State{notify.Sent, notify.Dead, notify.Dropped} {
		if err := u.purge(ctx, purgeSettled, string(s), table.Micros(before), purgePortion); err != nil {
			return err
		}
	}
	for _, query := range []string{purgeStranded, purgeCards, purgeTraces, purgeChains} {
		if err := u.purge(ctx, query, table.Micros(before), purgePortion); err != nil {
			return err
		}
	}
	if err := u.purge(ctx, purgeHeld, purgePortion); err != nil {
		return err
	}
	return u.purgeLanes(ctx)
}

const (
	purgeSettled = `DELETE FROM letters WHERE id IN (SELECT id FROM letters
		WHERE state = $1 AND made_at < $2 AND settled_at < $2 ORDER BY made_at, id LIMIT $3)`

	purgeStranded = `DELETE FROM letters WHERE id IN (SELECT l.id FROM letters l
		WHERE l.state = 'due' AND l.made_at < $1 AND l.expires_at < $1
		AND EXISTS (SELECT 1 FROM lanes WHERE lanes.id = l.lane AND lanes.closed <> '') ORDER BY l.made_at, l.id LIMIT $2)`

	purgeCards = `DELETE FROM cards WHERE id IN (SELECT c.id FROM cards c WHERE c.moved_at < $1
		AND (c.over = 1 OR EXISTS (SELECT 1 FROM lanes WHERE lanes.id = c.lane AND lanes.closed <> '')) ORDER BY c.moved_at LIMIT $2)`

	purgeTraces = `DELETE FROM traces WHERE (task_id, seq, round) IN
		(SELECT task_id, seq, round FROM traces WHERE at < $1 ORDER BY at LIMIT $2)`

	// Those that go on are at 0.
	purgeChains = `DELETE FROM chains WHERE approval IN (SELECT c.approval FROM chains c WHERE c.over_at < $1
		AND (c.over_why <> '' OR NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.id = c.task_id)) ORDER BY c.over_at LIMIT $2)`

	// It leaps from one subscription to the next, so that it costs as little as they are.
	// Those of rules are in no table, and are never gone.
	purgeHeld = `DELETE FROM held WHERE (bundle, task_id, seq) IN (
		WITH RECURSIVE holders (sub) AS (SELECT MIN(sub) FROM held
			UNION ALL SELECT (SELECT MIN(h.sub) FROM held h WHERE h.sub > holders.sub) FROM holders WHERE holders.sub IS NOT NULL)
		SELECT held.bundle, held.task_id, held.seq FROM held JOIN holders ON holders.sub = held.sub
		WHERE holders.sub LIKE 'sub%' AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.id = holders.sub) LIMIT $1)`
)

// purge runs a statement until it finds less than a portion.
func (u *Upkeep) purge(ctx context.Context, query string, args ...any) error {
	for {
		var n int64
		if err := db.Change(ctx, u.d, func(tx *db.Tx) (err error) {
			n, err = run(ctx, tx, query, args...)
			return err
		}); err != nil || n < purgePortion {
			return err
		}
	}
}

// purgeLanes forgets lanes that nothing uses. Their rows are locked first and
// asked again then, as a letter may have come for one meanwhile.
func (u *Upkeep) purgeLanes(ctx context.Context) error {
	for {
		var ids []notify.LaneID
		if err := db.Change(ctx, u.d, func(tx *db.Tx) (err error) {
			ids, err = gather(ctx, tx, scanLaneID, lockUnused, table.MaxPortion)
			if err != nil || len(ids) == 0 {
				return err
			}
			_, err = tx.Exec(ctx, `DELETE FROM lanes WHERE id IN `+table.Set(1, len(ids))+unused, table.Anys(ids)...)
			return err
		}); err != nil || len(ids) < table.MaxPortion {
			return err
		}
	}
}

const (
	unused = ` AND NOT EXISTS (SELECT 1 FROM letters l WHERE l.state IN ('due', 'sent', 'dead', 'dropped') AND l.lane = lanes.id)
		AND NOT EXISTS (SELECT 1 FROM cards c WHERE c.lane = lanes.id)
		AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.lane = lanes.id)`

	lockUnused = `UPDATE lanes SET closed_at = closed_at WHERE id IN (SELECT id FROM lanes WHERE 1 = 1` + unused + ` LIMIT $1) RETURNING id`
)
