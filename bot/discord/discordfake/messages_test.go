package discordfake_test

import (
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/discord/discordfake"
)

func TestMessages(t *testing.T) {
	bubble(t, discordfake.Options{}, func(t *testing.T, d *discordfake.Discord) {
		m := posted(t, d, discordfake.Deploys, "one")
		equal(t, "what people see", m.Shows, "one\n[Approve]\n[Open]")
		equal(t, "its mark", m.Marks[0], 77)
		equal(t, "its buttons", len(m.Buttons), 2)
		equal(t, "its time", m.At.Equal(time.Now()), true)
		equal(t, "by its id", discordfake.Time(m.ID).Equal(m.At), true)
		a := done(t, d, to("GET", discordfake.Deploys, m.ID), "")
		equal(t, "the id that Discord gave", a.at("components.0.components.0.id"), any(1.0))
		done(t, d, to("PATCH", discordfake.Deploys, m.ID), strings.Replace(card("two", "approve"), "32768", "0", 1))
		m, _ = d.Channel("deploys").Message(m.ID)
		equal(t, "changed", m.Shows, "two\n[Approve]\n[Open]")
		equal(t, "once", m.Edits, 1)
		equal(t, "still of the second version", m.Flags&discordfake.ComponentsV2, discordfake.ComponentsV2)
		done(t, d, to("DELETE", discordfake.Deploys, m.ID), "")
		refused(t, d, 404, 10008, to("GET", discordfake.Deploys, m.ID), "")
		refused(t, d, 404, 10008, to("PATCH", discordfake.Deploys, m.ID), `{"content":"x"}`)
		equal(t, "calls", len(d.Calls(discordfake.EditMessage)), 2)
	})
}

func TestHistory(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		var ids []string
		for i := range 9 {
			ids = append(ids, post(t, d, discordfake.Deploys, string(rune('a'+i))))
			time.Sleep(time.Second)
		}
		for query, want := range map[string]string{
			"":                               "ihgfedcba",
			"?limit=2":                       "ih",
			"?before=" + ids[4] + "&limit=2": "dc",
			"?after=" + ids[4] + "&limit=2":  "gf",
			"?around=" + ids[4] + "&limit=3": "fed",
			"?after=" + discordfake.ID(discordfake.Time(ids[6])): "ihg",
		} {
			a := done(t, d, to("GET", discordfake.Deploys)+query, "")
			got := ""
			for i := range a.body.([]any) {
				got += a.str(string(rune('0'+i)) + ".content")
			}
			equal(t, query, got, want)
		}
		for _, query := range []string{"?limit=0", "?limit=101", "?before=x", "?before=1&after=2"} {
			refused(t, d, 400, 50035, to("GET", discordfake.Deploys)+query, "")
		}
		d.Channel("deploys").Deny(discordfake.ReadHistory)
		equal(t, "without the permission", done(t, d, to("GET", discordfake.Deploys), "").text, "[]")
		refused(t, d, 403, 50013, to("GET", discordfake.Deploys, ids[0]), "")
	})
}

