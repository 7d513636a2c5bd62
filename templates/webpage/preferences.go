package webpage

import (
	"fmt"
	"slices"
	"strings"
)

// Preferences are how somebody wants to be told, as the form has it: texts, as they were
// typed.
type Preferences struct {
	Language string
	Zone     string
	Usual    string // the zone of those who have chosen none
	Hours    []Hours
	Through  []string          // classes that pass quiet hours
	Channels []string          // those that there are, "browser" too
	Ways     map[string]string // by WayField; what is absent is on
	Digest   string
	Changed  string // when what is kept was changed, "" for never
	Field    string // that was refused, "" for none
	Say      string // why
}

// Hours are quiet ones.
type Hours struct {
	Days     []string // mon to sun
	From, To string
}

// The names of fields, which are those that refusals have.
const (
	ZoneField     = "time_zone"
	LanguageField = "language"
	HoursField    = "quiet_hours"
	ThroughField  = "through_quiet"
	WaysField     = "ways"
	DigestField   = "digest"
	ChangedField  = "changed_at" // which preferences the page shows
)

// MostHours is how many rows of quiet hours the form has.
const MostHours = 20

// HoursOf is the name of a field of a row of quiet hours: days, from, to or drop.
func HoursOf(row int, field string) string { return fmt.Sprintf("%s[%d].%s", HoursField, row, field) }

// WayField is the name of the field on how a class is told on a channel.
func WayField(channel, class string) string { return WaysField + "." + channel + "." + class }

// Days are those of the week.
func Days() []string { return []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} }

// Classes are what the form has of them, what matters most first. Nothing that reaches
// people here has the class progress.
func Classes() []string { return []string{"approval", "end", "alarm", "step"} }

// classes are the classes in words.
var classes = map[string]string{
	"approval": "Approvals", "end": "Ends of tasks", "alarm": "Alarms: nothing moves", "step": "Steps and other news",
}

// columns are the channels in words.
var columns = map[string]string{"email": "By mail", "webpush": "By push", "browser": "On open pages", "slack": "In Slack", "discord": "In Discord"}

// column is a channel in words.
func column(channel string) string {
	if text := columns[channel]; text != "" {
		return text
	}
	return "By " + channel
}

// languages are those that Herald speaks, by their own names.
var languages = []pair{{"en", "English"}, {"pt", "Português"}, {"es", "Español"}, {"de", "Deutsch"}, {"fr", "Français"}}

// preferencesView are preferences as their template sees them.
type preferencesView struct{ Preferences }

// Preferred are the preferences as their template sees them.
func (v notificationsView) Preferred() preferencesView { return preferencesView{*v.Preferences} }

// Wrong is why a field, or something in it, was refused; "" if it was not.
func (v preferencesView) Wrong(field string) string {
	rest, ok := strings.CutPrefix(v.Field, field)
	if v.Say == "" || !ok || rest != "" && rest[0] != '.' && rest[0] != '[' {
		return ""
	}
	return Sentence(v.Say)
}

// Marked reports whether what is refused stands at a field of the form.
func (v Preferences) Marked() bool {
	fields := []string{ZoneField, LanguageField, HoursField, ThroughField, WaysField, DigestField}
	return slices.ContainsFunc(fields, func(f string) bool { return preferencesView{v}.Wrong(f) != "" })
}

// Languages are those to choose from.
func (v preferencesView) Languages() []choice {
	out := []choice{{"", "The server’s", v.Language == ""}}
	for _, l := range languages {
		out = append(out, choice{l.Name, l.Value, l.Name == v.Language})
	}
	return out
}

// Passes are what may pass quiet hours.
func (v preferencesView) Passes() (out []choice) {
	for _, c := range Classes() {
		out = append(out, choice{c, classes[c], slices.Contains(v.Through, c)})
	}
	return out
}

// Zones are some of those that there are: the rest may be typed.
func (preferencesView) Zones() []string { return zones }

// hoursView is a row of quiet hours as its template sees it.
type hoursView struct {
	Hours
	N     int
	New   bool // it is the empty one
	Wrong string
	field string // that was refused
}

// Rows are the quiet hours, and an empty row for more.
func (v preferencesView) Rows() (out []hoursView) {
	for i, h := range v.Hours {
		out = append(out, hoursView{Hours: h, N: i, Wrong: v.wrongHours(i), field: v.Field})
	}
	if len(out) < MostHours {
		out = append(out, hoursView{Hours: Hours{Days: Days()}, N: len(out), New: true})
	}
	return out
}

// wrongHours is what is wrong with a row, and in which of its fields.
func (v preferencesView) wrongHours(row int) string {
	say := v.Wrong(fmt.Sprintf("%s[%d]", HoursField, row))
	for _, f := range []pair{{"from", "From"}, {"to", "To"}, {"days", "Days"}} {
		if say != "" && v.Wrong(HoursOf(row, f.Name)) != "" {
			return f.Value + ": " + v.Say + "."
		}
	}
	return say
}

// Title says which row it is.
func (h hoursView) Title() string {
	switch {
	case !h.New:
		return fmt.Sprintf("Quiet hours %d", h.N+1)
	case h.N == 0:
		return "Quiet hours"
	}
	return "More quiet hours"
}

// Name is the name of a field of the row.
func (h hoursView) Name(field string) string { return HoursOf(h.N, field) }

// Bad reports whether a time of the row, from or to, was refused: from for what is wrong
// with the row as a whole.
func (h hoursView) Bad(field string) bool {
	return h.Wrong != "" && (h.field == h.Name("to")) == (field == "to")
}

// Week are the days on which they may begin.
func (h hoursView) Week() (out []choice) {
	for _, d := range Days() {
		out = append(out, choice{d, strings.ToUpper(d[:1]) + d[1:], slices.Contains(h.Days, d)})
	}
	return out
}

// Columns are the channels in words.
func (v preferencesView) Columns() (out []string) {
	for _, c := range v.Channels {
		out = append(out, column(c))
	}
	return out
}

// classView is how a class is told, as its template sees it.
type classView struct {
	Label string
	Cells []wayView
}

// wayView is how a class is told on a channel.
type wayView struct {
	Name, Column, Label string
	Options             []choice
}

// Matrix is how the classes are told on the channels.
func (v preferencesView) Matrix() (out []classView) {
	for _, class := range Classes() {
		row := classView{Label: classes[class]}
		for _, channel := range v.Channels {
			name := WayField(channel, class)
			row.Cells = append(row.Cells, wayView{
				Name: name, Column: column(channel), Label: row.Label + ", " + strings.ToLower(column(channel)), Options: options(channel, class, v.Ways[name]),
			})
		}
		out = append(out, row)
	}
	return out
}

// options are the ways to tell a class on a channel. Approvals do not wait for a digest,
// and open pages have none.
func options(channel, class, chosen string) []choice {
	out := []choice{{"on", "At once", chosen == "" || chosen == "on"}}
	if class != "approval" && channel != "browser" {
		out = append(out, choice{"digest", "Digest", chosen == "digest"})
	}
	return append(out, choice{"off", "Never", chosen == "off"})
}
