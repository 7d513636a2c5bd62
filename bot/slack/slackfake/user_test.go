package slackfake_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"github.com/taskherald/herald/bot/slack/slackfake"
)

// kinds are the events that the app was sent, in their order.
func kinds(t testing.TB, s *slackfake.Slack) string {
	t.Helper()
	var all []string
	for _, d := range s.Feed().Sent() {
		kind, _ := payload(t, d, "event.type").(string)
		if sub, ok := payload(t, d, "event.subtype").(string); ok {
			kind += "/" + sub
		}
		all = append(all, kind)
	}
	return strings.Join(all, " ")
}

// What the app hears of a message depends on where it was said, and on what it has
// subscribed to and may see.
func TestWhatIsHeard(t *testing.T) {
	mention := "<@" + slackfake.Bot + "> what runs?"
	for name, c := range map[string]struct {
		o    slackfake.Options
		say  func(ana, cleo *slackfake.User) error
		want string
	}{
		"a message":         {slackfake.Options{}, func(a, _ *slackfake.User) error { _, err := a.Say(slackfake.General, "", "x"); return err }, "message"},
		"a mention":         {slackfake.Options{}, func(a, _ *slackfake.User) error { _, err := a.Say(slackfake.General, "", mention); return err }, "message app_mention"},
		"mentions alone":    {slackfake.Options{Events: []string{"app_mention"}}, func(a, _ *slackfake.User) error { _, err := a.Say(slackfake.General, "", mention); return err }, "app_mention"},
		"without the scope": {slackfake.Options{Scopes: []string{"app_mentions:read"}}, func(a, _ *slackfake.User) error { _, err := a.Say(slackfake.General, "", mention); return err }, "app_mention"},
		"of nothing":        {slackfake.Options{Events: []string{"app_home_opened"}}, func(a, _ *slackfake.User) error { _, err := a.Say(slackfake.General, "", mention); return err }, ""},
		"without the app":   {slackfake.Options{}, func(a, _ *slackfake.User) error { _, err := a.Say(slackfake.Random, "", mention); return err }, ""},
		"a direct message":  {slackfake.Options{Events: []string{"app_mention", "message.im"}}, func(a, _ *slackfake.User) error { _, err := a.DM(mention); return err }, "message"},
		"an edit":           {slackfake.Options{}, func(a, _ *slackfake.User) error { m, _ := a.Say(slackfake.General, "", "x"); return a.Edit(m, "y") }, "message message/message_changed"},
		"another's edit": {slackfake.Options{}, func(a, c *slackfake.User) error {
			m, _ := a.Say(slackfake.General, "", "x")
			if c.Edit(m, "y") == nil {
				return errors.New("she changes what another has said")
			}
			return nil
		}, "message"},
		"Home": {slackfake.Options{}, func(a, _ *slackfake.User) error { return a.OpenHome() }, "app_home_opened"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, c.o, func(t *testing.T, s *slackfake.Slack) {
				if err := c.say(s.User("ana"), s.User("cleo")); err != nil {
					t.Fatal(err)
				}
				equal(t, "events", kinds(t, s), c.want)
			})
		})
	}
}

func TestOwnMessagesAreHeard(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		ts := post(t, s, slackfake.General, "mine, <@"+slackfake.Bot+">")
		refused(t, s, "", "chat.update", "channel", slackfake.General, "ts", ts, "text", "x")
		refused(t, s, "", "chat.delete", "channel", slackfake.General, "ts", ts)
		refused(t, s, "", "chat.postEphemeral", "channel", slackfake.General, "user", slackfake.Ana, "text", "x") // of which nobody is told
		equal(t, "events", kinds(t, s), "message app_mention message/message_changed message/message_deleted")
		equal(t, "the author", payload(t, s.Feed().Sent()[0], "event.bot_id"), any(slackfake.BotID))
	})
}

func TestChannelEvents(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		c := s.Channel("general")
		c.Rename("lobby")
		c.Archive(true)
		c.Invite(slackfake.Bot)
		s.Token(slackfake.BotToken).Uninstall()
		equal(t, "events", kinds(t, s), "channel_rename channel_archive member_joined_channel tokens_revoked app_uninstalled")
		refused(t, s, "account_inactive", "auth.test")
	})
}

func TestWorkspaceGrows(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		dora := slackfake.Join(s, slackfake.Person{ID: "U0DORA0001", Name: "dora"})
		room := slackfake.Found(s, slackfake.Room{ID: "C0NEWROOM1", Name: "new", Bot: true})
		post(t, s, "#new", "hello")
		equal(t, "she sees", texts(dora.Sees(room.ID())), "hello")
		if _, err := dora.Say(slackfake.General, "", "x"); !errors.Is(err, slackfake.ErrNotThere) {
			t.Error(err)
		}
	})
}

