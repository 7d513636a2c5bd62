package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// Rolls keeps who wants to be told, and the keys that sign what they are told.
type Rolls struct {
	d *db.DB
}

const subColumns = `id, owner, name, lane, channel, target, key_of, about, events, live, off_why, off_at, made_at, over_us`

func subArgs(s *notify.Subscription) []any {
	return []any{
		string(s.ID), string(s.Owner), plain(s.Name), string(s.Address.Lane()), s.Address.Channel, s.Address.To, s.Address.Key,
		plain(encode(s.Match)), plain(encode(s.Events)), bit(s.Live), short(s.Off), table.Micros(s.OffAt), table.Micros(s.MadeAt),
		s.Over.Microseconds(),
	}
}

// scanSub reads one row of subColumns.
func scanSub(rows *sql.Rows) (s notify.Subscription, err error) {
	var lane, about, events string
	var live, off, made, over int64
	if err = rows.Scan(&s.ID, &s.Owner, &s.Name, &lane, &s.Address.Channel, &s.Address.To, &s.Address.Key,
		&about, &events, &live, &s.Off, &off, &made, &over); err != nil {
		return s, err
	}
	s.Live, s.OffAt, s.MadeAt, s.Over = live != 0, table.Time(off), table.Time(made), time.Duration(over)*time.Microsecond
	if err = json.Unmarshal([]byte(about), &s.Match); err != nil {
		return s, err
	}
	return s, json.Unmarshal([]byte(events), &s.Events)
}

// Rev changes with every change of a subscription, and of somebody's preferences.
func (r *Rolls) Rev(ctx context.Context) (rev int64, err error) {
	err = r.d.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT rev FROM subscriptions_state WHERE id = 1`).Scan(&rev)
	})
	return rev, err
}

// raiseRev is the first statement of whatever changes subscriptions: it makes
// them wait for each other.
func raiseRev(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE subscriptions_state SET rev = rev + 1 WHERE id = 1`)
	return err
}

// Subscriptions are all of them, those that are off too, the oldest first.
func (r *Rolls) Subscriptions(ctx context.Context) ([]notify.Subscription, error) {
	return collect(ctx, r.d, scanSub, `SELECT `+subColumns+` FROM subscriptions ORDER BY made_at, id`)
}

const selectSub = `SELECT ` + subColumns + ` FROM subscriptions WHERE id = $1`

const selectSubsOf = `SELECT ` + subColumns + ` FROM subscriptions WHERE owner = $1 ORDER BY made_at, id`

// SubscriptionsOf are those of a person, those that are off too, the oldest first.
func (r *Rolls) SubscriptionsOf(ctx context.Context, owner progress.Person) ([]notify.Subscription, error) {
	return collect(ctx, r.d, scanSub, selectSubsOf, string(owner))
}

// Subscription is one of them; the error of one that does not exist has the code
// NotFound.
func (r *Rolls) Subscription(ctx context.Context, id notify.SubscriptionID) (notify.Subscription, error) {
	s, ok, err := first(collect(ctx, r.d, scanSub, selectSub, string(id)))
	if err == nil && !ok {
		err = noSuch(id)
	}
	return s, err
}

func noSuch(id notify.SubscriptionID) error {
	return &progress.Error{Code: progress.NotFound, Say: fmt.Sprintf("there is no subscription %q", id)}
}

// Subscribe keeps a new subscription with its keys, if they have a holder. An
// owner who has most on its channel already, those that are off too, gets the code
// Conflict. A lane toward its address that was closed is opened again.
func (r *Rolls) Subscribe(ctx context.Context, s notify.Subscription, keys notify.Keys, most int) error {
	return db.Change(ctx, r.d, func(tx *db.Tx) error {
		if err := raiseRev(ctx, tx); err != nil {
			return err
		}
		if err := room(ctx, tx, &s, most); err != nil {
			return err
		}
		return enter(ctx, tx, &s, keys)
	})
}

