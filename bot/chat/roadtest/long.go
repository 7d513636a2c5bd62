package roadtest

import (
	"time"

	"github.com/taskherald/herald/progress"
)

// Watch is what is done beside a long task.
type Watch struct {
	Trouble func(after time.Duration, d *Drop) // each half minute, before the task moves; nil for none
	Excused func(after time.Duration) bool     // the card may be missing or old then; nil for never
}

// Long is a task of three hours whose card people watch. It gives how old the card was at most, and
// what the platform called it, in that order.
func (r *Road) Long(room string, w Watch) (d *Drop, oldest time.Duration, fars []string) {
	r.t.Helper()
	const all = 3 * time.Hour
	d = r.Begin(Drop{ID: "long", Room: room}, "Long one", nil, progress.Plan{Name: "Crawl"})
	began := time.Now()
	for after := time.Duration(0); after < all; after = time.Since(began) {
		if w.Trouble != nil {
			w.Trouble(after, d)
		}
		percent := 100 * float64(after) / float64(all)
		d.At(percent, percent)
		Pass(30 * time.Second)
		if w.Excused != nil && w.Excused(after) {
			continue
		}
		_, far, ok := d.Card()
		if !ok {
			r.t.Fatal("there is no card after", after)
		}
		oldest = max(oldest, d.Age())
		if len(fars) == 0 || fars[len(fars)-1] != far {
			fars = append(fars, far)
		}
	}
	return d, oldest, fars
}
