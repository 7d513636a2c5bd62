package notify_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
)

// cadence reads one that has to be good.
func cadence(t *testing.T, text string) notify.Cadence {
	t.Helper()
	c, err := notify.ParseCadence(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestParseCadence is what is a cadence, and how it is written.
func TestParseCadence(t *testing.T) {
	t.Parallel()
	everyHour := strings.Join(clocks(24), " ")
	for text, want := range map[string]string{
		"": "", " ": "", "1m": "1m", "15m": "15m", "60m": "1h", "1h": "1h", "90m": "90m", "1h30m": "90m", "24h": "24h", "1440m": "24h",
		"00:00": "00:00", "08:00": "08:00", " 08:00   17:30 ": "08:00 17:30", everyHour: everyHour,
	} {
		c, err := notify.ParseCadence(text)
		if err != nil || c.String() != want || c.None() != (want == "") {
			t.Errorf("%q is %q, none: %v, %v", text, c, c.None(), err)
		}
		if again, err := notify.ParseCadence(c.String()); err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("%q is %+v, and then %+v, %v", text, c, again, err)
		}
	}
}

// clocks are so many times of day, spread over a day.
func clocks(n int) (out []string) {
	for i := range n {
		out = append(out, notify.Clock(i*24*60/n).String())
	}
	return out
}

// TestParseCadenceRefuses is what is no cadence.
func TestParseCadenceRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"0", "0m", "-15m", "15", "15 m", "30s", "90s", "7m", "25h", "48h", "18h", "15m 30m", "15m 08:00", "08:00 15m", "8:00", "08:00,17:30",
		"24:00", "08:00 24:00", "17:30 08:00", "08:00 08:00", "daily", "1e3h", strings.Join(clocks(25), " "),
	} {
		if c, err := notify.ParseCadence(text); err == nil || !c.None() {
			t.Errorf("%q is %q, %v", text, c, err)
		}
	}
}

// TestCadenceInJSON is that cadences are texts in documents, and none is left out.
func TestCadenceInJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want notify.Cadence
	}{
		{`{"digest":"15m"}`, notify.Cadence{Every: 15 * time.Minute}},
		{`{"digest":"08:00 17:30"}`, notify.Cadence{At: []notify.Clock{480, 1050}}},
		{`{}`, notify.Cadence{}},
	} {
		var doc struct {
			Digest notify.Cadence `json:"digest,omitzero"`
		}
		if err := json.Unmarshal([]byte(c.text), &doc); err != nil || !reflect.DeepEqual(doc.Digest, c.want) {
			t.Errorf("%s is %+v, %v", c.text, doc.Digest, err)
		}
		if out, err := json.Marshal(doc); err != nil || string(out) != c.text {
			t.Errorf("%s comes back as %s, %v", c.text, out, err)
		}
		if err := json.Unmarshal([]byte(`{"digest":"7m"}`), &doc); err == nil {
			t.Error("7m does not go into a day")
		}
	}
}

// TestNext is when digests are sent in Berlin, where clocks go from 2 to 3 on 2026-03-29,
// and from 3 to 2 on 2026-10-25, and in Havana, where they go from 0 to 1 on 2026-03-08 and
// from 1 to 0 on 2026-11-01.
func TestNext(t *testing.T) {
	t.Parallel()
	const berlin, havana, kathmandu = "Europe/Berlin", "America/Havana", "Asia/Kathmandu"
	for _, c := range []struct{ cadence, zone, at, next string }{
		{"15m", berlin, "2026-06-01T12:07:31+02:00", "2026-06-01T12:15:00+02:00"},
		{"15m", berlin, "2026-06-01T12:15:00+02:00", "2026-06-01T12:30:00+02:00"},
		{"15m", berlin, "2026-06-01T12:14:59.999999999+02:00", "2026-06-01T12:15:00+02:00"},
		{"1h", kathmandu, "2026-06-01T12:07:00+05:45", "2026-06-01T13:00:00+05:45"},
		{"6h", berlin, "2026-06-01T19:00:00+02:00", "2026-06-02T00:00:00+02:00"},
		{"24h", berlin, "2026-06-01T00:00:00+02:00", "2026-06-02T00:00:00+02:00"},
		{"15m", berlin, "2026-03-29T01:50:00+01:00", "2026-03-29T03:00:00+02:00"},
		{"2h", berlin, "2026-03-29T01:50:00+01:00", "2026-03-29T03:00:00+02:00"},
		{"15m", berlin, "2026-10-25T02:50:00+02:00", "2026-10-25T02:00:00+01:00"},
		{"3h", berlin, "2026-10-25T00:00:00+02:00", "2026-10-25T03:00:00+01:00"},
		{"2h", berlin, "2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"},
		{"6h", berlin, "2026-10-25T00:00:00+02:00", "2026-10-25T06:00:00+01:00"},
		{"24h", havana, "2026-03-07T12:00:00-05:00", "2026-03-08T01:00:00-04:00"},
		{"08:00 17:30", berlin, "2026-06-01T07:59:00+02:00", "2026-06-01T08:00:00+02:00"},
		{"08:00 17:30", berlin, "2026-06-01T08:00:00+02:00", "2026-06-01T17:30:00+02:00"},
		{"08:00 17:30", berlin, "2026-06-01T17:30:00.000000001+02:00", "2026-06-02T08:00:00+02:00"},
		{"08:00", berlin, "2026-12-31T09:00:00+01:00", "2027-01-01T08:00:00+01:00"},
		{"02:30", berlin, "2026-03-28T12:00:00+01:00", "2026-03-29T03:00:00+02:00"},
		{"02:30", berlin, "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"},
		{"02:30", berlin, "2026-10-24T12:00:00+02:00", "2026-10-25T02:30:00+02:00"},
		{"02:30", berlin, "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"},
		{"02:30", berlin, "2026-10-25T02:10:00+01:00", "2026-10-26T02:30:00+01:00"},
		{"00:00", havana, "2026-03-07T12:00:00-05:00", "2026-03-08T01:00:00-04:00"},
		{"00:00", havana, "2026-10-31T12:00:00-04:00", "2026-11-01T00:00:00-04:00"},
		{"00:00", havana, "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00"},
	} {
		at, err := time.Parse(time.RFC3339Nano, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if next := cadence(t, c.cadence).Next(at, zoneOf(t, c.zone)); next.Format(time.RFC3339Nano) != next.Format(time.RFC3339) || !next.Equal(moment(t, c.next)) {
			t.Errorf("%s in %s after %s: %s, want %s", c.cadence, c.zone, c.at, next, c.next)
		}
	}
	if next := (notify.Cadence{}).Next(moment(t, "2026-06-01T12:00:00Z"), time.UTC); !next.IsZero() {
		t.Errorf("without a cadence a digest is sent at %s", next)
	}
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func FuzzParseCadence(f *testing.F) {
	for _, text := range []string{"15m", "1h30m", "24h", "08:00 17:30", "24:00", "0.25h", ""} {
		f.Add(text)
	}
	at := time.Date(2026, 3, 29, 0, 59, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := notify.ParseCadence(text)
		if err != nil {
			return
		}
		if again, err := notify.ParseCadence(c.String()); err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("%q is %+v, and then %+v, %v", text, c, again, err)
		}
		if next := c.Next(at, time.UTC); !c.None() && (!next.After(at) || next.Sub(at) > 24*time.Hour) {
			t.Errorf("%q is next at %s", text, next)
		}
	})
}
