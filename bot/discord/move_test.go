package discord_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot/discord"
	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/discordcard"
)

// moving runs a test in an office in virtual time.
func moving(t *testing.T, o discordfake.Options, do func(t *testing.T, o *office)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { do(t, inside(t, o)) })
}

// live fails unless a room has one message that can be acted on, which is the last of the
// room and shows a text, and else stubs that point to the next.
func (o *office) live(t *testing.T, room, far, shows string) {
	t.Helper()
	all := o.sees(room)
	for i, m := range all {
		switch last := i == len(all)-1; {
		case last && (m.ID != idOf(far) || !strings.Contains(m.Shows, shows)):
			t.Errorf("%s is the last, and shows %q", m.ID, m.Shows)
		case !last && len(m.Buttons) > 1:
			t.Errorf("an old message has buttons: %+v", m.Buttons)
		case !last && !strings.Contains(string(m.Components), "/"+room+"/"+all[i+1].ID):
			t.Errorf("message %d does not point to %s: %s", i, all[i+1].ID, m.Components)
		}
	}
}

// TestHour holds that the card of a task that takes three hours, changed every two minutes, is
// never refused: it moves in time, leaves stubs, and there is one of it. What goes on stands in
// one thread, and the end is shown where the card is.
func TestHour(t *testing.T) {
	t.Parallel()
	moving(t, discordfake.Options{OldEdits: -1}, func(t *testing.T, o *office) {
		d := begin(t, "task_1", "CRM")
		first := o.send(t, "#general", d.card())
		far, moves := first, 0
		for n := range 90 {
			time.Sleep(2 * time.Minute)
			d.at(t, float64(n+1))
			next := o.edit(t, "#general", far, d.card())
			if next != far {
				moves++
				o.live(t, discordfake.General, next, "CRM")
			}
			far = next
			if n%25 == 24 {
				o.send(t, "#general", d.below("after "+time.Now().String(), far))
			}
		}
		if moves != 3 || len(o.sees(discordfake.General)) != 4 {
			t.Errorf("%d moves, %d messages", moves, len(o.sees(discordfake.General)))
		}
		for _, m := range o.sees(discordfake.General)[1:] {
			if m.ReplyTo != idOf(first) || len(m.Pings) > 0 || m.Flags&discordfake.Silent == 0 {
				t.Errorf("%s is a reply to %s, flags %b", m.ID, m.ReplyTo, m.Flags)
			}
		}
		if threads := o.room(discordfake.General).Threads(); len(threads) != 1 || threads[0].ID() != idOf(first) || len(threads[0].Messages()) != 3 {
			t.Errorf("%d threads", len(threads))
		}
		d.end(t)
		if got := o.edit(t, "#general", far, d.card()); got != far {
			t.Errorf("the end stands at %s", got)
		}
		o.live(t, discordfake.General, far, "CRM")
		for _, c := range o.Discord.Calls(discordfake.EditMessage) {
			if c.Status != http.StatusOK {
				t.Errorf("%+v", c)
			}
		}
		if limited := o.Limited(); len(limited) > 0 {
			t.Errorf("%+v", limited)
		}
	})
}

// TestMovedMeanwhile holds that a process which ends while a card moves costs no second card,
// wherever it ends, and however late the next one begins.
func TestMovedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, down := range []time.Duration{0, 30 * time.Minute, 3 * time.Hour} {
		for name, fault := range map[string]func(o *office){
			"before it is posted":     func(o *office) { o.Fail(discordfake.CreateMessage, discordfake.Away()) },
			"before that is heard":    func(o *office) { o.Fail(discordfake.CreateMessage, discordfake.Lost()) },
			"before the stub":         func(o *office) { o.Fail(discordfake.EditMessage, discordfake.Away()) },
			"before that is heard of": func(o *office) { o.Fail(discordfake.EditMessage, discordfake.Lost()) },
			"before it is written":    func(*office) {},
		} {
			moving(t, discordfake.Options{OldEdits: -1}, func(t *testing.T, o *office) {
				d := begin(t, "task_1", "CRM")
				far := o.send(t, discordfake.General, d.card())
				time.Sleep(56 * time.Minute)
				fault(o)
				_, _ = o.Edit(t.Context(), at(discordfake.General), far, d.card()) // nobody hears of it
				o.Fail(discordfake.CreateMessage)
				o.again()
				time.Sleep(down)
				d.at(t, 42)
				next := o.edit(t, discordfake.General, far, d.card())
				all := o.sees(discordfake.General)
				live := 0
				for _, m := range all {
					if len(m.Buttons) > 1 {
						live++
					}
				}
				if live != 1 || next != discordfake.General+"/"+all[len(all)-1].ID || len(all) > 3 || !strings.Contains(all[len(all)-1].Shows, "42") {
					t.Errorf("%s, for %s: %d live, %d messages, the last %q", name, down, live, len(all), all[len(all)-1].Shows)
				}
			})
		}
	}
}

