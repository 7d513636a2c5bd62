package discordfake_test

import (
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot/discord/discordfake"
)

func TestReady(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		a := done(t, d, "GET /gateway/bot", "")
		equal(t, "identifications", a.at("session_start_limit.remaining"), any(1000.0))
		e, ready := listen(t, d, intents|1)
		equal(t, "who", ready.str("user.id")+ready.str("application.id"), discordfake.Bot+discordfake.App)
		equal(t, "where", in(ready.D, "guilds.0.unavailable"), any(true))
		equal(t, "the first", ready.S, 1)
		equal(t, "the server", e.hear().T, "GUILD_CREATE")
		a = done(t, d, "GET /gateway/bot", "")
		equal(t, "one less", a.at("session_start_limit.remaining"), any(999.0))
		equal(t, "until", a.at("session_start_limit.reset_after"), any(86400000.0))
		e.say(1, 2)
		equal(t, "a heartbeat is acknowledged", e.hear().Op, 11)
		e.say(3, map[string]any{"status": "online"})
		d.Feed().Ask()
		equal(t, "a heartbeat is asked for", e.hear().Op, 1)
		equal(t, "connections", d.Feed().Connections(), 1)
	})
}

func TestContentIsPrivileged(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		e, _ := listen(t, d, intents)
		ana := d.User("ana")
		hears := func(what, want string) packet {
			t.Helper()
			p := e.hear()
			equal(t, what+": the event", p.T, "MESSAGE_CREATE")
			equal(t, what+": what it says", p.str("content"), want)
			return p
		}
		must(ana.Say("deploys", "a secret"))
		p := hears("among people", "")
		equal(t, "who said it", p.str("author.id")+p.str("member.roles.0")+p.str("guild_id"), discordfake.Ana+discordfake.Engineers+discordfake.Guild)
		mention := "<@" + discordfake.Bot + "> list"
		must(ana.Say("deploys", mention))
		hears("a mention", mention)
		must(ana.DM("list"))
		equal(t, "no server", in(hears("a direct message", "list").D, "guild_id"), nil)
		id := post(t, d, discordfake.Deploys, "mine")
		hears("its own", "mine")
		m, _ := d.Channel("deploys").Message(id)
		must(ana.Reply(m, "thanks", true))
		hears("a reply that pings", "thanks")
		must(ana.Reply(m, "for others", false))
		p = hears("a reply that does not", "")
		equal(t, "to what", p.str("referenced_message.content"), "mine")
		must(ana.Say("secret", mention))
		said := must(ana.Say("random", "x"))
		hears("where the app is not: nothing; elsewhere", "")
		if err := ana.Edit(said, mention); err != nil {
			t.Fatal(err)
		}
		equal(t, "changed", e.hear().T, "MESSAGE_UPDATE")
		d.Channel("random").Delete(said.ID)
		equal(t, "deleted", e.hear().T, "MESSAGE_DELETE")
		equal(t, "in a history too", done(t, d, to("GET", discordfake.Deploys), "").str("0.content"), "")
	})
}

func TestIntents(t *testing.T) {
	bubble(t, discordfake.Options{Intents: 1 << 15}, func(t *testing.T, d *discordfake.Discord) {
		e, _ := listen(t, d, 1<<9|1<<15)
		must(d.User("ana").DM("nobody hears that"))
		must(d.User("ana").Say("deploys", "all of it"))
		equal(t, "with the privileged intent", e.hear().str("content"), "all of it")
	})
}

// TestCloseCodes says or does what the gateway closes for.
func TestCloseCodes(t *testing.T) {
	bad := func(change func(map[string]any)) map[string]any {
		d := identity(intents)
		change(d)
		return d
	}
	for name, c := range map[string]struct {
		code  int
		first bool // it identifies itself first
		op    int
		d     any
	}{
		"an unknown op":           {4001, true, 99, nil},
		"too much":                {4002, true, 3, strings.Repeat("x", 4097)},
		"before who it is":        {4003, false, 3, nil},
		"a wrong token":           {4004, false, 2, bad(func(d map[string]any) { d["token"] = "x" })},
		"twice":                   {4005, true, 2, identity(intents)},
		"a shard":                 {4010, false, 2, bad(func(d map[string]any) { d["shard"] = []int{1, 2} })},
		"no intents":              {4013, false, 2, bad(func(d map[string]any) { delete(d, "intents") })},
		"intents that are none":   {4013, false, 2, identity(1 << 30)},
		"privileged ones":         {4014, false, 2, identity(intents | 1<<15)},
		"no properties":           {4002, false, 2, bad(func(d map[string]any) { delete(d, "properties") })},
		"resuming when it began":  {4005, true, 6, map[string]any{"token": discordfake.Token, "session_id": "x", "seq": 1}},
		"resuming with no token":  {4004, false, 6, map[string]any{"session_id": "x", "seq": 1}},
		"resuming with a nothing": {4002, false, 6, "x"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
				e := dial(t, d, "ws://gateway.discord.gg")
				if c.first {
					e.say(2, identity(intents))
				}
				e.say(c.op, c.d)
				equal(t, "the code", e.ends(), c.code)
			})
		})
	}
}

