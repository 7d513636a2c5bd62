package discord_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat/chattest"
	"github.com/taskherald/herald/bot/discord"
	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/discordcard"
)

// The types of first answers.
const (
	firstLater = 5
	firstQuiet = 6
	firstForm  = 9
)

// first fails unless the first answer to something was of a type.
func (s *stand) first(i *discordfake.Interaction, want int) {
	s.t.Helper()
	if kind, data := i.Response(); kind != want {
		s.t.Errorf("the first answer is of type %d, and not %d: %s", kind, want, data)
	}
}

// TestPress holds what each kind of button comes to, and that who pressed is told alone.
func TestPress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		s.kept.all[keyKept[1:]] = "d" + strings.Repeat("sealed-long", 20)
		card := s.pinned(discordfake.General, "t1", keys())
		for n, c := range []struct{ key, press, text string }{
			{keyDo, "sealed-approve", ""},
			{keyPress, "ticket-yes", ""},
			{keySay, "", "status t1"},
			{keyKept, strings.Repeat("sealed-long", 20), ""},
			{keyLost, "?", ""},
			{keyOdd, "?", ""},
		} {
			i := s.presses(discordfake.Ben, card, c.key)
			turn := s.newest(n + 1)
			if turn.Press != c.press || turn.Text != c.text || turn.Via != progress.ViaButton || turn.Who.Person != "ben" || turn.ID != i.ID ||
				turn.Room != here || turn.Thread != "" || turn.About != "t1" || turn.Stranger || turn.Overheard {
				t.Errorf("%s: %+v", c.key, turn)
			}
			s.first(i, firstLater)
			s.told(i, discordfake.Ben, "heard "+c.text+c.press)
		}
		if now, _ := s.Channel(discordfake.General).Message(card.ID); now.Edits != 0 {
			t.Error("the card was edited")
		}
		if all := s.User(discordfake.Ana).Sees(discordfake.General); len(all) != 1 || len(s.direct(discordfake.Ben)) != 0 {
			t.Errorf("others see %+v", all)
		}
		s.quietly()
	})
}

// TestForged holds that a button that a message never had gets an honest answer.
func TestForged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		card := s.pinned(discordfake.General, "t1", keys())
		for n, c := range []struct{ id, press, text string }{
			{"", "?", ""}, {"d", "?", ""}, {"dforged", "forged", ""}, {"l../../etc", "?", ""}, {"lt9", "", "logs t9"},
			{strings.Repeat("z", 100), "?", ""}, {"k", "?", ""}, {"kkk", "?", ""},
		} {
			s.told(s.taken(s.User(discordfake.Ana).Forge(card, c.id)), discordfake.Ana, "heard "+c.press+c.text)
			if turn := s.newest(n + 1); turn.Press != c.press || turn.Text != c.text {
				t.Errorf("%q: %+v", c.id, turn)
			}
		}
		s.kept.all["loop"] = "kloop"
		i := s.taken(s.User(discordfake.Ana).Forge(card, "kloop"))
		s.told(i, discordfake.Ana, "heard ?")
	})
}

