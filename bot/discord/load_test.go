package discord_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/discord"
	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/bot/discord/setup"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/templates"
)

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

// TestFirstUnderLoad holds that what people do gets its first answer in time while the store
// stands still, at a thousand interactions a minute, and that all is answered in the end.
func TestFirstUnderLoad(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const crew, rooms, each = 50, 10, 1000
		s := raise(t, crowd(crew, rooms), func(o *discord.Options) { o.Log = slog.New(slog.DiscardHandler) })
		for n := range crew {
			s.accounts.Links(personID(n), "p")
		}
		began := time.Now()
		stalls := func() time.Duration { // each minute the store stands still for five seconds
			if at := time.Since(began) % time.Minute; at > 10*time.Second && at < 15*time.Second {
				return 15*time.Second - at
			}
			return 10 * time.Millisecond
		}
		s.bot.Stall(func(bot.Turn) time.Duration { return stalls() })
		s.accounts.Stall(stalls)
		var cards []discordfake.Message
		for n := range rooms {
			cards = append(cards, s.pinned(room(int64(n)), "t1", keys()))
		}
		acted := 0
		var all []*discordfake.Interaction
		for n := range often(2*each, each/3) {
			u, at := s.User(personID(n%crew)), n/7%rooms
			var i *discordfake.Interaction
			var err error
			switch n % 4 {
			case 0:
				i, err = u.Command(room(int64(at)), setup.CommandName, "ask", map[string]string{"what": "how's the crm?"})
			case 1:
				_, err = u.Say(room(int64(at)), mention+"how's the crm?")
			case 2:
				i, err = u.Press(cards[at], keyDo)
			default:
				i, err = u.Press(cards[at], keyReason)
				acted-- // a form opens, and nothing is heard
			}
			if err != nil {
				t.Fatal(err)
			}
			if acted++; i != nil {
				all = append(all, i)
			}
			time.Sleep(time.Minute / each)
		}
		time.Sleep(5 * time.Minute)
		acks := s.Feed().Acks()
		if n := len(s.Feed().Unanswered()); n > 0 || len(acks) != len(all) {
			t.Fatalf("%d were answered in time, %d were not", len(acks), n)
		}
		worst := p99(acks)
		t.Logf("answered within %s, all but one in a hundred; %s at most", worst, acks[len(acks)-1])
		if worst >= 500*time.Millisecond {
			t.Errorf("it took %s", worst)
		}
		if heard := len(s.bot.Heard()); heard != acted || s.Turned() != 0 {
			t.Errorf("%d of %d were heard, %d turned away", heard, acted, s.Turned())
		}
		for _, i := range all {
			if kind, _ := i.Response(); kind == firstForm {
				continue
			}
			if told := i.Answers(); len(told) != 1 || told[0].Waiting {
				t.Fatalf("of %s there is %+v", i.Payload, told)
			}
		}
	})
}

// TestManyPresses holds that two hundred who press at once are all answered, in time also where Discord
// takes its own for each first answer.
func TestManyPresses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const crew = 200
		s := raise(t, crowd(crew, 1), nil)
		s.Fail(discordfake.Callback, always(discordfake.Fault{Slow: 300 * time.Millisecond}))
		card := s.pinned(room(0), "t1", keys())
		s.bot.Stall(func(bot.Turn) time.Duration { return 20 * time.Millisecond })
		began := time.Now()
		for n := range crew {
			s.accounts.Links(personID(n), "p")
			if _, err := s.User(personID(n)).Press(card, keyDo); err != nil {
				t.Fatal(err)
			}
		}
		for len(s.Calls(discordfake.EditOriginal)) < crew && time.Since(began) < time.Minute {
			time.Sleep(10 * time.Millisecond)
		}
		took := time.Since(began)
		if t.Logf("it took %s", took); took > time.Second {
			t.Error("that is too long")
		}
		settle()
		for n := range crew {
			if all := s.User(personID(n)).Sees(room(0)); len(all) != 2 || all[1].Waiting {
				t.Errorf("%s sees %+v", personID(n), all)
			}
		}
		if n := len(s.Feed().Unanswered()); n > 0 {
			t.Errorf("%d were not answered in time", n)
		}
	})
}

