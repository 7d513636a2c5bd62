package notify

import (
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// manner is how somebody is told: their preferences, and how they read.
type manner struct {
	Preferences
	templates.Reader
}

// zones are time zones by their names, each read once; nil for a name that none has.
type zones map[string]*time.Location

func (z zones) named(name string) *time.Location {
	zone, known := z[name]
	if !known {
		zone, _ = time.LoadLocation(name) // nil with an error
		z[name] = zone
	}
	return zone
}

// mannerOf is that of somebody with preferences. What they leave open is as for all.
func mannerOf(p Preferences, usual templates.Reader, z zones) *manner {
	m := &manner{p, usual}
	if p.Language != "" {
		m.Lang = p.Language
	}
	if zone := z.named(p.Zone); p.Zone != "" && zone != nil {
		m.Reader.Zone = zone
	}
	if m.Reader.Zone == nil {
		m.Reader.Zone = time.UTC
	}
	return m
}

// UsualDigest is when digests are sent to those who have not said when.
func UsualDigest() Cadence { return Cadence{Every: time.Hour} }

// digestAt is when the next digest is sent of a cadence, or of their own where there is
// none: not in quiet hours.
func (m *manner) digestAt(c Cadence, class Class, at time.Time) time.Time {
	if c.None() {
		c = m.Digest
	}
	if c.None() {
		c = UsualDigest()
	}
	next := c.Next(at, m.Reader.Zone)
	if until, quiet := m.Hush(class, m.Reader.Zone, next); quiet {
		return until
	}
	return next
}

// temper has a message that would be told come in the manner of who gets it.
func (m *manner) temper(d *Decision, t *progress.Task, k progress.Kind, at time.Time) {
	class, channel := ClassOf(k), d.Sub.Address.Channel
	if mute := m.muted(t, class, at); mute != nil {
		d.silence(mute.says())
		return
	}
	switch way := m.way(channel, class); {
	case way == WayOff:
		d.silence("their preferences: nothing of class " + string(class) + " by " + channel)
	case way == WayDigest, !d.digest.None() && !class.passes():
		d.Outcome, d.Until = Gathers, m.digestAt(d.digest, class, at)
		d.Why += "; it comes with the next digest"
	default:
		if until, quiet := m.Hush(class, m.Reader.Zone, at); quiet {
			d.Outcome, d.Until = Holds, until
			d.Why += "; it is held in quiet hours"
		}
	}
}

// says is why a mute keeps something from being told.
func (m *Mute) says() string {
	if m.Until.IsZero() {
		return "muted"
	}
	return "muted until " + m.Until.UTC().Format(time.RFC3339)
}
