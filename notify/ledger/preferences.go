package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

const selectPreferences = `SELECT person, doc, changed_at FROM preferences`

// scanPreferences reads one row of them. One that cannot be read stands in nobody's way.
func scanPreferences(rows *sql.Rows) (p notify.Preferences, err error) {
	var who progress.Person
	var doc string
	var changed int64
	if err = rows.Scan(&who, &doc, &changed); err != nil {
		return p, err
	}
	if broken := json.Unmarshal([]byte(doc), &p); broken != nil {
		p = notify.Preferences{Broken: broken.Error()}
	}
	p.Person, p.At = who, table.Time(changed)
	return p, nil
}

// Preferences are those of everyone who has some, by name.
func (r *Rolls) Preferences(ctx context.Context) ([]notify.Preferences, error) {
	return collect(ctx, r.d, scanPreferences, selectPreferences+` ORDER BY person`)
}

const selectPreferencesOf = selectPreferences + ` WHERE person = $1`

// PreferencesOf are those of a person; the zero ones with their name for one who has none.
func (r *Rolls) PreferencesOf(ctx context.Context, who progress.Person) (notify.Preferences, error) {
	p, _, err := first(collect(ctx, r.d, scanPreferences, selectPreferencesOf, string(who)))
	p.Person = who
	return p, err
}

// Prefer changes the preferences of a person in one transaction and returns what they
// became; an error of fn comes back as it is and changes nothing. Fn may be called more
// than once.
func (r *Rolls) Prefer(ctx context.Context, who progress.Person, fn func(*notify.Preferences) error) (p notify.Preferences, err error) {
	err = db.Change(ctx, r.d, func(tx *db.Tx) error {
		if err := raiseRev(ctx, tx); err != nil {
			return err
		}
		var err error
		if p, _, err = first(gather(ctx, tx, scanPreferences, selectPreferencesOf, string(who))); err != nil {
			return err
		}
		p.Person = who
		if err := fn(&p); err != nil {
			return err
		}
		p.Person = who
		return writePreferences(ctx, tx, &p)
	})
	return p, err
}

// writePreferences keeps what somebody prefers; of who prefers nothing, nothing is kept.
func writePreferences(ctx context.Context, tx *db.Tx, p *notify.Preferences) error {
	said, none := *p, notify.Preferences{Person: p.Person}
	said.At = time.Time{}
	doc := encode(said)
	if doc == encode(none) {
		*p = none
		_, err := tx.Exec(ctx, `DELETE FROM preferences WHERE person = $1`, string(p.Person))
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO preferences (person, doc, changed_at) VALUES ($1, $2, $3)
		ON CONFLICT (person) DO UPDATE SET doc = excluded.doc, changed_at = excluded.changed_at`, string(p.Person), plain(doc), table.Micros(p.At))
	return err
}
