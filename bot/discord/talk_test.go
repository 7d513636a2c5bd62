package discord_test

import (
	"cmp"
	"context"
	"hash/fnv"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/bot/bottest"
	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/bot/chat/chattest"
	"github.com/taskherald/herald/bot/discord"
	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/bot/discord/setup"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/discordcard"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// TestConversations plays all conversations in Discord, but for what nobody says to the bot: a
// third of them in a channel by its name, a third in direct messages, a third by commands. Under the
// race detector it is one in five, without HERALD_SOAK.
func TestConversations(t *testing.T) {
	t.Parallel()
	bottest.RunEach(t, often(1, 5), func(t testing.TB, w *bottest.World) bottest.Ear { return listen(t, w) })
}

// manner is how something is said.
type manner int

const (
	byName manner = iota
	directly
	byCommand
	manners
)

// listener is how the people of a conversation reach the bot in Discord.
type listener struct {
	*discordfake.Discord
	*chattest.Cast
	t       testing.TB
	manner  manner
	options discord.Options
	kept    *shelf
	sent    map[string]event
}

// event is something that Discord has told.
type event struct {
	kind string
	body any
}

// listen opens a server for the people of a conversation.
func listen(t testing.TB, w *bottest.World) *listener {
	t.Helper()
	o := crowd(8, 4)
	o.Commands = commands()
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(t.Name()))
	l := &listener{
		Discord: discordfake.New(o), Cast: chattest.NewCast(w, personID), t: t, manner: manner(sum.Sum32() % uint32(manners)),
		kept: &shelf{all: map[string]string{}}, sent: map[string]event{},
	}
	t.Cleanup(l.Close)
	log, cards := slog.New(slog.DiscardHandler), discordcard.New(book())
	client := discord.NewClient(discord.ClientOptions{Token: discordfake.Token, Transport: l.Transport()})
	channel := discord.NewChannel(discord.ChannelOptions{Client: client, Cards: cards, Sealer: w.Sealer, Log: log, Keep: l.kept.put})
	l.options = discord.Options{
		Client: client, Cards: cards, Sealer: w.Sealer, Keep: l.kept.put, Kept: l.kept.get,
		Options: chat.Options{
			Bot: l.Cast, Accounts: l.Cast, Rooms: l.Cast, Book: book(), Person: l.Person, Reader: l.Reader, Log: log, Now: w.Now,
			Say: func(to notify.Address, s notify.Speech) error {
				_, err := channel.Send(context.Background(), to, notify.Message{ID: s.ID, Class: notify.ClassAnswer, Reply: s.Reply, Thread: s.Thread, For: s.For})
				return err
			},
		},
	}
	t.Cleanup(l.start(l.Discord))
	return l
}

// start makes a platform, which knows of nothing that came before, and hears what comes from a
// gateway.
func (l *listener) start(from *discordfake.Discord) (stop func()) {
	o := l.options
	o.Dialer = from.Dialer()
	p := discord.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := p.Run(ctx); err != nil {
			l.t.Error(err)
		}
	}()
	for from.Feed().Sessions() == 0 {
		time.Sleep(100 * time.Microsecond)
	}
	time.Sleep(2 * time.Millisecond) // it has read who it is
	return sync.OnceFunc(func() { cancel(); <-done })
}

// Unable is why something cannot be said.
func (l *listener) Unable(s bottest.Said) string {
	if s.Overheard {
		return "Discord does not tell the bot what people say to each other"
	}
	return ""
}

// Hear has somebody say or press something in Discord, and reads what comes of it.
func (l *listener) Hear(_ context.Context, s bottest.Said) (bottest.Heard, error) {
	id, n := l.Enter(s)
	u, where := l.User(id), room(int64(n))
	if l.manner == directly && s.Room == "room" && s.Thread == "" && !s.Who.Stranger {
		where = l.direct(u)
	}
	if again, ok := l.sent[s.ID]; ok {
		return l.again(again, u)
	}
	do := l.prepare(s, u, where)
	before := l.calls()
	e, err := do()
	if err != nil {
		return bottest.Heard{}, err
	}
	l.sent[s.ID] = e
	return l.answered(u, before)
}

