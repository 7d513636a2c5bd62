package notify

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/taskherald/herald/templates"
)

// The bounds of preferences.
const (
	MostQuiet = 20 // quiet hours
	MostMutes = 200
)

// Check says what is wrong with preferences but for the mutes, each of which is looked at
// when it is made: an Error with Invalid that names the field, or nil. Channels are those
// that this server has.
func (p *Preferences) Check(channels []string) error {
	for _, err := range [...]error{
		checkLanguage("language", p.Language), checkZone("time_zone", p.Zone), checkQuiet("quiet_hours", p.Quiet),
		checkThrough("through_quiet", p.Through), checkWays("ways", p.Ways, channels),
	} {
		if err != nil {
			return err
		}
	}
	if err := p.Digest.check(); err != nil {
		return wrong("digest", "%v", err)
	}
	return nil
}

func checkLanguage(field, lang string) error {
	known := templates.Langs()
	if lang == "" || slices.Contains(known, lang) {
		return nil
	}
	return wrong(field, "%.50q is none of %s", lang, joined(known))
}

// checkZone refuses what is no name of the IANA's. Local is none: it means something else
// on each machine.
func checkZone(field, zone string) error {
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		return wrong(field, "%.50q is no time zone; write a name such as UTC, Europe/Berlin or America/Sao_Paulo", zone)
	}
	return nil
}

func checkThrough(field string, classes []Class) error {
	for i, c := range classes {
		here := fmt.Sprintf("%s[%d]", field, i)
		if err := checkClass(here, c); err != nil {
			return err
		}
		if slices.Contains(classes[:i], c) {
			return wrong(here, "%s is there twice", c)
		}
	}
	return nil
}

func checkWays(field string, ways map[string]map[Class]Way, channels []string) error {
	for _, channel := range slices.Sorted(maps.Keys(ways)) {
		here := fmt.Sprintf("%s.%.50s", field, channel)
		if err := checkWayOf(here, channel, channels); err != nil {
			return err
		}
		for _, c := range slices.Sorted(maps.Keys(ways[channel])) {
			if err := checkWay(fmt.Sprintf("%s.%.50s", here, c), channel, c, ways[channel][c]); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkWayOf refuses a channel that nobody can be told by here, and that of programs.
func checkWayOf(field, channel string, channels []string) error {
	usable := ForPeople(channels)
	switch {
	case channel == Webhook:
		return wrong(field, "webhooks are told all that they subscribe to; change the subscription")
	case !slices.Contains(usable, channel):
		return wrong(field, "%.50q is no channel of this server; there are %s", channel, joined(usable))
	}
	return nil
}

func checkWay(field, channel string, c Class, way Way) error {
	if err := checkClass(field, c); err != nil {
		return err
	}
	switch {
	case !slices.Contains([]Way{WayOn, WayDigest, WayOff}, way):
		return wrong(field, "must be on, digest or off, not %.50q", way)
	case way == WayDigest && channel == Browser:
		return wrong(field, "must be on or off: notices on open pages are not gathered")
	case way == WayDigest && (c == ClassApproval || c == ClassProgress):
		return wrong(field, "must be on or off: %s cannot wait for a digest", c)
	}
	return nil
}
