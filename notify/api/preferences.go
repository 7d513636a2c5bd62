package api

import (
	"fmt"
	"net/http"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// preferenceRoutes are those of how people want to be told. Nothing goes where it did not
// go before, so they need the right to read alone, as switching a subscription does.
func preferenceRoutes(s *server) []kit.Route {
	p, m := preferences{s}, mutes{preferences{s}}
	return []kit.Route{
		{Method: http.MethodGet, Path: "/api/preferences", Name: "getPreferences", Right: progress.MayRead, Do: p.get},
		{Method: http.MethodPut, Path: "/api/preferences", Name: "setPreferences", Right: progress.MayRead, Do: p.set},
		{Method: http.MethodPost, Path: "/api/preferences/mutes", Name: "mute", Right: progress.MayRead, Do: m.add},
		{Method: http.MethodDelete, Path: "/api/preferences/mutes/:id", Name: "unmute", Right: progress.MayRead, Do: m.remove},
	}
}

// preferred is what somebody says of how they want to be told, as the API has it.
type preferred struct {
	Language string                                 `json:"language"`
	Zone     string                                 `json:"time_zone"`
	Quiet    []quietHours                           `json:"quiet_hours"`
	Through  []notify.Class                         `json:"through_quiet,omitzero"` // nil: the usual
	Ways     map[string]map[notify.Class]notify.Way `json:"ways"`
	Digest   string                                 `json:"digest"`
}

// newPreferred is the body that sets them.
type newPreferred struct {
	preferred
	Changed *string `json:"changed_at"` // of those that were read; nil: whatever there is
}

// quietHours are a time of the week in which it is to be quiet.
type quietHours struct {
	Days []string `json:"days,omitempty"` // none: every day
	From string   `json:"from"`
	To   string   `json:"to"`
}

func preferredOf(p *notify.Preferences) preferred {
	out := preferred{p.Language, p.Zone, []quietHours{}, p.Through, p.Ways, p.Digest.String()}
	for _, q := range p.Quiet {
		out.Quiet = append(out.Quiet, quietHours{q.Days, q.From.String(), q.To.String()})
	}
	if out.Ways == nil {
		out.Ways = map[string]map[notify.Class]notify.Way{}
	}
	return out
}

// read is what is said, in the domain's types. Whether it makes sense is not looked at.
func (w *preferred) read() (p notify.Preferences, err error) {
	p = notify.Preferences{Language: w.Language, Zone: w.Zone, Through: w.Through, Ways: w.Ways}
	for channel, of := range p.Ways {
		if of == nil {
			p.Ways[channel] = map[notify.Class]notify.Way{}
		}
	}
	for i, q := range w.Quiet {
		out := notify.Quiet{Days: q.Days}
		if out.From, err = clockIn(fmt.Sprintf("quiet_hours[%d].from", i), q.From); err != nil {
			return p, err
		}
		if out.To, err = clockIn(fmt.Sprintf("quiet_hours[%d].to", i), q.To); err != nil {
			return p, err
		}
		p.Quiet = append(p.Quiet, out)
	}
	if p.Digest, err = notify.ParseCadence(w.Digest); err != nil {
		return p, kit.Invalid("digest", "%v", err)
	}
	return p, nil
}

func clockIn(field, text string) (notify.Clock, error) {
	at, err := notify.ParseClock(text)
	if err != nil {
		return 0, kit.Invalid(field, "%v", err)
	}
	return at, nil
}

// preference is all about how somebody is told, as the API shows it.
type preference struct {
	Person progress.Person `json:"person"`
	preferred
	Mutes     []mute           `json:"mutes"` // the oldest first
	ChangedAt progress.Instant `json:"changed_at,omitzero"`
	Defaults  usualWays        `json:"defaults"`
}

// usualWays are what holds where nothing is said.
type usualWays struct {
	Language string         `json:"language"`
	Zone     string         `json:"time_zone"`
	Digest   string         `json:"digest"`
	Through  []notify.Class `json:"through_quiet"`
	Channels []string       `json:"channels"` // that there are to say something of
}

// preferences handles what is asked of them.
type preferences struct{ *server }

// shown are preferences as the API shows them.
func (s preferences) shown(p *notify.Preferences) preference {
	out := preference{
		Person: p.Person, preferred: preferredOf(p), Mutes: []mute{}, ChangedAt: progress.Instant(p.At),
		Defaults: usualWays{s.Language, s.Zone, notify.UsualDigest().String(), notify.Passing(), notify.ForPeople(s.Channels)},
	}
	for _, m := range inForce(p.Mutes, s.now()) {
		out.Mutes = append(out.Mutes, muteOf(m))
	}
	return out
}

// person is whose preferences are meant: the caller's, or of somebody whom an admin names.
func (s preferences) person(c *kit.Call) (progress.Person, error) {
	name := c.Query().Text("person")
	switch {
	case name == "" || name == string(c.Who.Person):
		return c.Who.Person, nil
	case !c.Who.Has(progress.MayAdmin):
		return "", &progress.Error{Code: progress.Forbidden, Field: "person", Say: "those of others are for admins"}
	case kit.Short("person", name, mostName) != nil:
		return "", kit.Invalid("person", "must be UTF-8 text without NUL, of at most %d characters", mostName)
	}
	_, ok, err := s.Person(c.Ctx(), progress.Person(name))
	if err == nil && !ok {
		err = &progress.Error{Code: progress.NotFound, Field: "person", Say: "there is nobody of that name, or they are disabled"}
	}
	return progress.Person(name), progress.Trouble(err)
}

// get is GET /api/preferences.
func (s preferences) get(c *kit.Call) error {
	who, err := s.person(c)
	if err != nil {
		return err
	}
	p, err := s.Ledger.PreferencesOf(c.Ctx(), who)
	if err != nil {
		return progress.Trouble(err)
	}
	c.Reply(http.StatusOK, s.shown(&p))
	return nil
}

// set is PUT /api/preferences: all but the mutes.
func (s preferences) set(c *kit.Call) error {
	who, err := s.person(c)
	if err != nil {
		return err
	}
	var body newPreferred
	if err := c.Bind(&body); err != nil {
		return err
	}
	want, err := body.read()
	if err == nil {
		err = want.Check(s.Channels)
	}
	if err != nil {
		return err
	}
	p, err := s.rewrite(c, who, body.Changed, func(p *notify.Preferences) error {
		want.Mutes = p.Mutes
		*p = want
		return nil
	})
	if err != nil {
		return err
	}
	c.Reply(http.StatusOK, s.shown(&p))
	return nil
}

// prefer changes somebody's preferences, and lets go of mutes that have run out.
func (s preferences) prefer(c *kit.Call, who progress.Person, fn func(*notify.Preferences) error) (notify.Preferences, error) {
	now := s.now()
	p, err := s.Ledger.Prefer(c.Ctx(), who, func(p *notify.Preferences) error {
		p.Mutes = inForce(p.Mutes, now)
		return fn(p)
	})
	return p, progress.Trouble(err)
}

// rewrite changes all of them but the mutes, unless they are others than those that were
// read: seen is when those were changed, "" for never, nil for whatever there is.
func (s preferences) rewrite(c *kit.Call, who progress.Person, seen *string, fn func(*notify.Preferences) error) (notify.Preferences, error) {
	return s.prefer(c, who, func(p *notify.Preferences) error {
		if err := unchanged(p, seen); err != nil {
			return err
		}
		at := s.now().Truncate(time.Millisecond)
		if !at.After(p.At) { // so that no two look alike
			at = p.At.Add(time.Millisecond)
		}
		err := fn(p)
		p.At = at
		return err
	})
}

// changedField is what says which preferences were read.
const changedField = "changed_at"

// changedAt is when they were changed, as all show it; "" for never.
func changedAt(p *notify.Preferences) string { return progress.Instant(p.At).String() }

func unchanged(p *notify.Preferences, seen *string) error {
	if seen == nil || *seen == changedAt(p) {
		return nil
	}
	_, err := timeIn(changedField, *seen)
	if err == nil {
		err = &progress.Error{Code: progress.Conflict, Field: changedField, Say: "the preferences have changed since they were read; read them again"}
	}
	return err
}

// timeIn reads a time of a body; the zero time if nothing is said.
func timeIn(field, text string) (at time.Time, err error) {
	if text == "" {
		return at, nil
	}
	if at, err = time.Parse(time.RFC3339, text); err != nil {
		return at, kit.Invalid(field, "must be a time like 2026-01-31T12:00:00Z, not %.50q", text)
	}
	return at.UTC().Truncate(time.Microsecond), nil
}
