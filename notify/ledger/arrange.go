package ledger

import (
	"context"
	"slices"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// Wishes say what a person's Arrangement has to agree with.
type Wishes struct {
	Subs  []notify.Subscription // theirs, those that are off too, the oldest first
	Asked []notify.Letter       // that ask for a confirmation, in a person's name or at an address; the oldest first
}

// Query says whose wishes are meant, and which letters.
type Query struct {
	Owner progress.Person
	Lane  notify.LaneID // that of the address
	Since time.Time     // letters that were made then or later; zero: none are looked for
}

// Arrangement is what to write of a person's subscriptions.
type Arrangement struct {
	Sub  notify.Subscription   // a new one, or what one of theirs becomes; none without an ID
	Keys notify.Keys           // of it, if they have a holder
	End  notify.SubscriptionID // one of theirs in whose place it is, "" for none
	Sole string                // why other people's are switched off that lead where it does; "" leaves them
	At   time.Time             // of the ends

	Routed notify.Routed // letters that are written with it
}

// Arrange changes what a person wants to be told, in one transaction. Fn is given what
// there is and says what to write; its error comes back as it is and changes nothing. It
// may be called more than once.
func (r *Rolls) Arrange(ctx context.Context, q Query, fn func(Wishes) (Arrangement, error)) error {
	return db.Change(ctx, r.d, func(tx *db.Tx) error {
		if err := raiseRev(ctx, tx); err != nil {
			return err
		}
		w, err := wishes(ctx, tx, q)
		if err != nil {
			return err
		}
		a, err := fn(w)
		if err != nil {
			return err
		}
		return a.write(ctx, tx, w.Subs)
	})
}

func wishes(ctx context.Context, tx *db.Tx, q Query) (w Wishes, err error) {
	if w.Subs, err = gather(ctx, tx, scanSub, selectSubsOf, string(q.Owner)); err != nil || q.Since.IsZero() {
		return w, err
	}
	w.Asked, err = gather(ctx, tx, scanLetter, selectAsked, string(q.Lane), string(q.Owner), table.Micros(q.Since), asksToConfirm)
	return w, err
}

// asksToConfirm is how the note of a letter begins that asks for a confirmation.
const asksToConfirm = `{"kind":"` + string(notify.NoteConfirm) + `"%`

const selectAsked = `SELECT ` + letterColumns + ` FROM letters
		WHERE state IN ('due', 'sent', 'dead', 'dropped') AND lane = $1 AND calm = 0 AND made_at >= $3 AND note LIKE $4
	UNION SELECT ` + letterColumns + ` FROM letters
		WHERE state IN ('due', 'sent', 'dead', 'dropped') AND person = $2 AND made_at >= $3 AND note LIKE $4
	ORDER BY made_at, id`

func (a *Arrangement) write(ctx context.Context, tx *db.Tx, have []notify.Subscription) error {
	for _, step := range []func() error{
		func() error { return a.keep(ctx, tx, have) },
		func() error { return a.end(ctx, tx) },
		func() error { return (&batch{routed: a.Routed}).write(ctx, tx) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// keep writes the subscription with its keys.
func (a *Arrangement) keep(ctx context.Context, tx *db.Tx, have []notify.Subscription) error {
	if a.Sub.ID == "" {
		return nil
	}
	i := slices.IndexFunc(have, func(s notify.Subscription) bool { return s.ID == a.Sub.ID })
	if i < 0 {
		return enter(ctx, tx, &a.Sub, a.Keys)
	}
	if err := rewrite(ctx, tx, &have[i], &a.Sub); err != nil || a.Keys.Holder == "" {
		return err
	}
	return writeKeys(ctx, tx, a.Keys, replaceKeys)
}

// end ends those in whose place it is.
func (a *Arrangement) end(ctx context.Context, tx *db.Tx) error {
	if a.End != "" {
		if err := leave(ctx, tx, a.End, a.At); err != nil {
			return err
		}
	}
	if a.Sole == "" {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE subscriptions SET off_why = $4, off_at = $5 WHERE channel = $1 AND target = $2 AND owner <> $3 AND off_why <> $4`,
		a.Sub.Address.Channel, a.Sub.Address.To, string(a.Sub.Owner), short(a.Sole), table.Micros(a.At))
	return err
}
