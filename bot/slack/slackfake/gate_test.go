package slackfake_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/bot/slack/slackfake"
)

// One message a second for a channel, after a few at once.
func TestOneMessageASecond(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		for range 3 {
			post(t, s, slackfake.General, "x")
		}
		a := refused(t, s, "ratelimited", "chat.postMessage", "channel", "#general", "text", "x")
		equal(t, "status", a.status, http.StatusTooManyRequests)
		equal(t, "Retry-After", a.header.Get("Retry-After"), "1")
		post(t, s, slackfake.Deploys, "another channel")
		for range 60 {
			time.Sleep(time.Second)
			post(t, s, slackfake.General, "x")
		}
		time.Sleep(500 * time.Millisecond)
		refused(t, s, "ratelimited", "chat.postMessage", "channel", slackfake.General, "text", "x")
		limited := s.Limited()
		if len(limited) != 2 || limited[0].Method != "chat.postMessage" || limited[0].Channel != slackfake.General || limited[0].After != time.Second || limited[0].Hasty {
			t.Errorf("got %+v", limited)
		}
		dm := refused(t, s, "", "chat.postMessage", "channel", slackfake.Ana, "text", "x").str("channel")
		post(t, s, dm, "x")
		post(t, s, slackfake.Ana, "x")
		refused(t, s, "ratelimited", "chat.postMessage", "channel", dm, "text", "by either name")
	})
}

// The tiers are counted a method, in any minute.
func TestTiers(t *testing.T) {
	for _, c := range []struct {
		method string
		tier   int
		args   []string
	}{
		{"conversations.list", 20, nil}, {"usergroups.list", 20, nil}, {"usergroups.users.list", 20, nil},
		{"chat.update", 50, []string{"channel", "C404"}}, {"chat.delete", 50, []string{"channel", "C404"}}, {"conversations.history", 50, []string{"channel", slackfake.General}},
		{"conversations.replies", 50, nil}, {"conversations.open", 50, nil},
		{"chat.postEphemeral", 100, nil}, {"views.open", 100, nil}, {"views.update", 100, nil}, {"views.publish", 100, nil}, {"users.info", 100, nil},
		{"files.getUploadURLExternal", 100, nil}, {"files.completeUploadExternal", 100, nil},
	} {
		t.Run(c.method, func(t *testing.T) {
			bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
				for i := range c.tier {
					if ask(t, s, c.method, c.args...).status != http.StatusOK {
						t.Fatalf("call %d is limited", i)
					}
					if i == 0 {
						time.Sleep(10 * time.Second)
					}
				}
				a := refused(t, s, "ratelimited", c.method, c.args...)
				equal(t, "Retry-After", a.header.Get("Retry-After"), "50")
				if ask(t, s, "auth.test").status != http.StatusOK {
					t.Error("another method is limited too")
				}
				refused(t, s, "ratelimited", c.method, c.args...)
				equal(t, "one that does not wait is hasty", s.Limited()[1].Hasty, true)
				time.Sleep(50 * time.Second)
				equal(t, "after it has waited", ask(t, s, c.method, c.args...).status, http.StatusOK)
			})
		})
	}
}

// A workspace takes so many messages, however many channels there are.
func TestWorkspaceCap(t *testing.T) {
	var rooms []slackfake.Room
	for i := range 101 {
		rooms = append(rooms, slackfake.Room{ID: "C" + string(rune('A'+i)), Name: string(rune('A' + i)), Bot: true})
	}
	bubble(t, slackfake.Options{Rooms: rooms}, func(t *testing.T, s *slackfake.Slack) {
		for _, r := range rooms[:100] {
			for range 3 {
				post(t, s, r.ID, "x")
			}
		}
		refused(t, s, "ratelimited", "chat.postMessage", "channel", rooms[100].ID, "text", "x")
	})
}

// slack-go knows the limit by its header alone.
func TestLimitsAsFaults(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		s.Fail("auth.test", slackfake.Limited(7*time.Second), slackfake.Limited(0))
		_, err := inside(s).AuthTest()
		if limit, ok := errors.AsType[*slack.RateLimitedError](err); !ok || limit.RetryAfter != 7*time.Second {
			t.Errorf("got %#v", err)
		}
		_, err = inside(s).AuthTest()
		if status, ok := errors.AsType[slack.StatusCodeError](err); !ok || status.Code != http.StatusTooManyRequests {
			t.Errorf("got %#v", err)
		}
		s.Fail("", slackfake.Fault{Status: 429, Error: "ratelimited", RetryAfter: time.Minute, Times: -1})
		for _, method := range []string{"auth.test", "chat.update", "views.open"} {
			equal(t, method, ask(t, s, method).header.Get("Retry-After"), "60")
		}
		s.Fail("")
		refused(t, s, "", "auth.test")
		equal(t, "what was made up is not counted", len(s.Limited()), 0)
	})
}

func TestUnlimited(t *testing.T) {
	bubble(t, slackfake.Options{Unlimited: true}, func(t *testing.T, s *slackfake.Slack) {
		for range 500 {
			post(t, s, slackfake.General, "x")
		}
	})
}
