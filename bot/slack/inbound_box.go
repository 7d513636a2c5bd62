package slack

import (
	"encoding/json"
	"log/slog"
	"time"

	"github.com/taskherald/herald/bot/chat"
)

// inbox takes what comes in, whichever way. It never waits: it reads, and puts it in line.
type inbox struct {
	line waiting
	ear  *ear
	log  *slog.Logger
	now  func() time.Time
}

// waiting is where what came in waits for its turn.
type waiting interface {
	Put(a chat.Arrival) (ok bool)
	Full() bool
	Turn()
}

// The kinds of what comes in, as envelopes have them.
const (
	kindEvent       = "events_api"
	kindInteraction = "interactive"
	kindCommand     = "slash_commands"
)

// frame takes a frame of a socket. Whatever has an id is acknowledged before anything else:
// but for events for which there is no room, as they are given again if they are not.
func (b *inbox) frame(text []byte, ack func(id string) error) envelope {
	var e envelope
	if err := chat.Lax(text, &e); err != nil {
		b.log.Warn("Slack has sent what cannot be read", "bytes", len(text))
		return envelope{}
	}
	if e.ID == "" {
		return e
	}
	if e.Type == kindEvent && b.line.Full() {
		b.line.Turn()
		return e
	}
	if err := ack(e.ID); err != nil {
		b.log.Warn("what came from Slack could not be acknowledged", "kind", e.Type) // it is given again, and known then
	}
	b.take(e.Type, e.Payload)
	return e
}

// take reads what came in and puts it in line; ok is false if there is no room for it, and
// nobody is told that there is not.
func (b *inbox) take(kind string, payload json.RawMessage) (ok bool) {
	a, err := b.read(kind, payload)
	switch {
	case err != nil:
		b.log.Warn("Slack has sent what cannot be read", "kind", kind, "bytes", len(payload))
		return true
	case a == nil:
		return true
	}
	return b.line.Put(*a)
}

// read reads what came in; nil is what nothing is to be done about.
func (b *inbox) read(kind string, payload json.RawMessage) (*chat.Arrival, error) {
	switch kind {
	case kindEvent:
		return b.ear.event(payload)
	case kindInteraction:
		return b.ear.interaction(payload)
	case kindCommand:
		return b.ear.command(payload)
	}
	b.log.Debug("Slack has sent what is not known here", "kind", kind)
	return nil, nil
}
