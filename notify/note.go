package notify

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// party is whose message went wrong.
type party struct {
	sub    SubscriptionID
	person progress.Person
}

// said is what a note says; about makes its letters' ids.
type said struct {
	kind  NoteKind
	why   string
	about string
	at    time.Time
}

// notes are letters to the other destinations of the owners of one, but of those who only
// wait for its reader's yes: it may be a stranger's. That of a callback is in no table: it
// is the party's own.
func (d *desk) notes(ctx context.Context, from Lane, of party, what said) (r Routed, err error) {
	roll, err := d.rolls.list(ctx, what.at)
	if err != nil {
		return r, err
	}
	owners := map[party]bool{}
	for _, s := range roll.all {
		if s.Address.Lane() == from.ID && s.Off != Unconfirmed {
			owners[party{s.ID, s.Owner}] = true
		}
	}
	if len(owners) == 0 {
		owners[of] = true
	}
	if err := d.instead(ctx, owners); err != nil {
		return r, err
	}
	note := Note{Kind: what.kind, Channel: from.Address.Channel, To: from.Address.Shown(), Reason: what.why, At: what.at}
	for owner := range owners {
		note.Sub = owner.sub
		for _, s := range roll.all {
			if s.Owner == owner.person && s.Off == "" && s.Address.Lane() != from.ID && s.Hears(what.kind) {
				r.note(roll, s, note, what.about, ClassAlarm)
			}
		}
	}
	return r, nil
}

// instead has the operators be told where it would be nobody: of an address that their rules
// name.
func (d *desk) instead(ctx context.Context, owners map[party]bool) error {
	for owner := range owners {
		if d.named[owner.sub] == nil {
			continue
		}
		all, err := d.People(ctx)
		if err != nil {
			return err
		}
		delete(owners, owner)
		for _, p := range crowdOf(all).operators() {
			owners[party{owner.sub, p}] = true
		}
	}
	return nil
}

// note adds a subscription's letter with a note that matters as much as a class: in its
// owner's manner, or not at all.
func (r *Routed) note(roll *roll, s *Subscription, n Note, about string, class Class) {
	l := NoteLetter(s, n, about)
	if m := roll.manner(s.Owner); s.personal() {
		if m.way(s.Address.Channel, class) == WayOff {
			return
		}
		if until, quiet := m.Hush(class, m.Reader.Zone, n.At); quiet {
			l.DueAt, l.ExpiresAt = until, until.Add(noteHorizon)
		}
	}
	r.Lanes = append(r.Lanes, Lane{ID: l.Lane, Address: s.Address})
	r.Letters = append(r.Letters, l)
}

// NoteLetter is a subscription's letter with a note. about tells it from others of the
// kind: the same gives the same letter.
func NoteLetter(s *Subscription, n Note, about string) Letter {
	return Letter{
		ID: letterID("note", string(s.ID), string(n.Kind), about), Lane: s.Address.Lane(), Sub: s.ID, Person: s.Owner,
		Class: ClassAlarm, State: Due, MadeAt: n.At, ExpiresAt: n.At.Add(noteHorizon), Note: &n,
	}
}

// Shown is the address as others than its owner may read it: of a URL only the host,
// as its path may be a secret too.
func (a Address) Shown() string {
	u, err := url.Parse(a.To)
	switch {
	case err != nil && strings.Contains(a.To, "://"):
		return "…"
	case err != nil || u.Host == "":
		return a.To
	}
	shown := u.Scheme + "://" + u.Host
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		shown += "/…"
	}
	return shown
}
