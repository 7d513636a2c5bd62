package slackfake_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"github.com/taskherald/herald/bot/slack/slackfake"
)

// line is a socket without any client around it.
type line struct {
	*websocket.Conn
	t testing.TB
}

// dial opens one.
func dial(t testing.TB, s *slackfake.Slack) *line {
	t.Helper()
	ws, _, err := s.Dialer().DialContext(t.Context(), as(t, s, slackfake.AppToken, "apps.connections.open").str("url"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	return &line{ws, t}
}

// read reads the next frame that is no ping.
func (l *line) read() said {
	l.t.Helper()
	a := said{}
	if err := l.ReadJSON(&a.body); err != nil {
		l.t.Fatal(err)
	}
	return a
}

func (l *line) ack(envelope string, payload string) {
	l.t.Helper()
	if err := l.WriteMessage(websocket.TextMessage, []byte(fmt.Sprintf(`{"envelope_id":%q,"payload":%s}`, envelope, payload))); err != nil {
		l.t.Fatal(err)
	}
}

// ends wants the connection to end.
func (l *line) ends() {
	l.t.Helper()
	for {
		if _, _, err := l.ReadMessage(); err != nil {
			return
		}
	}
}

func TestSocketRoundTrip(t *testing.T) {
	check := func(t *testing.T, s *slackfake.Slack, api *slack.Client) {
		e := listen(t, s, api, nil)
		if _, err := s.User("ana").Say(slackfake.General, "", "hello"); err != nil {
			t.Fatal(err)
		}
		event := <-e.heard
		inner, ok := event.Data.(slackevents.EventsAPIEvent).InnerEvent.Data.(*slackevents.MessageEvent)
		if !ok || inner.Text != "hello" || inner.User != slackfake.Ana || inner.Channel != slackfake.General || inner.ChannelType != "channel" {
			t.Errorf("got %+v", inner)
		}
		if err := s.Feed().Sent()[0].Wait(t.Context()); err != nil {
			t.Error(err)
		}
	}
	t.Run("outside", func(t *testing.T) {
		t.Parallel()
		s := slackfake.New(slackfake.Options{})
		check(t, s, outside(t, s))
	})
	t.Run("inside", func(t *testing.T) {
		bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
			check(t, s, inside(s))
			time.Sleep(3 * time.Hour) // its pings hold the connection
			equal(t, "connections", s.Feed().Connections(), 1)
			equal(t, "times that it was asked for", len(s.Calls("apps.connections.open")), 1)
		})
	})
}

func TestHello(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		l := dial(t, s)
		a := l.read()
		equal(t, "type", a.str("type"), "hello")
		equal(t, "app", a.str("connection_info.app_id"), slackfake.App)
		equal(t, "connections", a.at("num_connections").(float64), 1)
		equal(t, "of the second", dial(t, s).read().at("num_connections").(float64), 2)
		pings := 0
		l.SetPingHandler(func(string) error { pings++; return nil })
		go func() {
			time.Sleep(time.Minute)
			s.Feed().Drop()
		}()
		l.ends()
		equal(t, "pings in a minute", pings >= 5, true)
	})
}

func TestTicketsAreUsedOnce(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		address := as(t, s, slackfake.AppToken, "apps.connections.open").str("url")
		ws, _, err := s.Dialer().DialContext(t.Context(), address, nil)
		if err != nil {
			t.Fatal(err)
		}
		ws.Close()
		_, a, err := s.Dialer().DialContext(t.Context(), address, nil)
		if err == nil || a == nil || a.StatusCode != http.StatusUnauthorized {
			t.Error(a, err)
		}
	})
}

