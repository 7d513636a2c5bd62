package slack_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/progress"
)

// orders has somebody give the slash command, and gives the answer.
func (s *stand) orders(who, channel, text string) slackfake.Message {
	s.t.Helper()
	d, err := s.User(who).Command("/herald", text, channel)
	s.taken(d, err)
	return s.last(who, channel)
}

// TestCommand holds that the command is a turn that only who gives it sees the answer to.
func TestCommand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		s.shows(s.orders(slackfake.Ana, slackfake.General, "how's the &lt;crm&gt;?"), slackfake.Ana, "heard how's the <crm>?")
		turn := s.newest(1)
		if turn.Room != here || turn.Thread != "" || turn.ID == "" || turn.Via != progress.ViaChat || turn.Who.Person != "ana" {
			t.Errorf("it is %+v", turn)
		}
		for i, text := range []string{"", "  ", "help"} {
			s.orders(slackfake.Ana, slackfake.General, text)
			if turn := s.newest(i + 2); turn.Text != "help" {
				t.Errorf("%q is %+v", text, turn)
			}
		}
		s.Fail(slackfake.ResponseURL, slackfake.Broken(410))
		s.shows(s.orders(slackfake.Cleo, slackfake.General, "status"), slackfake.Cleo, "heard status")
		if !s.newest(5).Stranger {
			t.Errorf("it is %+v", s.newest(5))
		}
		s.orders(slackfake.Ana, slackfake.Random, "status") // where the app is no member
		if s.newest(6).Text != "status" {
			t.Errorf("it is %+v", s.newest(6))
		}
		s.orders(slackfake.Ana, s.Channel(slackfake.Ana).ID(), "status")
		s.newest(7)
	})
}

// TestLink holds how an account is linked and unlinked, wherever somebody is, and that nobody
// else reads what is said of it.
func TestLink(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		for _, c := range []struct{ text, says string }{
			{"link", "/herald link CODE"},
			{"link WRONG", "code"},
			{"link MUCH", "try"},
			{"link DOWN", "does not work just now"},
			{"unlink", "not linked"},
			{"link GOOD", "cleo"},
			{"LINK", "cleo"},
			{"unlink", "not linked"},
			{"link GOOD", "cleo"},
		} {
			s.shows(s.orders(slackfake.Cleo, slackfake.General, c.text), slackfake.Cleo, c.says)
		}
		if p := s.accounts.linked[slackfake.Cleo]; p != "cleo" && p != "Cleo Martin" {
			t.Errorf("it is %q", p)
		}
		s.says(slackfake.Cleo, slackfake.General, "", mention+"unlink")
		s.shows(s.last(slackfake.Cleo, slackfake.General), slackfake.Cleo, "linked")
		s.says(slackfake.Cleo, s.Channel(slackfake.Cleo).ID(), "", "link GOOD")
		s.shows(s.last(slackfake.Cleo, s.Channel(slackfake.Cleo).ID()), "", "cleo")
		s.Fail("users.info", slackfake.Refused("missing_scope"))
		s.orders(slackfake.Cleo, slackfake.General, "link GOOD")
		if p := s.accounts.linked[slackfake.Cleo]; p != slackfake.Cleo {
			t.Errorf("it is %q", p)
		}
		if all := s.bot.heard(); len(all) != 0 {
			t.Errorf("the bot heard %+v", all)
		}
		s.accounts.down = errors.New("the disk is on fire")
		s.shows(s.orders(slackfake.Cleo, slackfake.General, "unlink"), slackfake.Cleo, "does not work just now")
		s.shows(s.orders(slackfake.Cleo, slackfake.General, "link"), slackfake.Cleo, "does not work just now")
		s.accounts.down = nil
		s.orders(slackfake.Cleo, slackfake.General, "link the crm to me")
		s.newest(1)
		if strings.Contains(s.log.String(), "GOOD") {
			t.Error("a code is in the log")
		}
	})
}
