package discordfake_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/discord/discordfake"
)

// pressed presses the button of a new card, before the app that it tells nobody of.
func pressed(t testing.TB, d *discordfake.Discord, who string) (*discordfake.Interaction, discordfake.Message) {
	t.Helper()
	m := posted(t, d, discordfake.Deploys, "card")
	return must(d.User(who).Press(m, "Approve")), m
}

func TestThreeSeconds(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		late, _ := pressed(t, d, "ana")
		good, _ := pressed(t, d, "ben")
		time.Sleep(3*time.Second - time.Millisecond)
		done(t, d, back(good), `{"type":6}`)
		time.Sleep(time.Millisecond)
		equal(t, "how it ended", late.Wait(t.Context()), discordfake.ErrUnanswered)
		refused(t, d, 404, 10062, back(late), `{"type":6}`)
		equal(t, "how it ended in time", good.Wait(t.Context()), nil)
		equal(t, "what it took", good.Took(), 3*time.Second-time.Millisecond)
		refused(t, d, 400, 40060, back(good), `{"type":6}`)
		refused(t, d, 404, 10062, strings.Replace(back(good), good.ID, "5", 1), `{"type":6}`)
		refused(t, d, 404, 10062, "POST /interactions/5/none/callback", `{"type":6}`)
		feed := d.Feed()
		equal(t, "acknowledged", feed.Acks()[0], good.Took())
		equal(t, "unanswered", feed.Unanswered()[0], late)
		equal(t, "sent", len(feed.Sent()), 2)
	})
}

func TestTokensLapse(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		i, _ := pressed(t, d, "ana")
		original := later("PATCH", i, "/messages/@original")
		refused(t, d, 404, 10015, original, `{"content":"before the first response"}`)
		done(t, d, back(i), `{"type":5,"data":{"flags":64}}`)
		refused(t, d, 404, 10015, strings.Replace(original, discordfake.App, "5", 1), `{"content":"x"}`)
		refused(t, d, 401, 50027, strings.Replace(original, i.Token, "forged", 1), `{"content":"x"}`)
		time.Sleep(15*time.Minute - time.Second)
		done(t, d, original, `{"content":"in time"}`)
		time.Sleep(time.Second)
		refused(t, d, 401, 50027, original, `{"content":"too late"}`)
		refused(t, d, 401, 50027, later("POST", i, ""), `{"content":"too late"}`)
		equal(t, "a token can be looked for", strings.Contains(i.Token, "secret"), true)
	})
}

func TestDeferred(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		i, _ := pressed(t, d, "ana")
		done(t, d, back(i), `{"type":5,"data":{"flags":`+`32832`+`}}`) // V2 says nothing here
		m := i.Answers()[0]
		equal(t, "thinking", m.Waiting, true)
		equal(t, "for her alone", m.Only, discordfake.Ana)
		equal(t, "of what version", m.Flags&discordfake.ComponentsV2, 0)
		equal(t, "she sees it", len(d.User("ana").Sees("deploys")), 2)
		equal(t, "he does not", len(d.User("ben").Sees("deploys")), 1)
		done(t, d, later("PATCH", i, "/messages/@original"), card("done", "x"))
		m = i.Answers()[0]
		equal(t, "thought", m.Waiting, false)
		equal(t, "of the second version now", m.Flags, discordfake.ComponentsV2|discordfake.Ephemeral)
		equal(t, "says", m.Shows, "done\n[Approve]\n[Open]")
		refused(t, d, 404, 10008, to("PATCH", discordfake.Deploys, m.ID), `{"content":"x"}`)
		equal(t, "in no history", len(done(t, d, to("GET", discordfake.Deploys), "").body.([]any)), 1)
		equal(t, "the app reads it", done(t, d, later("GET", i, "/messages/@original"), "").str("id"), m.ID)
		d.User("ana").Reload()
		equal(t, "gone when she comes back", len(i.Answers()), 0)
		refused(t, d, 404, 10008, later("PATCH", i, "/messages/@original"), `{"content":"x"}`)
	})
}

