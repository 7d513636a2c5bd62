package setup_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/checkup"
	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/bot/discord/setup"
)

// invited is an application in a server of the fake, which is as strict as Discord.
func invited(t *testing.T, o discordfake.Options) (*discordfake.Discord, setup.App) {
	t.Helper()
	d := discordfake.New(o)
	return d, setup.App{API: d.Start(t), Token: discordfake.Token}
}

// TestInServer is a bot in a server, with every kind of room, before its command is registered
// and after.
func TestInServer(t *testing.T) {
	t.Parallel()
	d, a := invited(t, discordfake.Options{})
	a.Rooms = []string{"#deploys", discordfake.General, "#random", "#secret", "#rooms", discordfake.Rooms, "@" + discordfake.Ana, "@" + discordfake.Dan, "1199999999999999999"}
	a.Roles = []string{discordfake.Engineers, discordfake.BotRole, "1199999999999999999"}
	if all := check(t, a); !has(all, checkup.Odd, "/task is not registered") {
		t.Errorf("found %+v", all)
	}
	if changed, err := a.Register(t.Context(), false); err != nil || !slices.Equal(changed, []string{"/task"}) {
		t.Fatalf("registered %q, %v", changed, err)
	}
	if changed, err := a.Register(t.Context(), false); err != nil || len(changed) > 0 {
		t.Errorf("registered %q once more, %v", changed, err)
	}
	all := check(t, a)
	for want, state := range map[string]checkup.State{
		"the bot is @Herald, of the application":                     checkup.Good,
		"what is pressed comes over the gateway":                     checkup.Good,
		"a way to the gateway at 127.0.0.1":                          checkup.Good,
		"/task is registered":                                        checkup.Good,
		"the bot is in the server":                                   checkup.Good,
		"the bot can do its work in discord:#deploys":                checkup.Good,
		"in discord:" + discordfake.General + " (#general)":          checkup.Good,
		"in discord:#secret the bot lacks View Channels":             checkup.Broken,
		"discord:#rooms is no channel of the server":                 checkup.Broken,
		"is a category or a forum":                                   checkup.Broken,
		"discord:@" + discordfake.Ana + " is @ana":                   checkup.Good,
		"discord:@" + discordfake.Dan + " is nobody of":              checkup.Broken,
		"discord:1199999999999999999 is no channel":                  checkup.Broken,
		"discord.groups: " + discordfake.Engineers + " is @engineer": checkup.Good,
		"discord.groups: " + discordfake.BotRole + " is @Herald, wh": checkup.Odd,
		"there is no role 1199999999999999999":                       checkup.Broken,
	} {
		if !has(all, state, want) {
			t.Errorf("does not say %q as %s", want, state)
		}
	}
	for _, c := range d.Calls("") {
		if !strings.HasPrefix(c.Route, "GET ") && c.Route != discordfake.CreateCommand {
			t.Errorf("it calls %s", c.Route)
		}
	}
	if t.Failed() {
		t.Logf("found %+v", all)
	}
}

// TestEndOfBot is what a check says of a bot that works no more.
func TestEndOfBot(t *testing.T) {
	t.Parallel()
	d, a := invited(t, discordfake.Options{Unlimited: true, Others: []discordfake.Server{{ID: "1100000000000000099", Name: "Beta"}}})
	if all := check(t, a); !has(all, checkup.Broken, "the bot is in 2 servers") {
		t.Errorf("in two servers: %+v", all)
	}
	a.Server = discordfake.Guild
	if all := check(t, a); !has(all, checkup.Odd, "the bot is in 1 more server") || has(all, checkup.Broken, "") {
		t.Errorf("in two servers, one named: %+v", all)
	}
	d.Kick(true)
	if all := check(t, a); !has(all, checkup.Broken, "the bot is not in the server "+discordfake.Guild) {
		t.Errorf("out of the server: %+v", all)
	}
	d.Reset("another")
	if all := check(t, a); !has(all, checkup.Broken, "Discord does not know discord.token") || len(all) != 1 {
		t.Errorf("without a token: %+v", all)
	}
	d.Fail("", discordfake.Blocked())
	if all := check(t, a); !has(all, checkup.Broken, "turns this machine's address away") {
		t.Errorf("kept out: %+v", all)
	}
}

// TestLater holds that what Discord wants a little later is asked again, and what it wants
// much later, or again and again, is not.
func TestLater(t *testing.T) {
	t.Parallel()
	d, a := invited(t, discordfake.Options{})
	soon := discordfake.TooSoon(10 * time.Millisecond)
	d.Fail(discordfake.GetApp, soon, soon, soon)
	if id, err := a.Application(t.Context()); err != nil || id != discordfake.App {
		t.Errorf("%q, %v", id, err)
	}
	d.Fail(discordfake.GetApp, soon, soon, soon, soon)
	if _, err := a.Application(t.Context()); err == nil || !strings.Contains(err.Error(), "wants fewer calls; ask again after 1s") {
		t.Errorf("%v", err)
	}
	n := len(d.Calls(discordfake.GetApp))
	d.Fail(discordfake.GetApp, discordfake.TooSoon(time.Minute))
	if _, err := a.Application(t.Context()); err == nil || !strings.Contains(err.Error(), "ask again after 1m0s") || len(d.Calls(discordfake.GetApp)) != n+1 {
		t.Errorf("%v", err)
	}
}
