package slack_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

const here = "slack:" + slackfake.Team + "/" + slackfake.General

// TestMention holds that who names the app is answered below what they said, once, although
// Slack tells of it twice.
func TestMention(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		m := s.says(slackfake.Ana, slackfake.General, "", mention+"how's my &lt;crm&gt;?")
		turn := s.newest(1)
		want := bot.Turn{
			ID: m.TS, Room: here, Thread: m.TS, Via: progress.ViaChat, Text: "how's my <crm>?", Speaker: slackfake.Ana,
			Who: progress.Actor{Person: "ana", Rights: progress.MayAdmin, All: true},
		}
		if turn.ID != want.ID || turn.Room != want.Room || turn.Thread != want.Thread || turn.Text != want.Text || turn.Via != want.Via ||
			turn.Who.Person != "ana" || turn.Stranger || turn.Overheard || turn.Press != "" || turn.About != "" {
			t.Errorf("it is %+v", turn)
		}
		answer := s.last(slackfake.Ben, slackfake.General)
		if s.shows(answer, "", "heard how's my <crm>?"); answer.Thread != m.TS {
			t.Errorf("it stands below %q", answer.Thread)
		}
		if n := len(s.User(slackfake.Ben).Sees(slackfake.General)); n != 2 {
			t.Errorf("there are %d messages", n)
		}
	})
}

// TestOwnThread holds that in a thread of ours nobody has to name us, and in others they do.
func TestOwnThread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		m := s.says(slackfake.Ana, slackfake.General, "", mention+"how's the crm?")
		s.says(slackfake.Ben, slackfake.General, m.TS, "and the logs?")
		if turn := s.newest(2); !turn.Overheard || turn.Thread != m.TS || turn.Text != "and the logs?" || turn.Who.Person != "ben" {
			t.Errorf("it is %+v", turn)
		}
		s.says(slackfake.Ben, slackfake.General, m.TS, "please "+mention+"cancel it")
		if turn := s.newest(3); turn.Overheard || turn.Thread != m.TS || turn.Text != "please cancel it" {
			t.Errorf("it is %+v", turn)
		}
		for _, text := range []string{ // for others
			" <@" + slackfake.Ana + "> cancel it", "hey <@" + slackfake.Ana + "|ana>, cancel it", "is it done, <@" + slackfake.Ana + ">?",
			"<!here> is it done?", "is it done <!channel|@channel>", "<!everyone>: cancel it", "<!subteam^S0123ABC|@ops> cancel it", "<!subteam^S0123ABC> why?",
		} {
			s.says(slackfake.Ben, slackfake.General, m.TS, text)
			s.newest(3)
		}
		s.says(slackfake.Ben, slackfake.General, m.TS, "<@"+slackfake.Ana+"> asks "+mention+"is it done?")
		if turn := s.newest(4); turn.Overheard {
			t.Errorf("it is %+v", turn)
		}
		s.says(slackfake.Ben, slackfake.General, m.TS, "is it done by <!date^1700000000^{time}|noon>, in <#C0123ABC|deploys>?")
		if turn := s.newest(5); !turn.Overheard {
			t.Errorf("it is %+v", turn)
		}
		other := s.says(slackfake.Ben, slackfake.General, "", "what a day")
		s.says(slackfake.Ana, slackfake.General, other.TS, "how's the crm?")
		s.newest(5)
		s.says(slackfake.Ana, slackfake.General, other.TS, mention+"how's the crm?")
		if turn := s.newest(6); turn.Overheard || turn.Thread != other.TS {
			t.Errorf("it is %+v", turn)
		}
		s.says(slackfake.Ben, slackfake.General, other.TS, "and the erp?")
		s.newest(7)
	})
}