// TestEndedMeanwhile holds that a task which ends while its card moves, before anybody has heard of
// the new one, leaves no card behind that goes on for ever.
func TestEndedMeanwhile(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(o *office){
		"before it is posted":  func(o *office) { o.Fail(discordfake.CreateMessage, discordfake.Away()) },
		"before that is heard": func(o *office) { o.Fail(discordfake.CreateMessage, discordfake.Lost()) },
		"before the stub":      func(o *office) { o.Fail(discordfake.EditMessage, discordfake.Away()) },
		"before it is written": func(*office) {},
	} {
		moving(t, discordfake.Options{OldEdits: -1}, func(t *testing.T, o *office) {
			d := begin(t, "task_1", "CRM")
			far := o.send(t, discordfake.General, d.card())
			time.Sleep(56 * time.Minute)
			fault(o)
			_, _ = o.Edit(t.Context(), at(discordfake.General), far, d.card()) // nobody hears of it
			o.Fail(discordfake.CreateMessage)
			d.end(t)
			next := o.edit(t, discordfake.General, far, d.card())
			if only := o.only(t, discordfake.General); next != discordfake.General+"/"+only.ID || strings.Contains(only.Shows, "goes on below") {
				t.Errorf("%s: it is at %s, and there is %+v", name, next, only)
			}
		})
	}
}

// TestWrongClock holds that a server whose clock is wrong by an hour fills no channel: a card moves
// once too often, or too late, and then as it should.
func TestWrongClock(t *testing.T) {
	t.Parallel()
	for ahead, most := range map[time.Duration]int{time.Hour: 3, 26 * time.Hour: 3, -time.Hour: 2} {
		moving(t, discordfake.Options{OldEdits: -1}, func(t *testing.T, o *office) {
			o.Channel = discord.NewChannel(discord.ChannelOptions{
				Client: o.client, Cards: discordcard.New(book()), Sealer: o.sealer, Keep: o.keep, Now: func() time.Time { return time.Now().Add(ahead) },
			})
			d := begin(t, "task_1", "CRM")
			far := o.send(t, discordfake.General, d.card())
			for n := range 50 {
				time.Sleep(2 * time.Minute)
				d.at(t, float64(n+1))
				far = o.edit(t, discordfake.General, far, d.card())
			}
			if n := len(o.sees(discordfake.General)); n > most || idOf(far) != o.last(t, discordfake.General).ID {
				t.Errorf("%s: %d messages", ahead, n)
			}
		})
	}
}

// TestMoveBlind holds that a card moves in a channel in which the bot may not look back: it stands
// there alone, and is no reply.
func TestMoveBlind(t *testing.T) {
	t.Parallel()
	moving(t, discordfake.Options{OldEdits: -1}, func(t *testing.T, o *office) {
		d := begin(t, "task_1", "CRM")
		far := o.send(t, discordfake.General, d.card())
		o.room(discordfake.General).Deny(discordfake.ReadHistory)
		for range 2 {
			time.Sleep(56 * time.Minute)
			far = o.edit(t, discordfake.General, far, d.card())
			o.live(t, discordfake.General, far, "CRM")
		}
		if n := len(o.sees(discordfake.General)); n != 3 {
			t.Errorf("%d messages", n)
		}
	})
}

// TestOldAndGone holds that a card which somebody has deleted before it moves is sent anew, and
// one whose stub cannot be written is deleted.
func TestOldAndGone(t *testing.T) {
	t.Parallel()
	moving(t, discordfake.Options{OldEdits: -1}, func(t *testing.T, o *office) {
		d, other := begin(t, "task_1", "CRM"), begin(t, "task_2", "Website")
		far, gone := o.send(t, discordfake.General, d.card()), o.send(t, discordfake.General, other.card())
		time.Sleep(2 * time.Hour)
		next := o.edit(t, discordfake.General, far, d.card())
		if _, there := o.room(discordfake.General).Message(idOf(far)); there || next == far {
			t.Errorf("the old one is there, and the new one is %s", next)
		}
		o.room(discordfake.General).Delete(idOf(gone))
		if f := o.unedited(t, discordfake.General, gone, other.card()); f.Fate != notify.Gone {
			t.Error(f)
		}
		if n := len(o.sees(discordfake.General)); n != 1 {
			t.Errorf("%d messages", n)
		}
	})
}