func TestUsersAreBound(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		s.Channel("general").Remove(slackfake.Cleo)
		for channel, u := range map[string]string{slackfake.General: "cleo", slackfake.Old: "ana", "C404": "ana"} {
			if _, err := s.User(u).Say(channel, "", "x"); !errors.Is(err, slackfake.ErrNotThere) {
				t.Errorf("%s says in %s: %v", u, channel, err)
			}
		}
		equal(t, "what she sees there", len(s.User("cleo").Sees(slackfake.General)), 0)
	})
}

// Somebody of another workspace is told by their team.
func TestSlackConnect(t *testing.T) {
	guest := slackfake.Person{ID: "U0GUEST001", Name: "gina", Team: "T0OTHER"}
	bubble(t, slackfake.Options{People: []slackfake.Person{guest}}, func(t *testing.T, s *slackfake.Slack) {
		gina := s.User("gina")
		must(gina.Say(slackfake.General, "", "hi"))
		post(t, s, slackfake.General, "x", "blocks", button("go", "Go"))
		must(gina.Press(gina.Sees(slackfake.General)[1], "go"))
		sent := s.Feed().Sent()
		equal(t, "the event's team", payload(t, sent[0], "team_id"), any(slackfake.Team))
		equal(t, "the sender's", payload(t, sent[0], "event.user_team"), any("T0OTHER"))
		equal(t, "the clicker's", payload(t, sent[2], "user.team_id"), any("T0OTHER"))
	})
}

func TestPress(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		ana := s.User("ana")
		presses := make(chan slack.InteractionCallback, 10)
		e := listen(t, s, inside(s), func(e socketmode.Event) (any, bool) {
			if p, ok := e.Data.(slack.InteractionCallback); ok {
				presses <- p
			}
			return nil, true
		})
		root := post(t, s, slackfake.General, "root")
		ts := post(t, s, slackfake.General, "x", "thread_ts", root, "blocks", button("herald.do.approve", "Approve"))
		m, _ := s.Channel("general").Message(ts)
		for _, what := range []string{"herald.do.approve", "Approve", "v"} {
			d := must(ana.Press(m, what))
			if err := d.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			p := <-presses
			a := p.ActionCallback.BlockActions[0]
			if p.User.ID != slackfake.Ana || p.Channel.ID != slackfake.General || p.Message.Timestamp != ts || p.Container.MessageTs != ts || p.Container.ThreadTs != root ||
				p.TriggerID == "" || !strings.HasPrefix(p.ResponseURL, "https://hooks.slack.com/actions/") || p.APIAppID != slackfake.App {
				t.Errorf("got %+v", p)
			}
			if a.ActionID != "herald.do.approve" || a.Value != "v" || a.ActionTs == "" || a.BlockID == "" || a.Type != "button" || a.Text.Text != "Approve" {
				t.Errorf("got %+v", a)
			}
		}
		if _, err := ana.Press(m, "Reject"); !errors.Is(err, slackfake.ErrNoButton) {
			t.Error(err)
		}
		refused(t, s, "", "chat.update", "channel", slackfake.General, "ts", ts, "text", "decided")
		must(ana.Press(m, "Approve")) // her screen is behind
		equal(t, "the message as it is now", (<-presses).Message.Text, "decided")
		s.Channel("general").Delete(ts)
		if _, err := ana.Press(m, "Approve"); !errors.Is(err, slackfake.ErrNotThere) {
			t.Error(err)
		}
		if len(e.heard) == 0 {
			t.Error("nothing was heard")
		}
	})
}

func TestPressOfEphemeral(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		refused(t, s, "", "chat.postEphemeral", "channel", slackfake.General, "user", slackfake.Ana, "text", "x", "blocks", button("go", "Go"))
		m := s.User("ana").Sees(slackfake.General)[0]
		d := must(s.User("ana").Press(m, "Go"))
		equal(t, "it says that it is", payload(t, d, "container.is_ephemeral"), any(true))
		equal(t, "the message", payload(t, d, "message"), nil)
		if _, err := s.User("ben").Press(m, "Go"); !errors.Is(err, slackfake.ErrNotThere) {
			t.Error(err)
		}
	})
}

