package slack_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
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
			{"link", "link CODE"},
			{"link WRONG", "code"},
			{"link MUCH", "try"},
			{"link DOWN", "does not work just now"},
			{"unlink", "not linked"},
			{"link GOOD", "cleo"},
			{"LINK", "cleo"},
			{"link: `GOOD`.", "cleo"},
			{"link GO OD", "heard"},
			{"link: GOOD", "cleo"},
			{"/herald link GOOD", "cleo"},
			{"herald link `GOOD`", "cleo"},
			{"`/herald link GOOD`", "cleo"},
			{"Please link *GOOD*", "cleo"},
			{"link GOOD, please!", "cleo"},
			{"link me with code GOOD", "cleo"},
			{"link code", "cleo"},
			{"link me", "cleo"},
			{"link please", "cleo"},
			{"link FGHJ KMNP", "cleo"},
			{"link fghj - kmnp", "cleo"},
			{"please link fghj-kmnp", "cleo"},
			{"link this task", "heard"},
			{"link my crm", "heard"},
			{"links", "heard"},
			{"unlink", "not linked"},
			{"link GOOD", "cleo"},
		} {
			s.shows(s.orders(slackfake.Cleo, slackfake.General, c.text), slackfake.Cleo, c.says)
		}
		if p := s.accounts.Of(slackfake.Cleo); p != "cleo" && p != "Cleo Martin" {
			t.Errorf("it is %q", p)
		}
		s.says(slackfake.Cleo, slackfake.General, "", mention+"unlink")
		s.shows(s.last(slackfake.Cleo, slackfake.General), slackfake.Cleo, "linked")
		s.says(slackfake.Cleo, s.Channel(slackfake.Cleo).ID(), "", "link GOOD")
		s.shows(s.last(slackfake.Cleo, s.Channel(slackfake.Cleo).ID()), "", "cleo")
		s.Fail("users.info", slackfake.Refused("missing_scope"))
		s.orders(slackfake.Cleo, slackfake.General, "link GOOD")
		if p := s.accounts.Of(slackfake.Cleo); p != slackfake.Cleo {
			t.Errorf("it is %q", p)
		}
		s.accounts.Fail(errors.New("the disk is on fire"))
		s.shows(s.orders(slackfake.Cleo, slackfake.General, "unlink"), slackfake.Cleo, "does not work just now")
		s.shows(s.orders(slackfake.Cleo, slackfake.General, "link"), slackfake.Cleo, "does not work just now")
		s.accounts.Fail(nil)
		s.orders(slackfake.Cleo, slackfake.General, "link the crm to me")
		s.newest(5)
		if strings.Contains(s.log.String(), "GOOD") {
			t.Error("a code is in the log")
		}
	})
}

// TestLinkAloud holds that a code that is said in a room is used up, that nobody else reads what
// is said of it, and that who has said it is told to say it elsewhere.
func TestLinkAloud(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		const advice = "Others can read"
		for _, text := range []string{mention + "link FGHJ KMNP", mention + "/herald link fghj-kmnp", "please " + mention + "link: `GOOD`"} {
			s.accounts.Links(slackfake.Cleo, "")
			s.says(slackfake.Cleo, slackfake.General, "", text)
			if s.accounts.Of(slackfake.Cleo) == "" {
				t.Errorf("%q links nothing", text)
			}
			s.shows(s.last(slackfake.Cleo, slackfake.General), slackfake.Cleo, advice)
		}
		if m := s.orders(slackfake.Cleo, slackfake.General, "link GOOD"); strings.Contains(m.Shows, advice) {
			t.Errorf("what nobody else has read is said to be read: %s", m.Shows)
		}
		s.says(slackfake.Cleo, s.Channel(slackfake.Cleo).ID(), "", "link GOOD")
		if m := s.last(slackfake.Cleo, s.Channel(slackfake.Cleo).ID()); strings.Contains(m.Shows, advice) {
			t.Errorf("what nobody else has read is said to be read: %s", m.Shows)
		}
		if all := s.bot.Heard(); len(all) != 0 {
			t.Errorf("it heard %+v", all)
		}
	})
}

// TestLinkHangs holds that who links or unlinks hears of it before their Home is drawn, and that
// others in the room need not wait for that.
func TestLinkHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := ready(t, slackfake.Options{}, nil)
		slow := false
		s.options.Running = func(ctx context.Context, _ progress.Actor) ([]templates.Subject, int, error) {
			slow = true
			<-ctx.Done()
			return nil, 0, ctx.Err()
		}
		s.open()
		s.run()
		s.shows(s.orders(slackfake.Cleo, slackfake.General, "link GOOD"), slackfake.Cleo, "is linked to")
		s.shows(s.orders(slackfake.Ana, slackfake.General, "status"), slackfake.Ana, "heard status")
		if !slow {
			t.Error("the Home was not drawn")
		}
	})
}