// TestCardThread holds that what is said below a card is about its task, after a restart too.
func TestCardThread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		s.rooms.Show(slackfake.General, "t1")
		card := s.pinned(slackfake.General, "", "t1", keys())
		s.says(slackfake.Ana, slackfake.General, card.TS, "how long will it take?")
		if turn := s.newest(1); turn.About != "t1" || !turn.Overheard || turn.Thread != card.TS {
			t.Errorf("it is %+v", turn)
		}
		s.says(slackfake.Cleo, slackfake.General, card.TS, "is it far?")
		if turn := s.newest(2); !turn.Stranger || len(turn.Sight) != 1 || turn.Sight[0] != "t1" || turn.Who.Person != "" || turn.Speaker != slackfake.Cleo {
			t.Errorf("it is %+v", turn)
		}
	})
}

// TestSpokeBefore holds that a thread in which a task was spoken of before the start is one
// of ours.
func TestSpokeBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := ready(t, slackfake.Options{}, nil)
		old, err := s.User(slackfake.Ana).Say(slackfake.General, "", "long ago")
		if err != nil {
			t.Fatal(err)
		}
		s.options.Spoke = func(_ context.Context, in, thread string) (bool, error) { return in == here && thread == old.TS, nil }
		s.open()
		s.run()
		s.says(slackfake.Ana, slackfake.General, old.TS, "and now?")
		if turn := s.newest(1); !turn.Overheard || turn.Thread != old.TS {
			t.Errorf("it is %+v", turn)
		}
	})
}

// TestOverheardQuiet holds that nothing is said to what people say to each other.
func TestOverheardQuiet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		m := s.says(slackfake.Ana, slackfake.General, "", mention+"how's the crm?")
		s.bot.Answer(func(bot.Turn) (templates.Reply, error) { return templates.Reply{}, nil })
		s.says(slackfake.Ben, slackfake.General, m.TS, "lunch?")
		s.accounts.Fail(context.DeadlineExceeded)
		s.says(slackfake.Ben, slackfake.General, m.TS, "lunch!")
		s.says(slackfake.Ben, slackfake.General, m.TS, strings.Repeat("lunch ", 2000))
		if all := s.User(slackfake.Ana).Sees(slackfake.General); len(all) != 5 {
			t.Errorf("there are %d messages", len(all))
		}
	})
}

// TestDirectMessage holds that direct messages are answered where they are: not in a thread, but for
// those that are in one.
func TestDirectMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		m, err := s.User(slackfake.Ana).DM("how's the crm?")
		if err != nil {
			t.Fatal(err)
		}
		settle()
		turn := s.newest(1)
		if turn.Room != "slack:"+slackfake.Team+"/"+m.Channel || turn.Thread != "" || turn.Overheard || turn.ID != m.TS {
			t.Errorf("it is %+v", turn)
		}
		if all := s.direct(slackfake.Ana); len(all) != 1 || all[0].Thread != "" || all[0].Only != "" {
			t.Errorf("there are %+v", all)
		}
		s.says(slackfake.Ana, m.Channel, m.TS, "and the logs?")
		if turn := s.newest(2); turn.Thread != m.TS || turn.Overheard {
			t.Errorf("it is %+v", turn)
		}
		if all := s.direct(slackfake.Ana); len(all) != 2 || all[1].Thread != m.TS {
			t.Errorf("there are %+v", all)
		}
	})
}