func TestWrongMessages(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		here := to("POST", discordfake.Deploys)
		button := `{"type":1,"components":[{"type":2,"style":1,"label":"A","custom_id":"a"}]}`
		for path, body := range map[string]string{
			"content":                              `{"content":"` + strings.Repeat("x", 2001) + `"}`,
			"embeds":                               `{"embeds":[{},{},{},{},{},{},{},{},{},{},{}]}`,
			"nonce":                                `{"content":"x","nonce":"` + strings.Repeat("n", 26) + `"}`,
			"allowed_mentions":                     `{"content":"x","allowed_mentions":{"parse":["users"],"users":["1"]}}`,
			"allowed_mentions.parse.0":             `{"content":"x","allowed_mentions":{"parse":["all"]}}`,
			"flags":                                `{"content":"x","flags":"much"}`,
			"components.0.type":                    `{"content":"x","components":[{"type":10,"content":"x"}]}`,
			"components.0.components.0":            strings.Replace(card("x", strings.Repeat("i", 101)), `"type":1,`, `"type":1,"id":9,`, 1),
			"components.1.components.0":            `{"content":"x","components":[` + button + `,` + button + `]}`,
			"components":                           `{"flags":32768,"components":[{"type":10,"content":"` + strings.Repeat("x", 3000) + `"},{"type":10,"content":"` + strings.Repeat("x", 1001) + `"}]}`,
			"message_reference.message_id":         `{"content":"x","message_reference":{"message_id":"last"}}`,
			"components.0.components.0.components": `{"flags":32768,"components":[{"type":17,"components":[{"type":17,"components":[]}]}]}`,
		} {
			a := refused(t, d, 400, 50035, here, body)
			where := "errors." + strings.TrimSuffix(path, ".components") + "._errors"
			if path == "components.0.components.0" {
				where = "errors.components.0.components.1.components.0._errors"
			}
			if a.at(where) == nil {
				t.Errorf("%s: the answer says nothing at %s: %.500s", path, where, a.text)
			}
		}
		a := refused(t, d, 400, 50035, here, `{"flags":32768,"content":"x","components":[{"type":10,"content":"x"}]}`)
		equal(t, "why", a.str("errors.content._errors.0.code"), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")
		for _, part := range []string{
			`{"type":2,"style":1,"label":"` + strings.Repeat("l", 81) + `","custom_id":"a"}`,
			`{"type":2,"style":5,"label":"l","url":"https://example.org/` + strings.Repeat("u", 500) + `"}`,
			`{"type":2,"style":5,"label":"l","custom_id":"a"}`, `{"type":2,"style":1,"label":"l"}`, `{"type":99}`,
		} {
			refused(t, d, 400, 50035, here, `{"content":"x","components":[{"type":1,"components":[`+part+`]}]}`)
		}
		texts := strings.Repeat(`{"type":10,"content":"x"},`, 40) + `{"type":10,"content":"x"}`
		refused(t, d, 400, 50035, here, `{"flags":32768,"components":[`+texts+`]}`)
		refused(t, d, 400, 50006, here, `{}`)
		refused(t, d, 400, 50006, here, `{"flags":32768,"components":[]}`)
		refused(t, d, 400, 50109, here, `{"content":`)
		r := request(t, discordfake.API, here, `{"content":"x"}`)
		r.Header.Set("Content-Type", "text/plain")
		equal(t, "with another type", raw(t, d, r).code(), 50035)
		equal(t, "posted", len(d.Channel("deploys").Messages()), 0)
	})
}

func TestSecondVersionStays(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		m := posted(t, d, discordfake.Deploys, "one")
		here := to("PATCH", discordfake.Deploys, m.ID)
		done(t, d, here, `{"flags":0}`)
		refused(t, d, 400, 50035, here, `{"content":"now a text"}`)
		refused(t, d, 400, 50035, here, `{"embeds":[{"title":"x"}]}`)
		refused(t, d, 400, 50006, here, `{"components":[]}`)
		first := to("PATCH", discordfake.Deploys, post(t, d, discordfake.Deploys, "a text"))
		refused(t, d, 400, 50035, first, card("two", "a"))
		done(t, d, first, strings.Replace(card("two", "a"), `{"flags"`, `{"content":null,"flags"`, 1))
		now, _ := d.Channel("deploys").Message(m.ID)
		equal(t, "as it was", now.Shows, m.Shows)
	})
}

func TestNonce(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		body := `{"content":"x","nonce":"once","enforce_nonce":true}`
		first := done(t, d, to("POST", discordfake.Deploys), body)
		equal(t, "the nonce", first.str("nonce"), "once")
		equal(t, "again", done(t, d, to("POST", discordfake.Deploys), body).str("id"), first.str("id"))
		equal(t, "elsewhere", done(t, d, to("POST", discordfake.General), body).str("channel_id"), discordfake.Deploys)
		if done(t, d, to("POST", discordfake.Deploys), `{"content":"x","nonce":"once"}`).str("id") == first.str("id") {
			t.Error("a nonce that is not enforced was")
		}
		time.Sleep(3 * time.Minute)
		if done(t, d, to("POST", discordfake.Deploys), body).str("id") == first.str("id") {
			t.Error("a nonce is remembered for ever")
		}
		done(t, d, to("POST", discordfake.Deploys), `{"content":"x","nonce":12345}`)
	})
}

