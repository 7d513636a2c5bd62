package slack_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/templates/slackcard"
)

// chatter has somebody press a button every so often for a time, and fails unless each press
// is acknowledged, heard and answered.
func (s *stand) chatter(every, d time.Duration) {
	s.t.Helper()
	card := s.pinned(slackfake.General, "", "t1", keys())
	before := len(s.bot.Heard())
	var all []*slackfake.Delivery
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(every) {
		p, err := s.User(slackfake.Ana).Press(card, slackcard.ActionDo+"approve")
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, p)
	}
	time.Sleep(time.Minute)
	lost := 0
	for _, p := range all {
		if p.Wait(context.Background()) != nil {
			lost++
		}
	}
	if heard := len(s.bot.Heard()) - before; lost > 0 || heard != len(all) {
		s.t.Errorf("of %d presses %d were not acknowledged, and %d were heard", len(all), lost, heard)
	}
}

// TestRefresh holds that nothing is lost while Slack wants another connection: it is there
// before the old one goes. People press all the time from before it does until after that.
func TestRefresh(t *testing.T) {
	t.Parallel()
	for _, reason := range []string{"warning", "refresh_requested"} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := raise(t, slackfake.Options{Unlimited: true}, nil)
				for range 5 {
					time.Sleep(2 * time.Minute)
					time.AfterFunc(5*time.Second, func() { s.Feed().Disconnect(reason) })
					s.chatter(200*time.Millisecond, 30*time.Second) // until the old one is gone too
				}
				if n := s.Feed().Connections(); n != 1 {
					t.Errorf("there are %d connections", n)
				}
				if n := len(s.Calls("apps.connections.open")); n != 6 {
					t.Errorf("%d connections were asked for", n)
				}
			})
		})
	}
}

// TestRefreshByItself holds the same of connections that Slack lets live for an hour.
func TestRefreshByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{Unlimited: true, Refresh: time.Hour}, nil)
		s.chatter(29*time.Second, 5*time.Hour)
		if n := len(s.Calls("apps.connections.open")); n < 5 || n > 7 {
			t.Errorf("%d connections were asked for", n)
		}
	})
}

// TestDropped holds that a connection that breaks, or says nothing any more, is replaced
// soon, and events that came meanwhile are heard.
func TestDropped(t *testing.T) {
	t.Parallel()
	for name, breaks := range map[string]func(*stand){"drop": func(s *stand) { s.Feed().Drop() }, "freeze": func(s *stand) { s.cables.cut() }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := raise(t, slackfake.Options{}, nil)
				time.Sleep(2 * time.Minute)
				breaks(s)
				if _, err := s.User(slackfake.Ana).DM("are you there?"); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * time.Minute)
				s.newest(1)
				s.chatter(time.Second, time.Minute)
			})
		})
	}
}

// TestNoHotLoop holds that Slack is not called time and again where it gives no connection, or
// none that lasts.
func TestNoHotLoop(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		fails    func(s *stand)
		most     int
		says     string
		recovers time.Duration
	}{
		{"it ends at once", func(s *stand) {
			go func() {
				for range 3600 {
					s.Feed().Drop()
					time.Sleep(time.Second)
				}
			}()
		}, 40, "did not last", time.Hour + 6*time.Minute},
		{"it is switched off", func(s *stand) { s.Feed().Disable(true); time.AfterFunc(time.Hour, func() { s.Feed().Disable(false) }) }, 30, "Socket Mode", time.Hour + 6*time.Minute},
		{"the token is no good", func(s *stand) {
			s.Fail("apps.connections.open", slackfake.Fault{Error: "invalid_auth", Times: -1})
			s.Feed().Drop()
			time.AfterFunc(time.Hour, func() { s.Fail("apps.connections.open") })
		}, 16, "slack.app_token", time.Hour + 6*time.Minute},
		{"Slack is down", func(s *stand) {
			s.Fail("apps.connections.open", slackfake.Fault{Status: 503, Times: -1})
			s.Feed().Drop()
			time.AfterFunc(time.Hour, func() { s.Fail("apps.connections.open") })
		}, 40, "no connection to Slack", time.Hour + 6*time.Minute},
		{"it wants to be left alone", func(s *stand) {
			s.Fail("apps.connections.open", slackfake.Limited(10*time.Minute))
			s.Feed().Drop()
		}, 3, "again_in=10m", 11 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := raise(t, slackfake.Options{}, nil)
				time.Sleep(2 * time.Minute)
				c.fails(s)
				time.Sleep(c.recovers)
				if n := len(s.Calls("apps.connections.open")); n > c.most {
					t.Errorf("%d connections were asked for", n)
				}
				if log := s.log.String(); !strings.Contains(log, c.says) || strings.Contains(log, "wss://") || strings.Contains(log, slackfake.AppToken) {
					t.Errorf("the log does not say %q, or too much: %s", c.says, log)
				}
				s.chatter(time.Second, 10*time.Second)
			})
		})
	}
}

// TestEnd holds that what was acknowledged is answered before the end, and that the end comes
// even if it cannot be.
func TestEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		card := s.pinned(slackfake.General, "", "t1", keys())
		s.accounts.Stall(func() time.Duration { return 3 * time.Second })
		for range 10 {
			if _, err := s.User(slackfake.Ana).Press(card, slackcard.ActionPress+"0"); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		s.accounts.Stall(func() time.Duration { return 0 })
		s.stop()
		if all := s.User(slackfake.Ana).Sees(slackfake.General); len(all) != 11 {
			t.Errorf("there are %d messages", len(all))
		}
		if s.Feed().Connections() != 0 {
			t.Error("the connection is open still")
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		s.accounts.Stall(func() time.Duration { return time.Hour })
		s.presses(slackfake.Ana, s.pinned(slackfake.General, "", "t1", keys()), slackcard.ActionPress+"0")
		began := time.Now()
		s.stop()
		if took := time.Since(began); took > 11*time.Second || !strings.Contains(s.log.String(), "without an answer") {
			t.Errorf("it took %s: %s", took, s.log)
		}
	})
}

// TestFrames holds that nothing that comes over the socket is too much: each envelope is
// acknowledged, and the connection goes on.
func TestFrames(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, slackfake.Options{}, nil)
		for i, payload := range []any{
			nil, "text", 7, []any{}, map[string]any{}, map[string]any{"type": "event_callback", "event": "x"}, map[string]any{"type": "event_callback", "event": nil},
			map[string]any{"type": []any{1}, "event_id": map[string]any{}, "event": map[string]any{"type": 1}},
			map[string]any{"type": "block_actions"}, map[string]any{"type": "block_actions", "user": nil, "actions": map[string]any{}},
			map[string]any{"type": "block_actions", "user": map[string]any{"id": 7}, "actions": []any{nil}},
			map[string]any{"user_id": []any{}, "text": nil}, map[string]any{"deep": strings.Repeat("[", 100)},
		} {
			for _, kind := range []slackfake.Kind{slackfake.Events, slackfake.Interactive, slackfake.Command, "brand_new"} {
				if err := s.Feed().Send(kind, payload).Wait(t.Context()); err != nil {
					t.Errorf("%d, %s: %v", i, kind, err)
				}
			}
		}
		settle()
		if n := len(s.Calls("apps.connections.open")); n != 1 || len(s.Feed().Unacked()) != 0 || s.Feed().TooLarge() != 0 {
			t.Errorf("%d connections, %d not acknowledged", n, len(s.Feed().Unacked()))
		}
		if all := s.bot.Heard(); len(all) != 0 {
			t.Errorf("it heard %+v", fmt.Sprint(all))
		}
	})
}
