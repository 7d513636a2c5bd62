package slack_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
)

// building is a far side with many rooms.
type building struct {
	*office
	t    testing.TB
	next atomic.Int64
}

// drawn is how Slack draws a sign: as an emoji, whether the text says so or not.
var drawn = strings.NewReplacer("⚠\ufe0f", "⚠\ufe0f", "⚠", "⚠\ufe0f")

const roomsThere = 120

func room(n int64) string { return fmt.Sprintf("C0ROOM%04d", n) }

func (b *building) Address(testing.TB) notify.Address { return at(room(b.next.Add(1))) }

// Got are the messages by the name of their first block: Slack knows no second try, but we
// do.
func (b *building) Got(to notify.Address) (all []notifytest.Got) {
	for _, m := range b.sees(to.To) {
		id := first(b.t, m)
		i := slices.IndexFunc(all, func(g notifytest.Got) bool { return g.ID == id })
		if i < 0 {
			i, all = len(all), append(all, notifytest.Got{ID: id, Text: drawn.Replace(m.Shows)})
		}
		all[i].Times++
		if len(m.Pings) > 0 || m.Unfurl {
			b.t.Errorf("it pings %v, it unfurls %t: %s", m.Pings, m.Unfurl, m.Shows)
		}
	}
	return all
}

func (b *building) Fail(to notify.Address, what notifytest.Trouble) {
	f := map[notifytest.Trouble]slackfake.Fault{
		notifytest.Broken:   slackfake.Broken(http.StatusServiceUnavailable),
		notifytest.TooFast:  slackfake.Limited(notifytest.Rest),
		notifytest.Refused:  {Error: "msg_too_long", Times: 2}, // as it is, and as its text alone
		notifytest.Closed:   slackfake.Refused("is_archived"),
		notifytest.Stranger: slackfake.Refused("token_revoked"),
		notifytest.Away:     slackfake.Away(),
		notifytest.LostYes:  slackfake.Lost(),
		notifytest.Silent:   {Hang: true, Keep: true},
	}[what]
	f.Channel = to.To
	b.office.Fail("", f)
}

func (b *building) Secrets(notify.Address) []string {
	return []string{slackfake.BotToken, slackfake.AppToken, "Bearer", "/api/"}
}

// TestKit holds Slack to what every channel must do, over a network and without one.
func TestKit(t *testing.T) {
	t.Parallel()
	o := slackfake.Options{Unlimited: true}
	for n := range int64(roomsThere) {
		o.Rooms = append(o.Rooms, slackfake.Room{ID: room(n), Name: fmt.Sprint("room-", n), Bot: true})
	}
	t.Run("network", func(t *testing.T) {
		t.Parallel()
		notifytest.Run(t, notifytest.Suite{New: func(t testing.TB) (notify.Channel, notifytest.Far) {
			s := slackfake.New(o)
			b := &building{office: open(t, s, slack.ClientOptions{API: s.Start(t)}), t: t}
			return b.Channel, b
		}})
	})
	t.Run("inside", func(t *testing.T) {
		t.Parallel()
		notifytest.Run(t, notifytest.Suite{New: func(t testing.TB) (notify.Channel, notifytest.Far) {
			b := &building{office: inside(t, o), t: t}
			return b.Channel, b
		}})
	})
}