func TestButtonsThatAskOpenAndHide(t *testing.T) {
	blocks := `[{"type":"actions","block_id":"b","elements":[
		{"type":"button","action_id":"cancel","text":{"type":"plain_text","text":"Cancel"},"confirm":{"title":{"type":"plain_text","text":"Cancel it?"},"text":{"type":"plain_text","text":"It cannot be undone."},"confirm":{"type":"plain_text","text":"Yes"},"deny":{"type":"plain_text","text":"No"}}},
		{"type":"button","action_id":"open","text":{"type":"plain_text","text":"Open"},"url":"https://example.com/t/1"},
		{"type":"overflow","action_id":"more","options":[{"text":{"type":"plain_text","text":"Logs"},"value":"logs"},{"text":{"type":"plain_text","text":"Skip"},"value":"skip"}]}]}]`
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		ana := s.User("ana")
		post(t, s, slackfake.General, "x", "blocks", blocks)
		m := ana.Sees(slackfake.General)[0]
		equal(t, "it asks", must(ana.Press(m, "Cancel")).Asked, "It cannot be undone.")
		equal(t, "it opens", must(ana.Press(m, "Open")).Opens, "https://example.com/t/1")
		var p slack.InteractionCallback
		if err := json.Unmarshal(must(ana.Press(m, "Skip")).Payload, &p); err != nil {
			t.Fatal(err)
		}
		equal(t, "the option", p.ActionCallback.BlockActions[0].SelectedOption.Value, "skip")
		hidden := slackfake.Message{Channel: slackfake.General, TS: m.TS, Blocks: json.RawMessage(strings.ReplaceAll(button("a", "A"), `"value"`, `"visible_to_user_ids":["`+slackfake.Ben+`"],"value"`))}
		if _, err := ana.Press(hidden, "A"); !errors.Is(err, slackfake.ErrNoButton) {
			t.Error(err)
		}
		must(s.User("ben").Press(hidden, "A"))
	})
}

func TestCommand(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		ana := s.User("ana")
		listen(t, s, inside(s), func(e socketmode.Event) (any, bool) {
			switch e.Data.(slack.SlashCommand).Text {
			case "quiet":
				return nil, true
			case "loud":
				return map[string]any{"text": "for all", "response_type": "in_channel"}, true
			case "wrong":
				return map[string]any{"blocks": []any{map[string]any{"type": "nothing"}}}, true
			}
			return map[string]any{"text": "for you"}, true
		})
		for _, text := range []string{"quiet", "", "loud"} {
			if err := must(ana.Command("/herald", text, slackfake.Random)).Wait(t.Context()); err != nil {
				t.Error(err)
			}
		}
		equal(t, "she sees", texts(ana.Sees(slackfake.Random)), "for you|for all")
		equal(t, "he sees", texts(s.User("ben").Sees(slackfake.Random)), "for all")
		if err := must(ana.Command("/herald", "wrong", slackfake.Random)).Wait(t.Context()); err == nil {
			t.Error("an answer that Slack cannot show is shown")
		}
		if _, err := ana.Command("/other", "", slackfake.General); err == nil {
			t.Error("it takes a command that the app does not have")
		}
		if _, err := ana.Command("/herald", "", slackfake.Old); !errors.Is(err, slackfake.ErrNotThere) {
			t.Error(err)
		}
		dm := must(ana.DM("x")).Channel
		d := must(ana.Command("/herald", "", dm))
		equal(t, "a direct message is called", payload(t, d, "channel_name"), any("directmessage"))
	})
}

// Of what people write Slack makes rich text, with the mentions in it.
func TestWhatPeopleWrite(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		e := listen(t, s, inside(s), nil)
		m := must(s.User("ana").Say(slackfake.General, "", "<@"+slackfake.Bot+"> a &lt; b <https://example.com|there>"))
		if !slices.Equal(m.Pings, []string{"<@" + slackfake.Bot + ">"}) || !slices.Equal(m.Links, []string{"https://example.com"}) {
			t.Errorf("got %+v", m.Reading)
		}
		<-e.heard
		inner := (<-e.heard).Data.(slackevents.EventsAPIEvent).InnerEvent.Data.(*slackevents.AppMentionEvent)
		equal(t, "blocks", len(inner.Blocks.BlockSet), 1)
		equal(t, "time", inner.EventTimeStamp, m.TS)
	})
}

func TestReloadAndTime(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		first := must(s.User("ana").DM("a"))
		second := must(s.User("ana").DM("b"))
		time.Sleep(time.Second)
		third := must(s.User("ana").DM("c"))
		if first.TS >= second.TS || second.TS >= third.TS || len(first.TS) != len("1700000000.000100") {
			t.Error(first.TS, second.TS, third.TS)
		}
	})
}