// TestNotHeard holds what is nobody's business: what is said to no one, what bots say, what is
// changed or deleted, and what machines say without an end.
func TestNotHeard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{Unlimited: true}, nil)
		m := s.says(slackfake.Ana, slackfake.General, "", "hello all")
		s.says(slackfake.Ana, slackfake.Random, "", mention+"hello")
		for _, e := range []map[string]any{
			{"type": "message", "channel": slackfake.General, "user": slackfake.Ben, "bot_id": "B1", "ts": "1.1", "text": mention + "hi"},
			{"type": "app_mention", "channel": slackfake.General, "user": slackfake.Bot, "ts": "1.2", "text": mention + "hi"},
			{"type": "message", "subtype": "message_changed", "hidden": true, "channel": slackfake.General, "user": slackfake.Ben, "ts": "1.3", "text": mention},
			{"type": "message", "subtype": "channel_join", "channel": slackfake.General, "user": slackfake.Ben, "ts": "1.4", "text": mention + " has joined"},
			{"type": "message", "channel": slackfake.General, "ts": "1.5", "text": mention + "nobody"},
			{"type": "message", "channel": map[string]any{"id": slackfake.General}, "user": slackfake.Ben, "ts": "1.6", "text": mention},
			{"type": "message", "channel": slackfake.General, "user": slackfake.Ben, "ts": 17, "text": mention},
			{"type": "reaction_added", "user": slackfake.Ben}, {"type": "team_join", "user": map[string]any{"id": "U1"}}, {},
		} {
			s.taken(s.Feed().Send(slackfake.Events, happens("Ev"+time.Now().String(), e)), nil)
		}
		if all := s.bot.Heard(); len(all) != 0 {
			t.Errorf("it heard %+v", all)
		}
		if all := s.User(slackfake.Ana).Sees(m.Channel); len(all) != 1 {
			t.Errorf("there are %+v", all)
		}
		for range 200 {
			if _, err := s.User(slackfake.Ben).DM("I am a bot that nobody knows"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Millisecond)
		}
		settle()
		time.Sleep(time.Minute)
		if n := len(s.bot.Heard()); n < 40 || n > 70 {
			t.Errorf("of 200 at once %d were answered", n)
		}
		slow := 0
		for _, m := range s.direct(slackfake.Ben) {
			if strings.Contains(m.Shows, "a lot at once") {
				slow++
			}
		}
		if slow != 1 {
			t.Errorf("that it is too much was said %d times", slow)
		}
	})
}

// TestEventAgain holds that an event that is delivered twice is one, an hour later too, and
// that one that was not taken is taken when it comes again.
func TestEventAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := ready(t, slackfake.Options{}, nil)
		if _, err := s.User(slackfake.Ana).DM("is anybody there?"); err != nil {
			t.Fatal(err)
		}
		settle()
		s.run() // it was sent once, and comes again
		time.Sleep(2 * time.Minute)
		s.newest(1)
		body := map[string]any{"type": "message", "channel_type": "im", "channel": s.Channel(slackfake.Ana).ID(), "user": slackfake.Ana, "ts": "17.1", "text": "once"}
		s.taken(s.Feed().Send(slackfake.Events, happens("Ev1", body)), nil)
		s.taken(s.Feed().Send(slackfake.Events, happens("Ev1", body)), nil)
		time.Sleep(time.Hour)
		s.taken(s.Feed().Send(slackfake.Events, happens("Ev1", body)), nil)
		s.taken(s.Feed().Send(slackfake.Events, happens("Ev2", body)), nil)
		s.newest(2)
	})
}

// TestLongMessage holds that of a message that is too long to be read its beginning is not
// taken for all of it.
func TestLongMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		s.says(slackfake.Ana, slackfake.General, "", mention+"cancel it, "+strings.Repeat("said nobody, ", 1000)+"never")
		if all := s.bot.Heard(); len(all) != 0 {
			t.Errorf("it heard %d turns", len(all))
		}
		unknown := book().Reply(templates.Answer{About: templates.TopicUnknown}, templates.Reader{}, time.Now()).Text
		s.shows(s.last(slackfake.Ana, slackfake.General), "", unknown)
	})
}

// happens is an event as Slack wraps it.
func happens(id string, event map[string]any) map[string]any {
	return map[string]any{"type": "event_callback", "team_id": slackfake.Team, "event_id": id, "event": event}
}

// TestRevoked holds that the log says what to do when the app was thrown out.
func TestRevoked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		s.taken(s.Feed().Send(slackfake.Events, happens("Ev1", map[string]any{"type": "tokens_revoked", "tokens": map[string]any{"bot": []string{slackfake.Bot}}})), nil)
		s.taken(s.Feed().Send(slackfake.Events, happens("Ev2", map[string]any{"type": "app_uninstalled"})), nil)
		s.taken(s.Feed().Send(slackfake.Events, map[string]any{"type": "app_rate_limited", "minute_rate_limited": 1}), nil)
		log := s.log.String()
		for _, want := range []string{"revoked the bot token", "was removed from", "slack.bot_token", "30,000"} {
			if !strings.Contains(log, want) {
				t.Errorf("the log does not say %q: %s", want, log)
			}
		}
	})
}
