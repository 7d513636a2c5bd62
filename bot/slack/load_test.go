package slack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
)

// crowd are options of a workspace with many people and rooms.
func crowd(people, rooms int) slackfake.Options {
	o := slackfake.Options{Unlimited: true}
	for i := range people {
		o.People = append(o.People, slackfake.Person{ID: person(i), Name: fmt.Sprintf("p%d", i)})
	}
	for i := range rooms {
		o.Rooms = append(o.Rooms, slackfake.Room{ID: place(i), Name: fmt.Sprintf("room-%d", i), Bot: true})
	}
	return o
}

// soak is the variable with which what is heavy is done in full under the race detector too,
// where everything takes some ten times as long.
const soak = "HERALD_SOAK"

// often is how often something heavy is done: in full, or less often under the race detector.
func often(full, underRace int) int {
	if raced && os.Getenv(soak) == "" {
		return underRace
	}
	return full
}

// p99 is what 99 of 100 do not exceed.
func p99(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)*99/100]
}

// TestAcks holds that what people do is acknowledged in time while the store stands still, at
// a thousand interactions a minute, and that all is answered in the end. It is two minutes of
// that; one under the race detector without HERALD_SOAK.
func TestAcks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := crowd(50, 10)
		s := raise(t, o, func(o *slack.Options) { o.Log = slog.New(slog.DiscardHandler) })
		for _, p := range o.People {
			s.accounts.Links(p.ID, "p")
		}
		began := time.Now()
		stalls := func() time.Duration { // each minute the store stands still for five seconds
			if at := time.Since(began) % time.Minute; at > 20*time.Second && at < 25*time.Second {
				return 25*time.Second - at
			}
			return 10 * time.Millisecond
		}
		s.bot.Stall(func(bot.Turn) time.Duration { return stalls() })
		s.accounts.Stall(stalls)
		var cards []slackfake.Message
		for _, r := range o.Rooms {
			cards = append(cards, s.pinned(r.ID, "", "t1", keys()))
		}
		const each = 1000
		minutes := often(2, 1)
		for i := range minutes * each {
			u := s.User(o.People[i%len(o.People)].ID)
			room := i / 7 % len(o.Rooms)
			var err error
			switch i % 4 {
			case 0:
				_, err = u.Command("/herald", "how's the crm?", o.Rooms[room].ID)
			case 1:
				_, err = u.Say(o.Rooms[room].ID, "", mention+"how's the crm?")
			default:
				_, err = u.Press(cards[room], []string{slackcard.ActionDo + "approve", slackcard.ActionPress + "0"}[i%2])
			}
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute / each)
		}
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		acks := s.Feed().Acks()
		if n := len(s.Feed().Unacked()); n > 0 || len(acks) < minutes*each {
			t.Fatalf("%d were acknowledged, %d were not", len(acks), n)
		}
		worst := p99(acks)
		t.Logf("acknowledged within %s, all but one in a hundred; %s at most", worst, acks[len(acks)-1])
		if worst >= 500*time.Millisecond {
			t.Errorf("it took %s", worst)
		}
		if heard := len(s.bot.Heard()); heard != minutes*each || s.Turned() != 0 {
			t.Errorf("%d were heard, %d turned away", heard, s.Turned())
		}
		answers := 0
		for _, r := range o.Rooms {
			answers += len(slices.DeleteFunc(s.Channel(r.ID).Messages(), func(m slackfake.Message) bool { return m.User != slackfake.Bot })) - 1
		}
		if answers != minutes*each {
			t.Errorf("there are %d answers", answers)
		}
	})
}

