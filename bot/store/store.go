package store

import (
	"context"
	"time"

	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// Store is the memory of the bot. Its methods may be called from any goroutine and on many
// nodes.
type Store struct {
	d   *db.DB
	now func() time.Time
}

// New returns the memory in an open database. What is kept until a time is gone when the
// clock is there; nil means time.Now.
func New(d *db.DB, now func() time.Time) *Store {
	if now == nil {
		now = time.Now
	}
	return &Store{d, now}
}

// purgePortion is how many rows one transaction forgets, so that nobody waits long for it.
const purgePortion = 500

// Purge forgets what was kept until before now, and codes that link nothing any more.
func (s *Store) Purge(ctx context.Context) error {
	for _, query := range []string{purgeMemory, purgeReasons, purgeCodes, purgeTries} {
		if err := s.purge(ctx, query); err != nil {
			return err
		}
	}
	return nil
}

const (
	purgeMemory = `DELETE FROM bot_memory WHERE until_at < $1 AND place IN
		(SELECT place FROM bot_memory WHERE until_at < $1 ORDER BY until_at LIMIT $2)`

	purgeReasons = `DELETE FROM bot_reasons WHERE until_at < $1 AND of_key IN
		(SELECT of_key FROM bot_reasons WHERE until_at < $1 ORDER BY until_at LIMIT $2)`

	purgeCodes = `DELETE FROM chat_codes WHERE until_at < $1 AND sum IN
		(SELECT sum FROM chat_codes WHERE until_at < $1 ORDER BY until_at LIMIT $2)`

	purgeTries = `DELETE FROM chat_tries WHERE until_at < $1 AND (platform, team, account) IN
		(SELECT platform, team, account FROM chat_tries WHERE until_at < $1 ORDER BY until_at LIMIT $2)`
)

// purge runs a statement until it finds less than a portion.
func (s *Store) purge(ctx context.Context, query string) error {
	for {
		var n int64
		if err := db.Change(ctx, s.d, func(tx *db.Tx) error {
			done, err := tx.Exec(ctx, query, table.Micros(s.now()), purgePortion)
			if err != nil {
				return err
			}
			n, err = done.RowsAffected()
			return err
		}); err != nil || n < purgePortion {
			return err
		}
	}
}

// exec runs one statement.
func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	return db.Change(ctx, s.d, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
}

// text reads one text; ok is false if there is no row.
func (s *Store) text(ctx context.Context, query string, args ...any) (text string, ok bool, err error) {
	err = s.d.Read(ctx, func(tx *db.Tx) error {
		text, ok, err = one(ctx, tx, query, args...)
		return err
	})
	return text, ok, err
}