// tally is a far side that takes every answer to an interaction, and counts who was told what.
type tally struct {
	mu    sync.Mutex
	first map[string]int // answers by the tokens
	told  map[string]int // by the token, or the address, and the text
	forms int
}

func newTally() *tally { return &tally{first: map[string]int{}, told: map[string]int{}} }

func (c *tally) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/api/v10/"), "/")
	answer, status := `{"id":"1","channel_id":"1"}`, http.StatusOK
	switch path[0] {
	case "interactions":
		answer, status = "", http.StatusNoContent
		if c.first[path[2]]++; bytes.Contains(body, []byte(`"type":9`)) {
			c.forms++
		}
	case "webhooks":
		c.told[path[2]+": "+discordfake.Read("", components(body)).Shows]++
	default:
		answer, status = `{"message":"nothing is here","code":0}`, http.StatusNotFound
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

// say counts what goes another way.
func (c *tally) say(to notify.Address, s notify.Speech) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told[to.To+": "+s.Reply.Text]++
	return nil
}

// components are those of a message as it was sent.
func components(body []byte) json.RawMessage {
	var said struct{ Components json.RawMessage }
	if json.Unmarshal(body, &said) != nil {
		return nil
	}
	return said.Components
}

// counted is a platform that Discord calls, and a tally of what it says.
func counted(t *testing.T) (*stand, *tally) {
	t.Helper()
	c := newTally()
	s := ready(t, discordfake.Options{}, func(o *discord.Options) {
		o.Client = discord.NewClient(discord.ClientOptions{Token: discordfake.Token, Transport: c})
		o.Log, o.Say = slog.New(slog.DiscardHandler), c.say
	})
	s.signed()
	s.run()
	return s, c
}

// posted gives the platform a request, and what it answers.
func (s *stand) posted(m discordfake.Mail) (status int) {
	s.t.Helper()
	w, began := httptest.NewRecorder(), time.Now()
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(m.Body))
	r.Header = m.Header
	s.Interactions().ServeHTTP(w, r)
	if took := time.Since(began); took > 0 {
		s.t.Fatalf("%d after %s", w.Code, took)
	}
	return w.Code
}

// brought gives the platform something that somebody did, which it takes.
func (s *stand) brought(what map[string]any) {
	s.t.Helper()
	if status := s.posted(discordfake.Sign(what, time.Now())); status != http.StatusAccepted {
		s.t.Fatalf("it answers %d", status)
	}
}

// press is a press of a button in a channel, with a token by which it is known.
func press(n int, user, customID string) map[string]any {
	return map[string]any{
		"id": fmt.Sprint(1_000_000_000 + n), "application_id": discordfake.App, "type": 3, "token": fmt.Sprint("token-", n), "guild_id": discordfake.Guild,
		"channel_id": discordfake.General, "channel": map[string]any{"id": discordfake.General, "type": 0}, "member": map[string]any{"user": map[string]any{"id": user}, "roles": []string{}},
		"message": map[string]any{"id": "1400000000000000001", "channel_id": discordfake.General, "flags": 0}, "data": map[string]any{"custom_id": customID, "component_type": 2},
	}
}

