package discord_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/bottest"
	"github.com/taskherald/herald/bot/chat"
	"github.com/taskherald/herald/bot/chat/roadtest"
	"github.com/taskherald/herald/bot/discord"
	"github.com/taskherald/herald/bot/discord/discordfake"
	botstore "github.com/taskherald/herald/bot/store"
	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/discordcard"
)

// hall is a road to a server with the bot at its end that people talk with: the whole of it.
type hall struct {
	*roadtest.Road
	*office
	t *testing.T
}

// places are what the ledger knows of Discord.
type places struct{ *ledger.Ledger }

func (p places) Shown(ctx context.Context, to []notify.Address) ([]progress.TaskID, error) {
	lanes := make([]notify.LaneID, len(to))
	for n, a := range to {
		lanes[n] = a.Lane()
	}
	return p.Ledger.Shown(ctx, lanes)
}

func (p places) TaskAt(ctx context.Context, far string) (progress.TaskID, bool, error) {
	return p.Ledger.TaskAt(ctx, discord.Name, far)
}

// ears are the bot of a road.
type ears struct{ *bot.Bot }

func (e ears) Hear(ctx context.Context, t bot.Turn) (templates.Reply, error) {
	reply, _, err := e.Bot.Hear(ctx, t)
	return reply, err
}

// inHall runs a test with a bot that hears two channels which are told of all tasks.
func inHall(t *testing.T, test func(t *testing.T, h *hall)) {
	t.Helper()
	rules := []notify.Rule{{Tell: []string{"discord:#deploys", "discord:" + discordfake.General}}}
	onRoad(t, discordfake.Options{Commands: commands()}, rules, func(t *testing.T, r *roadtest.Road, off *office) {
		h := &hall{r, off, t}
		log := slog.New(slog.DiscardHandler)
		accounts := linked()
		accounts.May(progress.MayRead | progress.MayOperate | progress.MayApprove)
		b := bot.New(bot.Options{
			Tasks: r.Engine, Index: store.NewIndex(r.DB), Past: r.Store, Store: botstore.New(r.DB, time.Now), Notices: &bottest.Notices{},
			Parser: intents.New(), Book: r.Book, Sealer: off.sealer, Log: log, Link: roadtest.Link,
		})
		p := discord.New(discord.Options{
			Client: off.client, Cards: discordcard.New(r.Book), Sealer: off.sealer, Dialer: off.Dialer(), Keep: off.keep,
			Kept: func(_ context.Context, key string) (string, error) {
				off.mu.Lock()
				defer off.mu.Unlock()
				return off.kept[key], nil
			},
			Options: chat.Options{
				Bot: ears{b}, Accounts: accounts, Rooms: places{r.Ledger}, Book: r.Book, Person: accounts.Person, Log: log,
				Reader:  func(context.Context, progress.Person) (templates.Reader, error) { return templates.Reader{}, nil },
				Running: func(context.Context, progress.Actor) ([]templates.Subject, int, error) { return nil, 0, nil },
				Say:     func(to notify.Address, s notify.Speech) error { return r.Notifier.Say(to, s) },
			},
		})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- p.Run(ctx) }()
		defer func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}()
		roadtest.Pass(time.Second)
		test(t, h)
		off.patient(t)
	})
}

// asks has a task ask for an approval.
func (h *hall) asks(id progress.TaskID, gate progress.Gate) {
	h.t.Helper()
	h.Does(id, progress.Create{Spec: progress.Spec{Title: "Store " + string(id)}, Steps: []progress.Plan{{Name: "Build"}, {Name: "Go live", Gate: &gate}, {Name: "Tell"}}})
	h.Does(id, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepCompleted})
	h.Does(id, progress.Report{Step: progress.StepRef{Order: 2}, StepStatus: progress.StepRunning})
	roadtest.Pass(10 * time.Second)
}

// rooms are where people are asked.
var rooms = []string{discordfake.Deploys, discordfake.General}

// deciding are the messages about a task in a channel, and its thread, that have a button.
func (h *hall) deciding(room string, id progress.TaskID, label string) (all []discordfake.Message) {
	where := []string{room}
	for _, thread := range h.room(room).Threads() {
		where = append(where, thread.ID())
	}
	for _, at := range where {
		for _, m := range h.sees(at) {
			has := slices.ContainsFunc(m.Buttons, func(b discordfake.Button) bool { return b.Label == label })
			if has && strings.Contains(m.Shows, "Store "+string(id)) && m.Only == "" {
				all = append(all, m)
			}
		}
	}
	return all
}

// presses has somebody press a button, and gives what they alone are told.
func (h *hall) presses(who string, m discordfake.Message, label string) string {
	h.t.Helper()
	i, err := h.User(who).Press(m, label)
	return h.told(i, err)
}

// told is what somebody is told of what they did, a little later.
func (h *hall) told(i *discordfake.Interaction, err error) string {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := i.Wait(h.t.Context()); err != nil {
		h.t.Error(err)
	}
	roadtest.Pass(15 * time.Second)
	text := ""
	for _, m := range i.Answers() {
		text += m.Shows
	}
	return text
}

