package discordfake_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/discord/discordfake"
)

func TestFaults(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		here, x := to("POST", discordfake.Deploys), `{"content":"x"}`
		d.Fail(discordfake.CreateMessage, discordfake.Broken(502), discordfake.Refused(403, 200000), discordfake.Blocked(), discordfake.Garbled(), discordfake.Fault{Huge: 9})
		a := ask(t, d, here, x)
		equal(t, "broken", a.status, 502)
		equal(t, "without JSON", a.body, nil)
		refused(t, d, 403, 200000, here, x)
		equal(t, "blocked", ask(t, d, here, x).text, "error code: 1015")
		equal(t, "nothing was done", len(d.Channel("deploys").Messages()), 0)
		equal(t, "garbled", ask(t, d, here, x).body, nil)
		equal(t, "it was done", len(d.Channel("deploys").Messages()), 1)
		equal(t, "huge", strings.HasPrefix(done(t, d, here, x).text, strings.Repeat(" ", 9)+"{"), true)
		equal(t, "what was not looked at", d.Calls(discordfake.CreateMessage)[0].Faulty, true)

		d.Fail("", discordfake.Fault{Status: 500, Channel: discordfake.General, Times: -1})
		done(t, d, here, x)
		equal(t, "of another channel", ask(t, d, to("GET", discordfake.General), "").status, 500)
		equal(t, "for ever", ask(t, d, to("GET", discordfake.General), "").status, 500)
		d.Fail("")
		done(t, d, to("GET", discordfake.General), "")
	})
}

func TestLimitsAsFaults(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		d.Fail(discordfake.GetMe, discordfake.TooSoon(1200*time.Millisecond), discordfake.TooSoon(0), discordfake.Fault{Status: 429, Text: "slow down", RetryAfter: time.Second, Global: true})
		a := ask(t, d, "GET /users/@me", "")
		equal(t, "when to come again", a.at("retry_after"), any(1.2))
		equal(t, "in the header", a.header.Get("Retry-After"), "2")
		a = ask(t, d, "GET /users/@me", "")
		equal(t, "without a word of when", a.header.Get("Retry-After"), "")
		equal(t, "nor there", a.at("retry_after"), nil)
		equal(t, "for all", ask(t, d, "GET /users/@me", "").at("global"), any(true))
		equal(t, "no limits of its own", len(d.Limited()), 0)
		equal(t, "they count for the ban", d.Invalid(), 3)
	})
}

func TestFarSideIsAway(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		client := &http.Client{Transport: d.Transport()}
		fails := func(ctx context.Context) error {
			a, err := client.Do(request(t, discordfake.API, to("POST", discordfake.Deploys), `{"content":"x"}`).WithContext(ctx))
			if err == nil {
				a.Body.Close()
			}
			return err
		}
		d.Fail(discordfake.CreateMessage, discordfake.Away(), discordfake.Lost(), discordfake.Fault{Hang: true}, discordfake.Fault{Slow: time.Second})
		if err := fails(t.Context()); err == nil || len(d.Channel("deploys").Messages()) != 0 {
			t.Errorf("away: %v", err)
		}
		if err := fails(t.Context()); err == nil || len(d.Channel("deploys").Messages()) != 1 {
			t.Errorf("lost: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		began := time.Now()
		if err := fails(ctx); err == nil || time.Since(began) != 10*time.Second {
			t.Errorf("hangs %v: %v", time.Since(began), err)
		}
		began = time.Now()
		if err := fails(t.Context()); err != nil || time.Since(began) != time.Second {
			t.Errorf("slow %v: %v", time.Since(began), err)
		}
	})
}

func TestOutsideAndInside(t *testing.T) {
	t.Parallel()
	d := discordfake.New(discordfake.Options{})
	base := d.Start(t)
	a := through(t, http.DefaultClient, request(t, base, to("POST", discordfake.Deploys), `{"content":"by the network"}`))
	equal(t, "posted", a.status, 200)
	equal(t, "seen", texts(d.User("ana").Sees("deploys")), "by the network")
	url := through(t, http.DefaultClient, request(t, base, "GET /gateway/bot", "")).str("url")
	equal(t, "the gateway", url, "ws"+strings.TrimSuffix(strings.TrimPrefix(base, "http"), "/api/v10/")+"/gateway")
	e := dial(t, d, url)
	e.say(2, identity(intents))
	ready := e.hear()
	e.ws.Close()
	e = resume(t, d, ready, 1)
	equal(t, "goes on", e.hear().T, "RESUMED")
	equal(t, "inside", ask(t, d, "GET /gateway/bot", "").str("url"), "ws://gateway.discord.gg")
}
