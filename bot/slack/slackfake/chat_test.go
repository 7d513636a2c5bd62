package slackfake_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/bot/slack/slackfake"
)

func TestPostMessage(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		api := inside(s)
		for _, to := range []string{slackfake.General, "#general", "general"} {
			channel, ts, err := api.PostMessage(to, slack.MsgOptionText("a & b", true))
			if err != nil || channel != slackfake.General || ts == "" {
				t.Errorf("to %s: %s %s %v", to, channel, ts, err)
			}
		}
		all := s.Channel(slackfake.General).Messages()
		if len(all) != 3 || all[0].TS >= all[1].TS || all[0].Text != "a &amp; b" || all[0].Shows != "a & b" {
			t.Errorf("got %+v", all)
		}
		channel, _, err := api.PostMessage(slackfake.Ana, slack.MsgOptionText("for you", false))
		if err != nil || !strings.HasPrefix(channel, "D") {
			t.Errorf("to a person: %s %v", channel, err)
		}
		equal(t, "they see", texts(s.User("ana").Sees(channel)), "for you")
		equal(t, "others see", texts(s.User("ben").Sees(channel)), "")
	})
}

func TestPostMessageRefusals(t *testing.T) {
	o := slackfake.Options{Scopes: []string{"chat:write"}, People: []slackfake.Person{{ID: slackfake.Ana, Name: "ana"}, {ID: slackfake.Ben, Name: "ben", Deleted: true}}, Without: []string{"divider"}, Unlimited: true}
	bubble(t, o, func(t *testing.T, s *slackfake.Slack) {
		section := func(text string) string {
			return encoded(t, []any{map[string]any{"type": "section", "text": map[string]any{"type": "mrkdwn", "text": text}}})
		}
		many := "[" + strings.TrimSuffix(strings.Repeat(section(strings.Repeat("x", 2700))[1:], 5), ",") + "]"
		many = strings.ReplaceAll(strings.ReplaceAll(many, "]{", ",{"), "]]", "]")
		for _, c := range []struct{ want, channel, text, more, value string }{
			{"not_in_channel", slackfake.Random, "x", "", ""},
			{"channel_not_found", slackfake.Secret, "x", "", ""}, // a private one that it is not in
			{"channel_not_found", "#nowhere", "x", "", ""},
			{"channel_not_found", "", "x", "", ""},
			{"channel_not_found", slackfake.Ben, "x", "", ""}, // has left
			{"channel_not_found", slackfake.Bot, "x", "", ""},
			{"is_archived", slackfake.Old, "x", "", ""},
			{"no_text", slackfake.General, "", "", ""},
			{"no_text", slackfake.General, "", "blocks", "[]"},
			{"msg_too_long", slackfake.General, strings.Repeat("x", 40_001), "", ""},
			{"invalid_blocks_format", slackfake.General, "x", "blocks", "{"},
			{"invalid_blocks", slackfake.General, "x", "blocks", `[{"type":"section"}]`},
			{"invalid_blocks", slackfake.General, "x", "blocks", section(strings.Repeat("x", 3001))},
			{"invalid_blocks", slackfake.General, "x", "blocks", `[{"type":"plan","title":"x"}]`},
			{"invalid_blocks", slackfake.General, "x", "blocks", `[{"type":"alert","text":{"type":"plain_text","text":"x"}}]`},
			{"invalid_blocks", slackfake.General, "x", "blocks", `[{"type":"divider"}]`}, // which this workspace does not have
			{"invalid_blocks", slackfake.General, "x", "blocks", "[" + strings.TrimSuffix(strings.Repeat(section("x")[1:len(section("x"))-1]+",", 51), ",") + "]"},
			{"msg_blocks_too_long", slackfake.General, "x", "blocks", many},
			{"invalid_attachments", slackfake.General, "x", "attachments", `[{"text":"x"}]`},
			{"invalid_thread_ts", slackfake.General, "x", "thread_ts", "yesterday"},
			{"invalid_metadata_format", slackfake.General, "x", "metadata", "x"},
			{"invalid_metadata_schema", slackfake.General, "x", "metadata", `{"event_type":"x"}`},
		} {
			refused(t, s, c.want, "chat.postMessage", "channel", c.channel, "text", c.text, c.more, c.value)
		}
		equal(t, "messages", len(s.Channel(slackfake.General).Messages()), 0)
	})
}

func TestInvalidBlocksSayWhere(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		_, _, err := inside(s).PostMessage(slackfake.General, slack.MsgOptionBlocks(slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", strings.Repeat("x", 5000), false, false), nil, nil)))
		refusal, ok := err.(slack.SlackErrorResponse)
		if !ok || refusal.Err != "invalid_blocks" || len(refusal.ResponseMetadata.Messages) == 0 {
			t.Errorf("got %#v", err)
		}
	})
}

