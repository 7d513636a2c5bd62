package discordfake_test

import (
	"testing"

	"github.com/taskherald/herald/bot/discord/discordfake"
)

func TestServer(t *testing.T) {
	bubble(t, discordfake.Options{Others: []discordfake.Server{{ID: "7", Name: "another"}}}, func(t *testing.T, d *discordfake.Discord) {
		a := done(t, d, "GET /users/@me/guilds", "")
		equal(t, "servers", a.str("0.id")+" "+a.str("1.name"), discordfake.Guild+" another")
		equal(t, "its roles", done(t, d, "GET /guilds/"+discordfake.Guild, "").at("roles.1.tags.bot_id"), any(discordfake.Bot))
		a = done(t, d, "GET /guilds/"+discordfake.Guild+"/channels", "")
		equal(t, "channels, those too that the app cannot see", len(a.body.([]any)), 5)
		equal(t, "a private one", a.str("3.permission_overwrites.0.id"), discordfake.Everyone)
		equal(t, "a role", done(t, d, "GET /guilds/"+discordfake.Guild+"/roles", "").str("2.name"), "engineers")
		refused(t, d, 404, 10004, "GET /guilds/8", "")
		equal(t, "the other", done(t, d, "GET /guilds/7", "").str("name"), "another")
		equal(t, "with nothing in it", done(t, d, "GET /guilds/7/channels", "").text+done(t, d, "GET /guilds/7/roles", "").text, "[][]")
		equal(t, "the app", done(t, d, "GET /applications/@me", "").str("verify_key"), discordfake.PublicKey)
		equal(t, "the same", done(t, d, "GET /oauth2/applications/@me", "").str("id"), discordfake.App)
		equal(t, "its user", done(t, d, "GET /users/@me", "").at("bot"), any(true))
		d.Channel("deploys").Rename("ships")
		equal(t, "renamed", done(t, d, "GET /channels/"+discordfake.Deploys, "").str("name"), "ships")
		r := discordfake.Found(d, discordfake.Room{ID: "99", Name: "new"})
		post(t, d, r.ID(), "hello")
		d.Kick(true)
		refused(t, d, 404, 10004, "GET /guilds/"+discordfake.Guild, "")
		equal(t, "left", done(t, d, "GET /users/@me/guilds", "").str("0.name"), "another")
	})
}

func TestMembers(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		at := "GET /guilds/" + discordfake.Guild + "/members/"
		ana := d.User("ana")
		a := done(t, d, at+ana.ID(), "")
		equal(t, "roles", a.str("roles.1"), discordfake.Leads)
		equal(t, "name", a.str("user.username"), "ana")
		ana.Roles(discordfake.Engineers)
		equal(t, "roles", done(t, d, at+ana.ID(), "").at("roles.1"), nil)
		refused(t, d, 404, 10007, at+discordfake.Dan, "")
		refused(t, d, 404, 10013, at+"5", "")
		refused(t, d, 404, 10013, "GET /users/5", "")
		equal(t, "a user", done(t, d, "GET /users/"+discordfake.Dan, "").str("username"), "dan")
		eve := discordfake.Join(d, discordfake.Person{ID: "55", Name: "eve"})
		eve.Leave(true)
		refused(t, d, 404, 10007, at+"55", "")
	})
}

func TestDirectMessages(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		open := func(who string) string {
			return done(t, d, "POST /users/@me/channels", `{"recipient_id":"`+who+`"}`).str("id")
		}
		ana := d.User("ana")
		dm := open(ana.ID())
		equal(t, "the same again", open(ana.ID()), dm)
		post(t, d, dm, "hello")
		equal(t, "she sees", texts(ana.Sees(discordfake.App)), "hello")
		equal(t, "nobody else", len(d.User("ben").Sees(dm)), 0)
		x := `{"content":"x"}`
		ana.Block(true)
		refused(t, d, 403, 50007, to("POST", dm), x)
		ana.Block(false)
		ana.Leave(true)
		refused(t, d, 403, 50007, to("POST", dm), x)
		refused(t, d, 403, 50007, to("POST", open(discordfake.Dan)), x)
		refused(t, d, 400, 50033, "POST /users/@me/channels", `{"recipient_id":"`+discordfake.Bot+`"}`)
		refused(t, d, 400, 50033, "POST /users/@me/channels", `{"recipient_id":"5"}`)
		refused(t, d, 400, 50035, "POST /users/@me/channels", `{"recipient_id":"ana"}`)
	})
}
