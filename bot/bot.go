package bot

import (
	"context"
	"log/slog"
	"time"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates"
)

// Options are what a bot stands on. All are needed but ETA, Link, Accounts, Now and Log.
type Options struct {
	Tasks   Tasks
	Index   Index
	Past    Past
	Store   Store
	Notices Notices
	Parser  Parser
	Book    Book
	Sealer  *ticket.Sealer // of the tickets in its buttons

	ETA  func(t *progress.Task) *progress.ETA // how long a task still takes; nil: nobody can tell
	Link func(id progress.TaskID) string      // to a task's page; nil: there are none
	Now  func() time.Time                     // nil means time.Now
	Log  *slog.Logger                         // nil means slog.Default

	// Accounts is the URL of the page on which people link their chat accounts, "" for none.
	Accounts string
}

// Bot talks with people about their tasks. It may be called from any goroutine; what is
// said in one room is heard one after the other.
type Bot struct {
	Options
	rooms rooms
}

// New makes a bot.
func New(o Options) *Bot {
	if o.ETA == nil {
		o.ETA = func(*progress.Task) *progress.ETA { return nil }
	}
	if o.Link == nil {
		o.Link = func(progress.TaskID) string { return "" }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Bot{Options: o, rooms: rooms{inside: map[string]*room{}}}
}

// Hear answers a turn, and says how it was understood. The same turn again, by its ID,
// does nothing twice within a day. Of what was overheard and asks for nothing, the zero Reply
// is said.
//
// Whatever a person can understand is in the reply, refusals too. The error is that of ctx,
// or has the code Unavailable: then the reply says so in words, and the turn may be given
// again; without an ID only if it asked for nothing to be done.
func (b *Bot) Hear(ctx context.Context, turn Turn) (templates.Reply, intents.Reading, error) {
	if turn.Stranger {
		turn.Who = progress.Actor{}
	}
	t := &talk{Bot: b, ctx: ctx, turn: turn}
	answer, err := b.hear(t)
	if err != nil {
		answer, err = templates.Answer{About: templates.TopicTrouble, Verb: t.said.Verb}, progress.Trouble(err)
	}
	if t.silent(err) {
		return templates.Reply{}, t.said, err
	}
	answer.You, answer.Stranger, answer.Accounts = turn.Who.Person, turn.Stranger, b.Accounts
	reader := turn.Reader
	if lang := t.lang(); lang != "" {
		reader.Lang = lang
	}
	return b.Book.Reply(answer, reader, b.Now()), t.said, err
}

// hear answers while nobody else speaks in the room. A button that a whole room was shown is
// about nothing that was said: many may press at once.
func (b *Bot) hear(t *talk) (templates.Answer, error) {
	if button, ok := b.sealed(t.turn); ok {
		t.now = b.Now()
		return pressShown(t, button)
	}
	leave, err := b.rooms.enter(t.ctx, t.turn.Room)
	if err != nil {
		return templates.Answer{}, err
	}
	defer leave()
	t.now = b.Now()
	if err := t.recall(); err != nil {
		return templates.Answer{}, err
	}
	answer, err := t.answer()
	if err != nil {
		return answer, err
	}
	if err = t.remember(); err != nil && t.done {
		b.Log.Error("what was spoken of could not be remembered", "error", err)
		return answer, nil // it is done: an error would have it asked for again
	}
	return answer, err
}