func TestBlocksGetIDs(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		post(t, s, slackfake.General, "x", "blocks", `[{"type":"divider","block_id":"mine"},{"type":"divider"}]`)
		page := must(inside(s).GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: slackfake.General}))
		blocks := page.Messages[0].Blocks.BlockSet
		if len(blocks) != 2 || blocks[0].ID() != "mine" || blocks[1].ID() == "" {
			t.Errorf("got %+v", blocks)
		}
	})
}

func TestUpdate(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		room := s.Channel(slackfake.General)
		ts := post(t, s, slackfake.General, "one", "blocks", button("a", "Go"))
		seen := func() slackfake.Message {
			m, _ := room.Message(ts)
			return m
		}
		a := refused(t, s, "", "chat.update", "channel", slackfake.General, "ts", ts, "text", "two", "blocks", button("b", "Stop"))
		equal(t, "the answer's text", a.str("text"), "two")
		equal(t, "it shows", seen().Shows, "Stop")
		equal(t, "it is marked", seen().Edited, false)
		refused(t, s, "", "chat.update", "channel", slackfake.General, "ts", ts, "text", "three")
		equal(t, "a text without blocks takes them away", seen().Shows, "three")
		equal(t, "it is marked", seen().Edited, true)
		equal(t, "times", seen().Edits, 2)
		if _, _, _, err := inside(s).UpdateMessage(slackfake.General, ts, slack.MsgOptionText("four", false), slack.MsgOptionBlocks()); err != nil || seen().Blocks != nil {
			t.Errorf("got %v, %s", err, seen().Blocks)
		}
	})
}

func TestUpdateRefusals(t *testing.T) {
	bubble(t, slackfake.Options{EditWindow: time.Hour, Unlimited: true}, func(t *testing.T, s *slackfake.Slack) {
		ts := post(t, s, slackfake.General, "mine")
		direct := refused(t, s, "", "chat.postMessage", "channel", slackfake.Ana, "text", "x")
		theirs := must(s.User("ana").Say(slackfake.General, "", "theirs"))
		alone := refused(t, s, "", "chat.postEphemeral", "channel", slackfake.General, "user", slackfake.Ana, "text", "x").str("message_ts")
		update := func(want, channel, ts string, more ...string) {
			t.Helper()
			refused(t, s, want, "chat.update", append([]string{"channel", channel, "ts", ts}, more...)...)
		}
		update("cant_update_message", slackfake.General, theirs.TS, "text", "x")
		update("message_not_found", slackfake.General, "1.000001", "text", "x")
		update("message_not_found", slackfake.General, alone, "text", "x")
		update("channel_not_found", "#general", ts, "text", "x")
		update("channel_not_found", slackfake.Ana, direct.str("ts"), "text", "x")
		update("", direct.str("channel"), direct.str("ts"), "text", "x")
		update("no_text", slackfake.General, ts)
		update("no_text", slackfake.General, ts, "text", "")
		update("msg_too_long", slackfake.General, ts, "text", strings.Repeat("x", 40_001))
		update("invalid_blocks", slackfake.General, ts, "text", "x", "blocks", `[{"type":"nothing"}]`)
		s.Channel(slackfake.General).Remove(slackfake.Bot)
		update("not_in_channel", slackfake.General, ts, "text", "x")
		s.Channel(slackfake.General).Invite(slackfake.Bot)
		s.Channel(slackfake.General).Archive(true)
		update("is_archived", slackfake.General, ts, "text", "x")
		s.Channel(slackfake.General).Archive(false)
		time.Sleep(time.Hour + time.Second)
		update("edit_window_closed", slackfake.General, ts, "text", "x")
		m, _ := s.Channel(slackfake.General).Message(ts)
		equal(t, "it says", m.Text, "mine")
		equal(t, "times", m.Edits, 0)
	})
}

func TestDelete(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		ana, api := s.User("ana"), inside(s)
		theirs := must(ana.Say(slackfake.General, "", "theirs"))
		refused(t, s, "cant_delete_message", "chat.delete", "channel", slackfake.General, "ts", theirs.TS)
		ts, root := post(t, s, slackfake.General, "gone"), post(t, s, slackfake.General, "root")
		post(t, s, slackfake.General, "reply", "thread_ts", root)
		for _, one := range []string{ts, root} {
			if _, _, err := api.DeleteMessage(slackfake.General, one); err != nil {
				t.Error(err)
			}
		}
		equal(t, "they see", texts(ana.Sees(slackfake.General)), "theirs|This message was deleted.|reply")
		refused(t, s, "message_not_found", "chat.delete", "channel", slackfake.General, "ts", ts)
		refused(t, s, "cant_update_message", "chat.update", "channel", slackfake.General, "ts", root, "text", "x")
	})
}

