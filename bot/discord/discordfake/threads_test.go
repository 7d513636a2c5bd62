package discordfake_test

import (
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/discord/discordfake"
)

const thread = `{"name":"Deploy","auto_archive_duration":1440}`

func TestThreads(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		m := posted(t, d, discordfake.Deploys, "card")
		start := to("POST", discordfake.Deploys, m.ID, "threads")
		refused(t, d, 404, 10003, to("POST", m.ID), `{"content":"x"}`)
		a := done(t, d, start, thread)
		equal(t, "the status", a.status, 201)
		equal(t, "the id of the thread", a.str("id"), m.ID)
		refused(t, d, 400, 160004, start, thread)
		done(t, d, to("POST", m.ID), `{"content":"step 1"}`)
		equal(t, "in it", texts(d.Channel(m.ID).Messages()), "step 1")
		equal(t, "in the channel", len(d.Channel("deploys").Messages()), 1)
		equal(t, "by the channel", d.Channel("deploys").Threads()[0].Name(), "Deploy")
		m, _ = d.Channel("deploys").Message(m.ID)
		equal(t, "at the message", m.Thread, m.ID)
		a = done(t, d, to("GET", m.ID), "")
		equal(t, "the history ends with what it began with", a.at("1.type"), any(21.0))
		refused(t, d, 403, 50021, to("PATCH", m.ID, a.str("1.id")), `{"content":"x"}`)
		d.Channel("deploys").Delete(m.ID)
		done(t, d, to("POST", m.ID), `{"content":"still there"}`)
		for _, wrong := range []string{`{}`, `{"name":"` + strings.Repeat("x", 101) + `"}`, `{"name":"x","auto_archive_duration":5}`} {
			refused(t, d, 400, 50035, to("POST", discordfake.Deploys, post(t, d, discordfake.Deploys, "x"), "threads"), wrong)
		}
	})
}

func TestThreadsThatCannotBe(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		dm := done(t, d, "POST /users/@me/channels", `{"recipient_id":"`+discordfake.Ana+`"}`).str("id")
		refused(t, d, 400, 50024, to("POST", dm, post(t, d, dm, "x"), "threads"), thread)
		refused(t, d, 404, 10008, to("POST", discordfake.Deploys, "1", "threads"), thread)
		id := post(t, d, discordfake.Deploys, "x")
		d.Channel("deploys").Deny(discordfake.PublicThreads)
		refused(t, d, 403, 50013, to("POST", discordfake.Deploys, id, "threads"), thread)
		d.Channel("deploys").Deny(discordfake.SendInThreads)
		done(t, d, to("POST", discordfake.Deploys, id, "threads"), thread)
		refused(t, d, 403, 50013, to("POST", id), `{"content":"x"}`)
		done(t, d, to("POST", discordfake.Deploys), `{"content":"x"}`)
	})
}

func TestClosedThreads(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		id := post(t, d, discordfake.Deploys, "card")
		done(t, d, to("POST", discordfake.Deploys, id, "threads"), thread)
		said := post(t, d, id, "step 1")
		time.Sleep(23 * time.Hour)
		equal(t, "within a day", d.Channel(id).Archived(), false)
		time.Sleep(time.Hour)
		equal(t, "after a day", d.Channel(id).Archived(), true)
		refused(t, d, 400, 50083, to("PATCH", id, said), `{"content":"x"}`)
		equal(t, "told", done(t, d, "GET /channels/"+id, "").at("thread_metadata.archived"), any(true))
		post(t, d, id, "step 2")
		equal(t, "opened by posting", d.Channel(id).Archived(), false)
		d.Channel(id).Archive(true)
		done(t, d, "PATCH /channels/"+id, `{"archived":false}`)
		equal(t, "opened", d.Channel(id).Archived(), false)
		d.Channel(id).Lock(true)
		refused(t, d, 403, 160005, to("POST", id), `{"content":"x"}`)
		d.Channel(id).Archive(true)
		refused(t, d, 403, 160005, "PATCH /channels/"+id, `{"archived":false}`)
		refused(t, d, 403, 50013, "PATCH /channels/"+id, `{"archived":false,"locked":false}`)
		_, err := d.User("ana").Say(id, "me neither")
		equal(t, "nor people", err, discordfake.ErrNotThere)
		d.Empower(discordfake.BotRole, discordfake.ManageThreads)
		done(t, d, to("POST", id), `{"content":"x"}`)
		refused(t, d, 403, 50013, "PATCH /channels/"+discordfake.Deploys, `{"name":"x"}`)
	})
}