func TestEnvelopes(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		l, ana := dial(t, s), s.User("ana")
		l.read()
		m := must(ana.DM("hi"))
		a := l.read()
		for path, want := range map[string]any{
			"type": "events_api", "accepts_response_payload": false, "retry_attempt": 0.0, "retry_reason": "", "payload.type": "event_callback", "payload.team_id": slackfake.Team,
			"payload.event.channel_type": "im", "payload.event.text": "hi", "payload.event.ts": m.TS, "payload.event.user": slackfake.Ana,
		} {
			equal(t, path, a.at(path), want)
		}
		l.ack(a.str("envelope_id"), "null")
		must(ana.Command("/herald", "help", slackfake.General))
		a = l.read()
		for path, want := range map[string]any{
			"type": "slash_commands", "accepts_response_payload": true, "payload.command": "/herald", "payload.text": "help", "payload.user_id": slackfake.Ana,
			"payload.channel_id": slackfake.General, "payload.channel_name": "general", "payload.thread_ts": nil,
		} {
			equal(t, path, a.at(path), want)
		}
		l.ack(a.str("envelope_id"), "null")
		post(t, s, slackfake.General, "x", "blocks", button("go", "Go"))
		own := l.read()
		equal(t, "the app hears its own", own.str("payload.event.bot_id"), slackfake.BotID)
		l.ack(own.str("envelope_id"), "null")
		must(ana.Press(ana.Sees(slackfake.General)[0], "Go"))
		a = l.read()
		equal(t, "a press", a.str("type")+" "+a.str("payload.type"), "interactive block_actions")
		equal(t, "whose answer means nothing", a.at("accepts_response_payload"), any(false))
		l.ack(a.str("envelope_id"), "null")
		time.Sleep(10 * time.Minute)
		equal(t, "acknowledged", len(s.Feed().Acks()), 4)
		equal(t, "not", len(s.Feed().Unacked()), 0)
	})
}

// An event that nobody acknowledges comes again about at once, after a minute and after five.
func TestEventsAreRetried(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		l := dial(t, s)
		l.read()
		began := time.Now()
		must(s.User("ana").DM("hi"))
		var at []time.Duration
		ids, envelopes := map[string]bool{}, map[string]bool{}
		for i := range 4 {
			a := l.read()
			at = append(at, time.Since(began))
			ids[a.str("payload.event_id")], envelopes[a.str("envelope_id")] = true, true
			equal(t, "attempt", a.at("retry_attempt").(float64), float64(i))
			equal(t, "reason", a.str("retry_reason"), map[bool]string{true: "", false: "timeout"}[i == 0])
		}
		if want := []time.Duration{0, 4 * time.Second, 67 * time.Second, 370 * time.Second}; !slices.Equal(at, want) {
			t.Errorf("they came at %v, want %v", at, want)
		}
		equal(t, "events", len(ids), 1)
		equal(t, "envelopes", len(envelopes), 4)
		d := s.Feed().Sent()[0]
		if err := d.Wait(t.Context()); err == nil {
			t.Error("it is taken for acknowledged")
		}
		_, attempts := d.Took()
		equal(t, "attempts", attempts, 4)
		equal(t, "given up", len(s.Feed().Unacked()), 1)
	})
}

// An acknowledgement after three seconds is none.
func TestThreeSeconds(t *testing.T) {
	for wait, good := range map[time.Duration]bool{2999 * time.Millisecond: true, 3001 * time.Millisecond: false} {
		t.Run(wait.String(), func(t *testing.T) {
			bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
				listen(t, s, inside(s), func(socketmode.Event) (any, bool) {
					time.Sleep(wait)
					return nil, true
				})
				d := must(s.User("ana").Command("/herald", "", slackfake.General))
				equal(t, "it is good", d.Wait(t.Context()) == nil, good)
				time.Sleep(time.Second)
				if took, _ := d.Took(); good {
					equal(t, "it took", took, wait)
				}
				equal(t, "acknowledged", len(s.Feed().Acks()) == 1, good)
			})
		})
	}
}

