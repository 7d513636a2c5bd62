package discord_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/discord"
	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/discordcard"
)

var book = sync.OnceValue(func() *templates.Book { return templates.New(templates.Options{}) })

// office is a server with a channel of ours into it.
type office struct {
	*discordfake.Discord
	*discord.Channel
	client *discord.Client
	sealer *ticket.Sealer
	log    bytes.Buffer

	mu   sync.Mutex
	kept map[string]string
	lose error // of what is to be kept
}

// inside is an office that no network is needed for: what waits in it waits in the time of a
// bubble.
func inside(t testing.TB, o discordfake.Options) *office {
	t.Helper()
	return open(t, discordfake.New(o), "")
}

// open makes the channel into a server, at an address unless it is "".
func open(t testing.TB, d *discordfake.Discord, api string) *office {
	t.Helper()
	o := discord.ClientOptions{Token: discordfake.Token, API: api}
	if api == "" {
		o.Transport = d.Transport()
	}
	sealer, err := ticket.New(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		t.Fatal(err)
	}
	off := &office{Discord: d, client: discord.NewClient(o), sealer: sealer, kept: map[string]string{}}
	t.Cleanup(off.client.Close)
	off.again()
	return off
}

// again makes the channel anew, as another process would.
func (o *office) again() {
	o.Channel = discord.NewChannel(discord.ChannelOptions{
		Client: o.client, Cards: discordcard.New(book()), Sealer: o.sealer, Log: slog.New(slog.NewTextHandler(&o.log, nil)), Keep: o.keep,
	})
}

func (o *office) keep(_ context.Context, key, full string, until time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.lose == nil && time.Until(until) > 89*24*time.Hour {
		o.kept[key] = full
	}
	return o.lose
}

// room is a channel, a thread or somebody's direct messages.
func (o *office) room(id string) *discordfake.Channel { return o.Discord.Channel(id) }

// sees are the messages that Ana sees in a room.
func (o *office) sees(room string) []discordfake.Message { return o.User(discordfake.Ana).Sees(room) }

// only is the one message in a room.
func (o *office) only(t testing.TB, room string) discordfake.Message {
	t.Helper()
	all := o.sees(room)
	if len(all) != 1 {
		t.Fatalf("%d messages are in %s: %+v", len(all), room, all)
	}
	return all[0]
}

// last is the newest message in a room.
func (o *office) last(t testing.TB, room string) discordfake.Message {
	t.Helper()
	all := o.sees(room)
	if len(all) == 0 {
		t.Fatalf("nothing is in %s", room)
	}
	return all[len(all)-1]
}

// send sends a message that has to be taken, and gives what Discord calls it.
func (o *office) send(t testing.TB, to string, m notify.Message) (far string) {
	t.Helper()
	r, err := o.Send(t.Context(), at(to), m)
	if err != nil {
		t.Fatalf("to %s: %v", to, err)
	}
	return r.Far
}

// edit changes a message, which has to be taken, and gives what Discord calls it now.
func (o *office) edit(t testing.TB, to, far string, m notify.Message) string {
	t.Helper()
	r, err := o.Edit(t.Context(), at(to), far, m)
	if err != nil {
		t.Fatalf("at %s: %v", to, err)
	}
	return r.Far
}

// fails sends a message that must not be taken.
func (o *office) fails(t testing.TB, to string, m notify.Message) *notify.Failure {
	t.Helper()
	_, err := o.Send(t.Context(), at(to), m)
	return failure(t, err)
}

// unedited changes a message, which must not be taken.
func (o *office) unedited(t testing.TB, to, far string, m notify.Message) *notify.Failure {
	t.Helper()
	_, err := o.Edit(t.Context(), at(to), far, m)
	return failure(t, err)
}

func failure(t testing.TB, err error) *notify.Failure {
	t.Helper()
	f, ok := errors.AsType[*notify.Failure](err)
	if !ok {
		t.Fatalf("it gives %v", err)
	}
	return f
}

func at(to string) notify.Address { return notify.Address{Channel: discord.Name, To: to} }

// idOf is the message in a name.
func idOf(far string) string {
	_, id, _ := strings.Cut(far, "/")
	return id
}

// deed is a task whose second step waits for an approval.
type deed struct {
	task progress.Task
	last progress.Event
}

