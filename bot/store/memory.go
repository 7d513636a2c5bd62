package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// The bounds of what is kept.
const (
	mostOffered = 10     // tasks that were listed: the first of them
	mostReason  = 4000   // characters of a reason that waits with a question
	mostKept    = 16_000 // characters of what is kept under a key
)

// Recall is what is remembered of a place; ok is false where that is nothing. What cannot
// be read any more is forgotten.
func (s *Store) Recall(ctx context.Context, p bot.Place) (m bot.Memory, ok bool, err error) {
	doc, ok, err := s.text(ctx, `SELECT doc FROM bot_memory WHERE place = $1`, key(p))
	if !ok || err != nil {
		return m, false, err
	}
	if broken := json.Unmarshal([]byte(doc), &m); broken != nil {
		m, ok = bot.Memory{}, false
	}
	return m, ok, nil
}

// Remember keeps m as what is remembered of a place from now on, until a time. Of nothing,
// nothing is kept.
func (s *Store) Remember(ctx context.Context, p bot.Place, m bot.Memory, until time.Time) error {
	doc := encode(bounded(m))
	if doc == encode(bot.Memory{At: m.At}) {
		return s.exec(ctx, `DELETE FROM bot_memory WHERE place = $1`, key(p))
	}
	return s.exec(ctx, `INSERT INTO bot_memory (place, doc, until_at) VALUES ($1, $2, $3)
		ON CONFLICT (place) DO UPDATE SET doc = excluded.doc, until_at = excluded.until_at`, key(p), doc, table.Micros(until))
}

// bounded is what of a memory is kept.
func bounded(m bot.Memory) bot.Memory {
	m.Offered = m.Offered[:min(len(m.Offered), mostOffered)]
	if m.Asked != nil {
		asked := *m.Asked
		asked.Reason, asked.Picks = short(asked.Reason, mostReason), asked.Picks[:min(len(asked.Picks), mostOffered)]
		m.Asked = &asked
	}
	return m
}

// key is a place as the table has it. Each part is told apart from the next by its length.
func key(p bot.Place) string {
	h := sha256.New()
	for _, part := range []string{p.Room, p.Thread, string(p.Person)} {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return hex.EncodeToString(h.Sum(nil))
}

func encode(m bot.Memory) string {
	b, err := json.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("store: a memory does not encode: %v", err))
	}
	return string(b)
}

// one reads the one column of the first row; ok is false if there is none.
func one(ctx context.Context, tx *db.Tx, query string, args ...any) (text string, ok bool, err error) {
	err = table.Scan(ctx, tx, func(rows *sql.Rows) error {
		ok = true
		return rows.Scan(&text)
	}, query, args...)
	return text, ok, err
}
