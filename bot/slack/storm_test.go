package slack_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// What a storm is made of: so many tasks in so many rooms of one workspace.
const (
	stormTasks = 50
	stormRooms = 10
	stormTime  = 10 * time.Minute
)

// drop is a task of a storm, and what Slack shows of it.
type drop struct {
	n      int
	id     progress.TaskID
	room   string
	far    string         // what Slack calls its card
	since  [102]time.Time // when it came to each percentage
	urgent time.Time      // when it began to wait for somebody, or ended
	shows  string         // what its card says from then on
	late   time.Duration  // until it did
}

// storm is many tasks at once.
func storm(r *road) []*drop {
	drops := make([]*drop, stormTasks)
	for n := range drops {
		room := fmt.Sprint("storm-", n%stormRooms)
		d := &drop{n: n, id: progress.TaskID(fmt.Sprintf("storm-task-%02d", n)), room: "#" + room}
		drops[n] = d
		d.since[0] = time.Now()
		r.does(d.id, progress.Create{
			Spec:  progress.Spec{Title: fmt.Sprint("Task ", n), Labels: map[string]string{"room": room}},
			Steps: []progress.Plan{{Name: "Build"}, {Name: "Ship", Gate: &progress.Gate{Prompt: "Ship it?"}}},
		})
		r.does(d.id, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepRunning})
	}
	return drops
}

// moves has a task come on: most move for all of the time, some ask and some end.
func (d *drop) moves(r *road, after time.Duration) {
	if !d.urgent.IsZero() {
		return
	}
	percent := int(100 * after / (2 * stormTime)) // of the first of two steps
	if d.since[percent+1].IsZero() {
		d.since[percent+1] = time.Now()
	}
	switch turn := time.Duration(d.n) * 10 * time.Second; {
	case d.n%5 == 3 && after >= turn:
		d.urgent, d.shows = time.Now(), "Ship it?"
		r.does(d.id, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepCompleted})
		r.does(d.id, progress.Report{Step: progress.StepRef{Order: 2}, StepStatus: progress.StepRunning})
	case d.n%5 == 4 && after >= turn:
		d.urgent, d.shows = time.Now(), "out of disk"
		r.does(d.id, progress.Report{Status: progress.Failed, Error: &progress.Fault{Message: "out of disk"}})
	default:
		done := 200 * float64(after) / float64(2*stormTime)
		r.does(d.id, progress.Report{Step: progress.StepRef{Order: 1}, StepProgress: &done})
	}
}

// card is its card as it stands in its room; ok is false while there is none.
func (d *drop) card(r *road) (m slackfake.Message, ok bool) {
	if d.far == "" {
		d.far = r.root(d.room, d.id)
	}
	return r.at(d.far)
}

// shownPercent is the percentage that a card says.
var shownPercent = regexp.MustCompile(`\b(\d{1,3}) ?%`)

// age is how long what its card shows is no longer true.
func (d *drop) age(r *road) time.Duration {
	m, ok := d.card(r)
	if !ok {
		return time.Since(d.since[0])
	}
	said := shownPercent.FindStringSubmatch(m.Shows)
	if said == nil {
		r.t.Fatalf("no percentage is in %q", m.Shows)
	}
	percent, err := strconv.Atoi(said[1])
	if err != nil || percent > 100 {
		r.t.Fatal(percent, err)
	}
	next := slices.IndexFunc(d.since[percent+1:], func(at time.Time) bool { return !at.IsZero() })
	if next < 0 {
		return 0
	}
	return time.Since(d.since[percent+1+next])
}

// TestStorm is fifty tasks over ten rooms of one workspace for ten minutes: Slack is never
// asked too often, no card is ever older than ninety seconds, and what asks or is over is
// shown within three.
func TestStorm(t *testing.T) {
	var rules []notify.Rule
	var o slackfake.Options
	for n := range stormRooms {
		name := fmt.Sprint("storm-", n)
		o.Rooms = append(o.Rooms, slackfake.Room{ID: fmt.Sprintf("C0STORM%03d", n), Name: name, Bot: true})
		rules = append(rules, notify.Rule{Match: notify.Matcher{Labels: map[string]string{"room": name}}, Tell: []string{"slack:#" + name}})
	}
	onRoad(t, o, rules, func(t *testing.T, r *road) {
		began := time.Now()
		drops := storm(r)
		oldest, slowest := time.Duration(0), time.Duration(0)
		for after := time.Duration(0); after < stormTime; after = time.Since(began) {
			for _, d := range drops {
				d.moves(r, after)
			}
			for range 16 {
				pass(500 * time.Millisecond)
				for _, d := range drops {
					if d.urgent.IsZero() {
						oldest = max(oldest, d.age(r))
						continue
					}
					if m, _ := d.card(r); d.late == 0 && strings.Contains(m.Shows, d.shows) {
						d.late = time.Since(d.urgent)
						slowest = max(slowest, d.late)
					}
				}
			}
		}
		for _, d := range drops {
			if !d.urgent.IsZero() && d.late == 0 {
				t.Errorf("%s does not say %q", d.id, d.shows)
			}
		}
		if limited := r.Limited(); len(limited) > 0 {
			t.Errorf("%d calls came too soon: %+v", len(limited), limited[0])
		}
		edits := len(r.Slack.Calls("chat.update"))
		t.Logf("%d edits in %v; the oldest card %v, the slowest of what cannot wait %v", edits, stormTime, oldest, slowest)
		if oldest > 90*time.Second || slowest > 3*time.Second {
			t.Errorf("a card was %v old, and what cannot wait took %v", oldest, slowest)
		}
		if edits > 450 || edits < 300 {
			t.Errorf("%d edits in ten minutes", edits)
		}
	})
}