// TestPressWays holds that an answer takes another way where one is closed, and that what was
// pressed is done whatever Discord says of the first answer.
func TestPressWays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		fail   func(s *stand)
		first  bool // Discord has an answer in time
		direct int
	}{
		{"as it should be", func(*stand) {}, true, 0},
		{"the first answer is lost, and was there", func(s *stand) { s.Fail(discordfake.Callback, discordfake.Lost()) }, true, 0},
		{"a gateway breaks", func(s *stand) { s.Fail(discordfake.Callback, discordfake.Broken(502)) }, true, 0},
		{"it breaks twice", func(s *stand) { s.Fail(discordfake.Callback, discordfake.Broken(502), discordfake.Broken(502)) }, false, 1},
		{"too late", func(s *stand) { s.Fail(discordfake.Callback, always(discordfake.Refused(http.StatusNotFound, 10062))) }, false, 1},
		{"nobody answers", func(s *stand) { s.Fail(discordfake.Callback, always(discordfake.Fault{Hang: true})) }, false, 1},
		{"nobody is there", func(s *stand) { s.Fail(discordfake.Callback, always(discordfake.Away())) }, false, 1},
		{"the answer a little later", func(s *stand) { s.Fail(discordfake.EditOriginal, discordfake.TooSoon(5*time.Second)) }, true, 0},
		{"the answer much later", func(s *stand) { s.Fail(discordfake.EditOriginal, discordfake.TooSoon(30*time.Second)) }, true, 1},
		{"the answer breaks", func(s *stand) { s.Fail(discordfake.EditOriginal, discordfake.Broken(500)) }, true, 1},
		{"the token has lapsed", func(s *stand) { s.Fail(discordfake.EditOriginal, discordfake.Refused(http.StatusUnauthorized, 50027)) }, true, 1},
		{"the bot thinks for too long", func(s *stand) { s.bot.Stall(func(bot.Turn) time.Duration { return time.Hour }) }, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := raise(t, discordfake.Options{}, nil)
				card := s.pinned(discordfake.General, "t1", keys())
				c.fail(s)
				i, err := s.User(discordfake.Ana).Press(card, keyDo)
				if err != nil {
					t.Fatal(err)
				}
				if err := i.Wait(t.Context()); (err == nil) != c.first {
					t.Errorf("Discord says %v", err)
				}
				time.Sleep(2 * time.Minute)
				s.newest(1)
				direct := s.direct(discordfake.Ana)
				if len(direct) != c.direct {
					t.Fatalf("direct messages: %+v", direct)
				}
				if len(direct) == 0 {
					s.told(i, discordfake.Ana, "")
				}
				if all := s.User(discordfake.Ben).Sees(discordfake.General); len(all) != 1 {
					t.Errorf("the room sees %+v", all)
				}
				s.quietly()
			})
		})
	}
}

// TestBlocked holds that somebody who takes no direct messages, and cannot be answered else, is
// said to have no answer in the log.
func TestBlocked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		s.User(discordfake.Ana).Block(true)
		s.Fail(discordfake.EditOriginal, always(discordfake.Broken(500)))
		s.presses(discordfake.Ana, s.pinned(discordfake.General, "t1", keys()), keyDo)
		s.newest(1)
		if log := s.log.String(); !strings.Contains(log, "left without an answer") {
			t.Error("nothing is said of it:", log)
		}
		s.quietly()
	})
}

// TestPressInThread holds that a press in a thread is of the thread, and about what the thread
// is about.
func TestPressInThread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		root := s.pinned(discordfake.General, "t1", keys())
		thread := s.threaded(root)
		below := s.pinned(thread, "", keys())
		i := s.presses(discordfake.Ana, below, keyPress)
		if turn := s.newest(1); turn.Thread != thread || turn.About != "t1" || turn.Room != here {
			t.Errorf("it is %+v", turn)
		}
		s.told(i, discordfake.Ana, "heard ticket-yes")
		if all := i.Answers(); all[0].Channel != thread {
			t.Errorf("it stands in %q", all[0].Channel)
		}
		s.presses(discordfake.Ana, root, keyPress) // which has a thread by now
		if turn := s.newest(2); turn.Thread != "" || turn.About != "t1" {
			t.Errorf("it is %+v", turn)
		}
	})
}

// TestPressDirect holds that a press in direct messages is answered there, for good.
func TestPressDirect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		card := s.pinned(s.Channel(discordfake.Ana).ID(), "t1", keys())
		for n, key := range []string{keyDo, keyLogs, keySay} {
			i := s.presses(discordfake.Ana, card, key)
			s.first(i, firstLater)
			s.told(i, "", "heard")
			if turn := s.newest(n + 1); turn.Room != "discord:"+card.Channel || turn.Thread != "" || turn.Stranger {
				t.Errorf("it is %+v", turn)
			}
		}
		s.Fail(discordfake.EditOriginal, discordfake.Broken(500))
		s.presses(discordfake.Ana, card, keyDo)
		s.shows(s.last(discordfake.Ana, discordfake.App), "", "heard")
	})
}

