package access

import (
	"context"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
)

// How many credentials one person may have: good tokens, sessions and login
// codes. Of the last two the oldest makes room for one more.
const (
	mostTokens   = 200
	mostSessions = 100
	mostCodes    = 20
)

// checkRoom refuses a person one more token than mostTokens.
func (c *core) checkRoom(ctx context.Context, tx *store.AccessTx, person progress.Person) error {
	n, err := tx.GoodTokens(ctx, person, c.now())
	if err == nil && n >= mostTokens {
		err = refuse(progress.Conflict, "%s has %d good tokens, which is the most; revoke one first", person, n)
	}
	return err
}
