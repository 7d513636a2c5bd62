package slackfake

import (
	"slices"
	"time"
)

// gate counts calls against the limits. The lock of its [Slack] guards it.
type gate struct {
	burst   int
	calls   map[string][]time.Time // of a method, those that were let through
	rooms   map[string]time.Time   // when a channel's posts will all have been paid for
	until   map[string]time.Time   // what Retry-After said
	limited []Limit
}

// Limit is one call that was answered with 429.
type Limit struct {
	Method  string
	Channel string // "" where the limit is not a channel's
	At      time.Time
	After   time.Duration // in the header
	Hasty   bool          // it came before what the last header had said
}

func newGate(burst int) *gate {
	return &gate{burst: burst, calls: map[string][]time.Time{}, rooms: map[string]time.Time{}, until: map[string]time.Time{}}
}

// pass counts a call. One that is too many is not counted, and may come again after the
// time returned.
func (g *gate) pass(m method, c *call) time.Duration {
	now, room := time.Now(), ""
	if m.pace.room {
		room = c.sameRoom(c.args["channel"])
	}
	after := g.method(c.name, m.pace, now)
	if after == 0 && room != "" {
		after = g.post(room, now)
	}
	key := c.name + " " + room
	if after > 0 {
		after = (after + time.Second - 1).Truncate(time.Second)
		g.limited = append(g.limited, Limit{Method: c.name, Channel: room, At: now, After: after, Hasty: now.Before(g.until[key])})
		g.until[key] = now.Add(after)
		return after
	}
	g.calls[c.name] = append(g.calls[c.name], now)
	return 0
}

// method looks at the calls in a method's window.
func (g *gate) method(name string, p pace, now time.Time) time.Duration {
	since := now.Add(-p.per)
	g.calls[name] = slices.DeleteFunc(g.calls[name], func(at time.Time) bool { return !at.After(since) })
	if p.calls == 0 || len(g.calls[name]) < p.calls {
		return 0
	}
	return g.calls[name][len(g.calls[name])-p.calls].Sub(since)
}

// post looks at a channel: one message a second, and a few at once after a rest.
func (g *gate) post(room string, now time.Time) time.Duration {
	paid := g.rooms[room]
	if paid.Before(now) {
		paid = now
	}
	if early := paid.Sub(now) - time.Duration(g.burst-1)*time.Second; early > 0 {
		return early
	}
	g.rooms[room] = paid.Add(time.Second)
	return 0
}

// Limited are the calls that were answered with 429 because of a limit, so far. Those
// that [Slack.Fail] made so are not among them.
func (s *Slack) Limited() []Limit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.gate.limited)
}
