package roadtest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// Drop is a task of which people see a card.
type Drop struct {
	ID   progress.TaskID
	Room string

	r      *Road
	n      int
	far    string         // what the platform called its card last
	since  [102]time.Time // when it came to each percentage
	urgent time.Time      // when it began to wait for somebody, or ended
	shows  string         // what its card says from then on
	late   time.Duration  // until it did
}

// Begin begins a task whose first step runs.
func (r *Road) Begin(d Drop, title string, labels map[string]string, steps ...progress.Plan) *Drop {
	r.t.Helper()
	d.r = r
	d.since[0] = time.Now()
	r.Does(d.ID, progress.Create{Spec: progress.Spec{Title: title, Labels: labels}, Steps: steps})
	r.Does(d.ID, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepRunning})
	return &d
}

// At has its first step come so far, of which the card shows a share.
func (d *Drop) At(percent, shown float64) {
	d.r.t.Helper()
	if n := int(shown); d.since[n].IsZero() {
		d.since[n] = time.Now()
	}
	d.r.Does(d.ID, progress.Report{Step: progress.StepRef{Order: 1}, StepProgress: &percent})
}

// Card is its card as it stands in its room, and what the platform calls that; ok is false while
// there is none.
func (d *Drop) Card() (text, far string, ok bool) {
	d.far = d.r.Root(d.Room, d.ID)
	text, ok = d.shown()
	return text, d.far, ok
}

// shown is its card where it was last.
func (d *Drop) shown() (text string, ok bool) {
	if d.far == "" {
		d.far = d.r.Root(d.Room, d.ID)
	}
	if d.far == "" {
		return "", false
	}
	return d.r.Far.Shows(d.far)
}

// shownPercent is the percentage that a card says.
var shownPercent = regexp.MustCompile(`\b(\d{1,3}) ?%`)

// Age is how long what its card shows is no longer true, where it was last.
func (d *Drop) Age() time.Duration {
	d.r.t.Helper()
	text, ok := d.shown()
	if !ok {
		return time.Since(d.since[0])
	}
	said := shownPercent.FindStringSubmatch(text)
	if said == nil {
		d.r.t.Fatalf("no percentage is in %q", text)
	}
	percent, err := strconv.Atoi(said[1])
	if err != nil || percent > 100 {
		d.r.t.Fatal(percent, err)
	}
	next := slices.IndexFunc(d.since[percent+1:], func(at time.Time) bool { return !at.IsZero() })
	if next < 0 {
		return 0
	}
	return time.Since(d.since[percent+1+next])
}

// look notes when its card says what cannot wait.
func (d *Drop) look() {
	if d.late > 0 {
		return
	}
	if text, _ := d.shown(); strings.Contains(text, d.shows) {
		d.late = time.Since(d.urgent)
	}
}
