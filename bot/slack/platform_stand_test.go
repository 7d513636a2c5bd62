package slack_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/chat"
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
	bot      *parrot
	accounts *register
	rooms    *walls
	log      *journal
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
	s := &stand{Slack: slackfake.New(o), t: t, bot: &parrot{}, accounts: newRegister(), rooms: &walls{at: map[string]progress.TaskID{}}, log: &journal{}, cables: &cables{}}
	t.Cleanup(s.Close)
	client := slack.NewClient(slack.ClientOptions{BotToken: slackfake.BotToken, AppToken: slackfake.AppToken, Transport: s.Transport()})
	cards, log := slackcard.New(book()), slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.channel = slack.NewChannel(slack.ChannelOptions{Client: client, Cards: cards, Log: log})
	s.options = slack.Options{Client: client, Cards: cards, Dialer: s.cables.dialer(s.Slack), Options: chat.Options{
		Bot: s.bot, Accounts: s.accounts, Rooms: s.rooms, Book: book(), Person: s.accounts.person,
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
		s.rooms.put(at.Channel+"/"+at.TS, id)
	}
	m, _ := s.Channel(channel).Message(at.TS)
	return m
}

// mention is the app's name in what people say.
const mention = "<@" + slackfake.Bot + "> "

// parrot is a bot that notes each turn, and answers with what it heard.
type parrot struct {
	mu    sync.Mutex
	turns []bot.Turn
	say   func(t bot.Turn) (templates.Reply, error) // nil: what it heard
	stall func(t bot.Turn) time.Duration            // nil: not at all
}

func (p *parrot) Hear(ctx context.Context, t bot.Turn) (templates.Reply, error) {
	p.mu.Lock()
	p.turns = append(p.turns, t)
	say, stall := p.say, p.stall
	p.mu.Unlock()
	if stall != nil {
		select {
		case <-time.After(stall(t)):
		case <-ctx.Done():
			return templates.Reply{}, ctx.Err()
		}
	}
	if say != nil {
		return say(t)
	}
	return templates.Reply{About: templates.TopicDone, Text: "heard " + t.Text + t.Press}, nil
}

// answer changes what it answers.
func (p *parrot) answer(say func(bot.Turn) (templates.Reply, error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say = say
}

// wait changes how long it takes.
func (p *parrot) wait(stall func(bot.Turn) time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stall = stall
}

// heard are the turns so far.
func (p *parrot) heard() []bot.Turn {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.turns)
}

// newest is the last turn, of so many.
func (s *stand) newest(of int) bot.Turn {
	s.t.Helper()
	all := s.bot.heard()
	if len(all) != of || of == 0 {
		s.t.Fatalf("%d turns: %+v", len(all), all)
	}
	return all[of-1]
}

// about answers how a task stands.
func about(id progress.TaskID, title string) func(bot.Turn) (templates.Reply, error) {
	return answers(templates.TopicStatus, id, title)
}

// output answers what a task printed.
func output(id progress.TaskID, title string) func(bot.Turn) (templates.Reply, error) {
	return answers(templates.TopicLogs, id, title)
}

func answers(about templates.Topic, id progress.TaskID, title string) func(bot.Turn) (templates.Reply, error) {
	return func(bot.Turn) (templates.Reply, error) {
		d := progress.Task{ID: id, Spec: &progress.Spec{Title: title}, Status: progress.Running, Run: 1, Attempt: 1}
		return book().Reply(templates.Answer{About: about, Task: &templates.Subject{Task: &d}}, templates.Reader{}, time.Now()), nil
	}
}

// register are accounts, of whom Ana and Ben have linked theirs.
type register struct {
	mu     sync.Mutex
	linked map[string]progress.Person // by the ids of accounts
	asked  []bot.Account
	groups []string // that somebody was in who was asked for last
	rights progress.Right
	down   error
	stall  func() time.Duration
}

func newRegister() *register {
	return &register{linked: map[string]progress.Person{slackfake.Ana: "ana", slackfake.Ben: "ben"}, rights: progress.MayAdmin, stall: func() time.Duration { return 0 }}
}

// set changes how it is with accounts.
func (r *register) set(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

func (r *register) link(account string, p progress.Person) { r.set(func() { r.linked[account] = p }) }
func (r *register) fail(err error)                         { r.set(func() { r.down = err }) }
func (r *register) may(rights progress.Right)              { r.set(func() { r.rights = rights }) }
func (r *register) wait(stall func() time.Duration)        { r.set(func() { r.stall = stall }) }

func (r *register) of(account string) (p progress.Person) {
	r.set(func() { p = r.linked[account] })
	return p
}

func (r *register) accounts() (all []bot.Account) {
	r.set(func() { all = slices.Clone(r.asked) })
	return all
}

func (r *register) in() (groups []string) {
	r.set(func() { groups = r.groups })
	return groups
}

func (r *register) Who(ctx context.Context, a bot.Account) (progress.Person, bool, error) {
	r.mu.Lock()
	stall := r.stall()
	r.mu.Unlock()
	select {
	case <-time.After(stall):
	case <-ctx.Done():
		return "", false, ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, a)
	p, ok := r.linked[a.ID]
	return p, ok && a.Platform == slack.Name && a.Team == slackfake.Team, r.down
}

func (r *register) Link(_ context.Context, code string, a bot.Account, name string) (progress.Person, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code)) {
	case "GOOD", "FGHJKMNP":
		r.linked[a.ID] = progress.Person(name)
		return r.linked[a.ID], nil
	case "MUCH":
		return "", &progress.Error{Code: progress.Limited, Say: "too many tries"}
	case "DOWN":
		return "", errors.New("the disk is on fire")
	}
	return "", &progress.Error{Code: progress.NotFound, Say: "there is no such code"}
}

func (r *register) Unlink(_ context.Context, a bot.Account) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.linked[a.ID]
	delete(r.linked, a.ID)
	return ok, r.down
}

func (r *register) person(_ context.Context, who progress.Person, groups []string) (progress.Actor, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.groups = slices.Clone(groups)
	return progress.Actor{Person: who, Groups: groups, Rights: r.rights, All: true}, who != "gone", nil
}

// walls are what rooms were shown.
type walls struct {
	mu    sync.Mutex
	at    map[string]progress.TaskID // by what Slack calls messages
	shown map[string][]progress.TaskID
	down  error
}

func (w *walls) put(far string, id progress.TaskID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at[far] = id
}

func (w *walls) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = err
}

func (w *walls) show(to string, ids ...progress.TaskID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shown = map[string][]progress.TaskID{to: ids}
}

func (w *walls) Shown(_ context.Context, to []notify.Address) (out []progress.TaskID, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range to {
		out = append(out, w.shown[a.To]...)
	}
	return out, w.down
}

func (w *walls) TaskAt(_ context.Context, far string) (progress.TaskID, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id, ok := w.at[far]
	return id, ok, w.down
}

// journal is what was logged.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}
