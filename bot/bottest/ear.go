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
	Press  string // else of the button that is pressed
}

// Heard is what the bot says to it.
type Heard struct {
	Topic   templates.Topic // "" where the ear cannot tell
	Text    string
	Buttons []templates.Button
}

// Ear is how people reach the bot. It is called by one goroutine at a time.
type Ear interface {
	Hear(ctx context.Context, s Said) (Heard, error)
}

// direct asks the bot itself.
type direct struct{ w *World }

// Direct is the ear of the bot itself, which lays its replies out as plain text.
func Direct(w *World) Ear { return direct{w} }

// Hear is that of [Ear].
func (d direct) Hear(ctx context.Context, s Said) (Heard, error) {
	turn := bot.Turn{
		ID: s.ID, Room: s.Room, Thread: s.Thread, About: s.About, Who: s.Who.Actor, Via: progress.ViaChat,
		Reader: templates.Reader{Lang: s.Who.Lang}, Text: s.Text, Press: s.Press,
	}
	if s.Press != "" {
		turn.Via = progress.ViaButton
	}
	reply, _, err := d.w.Bot.Hear(ctx, turn)
	text := d.w.book.Layout(templates.Text, reply, templates.Fit{Characters: 4000})
	return Heard{reply.About, text, reply.Buttons}, err
}