// TestLastPicture holds that what has come to its end is changed where it stands, however old;
// and where Discord does not take that, stands below once, with nothing left behind.
func TestLastPicture(t *testing.T) {
	t.Parallel()
	for name, show := range map[string]func(t *testing.T, d *deed) notify.Message{
		"an end": func(t *testing.T, d *deed) notify.Message { d.end(t); return d.card() },
		"a question": func(t *testing.T, d *deed) notify.Message {
			asks := d.last
			d.do(t, progress.Approve{Step: 2})
			d.last = asks
			return d.letter()
		},
		"an answer": func(*testing.T, *deed) notify.Message { return answer("msg_said", "hello") },
	} {
		moving(t, discordfake.Options{OldEdits: 1}, func(t *testing.T, o *office) {
			d := asked(t, "task_1", "CRM")
			far := o.send(t, discordfake.General, d.letter())
			time.Sleep(2 * time.Hour)
			m := show(t, d)
			if got := o.edit(t, discordfake.General, far, m); got != far {
				t.Errorf("%s is at %s", name, got)
			}
			o.Fail(discordfake.DeleteMessage, discordfake.Broken(http.StatusServiceUnavailable))
			if f := o.unedited(t, discordfake.General, far, m); f.Fate != notify.Transient {
				t.Errorf("%s: %v", name, f)
			}
			got := o.edit(t, discordfake.General, far, m)
			only := o.only(t, discordfake.General)
			if got == far || idOf(got) != only.ID || only.ReplyTo != idOf(far) {
				t.Errorf("%s is at %s, %+v", name, got, only)
			}
		})
	}
}

// TestBoardMoves holds that a board moves like a card, in direct messages too, where what it
// leaves points to a message there.
func TestBoardMoves(t *testing.T) {
	t.Parallel()
	moving(t, discordfake.Options{}, func(t *testing.T, o *office) {
		board := func(text string) notify.Message {
			return notify.Message{ID: "msg_board", Class: notify.ClassProgress, Notice: &templates.Notice{Title: "9 tasks at work", Text: text}}
		}
		far := o.send(t, "@"+discordfake.Ana, board("one"))
		time.Sleep(56 * time.Minute)
		next := o.edit(t, "@"+discordfake.Ana, far, board("two"))
		all := o.room(discordfake.Ana).Messages()
		if next == far || len(all) != 2 || !strings.Contains(all[1].Shows, "two") || !strings.Contains(string(all[0].Components), "/"+next) {
			t.Errorf("%s, %+v", next, all)
		}
		time.Sleep(54 * time.Minute)
		if got := o.edit(t, "@"+discordfake.Ana, next, board("three")); got != next {
			t.Errorf("it moves to %s", got)
		}
	})
}

// TestThreadOfMoved holds that after a move and a restart letters stand in the thread that
// there is, or in a new one if its first message is gone.
func TestThreadOfMoved(t *testing.T) {
	t.Parallel()
	moving(t, discordfake.Options{}, func(t *testing.T, o *office) {
		d := begin(t, "task_1", "CRM")
		first := o.send(t, discordfake.General, d.card())
		o.send(t, discordfake.General, d.below("one", first))
		far := first
		for range 2 {
			time.Sleep(56 * time.Minute)
			far = o.edit(t, discordfake.General, far, d.card())
		}
		two := d.below("two", far)
		o.again()
		if got := o.finds(t, discordfake.General, two); got != "" {
			t.Error(got)
		}
		sent := o.send(t, discordfake.General, two)
		o.again()
		if all := o.sees(idOf(first)); len(all) != 2 || o.finds(t, discordfake.General, two) != sent {
			t.Errorf("%d in the thread", len(all))
		}
		o.again()
		o.room(idOf(first)).Remove()
		o.room(discordfake.General).Delete(idOf(first))
		o.send(t, discordfake.General, d.below("three", far))
		if all := o.sees(idOf(far)); len(all) != 1 {
			t.Errorf("%d in the new thread", len(all))
		}
	})
}

// TestAllFail holds that nothing which can go wrong while a card moves leaves it in doubt, or
// says a secret.
func TestAllFail(t *testing.T) {
	t.Parallel()
	for _, call := range []string{
		discordfake.ListMessages, discordfake.GetMessage, discordfake.CreateMessage, discordfake.EditMessage, discordfake.GetChannel, discordfake.GetMe,
	} {
		moving(t, discordfake.Options{}, func(t *testing.T, o *office) {
			d := begin(t, "task_1", "CRM")
			far := o.send(t, discordfake.General, d.card())
			time.Sleep(56 * time.Minute)
			o.Fail(call, discordfake.Broken(http.StatusBadGateway), discordfake.TooSoon(time.Minute))
			if f := o.unedited(t, discordfake.General, far, d.card()); f.Fate != notify.Transient {
				t.Errorf("%s: %v", call, f)
			}
			if f := o.unedited(t, discordfake.General, far, d.card()); f.Fate != notify.Limited || f.After != time.Minute {
				t.Errorf("%s: %v after %s", call, f, f.After)
			}
			time.Sleep(time.Minute)
			far = o.edit(t, discordfake.General, far, d.card())
			o.live(t, discordfake.General, far, "CRM")
			if n := len(o.sees(discordfake.General)); n != 2 {
				t.Errorf("%s: %d messages", call, n)
			}
		})
	}
}