// TestPressEphemeral holds that a button of an answer for one person is as good as any.
func TestPressEphemeral(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		s.rooms.Show(discordfake.General, "t1")
		s.bot.Answer(func(turn bot.Turn) (templates.Reply, error) {
			return templates.Reply{About: templates.TopicConfirm, Text: "Sure?", Buttons: []templates.Button{{Label: "Yes", Press: "ticket"}, {Label: "Output", Say: "logs t1"}}}, nil
		})
		first := s.orders(discordfake.Ana, discordfake.General, "cancel", map[string]string{"task": "t1"})
		s.told(first, discordfake.Ana, "Sure?")
		i := s.presses(discordfake.Ana, first.Answers()[0], "Yes")
		if turn := s.newest(2); turn.Press != "ticket" || turn.Thread != "" || turn.About != "" {
			t.Errorf("it is %+v", turn)
		}
		s.told(i, discordfake.Ana, "Sure?")
		s.bot.Answer(chattest.Output("t1", "Store CRM"))
		i = s.presses(discordfake.Ana, first.Answers()[0], "Output")
		s.first(i, firstLater)
		s.told(i, discordfake.Ana, "Store CRM")
		s.told(s.taken(s.User(discordfake.Ana).Forge(first.Answers()[0], keyLogs)), discordfake.Ana, "Store CRM")
		if all := s.User(discordfake.Ben).Sees(discordfake.General); len(all) != 0 {
			t.Errorf("others see %+v", all)
		}
	})
}

// TestPressAgain holds that what is delivered twice is one press, and what is pressed twice
// is two.
func TestPressAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		card := s.pinned(discordfake.General, "t1", keys())
		s.presses(discordfake.Ana, card, keyDo)
		second := s.presses(discordfake.Ana, card, keyDo)
		all := s.bot.Heard()
		if len(all) != 2 || all[0].ID == all[1].ID {
			t.Fatalf("it heard %+v", all)
		}
		for range 3 {
			s.Feed().Send("INTERACTION_CREATE", second.Payload)
			settle()
		}
		s.newest(2)
		if n := len(s.Calls(discordfake.Callback)); n != 2 {
			t.Errorf("there were %d first answers", n)
		}
	})
}

// TestRestart holds that buttons outlive the process that has shown them, those that are kept too.
func TestRestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		s.kept.all[keyKept[1:]], s.kept.all[keyKeptAsk[1:]] = "dlong-do", "rlong-ask"
		card := s.pinned(discordfake.General, "t1", keys())
		s.restart()
		s.presses(discordfake.Ana, card, keyKept)
		if turn := s.newest(1); turn.Press != "long-do" {
			t.Errorf("it is %+v", turn)
		}
		s.presses(discordfake.Ana, card, keyKeptAsk)
		s.restart()
		s.submits(discordfake.Ana, map[string]string{"reason": "since"})
		if turn := s.newest(2); turn.Press != "long-ask" || turn.Reason != "since" || turn.About != "t1" {
			t.Errorf("it is %+v", turn)
		}
		s.kept.breaks(errors.New("the disk is on fire"))
		s.told(s.presses(discordfake.Ana, card, keyKept), discordfake.Ana, trouble())
		s.newest(2)
	})
}

// trouble is what is said where it does not work.
func trouble() string {
	return book().Reply(templates.Answer{About: templates.TopicTrouble}, templates.Reader{}, time.Now()).Text
}

// TestStranger holds that who is not linked, or gone, is a stranger, at once, and is answered
// alone.
func TestStranger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		card := s.pinned(discordfake.General, "t1", keys())
		s.rooms.Show("#general", "t7")
		stranger := func(n int, is bool) {
			t.Helper()
			s.told(s.presses(discordfake.Ana, card, keyDo), discordfake.Ana, "heard")
			turn := s.newest(n)
			if turn.Stranger != is || (turn.Who.Person == "") != is || turn.Speaker != discordfake.Ana || is != (len(turn.Sight) == 1) {
				t.Errorf("it is %+v", turn)
			}
		}
		stranger(1, false)
		if _, err := s.accounts.Unlink(t.Context(), bot.Account{ID: discordfake.Ana}); err != nil {
			t.Fatal(err)
		}
		stranger(2, true)
		s.accounts.Links(discordfake.Ana, "gone")
		stranger(3, true)
		if a := s.accounts.Asked()[0]; a != (bot.Account{Platform: discord.Name, ID: discordfake.Ana}) {
			t.Errorf("it asked for %+v", a)
		}
	})
}

