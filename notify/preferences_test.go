package notify_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// TestCheckPreferences is which preferences are refused, and where.
func TestCheckPreferences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, doc, field string }{
		{"none", `{}`, ""},
		{"all", `{"language": "pt", "time_zone": "America/Sao_Paulo", "quiet_hours": [{"days": ["fri"], "from": "22:00", "to": "07:00"}],
			"through_quiet": ["approval", "alarm"], "ways": {"email": {"step": "digest", "end": "digest", "approval": "off", "alarm": "on", "progress": "off"},
			"browser": {"end": "off"}}, "digest": "08:00 17:30", "mutes": [{"match": {"kind": "k", "labels": {"env": ""}}, "until": "2001-01-01T00:00:00Z"}]}`, ""},
		{"another language", `{"language": "xx"}`, "language"},
		{"a language and a country", `{"language": "pt-BR"}`, "language"},
		{"no zone", `{"time_zone": "Europe/Atlantis"}`, "time_zone"},
		{"the machine's zone", `{"time_zone": "Local"}`, "time_zone"},
		{"a file", `{"time_zone": "../../etc/passwd"}`, "time_zone"},
		{"quiet hours", `{"quiet_hours": [{"from": "24:00", "to": "07:00"}]}`, "quiet_hours[0].from"},
		{"nothing passes", `{"through_quiet": []}`, ""},
		{"no class passes", `{"through_quiet": ["end", "steps"]}`, "through_quiet[1]"},
		{"a class passes twice", `{"through_quiet": ["end", "end"]}`, "through_quiet[1]"},
		{"no channel", `{"ways": {"pigeon": {"end": "on"}}}`, "ways.pigeon"},
		{"that of programs", `{"ways": {"webhook": {}}}`, "ways.webhook"},
		{"no class", `{"ways": {"email": {"ends": "on"}}}`, "ways.email.ends"},
		{"no way", `{"ways": {"email": {"end": "yes"}}}`, "ways.email.end"},
		{"the first of many", `{"ways": {"webpush": {"x": "on"}, "email": {"step": "x", "end": "x"}}}`, "ways.email.end"},
		{"questions gathered", `{"ways": {"email": {"approval": "digest"}}}`, "ways.email.approval"},
		{"progress gathered", `{"ways": {"email": {"progress": "digest"}}}`, "ways.email.progress"},
		{"gathered on pages", `{"ways": {"browser": {"step": "digest"}}}`, "ways.browser.step"},
	} {
		var p notify.Preferences
		if err := json.Unmarshal([]byte(c.doc), &p); err != nil {
			t.Fatal(c.name, err)
		}
		if field := fieldOf(t, p.Check([]string{"email", "webhook", "webpush"})); field != c.field {
			t.Errorf("%s: %q is wrong", c.name, field)
		}
	}
}

// TestCheckDigest is which cadences are refused that no text says.
func TestCheckDigest(t *testing.T) {
	t.Parallel()
	for _, c := range []notify.Cadence{{Every: 7 * time.Minute}, {Every: time.Hour, At: []notify.Clock{60}}, {At: []notify.Clock{-1}}} {
		p := notify.Preferences{Digest: c}
		if field := fieldOf(t, p.Check(nil)); field != "digest" {
			t.Errorf("%q is wrong", field)
		}
	}
}

// TestPreferredLanguages is that people may have any language of the book.
func TestPreferredLanguages(t *testing.T) {
	t.Parallel()
	for _, lang := range words.Langs() {
		p := notify.Preferences{Language: lang}
		if err := p.Check(nil); err != nil {
			t.Error(err)
		}
	}
	p := notify.Preferences{Language: "it"}
	if err := p.Check(nil); err == nil || !strings.Contains(err.Error(), strings.Join(words.Langs(), ", ")) {
		t.Errorf("the languages are told as %v", err)
	}
}

