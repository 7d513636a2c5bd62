package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// zoneOf is a time zone that has to be there.
func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// hours reads quiet hours such as "mon,tue 22:00-07:00; 12:00-13:00".
func hours(t *testing.T, text string) (out []notify.Quiet) {
	t.Helper()
	for part := range strings.SplitSeq(text, ";") {
		var q notify.Quiet
		words := strings.Fields(part)
		if len(words) == 2 {
			q.Days = strings.Split(words[0], ",")
		}
		from, to, _ := strings.Cut(words[len(words)-1], "-")
		q.From, q.To = clockOf(t, from), clockOf(t, to)
		out = append(out, q)
	}
	return out
}

func clockOf(t *testing.T, text string) notify.Clock {
	t.Helper()
	c, err := notify.ParseClock(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSilence is until when it is quiet. 2026-06-01 is a Monday; in Berlin clocks go from 2
// to 3 on 2026-03-29, and from 3 to 2 on 2026-10-25, both Sundays.
func TestSilence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, hours, at, until string }{
		{"no hours", "23:00-23:01", "2026-06-01T12:00:00+02:00", ""},
		{"inside", "12:00-13:00", "2026-06-01T12:30:00+02:00", "2026-06-01T13:00:00+02:00"},
		{"as it begins", "12:00-13:00", "2026-06-01T12:00:00+02:00", "2026-06-01T13:00:00+02:00"},
		{"just before", "12:00-13:00", "2026-06-01T11:59:59.999999999+02:00", ""},
		{"just before it ends", "12:00-13:00", "2026-06-01T12:59:59.999999999+02:00", "2026-06-01T13:00:00+02:00"},
		{"as it ends", "12:00-13:00", "2026-06-01T13:00:00+02:00", ""},
		{"overnight, in the evening", "22:00-07:00", "2026-06-01T23:00:00+02:00", "2026-06-02T07:00:00+02:00"},
		{"overnight, in the morning", "22:00-07:00", "2026-06-01T06:59:00+02:00", "2026-06-01T07:00:00+02:00"},
		{"to midnight", "22:00-24:00", "2026-06-01T23:00:00+02:00", "2026-06-02T00:00:00+02:00"},
		{"to the other midnight", "22:00-00:00", "2026-06-01T23:00:00+02:00", "2026-06-02T00:00:00+02:00"},
		{"begins on the day before", "mon 22:00-07:00", "2026-06-02T06:00:00+02:00", "2026-06-02T07:00:00+02:00"},
		{"begins on another day", "mon 22:00-07:00", "2026-06-01T06:00:00+02:00", ""},
		{"over the week's end", "sat 22:00-07:00", "2026-05-31T06:00:00+02:00", "2026-05-31T07:00:00+02:00"},
		{"a whole day", "sun 00:00-24:00", "2026-05-31T00:00:00+02:00", "2026-06-01T00:00:00+02:00"},
		{"touching", "12:00-13:00; 13:00-14:00", "2026-06-01T12:30:00+02:00", "2026-06-01T14:00:00+02:00"},
		{"overlapping", "12:00-13:30; 13:00-14:00; 12:15-12:20", "2026-06-01T12:10:00+02:00", "2026-06-01T14:00:00+02:00"},
		{"a weekend", "fri 18:00-24:00; sat,sun 00:00-24:00; mon 00:00-08:00", "2026-05-29T18:00:00+02:00", "2026-06-01T08:00:00+02:00"},
		{"a night with an hour less", "22:00-07:00", "2026-03-28T22:00:00+01:00", "2026-03-29T07:00:00+02:00"},
		{"a night with an hour more", "22:00-07:00", "2026-10-24T22:00:00+02:00", "2026-10-25T07:00:00+01:00"},
		{"an end that is skipped", "22:00-02:30", "2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00"},
		{"all of it skipped", "02:00-03:00", "2026-03-29T03:00:00+02:00", ""},
		{"an end that is there twice", "22:00-02:30", "2026-10-25T01:00:00+02:00", "2026-10-25T02:30:00+02:00"},
		{"quiet again when clocks go back", "22:00-02:30", "2026-10-25T02:10:00+01:00", "2026-10-25T02:30:00+01:00"},
		{"to when clocks go back into it", "02:00-03:00", "2026-10-25T02:10:00+02:00", "2026-10-25T03:00:00+01:00"},
	} {
		at, err := time.Parse(time.RFC3339Nano, c.at)
		if err != nil {
			t.Fatal(err)
		}
		want := at
		if c.until != "" {
			want, _ = time.Parse(time.RFC3339Nano, c.until)
		}
		until, quiet := notify.Silence(hours(t, c.hours), zoneOf(t, "Europe/Berlin"), at)
		if !until.Equal(want) || quiet != (c.until != "") {
			t.Errorf("%s: until %s, %v", c.name, until, quiet)
		}
	}
}