// TestGroups holds that who has a role is in the group that it stands for: as it comes with what
// they do in the server, as Discord tells of who writes directly, and none as long as it does not.
func TestGroups(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		groups := map[string]string{discordfake.Engineers: "deployers", discordfake.Leads: "leads", "1100000000000000099": "none"}
		s := raise(t, discordfake.Options{}, func(o *discord.Options) { o.Groups = groups })
		card := s.pinned(discordfake.General, "t1", keys())
		in := func(want string) {
			t.Helper()
			if got := fmt.Sprint(s.accounts.In()); got != want {
				t.Errorf("they are in %s, and not in %s", got, want)
			}
		}
		s.presses(discordfake.Ana, card, keyDo)
		in("[deployers leads]")
		s.says(discordfake.Ben, discordfake.General, mention+"hi")
		in("[deployers]")
		s.User(discordfake.Ben).Roles()
		s.orders(discordfake.Ben, discordfake.General, "list", nil)
		in("[]")
		if n := len(s.Calls(discordfake.GetMember)); n != 0 {
			t.Errorf("Discord was asked %d times for what came with it", n)
		}
		s.says(discordfake.Ana, discordfake.App, "hi")
		in("[deployers leads]")
		s.orders(discordfake.Ana, discordfake.App, "list", nil)
		in("[deployers leads]")
		if n := len(s.Calls(discordfake.GetMember)); n != 1 {
			t.Errorf("Discord was asked %d times", n)
		}
		s.Fail(discordfake.GetMember, always(discordfake.Broken(503)))
		time.Sleep(2 * time.Minute)
		s.says(discordfake.Ana, discordfake.App, "still?")
		in("[deployers leads]") // as was known before
		time.Sleep(10 * time.Minute)
		s.says(discordfake.Ana, discordfake.App, "still?")
		in("[]")
		s.Fail(discordfake.GetMember)
		time.Sleep(10 * time.Second)
		s.says(discordfake.Ana, discordfake.App, "still?")
		in("[deployers leads]")
		s.User(discordfake.Ana).Leave(true)
		time.Sleep(2 * time.Minute)
		s.says(discordfake.Ana, discordfake.App, "still?")
		in("[]")
	})
}

// TestTrouble holds that who wants something hears it when it does not work.
func TestTrouble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		card := s.pinned(discordfake.General, "t1", keys())
		for _, wrong := range []func(){
			func() { s.accounts.Fail(errors.New("the disk is on fire")) },
			func() { s.accounts.Fail(nil); s.rooms.Fail(errors.New("the disk is on fire")) },
			func() {
				s.rooms.Fail(nil)
				s.bot.Answer(func(bot.Turn) (templates.Reply, error) {
					return templates.Reply{About: templates.TopicTrouble, Text: trouble()}, context.DeadlineExceeded
				})
			},
			func() { s.bot.Answer(func(bot.Turn) (templates.Reply, error) { return templates.Reply{}, nil }) },
			func() { s.bot.Answer(func(bot.Turn) (templates.Reply, error) { panic("a mistake") }) },
		} {
			wrong()
			s.told(s.presses(discordfake.Ana, card, keyDo), discordfake.Ana, trouble())
		}
		if log := s.log.String(); !strings.Contains(log, "on fire") || !strings.Contains(log, "a mistake") {
			t.Errorf("the log: %s", log)
		}
		s.bot.Answer(nil)
		s.told(s.presses(discordfake.Ana, card, keyDo), discordfake.Ana, "heard")
	})
}