func TestReplies(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		asked := must(d.User("ana").Say("deploys", "how is it?"))
		ref := func(id, more string) string {
			return `{"content":"fine","message_reference":{"message_id":"` + id + `"` + more + `}` + `,"allowed_mentions":{"parse":[]}}`
		}
		a := done(t, d, to("POST", discordfake.Deploys), ref(asked.ID, ""))
		equal(t, "what it answers", a.str("referenced_message.id"), asked.ID)
		m, _ := d.Channel("deploys").Message(a.str("id"))
		equal(t, "as people see it", m.ReplyTo, asked.ID)
		equal(t, "pings", len(m.Pings), 0)
		refused(t, d, 400, 50035, to("POST", discordfake.Deploys), ref("1", ""))
		refused(t, d, 400, 50035, to("POST", discordfake.General), ref(asked.ID, ""))
		a = done(t, d, to("POST", discordfake.Deploys), ref("1", `,"fail_if_not_exists":false`))
		equal(t, "to nothing", a.at("message_reference"), nil)
		a = done(t, d, to("POST", discordfake.Deploys), `{"content":"fine","message_reference":{"message_id":"`+asked.ID+`"}}`)
		equal(t, "pings by default", a.str("mentions.0.id"), discordfake.Ana)
		d.Channel("deploys").Deny(discordfake.ReadHistory)
		refused(t, d, 403, 160002, to("POST", discordfake.Deploys), ref(asked.ID, ""))
	})
}

func TestPings(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		text := "@everyone <@" + discordfake.Ana + "> <@&" + discordfake.Leads + ">"
		for more, want := range map[string]int{
			``:                                   3,
			`,"allowed_mentions":{"parse":null}`: 3,
			`,"allowed_mentions":{"parse":[]}`:   0,
			`,"allowed_mentions":{"parse":["users"]}`:                                          1,
			`,"allowed_mentions":{"users":["` + discordfake.Ana + `"]}`:                        1,
			`,"allowed_mentions":{"parse":["everyone"],"roles":["` + discordfake.Leads + `"]}`: 2,
		} {
			a := done(t, d, to("POST", discordfake.Deploys), `{"content":"`+text+`"`+more+`}`)
			m, _ := d.Channel("deploys").Message(a.str("id"))
			equal(t, more, len(m.Pings), want)
		}
		id := done(t, d, to("POST", discordfake.Deploys), `{"content":"x","allowed_mentions":{"parse":[]}}`).str("id")
		done(t, d, to("PATCH", discordfake.Deploys, id), `{"content":"@everyone"}`)
		m, _ := d.Channel("deploys").Message(id)
		equal(t, "changed without it", len(m.Pings), 1)
		a := done(t, d, to("POST", discordfake.Deploys), strings.Replace(card(text, "a"), "{", `{"allowed_mentions":{"parse":["roles"]},`, 1))
		equal(t, "in components", a.at("mention_roles.0"), any(discordfake.Leads))
		equal(t, "silent", done(t, d, to("POST", discordfake.Deploys), `{"content":"x","flags":4096}`).at("flags"), any(float64(discordfake.Silent)))
		equal(t, "for one alone", done(t, d, to("POST", discordfake.Deploys), `{"content":"x","flags":64}`).at("flags"), any(0.0))
		r := discordfake.Read("see https://example.org", []byte(`[{"type":10,"content":"**bold** <@!1>"}]`))
		equal(t, "reads", r.Shows, "see https://example.org\nbold <@!1>")
		equal(t, "pings", strings.Join(r.Pings, " "), "<@1>")
		equal(t, "links", strings.Join(r.Links, " "), "https://example.org")
	})
}

