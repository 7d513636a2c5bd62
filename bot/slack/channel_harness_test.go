package slack_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
)

var book = sync.OnceValue(func() *templates.Book { return templates.New(templates.Options{}) })

// office is a workspace with a channel of ours into it.
type office struct {
	*slackfake.Slack
	*slack.Channel
	client *slack.Client
	sealer *ticket.Sealer
	log    bytes.Buffer
}

// inside is an office that no network is needed for: what waits in it waits in the time of a
// bubble.
func inside(t testing.TB, o slackfake.Options) *office {
	t.Helper()
	return open(t, slackfake.New(o), slack.ClientOptions{})
}

// open makes the channel into a workspace.
func open(t testing.TB, s *slackfake.Slack, o slack.ClientOptions) *office {
	t.Helper()
	o.BotToken, o.AppToken = slackfake.BotToken, slackfake.AppToken
	if o.API == "" {
		o.Transport = s.Transport()
	}
	sealer, err := ticket.New(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		t.Fatal(err)
	}
	off := &office{Slack: s, client: slack.NewClient(o), sealer: sealer}
	t.Cleanup(off.client.Close)
	off.Channel = slack.NewChannel(slack.ChannelOptions{
		Client: off.client, Cards: slackcard.New(book()), Sealer: sealer, Log: slog.New(slog.NewTextHandler(&off.log, nil)),
	})
	return off
}

// sees are the messages that Ana sees in a room.
func (o *office) sees(room string) []slackfake.Message { return o.User(slackfake.Ana).Sees(room) }

// only is the one message in a room.
func (o *office) only(t testing.TB, room string) slackfake.Message {
	t.Helper()
	all := o.sees(room)
	if len(all) != 1 {
		t.Fatalf("%d messages are in %s: %+v", len(all), room, all)
	}
	return all[0]
}

// send sends a message that has to be taken, and gives what Slack calls it.
func (o *office) send(t testing.TB, to string, m notify.Message) (far string) {
	t.Helper()
	r, err := o.Send(t.Context(), at(to), m)
	if err != nil {
		t.Fatalf("to %s: %v", to, err)
	}
	return r.Far
}

// fails sends a message that must not be taken.
func (o *office) fails(t testing.TB, to string, m notify.Message) *notify.Failure {
	t.Helper()
	_, err := o.Send(t.Context(), at(to), m)
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

func at(to string) notify.Address { return notify.Address{Channel: slack.Name, To: to} }

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
	return d
}

func (d *deed) do(t testing.TB, c progress.Change) {
	t.Helper()
	actor := progress.Actor{Person: "ann", Rights: progress.MayAdmin, All: true}
	after, events, err := progress.Act(d.task, progress.Command{Task: d.task.ID, By: actor, Via: progress.ViaREST, Do: c}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	d.task, d.last = after, events[len(events)-1]
	for _, e := range events {
		if e.Kind == progress.ApprovalNeeded {
			d.last = e
		}
	}
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

// note is a letter about no task.
func note(text string) notify.Message {
	return notify.Message{ID: "msg_" + text, Class: notify.ClassStep, Note: &notify.Note{Kind: notify.NoteTest}, Notice: &templates.Notice{Title: text, Text: text}}
}

// first is the block_id of a message's first block, "" if it has no blocks.
func first(t testing.TB, m slackfake.Message) string {
	t.Helper()
	if m.Blocks == nil {
		return ""
	}
	var blocks []struct {
		ID string `json:"block_id"`
	}
	if err := json.Unmarshal(m.Blocks, &blocks); err != nil || len(blocks) == 0 {
		t.Fatal(err, string(m.Blocks))
	}
	return blocks[0].ID
}

// clean fails if a text has a secret in it.
func clean(t testing.TB, text string, secrets ...string) {
	t.Helper()
	for _, s := range append(secrets, slackfake.BotToken, slackfake.AppToken, "xoxb", "xapp", "://") {
		if strings.Contains(text, s) {
			t.Errorf("%q has %q in it", text, s)
		}
	}
}
