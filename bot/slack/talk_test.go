package slack_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	api "github.com/slack-go/slack"

	"github.com/taskherald/herald/bot/bottest"
	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/bot/chat/chattest"
	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// TestConversations plays all conversations in Slack: what is said in no thread as a direct
// message, by strangers and in other rooms as a command; what is said in a thread below a
// message that stands there; and buttons are pressed where they were shown.
func TestConversations(t *testing.T) {
	t.Parallel()
	bottest.Run(t, func(t testing.TB, w *bottest.World) bottest.Ear { return listen(t, w) })
}

// listener is how the people of a conversation reach the bot in Slack.
type listener struct {
	*slackfake.Slack
	*chattest.Cast
	t       testing.TB
	options slack.Options
	stop    func()
	sent    map[string]*slackfake.Delivery
}

// person and place are the ids of people and channels by their numbers.
func person(n int) string { return fmt.Sprintf("U0%08d", n) }
func place(n int) string  { return fmt.Sprintf("C0%08d", n) }

// listen opens a workspace for the people of a conversation.
func listen(t testing.TB, w *bottest.World) *listener {
	t.Helper()
	l := &listener{Slack: slackfake.New(crowd(8, 4)), Cast: chattest.NewCast(w, person), t: t, sent: map[string]*slackfake.Delivery{}}
	t.Cleanup(l.Close)
	log, cards := slog.New(slog.DiscardHandler), slackcard.New(book())
	client := slack.NewClient(slack.ClientOptions{BotToken: slackfake.BotToken, AppToken: slackfake.AppToken, Transport: l.Transport()})
	channel := slack.NewChannel(slack.ChannelOptions{Client: client, Cards: cards, Log: log})
	l.options = slack.Options{
		Client: client, Cards: cards, Dialer: new(cables).dialer(l.Slack),
		Spoke: func(context.Context, string, string) (bool, error) { return true, nil },
		Options: chat.Options{
			Bot: l.Cast, Accounts: l.Cast, Rooms: l.Cast, Book: book(), Person: l.Person, Reader: l.Reader, Log: log, Now: w.Now,
			Say: func(to notify.Address, s notify.Speech) error {
				_, err := channel.Send(context.Background(), to, notify.Message{ID: s.ID, Reply: s.Reply, Thread: s.Thread, For: s.For})
				return err
			},
		},
	}
	l.start()
	t.Cleanup(func() { l.stop() })
	return l
}

// start makes a platform, which knows of nothing that came before.
func (l *listener) start() {
	p, err := slack.New(l.options)
	if err != nil {
		l.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := p.Run(ctx); err != nil {
			l.t.Error(err)
		}
	}()
	l.stop = sync.OnceFunc(func() { cancel(); <-done })
	for l.Feed().Connections() == 0 {
		time.Sleep(100 * time.Microsecond)
	}
}

// Unable is "": all can be said in Slack.
func (l *listener) Unable(bottest.Said) string { return "" }

// Hear has somebody say or press something in Slack, and reads what comes of it.
func (l *listener) Hear(_ context.Context, s bottest.Said) (bottest.Heard, error) {
	id, n := l.Enter(s)
	u, room := l.User(id), place(n)
	do := l.prepare(s, u, room)
	before := len(l.seen(u))
	d, err := do()
	if err != nil {
		return bottest.Heard{}, err
	}
	l.sent[s.ID] = d
	return l.Answered(func() (h bottest.Heard, ok bool, err error) {
		all := l.seen(u)
		if ok = len(all) > before; ok {
			h, err = readAnswer(all[len(all)-1])
		}
		return h, ok, err
	})
}

// prepare makes ready what somebody does.
func (l *listener) prepare(s bottest.Said, u *slackfake.User, room string) func() (*slackfake.Delivery, error) {
	again, threaded := l.sent[s.ID], s.Thread != "" || s.About != "" || s.Overheard
	text := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s.Text)
	switch {
	case again != nil: // to a server that was started anew
		l.stop()
		for l.Feed().Connections() > 0 { // or it would be sent down the old line
			time.Sleep(100 * time.Microsecond)
		}
		l.start()
		return func() (*slackfake.Delivery, error) { return l.Feed().Send(again.Kind, again.Payload), nil }
	case s.Press != "":
		return l.press(s, u, room)
	case threaded:
		root := l.root(s, room)
		if !s.Overheard {
			text = mention + text
		}
		return l.first(func() error { _, err := u.Say(room, root, text); return err })
	case s.Who.Stranger || s.Room != "room":
		return func() (*slackfake.Delivery, error) { return u.Command("/herald", text, room) }
	}
	return l.first(func() error { _, err := u.DM(text); return err })
}

