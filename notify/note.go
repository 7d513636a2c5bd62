package notify

import (
	"net/url"
	"time"
)

// notes are letters to the other destinations of the owners of one; about makes their
// ids.
func (d *desk) notes(from Lane, k NoteKind, why, about string, at time.Time) Routed {
	var r Routed
	subs, err := d.rolls.list(d.hard, at)
	if err != nil {
		d.Log.Error("the owners of an address could not be found", "error", err)
		return r
	}
	note := Note{Kind: k, Channel: from.Address.Channel, To: from.Address.Shown(), Reason: why, At: at}
	for _, mine := range subs {
		if mine.Address.Lane() != from.ID {
			continue
		}
		note.Sub = mine.ID
		for _, s := range subs {
			if s.Owner == mine.Owner && s.Off == "" && s.Address.Lane() != from.ID && s.Wants(string(k)) {
				r.Lanes = append(r.Lanes, Lane{ID: s.Address.Lane(), Address: s.Address})
				r.Letters = append(r.Letters, NoteLetter(s, note, about))
			}
		}
	}
	return r
}

// NoteLetter is a subscription's letter with a note. about tells it from others of the
// kind: the same gives the same letter.
func NoteLetter(s *Subscription, n Note, about string) Letter {
	return Letter{
		ID: letterID("note", string(s.ID), string(n.Kind), about), Lane: s.Address.Lane(), Sub: s.ID, Person: s.Owner,
		Class: ClassAlarm, State: Due, MadeAt: n.At, ExpiresAt: n.At.Add(noteHorizon), Note: &n,
	}
}

// Shown is the address without what may be a secret: of a URL, no user, no query.
func (a Address) Shown() string {
	u, err := url.Parse(a.To)
	if err != nil || u.Host == "" {
		return a.To
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