func TestResponses(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		i, m := pressed(t, d, "ana")
		done(t, d, back(i), `{"type":6}`)
		done(t, d, later("PATCH", i, "/messages/@original"), strings.Replace(card("later", "x"), "32768", "0", 1))
		now, _ := d.Channel("deploys").Message(m.ID)
		equal(t, "updated later", now.Shows, "later\n[Approve]\n[Open]")
		equal(t, "nothing new", len(i.Answers()), 0)

		i, m = pressed(t, d, "ana")
		a := done(t, d, back(i)+"?with_response=true", `{"type":7,"data":`+card("at once", "x")+`}`)
		equal(t, "the answer to that", a.str("resource.message.id"), m.ID)
		now, _ = d.Channel("deploys").Message(m.ID)
		equal(t, "updated at once", now.Shows, "at once\n[Approve]\n[Open]")

		i, _ = pressed(t, d, "ana")
		equal(t, "without an answer", done(t, d, back(i), `{"type":4,"data":{"content":"@everyone <@`+discordfake.Ben+`>","flags":64}}`).status, http.StatusNoContent)
		equal(t, "pings people alone by default", strings.Join(i.Answers()[0].Pings, " "), "<@"+discordfake.Ben+">")
		kind, data := i.Response()
		equal(t, "as it was", kind == 4 && strings.Contains(string(data), "@everyone"), true)
		done(t, d, later("DELETE", i, "/messages/@original"), "")
		equal(t, "taken away", len(i.Answers()), 0)

		i, _ = pressed(t, d, "ana")
		for _, wrong := range []string{`{}`, `{"type":1}`, `{"type":8,"data":{"choices":[]}}`, `{"type":4}`, `{"type":4,"data":[]}`, `{"type":4,"data":{"content":"` + strings.Repeat("x", 2001) + `"}}`} {
			refused(t, d, 400, 50035, back(i), wrong)
		}
		refused(t, d, 400, 50006, back(i), `{"type":4,"data":{}}`)
		done(t, d, back(i), `{"type":6}`) // what was refused is no response
	})
}

const form = `{"type":9,"data":{"custom_id":"why","title":"Reject","components":[{"type":18,"label":"Reason","component":` +
	`{"type":4,"custom_id":"reason","style":2,"required":false,"max_length":1000}}]}}`

func TestModals(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		ana := d.User("ana")
		i, m := pressed(t, d, "ana")
		for _, wrong := range []string{
			strings.Replace(form, "Reject", strings.Repeat("R", 46), 1), strings.Replace(form, `"why"`, `""`, 1), strings.Replace(form, `"style":2`, `"style":3`, 1),
			strings.Replace(form, "Reason", strings.Repeat("R", 46), 1), `{"type":9,"data":{"custom_id":"why","title":"Reject","components":[]}}`,
			strings.Replace(form, "1000", "4001", 1),
		} {
			refused(t, d, 400, 50035, back(i), wrong)
		}
		done(t, d, back(i), form)
		refused(t, d, 404, 10008, later("PATCH", i, "/messages/@original"), `{"content":"x"}`)
		shown, ok := ana.Modal()
		equal(t, "she sees it", ok && shown.Title == "Reject" && shown.Shows == "Reject\nReason", true)
		equal(t, "its field", shown.Fields[0], discordfake.Field{CustomID: "reason", Label: "Reason", Max: 1000})
		_, err := ana.Submit(map[string]string{"reason": strings.Repeat("x", 1001)})
		equal(t, "too long", err != nil, true)
		i = must(ana.Submit(map[string]string{"reason": "not now"}))
		equal(t, "what it is", i.CustomID, "why")
		equal(t, "what she wrote", strings.Contains(string(i.Payload), `"value":"not now"`), true)
		equal(t, "where", strings.Contains(string(i.Payload), `"message":{`), true)
		refused(t, d, 400, 50035, back(i), form)
		done(t, d, back(i), `{"type":7,"data":`+card("rejected", "x")+`}`)
		now, _ := d.Channel("deploys").Message(m.ID)
		equal(t, "at the message", now.Shows, "rejected\n[Approve]\n[Open]")

		i, _ = pressed(t, d, "ana")
		done(t, d, back(i), `{"type":5}`)
		refused(t, d, 400, 40060, back(i), form)
		i, _ = pressed(t, d, "ana")
		done(t, d, back(i), form)
		ana.Close()
		_, ok = ana.Modal()
		equal(t, "closed", ok, false)
		_, err = ana.Submit(nil)
		equal(t, "nothing to submit", err != nil, true)
	})
}

