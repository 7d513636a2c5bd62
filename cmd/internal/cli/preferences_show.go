package cli

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/templates/textcard"
)

// preferred prints preferences.
func (s routing) preferred(now client.Preferences) error {
	if s.on(jsonFlag) {
		return s.printJSON(now)
	}
	out := lines(s.screen(), [][2]string{
		{"Person", string(now.Person)}, {"Language", orServers(now.Language, now.Defaults.Language)}, {"Time zone", orServers(now.Zone, now.Defaults.Zone)},
		{"Quiet hours", hoursWords(now.Quiet)}, {"Now", peace(now, s.screen().Now)}, {"They let pass", passWords(now)},
		{"Digests", everyWords(cmp.Or(now.Digest, now.Defaults.Digest))},
	}) + s.waysGrid(now)
	if len(now.Mutes) > 0 {
		out += "\n" + s.mutesGrid(now.Mutes)
	}
	return s.print(out)
}

// orServers is a wish, or what the server has where there is none.
func orServers(wish, usual string) string {
	switch {
	case wish != "":
		return wish
	case usual != "":
		return usual + ", as the server has it"
	}
	return "as the server has it"
}

// hoursWords says when it is quiet.
func hoursWords(all []client.Quiet) string {
	if len(all) == 0 {
		return "none"
	}
	words := make([]string, len(all))
	for i, q := range all {
		words[i] = q.From + " to " + q.To
		if len(q.Days) > 0 {
			words[i] += " on " + strings.Join(q.Days, ", ")
		}
	}
	return strings.Join(words, "; ")
}

// peace says whether it is quiet now, "" where it never is or nobody here knows the zone.
func peace(now client.Preferences, at time.Time) string {
	zone, err := time.LoadLocation(cmp.Or(now.Zone, now.Defaults.Zone))
	if err != nil || len(now.Quiet) == 0 {
		return ""
	}
	hours := make([]notify.Quiet, len(now.Quiet))
	for i, q := range now.Quiet {
		from, errFrom := notify.ParseClock(q.From)
		to, errTo := notify.ParseClock(q.To)
		if errFrom != nil || errTo != nil {
			return ""
		}
		hours[i] = notify.Quiet{Days: q.Days, From: from, To: to}
	}
	until, quiet := notify.Silence(hours, zone, at)
	if !quiet {
		return "not quiet"
	}
	return "quiet until " + until.In(zone).Format("2006-01-02 15:04") + " there"
}

// passWords says what passes quiet hours, "" where there are none.
func passWords(now client.Preferences) string {
	if len(now.Quiet) == 0 {
		return ""
	}
	if through := passesOf(now); len(through) > 0 {
		return strings.Join(through, ", ")
	}
	return "nothing"
}

// passesOf is what passes quiet hours.
func passesOf(now client.Preferences) []string {
	if now.Through == nil {
		return now.Defaults.Through
	}
	return now.Through
}

// everyWords says when digests come.
func everyWords(cadence string) string {
	if strings.Contains(cadence, ":") {
		return "at " + strings.Join(strings.Fields(cadence), ", ")
	}
	return "every " + cadence
}

// waysGrid is what is told on which channel.
func (s routing) waysGrid(now client.Preferences) string {
	columns, names := []textcard.Column{{Title: "CLASS"}}, channelsOf(now)
	for _, name := range names {
		columns = append(columns, textcard.Column{Title: s.screen().Clean(strings.ToUpper(name))})
	}
	var rows [][]string
	for _, class := range classes {
		row := []string{class}
		for _, name := range names {
			row = append(row, cmp.Or(now.Ways[name][class], "on"))
		}
		rows = append(rows, row)
	}
	return s.screen().Grid(columns, rows)
}

// channels are those that reach people, for completion; a server may have others.
var channels = [...]string{"email", "webpush", "slack", "discord", "browser"}

// channelsOf are the channels that preferences are about.
func channelsOf(now client.Preferences) []string {
	names := now.Defaults.Channels
	for _, name := range slices.Sorted(maps.Keys(now.Ways)) {
		if !slices.Contains(names, name) {
			names = append(slices.Clip(names), name)
		}
	}
	return names
}

// mutesGrid are mutes as a list.
func (s routing) mutesGrid(all []client.Mute) string {
	rows := make([][]string, len(all))
	for i, m := range all {
		rows[i] = []string{m.ID, mutedWords(m), strings.TrimPrefix(untilWords(m), "until "), keptBack(m)}
	}
	return s.screen().Grid([]textcard.Column{
		{Title: "MUTE"}, {Title: "OF", Want: 20, Min: 10}, {Title: "UNTIL"}, {Title: "KEEPS BACK", Want: 10, Min: 6, Drop: 1},
	}, rows)
}
