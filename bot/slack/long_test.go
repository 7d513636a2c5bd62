package slack_test

import (
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/chat/roadtest"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// TestLongTask is a task of three hours, with a restart of the server, an hour in which Slack
// is down now and then, and a card that somebody deletes: there is always one card, and it is
// never older than what it has to be.
func TestLongTask(t *testing.T) {
	rules := []notify.Rule{{Tell: []string{"slack:" + slackfake.Deploys}}}
	onRoad(t, slackfake.Options{}, rules, func(t *testing.T, r *roadtest.Road, s *slackfake.Slack) {
		const deleted = 40 * time.Minute
		d, oldest, fars := r.Long(slackfake.Deploys, roadtest.Watch{
			Trouble: func(after time.Duration, d *roadtest.Drop) {
				switch after {
				case 20 * time.Minute:
					r.Stop()
					r.Start()
				case deleted:
					_, far, _ := d.Card()
					in, ts, _ := strings.Cut(far, "/")
					s.Channel(in).Delete(ts)
				case 80 * time.Minute, 100 * time.Minute:
					s.Fail("chat.update", slackfake.Broken(503), slackfake.Away(), slackfake.Limited(20*time.Second))
				}
			},
			Excused: func(after time.Duration) bool { // nobody has said that it is gone: the next picture finds out
				return after >= deleted && after < deleted+2*time.Minute
			},
		})
		r.Does(d.ID, progress.Report{Status: progress.Completed})
		roadtest.Pass(3 * time.Second)
		if text, _, _ := d.Card(); !strings.Contains(text, "✓") || len(fars) != 2 {
			t.Errorf("%d cards were posted, and the last says\n%s", len(fars), text)
		}
		if oldest > 40*time.Second || len(s.Limited()) > 0 {
			t.Errorf("a card was %v old; %d calls came too soon", oldest, len(s.Limited()))
		}
		t.Logf("%d edits, the oldest card %v", len(s.Calls("chat.update")), oldest)
	})
}