func begin(t testing.TB, id progress.TaskID, title string) *deed {
	t.Helper()
	d := &deed{task: progress.Task{ID: id}}
	gate := &progress.Gate{Prompt: "Go live with " + title + "?", Effects: []string{"It is seen by all"}, Risk: "high"}
	d.do(t, progress.Create{
		Spec:  progress.Spec{Title: title, Owner: "ann", CreatedBy: "ann"},
		Steps: []progress.Plan{{Name: "Build"}, {Name: "Go live", Gate: gate}, {Name: "Tell"}},
	})
	d.do(t, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepRunning})
	return d
}

func (d *deed) do(t testing.TB, c progress.Change) {
	t.Helper()
	actor := progress.Actor{Person: "ann", Rights: progress.MayAdmin, All: true}
	after, events, err := progress.Act(d.task, progress.Command{Task: d.task.ID, By: actor, Via: progress.ViaREST, Do: c}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	d.task = after
	if len(events) > 0 {
		d.last = events[len(events)-1]
	}
	for _, e := range events {
		if e.Kind == progress.ApprovalNeeded {
			d.last = e
		}
	}
}

// at has the first step come so far.
func (d *deed) at(t testing.TB, percent float64) {
	t.Helper()
	d.do(t, progress.Report{Step: progress.StepRef{Order: 1}, StepProgress: &percent})
}

func (d *deed) end(t testing.TB) {
	t.Helper()
	d.do(t, progress.Report{Status: progress.Failed})
}

// asked is a task that waits.
func asked(t testing.TB, id progress.TaskID, title string) *deed {
	t.Helper()
	d := begin(t, id, title)
	d.do(t, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepCompleted})
	d.do(t, progress.Report{Step: progress.StepRef{Order: 2}, StepStatus: progress.StepRunning})
	return d
}

func (d *deed) subject() (templates.Subject, *progress.Task) {
	task := d.task
	return templates.Subject{Task: &task, Now: time.Now(), Link: "https://herald.example.com/tasks/" + string(task.ID)}, &task
}

// letter is about the last event.
func (d *deed) letter() notify.Message {
	s, task := d.subject()
	e := d.last
	said := book().Notice(s, &e, templates.Reader{})
	class := notify.ClassOf(e.Kind)
	return notify.Message{
		ID: string(notify.LetterIDOf("sub", task.ID, e.Seq)), Class: class, Urgent: class.Urgent(), Link: s.Link,
		Task: task, Event: &e, Notice: &said, Vouched: true,
	}
}

// card is the picture of the task.
func (d *deed) card() notify.Message {
	s, task := d.subject()
	shown := book().Card(s, templates.Reader{})
	return notify.Message{
		ID: fmt.Sprintf("msg_card_%s_%d", task.ID, task.Version), Class: notify.ClassProgress, Link: s.Link,
		Task: task, Card: &shown, Vouched: true,
	}
}

// below is something that is said below a card.
func (d *deed) below(text, far string) notify.Message {
	m := note(text)
	m.Task, m.Thread = &d.task, far
	return m
}

// note is a letter about no task.
func note(text string) notify.Message {
	return notify.Message{ID: "msg_" + text, Class: notify.ClassStep, Note: &notify.Note{Kind: notify.NoteTest}, Notice: &templates.Notice{Title: text, Text: text}}
}

// answer is what the bot answers.
func answer(id, words string) notify.Message {
	return notify.Message{ID: id, Class: notify.ClassAnswer, Urgent: true, Reply: &templates.Reply{Text: words}}
}

// clean fails if a text has a secret in it.
func clean(t testing.TB, text string, secrets ...string) {
	t.Helper()
	for _, s := range append(secrets, discordfake.Token, "secret", "://", "/api/") {
		if strings.Contains(text, s) {
			t.Errorf("%q has %q in it", text, s)
		}
	}
}

// always is a fault of every call from now on.
func always(f discordfake.Fault) discordfake.Fault {
	f.Times = -1
	return f
}

// channelOf is a channel without a server.
func channelOf(c *discord.Client) *discord.Channel {
	return discord.NewChannel(discord.ChannelOptions{Client: c, Cards: discordcard.New(book())})
}
