package slack_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
)

// crowd are options of a workspace with many people and rooms.
func crowd(people, rooms int) slackfake.Options {
	o := slackfake.Options{Unlimited: true}
	for i := range people {
		o.People = append(o.People, slackfake.Person{ID: fmt.Sprintf("U0%08d", i), Name: fmt.Sprintf("p%d", i)})
	}
	for i := range rooms {
		o.Rooms = append(o.Rooms, slackfake.Room{ID: fmt.Sprintf("C0%08d", i), Name: fmt.Sprintf("room-%d", i), Bot: true})
	}
	return o
}

// p99 is what 99 of 100 do not exceed.
func p99(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)*99/100]
}

// TestAcks holds that what people do is acknowledged in time while the store stands still, at
// a thousand interactions a minute, and that all is answered in the end.
func TestAcks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := crowd(50, 10)
		s := raise(t, o, func(o *slack.Options) { o.Log = slog.New(slog.DiscardHandler) })
		for _, p := range o.People {
			s.accounts.linked[p.ID] = "p"
		}
		began := time.Now()
		stalls := func() time.Duration { // each minute the store stands still for five seconds
			if at := time.Since(began) % time.Minute; at > 20*time.Second && at < 25*time.Second {
				return 25*time.Second - at
			}
			return 10 * time.Millisecond
		}
		s.bot.stall = func(bot.Turn) time.Duration { return stalls() }
		s.accounts.stalls = stalls
		var cards []slackfake.Message
		for _, r := range o.Rooms {
			cards = append(cards, s.pinned(r.ID, "", "t1", keys()))
		}
		const minutes, each = 3, 1000
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
		acks := s.Feed().Acks()
		if n := len(s.Feed().Unacked()); n > 0 || len(acks) < minutes*each {
			t.Fatalf("%d were acknowledged, %d were not", len(acks), n)
		}
		worst := p99(acks)
		t.Logf("acknowledged within %s, all but one in a hundred; %s at most", worst, acks[len(acks)-1])
		if worst >= 500*time.Millisecond {
			t.Errorf("it took %s", worst)
		}
		if heard := len(s.bot.heard()); heard != minutes*each || s.Turned() != 0 {
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
		s.accounts.linked[p.ID] = "p"
	}
	began := time.Now()
	s.bot.stall = func(bot.Turn) time.Duration { return max(0, 5*time.Second-time.Since(began)) }
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
	if len(acks) < n || len(s.bot.heard()) != n {
		t.Fatalf("%d were acknowledged, %d heard", len(acks), len(s.bot.heard()))
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
		s.bot.stall = func(bot.Turn) time.Duration { return 20 * time.Millisecond }
		began := time.Now()
		for _, p := range o.People {
			s.accounts.linked[p.ID] = "p"
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

// TestFull holds that there is room for so much, that who can be told is told if there is none,
// and that events are given again.
func TestFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := crowd(300, 1)
		s := raise(t, o, nil)
		card := s.pinned(o.Rooms[0].ID, "", "t1", keys())
		s.accounts.stall = 50 * time.Second
		const n = 1300
		for i := range n {
			if _, err := s.User(o.People[i%len(o.People)].ID).Press(card, slackcard.ActionDo+"approve"); err != nil {
				t.Fatal(err)
			}
			if i%100 == 0 {
				synctest.Wait()
			}
		}
		synctest.Wait()
		d, err := s.User(o.People[0].ID).DM("is there room?")
		if err != nil {
			t.Fatal(err)
		}
		s.accounts.stall = 0
		time.Sleep(10 * time.Minute)
		heard := s.bot.heard()
		turned := 0
		for _, m := range s.Channel(o.Rooms[0].ID).Messages() {
			if strings.Contains(m.Shows, "try again") {
				turned++
			}
		}
		if said := heard[len(heard)-1]; said.ID != d.TS {
			t.Errorf("the last is %+v", said)
		}
		if turned == 0 || turned+len(heard)-1 != n || int(s.Turned()) < turned || len(s.Channel(o.Rooms[0].ID).Messages()) != n+1 {
			t.Errorf("%d were heard, %d turned away and told, %d counted", len(heard), turned, s.Turned())
		}
	})
}

