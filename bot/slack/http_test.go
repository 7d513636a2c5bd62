package slack_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
)

// served is a platform that Slack calls.
func served(t *testing.T) *stand {
	t.Helper()
	s := raise(t, slackfake.Options{}, func(o *slack.Options) {
		o.Client = slack.NewClient(slack.ClientOptions{BotToken: slackfake.BotToken, Transport: &tally{told: map[string]int{}}})
		o.SigningSecret = slackfake.SigningSecret
	})
	return s
}

// calls has Slack call the platform.
func (s *stand) calls() {
	s.t.Helper()
	routes := http.NewServeMux()
	routes.Handle("/events", s.Events())
	routes.Handle("/interactions", s.Interactions())
	routes.Handle("/commands", s.Commands())
	if err := s.Deliver(context.Background(), slackfake.Endpoint{
		Events: "https://herald.example.com/events", Interactive: "https://herald.example.com/interactions", Commands: "https://herald.example.com/commands",
		Client: slackfake.To(routes),
	}); err != nil {
		s.t.Fatal(err)
	}
}

// TestHTTP holds that all works over HTTP as it does by the socket.
func TestHTTP(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := ready(t, slackfake.Options{}, func(o *slack.Options) { o.SigningSecret = slackfake.SigningSecret })
		s.run()
		s.calls()
		m := s.says(slackfake.Ana, slackfake.General, "", mention+"how's the crm?")
		if turn := s.newest(1); turn.Text != "how's the crm?" || turn.Thread != m.TS {
			t.Errorf("it is %+v", turn)
		}
		s.shows(s.orders(slackfake.Ana, slackfake.General, "50% & more = +1"), slackfake.Ana, "heard 50% & more = +1")
		card := s.pinned(slackfake.General, "", "t1", keys())
		s.presses(slackfake.Ana, card, slackcard.ActionDo+"approve")
		s.shows(s.last(slackfake.Ana, slackfake.General), slackfake.Ana, "heard sealed-approve")
		s.presses(slackfake.Ana, card, slackcard.ActionReason+"reject")
		d, err := s.User(slackfake.Ana).Submit(map[string]string{slackcard.BlockReason: "no"})
		s.taken(d, err)
		if turn := s.newest(4); turn.Reason != "no" || turn.Press != "sealed-reject" {
			t.Errorf("it is %+v", turn)
		}
	})
}

// TestSigned holds that nothing is let in that Slack has not signed just now, and nothing is
// read of before.
func TestSigned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := served(t)
		body := happens("Ev1", map[string]any{"type": "message", "channel_type": "im", "channel": "D1", "user": slackfake.Ana, "ts": "1.1", "text": "hi"})
		for _, c := range []struct {
			name   string
			forge  func(m *slackfake.Mail)
			status int
		}{
			{"no signature", func(m *slackfake.Mail) { m.Header.Del("X-Slack-Signature") }, 401},
			{"no time", func(m *slackfake.Mail) { m.Header.Del("X-Slack-Request-Timestamp") }, 401},
			{"another time", func(m *slackfake.Mail) { m.Header.Set("X-Slack-Request-Timestamp", "946684801") }, 401},
			{"a time that is none", func(m *slackfake.Mail) { m.Header.Set("X-Slack-Request-Timestamp", "soon") }, 401},
			{"another body", func(m *slackfake.Mail) { m.Body = append(m.Body, ' ') }, 401},
			{"another version", func(m *slackfake.Mail) {
				m.Header.Set("X-Slack-Signature", "v1"+strings.TrimPrefix(m.Header.Get("X-Slack-Signature"), "v0"))
			}, 401},
			{"too old", func(m *slackfake.Mail) { *m = slackfake.Sign(slackfake.Events, body, time.Now().Add(-301*time.Second)) }, 401},
			{"too new", func(m *slackfake.Mail) { *m = slackfake.Sign(slackfake.Events, body, time.Now().Add(301*time.Second)) }, 401},
			{"too large", func(m *slackfake.Mail) { m.Body = bytes.Repeat([]byte("x"), 1<<20+1) }, 413},
			{"no JSON", func(m *slackfake.Mail) { *m = slackfake.Sign(slackfake.Interactive, "x", time.Now()) }, 200},
			{"old, and in time", func(m *slackfake.Mail) { *m = slackfake.Sign(slackfake.Events, body, time.Now().Add(-299*time.Second)) }, 200},
			{"again", func(m *slackfake.Mail) { m.Header.Set("X-Slack-Retry-Num", "1") }, 200},
		} {
			m := slackfake.Sign(slackfake.Events, body, time.Now())
			c.forge(&m)
			if got, _ := posted(t, s.Events(), m); got != c.status {
				t.Errorf("%s: %d", c.name, got)
			}
		}
		settle()
		s.newest(1)
		for _, h := range []http.Handler{s.Events(), s.Interactions(), s.Commands()} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
			if w.Code != http.StatusMethodNotAllowed {
				t.Errorf("GET: %d", w.Code)
			}
		}
	})
}

