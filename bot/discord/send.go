package discord

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/discordcard"
)

// parcel is a message as it goes out.
type parcel struct {
	of    *notify.Message
	id    string // by which it is known again: the message's, but where it moves
	draft Draft
	text  string // the same in words alone
}

// keptFor is for how long a button is good whose meaning is kept.
const keptFor = 90 * 24 * time.Hour

// writer lays messages out.
type writer struct {
	cards  *discordcard.Layout
	sealer *ticket.Sealer
	keep   func(ctx context.Context, key, full string, until time.Time) error
	now    func() time.Time
}

// write lays a message out under an ID. What its buttons stand for is kept before they are
// there.
func (w *writer) write(ctx context.Context, m *notify.Message, id string) (parcel, error) {
	post := w.post(m, id)
	l := parcel{of: m, id: id, text: post.Text, draft: Draft{
		Components: post.Components, Files: filesOf(post),
		Silent: m.Class == notify.ClassProgress || m.Class == notify.ClassStep && m.Thread != "",
	}}
	if w.keep == nil {
		return l, nil
	}
	until := w.now().Add(keptFor)
	for key, full := range post.Kept {
		if err := w.keep(ctx, key, full, until); err != nil {
			return l, &notify.Failure{Fate: notify.Transient, Err: callout.Veil("what a button means could not be written down", err)}
		}
	}
	return l, nil
}

// filesOf are the files of a post.
func filesOf(post discordcard.Post) (out []File) {
	for _, f := range post.Files {
		out = append(out, File{f.Name, f.Title, f.Content})
	}
	return out
}

// nonce is what has Discord take a letter once in a channel.
func (l *parcel) nonce(room string) string {
	sum := sha256.Sum256([]byte(room + "/" + l.id))
	return hex.EncodeToString(sum[:12])
}

// below reports whether a letter stands in the thread of its card: how a run ended, and what
// somebody should look at, everybody in the channel sees.
func (l *parcel) below() bool {
	return l.of.Reply == nil && l.of.Class != notify.ClassEnd && l.of.Class != notify.ClassAlarm
}

// post is a message in Discord's components.
func (w *writer) post(m *notify.Message, id string) discordcard.Post {
	switch {
	case m.Reply != nil:
		return w.cards.Reply(id, m.Reply, m.For.Reader)
	case m.Card != nil:
		return w.cards.Card(id, m.Card, m.For.Reader, w.seal(m.Task))
	case m.Event != nil && m.Event.Kind == progress.ApprovalNeeded:
		s := templates.Subject{Task: m.Task, ETA: m.ETA, Now: w.now(), Link: m.Link, Again: m.Again}
		return w.cards.Ask(id, s, m.Event, m.For.Reader, w.decides(m))
	}
	return w.cards.Notice(id, m.Notice, m.For.Reader)
}

// decides makes the buttons of a question, for whoever may decide it.
func (w *writer) decides(m *notify.Message) discordcard.Seal {
	at, seal := m.Decides(), w.seal(m.Task)
	return func(v progress.Verb, step int) string {
		if at == 0 || step != at {
			return ""
		}
		return seal(v, step)
	}
}

func (w *writer) seal(t *progress.Task) discordcard.Seal { return w.sealer.ButtonsOf(t) }