// answered reads what the bot says, once it is there.
func (l *listener) answered(u *discordfake.User, before int) (bottest.Heard, error) {
	return l.Answered(func() (h bottest.Heard, ok bool, err error) {
		if l.calls() == before {
			return h, false, nil
		}
		all := l.seen(u)
		m := all[len(all)-1]
		return l.read(m), !m.Waiting, nil
	})
}

// calls is how often something was said.
func (l *listener) calls() int {
	return len(l.Calls(discordfake.CreateMessage)) + len(l.Calls(discordfake.EditOriginal)) + len(l.Calls(discordfake.CreateFollowup))
}

// again has a server that was started anew hear something that was heard before: by a gateway of
// its own, as Discord lets nobody begin two sessions within five seconds.
func (l *listener) again(e event, u *discordfake.User) (bottest.Heard, error) {
	other := discordfake.New(discordfake.Options{})
	defer other.Close()
	defer l.start(other)()
	before := l.calls()
	other.Feed().Send(e.kind, e.body)
	return l.answered(u, before)
}

// prepare makes ready what somebody does.
func (l *listener) prepare(s bottest.Said, u *discordfake.User, where string) func() (event, error) {
	text := mention + s.Text
	if l.isDirect(where) {
		text = s.Text
	}
	switch {
	case s.Press != "":
		return l.press(s, u, where)
	case s.Thread != "":
		where = l.thread(s, where)
	case s.About != "":
		_, id, _ := strings.Cut(l.root(s, where), "/")
		m, _ := l.Channel(where).Message(id)
		return func() (event, error) { return l.wrote(u.Reply(m, text, false)) }
	case l.manner == byCommand:
		return func() (event, error) {
			return did(u.Command(where, setup.CommandName, "ask", map[string]string{"what": s.Text}))
		}
	}
	return func() (event, error) { return l.wrote(u.Say(where, text)) }
}

// did is something that somebody did, as Discord tells it.
func did(i *discordfake.Interaction, err error) (event, error) {
	if err != nil {
		return event{}, err
	}
	return event{"INTERACTION_CREATE", i.Payload}, nil
}

// wrote is a message, as Discord tells it.
func (l *listener) wrote(m discordfake.Message, err error) (event, error) {
	body := map[string]any{
		"id": m.ID, "type": 0, "channel_id": m.Channel, "content": m.Text, "author": map[string]any{"id": m.Author},
		"mentions": []any{map[string]any{"id": discordfake.Bot}},
	}
	if !l.isDirect(m.Channel) {
		body["guild_id"] = discordfake.Guild
	}
	if m.ReplyTo != "" {
		body["type"], body["message_reference"] = 19, map[string]any{"type": 0, "message_id": m.ReplyTo, "channel_id": m.Channel}
	}
	return event{"MESSAGE_CREATE", body}, err
}

// direct is the channel of somebody's direct messages.
func (l *listener) direct(u *discordfake.User) string {
	id, err := l.options.Client.OpenDM(context.Background(), u.ID())
	if err != nil {
		l.t.Fatal(err)
	}
	return id
}

// isDirect reports whether a channel is that of direct messages.
func (l *listener) isDirect(channel string) bool {
	r, err := l.options.Client.Channel(context.Background(), channel)
	if err != nil {
		l.t.Fatal(err)
	}
	return r.Guild == ""
}

// press presses a button where it was shown, or on a card that is posted for it. With a reason
// it is one that asks for it.
func (l *listener) press(s bottest.Said, u *discordfake.User, where string) func() (event, error) {
	m, label, ok := l.shown(s, u)
	if s.Shown != "" || s.Reason != "" || !ok {
		m, label = l.card(s, where), "press"
	}
	return func() (event, error) {
		i, err := u.Press(m, label)
		if err != nil || s.Reason == "" {
			return did(i, err)
		}
		if err := chattest.Until(func() bool { _, open := u.Modal(); return open }); err != nil {
			return event{}, err
		}
		return did(u.Submit(map[string]string{discordcard.InputReason: s.Reason}))
	}
}

