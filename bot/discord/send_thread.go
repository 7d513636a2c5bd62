package discord

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/taskherald/herald/notify"
)

const (
	threadsKnown = 1000      // cards whose threads are known
	lacksFor     = time.Hour // after which it is tried again whether there can be one
	mostTitle    = 100       // characters of a thread's name
)

// threads are those below cards. Where a card has moved its thread is at the first of its
// messages, to which all that follow are replies.
type threads struct {
	client *Client
	now    func() time.Time

	mu    sync.Mutex
	known map[string]thread // by the message of the card
}

// thread is one below a card, or that there is none.
type thread struct {
	id   string // "" if there can be none
	told time.Time
}

func newThreads(c *Client, now func() time.Time) *threads {
	return &threads{client: c, now: now, known: map[string]thread{}}
}

// get is the thread of a message; ok is false if nothing is known of it.
func (t *threads) get(message string) (id string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, ok := t.known[message]
	return k.id, ok && (k.id != "" || t.now().Sub(k.told) < lacksFor)
}

// set notes the thread of a message, "" for none.
func (t *threads) set(message, id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.known) >= threadsKnown {
		old := slices.SortedFunc(maps.Keys(t.known), func(a, b string) int { return t.known[a].told.Compare(t.known[b].told) })
		for _, m := range old[:threadsKnown/2] {
			delete(t.known, m)
		}
	}
	t.known[message] = thread{id, t.now()}
}

// drop forgets the thread of a message.
func (t *threads) drop(message string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.known, message)
}

// first is the first message of a card that has moved, or else the one itself.
func (t *threads) first(ctx context.Context, at spot) (spot, error) {
	said, err := t.client.Message(ctx, at.channel, at.message)
	if err != nil {
		return at, err
	}
	return said.first(), nil
}

// first is the message that one answers, if that is there, or else itself.
func (s *Said) first() spot {
	if s.Answers != nil && s.Reference.Channel == s.Channel && isID(s.Answers.ID) {
		return spot{s.Channel, s.Answers.ID}
	}
	return spot{s.Channel, s.ID}
}

// under posts a letter in the thread below a card. Where there can be none it is a reply to
// the card.
func (p *poster) under(ctx context.Context, root spot, l parcel) (at spot, err error) {
	id, known := p.threads.get(root.message)
	if !known {
		id = root.message
	}
	if id != "" {
		at, err = p.descend(ctx, root, id, l)
		if !slices.Contains(threadless, CodeOf(err)) {
			return at, err
		}
		p.threads.set(root.message, "")
	}
	l.draft.Reply = root.message
	return p.place(ctx, root.channel, l)
}

// descend posts a letter in the thread of a card, which may have this id.
func (p *poster) descend(ctx context.Context, root spot, id string, l parcel) (at spot, err error) {
	if at, err = p.place(ctx, id, l); CodeOf(err) == unknownChannel {
		p.threads.drop(root.message)
		at, id, err = p.begin(ctx, root, id, l)
	}
	if err == nil {
		p.threads.set(root.message, id)
	}
	return at, err
}

// begin posts a letter in the thread of a card which is not the one that was tried. If there
// is none it is begun.
func (p *poster) begin(ctx context.Context, root spot, tried string, l parcel) (at spot, id string, err error) {
	first, err := p.threads.first(ctx, root)
	if err != nil {
		return at, tried, err
	}
	if id = first.message; id != tried {
		if at, err = p.place(ctx, id, l); CodeOf(err) != unknownChannel {
			return at, id, err
		}
	}
	if err = p.client.StartThread(ctx, first.channel, id, threadName(l.of)); err != nil && CodeOf(err) != threadThere {
		return at, id, err
	}
	at, err = p.place(ctx, id, l)
	return at, id, err
}

// threadName is what a thread is called. Discord shows it as it is.
func threadName(m *notify.Message) string {
	name := []rune("Herald")
	switch {
	case m.Task != nil && m.Task.Spec.Title != "":
		name = []rune(m.Task.Spec.Title)
	case m.Reply != nil && m.Reply.Text != "":
		name = []rune(m.Reply.Text)
	}
	return string(name[:min(len(name), mostTitle)])
}
