package bot

import (
	"context"
	"time"

	"github.com/taskherald/herald/progress"
)

// Account is somebody on a chat platform, as the platform knows them. It says nothing of who
// they are here: an account is somebody's once they have linked it.
type Account struct {
	Platform string // such as "slack"
	Team     string // the workspace or server, "" where the platform has none
	ID       string
}

// LinkedAccount is an account that somebody has linked.
type LinkedAccount struct {
	Account
	Person progress.Person
	Name   string // that they have on the platform, "" if nobody knows
	At     time.Time
}

// Ways are the means by which people are told at the chat accounts that they have linked. They
// are brought up to date after each change of what is linked, and again if that was cut short:
// both may be called for the same again, from any goroutine and by several servers.
type Ways interface {
	// Linked has a person be told at an account, and nobody else there.
	Linked(ctx context.Context, p progress.Person, a Account, name string) error

	// Unlinked has nobody be told at an account any more.
	Unlinked(ctx context.Context, a Account) error
}
