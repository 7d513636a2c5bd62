package slack_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat/chattest"
	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
)

// TestPress holds what each kind of button comes to, and that who pressed is told alone.
func TestPress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		card := s.pinned(slackfake.General, "", "t1", keys())
		for i, c := range []struct{ key, press, text string }{
			{slackcard.ActionDo + "approve", "sealed-approve", ""},
			{slackcard.ActionPress + "0", "ticket-yes", ""},
			{slackcard.ActionSay + "1", "", "status t1"},
			{"herald.do.explode", "?", ""},
			{"someone.elses", "?", ""},
		} {
			s.presses(slackfake.Ben, card, c.key)
			turn := s.newest(i + 1)
			if turn.Press != c.press || turn.Text != c.text || turn.Via != progress.ViaButton || turn.Who.Person != "ben" || turn.ID == "" ||
				turn.Room != here || turn.Thread != card.TS || turn.About != "t1" || turn.Stranger || turn.Overheard {
				t.Errorf("%s: %+v", c.key, turn)
			}
			answer := s.last(slackfake.Ben, slackfake.General)
			if s.shows(answer, slackfake.Ben, "heard "+c.text+c.press); answer.Thread != "" {
				t.Errorf("%s: it stands in a thread, where nobody looks", c.key)
			}
		}
		s.presses(slackfake.Ben, card, slackcard.ActionOpen+"0")
		s.newest(5)
		if now, _ := s.Channel(slackfake.General).Message(card.TS); now.Edits != 0 {
			t.Error("the card was edited")
		}
	})
}

// TestPressWays holds that an answer takes another way where one is closed, and is not lost.
func TestPressWays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		fail   func(s *stand)
		direct int
	}{
		{"response_url", func(*stand) {}, 0},
		{"response_url, a little later", func(s *stand) { s.Fail(slackfake.ResponseURL, slackfake.Limited(5*time.Second)) }, 0},
		{"ephemeral", func(s *stand) { s.Fail(slackfake.ResponseURL, slackfake.Broken(404)) }, 0},
		{"ephemeral, a little later", func(s *stand) {
			s.Fail(slackfake.ResponseURL, slackfake.Broken(500))
			s.Fail("chat.postEphemeral", slackfake.Limited(2*time.Second))
		}, 0},
		{"direct message", func(s *stand) {
			s.Fail(slackfake.ResponseURL, slackfake.Away())
			s.Fail("chat.postEphemeral", slackfake.Refused("user_not_in_channel"))
		}, 1},
		{"direct message, where Slack wants to be left alone for long", func(s *stand) {
			s.Fail(slackfake.ResponseURL, slackfake.Limited(time.Hour))
			s.Fail("chat.postEphemeral", slackfake.Limited(time.Hour))
		}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := raise(t, slackfake.Options{}, nil)
				card := s.pinned(slackfake.General, "", "t1", keys())
				c.fail(s)
				s.presses(slackfake.Ana, card, slackcard.ActionDo+"approve")
				time.Sleep(10 * time.Second)
				direct := s.direct(slackfake.Ana)
				if len(direct) != c.direct {
					t.Fatalf("direct messages: %+v", direct)
				}
				if len(direct) > 0 {
					s.shows(direct[0], "", "heard sealed-approve")
					return
				}
				s.shows(s.last(slackfake.Ana, slackfake.General), slackfake.Ana, "heard sealed-approve")
				if log := s.log.String(); strings.Contains(log, "/response/") || strings.Contains(log, "hooks") {
					t.Errorf("the log has the URL in it: %s", log)
				}
			})
		})
	}
}

// TestPressInThread holds that an answer is shown where somebody looks, in a thread too.
func TestPressInThread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		root := s.pinned(slackfake.General, "", "t1", keys())
		below := s.pinned(slackfake.General, root.TS, "", keys())
		s.presses(slackfake.Ana, below, slackcard.ActionPress+"0")
		if turn := s.newest(1); turn.Thread != root.TS || turn.About != "t1" {
			t.Errorf("it is %+v", turn)
		}
		answer := s.last(slackfake.Ana, slackfake.General)
		if s.shows(answer, slackfake.Ana, "heard ticket-yes"); answer.Thread != root.TS {
			t.Errorf("it stands below %q", answer.Thread)
		}
		s.presses(slackfake.Ana, root, slackcard.ActionPress+"0") // it has answers by now
		if turn := s.newest(2); turn.Thread != root.TS {
			t.Errorf("it is %+v", turn)
		}
	})
}

// TestPressAgain holds that what is delivered twice is one press, and what is pressed twice
// is two.
func TestPressAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		card := s.pinned(slackfake.General, "", "t1", keys())
		s.presses(slackfake.Ana, card, slackcard.ActionDo+"approve")
		s.presses(slackfake.Ana, card, slackcard.ActionDo+"approve")
		all := s.bot.Heard()
		if len(all) != 2 || all[0].ID == all[1].ID {
			t.Fatalf("it heard %+v", all)
		}
		sent := s.Feed().Sent()
		s.taken(s.Feed().Send(slackfake.Interactive, sent[len(sent)-1].Payload), nil)
		s.newest(2)
	})
}

