package discord_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/discord"
	"github.com/taskherald/herald/bot/discord/discordfake"
)

// TestMissedPress holds that what is pressed and said while the connection is down arrives when the
// session goes on, once, and is done, though Discord takes no first answer any more.
func TestMissedPress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		down func(f *discordfake.Feed)
	}{
		{"dropped", (*discordfake.Feed).Drop}, {"silent", (*discordfake.Feed).Freeze}, {"asked to go", (*discordfake.Feed).Disconnect},
		{"to be resumed", func(f *discordfake.Feed) { f.Invalidate(true) }}, {"closed", func(f *discordfake.Feed) { f.CloseWith(4000, "") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := raise(t, discordfake.Options{Unlimited: true}, nil)
				card := s.pinned(discordfake.General, "t1", keys())
				s.says(discordfake.Ana, discordfake.App, "hi")
				starts := s.Feed().Starts()
				time.Sleep(time.Minute)
				c.down(s.Feed())
				const n = 20
				for range n {
					if _, err := s.User(discordfake.Ana).Press(card, keyDo); err != nil {
						t.Fatal(err)
					}
					if _, err := s.User(discordfake.Ben).Say(discordfake.General, mention+"well?"); err != nil {
						t.Fatal(err)
					}
					time.Sleep(200 * time.Millisecond)
				}
				time.Sleep(3 * time.Minute)
				if heard := len(s.bot.Heard()); heard != 1+2*n || s.Feed().Starts() != starts {
					t.Errorf("%d of %d were heard, in %d sessions", heard, 1+2*n, s.Feed().Starts())
				}
				told := len(s.direct(discordfake.Ana)) - 1
				for _, m := range s.User(discordfake.Ana).Sees(discordfake.General) {
					if m.Only == discordfake.Ana && !m.Waiting {
						told++
					}
				}
				if told != n {
					t.Errorf("%d of %d presses were answered", told, n)
				}
				t.Logf("%d of %d came too late for a first answer", len(s.Feed().Unanswered()), n)
			})
		})
	}
}

// TestNewSession holds that after the session is lost, to nobody or to another server of ours, what
// is pressed then is heard, once.
func TestNewSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		card := s.pinned(discordfake.General, "t1", keys())
		s.Feed().Invalidate(false)
		time.Sleep(time.Minute)
		s.told(s.presses(discordfake.Ana, card, keyDo), discordfake.Ana, "heard")
		s.stop() // another node takes over
		other := discord.New(s.options)
		defer s.runs(other)()
		time.Sleep(time.Minute)
		s.told(s.presses(discordfake.Ana, card, keyDo), discordfake.Ana, "heard")
		s.newest(2)
		s.run() // both: each hears all, until one stops
		time.Sleep(time.Minute)
		i := s.presses(discordfake.Ana, card, keyDo)
		s.told(i, discordfake.Ana, "heard")
		if all := s.bot.Heard(); all[len(all)-1].ID != i.ID {
			t.Errorf("it heard %+v", all)
		}
	})
}

// TestRunAgain holds that who gets to listen again is heard again, and that nobody listens twice.
func TestRunAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		for n := range 3 {
			s.says(discordfake.Ana, discordfake.General, mention+"hello")
			s.newest(n + 1)
			if err := s.Run(t.Context()); err == nil {
				t.Error("it runs twice at a time")
			}
			s.stop()
			s.run()
			time.Sleep(10 * time.Second)
		}
	})
}

// calls has Discord call a platform with what is pressed.
func (s *stand) calls(p *discord.Platform) {
	s.t.Helper()
	if err := s.Deliver(context.Background(), "https://herald.example.com/discord/interactions", discordfake.To(p.Interactions())); err != nil {
		s.t.Fatal(err)
	}
}

// TestSigned holds that all that is pressed works over HTTP as it does by the gateway, by which
// messages come meanwhile; and that Discord's own trials are stood.
func TestSigned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		signed, err := discord.NewSigned(s.options, discordfake.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		defer s.runs(signed)()
		s.calls(signed)
		m := s.says(discordfake.Ana, discordfake.General, mention+"how's the crm?")
		if turn := s.newest(1); turn.Text != "how's the crm?" || turn.ID != m.ID {
			t.Errorf("it is %+v", turn)
		}
		s.told(s.orders(discordfake.Ana, discordfake.General, "ask", map[string]string{"what": "50% & more = +1"}), discordfake.Ana, "heard 50% & more = +1")
		card := s.pinned(discordfake.General, "t1", keys())
		s.told(s.presses(discordfake.Ana, card, keyDo), discordfake.Ana, "heard sealed-approve")
		s.presses(discordfake.Ana, card, keyReason)
		s.told(s.submits(discordfake.Ana, map[string]string{"reason": "no"}), discordfake.Ana, "heard sealed-reject")
		if turn := s.newest(4); turn.Reason != "no" || turn.Press != "sealed-reject" {
			t.Errorf("it is %+v", turn)
		}
		s.types(discordfake.Ana, "x")
		if err := s.Probe(t.Context()); err != nil {
			t.Error(err)
		}
		again := s.Feed().Sent()
		if a, err := discordfake.Sign(again[1].Payload, time.Now()).Post(t.Context(), discordfake.To(signed.Interactions()), "https://herald.example.com/"); err != nil || a.StatusCode != http.StatusAccepted {
			t.Error(a, err)
		} else if err := a.Body.Close(); err != nil {
			t.Error(err)
		}
		settle()
		s.newest(4)
		s.quietly()
	})
}

// TestNotSigned holds that a platform without a key lets nobody in, and that a key has to be one.
func TestNotSigned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		if status := s.posted(discordfake.Sign(press(1, discordfake.Ana, keyDo), time.Now())); status != http.StatusNotFound {
			t.Errorf("it answers %d", status)
		}
		for _, key := range []string{"", "abc", strings.Repeat("g", 64)} {
			if _, err := discord.NewSigned(s.options, key); err == nil {
				t.Errorf("%q is a key", key)
			}
		}
	})
}

// TestSlowBot holds that somebody whose answer takes long does not keep another one in the channel
// waiting for what a button does.
func TestSlowBot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		card := s.pinned(discordfake.General, "t1", keys())
		s.bot.Stall(func(turn bot.Turn) time.Duration {
			if turn.Who.Person == "ben" {
				return 30 * time.Second
			}
			return 0
		})
		if _, err := s.User(discordfake.Ben).Press(card, keyDo); err != nil {
			t.Fatal(err)
		}
		s.told(s.presses(discordfake.Ana, card, keyDo), discordfake.Ana, "heard")
	})
}
