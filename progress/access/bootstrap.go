package access

import (
	"context"
	"fmt"
	"io"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// Admin is the person that the first start makes, and whom the configured admin
// token stands for.
const Admin progress.Person = "admin"

// First is what a first start shows to who runs the server: secrets, so it does
// not print.
type First struct {
	Token string `json:"-"` // of Admin, with all scopes; "" if none was needed
	Code  string `json:"-"` // a login code of Admin, good for an hour; "" if this is no first start
}

// Format keeps the secrets out of logs and errors.
func (f First) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, dots) }

// Bootstrap makes sure that there is a way in. Where there is no admin it makes
// one; where, besides, no admin token is configured and none was ever made, it
// makes one. Of many nodes that start at once, one does, and the others get the
// empty First, as later starts do.
func (a *Access) Bootstrap(ctx context.Context) (First, error) {
	var first First
	err := a.change(ctx, func(tx *store.AccessTx) error {
		first = First{}
		made, err := a.ensureAdmin(ctx, tx)
		if err != nil {
			return err
		}
		if first.Token, err = a.firstToken(ctx, tx); err != nil || !made && first.Token == "" {
			return err
		}
		first.Code, _, err = a.addCode(ctx, tx, starter, Admin)
		return err
	})
	if err != nil {
		return First{}, err
	}
	return first, nil
}

// starter is Herald itself, who makes the first credentials.
var starter = Caller{Actor: progress.Timer()}

// ensureAdmin makes Admin if there is no enabled admin.
func (c *core) ensureAdmin(ctx context.Context, tx *store.AccessTx) (made bool, err error) {
	n, err := tx.Enabled(ctx, RoleAdmin)
	if err != nil || n > 0 {
		return false, err
	}
	p := Person{Name: Admin, Role: RoleAdmin, CreatedAt: c.stamp(), CreatedBy: starter.Person}
	return true, tx.SavePerson(ctx, p)
}

// firstToken makes a token of Admin if there is no other; "" if there is, or if
// Admin is not an admin any more.
func (a *Access) firstToken(ctx context.Context, tx *store.AccessTx) (secret string, err error) {
	at, err := tx.AdminTokenAt(ctx)
	if err != nil || a.admin != nil || !at.IsZero() {
		return "", err
	}
	p, _, err := tx.Person(ctx, Admin)
	if err != nil || p.Role != RoleAdmin || disabled(p) {
		return "", err
	}
	_, secret, err = a.addToken(ctx, tx, starter, Token{Person: Admin, Name: "first start", Scopes: Scopes(allRights)})
	return secret, err
}