// TestAcksInEarnest holds the same in the time of clocks, over a network.
func TestAcksInEarnest(t *testing.T) {
	t.Parallel()
	o := crowd(10, 4)
	s := ready(t, o, nil)
	s.options.Client = slack.NewClient(slack.ClientOptions{BotToken: slackfake.BotToken, AppToken: slackfake.AppToken, API: s.Start(t)})
	s.options.Dialer, s.options.Log = nil, slog.New(slog.DiscardHandler)
	s.channel = slack.NewChannel(slack.ChannelOptions{Client: s.options.Client, Cards: s.options.Cards, Log: s.options.Log})
	s.open()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	for s.Feed().Connections() == 0 {
		time.Sleep(time.Millisecond)
	}
	for _, p := range o.People {
		s.accounts.Links(p.ID, "p")
	}
	began := time.Now()
	s.bot.Stall(func(bot.Turn) time.Duration { return max(0, 5*time.Second-time.Since(began)) })
	card := s.pinned(o.Rooms[0].ID, "", "t1", keys())
	const n = 100
	for i := range n {
		if _, err := s.User(o.People[i%len(o.People)].ID).Press(card, slackcard.ActionDo+"approve"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute / 1000)
	}
	stop() // what was acknowledged is answered
	if err := <-done; err != nil {
		t.Error(err)
	}
	acks := s.Feed().Acks()
	if len(acks) < n || len(s.bot.Heard()) != n {
		t.Fatalf("%d were acknowledged, %d heard", len(acks), len(s.bot.Heard()))
	}
	worst := p99(acks)
	t.Logf("acknowledged within %s, all but one in a hundred", worst)
	if worst >= 500*time.Millisecond {
		t.Errorf("it took %s", worst)
	}
}

// TestManyPresses holds that two hundred who press at once are all answered.
func TestManyPresses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := crowd(200, 1)
		s := raise(t, o, nil)
		card := s.pinned(o.Rooms[0].ID, "", "t1", keys())
		s.bot.Stall(func(bot.Turn) time.Duration { return 20 * time.Millisecond })
		began := time.Now()
		for _, p := range o.People {
			s.accounts.Links(p.ID, "p")
			if _, err := s.User(p.ID).Press(card, slackcard.ActionDo+"approve"); err != nil {
				t.Fatal(err)
			}
		}
		for len(s.Channel(o.Rooms[0].ID).Messages()) < 201 && time.Since(began) < time.Minute {
			time.Sleep(10 * time.Millisecond)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %s", took)
		}
		for _, p := range o.People {
			if all := s.User(p.ID).Sees(o.Rooms[0].ID); len(all) != 2 {
				t.Errorf("%s sees %d messages", p.ID, len(all))
			}
		}
	})
}

// tally is a far side that takes everything, and counts who was told what.
type tally struct {
	mu   sync.Mutex
	told map[string]int // by the person and the text
	open int            // messages that more than one person sees
}

func (c *tally) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	answer := `{"ok":true,"team_id":"` + slackfake.Team + `","user_id":"` + slackfake.Bot + `"}`
	switch form, _ := url.ParseQuery(string(body)); {
	case strings.HasSuffix(r.URL.Path, "chat.postEphemeral"):
		c.tell(form.Get("user"), form.Get("text"))
	case r.URL.Host == "hooks.slack.com":
		var said struct{ Text string }
		if err := json.Unmarshal(body, &said); err != nil {
			return nil, err
		}
		c.tell(path.Base(r.URL.Path), said.Text)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

func (c *tally) tell(who, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !strings.HasPrefix(who, "U") {
		c.open++
	}
	c.told[who+": "+text]++
}

// counted is a platform in a crowd that hears over HTTP, and a tally of what it says.
func counted(t *testing.T, o slackfake.Options) (*stand, *tally) {
	t.Helper()
	c := &tally{told: map[string]int{}}
	s := ready(t, o, func(o *slack.Options) {
		o.Client = slack.NewClient(slack.ClientOptions{BotToken: slackfake.BotToken, Transport: c})
		o.SigningSecret, o.Log = slackfake.SigningSecret, slog.New(slog.DiscardHandler)
		o.Say = func(to notify.Address, s notify.Speech) error { c.tell(to.To, s.Reply.Text); return nil }
	})
	s.run()
	return s, c
}

// pressed gives the platform a press, and fails unless it is acknowledged at once.
func (s *stand) pressed(p map[string]any) {
	s.t.Helper()
	s.brought(s.Interactions(), slackfake.Sign(slackfake.Interactive, p, time.Now()))
}

// brought gives the platform a request, and fails unless it is acknowledged at once.
func (s *stand) brought(to http.Handler, m slackfake.Mail) {
	s.t.Helper()
	w, began := httptest.NewRecorder(), time.Now()
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(m.Body))
	r.Header = m.Header
	to.ServeHTTP(w, r)
	if took := time.Since(began); w.Code != http.StatusOK || w.Body.Len() > 0 || took > 0 {
		s.t.Fatalf("%d %s after %s", w.Code, w.Body, took)
	}
}