// room is that the owner of a subscription may have one more of its channel.
func room(ctx context.Context, tx *db.Tx, s *notify.Subscription, most int) error {
	var n int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM subscriptions WHERE owner = $1 AND channel = $2`,
		string(s.Owner), s.Address.Channel).Scan(&n); err != nil || n < most {
		return err
	}
	return &progress.Error{Code: progress.Conflict, Say: fmt.Sprintf("%d subscriptions are the most that one person may have; remove one first", most)}
}

// enter keeps a new subscription.
func enter(ctx context.Context, tx *db.Tx, s *notify.Subscription, keys notify.Keys) error {
	args := subArgs(s)
	if _, err := tx.Exec(ctx, `INSERT INTO subscriptions (`+subColumns+`) VALUES `+table.Set(1, len(args)), args...); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, reopenLane, string(s.Address.Lane())); err != nil || keys.Holder == "" {
		return err
	}
	return writeKeys(ctx, tx, keys, replaceKeys)
}

// Change changes a subscription, but for its ID, in one transaction and returns
// what it became; an error of fn comes back as it is and changes nothing. Fn may
// be called more than once. The lane of one that is on is opened; at a new address
// what waits for the old one is sent there.
func (r *Rolls) Change(ctx context.Context, id notify.SubscriptionID, fn func(*notify.Subscription) error) (s notify.Subscription, err error) {
	err = db.Change(ctx, r.d, func(tx *db.Tx) error {
		if err := raiseRev(ctx, tx); err != nil {
			return err
		}
		was, ok, err := first(gather(ctx, tx, scanSub, selectSub, string(id)))
		if err != nil {
			return err
		}
		if !ok {
			return noSuch(id)
		}
		s = was
		if err := fn(&s); err != nil {
			return err
		}
		s.ID = id
		return rewrite(ctx, tx, &was, &s)
	})
	return s, err
}

// Raise raises the number that every change of a subscription raises.
func (r *Rolls) Raise(ctx context.Context) error {
	return db.Change(ctx, r.d, func(tx *db.Tx) error { return raiseRev(ctx, tx) })
}

func rewrite(ctx context.Context, tx *db.Tx, was, is *notify.Subscription) error {
	if _, err := tx.Exec(ctx, `UPDATE subscriptions SET owner = $2, name = $3, lane = $4, channel = $5, target = $6, key_of = $7,
		about = $8, events = $9, live = $10, off_why = $11, off_at = $12, made_at = $13, over_us = $14 WHERE id = $1`, subArgs(is)...); err != nil {
		return err
	}
	if was.Address != is.Address {
		if err := move(ctx, tx, is); err != nil {
			return err
		}
	}
	if is.Off != "" {
		return nil
	}
	if was.Off != "" || !was.Live {
		if _, err := tx.Exec(ctx, reviveCards, string(is.ID)); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, reopenLane, string(is.Address.Lane()))
	return err
}

// reviveCards has the cards of tasks that go on be looked at again.
const reviveCards = `UPDATE cards SET over = 0 WHERE sub = $1 AND over = 1
	AND EXISTS (SELECT 1 FROM tasks WHERE tasks.id = cards.task_id AND tasks.ended_at = 0)`

// move takes what waits to a new address, and what could not be delivered at the old
// one, whose wish for a rest does not bind the new one. Cards are drawn there anew.
func move(ctx context.Context, tx *db.Tx, s *notify.Subscription) error {
	lane := notify.Lane{ID: s.Address.Lane(), Address: s.Address}
	if err := saveLanes.Run(ctx, tx, laneArgs([]notify.Lane{lane})); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM cards WHERE sub = $1 AND over = 1`, string(s.ID)); err != nil {
		return err
	}
	return inTurn(ctx, tx, []any{string(s.ID), string(lane.ID)},
		`UPDATE cards SET lane = $2, shown = 0, hash = '', far = '' WHERE sub = $1`,
		`UPDATE letters SET lane = $2, due_at = 0 WHERE sub = $1 AND state IN ('due', 'dead', 'dropped')`)
}

// Unsubscribe forgets a subscription, its keys, its cards and what is held for it; its
// letters that wait are dropped. The error of one that does not exist has the code NotFound.
func (r *Rolls) Unsubscribe(ctx context.Context, id notify.SubscriptionID, at time.Time) error {
	return db.Change(ctx, r.d, func(tx *db.Tx) error {
		if err := raiseRev(ctx, tx); err != nil {
			return err
		}
		return leave(ctx, tx, id, at)
	})
}

func leave(ctx context.Context, tx *db.Tx, id notify.SubscriptionID, at time.Time) error {
	n, err := run(ctx, tx, `DELETE FROM subscriptions WHERE id = $1`, string(id))
	if err == nil && n == 0 {
		err = noSuch(id)
	}
	if err != nil {
		return err
	}
	if err := inTurn(ctx, tx, []any{string(id)}, `DELETE FROM signing_keys WHERE holder = $1`, `DELETE FROM cards WHERE sub = $1`,
		`DELETE FROM held WHERE sub = $1`); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE letters SET state = 'dropped', why = 'unsubscribed', settled_at = $2 WHERE sub = $1 AND state = 'due'`,
		string(id), table.Micros(at))
	return err
}
