package slack_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
)

// lobby is a platform whose Homes have a task that waits for Ana, and one that does not.
func lobby(t *testing.T) *stand {
	t.Helper()
	waits, runs := asked(t, "t1", "Store CRM"), begin(t, "t2", "Warehouse ERP")
	s := ready(t, slackfake.Options{}, nil)
	s.options.Link = "https://herald.example.com/"
	s.options.Seal = func(task *progress.Task) slackcard.Seal {
		return func(v progress.Verb, step int) string { return "sealed " + string(v) + " " + string(task.ID) }
	}
	s.options.Running = func(_ context.Context, who progress.Actor) ([]templates.Subject, int, error) {
		if who.Person == "nobody" {
			return nil, 0, errors.New("the disk is on fire")
		}
		a, _ := waits.subject()
		b, _ := runs.subject()
		return []templates.Subject{a, b}, 3, nil
	}
	s.open()
	s.run()
	return s
}

// opens has somebody open the Home, and gives what they see.
func (s *stand) opens(who string) slackfake.View {
	s.t.Helper()
	if err := s.User(who).OpenHome(); err != nil {
		s.t.Fatal(err)
	}
	settle()
	v, _ := s.User(who).Home()
	return v
}

// TestHome holds what a Home shows, and that it is drawn anew after a press on it.
func TestHome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := lobby(t)
		home := s.opens(slackfake.Ana)
		for _, want := range []string{"ana", "Store CRM", "Go live with Store CRM?", "Warehouse ERP", "+3"} {
			if !strings.Contains(home.Shows, want) {
				t.Errorf("it has no %q: %s", want, home.Shows)
			}
		}
		press := func(view slackfake.View, what string) slackfake.View {
			d, err := s.User(slackfake.Ana).PressIn(view, what)
			s.taken(d, err)
			v, _ := s.User(slackfake.Ana).Home()
			return v
		}
		after := press(home, slackcard.ActionHome)
		if after.Hash == home.Hash {
			t.Error("it was not drawn anew")
		}
		again := press(after, "sealed approve t1")
		turn := s.newest(1)
		if turn.Press != "sealed approve t1" || turn.Room != "slack:"+slackfake.Team+"/"+slackfake.Ana || turn.Thread != "" || again.Hash == after.Hash {
			t.Errorf("it is %+v", turn)
		}
		if all := s.direct(slackfake.Ana); len(all) != 1 || !strings.Contains(all[0].Shows, "heard sealed approve t1") {
			t.Errorf("there are %+v", all)
		}
		press(again, "sealed reject t1")
		d, err := s.User(slackfake.Ana).Submit(map[string]string{slackcard.BlockReason: "no"})
		s.taken(d, err)
		if turn := s.newest(2); turn.Press != "sealed reject t1" || turn.Reason != "no" {
			t.Errorf("it is %+v", turn)
		}
		if last, _ := s.User(slackfake.Ana).Home(); last.Hash == again.Hash {
			t.Error("it was not drawn anew")
		}
	})
}

// TestHomeOfOthers holds that who is not linked sees how to, and nothing else, and that who
// may not decide has no button for it.
func TestHomeOfOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := lobby(t)
		if home := s.opens(slackfake.Cleo); !strings.Contains(home.Shows, "/herald link") || strings.Contains(home.Shows, "CRM") {
			t.Errorf("it shows %s", home.Shows)
		}
		s.accounts.Links(slackfake.Cleo, "cleo")
		s.accounts.May(progress.MayRead)
		home := s.opens(slackfake.Cleo)
		if strings.Contains(string(home.Blocks), "sealed") || !strings.Contains(home.Shows, "Store CRM") {
			t.Errorf("it shows %s", home.Blocks)
		}
		s.accounts.Links(slackfake.Ben, "nobody")
		if home := s.opens(slackfake.Ben); home.ID != "" {
			t.Errorf("it shows %s", home.Shows)
		}
		s.Fail("views.publish", slackfake.Limited(2*time.Second))
		before := s.opens(slackfake.Cleo)
		time.Sleep(3 * time.Second)
		if after, _ := s.User(slackfake.Cleo).Home(); after.Hash == before.Hash {
			t.Error("it was not drawn when Slack would take it")
		}
	})
}

// TestHomeOfLinked holds that a Home shows what is somebody's as soon as they have linked their
// account, and not when they have unlinked it.
func TestHomeOfLinked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := lobby(t)
		s.opens(slackfake.Cleo)
		for text, shows := range map[string]bool{"link GOOD": true, "unlink": false} {
			s.orders(slackfake.Cleo, slackfake.General, "link GOOD")
			s.orders(slackfake.Cleo, slackfake.General, text)
			if home, _ := s.User(slackfake.Cleo).Home(); strings.Contains(home.Shows, "Store CRM") != shows {
				t.Errorf("after %s it shows %s", text, home.Shows)
			}
		}
	})
}

// TestNew holds that nobody can be heard without a way to be.
func TestNew(t *testing.T) {
	t.Parallel()
	s := ready(t, slackfake.Options{}, nil)
	s.options.Client = slack.NewClient(slack.ClientOptions{BotToken: slackfake.BotToken})
	if _, err := slack.New(s.options); err == nil {
		t.Error("there is a platform with neither a token nor a secret")
	}
	s.options.SigningSecret = slackfake.SigningSecret
	if _, err := slack.New(s.options); err != nil {
		t.Error(err)
	}
}
