package ledger

import (
	"context"
	"database/sql"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

const selectKeys = `SELECT holder, current_key, previous_key, until_at FROM signing_keys WHERE holder = $1`

func scanKeys(rows *sql.Rows) (k notify.Keys, err error) {
	var until int64
	err = rows.Scan(&k.Holder, &k.Current, &k.Previous, &until)
	k.Until = table.Time(until)
	return k, err
}

// Keys are the keys of a holder; ok is false if there are none.
func (r *Rolls) Keys(ctx context.Context, holder string) (k notify.Keys, ok bool, err error) {
	return first(collect(ctx, r.d, scanKeys, selectKeys, holder))
}

// EnsureKeys returns the keys of a holder. Where there are none yet it keeps
// fresh, of one of many callers.
func (r *Rolls) EnsureKeys(ctx context.Context, fresh notify.Keys) (notify.Keys, error) {
	k, ok, err := r.Keys(ctx, fresh.Holder)
	if ok || err != nil {
		return k, err
	}
	err = db.Change(ctx, r.d, func(tx *db.Tx) error {
		if err := writeKeys(ctx, tx, fresh, ` DO NOTHING`); err != nil {
			return err
		}
		k, _, err = first(gather(ctx, tx, scanKeys, selectKeys, fresh.Holder))
		return err
	})
	return k, err
}

// Rotate gives a holder another key and returns the keys as they are then: the one
// before signs beside it until a time, if that comes after now, and the one before
// that no more. The error of a subscription that does not exist has the code NotFound.
func (r *Rolls) Rotate(ctx context.Context, holder, fresh string, until, now time.Time) (k notify.Keys, err error) {
	err = db.Change(ctx, r.d, func(tx *db.Tx) error {
		if err := raiseRev(ctx, tx); err != nil { // so that one comes after the other
			return err
		}
		if err := held(ctx, tx, holder); err != nil {
			return err
		}
		was, _, err := first(gather(ctx, tx, scanKeys, selectKeys, holder))
		if err != nil {
			return err
		}
		k = notify.Keys{Holder: holder, Current: fresh}
		if was.Current != "" && until.After(now) {
			k.Previous, k.Until = was.Current, until
		}
		return writeKeys(ctx, tx, k, replaceKeys)
	})
	return k, err
}

// held refuses a holder that is gone.
func held(ctx context.Context, tx *db.Tx, holder string) error {
	if notify.HeldByPerson(holder) || notify.HeldByServer(holder) {
		return nil
	}
	_, ok, err := first(gather(ctx, tx, scanSub, selectSub, holder))
	if err == nil && !ok {
		err = noSuch(notify.SubscriptionID(holder))
	}
	return err
}

const replaceKeys = ` DO UPDATE SET current_key = excluded.current_key, previous_key = excluded.previous_key, until_at = excluded.until_at`

func writeKeys(ctx context.Context, tx *db.Tx, k notify.Keys, orElse string) error {
	_, err := tx.Exec(ctx, `INSERT INTO signing_keys (holder, current_key, previous_key, until_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (holder)`+orElse, k.Holder, k.Current, k.Previous, table.Micros(k.Until))
	return err
}