// TestRandomPresses holds that of ten thousand presses, whatever they are, none is silent and
// none does what it should not: each is either an order that the bot hears as it was made,
// or answered in words.
func TestRandomPresses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := crowd(40, 5)
		s := raise(t, o, func(o *slack.Options) { o.Log = slog.New(slog.DiscardHandler) })
		for i, p := range o.People {
			if i%5 != 0 {
				s.accounts.linked[p.ID] = "p"
			}
		}
		s.bot.say = func(turn bot.Turn) (templates.Reply, error) {
			return templates.Reply{About: templates.TopicDone, Text: "answer " + turn.ID}, nil
		}
		g := presser{rand.New(rand.NewPCG(1, 2)), o}
		want := map[string]string{} // what the bot is to hear, by the id
		const n = 10_000
		var old []map[string]any
		for i := range n {
			p, hears, id := g.press(i)
			if len(old) > 0 && g.IntN(10) == 0 { // delivered again
				p, hears, id = old[g.IntN(len(old))], "", ""
			} else {
				old = append(old, p)
			}
			if id != "" {
				want[id] = hears
			}
			s.Feed().Send(slackfake.Interactive, p)
			if i%50 == 0 {
				time.Sleep(time.Second)
			}
		}
		time.Sleep(10 * time.Minute)
		if n := len(s.Feed().Unacked()); n > 0 {
			t.Errorf("%d were not acknowledged", n)
		}
		for _, turn := range s.bot.heard() {
			hears, ok := want[turn.ID]
			if got := turn.Press + turn.Text; !ok || got != hears {
				t.Fatalf("%+v, and not %q (%t)", turn, hears, ok)
			}
			delete(want, turn.ID)
		}
		if len(want) > 0 {
			t.Errorf("%d presses were silent: %v", len(want), want)
		}
		answers := map[string]int{}
		for _, p := range o.People {
			for _, m := range s.direct(p.ID) {
				answers[m.Shows]++
			}
		}
		for _, r := range o.Rooms {
			for _, m := range s.Channel(r.ID).Messages() {
				if answers[m.Shows]++; m.Only == "" {
					t.Fatalf("all see %+v", m)
				}
			}
		}
		if heard := len(s.bot.heard()); len(answers) != heard {
			t.Errorf("%d were heard, %d answers came", heard, len(answers))
		}
		for text, n := range answers {
			if n != 1 {
				t.Errorf("%q was said %d times", text, n)
			}
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
	p = map[string]any{
		"type": "block_actions", "user": map[string]any{"id": g.o.People[g.IntN(len(g.o.People))].ID, "team_id": []any{"T1", 7, nil}[g.IntN(3)]},
		"team": map[string]any{"id": slackfake.Team}, "trigger_id": "", "actions": []any{action},
	}
	if g.IntN(3) > 0 { // else on a Home
		room := g.o.Rooms[g.IntN(len(g.o.Rooms))].ID
		p["channel"] = map[string]any{"id": room}
		p["container"] = map[string]any{"type": "message", "message_ts": "5.5", "channel_id": room, "is_ephemeral": g.IntN(2) == 0}
		p["channel"] = []any{p["channel"], nil, "text"}[g.IntN(3)]
		p["container"] = []any{p["container"], []any{}}[g.IntN(2)]
	}
	p["message"] = []any{nil, map[string]any{"ts": 7, "blocks": "none"}, map[string]any{"blocks": []any{map[string]any{"type": "new"}}}}[g.IntN(3)]
	p["response_url"] = []any{nil, "", "https://evil.example/steal", "https://hooks.slack.com/actions/unknown", 9}[g.IntN(5)]
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
