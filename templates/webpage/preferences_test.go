package webpage

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/templates/words"
)

// preferred are preferences with one of each.
func preferred() *Preferences {
	return &Preferences{
		Language: "pt", Zone: `Europe/Lisbon"><b>`, Usual: "UTC", Digest: "08:00 17:30", Through: []string{"approval", "alarm"},
		Hours:    []Hours{{Days: Days(), From: "22:00", To: "07:00"}, {Days: []string{"sat", "sun"}, From: "12:00", To: "14:00"}},
		Channels: []string{"email", "webpush", "browser"},
		Ways:     map[string]string{WayField("email", "step"): "digest", WayField("browser", "end"): "off", WayField("webpush", "alarm"): "on"},
	}
}

// quieted are one of each sort.
func quieted() []Mute {
	return []Mute{
		{ID: "mut_a", Task: "t-1", Title: `A task"><b>`, Until: instant(90)},
		{ID: "mut_b", Kind: "import", Labels: map[string]string{"env": "test"}, All: true},
		{ID: "mut_c", Until: instant(60)},
	}
}

func TestMutes(t *testing.T) {
	t.Parallel()
	for i, want := range []string{`The task A task"><b>`, "Kind import, label env:test", "All tasks"} {
		if got := quieted()[i].Name(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestPreferencesRefused holds that what is wrong is said at its field, and that a form
// with a mistake has one field that takes the focus, where the mistake has a field of text.
func TestPreferencesRefused(t *testing.T) {
	t.Parallel()
	l := layout(t)
	for field, focus := range map[string]string{
		"time_zone": "time_zone", "language": "language", "digest": "digest", "quiet_hours": "", "quiet_hours[1]": "hours-1-from", "quiet_hours[1].from": "hours-1-from",
		"quiet_hours[0].to": "hours-0-to", "quiet_hours[1].days[0]": "hours-1-from", "through_quiet[1]": "", "ways.email.step": "", "ways.fax": "", "mutes": "none",
	} {
		n := Notifications{Preferences: preferred()}
		n.Preferences.Field, n.Preferences.Say = field, "is wrong"
		page, err := l.Notifications(viewer, n)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, string(page))
		marked := focus != "none"
		if got := len(regexp.MustCompile(`✕ (From: i|To: i|Days: i|I)s wrong\.`).FindAllString(string(page), -1)); got != map[bool]int{true: 1}[marked] || n.Preferences.Marked() != marked {
			t.Errorf("%s: it is said %d times", field, got)
		}
		got := ""
		for _, m := range regexp.MustCompile(`id="([^"]*)"[^>]* autofocus`).FindAllStringSubmatch(string(page), -1) {
			got += m[1]
		}
		if marked && got != focus {
			t.Errorf("%s: the focus is at %q, want %q", field, got, focus)
		}
	}
}

// TestFormHasAllThatThereIs holds what the form offers to what there is.
func TestFormHasAllThatThereIs(t *testing.T) {
	t.Parallel()
	var spoken []string
	for _, l := range languages {
		spoken = append(spoken, l.Name)
	}
	if !slices.Equal(spoken, words.Langs()) {
		t.Errorf("languages %v, not %v", spoken, words.Langs())
	}
	have := append(Classes(), string(notify.ClassProgress))
	for _, c := range notify.Classes() {
		if !slices.Contains(have, string(c)) {
			t.Errorf("the class %s is missing", c)
		}
	}
	if got := slices.Sorted(maps.Keys(classes)); !slices.Equal(got, slices.Sorted(slices.Values(Classes()))) {
		t.Errorf("words for %v", got)
	}
	if MostHours != notify.MostQuiet {
		t.Errorf("%d rows, where %d are kept", MostHours, notify.MostQuiet)
	}
	for _, zone := range zones {
		if _, err := time.LoadLocation(zone); err != nil {
			t.Error(err)
		}
	}
}

// TestRows holds that there is an empty row as long as there is room.
func TestRows(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "1 Quiet hours", 1: "2 More quiet hours", MostHours: "20 Quiet hours 20"} {
		rows := preferencesView{Preferences{Hours: make([]Hours, n)}}.Rows()
		if got := fmt.Sprint(len(rows), " ", rows[len(rows)-1].Title()); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
