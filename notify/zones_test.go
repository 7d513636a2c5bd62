package notify_test

import (
	_ "embed"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // for machines that have no time zones of their own

	"github.com/taskherald/herald/notify"
)

// zoneNames are those of all zones of the IANA's, as Go 1.26 has them.
//
//go:embed testdata/zones.txt
var zoneNames string

// oddities are days on which clocks were set in other ways than today, or on which there is
// something to stumble over.
var oddities = map[string][]string{
	"Pacific/Apia":        {"2011-12-30"},               // a day is skipped
	"Pacific/Kwajalein":   {"1969-09-30", "1993-08-21"}, // most of a day is there twice; one is skipped
	"Pacific/Kiritimati":  {"1994-12-31"},
	"Asia/Kathmandu":      {"1985-12-31"}, // a quarter of an hour
	"Asia/Pyongyang":      {"2018-05-04"},
	"America/Caracas":     {"2016-05-01"},
	"America/Sao_Paulo":   {"2018-11-04"}, // from 24:00 to 1:00
	"Europe/London":       {"1941-05-04", "1947-04-13"},
	"Antarctica/Casey":    {"2020-10-03"}, // three hours
	"Europe/Berlin":       {"2028-12-31", "2052-12-31"},
	"America/New_York":    {"2028-12-31", "2052-12-31"},
	"Pacific/Auckland":    {"2028-12-31", "2052-12-31"},
	"Australia/Lord_Howe": {"2052-12-31"},
}

// TestAllZones holds quiet hours and cadences to what clocks show, minute by minute, in all
// zones around each time that they are set in 2026.
func TestAllZones(t *testing.T) {
	t.Parallel()
	names := strings.Fields(zoneNames)
	if len(names) < 500 {
		t.Fatalf("there are only %d zones", len(names))
	}
	for name := range oddities {
		if !slices.Contains(names, name) {
			t.Errorf("there is no zone %s", name)
		}
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zone := zoneOf(t, name)
			for _, at := range momentsOf(t, name, zone) {
				f := newFilm(zone, at)
				f.checkSilence(t)
				f.checkNext(t)
			}
		})
	}
}

// momentsOf are those around which a zone is looked at: when its clocks are set in 2026, or
// else any, and the oddities.
func momentsOf(t *testing.T, name string, zone *time.Location) (out []time.Time) {
	t.Helper()
	const step = 6 * time.Hour
	begin, end := moment(t, "2026-01-01T00:00:00Z"), moment(t, "2027-01-01T00:00:00Z")
	for at := begin; at.Before(end); at = at.Add(step) {
		if aheadIn(zone, at) != aheadIn(zone, at.Add(step)) {
			out = append(out, setWithin(zone, at, step))
		}
	}
	if len(out) == 0 {
		out = append(out, begin)
	}
	for _, day := range oddities[name] {
		out = append(out, setWithin(zone, moment(t, day+"T00:00:00Z"), 48*time.Hour))
	}
	return out
}

// setWithin is the first minute after a moment, within a time, at which the clocks of a zone
// are set; the moment itself if they are not.
func setWithin(zone *time.Location, at time.Time, within time.Duration) time.Time {
	for d := time.Minute; d <= within; d += time.Minute {
		if aheadIn(zone, at.Add(d)) != aheadIn(zone, at) {
			return at.Add(d)
		}
	}
	return at
}

// aheadIn is how many minutes the clocks of a zone are ahead of UTC.
func aheadIn(zone *time.Location, at time.Time) int64 {
	_, seconds := at.In(zone).Zone()
	return int64(seconds / 60)
}

// A film is what the clocks of a zone show at each minute around a moment.
type film struct {
	zone  *time.Location
	from  time.Time
	shows []int64 // minutes since 1900 began, by those clocks
	most  int64   // by how many minutes they are set at once
}

// What a film is about, in minutes: samples are from its middle, most of them close to the
// moment. What is before shows what has been shown before, what is after when a weekend ends.
const (
	reel   = 124 * 60
	middle = 44 * 60
	around = 14 * 60
	near   = 3 * 60
)

// epoch is when 1900 began, a Monday, in seconds.
const epoch = -2208988800

func newFilm(zone *time.Location, at time.Time) *film {
	f := &film{zone: zone, from: at.Add(-middle * time.Minute), shows: make([]int64, reel)}
	for i := range f.shows {
		at := f.minute(i)
		f.shows[i] = (at.Unix()-epoch)/60 + aheadIn(zone, at)
		if i > 0 {
			f.most = max(f.most, f.shows[i-1]+1-f.shows[i], f.shows[i]-f.shows[i-1]-1)
		}
	}
	return f
}

