package slack_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	api "github.com/slack-go/slack"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/bottest"
	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
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
	t       testing.TB
	w       *bottest.World
	options slack.Options
	stop    func()
	roots   map[string]string // timestamps of threads, by their rooms, names and pages
	rooms   []string          // as the conversation calls them
	sent    map[string]*slackfake.Delivery
	said    chan templates.Reply // by the bot

	mu    sync.Mutex
	crew  []string                   // the people, as the conversation calls them
	sight []progress.TaskID          // what the room was shown
	pages map[string]progress.TaskID // by what Slack calls the messages that are about them
}

// listen opens a workspace for the people of a conversation.
func listen(t testing.TB, w *bottest.World) *listener {
	t.Helper()
	l := &listener{
		Slack: slackfake.New(crowd(8, 4)), t: t, w: w, roots: map[string]string{}, sent: map[string]*slackfake.Delivery{},
		said: make(chan templates.Reply, 10), pages: map[string]progress.TaskID{},
	}
	t.Cleanup(l.Close)
	log, cards := slog.New(slog.DiscardHandler), slackcard.New(book())
	client := slack.NewClient(slack.ClientOptions{BotToken: slackfake.BotToken, AppToken: slackfake.AppToken, Transport: l.Transport()})
	channel := slack.NewChannel(slack.ChannelOptions{Client: client, Cards: cards, Log: log})
	l.options = slack.Options{
		Client: client, Cards: cards, Dialer: new(cables).dialer(l.Slack),
		Spoke: func(context.Context, string, string) (bool, error) { return true, nil },
		Options: chat.Options{
			Bot: parts{l}, Accounts: parts{l}, Rooms: parts{l}, Book: book(), Person: l.person, Reader: l.reader, Log: log, Now: w.Now,
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
func (l *listener) Hear(ctx context.Context, s bottest.Said) (bottest.Heard, error) {
	do := l.prepare(s)
	before := len(l.seen(s))
	d, err := do()
	if err != nil {
		return bottest.Heard{}, err
	}
	l.sent[s.ID] = d
	select {
	case reply := <-l.said:
		if reply.About == "" {
			return bottest.Heard{}, nil
		}
	case <-time.After(time.Minute):
		return bottest.Heard{}, errors.New("the bot does not hear it")
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Microsecond) {
		if all := l.seen(s); len(all) > before {
			return readAnswer(all[len(all)-1])
		}
	}
	return bottest.Heard{}, errors.New("nothing is seen of the answer")
}

// prepare makes ready what somebody does.
func (l *listener) prepare(s bottest.Said) func() (*slackfake.Delivery, error) {
	u := l.user(s.Who)
	l.mu.Lock()
	l.sight = s.Who.Sight
	l.mu.Unlock()
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
		return l.press(s, u)
	case threaded:
		room, root := l.room(s), l.root(s)
		if !s.Overheard {
			text = mention + text
		}
		return l.first(func() error { _, err := u.Say(room, root, text); return err })
	case s.Who.Stranger || s.Room != "room":
		return func() (*slackfake.Delivery, error) { return u.Command("/herald", text, l.room(s)) }
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
func (l *listener) press(s bottest.Said, u *slackfake.User) func() (*slackfake.Delivery, error) {
	m, ok := l.shown(s, u)
	if s.Shown != "" || s.Reason != "" || !ok {
		m = l.card(s, u)
	}
	return func() (*slackfake.Delivery, error) {
		d, err := u.Press(m, s.Press)
		if err != nil || s.Reason == "" {
			return d, err
		}
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Microsecond) {
			if _, open := u.Modal(); open {
				return u.Submit(map[string]string{slackcard.BlockReason: s.Reason})
			}
		}
		return nil, errors.New("no form opens")
	}
}

// shown is the newest message in which somebody sees a button.
func (l *listener) shown(s bottest.Said, u *slackfake.User) (m slackfake.Message, ok bool) {
	for _, m := range slices.Backward(l.seen(s)) {
		if answer, err := readAnswer(m); err == nil && slices.ContainsFunc(answer.Buttons, func(b templates.Button) bool { return b.Press == s.Press }) {
			return m, true
		}
	}
	return m, false
}

// card posts a message that has a button.
func (l *listener) card(s bottest.Said, u *slackfake.User) slackfake.Message {
	id := slackcard.ActionPress + "0"
	if s.Shown != "" {
		id = slackcard.ActionDo + string(s.Shown)
	}
	if s.Reason != "" {
		id = slackcard.ActionReason + cmp.Or(string(s.Shown), "cancel")
	}
	d := slack.Draft{Channel: l.room(s), Text: "a card", Blocks: []api.Block{api.NewActionBlock("keys",
		api.NewButtonBlockElement(id, s.Press, api.NewTextBlockObject(api.PlainTextType, "press", false, false)))}}
	if s.Shown == "" && s.Thread == "" && !s.Who.Stranger {
		d.Channel = u.ID()
	}
	if s.Thread != "" {
		d.Thread = l.root(s)
	}
	at, err := l.options.Client.PostMessage(context.Background(), d)
	if err != nil {
		l.t.Fatal(err)
	}
	m, _ := l.Channel(at.Channel).Message(at.TS)
	return m
}

// user is somebody in Slack.
func (l *listener) user(who bottest.Person) *slackfake.User {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := slices.Index(l.crew, who.Name)
	if n < 0 {
		n, l.crew = len(l.crew), append(l.crew, who.Name)
	}
	return l.User(fmt.Sprintf("U0%08d", n))
}

// room is where it is said, in Slack.
func (l *listener) room(s bottest.Said) string {
	n := slices.Index(l.rooms, s.Room)
	if n < 0 {
		n, l.rooms = len(l.rooms), append(l.rooms, s.Room)
	}
	return fmt.Sprintf("C0%08d", n)
}

// root is below which message it is said. A page of a task is a card of it.
func (l *listener) root(s bottest.Said) string {
	key := strings.Join([]string{s.Room, s.Thread, string(s.About)}, "/")
	if l.roots[key] == "" {
		at, err := l.options.Client.PostMessage(context.Background(), slack.Draft{Channel: l.room(s), Text: "a thread begins here"})
		if err != nil {
			l.t.Fatal(err)
		}
		l.roots[key] = at.TS
		if s.About != "" {
			l.mu.Lock()
			l.pages[at.Channel+"/"+at.TS] = s.About
			l.mu.Unlock()
		}
	}
	return l.roots[key]
}

// seen are all messages of ours that somebody sees, the oldest first.
func (l *listener) seen(s bottest.Said) (all []slackfake.Message) {
	u := l.user(s.Who)
	places := []string{l.Channel(u.ID()).ID()}
	for n := range l.rooms {
		places = append(places, fmt.Sprintf("C0%08d", n))
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

func (l *listener) person(_ context.Context, who progress.Person, _ []string) (progress.Actor, bool, error) {
	return l.w.People[string(who)].Actor, true, nil
}

func (l *listener) reader(_ context.Context, who progress.Person) (templates.Reader, error) {
	return templates.Reader{Lang: l.w.People[string(who)].Lang}, nil
}

// parts are what a platform asks of the people and rooms of a conversation.
type parts struct{ *listener }

// Hear is that of the bot of the world as it is now.
func (p parts) Hear(ctx context.Context, t bot.Turn) (templates.Reply, error) {
	reply, _, err := p.w.Bot.Hear(ctx, t)
	p.said <- reply
	return reply, err
}

// Who is somebody who is no stranger.
func (p parts) Who(_ context.Context, a bot.Account) (progress.Person, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for n, name := range p.crew {
		if a.ID == fmt.Sprintf("U0%08d", n) {
			return progress.Person(name), !p.w.People[name].Stranger, nil
		}
	}
	return "", false, nil
}

// Link links nothing.
func (p parts) Link(context.Context, string, bot.Account, string) (progress.Person, error) {
	return "", errors.New("there are no codes")
}

// Unlink links nothing.
func (p parts) Unlink(context.Context, bot.Account) (bool, error) { return false, nil }

// Shown is what the room was shown.
func (p parts) Shown(context.Context, []notify.Address) ([]progress.TaskID, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sight, nil
}

// TaskAt is the page that a message stands for.
func (p parts) TaskAt(_ context.Context, far string) (progress.TaskID, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id, ok := p.pages[far]
	return id, ok, nil
}