func TestFiles(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		here := to("POST", discordfake.Deploys)
		v2 := `{"flags":32768,"attachments":[{"id":0,"filename":"log.txt","title":"The log"}],"components":[{"type":10,"content":"see"},{"type":13,"file":{"url":"attachment://log.txt"}}]}`
		a := upload(t, d, here, v2, "log.txt", "all is well", "other.txt", "unseen")
		m, _ := d.Channel("deploys").Message(a.str("id"))
		equal(t, "files", len(m.Files), 2)
		equal(t, "the one", m.Files[0], discordfake.File{Name: "log.txt", Title: "The log", Content: "all is well", Shown: true})
		equal(t, "the other", m.Files[1].Shown, false)
		equal(t, "one that is not there", upload(t, d, here, v2).code(), 50035)
		equal(t, "beside a text", upload(t, d, here, `{"content":"see"}`, "a.txt", "a").status, 200)
		equal(t, "alone", upload(t, d, here, `{}`, "a.txt", "a").status, 200)
		var many []string
		for range 11 {
			many = append(many, "a.txt", "a")
		}
		equal(t, "eleven", upload(t, d, here, `{}`, many...).code(), 50035)
		equal(t, "too large", upload(t, d, here, `{}`, "a.txt", strings.Repeat("a", 10<<20+1)).status, 413)
		done(t, d, to("PATCH", discordfake.Deploys, m.ID), `{"attachments":[{"id":"1","filename":"log.txt"}]}`)
		m, _ = d.Channel("deploys").Message(m.ID)
		equal(t, "kept", len(m.Files), 1)
		d.Channel("deploys").Deny(discordfake.AttachFiles)
		equal(t, "without the permission", upload(t, d, here, `{}`, "a.txt", "a").code(), 50013)
	})
}

func TestWhoMayWrite(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		x := `{"content":"x"}`
		refused(t, d, 404, 10003, to("POST", "1"), x)
		refused(t, d, 400, 50035, to("POST", "deploys"), x)
		refused(t, d, 403, 50001, to("POST", discordfake.Secret), x)
		refused(t, d, 400, 50008, to("POST", discordfake.Rooms), x)
		said := must(d.User("ana").Say("deploys", "hello"))
		refused(t, d, 403, 50005, to("PATCH", discordfake.Deploys, said.ID), x)
		refused(t, d, 403, 50013, to("DELETE", discordfake.Deploys, said.ID), "")
		d.Channel("deploys").Deny(discordfake.SendMessages)
		refused(t, d, 403, 50013, to("POST", discordfake.Deploys), x)
		d.Channel("deploys").Deny(discordfake.ViewChannel)
		refused(t, d, 403, 50001, to("POST", discordfake.Deploys), x)
		refused(t, d, 403, 50001, "GET /channels/"+discordfake.Deploys, "")
		d.Channel("deploys").Deny(0)
		d.Empower(discordfake.BotRole, discordfake.Administrator)
		done(t, d, to("DELETE", discordfake.Deploys, said.ID), "")
		done(t, d, to("POST", discordfake.Secret), x)
		d.Channel("random").Remove()
		refused(t, d, 404, 10003, to("POST", discordfake.Random), x)
		d.Kick(true)
		refused(t, d, 403, 50001, to("POST", discordfake.Deploys), x)
		d.Kick(false)
		done(t, d, to("POST", discordfake.Deploys), x)
	})
}

func TestOldMessages(t *testing.T) {
	bubble(t, discordfake.Options{OldEdits: 2}, func(t *testing.T, d *discordfake.Discord) {
		one, two := post(t, d, discordfake.Deploys, "one"), post(t, d, discordfake.Deploys, "two")
		other := post(t, d, discordfake.General, "other")
		edit := func(channel, id string) said {
			return ask(t, d, to("PATCH", channel, id), `{"content":"x"}`)
		}
		time.Sleep(time.Hour - time.Second)
		equal(t, "before the hour", edit(discordfake.Deploys, one).status, 200)
		time.Sleep(time.Second)
		equal(t, "the first", edit(discordfake.Deploys, one).status, 200)
		time.Sleep(10 * time.Minute)
		equal(t, "the second", edit(discordfake.Deploys, two).status, 200)
		a := edit(discordfake.Deploys, one)
		equal(t, "the third", a.code(), 30046)
		equal(t, "its status", a.status, 429)
		equal(t, "when to come again", a.at("retry_after"), any(3000.0))
		equal(t, "the header", a.header.Get("Retry-After"), "3000")
		equal(t, "of another channel", edit(discordfake.General, other).status, 200)
		time.Sleep(50 * time.Minute)
		equal(t, "an hour later", edit(discordfake.Deploys, one).status, 200)
		equal(t, "no limit of the ordinary kind", len(d.Limited()), 0)
	})
}
