package slackfake

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Slack holds back events of a workspace where more than 30,000 happen in an hour, and says
// so once a minute.
func TestTooManyEvents(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{})
		defer s.Close()
		for range mostEvents - 1 {
			if ok, _ := s.hub.hours.admits(); !ok {
				t.Fatal("too early")
			}
		}
		say := func() {
			if _, err := s.User(Ana).DM("x"); err != nil {
				t.Fatal(err)
			}
		}
		say() // the last one
		say()
		say()
		time.Sleep(time.Minute)
		say()
		var types []string
		for _, d := range s.Feed().Sent() {
			types = append(types, strings.Trim(string(d.Payload[strings.LastIndex(string(d.Payload), `"type":`)+7:]), `"}`))
		}
		if got := strings.Join(types, " "); got != "event_callback app_rate_limited app_rate_limited" {
			t.Errorf("got %s", got)
		}
		time.Sleep(time.Hour)
		say()
		if len(s.Feed().Sent()) != 4 {
			t.Error("after an hour it is still too many")
		}
	})
}
