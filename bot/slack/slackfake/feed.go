package slackfake

import (
	"slices"
	"time"
)

// Feed is how the app hears of things, by sockets or over HTTP.
type Feed struct{ hub *hub }

// Feed is how the app hears of things.
func (s *Slack) Feed() *Feed { return &Feed{s.hub} }

// Sent are all things that the app was sent, in the order in which they happened; sent
// again is not sent twice.
func (f *Feed) Sent() []*Delivery {
	defer f.lock()()
	return slices.Clone(f.hub.sent)
}

// Acks are how long each acknowledgement that came in time took, in the order in which
// they came.
func (f *Feed) Acks() []time.Duration {
	defer f.lock()()
	return slices.Clone(f.hub.acks)
}

// Unacked are those of which the app has acknowledged no try: events that were sent for
// the last time, presses and commands of which a person saw that they did not work.
func (f *Feed) Unacked() []*Delivery {
	defer f.lock()()
	return slices.Clone(f.hub.unacked)
}

// TooLarge is how many acknowledgements over a socket were dropped for their size.
func (f *Feed) TooLarge() int {
	defer f.lock()()
	return f.hub.sockets.large
}

// Broken is how many acknowledgements over a socket were dropped because they came in
// several frames, which Slack does not put together.
func (f *Feed) Broken() int {
	defer f.lock()()
	return f.hub.sockets.broken
}

// GivenUp tells whether Slack has stopped sending events, because the app took fewer than
// one in twenty of a thousand and more within an hour.
func (f *Feed) GivenUp() bool {
	defer f.lock()()
	return f.hub.hours.disabled
}

// Resume makes Slack send events again after it has given up, as an operator may.
func (f *Feed) Resume() {
	defer f.lock()()
	f.hub.hours = hours{}
}

// Connections is how many sockets are open.
func (f *Feed) Connections() int {
	defer f.lock()()
	return len(f.hub.sockets.open)
}

// Send sends the app anything at all, as if Slack had made it.
func (f *Feed) Send(kind Kind, payload any) *Delivery {
	defer f.lock()()
	d := newDelivery(f.hub.s, kind, payload)
	f.hub.deliver(d)
	return d
}

// Disconnect asks every socket to reconnect, with the reason "warning" or
// "refresh_requested". The latter follows ten seconds after the former, and the end ten
// seconds after that; meanwhile a socket gets only what no other could.
func (f *Feed) Disconnect(reason string) {
	defer f.lock()()
	for _, c := range f.hub.sockets.open {
		f.hub.sockets.refresh(c, reason)
	}
}

// Drop ends every socket without a word.
func (f *Feed) Drop() {
	defer f.lock()()
	for _, c := range f.hub.sockets.open {
		c.Cut()
	}
}

// Freeze makes every socket that is open silent, as one whose other end is gone: nothing
// comes any more, no ping either, and what the app sends is not heard.
func (f *Feed) Freeze() {
	defer f.lock()()
	for _, c := range f.hub.sockets.open {
		c.Freeze()
	}
}

// Disable switches Socket Mode off, or on again. While it is off every socket is told
// link_disabled and closed.
func (f *Feed) Disable(yes bool) {
	defer f.lock()()
	f.hub.sockets.off = yes
	if yes {
		for _, c := range slices.Clone(f.hub.sockets.open) {
			f.hub.sockets.leave(c, "link_disabled")
		}
	}
}

func (f *Feed) lock() (unlock func()) {
	f.hub.s.mu.Lock()
	return f.hub.s.mu.Unlock
}
