package store

import (
	"context"
	"errors"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// Heal carries out what is still to be done about how people are told at accounts that were
// linked and unlinked: what an earlier process did not come to, or what failed. What fails
// again is the error, and waits for the next time.
func (s *Accounts) Heal(ctx context.Context) error {
	rows, err := s.rows(ctx, `WHERE pending = 1 ORDER BY linked_at`)
	for _, r := range rows {
		err = errors.Join(err, s.settle(ctx, r.Account))
	}
	return err
}

// follow has how somebody is told at an account follow what is linked. What was linked is so
// all the same: Heal makes good what fails. It is done though who asked goes away.
func (s *Accounts) follow(ctx context.Context, a bot.Account) {
	if err := s.settle(context.WithoutCancel(ctx), a); err != nil {
		s.Log.Error("how somebody is told at a chat account could not be brought up to date; it is tried again later",
			"platform", a.Platform, "account", a.ID, "error", err)
	}
}

// settles is how often an account may change while it is settled.
const settles = 5

// settle brings up to date how somebody is told at an account. Where what is linked has
// changed by the time that is done, it is done again by what is linked then: so whoever comes
// last leaves it right.
func (s *Accounts) settle(ctx context.Context, a bot.Account) error {
	for i := range settles {
		row, ok, err := s.row(ctx, a)
		if err != nil || i == 0 && (!ok || !row.pending) {
			return err
		}
		if err := s.apply(ctx, a, row); err != nil {
			return err
		}
		if still, err := s.settled(ctx, a, row, ok); still || err != nil {
			return err
		}
	}
	return errors.New("it changes too often")
}

// apply has whoever a row names be told at the account.
func (s *Accounts) apply(ctx context.Context, a bot.Account, row accountRow) error {
	switch {
	case s.Ways == nil:
		return nil
	case row.Person == "":
		return s.Ways.Unlinked(ctx, a)
	}
	return s.Ways.Linked(ctx, row.Person, a, row.Name)
}

// settled notes that a row was carried out, if it is still as it was; there says whether the
// account had one.
func (s *Accounts) settled(ctx context.Context, a bot.Account, row accountRow, there bool) (still bool, err error) {
	if !there {
		_, ok, err := s.row(ctx, a)
		return !ok, err
	}
	query := `UPDATE chat_accounts SET pending = 0`
	if row.Person == "" {
		query = `DELETE FROM chat_accounts`
	}
	err = db.Change(ctx, s.d, func(tx *db.Tx) error {
		done, err := tx.Exec(ctx, query+` WHERE platform = $1 AND team = $2 AND account = $3 AND person = $4 AND linked_at = $5`,
			keyed(a, string(row.Person), table.Micros(row.At))...)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		still = n > 0
		return err
	})
	return still && err == nil, err
}
