package discordfake_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/discord/discordfake"
)

func TestBuckets(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		var a said
		for i := range 5 {
			a = done(t, d, to("POST", discordfake.Deploys), `{"content":"x"}`)
			equal(t, "left", a.header.Get("X-RateLimit-Remaining"), fmt.Sprint(4-i))
		}
		equal(t, "of", a.header.Get("X-RateLimit-Limit"), "5")
		equal(t, "for", a.header.Get("X-RateLimit-Reset-After"), "5.000")
		equal(t, "until", a.header.Get("X-RateLimit-Reset"), "1767225605.000")
		time.Sleep(1500 * time.Millisecond)
		a = ask(t, d, to("POST", discordfake.Deploys), `{"content":"x"}`)
		equal(t, "the sixth", a.status, 429)
		equal(t, "when to come again", a.at("retry_after"), any(3.5))
		equal(t, "for this alone", a.at("global"), any(false))
		equal(t, "in the header", a.header.Get("Retry-After"), "4")
		equal(t, "whose limit", a.header.Get("X-RateLimit-Scope"), "user")
		other := done(t, d, to("POST", discordfake.General), `{"content":"x"}`)
		equal(t, "the same bucket, by its name", other.header.Get("X-RateLimit-Bucket"), a.header.Get("X-RateLimit-Bucket"))
		done(t, d, to("GET", discordfake.Deploys), "")
		ask(t, d, to("POST", discordfake.Deploys), `{"content":"x"}`)
		time.Sleep(3500 * time.Millisecond)
		done(t, d, to("POST", discordfake.Deploys), `{"content":"x"}`)
		limited := d.Limited()
		equal(t, "limited", len(limited), 2)
		equal(t, "the first was not warned", limited[0].Hasty, false)
		equal(t, "the second was", limited[1].Hasty, true)
		equal(t, "whose bucket", limited[0].Major, discordfake.Deploys)
	})
}

func TestEditsHaveABucket(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		one, two := post(t, d, discordfake.Deploys, "x"), post(t, d, discordfake.Deploys, "x")
		for i := range 6 {
			id := []string{one, two}[i%2]
			a := ask(t, d, to("PATCH", discordfake.Deploys, id), `{"content":"y"}`)
			equal(t, "an edit", a.status, map[bool]int{true: 200, false: 429}[i < 5])
		}
	})
}

func TestGlobalLimit(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		e, _ := listen(t, d, intents)
		m := posted(t, d, discordfake.Deploys, "card")
		e.hear()
		for i := range 49 {
			room := discordfake.Found(d, discordfake.Room{ID: fmt.Sprint(1000 + i), Name: "x"})
			done(t, d, "GET /channels/"+room.ID(), "")
		}
		a := ask(t, d, "GET /users/@me", "")
		equal(t, "the fifty-first", a.status, 429)
		equal(t, "for all", a.at("global"), any(true))
		equal(t, "in the header", a.header.Get("X-RateLimit-Global"), "true")
		equal(t, "scope", a.header.Get("X-RateLimit-Scope"), "global")
		i := must(d.User("ana").Press(m, "Approve"))
		done(t, d, back(i), `{"type":5,"data":{"flags":64}}`)
		done(t, d, later("PATCH", i, "/messages/@original"), `{"content":"that does not count"}`)
		time.Sleep(time.Second)
		done(t, d, "GET /users/@me", "")
		equal(t, "limited", d.Limited()[0].Global, true)
	})
}

func TestBanned(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true, Invalid: 100}, func(t *testing.T, d *discordfake.Discord) {
		refused(t, d, 400, 50035, "GET /guilds/x", "")
		refused(t, d, 404, 10003, "GET /channels/1", "")
		equal(t, "what does not count", d.Invalid(), 0)
		for range 100 {
			refused(t, d, 403, 50001, "GET /channels/"+discordfake.Secret, "")
		}
		equal(t, "counted", d.Invalid(), 100)
		a := ask(t, d, "GET /users/@me", "")
		equal(t, "kept out", a.status, 403)
		equal(t, "without JSON", a.text, "error code: 1015")
		time.Sleep(10 * time.Minute)
		done(t, d, "GET /users/@me", "")
	})
}

func TestWhoAsks(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		r := request(t, discordfake.API, "GET /users/@me", "")
		r.Header.Set("Authorization", "Bearer "+discordfake.Token)
		equal(t, "another scheme", raw(t, d, r).status, 401)
		r = request(t, discordfake.API, "GET /users/@me", "")
		r.Header.Set("User-Agent", "Mozilla/5.0")
		equal(t, "another agent", raw(t, d, r).code(), 40333)
		equal(t, "no such route", ask(t, d, "GET /nothing", "").text, `{"code":0,"message":"404: Not Found"}`)
		equal(t, "no such method", ask(t, d, "PUT /users/@me", `{}`).status, 405)
		d.Reset("another")
		equal(t, "a token that was taken back", ask(t, d, "GET /users/@me", "").status, 401)
		r = request(t, discordfake.API, "GET /gateway", "")
		r.Header.Del("Authorization")
		equal(t, "without a token", raw(t, d, r).str("url"), "ws://gateway.discord.gg")
		calls := d.Calls("")
		equal(t, "calls", len(calls), 6)
		equal(t, "with the code", calls[1].Code, 40333)
		if strings.Contains(fmt.Sprint(calls), discordfake.Token) {
			t.Error("the calls have the token in them")
		}
	})
}

func TestFollowupsShareALimit(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		m := posted(t, d, discordfake.Deploys, "card")
		var a said
		for n := range 31 {
			i := must(d.User("ana").Press(m, "Approve"))
			done(t, d, back(i), `{"type":6}`)
			a = ask(t, d, later("POST", i, ""), `{"content":"x","flags":64}`)
			if n < 30 {
				equal(t, "one each", a.status, 200)
			}
		}
		equal(t, "the thirty-first of all", a.status, 429)
		equal(t, "whose limit", a.header.Get("X-RateLimit-Scope"), "shared")
		i := must(d.User("ana").Press(m, "Approve"))
		done(t, d, back(i), `{"type":5}`)
		for range 5 {
			done(t, d, later("PATCH", i, "/messages/@original"), `{"content":"x"}`)
		}
		equal(t, "of one token", ask(t, d, later("PATCH", i, "/messages/@original"), `{"content":"x"}`).status, 429)
	})
}
