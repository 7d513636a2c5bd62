package discord_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat/chattest"
	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// TestMention holds that who names the bot is answered by a reply to what they said, in place.
func TestMention(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		m := s.says(discordfake.Ana, discordfake.General, mention+"how's my crm?")
		turn := s.newest(1)
		if turn.ID != m.ID || turn.Room != here || turn.Thread != "" || turn.Text != "how's my crm?" || turn.Via != progress.ViaChat || turn.Speaker != discordfake.Ana ||
			turn.Who.Person != "ana" || turn.Stranger || turn.Overheard || turn.Press != "" || turn.About != "" {
			t.Errorf("it is %+v", turn)
		}
		answer := s.last(discordfake.Ben, discordfake.General)
		if s.shows(answer, "", "heard how's my crm?"); answer.ReplyTo != m.ID {
			t.Errorf("it replies to %q", answer.ReplyTo)
		}
		s.says(discordfake.Ana, discordfake.General, mention)
		if turn := s.newest(2); turn.Text != "help" {
			t.Errorf("it is %+v", turn)
		}
	})
}

// TestReplied holds that a reply to a message is about its task, that it need not name us where it
// tells us of it, and that one that does neither is not for us.
func TestReplied(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		card := s.pinned(discordfake.General, "t1", keys())
		s.replies(discordfake.Ana, card, mention+"how long will it take?", false)
		if turn := s.newest(1); turn.About != "t1" || turn.Text != "how long will it take?" || turn.Thread != "" {
			t.Errorf("it is %+v", turn)
		}
		s.replies(discordfake.Ana, card, "and the logs?", true)
		if turn := s.newest(2); turn.About != "t1" || turn.Text != "and the logs?" {
			t.Errorf("it is %+v", turn)
		}
		s.replies(discordfake.Ana, card, "wow", false)
		s.newest(2)
		thread := s.threaded(card)
		m := s.says(discordfake.Ana, thread, mention+"is it far?")
		if turn := s.newest(3); turn.About != "t1" || turn.Thread != thread || turn.Room != here {
			t.Errorf("it is %+v", turn)
		}
		if answer := s.last(discordfake.Ben, thread); answer.ReplyTo != m.ID {
			t.Errorf("it is %+v", answer)
		}
		other := s.pinned(thread, "t2", keys())
		s.replies(discordfake.Ana, other, mention+"and this?", false)
		if turn := s.newest(4); turn.About != "t2" || turn.Thread != thread {
			t.Errorf("it is %+v", turn)
		}
		if turn := s.says(discordfake.Cleo, thread, mention+"what is it?"); turn.ID != s.newest(5).ID || !s.newest(5).Stranger {
			t.Errorf("it is %+v", s.newest(5))
		}
		direct := s.pinned(s.Channel(discordfake.Ana).ID(), "t3", keys())
		s.replies(discordfake.Ana, direct, "how is it?", false)
		if turn := s.newest(6); turn.About != "t3" || turn.Thread != "" {
			t.Errorf("it is %+v", turn)
		}
	})
}

// TestDirect holds that direct messages are answered where they are.
func TestDirect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		m, err := s.User(discordfake.Ana).DM("how's the crm?")
		if err != nil {
			t.Fatal(err)
		}
		settle()
		if turn := s.newest(1); turn.Room != "discord:"+m.Channel || turn.Thread != "" || turn.Overheard || turn.ID != m.ID {
			t.Errorf("it is %+v", turn)
		}
		if all := s.direct(discordfake.Ana); len(all) != 1 || all[0].Only != "" {
			t.Errorf("there are %+v", all)
		}
		s.says(discordfake.Cleo, discordfake.App, "and I?")
		if turn := s.newest(2); !turn.Stranger {
			t.Errorf("it is %+v", turn)
		}
		s.shows(s.last(discordfake.Cleo, discordfake.App), "", "heard and I?")
	})
}