// TestSilenceOfNothing is that without quiet hours it is never quiet.
func TestSilenceOfNothing(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	if until, quiet := notify.Silence(nil, time.UTC, at); quiet || !until.Equal(at) {
		t.Errorf("until %s, %v", until, quiet)
	}
}

// TestSilenceEnds is that even what Check would refuse does not hold things back for ever.
func TestSilenceEnds(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 6, 1, 7, 0, 0, 0, time.UTC)
	for _, all := range []string{"00:00-24:00", "08:00-20:00; 20:00-08:00"} {
		until, quiet := notify.Silence(hours(t, all), time.UTC, at)
		if !quiet || until.Sub(at) < 7*24*time.Hour || until.Sub(at) > 9*24*time.Hour {
			t.Errorf("%s: until %s, %v", all, until, quiet)
		}
	}
}

// TestCheckQuiet is which quiet hours are refused, and where.
func TestCheckQuiet(t *testing.T) {
	t.Parallel()
	many := make([]notify.Quiet, notify.MostQuiet+1)
	for i := range many {
		many[i] = notify.Quiet{From: 60, To: 61}
	}
	for _, c := range []struct {
		name  string
		quiet []notify.Quiet
		field string
	}{
		{"none", nil, ""},
		{"a night", hours(t, "22:00-07:00"), ""},
		{"a whole day", hours(t, "sun 00:00-24:00"), ""},
		{"as many as may be", many[1:], ""},
		{"too many", many, "quiet_hours"},
		{"ends as it begins", hours(t, "22:00-07:00; 08:00-08:00"), "quiet_hours[1].to"},
		{"begins at the end of the day", hours(t, "24:00-07:00"), "quiet_hours[0].from"},
		{"begins before the day", []notify.Quiet{{From: -1, To: 7}}, "quiet_hours[0].from"},
		{"ends after the day", []notify.Quiet{{From: 1, To: 1441}}, "quiet_hours[0].to"},
		{"ends before the day", []notify.Quiet{{From: 1, To: -1}}, "quiet_hours[0].to"},
		{"no day", hours(t, "mon,monday 22:00-07:00"), "quiet_hours[0].days[1]"},
		{"a day twice", hours(t, "mon,tue,mon 22:00-07:00"), "quiet_hours[0].days[2]"},
		{"always", hours(t, "00:00-24:00"), "quiet_hours"},
		{"always, in parts", hours(t, "mon,tue,wed,thu,fri 08:00-08:01; 08:01-08:00; sat,sun 07:00-09:00"), "quiet_hours"},
		{"always but a minute", hours(t, "08:01-08:00; mon,tue,wed,thu,fri,sat 08:00-08:01"), ""},
	} {
		p := notify.Preferences{Quiet: c.quiet}
		if field := fieldOf(t, p.Check(nil)); field != c.field {
			t.Errorf("%s: %q is wrong", c.name, field)
		}
	}
}

// fieldOf is which field an error is about that has the code Invalid; "" for none.
func fieldOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	e, ok := err.(*progress.Error)
	if !ok || e.Code != progress.Invalid || e.Say == "" {
		t.Errorf("%v is no error for people", err)
		return "?"
	}
	return e.Field
}
