package slack_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat/chattest"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/templates"
)

// TestPrivacy holds that a room is told only of tasks that it was shown, by whichever name the
// rules know it, and anything else goes to who asked.
func TestPrivacy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		wall  func(s *stand)
		only  string
		tells bool
	}{
		{"not shown", func(s *stand) { s.rooms.Show(slackfake.Deploys, "t1") }, slackfake.Ana, true},
		{"shown by its id", func(s *stand) { s.rooms.Show(slackfake.General, "t0", "t1") }, "", true},
		{"shown by its name", func(s *stand) { s.rooms.Show("#general", "t1") }, "", true},
		{"another was shown", func(s *stand) { s.rooms.Show(slackfake.General, "t2") }, slackfake.Ana, true},
		{"its name is not known", func(s *stand) {
			s.rooms.Show("#general", "t1")
			s.Fail("conversations.info", slackfake.Fault{Error: "missing_scope", Times: -1})
		}, slackfake.Ana, true},
		{"nobody knows", func(s *stand) {
			s.bot.Answer(func(turn bot.Turn) (templates.Reply, error) {
				s.rooms.Fail(errors.New("the disk is on fire"))
				return chattest.About("t1", "Store CRM")(turn)
			})
		}, slackfake.Ana, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := raise(t, slackfake.Options{}, nil)
				s.bot.Answer(chattest.About("t1", "Store CRM"))
				c.wall(s)
				m := s.says(slackfake.Ana, slackfake.General, "", mention+"how's the crm?")
				answer := s.last(slackfake.Ana, slackfake.General)
				if s.shows(answer, c.only, "Store CRM"); c.only == "" && answer.Thread != m.TS || c.only != "" && answer.Thread != "" {
					t.Errorf("it stands below %q", answer.Thread)
				}
				s.rooms.Fail(nil)
				below := s.says(slackfake.Ana, slackfake.General, m.TS, mention+"how's the crm?")
				if answer = s.last(slackfake.Ana, slackfake.General); answer.Thread != m.TS || below.TS == "" {
					t.Errorf("in a thread it stands below %q", answer.Thread)
				}
			})
		})
	}
}

// TestPrivacyDirect holds that what cannot be shown to one person in a room goes to their
// direct messages, and never to the room.
func TestPrivacyDirect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		s.bot.Answer(chattest.About("t1", "Store CRM"))
		s.Fail("chat.postEphemeral", slackfake.Fault{Error: "channel_not_found", Times: -1})
		s.says(slackfake.Ana, slackfake.General, "", mention+"how's the crm?")
		if all := s.Channel(slackfake.General).Messages(); len(all) != 1 {
			t.Errorf("the room sees %+v", all)
		}
		if all := s.direct(slackfake.Ana); len(all) != 1 || !strings.Contains(all[0].Shows, "Store CRM") || all[0].Thread != "" {
			t.Errorf("there are %+v", all)
		}
		s.says(slackfake.Ana, s.Channel(slackfake.Ana).ID(), "", "how's the crm?")
		if all := s.direct(slackfake.Ana); len(all) != 2 {
			t.Errorf("there are %d", len(all))
		}
	})
}

// TestStrangerAlone holds that how to link an account is nothing for a whole room.
func TestStrangerAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		s.bot.Answer(func(bot.Turn) (templates.Reply, error) {
			return book().Reply(templates.Answer{About: templates.TopicStranger, Stranger: true}, templates.Reader{}, time.Now()), nil
		})
		s.says(slackfake.Cleo, slackfake.General, "", mention+"cancel the crm")
		s.shows(s.last(slackfake.Cleo, slackfake.General), slackfake.Cleo, "link CODE")
	})
}

// TestFile holds that output too long for a message reaches who asked as a file, where only
// they see it.
func TestFile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		lines := strings.Split(strings.Repeat("a line of output\n", 500), "\n")
		s.bot.Answer(func(bot.Turn) (templates.Reply, error) {
			return templates.Reply{About: templates.TopicLogs, Text: "Output", Output: lines}, nil
		})
		d, err := s.User(slackfake.Ana).Command("/herald", "logs", slackfake.General)
		s.taken(d, err)
		s.shows(s.last(slackfake.Ana, slackfake.General), slackfake.Ana, "a line of output")
		time.Sleep(time.Minute)
		all := s.direct(slackfake.Ana)
		files := 0
		for _, m := range all {
			files += len(m.Files)
		}
		if files != 1 {
			t.Errorf("%d files in %+v", files, all)
		}
	})
}

// TestPersonal holds that what somebody may not do, and by which ways they are told, is nothing
// for a whole room; in direct messages there is nobody else.
func TestPersonal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		s.rooms.Show(slackfake.General, "t1")
		card := s.pinned(slackfake.General, "", "t1", keys())
		for _, about := range []templates.Topic{templates.TopicRefused, templates.TopicFollow, templates.TopicHush} {
			s.bot.Answer(chattest.Answers(about, "t1", "Store CRM"))
			s.says(slackfake.Ana, slackfake.General, "", mention+"approve it")
			s.shows(s.last(slackfake.Ana, slackfake.General), slackfake.Ana, "")
			s.says(slackfake.Ana, slackfake.General, card.TS, "approve it")
			if m := s.last(slackfake.Ana, slackfake.General); m.Only != slackfake.Ana || m.Thread != card.TS {
				t.Errorf("%s is said to %q below %q", about, m.Only, m.Thread)
			}
			s.says(slackfake.Ana, s.Channel(slackfake.Ana).ID(), "", "approve it")
			s.shows(s.last(slackfake.Ana, s.Channel(slackfake.Ana).ID()), "", "")
		}
		for _, m := range s.Channel(slackfake.General).Messages() {
			if m.User == slackfake.Bot && m.TS != card.TS && m.Only == "" {
				t.Errorf("the room reads %s", m.Shows)
			}
		}
	})
}
