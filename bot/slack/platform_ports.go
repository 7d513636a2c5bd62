package slack

import (
	"context"
	"log/slog"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
)

// Options are what a platform stands on. Its funcs are called from many goroutines. What may
// be left out says so.
type Options struct {
	Client        *Client // with an app token the platform listens by Socket Mode
	SigningSecret string  // of requests over HTTP; "" for none

	Bot      Hearer
	Accounts Accounts
	Rooms    Rooms
	Book     Book
	Cards    *slackcard.Layout

	// Person is somebody with their rights, who beside their own groups is in these; ok is
	// false for one who is gone.
	Person func(ctx context.Context, who progress.Person, groups []string) (a progress.Actor, ok bool, err error)

	// Groups are groups of Herald by the ids of the user groups of Slack whose members are
	// in them; nil for none.
	Groups map[string]string

	// Reader is how somebody reads. Default is how they read who are not known.
	Reader  func(ctx context.Context, who progress.Person) (templates.Reader, error)
	Default templates.Reader

	// Say puts what is said in the lane toward an address, before what can wait.
	Say func(to notify.Address, s notify.Speech) error

	// Spoke reports whether a task was spoken of in a thread; nil: only what was said
	// since the start is known.
	Spoke func(ctx context.Context, room, thread string) (bool, error)

	// Running are the tasks that somebody may see and that have not ended, those first that
	// wait for a decision, and how many there are beyond them.
	Running func(ctx context.Context, who progress.Actor) (tasks []templates.Subject, more int, err error)

	// Seal makes the buttons of a task as it is: [Channel.Seal]. Nil: Homes have none.
	Seal func(t *progress.Task) slackcard.Seal

	Link string // to the dashboard; "" for none
	Page string // on which people link their accounts; "" for none

	Dialer *websocket.Dialer // of the socket; nil for one of its own
	Log    *slog.Logger      // nil means slog.Default
	Now    func() time.Time  // nil means time.Now
}

// whole are the options with what was left out.
func (o Options) whole() Options {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Spoke == nil {
		o.Spoke = func(context.Context, string, string) (bool, error) { return false, nil }
	}
	if o.Dialer == nil {
		o.Dialer = newDialer()
	}
	return o
}

// Hearer answers what people say and press: bot.Bot does, which also gives how it was
// understood. With an error, the reply says that it does not work just now.
type Hearer interface {
	Hear(ctx context.Context, t bot.Turn) (templates.Reply, error)
}

// Accounts are who in Slack is who in Herald: *store.Accounts of bot/store is one.
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

	// TaskAt is the task that a message of ours is about, by what Slack calls it; ok is false
	// for any other message.
	TaskAt(ctx context.Context, far string) (id progress.TaskID, ok bool, err error)
}

// Book says answers in words: *templates.Book is one.
type Book interface {
	Card(s templates.Subject, r templates.Reader) templates.Card
	Reply(a templates.Answer, r templates.Reader, now time.Time) templates.Reply
}
