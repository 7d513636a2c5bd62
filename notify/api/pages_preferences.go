package api

import (
	"errors"
	"net/url"
	"slices"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/templates/webpage"
)

// mostWish is how long the form of preferences may be, in bytes.
const mostWish = 32 << 10

// The midnight that ends a day, and the one that begins it, which is the only one that a
// field for times of day can show.
const dayEnds, dayBegins = "24:00", "00:00"

// prefer is POST /notifications/preferences.
func (s places) prefer(c *kit.Call) error {
	f, err := kit.Form(c.Writer, c.Request, mostWish)
	if err != nil {
		return err
	}
	typed := typedIn(f, notify.ForPeople(s.Channels))
	_, err = preferences(s).rewrite(c, c.Who.Person, seenIn(f), func(p *notify.Preferences) error { return onto(p, &typed, s.Channels) })
	if e, ok := errors.AsType[*progress.Error](err); ok {
		typed.Field, typed.Say = e.Field, e.Say
		switch {
		case e.Code == progress.Conflict:
			err = &progress.Error{Code: e.Code, Say: "nothing is saved yet: this was changed elsewhere meanwhile; what you have typed is below, and takes its place if you save again"}
		case typed.Marked():
			err = &progress.Error{Code: e.Code, Say: "nothing is saved yet: what is wrong is marked below"}
		}
	}
	return s.done(c, "saved", err, webpage.Notifications{Preferences: &typed})
}

// seenIn is which preferences the page showed, nil if it does not say.
func seenIn(f url.Values) *string {
	if !f.Has(webpage.ChangedField) {
		return nil
	}
	return new(f.Get(webpage.ChangedField))
}

// typedIn is what stands in the fields of a form.
func typedIn(f url.Values, channels []string) webpage.Preferences {
	out := webpage.Preferences{
		Language: f.Get(webpage.LanguageField), Zone: f.Get(webpage.ZoneField), Digest: f.Get(webpage.DigestField),
		Hours: hoursIn(f), Through: f[webpage.ThroughField], Channels: channels, Ways: map[string]string{},
	}
	for _, channel := range channels {
		for _, class := range webpage.Classes() {
			name := webpage.WayField(channel, class)
			out.Ways[name] = f.Get(name)
		}
	}
	return out
}

// hoursIn are the rows of quiet hours that are not empty, and are to stay.
func hoursIn(f url.Values) (out []webpage.Hours) {
	for i := 0; f.Has(webpage.HoursOf(i, "from")); i++ {
		h := webpage.Hours{Days: f[webpage.HoursOf(i, "days")], From: f.Get(webpage.HoursOf(i, "from")), To: f.Get(webpage.HoursOf(i, "to"))}
		if h.From+h.To != "" && !f.Has(webpage.HoursOf(i, "drop")) {
			out = append(out, h)
		}
	}
	return out
}

// onto has preferences say what was typed. What the form does not show stays as it is.
func onto(p *notify.Preferences, typed *webpage.Preferences, channels []string) error {
	said := preferred{
		Language: typed.Language, Zone: typed.Zone, Digest: typed.Digest,
		Through: throughOf(typed.Through, p.Through), Ways: waysOf(typed, p.Ways),
	}
	for i, h := range typed.Hours {
		if len(h.Days) == 0 {
			return kit.Invalid(webpage.HoursOf(i, "days"), "check a day on which they begin")
		}
		said.Quiet = append(said.Quiet, quietIn(h))
	}
	want, err := said.read()
	if err == nil {
		err = want.Check(channels)
	}
	if err != nil {
		return err
	}
	want.Person, want.Mutes = p.Person, p.Mutes
	*p = want
	return nil
}

// quietIn are quiet hours as the API has them.
func quietIn(h webpage.Hours) quietHours {
	if len(h.Days) == len(webpage.Days()) {
		h.Days = nil
	}
	if h.To == dayBegins {
		h.To = dayEnds
	}
	return quietHours(h)
}

// shownHours are quiet hours as the form shows them.
func shownHours(q notify.Quiet) webpage.Hours {
	h := webpage.Hours{Days: q.Days, From: q.From.String(), To: q.To.String()}
	if len(h.Days) == 0 {
		h.Days = webpage.Days()
	}
	if h.To == dayEnds {
		h.To = dayBegins
	}
	return h
}

// throughOf are the classes that were checked, and of those before what the form does not
// show; nil for the usual.
func throughOf(checked []string, before []notify.Class) []notify.Class {
	out := append([]notify.Class{}, before...)
	out = slices.DeleteFunc(out, inForm)
	for _, c := range checked {
		out = append(out, notify.Class(c))
	}
	usual := func(c notify.Class) bool { return slices.Contains(notify.Passing(), c) }
	if len(out) == len(notify.Passing()) && !slices.ContainsFunc(out, func(c notify.Class) bool { return !usual(c) }) {
		return nil
	}
	return out
}

// inForm reports whether the form has a class.
func inForm(c notify.Class) bool { return slices.Contains(webpage.Classes(), string(c)) }

// waysOf are the ways that were chosen, and of those before what the form does not show
// of the channels that there are.
func waysOf(typed *webpage.Preferences, before map[string]map[notify.Class]notify.Way) map[string]map[notify.Class]notify.Way {
	out := map[string]map[notify.Class]notify.Way{}
	for _, channel := range typed.Channels {
		of := map[notify.Class]notify.Way{}
		for class, way := range before[channel] {
			if !inForm(class) {
				of[class] = way
			}
		}
		for _, class := range webpage.Classes() {
			if way := typed.Ways[webpage.WayField(channel, class)]; way != "" && way != string(notify.WayOn) {
				of[notify.Class(class)] = notify.Way(way)
			}
		}
		if len(of) > 0 {
			out[channel] = of
		}
	}
	return out
}

// kept are preferences as the form shows them.
func kept(p *notify.Preferences, channels []string) *webpage.Preferences {
	out := &webpage.Preferences{Language: p.Language, Zone: p.Zone, Digest: p.Digest.String(), Channels: notify.ForPeople(channels), Ways: map[string]string{}}
	for _, q := range p.Quiet {
		out.Hours = append(out.Hours, shownHours(q))
	}
	through := p.Through
	if through == nil {
		through = notify.Passing()
	}
	for _, c := range through {
		out.Through = append(out.Through, string(c))
	}
	for channel, of := range p.Ways {
		for class, way := range of {
			out.Ways[webpage.WayField(channel, string(class))] = string(way)
		}
	}
	return out
}