// posted posts a request, and gives what is answered.
func posted(t *testing.T, h http.Handler, m slackfake.Mail) (status int, body string) {
	t.Helper()
	a, err := m.Post(t.Context(), slackfake.To(h), "https://herald.example.com/")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, string(text)
}

// TestChallenge holds that the challenge is answered, if it is signed.
func TestChallenge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := served(t)
		m := slackfake.Sign(slackfake.Events, map[string]any{"type": "url_verification", "challenge": "a word"}, time.Now())
		if status, body := posted(t, s.Events(), m); status != 200 || body != "a word" {
			t.Errorf("%d: %s", status, body)
		}
		m.Header.Set("X-Slack-Signature", "v0=00")
		if status, body := posted(t, s.Events(), m); status != 401 || strings.Contains(body, "a word") {
			t.Errorf("%d: %s", status, body)
		}
	})
}

// TestOddCommands holds that Slack may see whether we are there, and that a form that is none
// does no harm.
func TestOddCommands(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := served(t)
		for _, form := range []map[string]string{{"ssl_check": "1", "token": "x"}, {}, {"user_id": ""}} {
			if status, body := posted(t, s.Commands(), slackfake.Sign(slackfake.Command, form, time.Now())); status != 200 || body != "" {
				t.Errorf("%v: %d %s", form, status, body)
			}
		}
		if status, _ := posted(t, s.Interactions(), slackfake.Sign(slackfake.Command, map[string]string{"x": url.QueryEscape("%")}, time.Now())); status != 200 {
			t.Errorf("%d", status)
		}
		settle()
		if all := s.bot.Heard(); len(all) != 0 {
			t.Errorf("it heard %+v", all)
		}
	})
}

// TestHTTPFull holds that an event for which there is no room is given again, and heard then.
func TestHTTPFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := crowd(100, 1)
		s := raise(t, o, func(o *slack.Options) { o.SigningSecret = slackfake.SigningSecret })
		s.calls()
		s.accounts.Stall(func() time.Duration { return 30 * time.Second })
		s.bot.Answer(func(turn bot.Turn) (r templates.Reply, err error) {
			if !turn.Overheard {
				r = templates.Reply{About: templates.TopicDone, Text: "heard"}
			}
			return r, nil
		})
		const room, more = 1024, 76
		for i := range room { // what is overheard, and nothing is said to
			s.brought(s.Events(), slackfake.Sign(slackfake.Events, happens(fmt.Sprint("Ev", i), map[string]any{
				"type": "message", "channel": o.Rooms[0].ID, "user": o.People[i%len(o.People)].ID, "ts": fmt.Sprint(i, ".1"),
				"thread_ts": "1.0", "parent_user_id": slackfake.Bot, "text": "hello",
			}), time.Now()))
		}
		for i := range more {
			if _, err := s.User(o.People[i].ID).DM("hello"); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if n := s.Turned(); n != more {
			t.Errorf("there was room for all but %d", n)
		}
		s.accounts.Stall(func() time.Duration { return 0 })
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if heard := len(s.bot.Heard()); heard != room+more || len(s.Feed().Unacked()) > 0 {
			t.Errorf("of %d %d were heard", room+more, heard)
		}
		for i := range more {
			if all := s.direct(o.People[i].ID); len(all) != 1 {
				t.Errorf("there are %d answers", len(all))
			}
		}
	})
}

