package slack

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync/atomic"
	"time"
)

// inbox takes what comes in, whichever way. It never waits: it reads, looks whether it came
// before, and puts it in line.
type inbox struct {
	ear    *ear
	queue  *queue
	soon   *queue // what opens a modal
	seen   *seen
	turned atomic.Int64 // for which there was no room
	deaf   atomic.Int64 // that came while nobody worked
	log    *slog.Logger
	now    func() time.Time
}

func newInbox(o Options, e *ear) *inbox {
	return &inbox{ear: e, queue: newQueue(o.Log), soon: newQueue(o.Log), seen: newSeen(), log: o.Log, now: o.Now}
}

// arrival is something that came in.
type arrival struct {
	key  string                    // the same when it comes again; "" if nobody can tell
	who  string                    // whose it is
	lane string                    // within which order is kept
	work job                       // what it comes to
	soon bool                      // it cannot wait for what else is in line, and looks nothing up
	busy func(ctx context.Context) // says that there is no room for it; nil if nobody waits for an answer
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
	if err := lax(text, &e); err != nil {
		b.log.Warn("Slack has sent what cannot be read", "bytes", len(text))
		return envelope{}
	}
	if e.ID == "" {
		return e
	}
	if e.Type == kindEvent && b.queue.full() {
		b.turn()
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
	return b.put(*a)
}

// read reads what came in; nil is what nothing is to be done about.
func (b *inbox) read(kind string, payload json.RawMessage) (*arrival, error) {
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

// put puts in line what did not come before, or else that there is no room for it.
func (b *inbox) put(a arrival) (ok bool) {
	if !b.seen.first(a.key, b.now()) {
		return true
	}
	q := b.queue
	if a.soon {
		q = b.soon
	}
	if q.put(a.lane, a.who, a.work) {
		return true
	}
	b.seen.forget(a.key)
	b.turn()
	return a.busy != nil && b.ear.mouth.answers.put(a.who, a.who, a.busy)
}

// turn counts what was not taken: there was no room for it, or nobody works here now.
func (b *inbox) turn() {
	if !b.queue.listens() {
		if n := b.deaf.Add(1); marked(n) {
			b.log.Warn("Slack calls a server that does not listen to it now: it is told so, and gives events again", "turned_away_since_start", n)
		}
		return
	}
	if n := b.turned.Add(1); marked(n) {
		b.log.Error("more comes from Slack than can be worked on", "turned_away_since_start", n)
	}
}

// marked reports whether a count is one that is logged: the first, the second, the fourth and so on.
func marked(n int64) bool { return n&(n-1) == 0 }
