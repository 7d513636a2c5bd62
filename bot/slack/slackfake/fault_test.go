package slackfake_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/bot/slack/slackfake"
)

// Each fault, what slack-go makes of it, and whether the message is there afterwards.
func TestFaults(t *testing.T) {
	reset := func(err error) bool { return errors.Is(err, syscall.ECONNRESET) }
	code := func(want int) func(error) bool {
		return func(err error) bool {
			status, ok := errors.AsType[slack.StatusCodeError](err)
			return ok && status.Code == want
		}
	}
	late := func(err error) bool { return errors.Is(err, context.DeadlineExceeded) }
	said := func(want string) func(error) bool {
		return func(err error) bool { return err != nil && err.Error() == want }
	}
	garbled := func(err error) bool { return err != nil && strings.Contains(err.Error(), "EOF") }
	none := func(err error) bool { return err == nil }
	for name, c := range map[string]struct {
		fault slackfake.Fault
		is    func(error) bool
		there bool
		took  time.Duration
	}{
		"500":              {slackfake.Broken(500), code(500), false, 0},
		"503":              {slackfake.Broken(503), code(503), false, 0},
		"503, done":        {slackfake.Fault{Status: 503, Body: "x", Keep: true}, code(503), true, 0},
		"away":             {slackfake.Away(), reset, false, 0},
		"lost":             {slackfake.Lost(), reset, true, 0},
		"hangs":            {slackfake.Fault{Hang: true}, late, false, 10 * time.Second},
		"hangs, done":      {slackfake.Fault{Hang: true, Keep: true}, late, true, 10 * time.Second},
		"slow":             {slackfake.Fault{Slow: 3 * time.Second}, none, true, 3 * time.Second},
		"too slow":         {slackfake.Fault{Slow: 11 * time.Second}, late, false, 10 * time.Second},
		"slow, then away":  {slackfake.Fault{Slow: time.Second, Drop: true}, reset, false, time.Second},
		"a code":           {slackfake.Refused("fatal_error"), said("fatal_error"), false, 0},
		"a code, done":     {slackfake.Fault{Error: "internal_error", Keep: true}, said("internal_error"), true, 0},
		"garbled":          {slackfake.Garbled(), garbled, true, 0},
		"huge":             {slackfake.Fault{Huge: 1 << 20}, none, true, 0},
		"another channel":  {slackfake.Fault{Error: "x", Channel: slackfake.Deploys}, none, true, 0},
		"the same channel": {slackfake.Fault{Error: "x", Channel: slackfake.General}, said("x"), false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
				s.Fail("chat.postMessage", c.fault)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				began := time.Now()
				_, _, err := inside(s).PostMessageContext(ctx, slackfake.General, slack.MsgOptionText("x", false))
				equal(t, "it took", time.Since(began), c.took)
				if !c.is(err) {
					t.Errorf("got %#v", err)
				}
				equal(t, "the message is there", len(s.Channel(slackfake.General).Messages()) == 1, c.there)
			})
		})
	}
}

// Over a network the same faults show in the same way.
func TestFaultsOutside(t *testing.T) {
	t.Parallel()
	s := slackfake.New(slackfake.Options{Unlimited: true})
	api := outside(t, s)
	for name, f := range map[string]slackfake.Fault{"away": slackfake.Away(), "lost": slackfake.Lost(), "hang": {Hang: true}, "garbled": slackfake.Garbled()} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		s.Fail("chat.postMessage", f)
		if _, _, err := api.PostMessageContext(ctx, slackfake.General, slack.MsgOptionText(name, false)); err == nil {
			t.Errorf("%s: all is well", name)
		}
		cancel()
	}
	words := texts(s.Channel("general").Messages())
	if !strings.Contains(words, "lost") || !strings.Contains(words, "garbled") || strings.Contains(words, "away") || strings.Contains(words, "hang") {
		t.Errorf("got %s", words)
	}
}

func TestFaultsCome(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		s.Fail("auth.test", slackfake.Fault{Error: "a", Times: 2}, slackfake.Refused("b"))
		s.Fail("", slackfake.Refused("c"))
		for _, want := range []string{"a", "a", "b", "c", ""} {
			refused(t, s, want, "auth.test")
		}
		s.Fail("auth.test", slackfake.Fault{Error: "always", Times: -1})
		for range 3 {
			refused(t, s, "always", "auth.test")
		}
		s.Fail("auth.test")
		refused(t, s, "", "auth.test")
	})
}

// A client's own patience is noticed too, which is how an http.Client gives up.
func TestHangEndsWithTheClient(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		s.Fail("auth.test", slackfake.Fault{Hang: true})
		api := slack.New(slackfake.BotToken, slack.OptionHTTPClient(&http.Client{Transport: s.Transport(), Timeout: 5 * time.Second}))
		began := time.Now()
		if _, err := api.AuthTest(); err == nil {
			t.Error("all is well")
		}
		equal(t, "it took", time.Since(began), 5*time.Second)
	})
}