func (f *film) minute(i int) time.Time { return f.from.Add(time.Duration(i) * time.Minute) }

// samples calls a function with some moments, and the minutes that they are in: now and
// then, and close to the middle wherever there is something, on which something ends.
func (f *film) samples(ends []int, look func(i int, at time.Time)) {
	for i := middle - around; i < middle+around; i++ {
		edge := i == middle || i == middle-1 || ends[i] != ends[i-1] || ends[i] != ends[i+1]
		if i%61 != 0 && (!edge || i < middle-near || i > middle+near) {
			continue
		}
		look(i, f.minute(i))
		look(i, f.minute(i).Add(time.Duration(1+i%7)*7*time.Second))
		look(i, f.minute(i+1).Add(-1))
	}
}

// checkSilence holds Silence to the film.
func (f *film) checkSilence(t *testing.T) {
	t.Helper()
	for _, text := range []string{
		"22:00-07:00", "mon,thu,sun 00:00-24:00; 00:00-00:01", "00:30-01:30; 01:30-02:00; 02:15-02:45; 23:45-00:15",
		"fri 18:00-24:00; sat,sun 00:00-24:00; mon 00:00-08:00",
	} {
		quiet := hours(t, text)
		open := f.opens(quiet)
		f.samples(open, func(i int, at time.Time) {
			want := at
			if open[i] > i {
				want = f.minute(open[i])
			}
			if until, is := notify.Silence(quiet, f.zone, at); !until.Equal(want) || is != (open[i] > i) {
				t.Fatalf("%s at %s: until %s, %v; want %s", text, at.In(f.zone), until.In(f.zone), is, want.In(f.zone))
			}
		})
	}
}

// opens is, for each minute, the first from it on that is not quiet.
func (f *film) opens(quiet []notify.Quiet) []int {
	week, out := weekOf(quiet), make([]int, reel)
	next := math.MaxInt
	for i, shown := range slices.Backward(f.shows) {
		if !week[shown%int64(len(week))] {
			next = i
		}
		out[i] = next
	}
	return out
}

// weekOf is the week, from Monday, with its quiet minutes.
func weekOf(quiet []notify.Quiet) *[7 * 24 * 60]bool {
	var week [7 * 24 * 60]bool
	for _, q := range quiet {
		for d, name := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
			if q.Days != nil && !slices.Contains(q.Days, name) {
				continue
			}
			for m := int(q.From); m == int(q.From) || m%(24*60) != int(q.To)%(24*60); m++ {
				week[(d*24*60+m)%len(week)] = true
			}
		}
	}
	return &week
}

// checkNext holds Next to the film.
func (f *film) checkNext(t *testing.T) {
	t.Helper()
	for _, text := range []string{"1m", "15m", "90m", "3h", "24h", "08:00 17:30", "00:00 00:30 01:00 01:30 02:00 02:30 03:00 23:59"} {
		c := cadence(t, text)
		next := f.nexts(c)
		f.samples(next, func(i int, at time.Time) {
			got := c.Next(at, f.zone)
			if !got.Equal(f.minute(next[i])) {
				t.Fatalf("%s after %s: %s, want %s", text, at.In(f.zone), got.In(f.zone), f.minute(next[i]).In(f.zone))
			}
			if most := c.Every + time.Duration(f.most)*time.Minute; c.Every > 0 && got.Sub(at) > most {
				t.Fatalf("%s after %s: only at %s", text, at.In(f.zone), got.In(f.zone))
			}
		})
	}
}

// nexts is, for each minute, the first after it that is a moment of a cadence: one at which
// the clocks show one of its times, or are set past it; times of day as they are shown first.
func (f *film) nexts(c notify.Cadence) []int {
	day, moments, seen := dayOf(c), make([]bool, reel), f.shows[0]
	for i, shown := range f.shows[1:] {
		if c.Every > 0 {
			seen = min(f.shows[i], shown-1)
		}
		for ; seen < shown; seen++ {
			moments[i+1] = moments[i+1] || day[(seen+1)%int64(len(day))]
		}
	}
	out, next := make([]int, reel), math.MaxInt
	for i, is := range slices.Backward(moments) {
		out[i] = next
		if is {
			next = i
		}
	}
	return out
}

// dayOf is the day with the minutes of a cadence.
func dayOf(c notify.Cadence) *[24 * 60]bool {
	var day [24 * 60]bool
	for i := range day {
		day[i] = slices.Contains(c.At, notify.Clock(i)) || c.Every > 0 && i%int(c.Every/time.Minute) == 0
	}
	return &day
}