// TestNotHeard holds what is nobody's business: what is said to no one or to others, what bots and
// we ourselves say, what is changed, what is odd, and what machines say without an end.
func TestNotHeard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		robot := discordfake.Person{ID: "1100000000000000015", Name: "robot", Bot: true}
		s := raise(t, discordfake.Options{Unlimited: true, People: append(people(0), robot)}, nil)
		m := s.says(discordfake.Ana, discordfake.General, "hello all")
		if err := s.User(discordfake.Ana).Edit(m, mention+"hello"); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"@Herald hello", "@everyone hello", "<@&" + discordfake.Leads + "> hello", "<@" + discordfake.Ben + "> hello"} {
			s.says(discordfake.Ana, discordfake.General, text)
		}
		s.says(robot.ID, discordfake.General, mention+"hello")
		s.says(robot.ID, discordfake.General, "hello")
		s.pinned(discordfake.General, "", keys())
		base := func(change map[string]any) map[string]any {
			out := map[string]any{
				"id": discordfake.ID(time.Now()), "type": 0, "channel_id": discordfake.General, "guild_id": discordfake.Guild, "content": mention + "hi",
				"author": map[string]any{"id": discordfake.Ben}, "mentions": []any{map[string]any{"id": discordfake.Bot}},
			}
			maps.Copy(out, change)
			return out
		}
		for _, change := range []map[string]any{
			{"webhook_id": "7"}, {"type": 7}, {"type": 20}, {"author": nil}, {"author": map[string]any{"id": discordfake.Bot}}, {"id": 7}, {"channel_id": map[string]any{}}, {"content": 7, "mentions": 7},
		} {
			s.Feed().Send("MESSAGE_CREATE", base(change))
		}
		for _, kind := range []string{"MESSAGE_UPDATE", "MESSAGE_DELETE", "TYPING_START", "GUILD_CREATE", "NEW_THING"} {
			s.Feed().Send(kind, base(nil))
		}
		settle()
		if all := s.bot.Heard(); len(all) != 0 {
			t.Errorf("it heard %+v", all)
		}
		for range 200 {
			if _, err := s.User(discordfake.Ben).DM("I am a bot that nobody knows"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(time.Minute)
		if n := len(s.bot.Heard()); n < 40 || n > 70 {
			t.Errorf("of 200 at once %d were answered", n)
		}
		slow := 0
		for _, m := range s.direct(discordfake.Ben) {
			if strings.Contains(m.Shows, "a lot at once") {
				slow++
			}
		}
		if slow != 1 {
			t.Errorf("that it is too much was said %d times", slow)
		}
	})
}

// TestSaidAgain holds that a message that comes twice is one.
func TestSaidAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		m := s.says(discordfake.Ana, discordfake.General, mention+"once")
		for range 2 {
			s.Feed().Send("MESSAGE_CREATE", map[string]any{
				"id": m.ID, "type": 0, "channel_id": m.Channel, "guild_id": discordfake.Guild, "content": mention + "once",
				"author": map[string]any{"id": discordfake.Ana}, "mentions": []any{map[string]any{"id": discordfake.Bot}},
			})
			time.Sleep(time.Hour)
		}
		s.newest(1)
	})
}

// TestLongMessage holds that of a message that is too long to be read its beginning is not
// taken for all of it.
func TestLongMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		s.says(discordfake.Ana, discordfake.General, mention+"cancel it, "+strings.Repeat("said nobody, ", 1000)+"never")
		if all := s.bot.Heard(); len(all) != 0 {
			t.Errorf("it heard %d turns", len(all))
		}
		unknown := book().Reply(templates.Answer{About: templates.TopicUnknown}, templates.Reader{}, time.Now()).Text
		s.shows(s.last(discordfake.Ana, discordfake.General), "", unknown)
	})
}

// TestPrivacy holds that a room is told only of tasks that it was shown, by whichever name the
// rules know it, and anything else goes to who asked.
func TestPrivacy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		wall func(s *stand)
		open bool
	}{
		{"not shown", func(s *stand) { s.rooms.Show(discordfake.Deploys, "t1") }, false},
		{"shown by its id", func(s *stand) { s.rooms.Show(discordfake.General, "t0", "t1") }, true},
		{"shown by its name", func(s *stand) { s.rooms.Show("#general", "t1") }, true},
		{"another was shown", func(s *stand) { s.rooms.Show(discordfake.General, "t2") }, false},
		{"its name is not known", func(s *stand) {
			s.rooms.Show("#general", "t1")
			s.Fail(discordfake.GetChannel, always(discordfake.Refused(403, 50001)))
		}, false},
		{"a channel of another server", func(s *stand) {
			s.rooms.Show("#general", "t1")
			s.Fail(discordfake.ListGuilds, always(discordfake.Fault{Body: `[{"id":"1100000000000000009","permissions":"8"}]`}))
		}, false},
		{"another channel has its name too", func(s *stand) {
			s.rooms.Show("#general", "t1")
			discordfake.Found(s.Discord, discordfake.Room{ID: "1100000000000000090", Name: "general"})
		}, false},
		{"its name became another's before", func(s *stand) {
			s.rooms.Show("#deploys", "t1")
			s.Channel(discordfake.General).Rename("deploys")
		}, false},
		{"nobody knows", func(s *stand) {
			s.bot.Answer(func(turn bot.Turn) (templates.Reply, error) {
				s.rooms.Fail(errors.New("the disk is on fire"))
				return chattest.About("t1", "Store CRM")(turn)
			})
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := raise(t, discordfake.Options{}, nil)
				s.bot.Answer(chattest.About("t1", "Store CRM"))
				c.wall(s)
				m := s.says(discordfake.Ana, discordfake.General, mention+"how's the crm?")
				answer := s.last(discordfake.Ana, discordfake.General)
				switch all := s.direct(discordfake.Ana); {
				case c.open && (answer.ReplyTo != m.ID || len(all) > 0):
					t.Errorf("there are %+v, and alone %+v", answer, all)
				case c.open:
					s.shows(answer, "", "Store CRM")
				case answer.ID != m.ID || len(all) != 1:
					t.Errorf("the room sees %+v, and they alone %+v", answer, all)
				default:
					s.shows(all[0], "", "Store CRM")
				}
			})
		})
	}
}

