package discord_test

import (
	"bytes"
	"context"
	"encoding/json"
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
	"github.com/taskherald/herald/bot/discord"
	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/bot/discord/setup"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/discordcard"
)

// stand is a platform in a server, with a bot that notes what it hears.
type stand struct {
	*discordfake.Discord
	*discord.Platform
	t        testing.TB
	options  discord.Options
	mouth    *discord.Channel
	bot      *chattest.Parrot
	accounts *chattest.Register
	rooms    *chattest.Walls
	log      *chattest.Journal
	kept     *shelf
	stop     func()
}

// shelf is what buttons say that is too long for one.
type shelf struct {
	mu   sync.Mutex
	all  map[string]string
	down error
}

func (s *shelf) put(_ context.Context, key, full string, _ time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down == nil {
		s.all[key] = full
	}
	return s.down
}

func (s *shelf) get(_ context.Context, key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[key], s.down
}

// breaks has all that is asked of the shelf fail, until it is called with nil.
func (s *shelf) breaks(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = err
}

// raise makes a platform that runs until the test ends, in a bubble.
func raise(t testing.TB, o discordfake.Options, change func(*discord.Options)) *stand {
	t.Helper()
	s := ready(t, o, change)
	s.run()
	return s
}

// ready makes a platform that does not run yet.
func ready(t testing.TB, o discordfake.Options, change func(*discord.Options)) *stand {
	t.Helper()
	o.Commands = commands()
	s := &stand{
		Discord: discordfake.New(o), t: t, bot: &chattest.Parrot{}, accounts: linked(), rooms: chattest.NewWalls(), log: &chattest.Journal{},
		kept: &shelf{all: map[string]string{}},
	}
	t.Cleanup(s.Close)
	sealer, err := ticket.New(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		t.Fatal(err)
	}
	client := discord.NewClient(discord.ClientOptions{Token: discordfake.Token, Transport: s.Transport()})
	cards, log := discordcard.New(book()), slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.mouth = discord.NewChannel(discord.ChannelOptions{Client: client, Cards: cards, Sealer: sealer, Log: log, Keep: s.kept.put})
	s.options = discord.Options{Client: client, Cards: cards, Sealer: sealer, Dialer: s.Dialer(), Keep: s.kept.put, Kept: s.kept.get, Options: chat.Options{
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

// commands are ours, as they are registered.
func commands() (out []string) {
	for _, c := range setup.Commands() {
		text, err := json.Marshal(c)
		if err != nil {
			panic(err)
		}
		out = append(out, string(text))
	}
	return out
}

// linked are accounts, of whom Ana and Ben have linked theirs.
func linked() *chattest.Register {
	return chattest.NewRegister(discord.Name, "", map[string]progress.Person{discordfake.Ana: "ana", discordfake.Ben: "ben"})
}

// open makes the platform, of the options as they are.
func (s *stand) open() { s.Platform = discord.New(s.options) }

// signed makes it one that Discord calls.
func (s *stand) signed() {
	s.t.Helper()
	var err error
	if s.Platform, err = discord.NewSigned(s.options, discordfake.PublicKey); err != nil {
		s.t.Fatal(err)
	}
}

// run has the platform listen until the test ends, or stop is called.
func (s *stand) run() {
	s.stop = s.runs(s.Platform)
	synctest.Wait()
}

// restart is another process with the same buttons.
func (s *stand) restart() {
	s.stop()
	s.open()
	s.run()
	time.Sleep(10 * time.Second) // Discord takes no two sessions within five
}

// runs has a platform listen until the test ends, or what it gives is called.
func (s *stand) runs(p *discord.Platform) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := p.Run(ctx); err != nil {
			s.t.Error(err)
		}
	}()
	stop = sync.OnceFunc(func() { cancel(); <-done })
	s.t.Cleanup(stop)
	return stop
}

// post says what is said as the notifier does, at once.
func (s *stand) post(to notify.Address, what notify.Speech) error {
	_, err := s.mouth.Send(context.Background(), to, notify.Message{
		ID: what.ID, Class: notify.ClassAnswer, Urgent: true, Reply: what.Reply, Thread: what.Thread, For: what.For,
	})
	return err
}

// settle waits until nothing moves any more that need not wait.
func settle() {
	time.Sleep(time.Second)
	synctest.Wait()
}

// mention is the bot's name in what people say.
const mention = "<@" + discordfake.Bot + "> "

// says has somebody say something, and waits for what comes of it.
func (s *stand) says(who, channel, text string) discordfake.Message {
	s.t.Helper()
	m, err := s.User(who).Say(channel, text)
	if err != nil {
		s.t.Fatal(err)
	}
	settle()
	return m
}

// replies has somebody reply to a message.
func (s *stand) replies(who string, to discordfake.Message, text string, ping bool) discordfake.Message {
	s.t.Helper()
	m, err := s.User(who).Reply(to, text, ping)
	if err != nil {
		s.t.Fatal(err)
	}
	settle()
	return m
}

// presses has somebody press a button, by its custom_id, and gives what comes of it.
func (s *stand) presses(who string, m discordfake.Message, what string) *discordfake.Interaction {
	s.t.Helper()
	i, err := s.User(who).Press(m, what)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.taken(i)
}

// orders has somebody give a subcommand of /task, and gives what comes of it.
func (s *stand) orders(who, channel, sub string, options map[string]string) *discordfake.Interaction {
	s.t.Helper()
	i, err := s.User(who).Command(channel, setup.CommandName, sub, options)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.taken(i)
}

// submits has somebody send the form that they see.
func (s *stand) submits(who string, values map[string]string) *discordfake.Interaction {
	s.t.Helper()
	i, err := s.User(who).Submit(values)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.taken(i)
}

// taken waits until something has its first answer, and for what comes of it.
func (s *stand) taken(i *discordfake.Interaction) *discordfake.Interaction {
	s.t.Helper()
	if err := i.Wait(context.Background()); err != nil {
		s.t.Error(err)
	}
	settle()
	return i
}

// told fails unless of what somebody did there is one answer, with words in it, that they see
// alone if only is their id.
func (s *stand) told(i *discordfake.Interaction, only, words string) {
	s.t.Helper()
	all := i.Answers()
	if len(all) != 1 {
		s.t.Errorf("there are %d answers, and not one that says %q: %+v", len(all), words, all)
		return
	}
	s.shows(all[0], only, words)
}

// shows fails unless a message of ours has words in it, and is for somebody alone, or for all.
func (s *stand) shows(m discordfake.Message, only, words string) {
	s.t.Helper()
	if m.Author != discordfake.Bot || m.Only != only || m.Waiting || !strings.Contains(m.Shows, words) || len(m.Pings) > 0 {
		s.t.Errorf("%s says to %q, pinging %v (waiting: %t): %s; and not to %q: %s", m.Author, m.Only, m.Pings, m.Waiting, m.Shows, only, words)
	}
}

// last is what somebody sees last in a channel.
func (s *stand) last(who, channel string) discordfake.Message {
	s.t.Helper()
	all := s.User(who).Sees(channel)
	if len(all) == 0 {
		s.t.Fatalf("%s sees nothing in %s", who, channel)
	}
	return all[len(all)-1]
}

// direct are somebody's direct messages from the bot.
func (s *stand) direct(who string) []discordfake.Message {
	return slices.DeleteFunc(s.User(who).Sees(discordfake.App), func(m discordfake.Message) bool { return m.Author != discordfake.Bot })
}

// pinned posts a message with buttons, as a card is, which is about a task.
func (s *stand) pinned(channel string, id progress.TaskID, post discordcard.Post) discordfake.Message {
	s.t.Helper()
	said, err := s.options.Client.CreateMessage(context.Background(), channel, discord.Draft{Components: post.Components})
	if err != nil {
		s.t.Fatal(err)
	}
	if id != "" {
		s.rooms.Put(said.Channel+"/"+said.ID, id)
	}
	m, _ := s.Channel(said.Channel).Message(said.ID)
	return m
}

// threaded begins the thread of a message.
func (s *stand) threaded(m discordfake.Message) (thread string) {
	s.t.Helper()
	if err := s.options.Client.StartThread(context.Background(), m.Channel, m.ID, "a thread"); err != nil {
		s.t.Fatal(err)
	}
	return m.ID
}

// newest is the last turn, of so many.
func (s *stand) newest(of int) bot.Turn {
	s.t.Helper()
	all := s.bot.Heard()
	if len(all) != of || of == 0 {
		s.t.Fatalf("%d turns, and not %d: %+v", len(all), of, all)
	}
	return all[of-1]
}

// quietly fails if a secret is in the log.
func (s *stand) quietly() {
	s.t.Helper()
	if log := s.log.String(); strings.Contains(log, "secret") {
		s.t.Errorf("a secret is in the log: %s", log)
	}
}
