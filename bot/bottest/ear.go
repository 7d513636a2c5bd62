package bottest

import (
	"context"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// Said is what somebody says or presses in a script.
type Said struct {
	Who    Person
	ID     string // of the message; the same where it is delivered again
	Room   string
	Thread string          // "" for none
	About  progress.TaskID // of whose page it is said on, "" for none
	Text   string

	Press  string        // else of the button that is pressed
	Shown  progress.Verb // of one that a card shows to a whole room: what it does; "" for one of an answer
	Reason string        // that is given with the press

	Overheard bool // it is said in a thread to others, and the bot is not called
}

// Heard is what the bot says to it.
type Heard struct {
	Topic   templates.Topic // "" where the ear cannot tell
	Text    string
	Buttons []templates.Button
}

// Ear is how people reach the bot. It is called by one goroutine at a time.
type Ear interface {
	// Hear gives something said to the bot, and what the bot says to it: the zero Heard where
	// it says nothing.
	Hear(ctx context.Context, s Said) (Heard, error)

	// Unable is why something cannot be said on the platform, "" if it can: the rest of the
	// conversation is skipped for that reason.
	Unable(s Said) string
}

// direct asks the bot itself.
type direct struct{ w *World }

// Direct is the ear of the bot itself, which lays its replies out as plain text.
func Direct(w *World) Ear { return direct{w} }

// Unable is "": all can be said to the bot itself.
func (direct) Unable(Said) string { return "" }

// Hear is that of [Ear].
func (d direct) Hear(ctx context.Context, s Said) (Heard, error) {
	turn := bot.Turn{
		ID: s.ID, Room: s.Room, Thread: s.Thread, About: s.About, Who: s.Who.Actor, Via: progress.ViaChat,
		Reader: templates.Reader{Lang: s.Who.Lang}, Text: s.Text, Press: s.Press,
	}
	if s.Press != "" {
		turn.Via = progress.ViaButton
	}
	turn.Reason, turn.Overheard = s.Reason, s.Overheard
	turn.Stranger, turn.Sight, turn.Speaker = s.Who.Stranger, s.Who.Sight, s.Who.Name
	reply, _, err := d.w.Bot.Hear(ctx, turn)
	if reply.About == "" {
		return Heard{}, err
	}
	text := d.w.book.Layout(templates.Text, reply, templates.Fit{Characters: 4000})
	return Heard{reply.About, text, reply.Buttons}, err
}
