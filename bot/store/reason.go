package store

import (
	"context"
	"strings"
	"time"

	"github.com/taskherald/herald/progress/db/table"
)

// KeepReason keeps a text under a key until a time, in the place of what was kept there:
// the reason that somebody gave, under the key of the ticket that asks for it
// (ticket.Ticket.Key), say. Of one that is longer than 16,000 characters its beginning is
// kept, of "" nothing.
func (s *Store) KeepReason(ctx context.Context, key string, reason string, until time.Time) error {
	if reason = short(reason, mostKept); reason == "" {
		return s.exec(ctx, `DELETE FROM bot_reasons WHERE of_key = $1`, key)
	}
	return s.exec(ctx, `INSERT INTO bot_reasons (of_key, reason, until_at) VALUES ($1, $2, $3)
		ON CONFLICT (of_key) DO UPDATE SET reason = excluded.reason, until_at = excluded.until_at`, key, reason, table.Micros(until))
}

// ReasonOf is the text that is kept under a key; "" if there is none, or its time is up.
func (s *Store) ReasonOf(ctx context.Context, key string) (string, error) {
	reason, _, err := s.text(ctx, `SELECT reason FROM bot_reasons WHERE of_key = $1 AND until_at > $2`, key, table.Micros(s.now()))
	return reason, err
}

// short is a reason as it is kept: without what PostgreSQL does not store, and not too long.
func short(reason string, most int) string {
	reason = strings.ReplaceAll(strings.ToValidUTF8(reason, "\uFFFD"), "\x00", "")
	n := 0
	for i := range reason {
		if n++; n > most {
			return reason[:i]
		}
	}
	return reason
}
