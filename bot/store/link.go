package store

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// The bounds of links.
const (
	mostAccounts = 10               // of one person
	mostTries    = 5                // wrong codes of one account within tryWindow
	tryWindow    = 10 * time.Minute // after which a wrong code is forgotten
	mostName     = 200              // characters of the name that somebody has on a platform
)

// Link makes an account that of the person who got a code, whosever it was before, and uses
// the code up. Name is what the person is called on the platform.
//
// The error of a code that is wrong, used or too old is Invalid, of the field code; after five
// of them within ten minutes it is Limited for this account, whatever the code. For a person
// who has ten accounts it is Conflict, and the code stays good.
func (s *Accounts) Link(ctx context.Context, code string, a bot.Account, name string) (progress.Person, error) {
	var p progress.Person
	var refusal error
	err := db.Change(ctx, s.d, func(tx *db.Tx) (err error) {
		l := linkage{ctx: ctx, tx: tx, a: a, now: s.Now()}
		p, refusal, err = l.link(code, short(name, mostName))
		return err
	})
	if err != nil || refusal != nil {
		return "", cmp.Or(err, refusal)
	}
	s.follow(ctx, a)
	return p, nil
}

// Unlink ends that an account is anybody's, at once; ok is false if it was nobody's.
func (s *Accounts) Unlink(ctx context.Context, a bot.Account) (ok bool, err error) {
	err = db.Change(ctx, s.d, func(tx *db.Tx) error {
		done, err := tx.Exec(ctx, `UPDATE chat_accounts SET person = '', name = '', linked_at = $4, pending = 1
			WHERE platform = $1 AND team = $2 AND account = $3 AND person <> ''`, keyed(a, table.Micros(s.Now()))...)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		ok = n > 0
		return err
	})
	if ok && err == nil {
		s.follow(ctx, a)
	}
	return ok && err == nil, err
}

// linkage is a link in the making.
type linkage struct {
	ctx context.Context
	tx  *db.Tx
	a   bot.Account
	now time.Time
}

// link does what a code allows. A refusal is kept, as it counts as a try; an error undoes all.
func (l linkage) link(code, name string) (p progress.Person, refusal, err error) {
	tries, err := l.tries()
	if err != nil {
		return "", nil, err
	}
	if len(tries) >= mostTries {
		return "", &progress.Error{Code: progress.Limited, Say: "those were too many wrong codes; try again in ten minutes, with a new one"}, nil
	}
	p, err = l.take(code)
	if err != nil {
		return "", nil, err
	}
	if p == "" {
		wrong := &progress.Error{Code: progress.Invalid, Field: "code", Say: "is wrong, used up or too old; get a new one"}
		return "", wrong, l.keep(append(tries, table.Micros(l.now)))
	}
	if err := l.room(p); err != nil {
		return "", nil, err
	}
	return p, nil, l.put(p, name)
}

// tries are when the account gave wrong codes lately. Nobody else tries for it until the
// transaction ends.
func (l linkage) tries() (out []int64, err error) {
	var text string
	err = l.tx.QueryRow(l.ctx, `INSERT INTO chat_tries (platform, team, account, tries, until_at) VALUES ($1, $2, $3, '[]', $4)
		ON CONFLICT (platform, team, account) DO UPDATE SET until_at = excluded.until_at RETURNING tries`,
		keyed(l.a, table.Micros(l.now.Add(tryWindow)))...).Scan(&text)
	if err == nil {
		err = json.Unmarshal([]byte(text), &out)
	}
	since := table.Micros(l.now.Add(-tryWindow))
	return slices.DeleteFunc(out, func(at int64) bool { return at <= since }), err
}

func (l linkage) keep(tries []int64) error {
	text, err := json.Marshal(tries)
	if err == nil {
		_, err = l.tx.Exec(l.ctx, `UPDATE chat_tries SET tries = $4 WHERE platform = $1 AND team = $2 AND account = $3`, keyed(l.a, string(text))...)
	}
	return err
}

// take uses a code up, and is whose it is; "" if there is none such.
func (l linkage) take(code string) (progress.Person, error) {
	p, _, err := one(l.ctx, l.tx, `DELETE FROM chat_codes WHERE sum = $1 AND until_at > $2 RETURNING person`, sumOf(code), table.Micros(l.now))
	return progress.Person(p), err
}

// room refuses one more account of a person who has the most. The first statement makes who
// links another at the same time wait.
func (l linkage) room(p progress.Person) error {
	if _, err := l.tx.Exec(l.ctx, `UPDATE chat_accounts SET pending = pending WHERE person = $1`, string(p)); err != nil {
		return err
	}
	var n int
	err := l.tx.QueryRow(l.ctx, `SELECT COUNT(*) FROM chat_accounts WHERE NOT (platform = $1 AND team = $2 AND account = $3) AND person = $4`,
		keyed(l.a, string(p))...).Scan(&n)
	if err == nil && n >= mostAccounts {
		err = &progress.Error{Code: progress.Conflict, Say: "ten chat accounts are the most that one person may link; remove one first"}
	}
	return err
}

func (l linkage) put(p progress.Person, name string) error {
	_, err := l.tx.Exec(l.ctx, `INSERT INTO chat_accounts (platform, team, account, person, name, linked_at, pending) VALUES ($1, $2, $3, $4, $5, $6, 1)
		ON CONFLICT (platform, team, account) DO UPDATE SET person = excluded.person, name = excluded.name, linked_at = excluded.linked_at, pending = 1`,
		keyed(l.a, string(p), name, table.Micros(l.now))...)
	if err == nil {
		_, err = l.tx.Exec(l.ctx, `DELETE FROM chat_tries WHERE platform = $1 AND team = $2 AND account = $3`, keyed(l.a)...)
	}
	return err
}
