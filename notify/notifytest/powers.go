package notifytest

import (
	"context"
	"strconv"
	"time"

	"github.com/taskherald/herald/notify"
)

// Power is something that a channel may be able to do beside sending.
type Power uint8

// The powers.
const (
	Edits Power = 1 << iota // it is a notify.Editor
	Finds                   // it is a notify.Finder
	Paces                   // it is a notify.Pacer
)

// Channel is the channel to the far side. It has the powers that the far side was
// made with and no other, so that whoever asks by a type assertion sees just them.
func (m *Memory) Channel() notify.Channel {
	s, e, f, p := sender{m}, editor{m}, finder{m}, pacer{m}
	switch m.powers {
	case Edits:
		return struct {
			sender
			editor
		}{s, e}
	case Finds:
		return struct {
			sender
			finder
		}{s, f}
	case Paces:
		return struct {
			sender
			pacer
		}{s, p}
	case Edits | Finds:
		return struct {
			sender
			editor
			finder
		}{s, e, f}
	case Edits | Paces:
		return struct {
			sender
			editor
			pacer
		}{s, e, p}
	case Finds | Paces:
		return struct {
			sender
			finder
			pacer
		}{s, f, p}
	case Edits | Finds | Paces:
		return struct {
			sender
			editor
			finder
			pacer
		}{s, e, f, p}
	}
	return s
}

type (
	sender struct{ to *Memory }
	editor struct{ at *Memory }
	finder struct{ in *Memory }
	pacer  struct{ of *Memory }
)

// Send keeps the message.
func (s sender) Send(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
	return s.to.call(ctx, Call{Verb: "send", To: to, Message: m}, func() (notify.Receipt, error) { return s.arrive(to, m) })
}

// arrive keeps a message. The far side knows one that it has by its ID, and gives
// it the name that it has.
func (s sender) arrive(to notify.Address, message notify.Message) (notify.Receipt, error) {
	m := s.to
	place, had := m.ids[key(to, message.ID)]
	if !had {
		place = len(m.arrivals)
		m.ids[key(to, message.ID)] = place
		m.arrivals = append(m.arrivals, Arrival{To: to, At: time.Now()})
	}
	a := &m.arrivals[place]
	a.Message, a.Times = message, a.Times+1
	m.shown[key(to, name(place))] = message
	close(m.changed)
	m.changed = make(chan struct{})
	return notify.Receipt{Far: name(place)}, nil
}

// Edit replaces what is shown.
func (e editor) Edit(ctx context.Context, to notify.Address, far string, m notify.Message) (notify.Receipt, error) {
	return e.at.call(ctx, Call{Verb: "edit", To: to, Far: far, Message: m}, func() (notify.Receipt, error) {
		if _, ok := e.at.shown[key(to, far)]; !ok {
			return notify.Receipt{}, notify.Fail(notify.Gone, "there is no message %s", strconv.Quote(far))
		}
		e.at.shown[key(to, far)] = m
		return notify.Receipt{Far: far}, nil
	})
}

// Find looks for a message by its ID.
func (f finder) Find(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, bool, error) {
	found := false
	r, err := f.in.call(ctx, Call{Verb: "find", To: to, Message: m}, func() (notify.Receipt, error) {
		var place int
		if place, found = f.in.ids[key(to, m.ID)]; !found {
			return notify.Receipt{}, nil
		}
		return notify.Receipt{Far: name(place)}, nil
	})
	return r, found && err == nil, err
}

// Pace is what the test has set.
func (p pacer) Pace(notify.Address) notify.Pace {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	return p.of.pace
}
