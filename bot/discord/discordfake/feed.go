package discordfake

import (
	"slices"
	"time"
)

// Feed is how the app hears of things, by the gateway or over HTTP.
type Feed struct{ hub *hub }

// Feed is how the app hears of things.
func (d *Discord) Feed() *Feed { return &Feed{d.hub} }

// Sent are all interactions, in the order in which they happened.
func (f *Feed) Sent() []*Interaction {
	defer locked(f.hub.fake)()
	return slices.Clone(f.hub.sent)
}

// Acks are how long each first response that came in time took, in the order in which
// they came.
func (f *Feed) Acks() []time.Duration {
	defer locked(f.hub.fake)()
	return slices.Clone(f.hub.acks)
}

// Unanswered are the interactions of which a person saw that the app did not respond.
func (f *Feed) Unanswered() []*Interaction {
	defer locked(f.hub.fake)()
	return slices.Clone(f.hub.unanswered)
}

// Connections is how many connections to the gateway are open.
func (f *Feed) Connections() int {
	defer locked(f.hub.fake)()
	return len(f.hub.conns)
}

// Sessions is how many sessions there are, those that wait for the app to come back too.
func (f *Feed) Sessions() int {
	defer locked(f.hub.fake)()
	return len(f.hub.sessions)
}

// Live is how many sessions have a connection: what people do is heard there at once.
func Live(d *Discord) int {
	f := d.Feed()
	defer locked(f.hub.fake)()
	n := 0
	for _, s := range f.hub.sessions {
		if s.conn != nil {
			n++
		}
	}
	return n
}

// Starts is how often the app has identified itself within a day.
func (f *Feed) Starts() int {
	defer locked(f.hub.fake)()
	f.hub.budget()
	return len(f.hub.starts)
}

// Resumes is how often the app has gone on with a session.
func (f *Feed) Resumes() int {
	defer locked(f.hub.fake)()
	return f.hub.resumes
}

// Send sends every session any event at all, as if Discord had made it.
func (f *Feed) Send(event string, body any) {
	defer locked(f.hub.fake)()
	f.hub.tell(happening{event: event, body: object{"": body}})
}

// Ask asks every connection for a heartbeat at once.
func (f *Feed) Ask() {
	defer locked(f.hub.fake)()
	for _, c := range f.hub.conns {
		c.line.Say(object{"op": opHeartbeat, "t": nil, "s": nil, "d": nil})
	}
}

// Disconnect asks every connection to come back, with op 7; those that are there ten
// seconds later are closed. Their sessions can go on.
func (f *Feed) Disconnect() {
	defer locked(f.hub.fake)()
	for _, c := range f.hub.conns {
		c.line.Say(object{"op": opReconnect, "t": nil, "s": nil, "d": nil})
		f.hub.timers.After(farewell, func() { c.close(closeUnknown, "You were asked to go.") })
	}
}

// Invalidate says of every session that it cannot go on now, with op 9; or, unless it is
// resumable, not at all.
func (f *Feed) Invalidate(resumable bool) {
	defer locked(f.hub.fake)()
	for _, c := range f.hub.conns {
		if s := c.session; s != nil && resumable {
			s.part()
		} else if s != nil {
			s.end()
		}
		c.invalid(resumable)
	}
}

// Drop ends every connection without a word. Sessions can go on.
func (f *Feed) Drop() {
	defer locked(f.hub.fake)()
	for _, c := range f.hub.conns {
		c.line.Cut()
	}
}

// Freeze makes every connection that is open silent, as one whose other end is gone:
// nothing comes any more, no acknowledgement of a heartbeat either, and what the app sends
// is not heard. Sessions can go on elsewhere.
func (f *Feed) Freeze() {
	defer locked(f.hub.fake)()
	for _, c := range f.hub.conns {
		c.line.Freeze()
		f.hub.timers.Stop(c.beat)
		if c.session != nil {
			c.session.part()
		}
	}
}

// CloseWith closes every connection with a code. Those of which Discord says that nobody
// need come back end the sessions.
func (f *Feed) CloseWith(code int, reason string) {
	defer locked(f.hub.fake)()
	for _, c := range slices.Clone(f.hub.conns) {
		if code == closeSeq || code == closeTimeout || code == closeToken || code >= closeShard && code <= closeForbidden {
			c.refuse(code, reason)
		} else {
			c.close(code, reason)
		}
	}
}

// Forget ends every session that waits for the app to come back.
func (f *Feed) Forget() {
	defer locked(f.hub.fake)()
	for _, s := range f.hub.inOrder() {
		if s.conn == nil {
			s.end()
		}
	}
}

// locked takes the lock.
func locked(d *Discord) (unlock func()) {
	d.mu.Lock()
	return d.mu.Unlock
}