// stands is the approval of a task's second step.
func (h *hall) stands(id progress.TaskID) progress.Approval {
	h.t.Helper()
	task, err := h.Engine.Task(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return *task.Steps.At(2).Approval
}

// closed fails if any message about a task can still be used to decide.
func (h *hall) closed(id progress.TaskID) {
	h.t.Helper()
	for _, room := range rooms {
		for _, label := range []string{"Approve", "Reject…", "Approve…", "Approve with a reason…"} {
			if all := h.deciding(room, id, label); len(all) > 0 {
				h.t.Errorf("in %s there still is %q: %s", room, label, all[0].Shows)
			}
		}
	}
}

// TestApprovals are the ways from a question to its decision, one after the other.
func TestApprovals(t *testing.T) {
	inHall(t, func(t *testing.T, h *hall) {
		approve(t, h)
		quorum(t, h)
		reject(t, h)
		reply(t, h)
	})
}

// approve holds that a button decides, and that the buttons go from all copies of the question.
func approve(t *testing.T, h *hall) {
	h.asks("t1", progress.Gate{Prompt: "Go live?"})
	var old []discordfake.Message
	for _, room := range rooms {
		all := h.deciding(room, "t1", "Approve")
		if old = append(old, all...); len(all) < 2 { // the card, and the question
			t.Fatalf("in %s are %+v", room, h.sees(room))
		}
	}
	if said := h.presses(discordfake.Cleo, old[0], "Approve"); h.stands("t1").DecidedBy != "" || !strings.Contains(said, "link") {
		t.Errorf("a stranger is told %q", said)
	}
	said := h.presses(discordfake.Ana, old[1], "Approve")
	if ap := h.stands("t1"); ap.DecidedBy != "ana" || ap.Via != progress.ViaButton || !strings.Contains(said, "pproved") {
		t.Errorf("it is %+v; they are told %q", ap, said)
	}
	h.closed("t1")
	for n, m := range old {
		if said := h.presses(discordfake.Ben, m, "Approve"); !strings.Contains(said, "ana") {
			t.Errorf("who presses on old screen %d is told %q", n, said)
		}
	}
}

// quorum holds that a question stays open until so many have said yes, each once.
func quorum(t *testing.T, h *hall) {
	h.asks("q1", progress.Gate{Prompt: "Go live?", Quorum: 2})
	here, there := h.deciding(rooms[0], "q1", "Approve"), h.deciding(rooms[1], "q1", "Approve")
	for range 2 {
		said := h.presses(discordfake.Ana, here[len(here)-1], "Approve")
		if ap := h.stands("q1"); len(ap.Votes) != 1 || ap.DecidedBy != "" || said == "" {
			t.Errorf("it is %+v; they are told %q", ap, said)
		}
	}
	if all := h.deciding(rooms[1], "q1", "Approve"); len(all) == 0 || !strings.Contains(all[len(all)-1].Shows, "1 of 2") {
		t.Errorf("there are %d: %v", len(all), all)
	}
	h.presses(discordfake.Ben, there[0], "Approve")
	if ap := h.stands("q1"); len(ap.Votes) != 2 || ap.DecidedBy == "" {
		t.Errorf("it is %+v", ap)
	}
	h.closed("q1")
}

// reject holds that a form asks why, and for the second time what is of high risk; and that a question
// that was decided elsewhere is closed everywhere.
func reject(t *testing.T, h *hall) {
	h.asks("r1", progress.Gate{Prompt: "Go live?", Risk: "high"})
	for range 2 { // the first form is closed
		h.User(discordfake.Ana).Close()
		i, err := h.User(discordfake.Ana).Press(h.deciding(rooms[0], "r1", "Reject…")[0], "Reject…")
		if err != nil || i.Wait(t.Context()) != nil {
			t.Fatal(err)
		}
	}
	if form, ok := h.User(discordfake.Ana).Modal(); !ok || !strings.Contains(form.Title, "Reject") {
		t.Errorf("there is %+v", form)
	}
	said := h.told(h.User(discordfake.Ana).Submit(map[string]string{"reason": "too dear"}))
	if ap := h.stands("r1"); ap.DecidedBy != "ana" || ap.Reason != "too dear" || !strings.Contains(said, "ejected") {
		t.Errorf("it is %+v; they are told %q", ap, said)
	}
	h.closed("r1")
	h.asks("r2", progress.Gate{Prompt: "Go live?", Risk: "high"})
	i, err := h.User(discordfake.Ben).Press(h.deciding(rooms[1], "r2", "Approve…")[0], "Approve…")
	if err != nil || i.Wait(t.Context()) != nil {
		t.Fatal(err)
	}
	h.Does("r2", progress.Reject{Step: 2}) // elsewhere, while they think about it
	roadtest.Pass(10 * time.Second)
	h.closed("r2")
	if said := h.told(h.User(discordfake.Ben).Submit(nil)); !strings.Contains(said, "boss") {
		t.Errorf("they are told %q", said)
	}
}

// reply holds that who replies to a card decides by words.
func reply(t *testing.T, h *hall) {
	h.asks("w1", progress.Gate{Prompt: "Go live?"})
	card := h.deciding(rooms[0], "w1", "Pause")
	if len(card) == 0 {
		card = h.deciding(rooms[0], "w1", "Approve")
	}
	if _, err := h.User(discordfake.Ben).Reply(card[0], "approve it", true); err != nil {
		t.Fatal(err)
	}
	roadtest.Pass(15 * time.Second)
	if ap := h.stands("w1"); ap.DecidedBy != "ben" || ap.Via != progress.ViaChat {
		t.Errorf("it is %+v", ap)
	}
	if m := h.last(t, rooms[0]); !strings.Contains(m.Shows, "pproved") {
		t.Errorf("the last is %s", m.Shows)
	}
	h.told(h.User(discordfake.Ana).Press(card[0], "Show the output"))
	h.closed("w1")
}