func TestVersions(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		for query, code := range map[string]int{"": 4012, "?v=9&encoding=json": 4012, "?v=10&encoding=etf": 4002, "?v=10&encoding=json&compress=zlib-stream": 4002} {
			ws, a, err := d.Dialer().DialContext(t.Context(), "ws://gateway.discord.gg/"+query, nil)
			if err != nil {
				t.Fatal(err)
			}
			a.Body.Close()
			equal(t, query, (&ear{t, ws}).ends(), code)
		}
	})
}

func TestHeartbeats(t *testing.T) {
	bubble(t, discordfake.Options{Heartbeat: 40 * time.Second}, func(t *testing.T, d *discordfake.Discord) {
		e, _ := listen(t, d, intents)
		for range 3 {
			time.Sleep(40 * time.Second)
			e.say(1, 1)
			equal(t, "an acknowledgement", e.hear().Op, 11)
		}
		began := time.Now()
		equal(t, "without them", e.ends(), 4009)
		equal(t, "after", time.Since(began), 50*time.Second)
		equal(t, "its session", d.Feed().Sessions(), 0)
	})
}

func TestSendsAMinute(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		e, _ := listen(t, d, intents)
		go func() {
			for range 120 {
				e.say(1, 1)
			}
		}()
		equal(t, "the hundred and twenty-first", e.ends(), 4008)
		equal(t, "its session can go on", d.Feed().Sessions(), 1)
	})
}

func TestResume(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		e, ready := listen(t, d, intents)
		post(t, d, discordfake.Deploys, "one")
		equal(t, "the first", e.hear().S, 2)
		d.Feed().Drop()
		equal(t, "without a word", e.ends(), 0)
		synctest.Wait()
		post(t, d, discordfake.Deploys, "two")
		press := must(d.User("ana").Press(posted(t, d, discordfake.Deploys, "card"), "Approve"))
		e = resume(t, d, ready, 2)
		p := e.hear()
		equal(t, "what was missed", p.str("content"), "two")
		equal(t, "the third", p.S, 3)
		e.hear()
		equal(t, "a press too", e.hear().str("token"), press.Token)
		equal(t, "then", e.hear().T, "RESUMED")
		done(t, d, back(press), `{"type":6}`)
		equal(t, "resumed", d.Feed().Resumes(), 1)
		equal(t, "identified", d.Feed().Starts(), 1)

		again := resume(t, d, ready, 6)
		equal(t, "while the other is there", again.hear().T, "RESUMED")
		equal(t, "which ends", e.ends(), 0)
	})
}

func TestResumeRefused(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		e, ready := listen(t, d, intents)
		d.Feed().Drop()
		e.ends()
		synctest.Wait()
		e = dial(t, d, "ws://gateway.discord.gg")
		e.say(6, map[string]any{"token": discordfake.Token, "session_id": ready.str("session_id"), "seq": 1})
		p := e.hear()
		equal(t, "elsewhere than it was told", p.Op, 9)
		equal(t, "not resumable", p.D, any(false))
		time.Sleep(5 * time.Second)
		e.say(2, identity(intents))
		equal(t, "another session, there", e.hear().T, "READY")
		equal(t, "a number that never was", resume(t, d, ready, 99).ends(), 4007)
		p = resume(t, d, ready, 1).hear()
		equal(t, "which ended it", p.Op, 9)
	})
}