func TestEphemeral(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		ana, ben := s.User("ana"), s.User("ben")
		ts, err := inside(s).PostEphemeral(slackfake.General, slackfake.Ana, slack.MsgOptionText("only you", false))
		if err != nil || ts == "" {
			t.Fatal(ts, err)
		}
		equal(t, "she sees", texts(ana.Sees(slackfake.General)), "only you")
		equal(t, "he sees", texts(ben.Sees(slackfake.General)), "")
		a := refused(t, s, "", "conversations.history", "channel", slackfake.General)
		equal(t, "the history has", len(a.at("messages").([]any)), 0)
		refused(t, s, "message_not_found", "chat.delete", "channel", slackfake.General, "ts", ts)
		ana.Reload()
		equal(t, "she sees after she has loaded it again", texts(ana.Sees(slackfake.General)), "")
		s.Channel(slackfake.General).Remove(slackfake.Ben)
		for _, c := range []struct{ want, channel, user string }{
			{"user_not_in_channel", slackfake.General, slackfake.Ben}, {"user_not_found", slackfake.General, "U404"}, {"not_in_channel", slackfake.Random, slackfake.Ana},
			{"channel_not_found", "C404", slackfake.Ana}, {"is_archived", slackfake.Old, slackfake.Ana},
		} {
			refused(t, s, c.want, "chat.postEphemeral", "channel", c.channel, "user", c.user, "text", "x")
		}
		refused(t, s, "no_text", "chat.postEphemeral", "channel", slackfake.General, "user", slackfake.Ana)
		s.Fail("chat.postEphemeral", slackfake.Fault{Body: `{"ok":true,"message_ts":"1.000001"}`})
		refused(t, s, "", "chat.postEphemeral", "channel", slackfake.General, "user", slackfake.Ana, "text", "x")
		equal(t, "one may be lost without a word", texts(ana.Sees(slackfake.General)), "")
	})
}

func TestThreads(t *testing.T) {
	bubble(t, slackfake.Options{Unlimited: true}, func(t *testing.T, s *slackfake.Slack) {
		root := post(t, s, slackfake.General, "root")
		reply := refused(t, s, "", "chat.postMessage", "channel", slackfake.General, "text", "below", "thread_ts", root)
		equal(t, "its thread", reply.str("message.thread_ts"), root)
		deeper := refused(t, s, "", "chat.postMessage", "channel", slackfake.General, "text", "deeper", "thread_ts", reply.str("ts"))
		equal(t, "a reply to a reply stands in the thread of", deeper.str("message.thread_ts"), root)
		loud := refused(t, s, "", "chat.postMessage", "channel", slackfake.General, "text", "loud", "thread_ts", root, "reply_broadcast", "true")
		equal(t, "what the channel sees is a", loud.str("message.subtype"), "thread_broadcast")
		list := func(method string, pairs ...string) (words []string) {
			for _, m := range refused(t, s, "", method, append([]string{"channel", slackfake.General}, pairs...)...).at("messages").([]any) {
				words = append(words, m.(map[string]any)["text"].(string))
			}
			return words
		}
		equal(t, "history", strings.Join(list("conversations.history"), " "), "loud root")
		equal(t, "replies", strings.Join(list("conversations.replies", "ts", root), " "), "root below deeper loud")
		lost := post(t, s, slackfake.General, "lost")
		refused(t, s, "", "chat.delete", "channel", slackfake.General, "ts", lost)
		orphan := refused(t, s, "", "chat.postMessage", "channel", slackfake.General, "text", "orphan", "thread_ts", lost)
		equal(t, "below what was deleted nothing stands", orphan.at("message.thread_ts"), nil)
		refused(t, s, "thread_not_found", "conversations.replies", "channel", slackfake.General, "ts", lost)
	})
}

func TestMetadata(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		post(t, s, slackfake.General, "x", "metadata", `{"event_type":"task","event_payload":{"id":"1"}}`)
		api := inside(s)
		for _, all := range []bool{false, true} {
			page := must(api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: slackfake.General, IncludeAllMetadata: all}))
			equal(t, "the metadata is there", page.Messages[0].Metadata.EventType == "task", all)
		}
	})
}

func TestPermalink(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		ts := post(t, s, slackfake.General, "x")
		link, err := inside(s).GetPermalink(&slack.PermalinkParameters{Channel: slackfake.General, Ts: ts})
		if err != nil || link != "https://herald.slack.com/archives/"+slackfake.General+"/p"+strings.ReplaceAll(ts, ".", "") {
			t.Error(link, err)
		}
		refused(t, s, "message_not_found", "chat.getPermalink", "channel", slackfake.General, "message_ts", "1.000001")
		refused(t, s, "channel_not_found", "chat.getPermalink", "channel", "C404", "message_ts", ts)
	})
}