func TestModalOfACommand(t *testing.T) {
	bubble(t, discordfake.Options{Commands: []string{taskCommand}}, func(t *testing.T, d *discordfake.Discord) {
		ana := d.User("ana")
		i := must(ana.Command("deploys", "task", "list", nil))
		refused(t, d, 400, 50035, back(i), `{"type":6}`)
		refused(t, d, 400, 50035, back(i), `{"type":7,"data":{"content":"x"}}`)
		done(t, d, back(i), strings.Replace(form, `"required":false`, `"required":true`, 1))
		_, err := ana.Submit(nil)
		equal(t, "it has to be filled", err != nil, true)
		i = must(ana.Submit(map[string]string{"reason": "x"}))
		refused(t, d, 400, 50035, back(i), `{"type":7,"data":{"content":"there is no message"}}`)
		done(t, d, back(i), `{"type":4,"data":{"content":"there is now","flags":64}}`)
	})
}

func TestFollowups(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true, UserInstalled: true}, func(t *testing.T, d *discordfake.Discord) {
		i, _ := pressed(t, d, "ana")
		done(t, d, back(i), `{"type":5,"data":{"flags":64}}`)
		done(t, d, later("POST", i, ""), `{"content":"the first is the original"}`)
		equal(t, "one message", texts(i.Answers()), "the first is the original")
		equal(t, "for her alone", i.Answers()[0].Only, discordfake.Ana)
		id := done(t, d, later("POST", i, ""), `{"content":"for all"}`).str("id")
		equal(t, "for all", i.Answers()[1].Only, "")
		done(t, d, later("PATCH", i, "/messages/"+id), `{"content":"changed"}`)
		equal(t, "changed", done(t, d, later("GET", i, "/messages/"+id), "").str("content"), "changed")
		for range 4 {
			done(t, d, later("POST", i, ""), `{"content":"x"}`)
		}
		refused(t, d, 400, 40094, later("POST", i, ""), `{"content":"the sixth"}`)
		done(t, d, later("DELETE", i, "/messages/"+id), "")
		refused(t, d, 404, 10008, later("PATCH", i, "/messages/"+id), `{"content":"x"}`)
	})
}

func TestPresses(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		ana, m := d.User("ana"), posted(t, d, discordfake.Deploys, "card")
		equal(t, "by its label", must(ana.Press(m, "Approve")).CustomID, "approve")
		equal(t, "by its id", must(ana.Press(m, "approve")).CustomID, "approve")
		_, err := ana.Press(m, "Open")
		equal(t, "one that opens an address", errors.Is(err, discordfake.ErrNoButton), true)
		_, err = d.User("dan").Press(m, "Approve")
		equal(t, "one who is not there", err, discordfake.ErrNotThere)
		done(t, d, to("PATCH", discordfake.Deploys, m.ID), card("card", "other"))
		equal(t, "on an old screen", must(ana.Press(m, "Approve")).CustomID, "approve")
		equal(t, "forged", ana.Forge(m, "anything").CustomID, "anything")
		d.Channel("deploys").Delete(m.ID)
		_, err = ana.Press(m, "Approve")
		equal(t, "one that is gone", err, discordfake.ErrNotThere)
	})
}