// TestHTTPStopped holds that nothing is taken that nobody would work on, and that it may run
// again.
func TestHTTPStopped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := ready(t, slackfake.Options{}, func(o *slack.Options) {
			o.Client = slack.NewClient(slack.ClientOptions{BotToken: slackfake.BotToken, Transport: &tally{told: map[string]int{}}})
			o.SigningSecret = slackfake.SigningSecret
		})
		n := 0
		try := func(want int) {
			t.Helper()
			n++
			id := strconv.Itoa(n)
			for _, c := range []struct {
				kind slackfake.Kind
				to   http.Handler
				body any
			}{
				{slackfake.Interactive, s.Interactions(), map[string]any{
					"type": "block_actions", "user": map[string]any{"id": slackfake.Ana}, "actions": []any{map[string]any{"action_ts": id}},
				}},
				{slackfake.Events, s.Events(), happens("Ev"+id, map[string]any{"type": "message", "channel": "D1", "user": slackfake.Ana, "ts": id})},
				{slackfake.Command, s.Commands(), map[string]string{"user_id": slackfake.Ana, "trigger_id": id}},
			} {
				if status, _ := posted(t, c.to, slackfake.Sign(c.kind, c.body, time.Now())); status != want {
					t.Errorf("%s: %d", c.kind, status)
				}
			}
			settle()
		}
		try(503)
		s.run()
		try(200)
		s.stop()
		try(503)
		s.run()
		try(200)
		if heard := len(s.bot.Heard()); heard != 6 {
			t.Errorf("%d were heard", heard)
		}
		if log := s.log.String(); strings.Contains(log, "more comes") || !strings.Contains(log, "does not listen") || s.Turned() != 0 {
			t.Errorf("%d are said to be too much: %s", s.Turned(), log)
		}
	})
}

// TestRunAgain holds that who gets to listen again is heard again.
func TestRunAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		for n := range 3 {
			s.says(slackfake.Ana, slackfake.General, "", mention+"hello")
			s.newest(n + 1)
			if err := s.Run(t.Context()); err == nil {
				t.Error("it runs twice at a time")
			}
			s.stop()
			s.run()
		}
	})
}

// TestLateDrain holds that nothing is taken after the end, even if something did not end in time:
// nobody would work on it.
func TestLateDrain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := served(t)
		s.bot.Stall(func(bot.Turn) time.Duration { return 30 * time.Second })
		try := func(id, action string, want int) {
			t.Helper()
			m := slackfake.Sign(slackfake.Interactive, map[string]any{
				"type": "block_actions", "user": map[string]any{"id": slackfake.Ana}, "trigger_id": id,
				"actions": []any{map[string]any{"action_id": action, "value": "x", "action_ts": id}},
			}, time.Now())
			if status, _ := posted(t, s.Interactions(), m); status != want {
				t.Errorf("%s: %d", action, status)
			}
		}
		try("1", slackcard.ActionDo+"approve", http.StatusOK)
		s.stop()
		try("2", slackcard.ActionDo+"approve", http.StatusServiceUnavailable)
		try("3", slackcard.ActionReason+"reject", http.StatusServiceUnavailable)
		if n := strings.Count(s.log.String(), "left without an answer: the server stops"); n != 1 {
			t.Errorf("it is logged %d times", n)
		}
	})
}
