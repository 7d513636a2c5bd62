package slack_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/bot/chat/chattest"
	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
)

// stand is a platform in a workspace, with a bot that notes what it hears.
type stand struct {
	*slackfake.Slack
	*slack.Platform
	t        testing.TB
	options  slack.Options
	channel  *slack.Channel
	bot      *chattest.Parrot
	accounts *chattest.Register
	rooms    *chattest.Walls
	log      *chattest.Journal
	cables   *cables
	stop     func()
}

// raise makes a platform that runs until the test ends, in a bubble.
func raise(t testing.TB, o slackfake.Options, change func(*slack.Options)) *stand {
	t.Helper()
	s := ready(t, o, change)
	s.run()
	return s
}

// ready makes a platform that does not run yet.
func ready(t testing.TB, o slackfake.Options, change func(*slack.Options)) *stand {
	t.Helper()
	s := &stand{Slack: slackfake.New(o), t: t, bot: &chattest.Parrot{}, accounts: linked(), rooms: chattest.NewWalls(), log: &chattest.Journal{}, cables: &cables{}}
	t.Cleanup(s.Close)
	client := slack.NewClient(slack.ClientOptions{BotToken: slackfake.BotToken, AppToken: slackfake.AppToken, Transport: s.Transport()})
	cards, log := slackcard.New(book()), slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.channel = slack.NewChannel(slack.ChannelOptions{Client: client, Cards: cards, Log: log})
	s.options = slack.Options{Client: client, Cards: cards, Dialer: s.cables.dialer(s.Slack), Options: chat.Options{
		Bot: s.bot, Accounts: s.accounts, Rooms: s.rooms, Book: book(), Person: s.accounts.Person,
		Reader:  func(context.Context, progress.Person) (templates.Reader, error) { return templates.Reader{}, nil },
		Running: func(context.Context, progress.Actor) ([]templates.Subject, int, error) { return nil, 0, nil },
		Say:     s.post, Log: log, Page: "https://herald.example.com/accounts",
	}}
	if change != nil {
		change(&s.options)
	}
	s.open()
	return s
}

// linked are accounts, of whom Ana and Ben have linked theirs.
func linked() *chattest.Register {
	return chattest.NewRegister(slack.Name, slackfake.Team, map[string]progress.Person{slackfake.Ana: "ana", slackfake.Ben: "ben"})
}

// open makes the platform, of the options as they are.
func (s *stand) open() {
	s.t.Helper()
	var err error
	if s.Platform, err = slack.New(s.options); err != nil {
		s.t.Fatal(err)
	}
}

// run has the platform listen until the test ends, or stop is called.
func (s *stand) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	p := s.Platform
	go func() {
		defer close(done)
		if err := p.Run(ctx); err != nil {
			s.t.Error(err)
		}
	}()
	s.stop = sync.OnceFunc(func() { cancel(); <-done })
	s.t.Cleanup(s.stop)
	synctest.Wait()
}

// post says what is said as the notifier does, at once.
func (s *stand) post(to notify.Address, what notify.Speech) error {
	_, err := s.channel.Send(context.Background(), to, notify.Message{ID: what.ID, Reply: what.Reply, Thread: what.Thread, For: what.For})
	return err
}

// settle waits until nothing moves any more that need not wait.
func settle() {
	time.Sleep(time.Second)
	synctest.Wait()
}

// says has somebody say something, and waits for what comes of it.
func (s *stand) says(who, channel, thread, text string) slackfake.Message {
	s.t.Helper()
	m, err := s.User(who).Say(channel, thread, text)
	if err != nil {
		s.t.Fatal(err)
	}
	settle()
	return m
}

// presses has somebody press a button.
func (s *stand) presses(who string, m slackfake.Message, what string) {
	s.t.Helper()
	d, err := s.User(who).Press(m, what)
	s.taken(d, err)
}

// taken waits until something is acknowledged, and for what comes of it.
func (s *stand) taken(d *slackfake.Delivery, err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	if err = d.Wait(context.Background()); err != nil {
		s.t.Error(err)
	}
	if body := string(d.Answer()); body != "" && body != "null" {
		s.t.Errorf("it is acknowledged with %s", body)
	}
	settle()
}

// last is what somebody sees last in a channel.
func (s *stand) last(who, channel string) slackfake.Message {
	s.t.Helper()
	all := s.User(who).Sees(channel)
	if len(all) == 0 {
		s.t.Fatalf("%s sees nothing in %s", who, channel)
	}
	return all[len(all)-1]
}

// shows fails unless a message has words in it, and is for somebody alone, or for all.
func (s *stand) shows(m slackfake.Message, only, words string) {
	s.t.Helper()
	if m.User != slackfake.Bot || m.Only != only || !strings.Contains(m.Shows, words) {
		s.t.Errorf("%s says to %q: %s; and not to %q: %s", m.User, m.Only, m.Shows, only, words)
	}
}

// direct are somebody's direct messages from the app.
func (s *stand) direct(who string) []slackfake.Message {
	return slices.DeleteFunc(s.Channel(who).Messages(), func(m slackfake.Message) bool { return m.User != slackfake.Bot })
}

// pinned posts a message with buttons, as a card is, which is about a task.
func (s *stand) pinned(channel, thread string, id progress.TaskID, post slackcard.Post) slackfake.Message {
	s.t.Helper()
	at, err := s.options.Client.PostMessage(context.Background(), slack.Draft{Channel: channel, Thread: thread, Text: post.Text, Blocks: post.Blocks})
	if err != nil {
		s.t.Fatal(err)
	}
	if id != "" {
		s.rooms.Put(at.Channel+"/"+at.TS, id)
	}
	m, _ := s.Channel(channel).Message(at.TS)
	return m
}

// mention is the app's name in what people say.
const mention = "<@" + slackfake.Bot + "> "

// newest is the last turn, of so many.
func (s *stand) newest(of int) bot.Turn {
	s.t.Helper()
	all := s.bot.Heard()
	if len(all) != of || of == 0 {
		s.t.Fatalf("%d turns: %+v", len(all), all)
	}
	return all[of-1]
}