// TestStranger holds that who is not linked, or gone, is a stranger, at once.
func TestStranger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		card := s.pinned(slackfake.General, "", "t1", keys())
		s.rooms.Show("#general", "t7")
		stranger := func(n int, is bool) {
			t.Helper()
			s.presses(slackfake.Ana, card, slackcard.ActionDo+"approve")
			turn := s.newest(n)
			if turn.Stranger != is || (turn.Who.Person == "") != is || turn.Speaker != slackfake.Ana || is != (len(turn.Sight) == 1) {
				t.Errorf("it is %+v", turn)
			}
		}
		stranger(1, false)
		if _, err := s.accounts.Unlink(t.Context(), bot.Account{ID: slackfake.Ana}); err != nil {
			t.Fatal(err)
		}
		stranger(2, true)
		s.accounts.Links(slackfake.Ana, "gone")
		stranger(3, true)
		if a := s.accounts.Asked()[0]; a != (bot.Account{Platform: slack.Name, Team: slackfake.Team, ID: slackfake.Ana}) {
			t.Errorf("it asked for %+v", a)
		}
	})
}

// TestGuest holds that a guest of another organisation is nobody else, whatever team comes
// with what they do.
func TestGuest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		guest := slackfake.Person{ID: "U0GUEST001", Name: "guest", Team: "T0OTHER001"}
		room := slackfake.Room{ID: slackfake.General, Name: "general", Bot: true, Shared: true}
		s := raise(t, slackfake.Options{People: []slackfake.Person{guest}, Rooms: []slackfake.Room{room}}, nil)
		s.presses(guest.ID, s.pinned(slackfake.General, "", "", keys()), slackcard.ActionDo+"approve")
		s.says(guest.ID, slackfake.General, "", mention+"hi")
		foreign := map[string]any{"type": "block_actions", "user": map[string]any{"id": guest.ID}, "team": map[string]any{"id": guest.Team}}
		foreign["channel"], foreign["actions"] = map[string]any{"id": slackfake.General}, []any{map[string]any{"action_id": "x", "action_ts": "7.7"}}
		s.taken(s.Feed().Send(slackfake.Interactive, foreign), nil)
		for _, turn := range s.bot.Heard() {
			if turn.Room != here {
				t.Errorf("it is in %s", turn.Room)
			}
		}
		s.newest(3)
		for _, a := range s.accounts.Asked() {
			if a.Team != slackfake.Team || a.ID != guest.ID {
				t.Errorf("it asked for %+v", a)
			}
		}
	})
}

// TestGroups holds that members of user groups are in the groups that those stand for, that
// Slack is asked once a minute, and that nobody is while it does not tell.
func TestGroups(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, func(o *slack.Options) { o.Groups = map[string]string{slackfake.Engineers: "deployers"} })
		in := func(who string, want int) {
			t.Helper()
			s.says(who, s.Channel(who).ID(), "", "hi")
			if got := s.accounts.In(); len(got) != want || want > 0 && got[0] != "deployers" {
				t.Errorf("%s is in %v", who, got)
			}
		}
		s.accounts.Links(slackfake.Cleo, "cleo")
		in(slackfake.Ana, 1)
		s.Fail("usergroups.users.list", slackfake.Fault{Error: "internal_error", Times: -1})
		in(slackfake.Ben, 1) // known for a minute
		in(slackfake.Cleo, 0)
		time.Sleep(2 * time.Minute)
		in(slackfake.Ana, 1) // and longer where Slack does not answer
		time.Sleep(10 * time.Minute)
		in(slackfake.Ana, 0)
		if !strings.Contains(s.log.String(), slackfake.Engineers) {
			t.Error("the log does not say it")
		}
		s.Fail("usergroups.users.list")
		time.Sleep(10 * time.Second)
		in(slackfake.Ana, 1)
	})
}

// TestGroupsHang holds that who presses is answered soon while Slack hangs, however many user
// groups there are, and that what was known of those before counts for ten minutes.
func TestGroupsHang(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{Unlimited: true}, func(o *slack.Options) {
			o.Groups = map[string]string{slackfake.Engineers: "deployers"}
			for i := range 14 {
				o.Groups[fmt.Sprintf("S0%08d", i)] = fmt.Sprint("group-", i)
			}
		})
		card := s.pinned(slackfake.General, "", "t1", keys())
		in := func(n, want int, within time.Duration) {
			t.Helper()
			began := time.Now()
			if _, err := s.User(slackfake.Ana).Press(card, slackcard.ActionDo+"approve"); err != nil {
				t.Fatal(err)
			}
			for len(s.bot.Heard()) < n && time.Since(began) < 2*time.Minute {
				time.Sleep(100 * time.Millisecond)
			}
			if took := time.Since(began); took > within {
				t.Errorf("it took %s", took)
			}
			if got := s.accounts.In(); len(got) != want || want > 0 && got[0] != "deployers" {
				t.Errorf("she is in %v", got)
			}
			settle()
		}
		in(1, 1, time.Second)
		s.Fail("usergroups.users.list", slackfake.Fault{Hang: true, Times: -1})
		time.Sleep(2 * time.Minute)
		in(2, 1, 6*time.Second)
		in(3, 1, 6*time.Second)
		time.Sleep(5 * time.Minute)
		in(4, 1, 6*time.Second)
		time.Sleep(5 * time.Minute)
		in(5, 0, 6*time.Second)
		s.Fail("usergroups.users.list")
		s.Fail("usergroups.users.list", slackfake.Fault{Slow: 2 * time.Second, Times: -1}) // each: they are asked together
		time.Sleep(time.Minute)
		in(6, 1, 3*time.Second)
	})
}