func TestSessionsEnd(t *testing.T) {
	bubble(t, discordfake.Options{Session: time.Minute}, func(t *testing.T, d *discordfake.Discord) {
		for code, lives := range map[int]bool{1000: false, 1001: false, 4000: true, 0: true} {
			e, ready := listen(t, d, intents)
			if code != 0 {
				frame := []byte{byte(code >> 8), byte(code)}
				if err := e.ws.WriteControl(8, frame, time.Now().Add(time.Second)); err != nil {
					t.Fatal(err)
				}
			}
			e.ws.Close()
			synctest.Wait()
			equal(t, "a session", d.Feed().Sessions() == 1, lives)
			time.Sleep(50 * time.Second)
			if lives {
				equal(t, "goes on", resume(t, d, ready, 1).hear().T, "RESUMED")
				d.Feed().Drop()
				synctest.Wait()
				time.Sleep(time.Minute + time.Second)
				equal(t, "not for ever", resume(t, d, ready, 1).hear().Op, 9)
			}
			d.Feed().Drop()
			synctest.Wait()
			d.Feed().Forget()
		}
		listen(t, d, intents)
		d.Feed().Drop()
		synctest.Wait()
		d.Feed().Forget()
		equal(t, "forgotten", d.Feed().Sessions(), 0)
	})
}

func TestReconnect(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		e, ready := listen(t, d, intents)
		d.Feed().Disconnect()
		equal(t, "it is asked to", e.hear().Op, 7)
		began := time.Now()
		equal(t, "and has to", e.ends(), 4000)
		equal(t, "after a while", time.Since(began), 10*time.Second)
		e = resume(t, d, ready, 1)
		equal(t, "goes on", e.hear().T, "RESUMED")
		d.Feed().Invalidate(true)
		p := e.hear()
		equal(t, "now invalid", p.Op, 9)
		equal(t, "for now", p.D, any(true))
		e = resume(t, d, ready, 2)
		equal(t, "goes on", e.hear().T, "RESUMED")
		d.Feed().Invalidate(false)
		equal(t, "for good", e.hear().D, any(false))
		equal(t, "sessions", d.Feed().Sessions(), 0)
		d.Feed().CloseWith(4014, "Disallowed intent(s).")
		equal(t, "closed with any code", e.ends(), 4014)
	})
}

func TestFreeze(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		e, ready := listen(t, d, intents)
		d.Feed().Freeze()
		e.say(1, 1)
		post(t, d, discordfake.Deploys, "x")
		if err := e.ws.SetReadDeadline(time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		_, _, err := e.ws.ReadMessage()
		if late, ok := err.(net.Error); !ok || !late.Timeout() {
			t.Errorf("a connection that is frozen ends with %v", err)
		}
		equal(t, "the session is over by now", resume(t, d, ready, 1).hear().Op, 9)
		_, ready = listen(t, d, intents)
		d.Feed().Freeze()
		post(t, d, discordfake.Deploys, "y")
		equal(t, "elsewhere it goes on", resume(t, d, ready, 1).hear().str("content"), "y")
	})
}

func TestIdentifications(t *testing.T) {
	bubble(t, discordfake.Options{Identify: 2, Heartbeat: 48 * time.Hour}, func(t *testing.T, d *discordfake.Discord) {
		listen(t, d, intents)
		e := dial(t, d, "ws://gateway.discord.gg")
		e.say(2, identity(intents))
		equal(t, "too soon", e.hear().Op, 9)
		time.Sleep(24 * time.Hour)
		first, _ := listen(t, d, intents)
		time.Sleep(5 * time.Second)
		listen(t, d, intents)
		equal(t, "left", done(t, d, "GET /gateway/bot", "").at("session_start_limit.remaining"), any(0.0))
		e = dial(t, d, "ws://gateway.discord.gg")
		e.say(2, identity(intents))
		equal(t, "one too many", e.ends(), 4004)
		equal(t, "for all", first.ends(), 4004)
		equal(t, "the token is no good any more", ask(t, d, "GET /users/@me", "").status, 401)
		d.Reset("another")
	})
}

func TestGatewayIsAway(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		d.Fail("", discordfake.Broken(500)) // is for calls
		d.Fail(discordfake.Gateway, discordfake.Broken(502), discordfake.Away(), discordfake.Fault{Slow: time.Second, Status: 503})
		for range 3 {
			_, a, err := d.Dialer().DialContext(t.Context(), "ws://gateway.discord.gg/?v=10&encoding=json", nil)
			if err == nil {
				t.Error("a connection was opened")
			}
			if a != nil {
				a.Body.Close()
			}
		}
		listen(t, d, intents)
		equal(t, "a call", ask(t, d, "GET /users/@me", "").status, 500)
	})
}

func TestAnything(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		e, _ := listen(t, d, intents)
		d.Feed().Send("NEWS", map[string]any{"of": "the day"})
		equal(t, "it is heard", e.hear().str("of"), "the day")
	})
}