// shown is the newest message in which somebody sees a button, and its custom_id.
func (l *listener) shown(s bottest.Said, u *discordfake.User) (m discordfake.Message, customID string, ok bool) {
	for _, m := range slices.Backward(l.seen(u)) {
		for _, b := range m.Buttons {
			if l.means(b).Press == s.Press {
				return m, b.CustomID, true
			}
		}
	}
	return m, "", false
}

// card posts a message that has a button.
func (l *listener) card(s bottest.Said, where string) discordfake.Message {
	kind, full := discordcard.Press, s.Press
	if s.Shown != "" {
		kind = discordcard.Do
	}
	if s.Reason != "" {
		kind = discordcard.Reason
	}
	id := string(kind) + full
	if len(id) > 100 {
		l.kept.put(context.Background(), "long", id, time.Time{}) //nolint:errcheck // it does not fail
		id = cmp.Or(map[byte]string{discordcard.Reason: "qlong"}[kind], "klong")
	}
	if s.Thread != "" {
		where = l.thread(s, where)
	}
	row := discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.Button{Label: "press", CustomID: id, Style: discordgo.PrimaryButton}}}
	return l.posts(where, row)
}

// posts posts a message.
func (l *listener) posts(where string, all ...discordgo.MessageComponent) discordfake.Message {
	said, err := l.options.Client.CreateMessage(context.Background(), where, discord.Draft{Components: all})
	if err != nil {
		l.t.Fatal(err)
	}
	m, _ := l.Channel(where).Message(said.ID)
	return m
}

// root is below which message it is said.
func (l *listener) root(s bottest.Said, where string) (far string) {
	return l.Root(s, func() string {
		m := l.posts(where, discordgo.TextDisplay{Content: "a card"})
		return m.Channel + "/" + m.ID
	})
}

// thread is the one that a message begins.
func (l *listener) thread(s bottest.Said, where string) string {
	_, id, _ := strings.Cut(l.root(s, where), "/")
	if m, _ := l.Channel(where).Message(id); m.Thread == "" {
		if err := l.options.Client.StartThread(context.Background(), where, id, s.Thread); err != nil {
			l.t.Fatal(err)
		}
	}
	return id
}

// seen are all messages of ours that somebody sees, the one that was said last at the end.
func (l *listener) seen(u *discordfake.User) (all []discordfake.Message) {
	places := []string{discordfake.App}
	for n := range l.Rooms() {
		places = append(places, room(int64(n)))
		for _, r := range l.Channel(room(int64(n))).Threads() {
			places = append(places, r.ID())
		}
	}
	for _, at := range places {
		all = append(all, slices.DeleteFunc(u.Sees(at), func(m discordfake.Message) bool { return m.Author != discordfake.Bot })...)
	}
	slices.SortFunc(all, func(a, b discordfake.Message) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// read reads what somebody sees.
func (l *listener) read(m discordfake.Message) bottest.Heard {
	h := bottest.Heard{Text: plain(m)}
	for _, b := range m.Buttons {
		if button := l.means(b); button.Press != "" || button.Say != "" {
			h.Buttons = append(h.Buttons, button)
		}
	}
	return h
}

// plain is what a message says, without its buttons.
func plain(m discordfake.Message) string {
	text := m.Shows
	for _, b := range m.Buttons {
		text = strings.Replace(text, "["+b.Label+"]", "", 1)
	}
	return text
}

// means is what a button says.
func (l *listener) means(b discordfake.Button) templates.Button {
	act, _ := discordcard.ParseAction(b.CustomID)
	if act.Kind == discordcard.Kept || act.Kind == discordcard.KeptReason {
		full, _ := l.kept.get(context.Background(), act.Value)
		act, _ = discordcard.ParseAction(full)
	}
	switch act.Kind {
	case discordcard.Press, discordcard.Do, discordcard.Reason:
		return templates.Button{Label: b.Label, Press: act.Value}
	case discordcard.Say:
		return templates.Button{Label: b.Label, Say: act.Value}
	}
	return templates.Button{}
}
