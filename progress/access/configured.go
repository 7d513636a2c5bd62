package access

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"github.com/taskherald/herald/progress/store"
)

// configured is the ID of the token of Options.AdminToken.
const configured = "configured"

// adminToken is the token of Options.AdminToken.
type adminToken struct {
	sum  digest
	keep *store.Access
	mu   sync.Mutex
	mark string // "" until it was needed
}

// A fingerprint has 64 bits, and costs a hundredth of a second: people choose
// admin tokens, and who reads the database must not find one by trying words.
const (
	markBytes  = 8
	markRounds = 50_000
)

// fingerprint tells this admin token from others, and nothing else about it. It
// differs from database to database.
func (a *adminToken) fingerprint(ctx context.Context) (string, error) {
	salt, err := a.keep.Salt(ctx, newSecret(""))
	if err != nil {
		return "", err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.mark == "" {
		mark, err := pbkdf2.Key(sha256.New, string(a.sum[:]), []byte(salt), markRounds, markBytes)
		if err != nil {
			return "", err
		}
		a.mark = hex.EncodeToString(mark)
	}
	return a.mark, nil
}

// vouch refuses what was made with another admin token; a is nil where none is
// configured.
func (a *adminToken) vouch(ctx context.Context, o store.Origin) (err error) {
	if o.AdminMark == "" {
		return nil
	}
	var mark string
	if a != nil {
		mark, err = a.fingerprint(ctx)
	}
	if err == nil && mark != o.AdminMark {
		err = unauthorized("this was made with a HERALD_ADMIN_TOKEN that is not the present one")
	}
	return err
}
