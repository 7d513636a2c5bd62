package discord_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot/discord"
	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/templates/discordcard"
)

// TestNames holds how places are written.
func TestNames(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	discordfake.Found(o.Discord, discordfake.Room{ID: "1100000000000000090", Name: "🚀│déploiements"})
	discordfake.Found(o.Discord, discordfake.Room{ID: "1100000000000000091", Name: "General Voice", Kind: discordfake.Voice})
	discordfake.Found(o.Discord, discordfake.Room{ID: "1100000000000000092", Name: "Ops", Kind: discordfake.Voice})
	for to, room := range map[string]string{
		"#general": discordfake.General, "#General": discordfake.General, discordfake.General: discordfake.General, "#🚀│déploiements": "1100000000000000090",
		"#ops": "1100000000000000092",
	} {
		if far := o.send(t, to, note(to)); !strings.HasPrefix(far, room+"/") {
			t.Errorf("%s is %s", to, far)
		}
	}
	if lists := len(o.Discord.Calls(discordfake.ListChannels)); lists != 1 {
		t.Errorf("%d lists", lists)
	}
	for _, bad := range []string{
		"general", "#", "# general", "#gen eral", "#<!channel>", "12", "@ana", "@" + "12", "#" + strings.Repeat("x", 101), "#\x00", "99999999999999999999", "#a/b",
	} {
		if f := o.fails(t, bad, note("hello")); f.Fate != notify.Rejected || !strings.Contains(f.Error(), "write the id of a channel") {
			t.Errorf("%q: %v", bad, f)
		}
	}
}

// TestMissingName holds that a channel which nobody has made yet is looked for again, but not
// all the time; that two of one name are not mixed up; and that what to do is said.
func TestMissingName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := inside(t, discordfake.Options{})
		for _, name := range []string{"#no-such-room", "#rooms"} {
			for range 3 {
				f := o.fails(t, name, note("hello"))
				if f.Fate != notify.Transient || f.Doubt || !strings.Contains(f.Error(), "there is no channel "+name) {
					t.Errorf("%v", f)
				}
				time.Sleep(time.Second)
			}
		}
		if lists := len(o.Discord.Calls(discordfake.ListChannels)); lists != 1 {
			t.Errorf("%d lists", lists)
		}
		for _, id := range []string{"1100000000000000090", "1100000000000000091"} {
			discordfake.Found(o.Discord, discordfake.Room{ID: id, Name: "no-such-room"})
		}
		time.Sleep(time.Minute)
		if f := o.fails(t, "#no-such-room", note("hello")); f.Fate != notify.Transient || !strings.Contains(f.Error(), "there are 2 channels #no-such-room") {
			t.Errorf("%v", f)
		}
		o.room("1100000000000000091").Remove()
		time.Sleep(time.Minute)
		o.send(t, "#no-such-room", note("hello"))
	})
}

// TestNameMoves holds that a name is looked up anew once its channel is gone, and every hour;
// and that a picture follows its name.
func TestNameMoves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := inside(t, discordfake.Options{})
		d := begin(t, "task_1", "CRM")
		far := o.send(t, "#deploys", d.card())
		o.room(discordfake.Deploys).Remove()
		discordfake.Found(o.Discord, discordfake.Room{ID: "1100000000000000090", Name: "deploys"})
		if f := o.fails(t, "#deploys", note("two")); f.Fate != notify.Transient {
			t.Errorf("%v", f)
		}
		if f := o.unedited(t, discordfake.Deploys, far, d.card()); f.Fate != notify.Transient || !strings.Contains(f.Error(), "none with that id") {
			t.Errorf("%v", f)
		}
		time.Sleep(time.Minute)
		if f := o.unedited(t, "#deploys", far, d.card()); f.Fate != notify.Gone {
			t.Errorf("%v", f)
		}
		if far := o.send(t, "#deploys", note("three")); !strings.HasPrefix(far, "1100000000000000090/") {
			t.Error(far)
		}
		before := len(o.Discord.Calls(discordfake.ListChannels))
		time.Sleep(time.Hour)
		o.send(t, "#deploys", note("four"))
		if lists := len(o.Discord.Calls(discordfake.ListChannels)); lists != before+1 {
			t.Errorf("%d lists after an hour", lists-before)
		}
	})
}

// TestServers holds whose channels names are of: those of the server that is named, or of the
// only one.
func TestServers(t *testing.T) {
	t.Parallel()
	other := discordfake.Server{ID: "1100000000000000099", Name: "Another"}
	for name, c := range map[string]struct {
		options discordfake.Options
		server  string
		kicked  bool
		say     string // "" if it is taken
	}{
		"the only one":   {},
		"named":          {options: discordfake.Options{Others: []discordfake.Server{other}}, server: discordfake.Guild},
		"not named":      {options: discordfake.Options{Others: []discordfake.Server{other}}, say: "in 2 servers: say by discord.server"},
		"one without it": {server: "1100000000000000098", say: "not in the server that discord.server names"},
		"none":           {kicked: true, say: "in no server"},
	} {
		o := inside(t, c.options)
		o.Kick(c.kicked)
		o.Channel = discord.NewChannel(discord.ChannelOptions{Client: o.client, Cards: discordcard.New(book()), Sealer: o.sealer, Server: c.server})
		_, err := o.Send(t.Context(), at("#general"), note("hello"))
		if c.say == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if f := failure(t, err); f.Fate != notify.Transient || !strings.Contains(f.Error(), c.say) {
			t.Errorf("%s: %v", name, f)
		}
		if f := failure(t, o.Channel.Probe(t.Context())); !strings.Contains(f.Error(), c.say) {
			t.Errorf("%s: the probe says %v", name, f)
		}
	}
}

// TestProbe holds that the probe says what is missing, and tells nobody anything.
func TestProbe(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	if err := o.Channel.Probe(t.Context()); err != nil {
		t.Error(err)
	}
	o.Empower(discordfake.Everyone, 0) // its channels may allow what the server does not
	o.Empower(discordfake.BotRole, 0)
	o.again()
	if err := o.Channel.Probe(t.Context()); err != nil {
		t.Error(err)
	}
	o.Reset("another")
	if f := failure(t, o.Channel.Probe(t.Context())); f.Fate != notify.Unauthorized || !strings.Contains(f.Error(), "discord.token") {
		t.Errorf("%v", f)
	}
	o.Fail("", discordfake.Broken(http.StatusBadGateway))
	if f := failure(t, o.Channel.Probe(t.Context())); f.Fate != notify.Transient {
		t.Errorf("%v", f)
	}
}

// TestServerLeft holds that a bot that is not in its server any more is looked for in another.
func TestServerLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := inside(t, discordfake.Options{Unlimited: true})
		if _, err := o.Send(t.Context(), at("#general"), note("hello")); err != nil {
			t.Fatal(err)
		}
		o.Kick(true)
		time.Sleep(2 * time.Hour)
		said := ""
		for range 2 {
			_, err := o.Send(t.Context(), at("#general"), note("again"))
			said = failure(t, err).Error()
			time.Sleep(2 * time.Minute)
		}
		if !strings.Contains(said, "in no server") {
			t.Error(said)
		}
	})
}
