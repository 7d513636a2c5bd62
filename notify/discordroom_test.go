package notify_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// TestDiscordRoom holds what names a place of Discord.
func TestDiscordRoom(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"#deploys", "#été-2026_x", "#💬-general", "#│ops", "#作業", "12345678901234567", "12345678901234567890", "@123456789012345678", "#" + strings.Repeat("x", 100),
	} {
		if !notify.DiscordRoom(text) {
			t.Errorf("%q is no room", text)
		}
	}
	for _, text := range []string{
		"", "#", "@", "deploys", "#Deploys", "#Été", "#two words", "#two\u00a0words", "#a.b", "#a,b", "##a", "#\xff", "#" + strings.Repeat("x", 101), "1234567890123456",
		"123456789012345678901", "12345678901234567a", "@@123456789012345678", "@ann", "<#123456789012345678>", "https://discord.com/channels/1/2", "C0123ABCD",
	} {
		if notify.DiscordRoom(text) {
			t.Errorf("%q is a room", text)
		}
	}
}

// TestRulesTellDiscord is that rules tell rooms of Discord, where this server is in Discord.
func TestRulesTellDiscord(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"discord:#deploys": "", "discord:123456789012345678": "", "discord:@123456789012345678": "", "discord:#Deploys": "such as discord:#deploys, or its id", "discord:": "such as discord:#deploys",
	} {
		err := notify.CheckRules([]notify.Rule{{Tell: []string{to}}}, []string{"email", "discord"})
		e, _ := errors.AsType[*progress.Error](err)
		if (e == nil) != (want == "") || e != nil && (e.Field != "rules[0].tell[0]" || !strings.Contains(e.Say, want)) {
			t.Errorf("%s: %v", to, err)
		}
	}
	if notify.CheckRules([]notify.Rule{{Tell: []string{"discord:#deploys"}}}, []string{"slack"}) == nil {
		t.Error("a server that is not in Discord tells a room")
	}
}