// TestFull holds that there is room for so much, and that who presses when there is none is
// told so.
func TestFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := crowd(300, 1)
		s, c := counted(t, o)
		s.accounts.Stall(func() time.Duration { return 50 * time.Second })
		const n = 1300
		for i := range n {
			s.pressed(map[string]any{
				"type": "block_actions", "user": map[string]any{"id": o.People[i%len(o.People)].ID}, "channel": map[string]any{"id": o.Rooms[0].ID},
				"actions": []any{map[string]any{"action_id": slackcard.ActionDo + "approve", "value": "x", "action_ts": fmt.Sprint(i)}},
			})
		}
		synctest.Wait()
		s.accounts.Stall(func() time.Duration { return 0 })
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		told, turned := 0, 0
		for text, n := range c.told {
			if told += n; strings.Contains(text, "try again") {
				turned += n
			}
		}
		if heard := len(s.bot.Heard()); turned == 0 || turned+heard != n || told != n || int(s.Turned()) != turned || c.open > 0 {
			t.Errorf("of %d %d were heard, %d turned away, of whom %d were told; %d all told", n, heard, s.Turned(), turned, told)
		}
	})
}

// TestFlood holds that nobody keeps others waiting, however much they press.
func TestFlood(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := crowd(2, 1)
		s, c := counted(t, o)
		s.bot.Stall(func(bot.Turn) time.Duration { return 50 * time.Millisecond })
		press := func(who, n int) {
			s.pressed(map[string]any{
				"type": "block_actions", "user": map[string]any{"id": o.People[who].ID}, "channel": map[string]any{"id": o.Rooms[0].ID},
				"actions": []any{map[string]any{"action_id": slackcard.ActionPress + "0", "value": "x", "action_ts": fmt.Sprint(n)}},
			})
		}
		for i := range 2 * 64 { // half of them are told that it is too much
			press(0, i)
		}
		press(1, 1000)
		time.Sleep(4 * time.Second)
		synctest.Wait()
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.told[o.People[1].ID+": heard x"] != 1 || c.told[o.People[0].ID+": heard x"] != 64 {
			t.Errorf("they were told %v", c.told)
		}
	})
}

// TestRandomPresses holds that of ten thousand presses, whatever they are, none is silent and
// none does what it should not: each is either an order that the bot hears as it was made, or
// no button that there is; and each is answered in words, once, to who pressed alone. Under
// the race detector they are two thousand, without HERALD_SOAK.
func TestRandomPresses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := crowd(40, 5)
		s, c := counted(t, o)
		for i, p := range o.People {
			if i%5 != 0 {
				s.accounts.Links(p.ID, "p")
			}
		}
		s.bot.Answer(func(turn bot.Turn) (templates.Reply, error) {
			return templates.Reply{About: templates.TopicDone, Text: "answer " + turn.ID}, nil
		})
		g := presser{rand.New(rand.NewPCG(1, 2)), o}
		want, says := map[string]string{}, map[string]int{} // what the bot is to hear, by its id, and what it is to say
		var old []map[string]any
		for i := range often(10_000, 2_000) {
			if len(old) > 0 && g.IntN(10) == 0 { // delivered again
				s.pressed(old[g.IntN(len(old))])
				continue
			}
			p, hears, id := g.press(i)
			s.pressed(p)
			if old = append(old, p); id != "" {
				want[id] = hears
				says[fmt.Sprintf("%s: answer %s", p["user"].(map[string]any)["id"], id)] = 1
			}
			if i%50 == 0 {
				time.Sleep(time.Second)
			}
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		for _, turn := range s.bot.Heard() {
			if hears, ok := want[turn.ID]; !ok || turn.Press+turn.Text != hears {
				t.Fatalf("%+v, and not %q", turn, hears)
			}
			delete(want, turn.ID)
		}
		if len(want) > 0 || !maps.Equal(c.told, says) || c.open > 0 || s.Turned() > 0 {
			t.Errorf("%d were not heard, %d of %d were answered, %d to all, %d turned away", len(want), len(c.told), len(says), c.open, s.Turned())
		}
	})
}

