package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// The bounds of codes.
const (
	CodeLasts = 10 * time.Minute // how long one is good

	codeSize  = 5 // random bytes of a code, which are 8 letters and digits
	mostCodes = 3 // of a person that are good at a time
)

// letters are what codes are made of: none looks like another. A code that is read aloud has
// no O, I, 0 and 1 in it.
var letters = base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").WithPadding(base32.NoPadding)

// NewCode makes a code by which an account becomes a person's, and says until when it is good.
// It is shown as ABCD-EFGH, and can be seen in no other place. The newest three of a person are
// good.
func (s *Accounts) NewCode(ctx context.Context, p progress.Person) (code string, until time.Time, err error) {
	var raw [codeSize]byte
	_, _ = rand.Read(raw[:]) // never fails
	text := letters.EncodeToString(raw[:])
	until = s.Now().Add(CodeLasts).UTC().Truncate(time.Microsecond)
	err = db.Change(ctx, s.d, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM chat_codes WHERE person = $1 AND sum NOT IN (
			SELECT sum FROM chat_codes WHERE person = $1 ORDER BY until_at DESC, sum DESC LIMIT $2)`, string(p), mostCodes-1); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO chat_codes (sum, person, until_at) VALUES ($1, $2, $3)`, sumOf(text), string(p), table.Micros(until))
		return err
	})
	return text[:4] + "-" + text[4:], until, err
}

// sumOf is what is kept of a code, however it was written; "" of what cannot be one.
func sumOf(code string) string {
	text := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
			return r
		}
		return -1
	}, code[:min(len(code), mostCode)])
	if raw, err := letters.DecodeString(text); err != nil || len(raw) != codeSize {
		return ""
	}
	sum := sha256.Sum256([]byte("chat code " + text))
	return hex.EncodeToString(sum[:])
}

// mostCode is how much of a text is looked at for a code, in bytes.
const mostCode = 64
