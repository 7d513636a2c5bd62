package slack_test

import (
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// TestLongTask is a task of three hours, with a restart of the server, an hour in which Slack
// is down now and then, and a card that somebody deletes: there is always one card, and it is
// never older than what it has to be.
func TestLongTask(t *testing.T) {
	rules := []notify.Rule{{Tell: []string{"slack:" + slackfake.Deploys}}}
	onRoad(t, slackfake.Options{}, rules, func(t *testing.T, r *road) {
		r.does("long", progress.Create{Spec: progress.Spec{Title: "Long one"}, Steps: []progress.Plan{{Name: "Crawl"}}})
		r.does("long", progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepRunning})
		began, posted := time.Now(), map[string]bool{}
		oldest := time.Duration(0)
		d := &drop{id: "long", room: slackfake.Deploys}
		for after := time.Duration(0); after < 3*time.Hour; after = time.Since(began) {
			percent := 100 * float64(after) / float64(3*time.Hour)
			if d.since[int(percent)].IsZero() {
				d.since[int(percent)] = time.Now()
			}
			r.does("long", progress.Report{Step: progress.StepRef{Order: 1}, StepProgress: &percent})
			switch after {
			case 20 * time.Minute:
				r.stop()
				r.start()
			case 40 * time.Minute:
				m, _ := d.card(r)
				r.Slack.Channel(slackfake.Deploys).Delete(m.TS)
			case 80 * time.Minute, 100 * time.Minute:
				r.Fail("chat.update", slackfake.Broken(503), slackfake.Away(), slackfake.Limited(20*time.Second))
			}
			pass(10 * time.Second)
			d.far = "" // it may stand elsewhere by now
			if _, ok := d.card(r); !ok {
				if gone := after - 40*time.Minute; gone < 0 || gone > 2*time.Minute {
					t.Fatal("there is no card after", after)
				}
				continue // nobody has said so: the next picture finds out
			}
			oldest = max(oldest, d.age(r))
			posted[d.far] = true
		}
		r.does("long", progress.Report{Status: progress.Completed})
		pass(3 * time.Second)
		if m, _ := d.card(r); !strings.Contains(m.Shows, "✓") || len(posted) != 2 {
			t.Errorf("%d cards were posted, and the last says\n%s", len(posted), m.Shows)
		}
		if oldest > 40*time.Second || len(r.Limited()) > 0 {
			t.Errorf("a card was %v old; %d calls came too soon", oldest, len(r.Limited()))
		}
		t.Logf("%d edits, the oldest card %v", len(r.Slack.Calls("chat.update")), oldest)
	})
}