// presser makes presses up.
type presser struct {
	*rand.Rand
	o slackfake.Options
}

// press is a press, with what the bot is to hear of it and by which id; "" for one that is
// not to be heard.
func (g presser) press(i int) (p map[string]any, hears, id string) {
	ts := fmt.Sprintf("%d.000001", 1_000_000+i)
	action := map[string]any{"type": "button", "block_id": "b", "action_ts": ts}
	user := g.o.People[g.IntN(len(g.o.People))].ID
	p = map[string]any{
		"type": "block_actions", "user": map[string]any{"id": user, "team_id": []any{"T1", 7, nil}[g.IntN(3)]},
		"team": map[string]any{"id": slackfake.Team}, "trigger_id": "", "actions": []any{action},
	}
	if g.IntN(8) > 0 { // else on a Home
		room := g.o.Rooms[g.IntN(len(g.o.Rooms))].ID
		p["channel"] = map[string]any{"id": room}
		p["container"] = map[string]any{"type": "message", "message_ts": "5.5", "channel_id": room, "is_ephemeral": g.IntN(2) == 0}
		p["channel"] = []any{p["channel"], nil, "text"}[g.IntN(3)]
		p["container"] = []any{p["container"], []any{}}[g.IntN(2)]
	}
	p["message"] = []any{nil, map[string]any{"ts": 7, "blocks": "none"}, map[string]any{"blocks": []any{map[string]any{"type": "new"}}}}[g.IntN(3)]
	p["response_url"] = []any{nil, "", "https://evil.example/steal", "https://hooks.slack.com/actions/" + user, 9}[g.IntN(5)]
	kinds := []string{
		slackcard.ActionDo + "approve", slackcard.ActionDo + "explode", slackcard.ActionPress + "3", slackcard.ActionSay + "0", slackcard.ActionLogs + "0",
		slackcard.ActionReason + "reject", slackcard.ActionMore, "herald.", "", "other", slackcard.ActionOpen + "1",
	}
	kind := kinds[g.IntN(len(kinds))]
	value := fmt.Sprintf("value-%d", i)
	if action["action_id"], action["value"] = kind, value; kind == slackcard.ActionMore {
		delete(action, "value")
		action["selected_option"] = map[string]any{"value": slackcard.ActionDo + "pause " + value}
	}
	switch g.IntN(8) {
	case 0:
		action["value"], value = nil, ""
		delete(action, "selected_option")
	case 1:
		action["action_id"], kind = 7, ""
	}
	return p, g.hears(kind, value), id7(kind, ts)
}

// id7 is the id by which a press is heard: a link is not.
func id7(kind, ts string) string {
	if strings.HasPrefix(kind, slackcard.ActionOpen) {
		return ""
	}
	return ts
}

// hears is what the bot is to hear of a press.
func (g presser) hears(kind, value string) string {
	switch kind {
	case slackcard.ActionDo + "approve", slackcard.ActionPress + "3", slackcard.ActionSay + "0", slackcard.ActionMore:
		if value != "" {
			return value
		}
	case slackcard.ActionLogs + "0":
		if value != "" {
			return "logs " + value
		}
	}
	return "?"
}