// TestFull holds that there is room for so much, and that who presses when there is none is
// told so.
func TestFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := counted(t)
		s.accounts.Stall(func() time.Duration { return 50 * time.Second })
		const n = 1300
		for i := range n {
			s.brought(press(i, personID(i%300), keyDo))
			if i%100 == 99 {
				synctest.Wait() // each has its first answer
			}
		}
		s.accounts.Stall(func() time.Duration { return 0 })
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		told, turned := 0, 0
		for text, n := range c.told {
			if told += n; strings.Contains(text, "try again") {
				turned += n
			}
		}
		if heard := len(s.bot.Heard()); turned == 0 || turned+heard != n || told != n || int(s.Turned()) != turned || len(c.first) != n {
			t.Errorf("of %d %d were heard, %d turned away, of whom %d were told; %d all told", n, heard, s.Turned(), turned, told)
		}
	})
}

// TestFlood holds that nobody keeps others waiting, however much they press.
func TestFlood(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := counted(t)
		s.bot.Stall(func(bot.Turn) time.Duration { return 50 * time.Millisecond })
		for n := range 2 * 64 { // half of them are told that it is too much
			s.brought(press(n, personID(0), keyPress))
			synctest.Wait()
		}
		s.brought(press(1000, personID(1), keyDo))
		time.Sleep(4 * time.Second)
		synctest.Wait()
		c.mu.Lock()
		defer c.mu.Unlock()
		heard, sorry := 0, 0
		for text := range c.told {
			if strings.HasSuffix(text, "heard ticket-yes") {
				heard++
			} else if strings.Contains(text, "try again") {
				sorry++
			}
		}
		if c.told["token-1000: heard sealed-approve"] != 1 || heard != 64 || sorry != 64 {
			t.Errorf("%d were done, %d are told that they were not: %v", heard, sorry, c.told)
		}
	})
}

// TestUnheard holds that who says something when there is no room for it, or where we make a
// mistake, is told so, once in a while.
func TestUnheard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{Unlimited: true}, nil)
		s.bot.Stall(func(bot.Turn) time.Duration { return 30 * time.Second })
		for range 80 { // of one person there is room for 64
			if _, err := s.User(discordfake.Ana).DM("well?"); err != nil {
				t.Fatal(err)
			}
		}
		settle()
		if all := s.direct(discordfake.Ana); len(all) != 1 || !strings.Contains(all[0].Shows, trouble()) {
			t.Errorf("there are %+v", all)
		}
		s.bot.Stall(nil)
		time.Sleep(2 * time.Hour)
		s.bot.Answer(func(bot.Turn) (templates.Reply, error) { panic("a mistake") })
		m := s.says(discordfake.Ana, discordfake.General, mention+"well?")
		s.shows(s.last(discordfake.Ana, discordfake.App), "", trouble())
		if last := s.last(discordfake.Ben, discordfake.General); last.ID != m.ID {
			t.Errorf("the room reads %s", last.Shows)
		}
	})
}

// TestEnd holds that what has come in when the platform ends is still done, and that nothing is
// taken afterwards.
func TestEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, c := counted(t)
		s.bot.Stall(func(bot.Turn) time.Duration { return 3 * time.Second })
		for n := range 20 {
			s.brought(press(n, personID(n), keyDo))
		}
		s.stop()
		synctest.Wait()
		if heard := len(s.bot.Heard()); heard != 20 || len(c.told) != 20 {
			t.Errorf("%d were heard, %d told: %v", heard, len(c.told), c.told)
		}
		if status := s.posted(discordfake.Sign(press(99, personID(0), keyDo), time.Now())); status != http.StatusServiceUnavailable || s.Turned() != 0 {
			t.Errorf("it answers %d", status)
		}
		s.run()
		s.brought(press(99, personID(0), keyDo)) // it comes again
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if c.told["token-99: heard sealed-approve"] != 1 {
			t.Errorf("they were told %v", c.told)
		}
	})
}