// TestElsewhere holds that a talk which began in a room that may not know goes on where it was
// answered: whoever says yes there, or presses, says it to what was asked.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		direct := "discord:" + s.Channel(discordfake.Ana).ID()
		s.says(discordfake.Ana, discordfake.App, "hi")
		if turn := s.newest(1); turn.Room != direct {
			t.Errorf("it is %+v", turn)
		}
		s.bot.Answer(chattest.About("t1", "Store CRM"))
		s.says(discordfake.Ana, discordfake.General, mention+"cancel it")
		s.says(discordfake.Ana, discordfake.App, "yes")
		if turn := s.newest(3); turn.Room != here || turn.Thread != "" {
			t.Errorf("it is %+v", turn)
		}
		s.presses(discordfake.Ana, s.pinned(s.Channel(discordfake.Ana).ID(), "", keys()), keyPress)
		if turn := s.newest(4); turn.Room != here {
			t.Errorf("it is %+v", turn)
		}
		if turn := s.says(discordfake.Ben, discordfake.App, "hi"); turn.ID == "" || s.newest(5).Room == here {
			t.Errorf("it is %+v", s.newest(5))
		}
		time.Sleep(time.Hour)
		s.says(discordfake.Ana, discordfake.App, "well?")
		if turn := s.newest(6); turn.Room != direct {
			t.Errorf("it is %+v", turn)
		}
	})
}

// TestThreadPrivacy holds that a thread may be told of what its channel was shown.
func TestThreadPrivacy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		thread := s.threaded(s.pinned(discordfake.General, "", keys()))
		s.bot.Answer(chattest.About("t1", "Store CRM"))
		for _, c := range []struct {
			shown string
			open  bool
		}{{discordfake.General, true}, {"#general", true}, {thread, true}, {discordfake.Deploys, false}} {
			s.rooms.Show(c.shown, "t1")
			m := s.says(discordfake.Ana, thread, mention+"how's the crm?")
			if answer := s.last(discordfake.Ben, thread); (answer.ReplyTo == m.ID) != c.open {
				t.Errorf("where %s was shown it, there is %+v", c.shown, answer)
			}
		}
		if all := s.direct(discordfake.Ana); len(all) != 1 {
			t.Errorf("there are %+v", all)
		}
	})
}

// TestPersonal holds that what somebody may not do, how one links an account, and by which ways
// one is told, is nothing for a whole room.
func TestPersonal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		s.rooms.Show(discordfake.General, "t1")
		for n, about := range []templates.Topic{templates.TopicRefused, templates.TopicFollow, templates.TopicHush, templates.TopicStranger} {
			s.bot.Answer(chattest.Answers(about, "t1", "Store CRM"))
			m := s.says(discordfake.Ana, discordfake.General, mention+"approve it")
			if last := s.last(discordfake.Ben, discordfake.General); last.ID != m.ID || len(s.direct(discordfake.Ana)) != n+1 {
				t.Errorf("%s: the room reads %s", about, last.Shows)
			}
		}
		s.User(discordfake.Ana).Block(true)
		s.says(discordfake.Ana, discordfake.General, mention+"approve it")
		if log := s.log.String(); !strings.Contains(log, "left without an answer") {
			t.Error("nothing is said of who cannot be told:", log)
		}
	})
}

// TestFile holds that output too long for a message is a file: for who asks alone, and in direct
// messages.
func TestFile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		lines := strings.Split(strings.Repeat("a line of output\n", 500), "\n")
		s.bot.Answer(func(bot.Turn) (templates.Reply, error) {
			return templates.Reply{About: templates.TopicLogs, Text: "Output", Output: lines}, nil
		})
		filed := func(m discordfake.Message) {
			t.Helper()
			if s.shows(m, m.Only, "a line of output"); len(m.Files) != 1 || strings.Count(m.Files[0].Content, "\n") < 500 {
				t.Errorf("there are %d files", len(m.Files))
			}
		}
		i := s.orders(discordfake.Ana, discordfake.General, "logs", map[string]string{"task": "t1"})
		s.told(i, discordfake.Ana, "a line of output")
		filed(i.Answers()[0])
		s.says(discordfake.Ana, discordfake.App, "logs")
		filed(s.last(discordfake.Ana, discordfake.App))
	})
}