// What people do is not sent again: they see that it did not work.
func TestInteractionsAreNotRetried(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		ana := s.User("ana")
		post(t, s, slackfake.General, "x", "blocks", button("go", "Go"))
		m := ana.Sees(slackfake.General)[0]
		if err := must(ana.Press(m, "Go")).Wait(t.Context()); err == nil {
			t.Error("nobody listens, and all is well")
		}
		listen(t, s, inside(s), dead)
		d := must(ana.Press(m, "Go"))
		if err := d.Wait(t.Context()); err == nil {
			t.Error("nobody answers, and all is well")
		}
		time.Sleep(10 * time.Minute)
		_, attempts := d.Took()
		equal(t, "attempts", attempts, 1)
		gone := slices.DeleteFunc(s.Feed().Unacked(), func(d *slackfake.Delivery) bool { return d.Kind != slackfake.Interactive })
		equal(t, "given up", len(gone), 2)
	})
}

// An answer of more than 20 KB is dropped without a word, and one in several frames too.
func TestLargeAcknowledgements(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		l, ana := dial(t, s), s.User("ana")
		l.read()
		give := func(size int) *slackfake.Delivery {
			d := must(ana.Command("/herald", "", slackfake.General))
			id := l.read().str("envelope_id")
			empty := len(fmt.Sprintf(`{"envelope_id":%q,"payload":%s}`, id, `{"text":""}`))
			l.ack(id, `{"text":"`+strings.Repeat("x", size-empty)+`"}`)
			return d
		}
		if err := give(20 << 10).Wait(t.Context()); err != nil {
			t.Error(err)
		}
		if err := give(20<<10 + 1).Wait(t.Context()); err == nil {
			t.Error("it was taken")
		}
		equal(t, "dropped", s.Feed().TooLarge(), 1)
	})
}

func TestFragmentsAreDropped(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		narrow := s.Dialer()
		narrow.WriteBufferSize = 4 << 10
		ws, _, err := narrow.DialContext(t.Context(), as(t, s, slackfake.AppToken, "apps.connections.open").str("url"), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer ws.Close()
		l := &line{ws, t}
		l.read()
		for text, good := range map[string]bool{"short": true, strings.Repeat("x", 6<<10): false} {
			d := must(s.User("ana").Command("/herald", "", slackfake.General))
			w := must(l.NextWriter(websocket.TextMessage))
			fmt.Fprintf(w, `{"envelope_id":%q,"payload":{"text":`, l.read().str("envelope_id"))
			fmt.Fprintf(w, `%q}}`, text)
			w.Close()
			equal(t, "it was taken", d.Wait(t.Context()) == nil, good)
		}
		equal(t, "dropped", s.Feed().Broken(), 1)
	})
}

// Each thing goes to any one of the connections, and there are ten at most.
func TestConnections(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		heard := make(chan int, 100)
		for i := range 10 {
			l := dial(t, s)
			equal(t, "type", l.read().str("type"), "hello")
			go func() {
				var a said
				for l.ReadJSON(&a.body) == nil {
					heard <- i
					l.ack(a.str("envelope_id"), "null")
				}
			}()
		}
		l := dial(t, s)
		a := l.read()
		equal(t, "the eleventh", a.str("type")+" "+a.str("reason"), "disconnect too_many_websockets")
		l.ends()
		seen := map[int]int{}
		for range 30 {
			must(s.User("ana").DM("x"))
			seen[<-heard]++
		}
		time.Sleep(time.Minute)
		equal(t, "connections that heard something", len(seen), 10)
		equal(t, "nothing came twice", len(heard), 0)
	})
}

// A warning comes ten seconds before a refresh, and the end ten seconds after.
func TestRefresh(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		old := dial(t, s)
		old.read()
		began := time.Now()
		s.Feed().Disconnect("warning")
		equal(t, "first", old.read().str("reason"), "warning")
		equal(t, "then", old.read().str("reason"), "refresh_requested")
		equal(t, "after", time.Since(began), 10*time.Second)
		// It is still good for what no other could take.
		d := must(s.User("ana").Command("/herald", "", slackfake.General))
		old.ack(old.read().str("envelope_id"), "null")
		if err := d.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		fresh := dial(t, s)
		fresh.read()
		for range 3 {
			d := must(s.User("ana").Command("/herald", "", slackfake.General))
			fresh.ack(fresh.read().str("envelope_id"), "null")
			if err := d.Wait(t.Context()); err != nil {
				t.Error(err)
			}
		}
		old.ends()
		equal(t, "it ends after", time.Since(began), 20*time.Second)
		equal(t, "connections", s.Feed().Connections(), 1)
	})
}