// TestLogsPress holds that output is told in the thread of the card if the room may see it, and
// else to who asked alone.
func TestLogsPress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		card := s.pinned(discordfake.General, "t1", keys())
		s.bot.Answer(chattest.Output("t1", "Store CRM"))
		i := s.presses(discordfake.Ana, card, keyLogs)
		s.first(i, firstQuiet)
		if turn := s.newest(1); turn.Text != "logs t1" || turn.Press != "" {
			t.Errorf("it is %+v", turn)
		}
		s.told(i, discordfake.Ana, "Store CRM")
		s.rooms.Show(discordfake.General, "t1")
		i = s.presses(discordfake.Ana, card, keyLogs)
		if all := i.Answers(); len(all) != 0 {
			t.Errorf("they alone see %+v", all)
		}
		s.shows(s.last(discordfake.Ben, card.ID), "", "Store CRM")
		s.presses(discordfake.Ana, card, keyLogs) // there is a thread now
		if all := s.User(discordfake.Ben).Sees(card.ID); len(all) != 2 {
			t.Errorf("in the thread are %+v", all)
		}
		below := s.pinned(card.ID, "", keys())
		s.presses(discordfake.Ana, below, keyLogs)
		s.shows(s.last(discordfake.Ben, card.ID), "", "Store CRM")
		if all := s.User(discordfake.Ben).Sees(card.ID); len(all) != 4 {
			t.Errorf("in the thread are %+v", all)
		}
		s.bot.Answer(chattest.About("t1", "Store CRM")) // it is not the output
		s.told(s.presses(discordfake.Ana, card, keyLogs), discordfake.Ana, "Store CRM")
		s.Fail(discordfake.CreateFollowup, always(discordfake.Broken(500)))
		s.presses(discordfake.Ana, card, keyLogs)
		s.shows(s.last(discordfake.Ana, discordfake.App), "", "Store CRM")
		if all := s.User(discordfake.Ben).Sees(discordfake.General); len(all) != 1 {
			t.Errorf("the room sees %+v", all)
		}
	})
}

// TestOldCard holds that what is pressed or said at a message that a card has left behind, or in
// the thread that it began with, is about the card's task still.
func TestOldCard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		d := begin(t, "t1", "Store CRM")
		far := ""
		show := func() {
			t.Helper()
			m := d.card()
			if far == "" {
				r, err := s.mouth.Send(t.Context(), at(discordfake.General), m)
				if err != nil {
					t.Fatal(err)
				}
				far = r.Far
				return
			}
			r, err := s.mouth.Edit(t.Context(), at(discordfake.General), far, m)
			if err != nil {
				t.Fatal(err)
			}
			far = r.Far
		}
		show()
		first, _ := s.Channel(discordfake.General).Message(idOf(far))
		thread := s.threaded(first)
		for n := range 3 {
			time.Sleep(56 * time.Minute)
			d.at(t, float64(10*n+10))
			show()
		}
		s.rooms.Put(far, "t1")
		s.replies(discordfake.Ana, first, "how far is it?", true)
		if turn := s.newest(1); turn.About != "t1" {
			t.Errorf("it is %+v", turn)
		}
		calls := len(s.Calls(discordfake.GetMessage))
		s.says(discordfake.Ana, thread, mention+"and now?")
		if turn := s.newest(2); turn.About != "t1" || turn.Thread != thread {
			t.Errorf("it is %+v", turn)
		}
		i, err := s.User(discordfake.Ana).Press(first, first.Buttons[0].CustomID)
		if err != nil {
			t.Fatal(err)
		}
		s.taken(i)
		if turn := s.newest(3); turn.About != "t1" {
			t.Errorf("it is %+v", turn)
		}
		if n := len(s.Calls(discordfake.GetMessage)); n != calls {
			t.Errorf("%d messages were read again", n-calls)
		}
		link := "https://discord.com/channels/1/" + discordfake.General + "/" + idOf(far)
		output := discordgo.Container{ID: 7, Components: []discordgo.MessageComponent{discordgo.TextDisplay{Content: "```\n" + link + "\n```"}}}
		said := s.pinned(discordfake.General, "", discordcard.Post{Components: []discordgo.MessageComponent{output}})
		for n, m := range []discordfake.Message{s.says(discordfake.Ben, discordfake.General, link), said} {
			s.replies(discordfake.Ana, m, mention+"what is this?", false)
			if turn := s.newest(4 + n); turn.About != "" {
				t.Errorf("it is %+v", turn)
			}
		}
	})
}
