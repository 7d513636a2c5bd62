package chat

import (
	"context"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/templates"
)

// Heard is what there is to say to somebody.
type Heard struct {
	Spot
	Reply templates.Reply
	Open  bool // it may be said where others read, if those may know of it
	Moved bool // whose the account is may have changed

	id    string // of what is said, the same if it is said again
	who   Somebody
	own   bool // it is about their account
	quiet bool // nothing is to be said
}

// Hear has the bot answer a turn. There always are words: where it does not work, those say
// so. To what was only overheard nothing is said then.
func (d *Desk) Hear(ctx context.Context, at Spot, turn bot.Turn) Heard {
	h := Heard{Spot: at, id: d.speechID(at, turn.ID)}
	var err error
	if h.who, err = d.Who(ctx, at); err == nil {
		turn.Room, turn.Thread = d.place(at)
		turn.Who, turn.Reader = h.who.Actor, h.who.Reader
		turn.Stranger, turn.Speaker = !h.who.Known, at.User
		err = d.look(ctx, at, &turn)
	}
	if err == nil {
		h.Reply, err = d.Bot.Hear(ctx, turn)
	}
	if err != nil {
		d.Log.Error("what somebody wants in chat was not done", "platform", d.platform, "error", err)
	}
	if h.Reply.About == "" {
		h.quiet = turn.Overheard
		h.Reply = d.words(templates.Answer{About: templates.TopicTrouble}, at.User)
	}
	return h
}

// look finds what the place tells of: the task that a thread is about, and what they may know
// of who are not known here.
func (d *Desk) look(ctx context.Context, at Spot, turn *bot.Turn) (err error) {
	for _, far := range at.about() {
		if turn.About != "" {
			break
		}
		if turn.About, _, err = d.Rooms.TaskAt(ctx, far); err != nil {
			return err
		}
	}
	if turn.Stranger && !at.Direct {
		turn.Sight, err = d.Rooms.Shown(ctx, d.side.Rooms(ctx, at))
	}
	return err
}

// jobWithin is how long a turn, or an answer, may take.
const jobWithin = time.Minute

// Bounded is a job that ends in time.
func Bounded(j Job) Job {
	return func(ctx context.Context) {
		ctx, stop := context.WithTimeout(ctx, jobWithin)
		defer stop()
		j(ctx)
	}
}
