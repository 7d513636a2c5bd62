package chat

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// Options are what people talk with, whichever platform they are on. Its funcs are called from
// many goroutines. What may be left out says so.
type Options struct {
	Bot      Hearer
	Accounts Accounts
	Rooms    Rooms
	Book     Book

	// Person is somebody with their rights, who beside their own groups is in these; ok is
	// false for one who is gone.
	Person func(ctx context.Context, who progress.Person, groups []string) (a progress.Actor, ok bool, err error)

	// Reader is how somebody reads. Default is how they read who are not known.
	Reader  func(ctx context.Context, who progress.Person) (templates.Reader, error)
	Default templates.Reader

	// Say puts what is said in the lane toward an address, before what can wait.
	Say func(to notify.Address, s notify.Speech) error

	// Running are the tasks that somebody may see and that have not ended, those first that
	// wait for a decision, and how many there are beyond them.
	Running func(ctx context.Context, who progress.Actor) (tasks []templates.Subject, more int, err error)

	// Elsewhere is where people began to talk who go on in direct messages. Those who hear for
	// the same platform share one; nil makes one.
	Elsewhere *Elsewhere

	Link string // to the dashboard; "" for none
	Page string // on which people link their accounts; "" for none

	Log *slog.Logger     // nil means slog.Default
	Now func() time.Time // nil means time.Now
}

// Whole are the options with what was left out.
func (o Options) Whole() Options {
	o.Log = cmp.Or(o.Log, slog.Default())
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Elsewhere == nil {
		o.Elsewhere = NewElsewhere()
	}
	return o
}

// Hearer answers what people say and press: bot.Bot does, which also gives how it was
// understood. With an error, the reply says that it does not work just now.
type Hearer interface {
	Hear(ctx context.Context, t bot.Turn) (templates.Reply, error)
}

// Accounts are who on a platform is who in Herald: *store.Accounts of bot/store is one.
type Accounts interface {
	// Who is whose an account is; ok is false where nobody has linked it.
	Who(ctx context.Context, a bot.Account) (p progress.Person, ok bool, err error)

	// Link makes an account that of whoever has made a code, and uses the code up. The
	// error has the code Invalid or NotFound for one that is wrong or old, and Limited for
	// too many tries.
	Link(ctx context.Context, code string, a bot.Account, name string) (progress.Person, error)

	// Unlink makes it nobody's; ok is false if it was.
	Unlink(ctx context.Context, a bot.Account) (ok bool, err error)
}

// Rooms are what is known of places, and of what stands there.
type Rooms interface {
	// Shown are the tasks that were told of at addresses.
	Shown(ctx context.Context, to []notify.Address) ([]progress.TaskID, error)

	// TaskAt is the task that a message of ours is about, by what the platform calls it; ok
	// is false for any other message.
	TaskAt(ctx context.Context, far string) (id progress.TaskID, ok bool, err error)
}

// Book says answers in words: *templates.Book is one.
type Book interface {
	Card(s templates.Subject, r templates.Reader) templates.Card
	Reply(a templates.Answer, r templates.Reader, now time.Time) templates.Reply
}

// Side is what only the platform can do. Its methods are called from many goroutines, and may
// ask the platform.
type Side interface {
	// Account is whose account it is for the platform.
	Account(ctx context.Context, at Spot) (bot.Account, error)

	// Name is what somebody is called there.
	Name(ctx context.Context, at Spot) (string, error)

	// Groups are those of Herald that somebody is in for what they are on the platform.
	Groups(ctx context.Context, at Spot) []string

	// Rooms are the addresses by which rules may know the place.
	Rooms(ctx context.Context, at Spot) []notify.Address

	// Whisper shows something to who is there, and nobody else. All is false if some of it,
	// a file, could not be shown that way; the error is ErrNoPlace if none could.
	Whisper(ctx context.Context, at Spot, s notify.Speech) (all bool, err error)
}

// ErrNoPlace is that there is nowhere where one person alone can be shown something.
var ErrNoPlace = errors.New("nobody can be shown something there alone")

// Desk answers what people say and press on one platform. It may be used from any goroutine.
type Desk struct {
	*mouth
	said  *seen // messages, whichever events they come as
	tempo *tempo
}

// NewDesk makes the desk of a platform, by its name in addresses. What it says it says while
// the inbox runs.
func NewDesk(platform string, o Options, side Side, in *Inbox) *Desk {
	p := &people{Options: o.Whole(), side: side, readers: map[string]templates.Reader{}}
	return &Desk{mouth: &mouth{p, platform, in}, said: newSeen(), tempo: newTempo()}
}