// TestRandomPresses holds that of ten thousand presses, whatever they are, none is silent and
// none does what it should not: each is either an order that the bot hears as it was made, or
// no button that there is, or opens a form; and each is answered in words, once, to who pressed
// alone. Under the race detector they are a thousand, without HERALD_SOAK.
func TestRandomPresses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const crew = 40
		s, c := counted(t)
		for n := range crew {
			if n%5 != 0 {
				s.accounts.Links(personID(n), "p")
			}
		}
		for n := range 50 {
			s.kept.all[fmt.Sprint("key", n)] = fmt.Sprint([]string{"d", "r", "p"}[n%3], "full", n)
		}
		s.bot.Answer(func(turn bot.Turn) (templates.Reply, error) {
			return templates.Reply{About: templates.TopicDone, Text: "answer " + turn.ID}, nil
		})
		g := presser{rand.New(rand.NewPCG(1, 2))}
		want, says, forms := map[string]string{}, map[string]int{}, 0
		var old []map[string]any
		for n := range often(10_000, 1_000) {
			if len(old) > 0 && g.IntN(10) == 0 { // delivered again
				s.brought(old[g.IntN(len(old))])
				continue
			}
			p, hears := g.press(n, personID(g.IntN(crew)))
			s.brought(p)
			if old = append(old, p); hears == "form" {
				forms++
			} else {
				want[p["id"].(string)] = hears
				says[fmt.Sprintf("%s: answer %s", p["token"], p["id"])] = 1
			}
			if n%10 == 0 {
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
		t.Logf("%d answered, %d forms opened, %d delivered again", len(says), forms, often(10_000, 1_000)-len(old))
		if len(want) > 0 || !maps.Equal(c.told, says) || c.forms != forms || len(c.first) != len(old) || s.Turned() > 0 {
			t.Errorf("%d were not heard, %d of %d were answered, %d of %d forms, %d turned away", len(want), len(c.told), len(says), c.forms, forms, s.Turned())
		}
		for token, n := range c.first {
			if n != 1 {
				t.Fatalf("%s got %d first answers", token, n)
			}
		}
	})
}

// presser makes presses up.
type presser struct{ *rand.Rand }

// press is a press, with what the bot is to hear of it; "form" for one that opens a form.
func (g presser) press(n int, user string) (p map[string]any, hears string) {
	value := fmt.Sprintf("value-%d", n)
	kept := g.IntN(80)
	full := fmt.Sprint("full", kept)
	if kept >= 50 {
		full = "?"
	}
	kinds := [][2]string{
		{"d" + value, value}, {"p" + value, value}, {"s" + value, value}, {"l" + value, "logs " + value}, {"l../" + value, "?"}, {"r" + value, "form"}, {"q" + value, "form"},
		{"k" + fmt.Sprint("key", kept), full}, {"", "?"}, {"d", "?"}, {"x" + value, "?"}, {"herald.do.approve", "?"}, {"é" + value, "?"},
	}
	kind := kinds[g.IntN(len(kinds))]
	p = press(n, user, kind[0])
	switch g.IntN(6) {
	case 0:
		delete(p, "message")
	case 1:
		p["message"] = map[string]any{"id": 7, "components": "none"}
	case 2:
		p["message"].(map[string]any)["flags"] = 64
		p["message"].(map[string]any)["components"] = []any{map[string]any{"type": 99}}
	}
	switch g.IntN(6) {
	case 0: // in direct messages
		delete(p, "guild_id")
		p["user"] = p["member"].(map[string]any)["user"]
		delete(p, "member")
	case 1:
		p["channel"] = map[string]any{"id": "1400000000000000009", "type": 11, "parent_id": discordfake.General}
	case 2:
		p["channel"] = []any{nil, "text", 7}[g.IntN(3)]
	}
	switch g.IntN(8) {
	case 0:
		p["data"] = []any{nil, 7, map[string]any{"custom_id": 7}}[g.IntN(3)]
		kind[1] = "?"
	case 1: // a form that was filled in
		p["type"] = 5
		if kind[1] == "form" {
			kind[1] = value
		}
		if kind[0][:min(1, len(kind[0]))] == "q" {
			kind[1] = "?"
		}
	}
	return p, kind[1]
}
