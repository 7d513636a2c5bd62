package discord_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
)

// building is a far side with many rooms.
type building struct {
	*office
	t    testing.TB
	next atomic.Int64
}

// drawn is how Discord draws a sign: as an emoji, whether the text says so or not.
var drawn = strings.NewReplacer("⚠\ufe0f", "⚠\ufe0f", "⚠", "⚠\ufe0f")

const roomsThere = 120

func room(n int64) string { return fmt.Sprintf("11000000000001%05d", n) }

func (b *building) Address(testing.TB) notify.Address { return at(room(b.next.Add(1))) }

// Got are the messages by their marks.
func (b *building) Got(to notify.Address) (all []notifytest.Got) {
	for _, m := range b.sees(to.To) {
		if len(m.Marks) == 0 {
			b.t.Errorf("it has no mark: %s", m.Shows)
			continue
		}
		id := fmt.Sprint(m.Marks[0])
		i := slices.IndexFunc(all, func(g notifytest.Got) bool { return g.ID == id })
		if i < 0 {
			i, all = len(all), append(all, notifytest.Got{ID: id, Text: drawn.Replace(m.Shows)})
		}
		all[i].Times++
		if len(m.Pings) > 0 {
			b.t.Errorf("it pings %v: %s", m.Pings, m.Shows)
		}
	}
	return all
}

func (b *building) Fail(to notify.Address, what notifytest.Trouble) {
	f := map[notifytest.Trouble]discordfake.Fault{
		notifytest.Broken:   discordfake.Broken(http.StatusServiceUnavailable),
		notifytest.TooFast:  discordfake.TooSoon(notifytest.Rest),
		notifytest.Refused:  {Status: http.StatusBadRequest, Code: 50035, Times: 2}, // as it is, and as its text alone
		notifytest.Closed:   discordfake.Refused(http.StatusForbidden, 50007),
		notifytest.Stranger: discordfake.Refused(http.StatusUnauthorized, 0),
		notifytest.Away:     discordfake.Away(),
		notifytest.LostYes:  discordfake.Lost(),
		notifytest.Silent:   {Hang: true, Keep: true},
	}[what]
	f.Channel = to.To
	b.office.Fail("", f)
}

func (b *building) Secrets(notify.Address) []string {
	return []string{discordfake.Token, "Bot ", "/api/"}
}

// TestKit holds Discord to what every channel must do. That takes seven seconds: so long a
// bucket rests whose call came too soon, and who comes next waits for it.
func TestKit(t *testing.T) {
	t.Parallel()
	o := discordfake.Options{Unlimited: true}
	for n := range int64(roomsThere) {
		o.Rooms = append(o.Rooms, discordfake.Room{ID: room(n), Name: fmt.Sprint("room-", n)})
	}
	notifytest.Run(t, notifytest.Suite{New: func(t testing.TB) (notify.Channel, notifytest.Far) {
		d := discordfake.New(o)
		b := &building{office: open(t, d, d.Start(t)), t: t}
		return b.Channel, b
	}})
}
