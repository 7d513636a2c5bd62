package notify_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// TestSlackRoom holds what names a place of Slack.
func TestSlackRoom(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"#deploys", "#été-2026_x", "C0123ABCD", "G012", "D0AB", "U0123", "W9Z", "#" + strings.Repeat("x", notify.MostRoom)} {
		if !notify.SlackRoom(text) {
			t.Errorf("%q is no room", text)
		}
	}
	for _, text := range []string{
		"", "#", "deploys", "#Deploys", "#two words", "C", "c0123", "C0123-1", "B0123", "T0123", "@ann", "#a.b", "#" + strings.Repeat("x", notify.MostRoom+1),
		"https://example.slack.com/archives/C0123", "C" + strings.Repeat("0", 40),
	} {
		if notify.SlackRoom(text) {
			t.Errorf("%q is a room", text)
		}
	}
}

// TestRulesTellRooms is that rules tell rooms of Slack, where this server is in Slack.
func TestRulesTellRooms(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{"slack:#deploys": "", "slack:C0123": "", "slack:deploys": "rules[0].tell[0]", "slack:": "rules[0].tell[0]"} {
		err := notify.CheckRules([]notify.Rule{{Tell: []string{to}}}, []string{"email", "slack"})
		e, _ := errors.AsType[*progress.Error](err)
		if e == nil && want != "" || e != nil && e.Field != want {
			t.Errorf("%s: %v", to, err)
		}
	}
	if notify.CheckRules([]notify.Rule{{Tell: []string{"slack:#deploys"}}}, []string{"email"}) == nil {
		t.Error("a server that is not in Slack tells a room")
	}
}