// TestPreferencesInJSON is that preferences come back as they were, and what is not said is
// not written.
func TestPreferencesInJSON(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		p    notify.Preferences
		text string
	}{
		{notify.Preferences{Person: "ann"}, `{"person":"ann"}`},
		{notify.Preferences{Person: "ann", Through: []notify.Class{}}, `{"person":"ann","through_quiet":[]}`},
		{notify.Preferences{
			Person: "ann", Language: "de", Zone: "Europe/Berlin", Quiet: []notify.Quiet{{Days: []string{"mon"}, From: 22 * 60, To: 24 * 60}, {To: 60}},
			Through: []notify.Class{notify.ClassEnd}, Ways: map[string]map[notify.Class]notify.Way{"email": {notify.ClassStep: notify.WayDigest}},
			Digest: notify.Cadence{Every: 15 * time.Minute}, At: at,
			Mutes: []notify.Mute{
				{ID: "mut_1", Match: notify.Match{Kind: "k"}, Until: at, All: true, At: at}, {ID: "mut_2", At: at},
			},
		}, `{"person":"ann","language":"de","time_zone":"Europe/Berlin","quiet_hours":[{"days":["mon"],"from":"22:00","to":"24:00"},{"from":"00:00","to":"01:00"}],` +
			`"through_quiet":["end"],"ways":{"email":{"step":"digest"}},"digest":"15m",` +
			`"mutes":[{"id":"mut_1","match":{"kind":"k"},"until":"2026-06-01T12:00:00Z","all":true,"made_at":"2026-06-01T12:00:00Z"},` +
			`{"id":"mut_2","match":{},"made_at":"2026-06-01T12:00:00Z"}],"changed_at":"2026-06-01T12:00:00Z"}`},
	} {
		out, err := json.Marshal(c.p)
		if err != nil || string(out) != c.text {
			t.Errorf("written as %s, %v", out, err)
		}
		var back notify.Preferences
		if err := json.Unmarshal(out, &back); err != nil || !reflect.DeepEqual(back, c.p) {
			t.Errorf("comes back as %+v, %v", back, err)
		}
	}
}

// TestHush is what is held back in quiet hours.
func TestHush(t *testing.T) {
	t.Parallel()
	berlin := zoneOf(t, "Europe/Berlin")
	night, morning := moment(t, "2026-06-01T23:00:00+02:00"), moment(t, "2026-06-02T07:00:00+02:00")
	for _, c := range []struct {
		name    string
		through []notify.Class
		held    []notify.Class
	}{
		{"as usual", nil, []notify.Class{notify.ClassProgress, notify.ClassStep, notify.ClassAlarm}},
		{"nothing passes", []notify.Class{}, notify.Classes()},
		{"alarms pass", []notify.Class{notify.ClassAlarm}, []notify.Class{notify.ClassProgress, notify.ClassStep, notify.ClassApproval, notify.ClassEnd}},
		{"all passes", notify.Classes(), nil},
	} {
		p := notify.Preferences{Quiet: hours(t, "22:00-07:00"), Through: c.through}
		var held []notify.Class
		for _, class := range notify.Classes() {
			until, quiet := p.Hush(class, berlin, night)
			if quiet {
				held = append(held, class)
			}
			if want := map[bool]time.Time{true: morning, false: night}[quiet]; !until.Equal(want) {
				t.Errorf("%s: %s is held until %s", c.name, class, until)
			}
			if _, quiet := p.Hush(class, berlin, morning); quiet {
				t.Errorf("%s: %s is held in the morning", c.name, class)
			}
		}
		if !reflect.DeepEqual(held, c.held) {
			t.Errorf("%s: %v are held", c.name, held)
		}
	}
	if _, quiet := new(notify.Preferences).Hush(notify.ClassStep, time.UTC, night); quiet {
		t.Error("it is quiet without quiet hours")
	}
}

// TestErrorsOfPreferences is what people read who got a class or a day wrong.
func TestErrorsOfPreferences(t *testing.T) {
	t.Parallel()
	p := notify.Preferences{Through: []notify.Class{"urgent"}}
	err, _ := p.Check(nil).(*progress.Error)
	if err == nil || err.Say != `"urgent" is no class; the classes are progress, step, alarm, approval, end` {
		t.Errorf("%v", err)
	}
	p = notify.Preferences{Ways: map[string]map[notify.Class]notify.Way{"sms": nil}}
	err, _ = p.Check([]string{"email", "webhook"}).(*progress.Error)
	if err == nil || err.Say != `"sms" is no channel of this server; there are email, browser` {
		t.Errorf("%v", err)
	}
}
