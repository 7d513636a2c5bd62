package slack_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
)

// TestNames holds how places are written.
func TestNames(t *testing.T) {
	t.Parallel()
	o := inside(t, slackfake.Options{Unlimited: true})
	for _, to := range []string{"#general", "#General", slackfake.General} {
		if far := o.send(t, to, note(to)); !strings.HasPrefix(far, slackfake.General+"/") {
			t.Errorf("%s is %s", to, far)
		}
	}
	if lists := len(o.Slack.Calls("conversations.list")); lists != 1 {
		t.Errorf("%d lists", lists)
	}
	for _, bad := range []string{"general", "#", "# general", "#gen eral", "#<!channel>", "c0general1", "C", "@ana", "#" + strings.Repeat("x", 81), "#\x00"} {
		if f := o.fails(t, bad, note("hello")); f.Fate != notify.Rejected || !strings.Contains(f.Error(), "write a channel as #name") {
			t.Errorf("%q: %v", bad, f)
		}
	}
}

// TestMissingName holds that a channel which nobody has made yet, or in which the app is not,
// is looked for again, but not all the time; and that what to do is said.
func TestMissingName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := inside(t, slackfake.Options{Scopes: scopes()})
		for range 5 {
			f := o.fails(t, "#no-such-room", note("hello"))
			if f.Fate != notify.Transient || f.Doubt || !strings.Contains(f.Error(), "there is no channel #no-such-room") || !strings.Contains(f.Error(), "/invite @herald") {
				t.Errorf("%v", f)
			}
			time.Sleep(time.Second)
		}
		if lists := len(o.Slack.Calls("conversations.list")); lists != 1 {
			t.Errorf("%d lists", lists)
		}
		time.Sleep(time.Minute)
		if f := o.fails(t, "#secret", note("hello")); f.Fate != notify.Transient {
			t.Errorf("%v", f)
		}
		if lists := len(o.Slack.Calls("conversations.list")); lists != 2 {
			t.Errorf("%d lists after a minute", lists)
		}
		if f := o.fails(t, "#random", note("hello")); f.Fate != notify.Transient || !strings.Contains(f.Error(), "not_in_channel: bring Herald into the channel") {
			t.Errorf("%v", f)
		}
	})
}

// TestManyNames holds that the list is read in pages, that it goes on where it stopped when
// Slack has had enough, and that many who ask at once read it once.
func TestManyNames(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		opts := slackfake.Options{Unlimited: true}
		for n := range int64(2000) {
			opts.Rooms = append(opts.Rooms, slackfake.Room{ID: room(n), Name: fmt.Sprint("room-", n), Bot: true, Members: []string{slackfake.Ana}})
		}
		o := inside(t, opts)
		o.Fail("conversations.list", slackfake.Fault{}, slackfake.Limited(10*time.Second))
		if f := o.fails(t, "#room-1999", note("hello")); f.Fate != notify.Limited || f.After != 10*time.Second {
			t.Errorf("%v", f)
		}
		var wg sync.WaitGroup
		for n := range 20 {
			wg.Go(func() {
				if _, err := o.Send(t.Context(), at(fmt.Sprint("#room-", 100*n)), note("hello")); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if lists := len(o.Slack.Calls("conversations.list")); lists > 6 {
			t.Errorf("%d pages", lists)
		}
	})
}

// TestNameMoves holds that a name is looked up anew once its channel is gone, and every hour.
func TestNameMoves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := inside(t, slackfake.Options{})
		o.send(t, "#deploys", note("one"))
		o.Fail("chat.postMessage", slackfake.Refused("channel_not_found"))
		if f := o.fails(t, "#deploys", note("two")); f.Fate != notify.Transient {
			t.Errorf("%v", f)
		}
		time.Sleep(time.Minute)
		o.send(t, "#deploys", note("three"))
		if lists := len(o.Slack.Calls("conversations.list")); lists != 2 {
			t.Errorf("%d lists", lists)
		}
		time.Sleep(time.Hour)
		o.send(t, "#deploys", note("four"))
		if lists := len(o.Slack.Calls("conversations.list")); lists != 3 {
			t.Errorf("%d lists after an hour", lists)
		}
		time.Sleep(time.Hour)
		o.Fail("conversations.list", slackfake.Refused("invalid_cursor"))
		if f := o.fails(t, "#deploys", note("five")); f.Fate != notify.Transient {
			t.Errorf("%v", f)
		}
		o.send(t, "#deploys", note("five"))
	})
}
