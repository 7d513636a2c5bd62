package discord

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"time"

	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/discordcard"
)

// How messages are followed that went on as others: a card does that once an hour.
const (
	mostSteps              = 64
	stepFresh, stepForever = 10 * time.Minute, chat.Always
	seenFresh              = time.Minute // what came with a press: the card may move a moment later
)

// trail finds the task of a message that a card has left behind, too: below the first of its
// messages its thread goes on, and people reply to what they saw yesterday.
type trail struct {
	chat.Rooms
	people *people
}

// TaskAt is the task that a message of ours is about, or was.
func (t trail) TaskAt(ctx context.Context, far string) (id progress.TaskID, ok bool, err error) {
	for range mostSteps {
		if id, ok, err = t.Rooms.TaskAt(ctx, far); ok || err != nil {
			return id, ok, err
		}
		if far = t.people.next(ctx, far); far == "" {
			break
		}
	}
	return "", false, nil
}

// next is what the message is called to which one of ours points that is no more, "" for any other.
func (p *people) next(ctx context.Context, far string) string {
	at, ok := spotOf(far)
	if !ok {
		return ""
	}
	to, err := known(&p.mu, p.steps, far, func() *chat.Fact[string] {
		return chat.NewFact(p.o.Now, stepFresh, stepForever, func(ctx context.Context) (string, error) { return p.askNext(ctx, at) })
	}).Get(ctx)
	if err != nil {
		p.o.Log.Info("Discord does not tell where a card goes on", "error", err)
	}
	return to
}

// saw notes what a message shows that came with a press, so that nobody has to ask for it.
func (p *people) saw(far string, components json.RawMessage) {
	at, ok := spotOf(far)
	if !ok {
		return
	}
	to, fresh := (&shown{Components: components}).pointsFrom(at), true
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.steps) >= mostKnown {
		clear(p.steps)
	}
	p.steps[far] = chat.NewFact(p.o.Now, seenFresh, stepForever, func(ctx context.Context) (string, error) {
		if fresh {
			fresh = false
			return to, nil
		}
		return p.askNext(ctx, at)
	})
}

func (p *people) askNext(ctx context.Context, at spot) (string, error) {
	us, err := p.self.id(ctx)
	if err != nil {
		return "", err
	}
	m, err := p.o.Client.shown(ctx, at)
	if err != nil || m.Author.ID != us {
		return "", unlessGone(err)
	}
	return m.pointsFrom(at), nil
}

// shown is a message with what it shows.
type shown struct {
	Author     Person          `json:"author"`
	Components json.RawMessage `json:"components"`
}

func (c *Client) shown(ctx context.Context, at spot) (m shown, err error) {
	return m, c.ask(ctx, to(http.MethodGet, "channels/{channel}/messages/{message}", at.channel, at.message), &m)
}

// pointsFrom is the message to which one of ours points that is left of a card, as it is called; ""
// for any other: an answer may have links in what a task has said.
func (m *shown) pointsFrom(at spot) string {
	var boxes []struct {
		ID int `json:"id"`
	}
	if chat.Lax(m.Components, &boxes) != nil || len(boxes) == 0 || boxes[0].ID != discordcard.Mark(stubID(at)) {
		return ""
	}
	link := pointer.FindSubmatch(m.Components)
	if link == nil || string(link[1]) != at.channel {
		return ""
	}
	return spot{at.channel, string(link[2])}.far()
}

// pointer is the address of a message.
var pointer = regexp.MustCompile(`https://discord\.com/channels/(?:[0-9]+|@me)/([0-9]+)/([0-9]+)`)
