package chat

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// mouth says to people what there is to say.
type mouth struct {
	*people
	platform string // as addresses have it
	inbox    *Inbox
}

// words are an answer of our own.
func (m *mouth) words(a templates.Answer, user string) templates.Reply {
	return m.Book.Reply(a, m.ReaderOf(user), m.Now())
}

// speechID names what is said in answer to something.
func (m *mouth) speechID(at Spot, id string) string {
	return m.platform + " " + strings.Join([]string{at.Lane(), at.User, id}, "/")
}

// Answer puts in line what there is to say: it is said where they asked if all who read there
// may know of it, and else to them alone.
func (m *mouth) Answer(ctx context.Context, h Heard) {
	if h.quiet {
		return
	}
	h.Open = h.Open && m.public(ctx, h)
	m.say(ctx, h)
}

// public reports whether all who read there may know of what is said.
func (m *mouth) public(ctx context.Context, h Heard) bool {
	tells := h.Reply.Tasks()
	if h.Direct || len(tells) == 0 {
		return true
	}
	shown, err := m.Rooms.Shown(ctx, m.side.Rooms(ctx, h.Spot))
	if err != nil {
		m.Log.Warn("it is not known what a room was shown, so an answer goes to one person", "platform", m.platform, "error", err)
		return false
	}
	return !slices.ContainsFunc(tells, func(id progress.TaskID) bool { return !slices.Contains(shown, id) })
}

// say says it in its turn.
func (m *mouth) say(ctx context.Context, h Heard) {
	m.Line(ctx, h.User, func(ctx context.Context) { m.speak(ctx, h) })
}

// Line does a job for somebody after those before it. Where there is no room in line, that is
// now.
func (m *mouth) Line(ctx context.Context, user string, do Job) {
	if do = Bounded(do); !m.inbox.answers.put(user, user, do) {
		do(ctx)
	}
}

// Apology says to somebody that what they did, by its id, does not work just now. It goes
// before what is in line for them.
func (m *mouth) Apology(at Spot, id string) Job {
	return Bounded(func(ctx context.Context) { m.speak(ctx, m.sorry(at, id)) })
}

// Apologize says it in its turn.
func (m *mouth) Apologize(ctx context.Context, at Spot, id string) { m.say(ctx, m.sorry(at, id)) }

func (m *mouth) sorry(at Spot, id string) Heard {
	return Heard{Spot: at, id: m.speechID(at, id), Reply: m.words(templates.Answer{About: templates.TopicTrouble}, at.User)}
}

// speak says it. What cannot be shown where they are they get as a direct message.
func (m *mouth) speak(ctx context.Context, h Heard) {
	s := notify.Speech{ID: h.id, Reply: &h.Reply, For: notify.Recipient{Person: h.who.Actor.Person, Reader: m.readsAs(&h)}}
	if !h.Open {
		all, err := m.side.Whisper(ctx, h.Spot, s)
		if err == nil && all {
			return
		}
		if err != nil && !errors.Is(err, ErrNoPlace) {
			m.Log.Info("an answer takes another way", "platform", m.platform, "error", err)
		}
	}
	to := h.Alone
	if h.Open || h.Direct {
		to, s.Thread = h.Here, h.Far
	} else {
		m.Elsewhere.note(h.User, h.Room(m.platform), h.Thread, m.Now())
	}
	if err := m.Say(to, s); err != nil {
		m.Log.Error("somebody was left without an answer", "platform", m.platform, "error", err)
	}
}

// readsAs is how who asked reads, where they spoke no other language.
func (m *mouth) readsAs(h *Heard) templates.Reader {
	if h.who.Known {
		return h.who.Reader
	}
	return m.ReaderOf(h.User)
}