// slack-go comes back by itself.
func TestReconnect(t *testing.T) {
	bubble(t, slackfake.Options{Refresh: time.Hour}, func(t *testing.T, s *slackfake.Slack) {
		e := listen(t, s, inside(s), nil)
		time.Sleep(time.Hour + time.Minute)
		<-e.hello
		s.Feed().Drop()
		<-e.hello
		s.Feed().Freeze()
		began := time.Now()
		<-e.hello
		if took := time.Since(began); took < 10*time.Second || took > 2*time.Minute {
			t.Errorf("a dead connection is noticed after %s", took)
		}
		must(s.User("ana").DM("still there?"))
		if err := s.Feed().Sent()[0].Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// What was in flight on a connection that ends comes again by another.
func TestDroppedInFlight(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		l := dial(t, s)
		l.read()
		must(s.User("ana").DM("hi"))
		first := l.read()
		s.Feed().Drop()
		l.ends()
		l = dial(t, s)
		l.read()
		again := l.read()
		equal(t, "the event", again.str("payload.event_id"), first.str("payload.event_id"))
		equal(t, "the reason", again.str("retry_reason"), "connection_failed")
		l.ack(again.str("envelope_id"), "null")
		if err := s.Feed().Sent()[0].Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// Switched off, Socket Mode sends everybody away at once.
func TestDisabled(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		l := dial(t, s)
		l.read()
		s.Feed().Disable(true)
		equal(t, "reason", l.read().str("reason"), "link_disabled")
		l.ends()
		l = dial(t, s)
		equal(t, "reason", l.read().str("reason"), "link_disabled")
		l.ends()
		equal(t, "connections", s.Feed().Connections(), 0)
		s.Feed().Disable(false)
		equal(t, "type", dial(t, s).read().str("type"), "hello")
	})
}

// An app that takes next to nothing for an hour gets no more events.
func TestGivenUp(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		ana := s.User("ana")
		e := listen(t, s, inside(s), dead)
		for range 250 {
			must(ana.DM("x"))
		}
		for range 1000 {
			<-e.heard
		}
		time.Sleep(10 * time.Second)
		equal(t, "given up", s.Feed().GivenUp(), true)
		before := len(s.Feed().Sent())
		must(ana.DM("x"))
		equal(t, "sent", len(s.Feed().Sent()), before)
		s.Feed().Resume()
		must(ana.DM("x"))
		equal(t, "sent then", len(s.Feed().Sent()), before+1)
	})
}

func TestSend(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		e := listen(t, s, inside(s), nil)
		d := s.Feed().Send(slackfake.Interactive, map[string]any{"type": "block_actions", "user": map[string]any{"id": "U0FORGED"}})
		equal(t, "who", (<-e.heard).Data.(slack.InteractionCallback).User.ID, "U0FORGED")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := d.Wait(ctx); err != nil {
			t.Error(err)
		}
	})
}

// Addresses for sockets are those of the way in.
func TestSocketAddress(t *testing.T) {
	t.Parallel()
	s := slackfake.New(slackfake.Options{})
	within := must(url.Parse(as(t, s, slackfake.AppToken, "apps.connections.open").str("url")))
	equal(t, "inside", within.Host, "wss-primary.slack.com")
	_, address, err := outside(t, s).StartSocketModeContext(t.Context())
	if err != nil || !strings.HasPrefix(address, "ws://127.0.0.1:") {
		t.Error(address, err)
	}
}
