package store

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// AccountOptions are what accounts stand on. Each may be left out.
type AccountOptions struct {
	Ways bot.Ways         // nil: people are told nothing at their accounts
	Now  func() time.Time // nil means time.Now
	Log  *slog.Logger     // nil means slog.Default
}

// Accounts are the accounts on chat platforms that people have linked. Its methods may be
// called from any goroutine and on many nodes.
type Accounts struct {
	d *db.DB
	AccountOptions
}

// NewAccounts returns those in an open database. What an earlier process has left undone,
// Heal carries out.
func NewAccounts(d *db.DB, o AccountOptions) *Accounts {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Accounts{d, o}
}

// Who is whose account it is at this moment; ok is false where nobody has linked it. The
// person may be gone or disabled meanwhile: who asks has to look.
func (s *Accounts) Who(ctx context.Context, a bot.Account) (p progress.Person, ok bool, err error) {
	row, ok, err := s.row(ctx, a)
	return row.Person, ok && row.Person != "", err
}

// Of are the accounts of a person, the oldest link first.
func (s *Accounts) Of(ctx context.Context, p progress.Person) ([]bot.LinkedAccount, error) {
	if p == "" {
		return nil, nil
	}
	rows, err := s.rows(ctx, `WHERE person = $1 ORDER BY linked_at, platform, team, account`, string(p))
	out := make([]bot.LinkedAccount, len(rows))
	for i, r := range rows {
		out[i] = r.LinkedAccount
	}
	return out, err
}

// accountRow is an account as the table has it.
type accountRow struct {
	bot.LinkedAccount
	pending bool
}

// row is an account's, of nobody's too; ok is false if it has none.
func (s *Accounts) row(ctx context.Context, a bot.Account) (r accountRow, ok bool, err error) {
	rows, err := s.rows(ctx, `WHERE platform = $1 AND team = $2 AND account = $3`, keyed(a)...)
	if err != nil || len(rows) == 0 {
		return accountRow{}, false, err
	}
	return rows[0], true, nil
}

func (s *Accounts) rows(ctx context.Context, which string, args ...any) (out []accountRow, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		return table.Scan(ctx, tx, func(rows *sql.Rows) error {
			var r accountRow
			var at, pending int64
			err := rows.Scan(&r.Platform, &r.Team, &r.ID, &r.Person, &r.Name, &at, &pending)
			r.At, r.pending = table.Time(at), pending != 0
			out = append(out, r)
			return err
		}, `SELECT platform, team, account, person, name, linked_at, pending FROM chat_accounts `+which, args...)
	})
	return out, err
}

// mostKey is how many characters a part of an account's key has.
const mostKey = 200

// keyed is an account as the first arguments of a statement.
func keyed(a bot.Account, more ...any) []any {
	return append([]any{short(a.Platform, mostKey), short(a.Team, mostKey), short(a.ID, mostKey)}, more...)
}
