package slack_test

import (
	"strings"
	"testing"

	"github.com/taskherald/herald/bot/chat/roadtest"
	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
)

// onRoad runs a test of the whole road to a workspace, in virtual time.
func onRoad(t *testing.T, o slackfake.Options, rules []notify.Rule, test func(t *testing.T, r *roadtest.Road, s *slackfake.Slack)) {
	t.Helper()
	var off *office
	open := func(t testing.TB) roadtest.Far {
		off = inside(t, o)
		return roadtest.Far{Channel: off.Channel, Name: slack.Name, Close: off.Close, Shows: func(far string) (string, bool) {
			in, ts, _ := strings.Cut(far, "/")
			m, ok := off.Slack.Channel(in).Message(ts)
			return m.Shows, ok
		}}
	}
	roadtest.On(t, rules, open, func(t *testing.T, r *roadtest.Road) { test(t, r, off.Slack) })
}
