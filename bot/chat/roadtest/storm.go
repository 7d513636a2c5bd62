package roadtest

import (
	"fmt"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// StormRooms is how many rooms a storm is over.
const StormRooms = 10

const stormTasks = 50

// StormRoom is the name of a room of a storm.
func StormRoom(n int) string { return fmt.Sprint("storm-", n) }

// StormRules tell each room of its tasks, by a channel of a name.
func StormRules(channel string) (rules []notify.Rule) {
	for n := range StormRooms {
		name := StormRoom(n)
		rules = append(rules, notify.Rule{Match: notify.Matcher{Labels: map[string]string{"room": name}}, Tell: []string{channel + ":#" + name}})
	}
	return rules
}

// moves has a task come on: most move for all of the time, some ask and some end.
func (d *Drop) moves(after, all time.Duration) {
	if !d.urgent.IsZero() {
		return
	}
	share := float64(after) / float64(2*all) // of the first of two steps
	switch turn := time.Duration(d.n) * 10 * time.Second; {
	case d.n%5 == 3 && after >= turn:
		d.urgent, d.shows = time.Now(), "Ship it?"
		d.r.Does(d.ID, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepCompleted})
		d.r.Does(d.ID, progress.Report{Step: progress.StepRef{Order: 2}, StepStatus: progress.StepRunning})
	case d.n%5 == 4 && after >= turn:
		d.urgent, d.shows = time.Now(), "out of disk"
		d.r.Does(d.ID, progress.Report{Status: progress.Failed, Error: &progress.Fault{Message: "out of disk"}})
	default:
		d.At(200*share, 100*share+1)
	}
}

// Storm is fifty tasks over ten rooms for so long: after ten minutes twenty of them ask or are over.
// It gives how old a card was at most, and how long it took at most until a card showed that.
func (r *Road) Storm(all time.Duration) (oldest, slowest time.Duration) {
	r.t.Helper()
	began := time.Now()
	drops := make([]*Drop, stormTasks)
	for n := range drops {
		room := StormRoom(n % StormRooms)
		drops[n] = r.Begin(
			Drop{ID: progress.TaskID(fmt.Sprintf("storm-task-%02d", n)), Room: "#" + room, n: n}, fmt.Sprint("Task ", n), map[string]string{"room": room},
			progress.Plan{Name: "Build"}, progress.Plan{Name: "Ship", Gate: &progress.Gate{Prompt: "Ship it?"}},
		)
	}
	for after := time.Duration(0); after < all; after = time.Since(began) {
		for _, d := range drops {
			d.moves(after, all)
		}
		for n := range 16 {
			Pass(500 * time.Millisecond)
			for _, d := range drops {
				switch {
				case !d.urgent.IsZero():
					d.look()
				case n%4 == 3:
					oldest = max(oldest, d.Age())
				}
			}
		}
	}
	for _, d := range drops {
		if slowest = max(slowest, d.late); !d.urgent.IsZero() && d.late == 0 {
			r.t.Errorf("%s does not say %q", d.ID, d.shows)
		}
	}
	return oldest, slowest
}
