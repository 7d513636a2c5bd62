package notify

import (
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
)

// Preferences are how somebody wants to be told. They are about what reaches people:
// webhooks are for programs, and are told all that they subscribe to.
type Preferences struct {
	Person   progress.Person          `json:"person"`
	Language string                   `json:"language,omitempty"`     // such as pt; "" is the server's
	Zone     string                   `json:"time_zone,omitempty"`    // an IANA name; "" is the server's
	Quiet    []Quiet                  `json:"quiet_hours,omitempty"`  // in that zone
	Through  []Class                  `json:"through_quiet,omitzero"` // what passes quiet hours; nil: approvals and ends
	Ways     map[string]map[Class]Way `json:"ways,omitempty"`         // by channel, "browser" too, and class; what is absent is on
	Digest   Cadence                  `json:"digest,omitzero"`        // when digests are sent; none: every hour
	Mutes    []Mute                   `json:"mutes,omitempty"`
	At       time.Time                `json:"changed_at,omitzero"`

	// Broken is why what is stored cannot be read, "" if it can: the rest is empty then.
	Broken string `json:"-"`
}

// Way is how messages of a class are told on a channel.
type Way string

// The ways.
const (
	WayOn     Way = "on"
	WayDigest Way = "digest" // gathered, and told together
	WayOff    Way = "off"
)

// Browser stands for the notices on open pages, which are no channel, in Preferences.
const Browser = "browser"

// Mute is the wish not to be told of tasks, for a time or for ever. Approvals and ends are
// told all the same, unless it says All.
type Mute struct {
	ID    string    `json:"id"` // mut_ and letters and digits
	Match Match     `json:"match"`
	Until time.Time `json:"until,omitzero"` // zero is for ever
	All   bool      `json:"all,omitempty"`
	At    time.Time `json:"made_at"`
}

// ForPeople are those of some channels that people read, and the notices on open pages:
// what Ways are about.
func ForPeople(channels []string) []string {
	return append(slices.DeleteFunc(slices.Clone(channels), func(c string) bool { return c == Webhook }), Browser)
}

var passing = [...]Class{ClassApproval, ClassEnd}

// Passing are the classes that mutes, digests of rules, and the quiet hours of those who
// have not said otherwise let pass.
func Passing() []Class { return slices.Clone(passing[:]) }

// passes reports whether a class is one of Passing.
func (c Class) passes() bool { return slices.Contains(passing[:], c) }

// passes reports whether a class passes quiet hours.
func (p *Preferences) passes(c Class) bool {
	if p.Through == nil {
		return c.passes()
	}
	return slices.Contains(p.Through, c)
}

// Hush is until when a message of a class is held back at a moment, if it is. zone is
// where they live: Zone, or the server's. It is pure.
func (p *Preferences) Hush(c Class, zone *time.Location, at time.Time) (until time.Time, quiet bool) {
	if p.passes(c) {
		return at, false
	}
	return Silence(p.Quiet, zone, at)
}

// way is how a class is told on a channel.
func (p *Preferences) way(channel string, c Class) Way {
	if way, ok := p.Ways[channel][c]; ok {
		return way
	}
	return WayOn
}

// muted is the mute that keeps somebody from being told of a task at a moment, nil if
// none does.
func (p *Preferences) muted(t *progress.Task, c Class, at time.Time) *Mute {
	for i := range p.Mutes {
		if m := &p.Mutes[i]; m.covers(c) && m.On(at) && m.Match.Of(t) {
			return m
		}
	}
	return nil
}

// covers reports whether it is about a class.
func (m *Mute) covers(c Class) bool { return m.All || !c.passes() }

// On reports whether it has not run out.
func (m *Mute) On(at time.Time) bool { return m.Until.IsZero() || at.Before(m.Until) }
