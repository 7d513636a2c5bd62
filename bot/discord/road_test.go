package discord_test

import (
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/chat/roadtest"
	"github.com/taskherald/herald/bot/discord"
	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// onRoad runs a test of the whole road to a server, in virtual time.
func onRoad(t *testing.T, o discordfake.Options, rules []notify.Rule, test func(t *testing.T, r *roadtest.Road, off *office)) {
	t.Helper()
	var off *office
	open := func(t testing.TB) roadtest.Far {
		off = inside(t, o)
		return roadtest.Far{Channel: off.Channel, Name: discord.Name, Close: off.Close, Shows: func(far string) (string, bool) {
			m, ok := off.at(far)
			return m.Shows, ok
		}}
	}
	roadtest.On(t, rules, open, func(t *testing.T, r *roadtest.Road) { test(t, r, off) })
}

// at is a message by its name in receipts; ok is false if it is not there.
func (o *office) at(far string) (m discordfake.Message, ok bool) {
	channel, id, _ := strings.Cut(far, "/")
	return o.room(channel).Message(id)
}

// patient fails if a call came too soon.
func (o *office) patient(t testing.TB) {
	t.Helper()
	if all := o.Limited(); len(all) > 0 {
		t.Errorf("%d calls came too soon, first %+v", len(all), all[0])
	}
}

// TestLongTask is a task of three hours, with a restart of the server, a card that somebody deletes,
// and ten minutes in which Discord is down: there is always one card, never older than what it has
// to be, which moves before it is an hour old and leaves behind what says where it goes on.
func TestLongTask(t *testing.T) {
	rules := []notify.Rule{{Tell: []string{"discord:" + discordfake.Deploys}}}
	onRoad(t, discordfake.Options{}, rules, func(t *testing.T, r *roadtest.Road, off *office) {
		const deleted, down, back = 40 * time.Minute, 80 * time.Minute, 90 * time.Minute
		lost := ""
		d, oldest, fars := r.Long(discordfake.Deploys, roadtest.Watch{
			Trouble: func(after time.Duration, d *roadtest.Drop) {
				switch after {
				case 20 * time.Minute, 130 * time.Minute:
					r.Stop()
					off.again()
					r.Far.Channel = off.Channel
					r.Start()
				case deleted:
					_, lost, _ = d.Card()
					off.room(discordfake.Deploys).Delete(idOf(lost))
				case down:
					off.Fail("", always(discordfake.Broken(503)))
				case back:
					off.Fail("")
				}
			},
			Excused: func(after time.Duration) bool { // nobody has said that it is gone: the next picture finds out
				return after >= deleted && after < deleted+2*time.Minute || after >= down && after < back+90*time.Second
			},
		})
		r.Does(d.ID, progress.Report{Status: progress.Completed})
		roadtest.Pass(10 * time.Second)
		text, last, _ := d.Card()
		if !strings.Contains(text, "✓") {
			t.Errorf("the last card says\n%s", text)
		}
		for n, far := range fars {
			m, ok := off.at(far)
			switch {
			case far == lost, far == last:
			case !ok || len(m.Links) != 1 || len(m.Buttons) != 0 || !strings.HasSuffix(m.Links[0], fars[n+1]):
				t.Errorf("of card %d there is left: %+v", n, m)
			}
		}
		if end := off.last(t, discordfake.Deploys); end.ReplyTo != idOf(last) || !strings.Contains(end.Shows, "ready") {
			t.Errorf("the end is %+v", end)
		}
		off.patient(t)
		t.Logf("%d edits, %d cards, the oldest %v", len(off.Discord.Calls(discordfake.EditMessage)), len(fars), oldest)
		if oldest > 90*time.Second || len(fars) < 4 {
			t.Errorf("a card was %v old; there were %d", oldest, len(fars))
		}
	})
}

// TestStorm is fifty tasks over ten channels of one server for ten minutes, for less than one
// under the race detector: Discord is never asked too
// often, no card is ever older than ninety seconds, and what asks or is over is shown within five.
func TestStorm(t *testing.T) {
	o := discordfake.Options{}
	for n := range roadtest.StormRooms {
		o.Rooms = append(o.Rooms, discordfake.Room{ID: room(int64(n)), Name: roadtest.StormRoom(n)})
	}
	onRoad(t, o, roadtest.StormRules(discord.Name), func(t *testing.T, r *roadtest.Road, off *office) {
		oldest, slowest := r.Storm(time.Duration(often(600, 40)) * time.Second)
		off.patient(t)
		t.Logf("%d edits; the oldest card %v, the slowest of what cannot wait %v", len(off.Discord.Calls(discordfake.EditMessage)), oldest, slowest)
		if oldest > 90*time.Second || slowest > 5*time.Second {
			t.Errorf("a card was %v old, and what cannot wait took %v", oldest, slowest)
		}
	})
}