// first does something, and gives the first event of it.
func (l *listener) first(do func() error) func() (*slackfake.Delivery, error) {
	return func() (*slackfake.Delivery, error) {
		n := len(l.Feed().Sent())
		err := do()
		return l.Feed().Sent()[n], err
	}
}

// press presses a button where it was shown, or on a card that is posted for it. With a reason
// it is one that asks for it.
func (l *listener) press(s bottest.Said, u *slackfake.User, room string) func() (*slackfake.Delivery, error) {
	m, ok := l.shown(s, u)
	if s.Shown != "" || s.Reason != "" || !ok {
		m = l.card(s, u, room)
	}
	return func() (*slackfake.Delivery, error) {
		d, err := u.Press(m, s.Press)
		if err != nil || s.Reason == "" {
			return d, err
		}
		if err := chattest.Until(func() bool { _, open := u.Modal(); return open }); err != nil {
			return nil, err
		}
		return u.Submit(map[string]string{slackcard.BlockReason: s.Reason})
	}
}

// shown is the newest message in which somebody sees a button.
func (l *listener) shown(s bottest.Said, u *slackfake.User) (m slackfake.Message, ok bool) {
	for _, m := range slices.Backward(l.seen(u)) {
		if answer, err := readAnswer(m); err == nil && slices.ContainsFunc(answer.Buttons, func(b templates.Button) bool { return b.Press == s.Press }) {
			return m, true
		}
	}
	return m, false
}

// card posts a message that has a button.
func (l *listener) card(s bottest.Said, u *slackfake.User, room string) slackfake.Message {
	id := slackcard.ActionPress + "0"
	if s.Shown != "" {
		id = slackcard.ActionDo + string(s.Shown)
	}
	if s.Reason != "" {
		id = slackcard.ActionReason + cmp.Or(string(s.Shown), "cancel")
	}
	d := slack.Draft{Channel: room, Text: "a card", Blocks: []api.Block{api.NewActionBlock("keys",
		api.NewButtonBlockElement(id, s.Press, api.NewTextBlockObject(api.PlainTextType, "press", false, false)))}}
	if s.Shown == "" && s.Thread == "" && !s.Who.Stranger {
		d.Channel = u.ID()
	}
	if s.Thread != "" {
		d.Thread = l.root(s, room)
	}
	return l.posts(d)
}

// posts posts a message.
func (l *listener) posts(d slack.Draft) slackfake.Message {
	at, err := l.options.Client.PostMessage(context.Background(), d)
	if err != nil {
		l.t.Fatal(err)
	}
	m, _ := l.Channel(at.Channel).Message(at.TS)
	return m
}

// root is below which message it is said.
func (l *listener) root(s bottest.Said, room string) string {
	far := l.Root(s, func() string {
		m := l.posts(slack.Draft{Channel: room, Text: "a thread begins here"})
		return m.Channel + "/" + m.TS
	})
	_, ts, _ := strings.Cut(far, "/")
	return ts
}

// seen are all messages of ours that somebody sees, the oldest first.
func (l *listener) seen(u *slackfake.User) (all []slackfake.Message) {
	places := []string{l.Channel(u.ID()).ID()}
	for n := range l.Rooms() {
		places = append(places, place(n))
	}
	for _, at := range places {
		all = append(all, slices.DeleteFunc(u.Sees(at), func(m slackfake.Message) bool { return m.User != slackfake.Bot })...)
	}
	slices.SortFunc(all, func(a, b slackfake.Message) int { return strings.Compare(a.TS, b.TS) })
	return all
}

// readAnswer reads what somebody sees.
func readAnswer(m slackfake.Message) (bottest.Heard, error) {
	h := bottest.Heard{Text: m.Shows}
	var blocks []struct {
		Elements []struct {
			ID    string `json:"action_id"`
			Value string `json:"value"`
			Text  any    `json:"text"`
		} `json:"elements"`
	}
	err := json.Unmarshal(m.Blocks, &blocks)
	for _, b := range blocks {
		for _, e := range b.Elements {
			label, _ := e.Text.(map[string]any)
			said, _ := label["text"].(string)
			switch {
			case strings.HasPrefix(e.ID, slackcard.ActionPress):
				h.Buttons = append(h.Buttons, templates.Button{Label: said, Press: e.Value})
			case strings.HasPrefix(e.ID, slackcard.ActionSay):
				h.Buttons = append(h.Buttons, templates.Button{Label: said, Say: e.Value})
			}
		}
	}
	return h, err
}