// TestUnknownWorkspace holds that nobody is called a stranger as long as we do not know our own
// workspace, and that it is asked for again: what somebody does on an Enterprise Grid may come
// with the team where they are at home.
func TestUnknownWorkspace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		trouble := book().Reply(templates.Answer{About: templates.TopicTrouble}, templates.Reader{}, time.Now()).Text
		s.Fail("auth.test", slackfake.Fault{Error: "internal_error", Times: -1})
		n := 0
		press := func(want string) {
			t.Helper()
			n++
			s.taken(s.Feed().Send(slackfake.Interactive, map[string]any{
				"type": "block_actions", "user": map[string]any{"id": slackfake.Ana}, "team": map[string]any{"id": "T0HOME0001"},
				"channel": map[string]any{"id": slackfake.General}, "actions": []any{map[string]any{"action_id": "x", "action_ts": fmt.Sprint(n)}},
			}), nil)
			s.shows(s.last(slackfake.Ana, slackfake.General), slackfake.Ana, want)
		}
		press(trouble)
		for _, text := range []string{"link", "link GOOD", "unlink"} {
			s.shows(s.orders(slackfake.Ana, slackfake.General, text), slackfake.Ana, trouble)
		}
		if all := s.accounts.Asked(); len(all) > 0 || s.accounts.Of(slackfake.Ana) != "ana" || len(s.bot.Heard()) > 0 {
			t.Errorf("it asked for %+v", all)
		}
		s.Fail("auth.test")
		time.Sleep(10 * time.Second)
		press("heard")
		if turn := s.newest(1); turn.Stranger || turn.Who.Person != "ana" || turn.Room != here {
			t.Errorf("it is %+v", turn)
		}
	})
}

// TestTrouble holds that who wants something hears it when it does not work.
func TestTrouble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		card := s.pinned(slackfake.General, "", "t1", keys())
		trouble := book().Reply(templates.Answer{About: templates.TopicTrouble}, templates.Reader{}, time.Now()).Text
		for _, wrong := range []func(){
			func() { s.accounts.Fail(errors.New("the disk is on fire")) },
			func() { s.accounts.Fail(nil); s.rooms.Fail(errors.New("the disk is on fire")) },
			func() {
				s.rooms.Fail(nil)
				s.bot.Answer(func(bot.Turn) (templates.Reply, error) {
					return templates.Reply{About: templates.TopicTrouble, Text: trouble}, context.DeadlineExceeded
				})
			},
			func() { s.bot.Answer(func(bot.Turn) (templates.Reply, error) { return templates.Reply{}, nil }) },
		} {
			wrong()
			s.presses(slackfake.Ana, card, slackcard.ActionDo+"approve")
			s.shows(s.last(slackfake.Ana, slackfake.General), slackfake.Ana, trouble)
		}
		if log := s.log.String(); !strings.Contains(log, "on fire") {
			t.Errorf("the log: %s", log)
		}
	})
}

// TestLogsPress holds that output is told below the card if the room may see it, and else to
// who asked alone.
func TestLogsPress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		card := s.pinned(slackfake.General, "", "t1", keys())
		s.bot.Answer(chattest.Output("t1", "Store CRM"))
		s.presses(slackfake.Ana, card, slackcard.ActionLogs+"0")
		if turn := s.newest(1); turn.Text != "logs t1" || turn.Press != "" {
			t.Errorf("it is %+v", turn)
		}
		s.shows(s.last(slackfake.Ana, slackfake.General), slackfake.Ana, "Store CRM")
		s.rooms.Show(slackfake.General, "t1")
		s.presses(slackfake.Ana, card, slackcard.ActionLogs+"0")
		answer := s.last(slackfake.Ana, slackfake.General)
		if s.shows(answer, "", "Store CRM"); answer.Thread != card.TS {
			t.Errorf("it stands below %q", answer.Thread)
		}
		s.bot.Answer(chattest.About("t1", "Store CRM")) // it is not the output
		s.presses(slackfake.Ana, card, slackcard.ActionLogs+"0")
		s.shows(s.last(slackfake.Ana, slackfake.General), slackfake.Ana, "Store CRM")
	})
}
