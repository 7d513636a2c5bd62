package slack_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/chat/roadtest"
	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
)

// TestStorm is fifty tasks over ten rooms of one workspace for ten minutes: Slack is never
// asked too often, no card is ever older than ninety seconds, and what asks or is over is
// shown within three.
func TestStorm(t *testing.T) {
	var o slackfake.Options
	for n := range roadtest.StormRooms {
		o.Rooms = append(o.Rooms, slackfake.Room{ID: fmt.Sprintf("C0STORM%03d", n), Name: roadtest.StormRoom(n), Bot: true})
	}
	onRoad(t, o, roadtest.StormRules(slack.Name), func(t *testing.T, r *roadtest.Road, s *slackfake.Slack) {
		oldest, slowest := r.Storm(10 * time.Minute)
		if limited := s.Limited(); len(limited) > 0 {
			t.Errorf("%d calls came too soon: %+v", len(limited), limited[0])
		}
		edits := len(s.Calls("chat.update"))
		t.Logf("%d edits; the oldest card %v, the slowest of what cannot wait %v", edits, oldest, slowest)
		if oldest > 90*time.Second || slowest > 3*time.Second {
			t.Errorf("a card was %v old, and what cannot wait took %v", oldest, slowest)
		}
		if edits > 450 || edits < 300 {
			t.Errorf("%d edits in ten minutes", edits)
		}
	})
}
