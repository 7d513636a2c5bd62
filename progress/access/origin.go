package access

import (
	"context"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// receiver gives the person for whom a caller makes a credential.
func receiver(ctx context.Context, tx *store.AccessTx, by Caller, name progress.Person) (Person, error) {
	if err := standing(ctx, tx, by.origin); err != nil {
		return Person{}, err
	}
	p, ok, err := tx.Person(ctx, name)
	switch {
	case err != nil:
		return Person{}, err
	case !ok:
		return Person{}, nobody(name)
	case disabled(p):
		return Person{}, refuse(progress.Conflict, "%s is disabled", name)
	}
	return p, nil
}

// standing refuses to make anything whose origin is a token that was revoked
// meanwhile: the revocation did not see what is made now.
func standing(ctx context.Context, tx *store.AccessTx, o store.Origin) error {
	if o.Token == "" {
		return nil
	}
	t, ok, err := tx.Token(ctx, o.Token)
	if err == nil && (!ok || !t.RevokedAt.IsZero()) {
		err = unauthorized("the token behind this was revoked")
	}
	return err
}
