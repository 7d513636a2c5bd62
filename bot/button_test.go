package bot_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/bottest"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// asked makes a task that asks whoever may approve.
func asked(t *testing.T, w *bottest.World, gate progress.Gate) progress.TaskID {
	t.Helper()
	id := running(t, w, "crm", "Cellphone Store CRM")
	if _, err := w.Do(id, builder, progress.Ask{Step: progress.StepRef{Order: 1}, Gate: gate}); err != nil {
		t.Fatal(err)
	}
	return id
}

// shown is the press of a button that a room was shown, of a task as it is now.
func shown(t *testing.T, w *bottest.World, id progress.TaskID, v progress.Verb, step int) bot.Turn {
	t.Helper()
	text, err := w.Button(id, v, step)
	if err != nil {
		t.Fatal(err)
	}
	return bot.Turn{ID: "p1", Room: "room", Who: ann, Via: progress.ViaButton, Press: text}
}

// TestTwoHundredPresses has 200 people press the buttons of one approval at once, on two
// servers: one of them decides, and each of the others is told who did, and through what.
func TestTwoHundredPresses(t *testing.T) {
	t.Parallel()
	var options bot.Options
	w := bottest.Open(t, func(o *bot.Options) { options = *o })
	id := asked(t, w, progress.Gate{Prompt: "Deploy?"})
	servers := []*bot.Bot{w.Bot, bot.New(options)}
	presses := []bot.Turn{shown(t, w, id, progress.VerbApprove, 1), shown(t, w, id, progress.VerbReject, 1)}
	replies := make([]templates.Reply, 200)
	var wg sync.WaitGroup
	for i := range replies {
		wg.Go(func() {
			press := presses[i/2%2]
			press.ID, press.Room = fmt.Sprint("p", i), fmt.Sprint("room", i%7)
			press.Who.Person = progress.Person(fmt.Sprint("person", i))
			replies[i], _ = hear(t, servers[i%2], press)
		})
	}
	wg.Wait()
	ap := task(t, w, id).Steps.At(1).Approval
	did := 0
	said := fmt.Sprintf("Step 1 was %s by %s (with a button in chat", ap.Status, ap.DecidedBy)
	for i, r := range replies {
		switch whole := strings.Join(append(r.Details, r.Text), " "); {
		case r.About == templates.TopicDone:
			if did++; fmt.Sprint("person", i) != string(ap.DecidedBy) {
				t.Errorf("person%d is told to have decided: %s", i, whole)
			}
		case r.About != templates.TopicMoved && r.About != templates.TopicRefused, !strings.Contains(whole, said):
			t.Errorf("person%d: %s: %s, want %s", i, r.About, whole, said)
		}
	}
	if did != 1 || len(ap.Votes) != 1 || ap.Via != progress.ViaButton {
		t.Errorf("%d have decided: %+v", did, ap)
	}
}

// TestOnePressAtOnce delivers one press many times at once, to two servers: it is done once,
// and everybody hears the same.
func TestOnePressAtOnce(t *testing.T) {
	t.Parallel()
	var options bot.Options
	w := bottest.Open(t, func(o *bot.Options) { options = *o })
	for n, v := range []progress.Verb{progress.VerbRestart, progress.VerbPause, progress.VerbApprove} {
		id := running(t, w, string(v), "Cellphone Store CRM")
		if v == progress.VerbApprove {
			if _, err := w.Do(id, builder, progress.Ask{Step: progress.StepRef{Order: 1}, Gate: progress.Gate{Prompt: "Deploy?"}}); err != nil {
				t.Fatal(err)
			}
		}
		servers := []*bot.Bot{w.Bot, bot.New(options)}
		press := shown(t, w, id, v, n/2)
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				if reply, _ := hear(t, servers[i%2], press); reply.About != templates.TopicDone {
					t.Errorf("%s: %s: %s", v, reply.About, reply.Text)
				}
			})
		}
		wg.Wait()
		if is := task(t, w, id); v == progress.VerbRestart && is.Run != 2 {
			t.Errorf("it is at run %d", is.Run)
		}
	}
}

// TestPressNoStory holds that the press of a room's button needs no memory of what was said,
// and leaves none.
func TestPressNoStory(t *testing.T) {
	t.Parallel()
	kept := &shaky{recall: true, remember: true}
	w := bottest.Open(t, func(o *bot.Options) { kept.Store, o.Store = o.Store, kept })
	id := running(t, w, "crm", "Cellphone Store CRM")
	press := shown(t, w, id, progress.VerbPause, 0)
	press.ID = ""
	if reply, _ := hear(t, w.Bot, press); reply.About != templates.TopicDone {
		t.Errorf("%s: %s", reply.About, reply.Text)
	}
	press.ID = "p2"
	kept.reason = true
	reply, _, err := w.Bot.Hear(t.Context(), press)
	if progress.CodeOf(err) != progress.Unavailable || reply.About != templates.TopicTrouble {
		t.Errorf("%v, %s: %s", err, reply.About, reply.Text)
	}
}

// TestButtonsOfOthers holds that a button which was changed or was never ours does nothing, nor
// one of a task that there is not.
func TestButtonsOfOthers(t *testing.T) {
	t.Parallel()
	w := bottest.Open(t, nil)
	id := running(t, w, "crm", "Cellphone Store CRM")
	press := shown(t, w, id, progress.VerbCancel, 0)
	for i := range press.Press {
		forged := press
		raw := []byte(press.Press)
		if raw[i] ^= 1; raw[i] == press.Press[i] {
			continue
		}
		forged.Press = string(raw)
		if reply, _ := hear(t, w.Bot, forged); reply.About != templates.TopicMoved || len(reply.Tasks()) > 0 {
			t.Fatalf("%d: %s: %s of %v", i, reply.About, reply.Text, reply.Tasks())
		}
	}
	if is := task(t, w, id); is.Status != progress.Running {
		t.Errorf("it is %s", is.Status)
	}
	other := bottest.Open(t, nil)
	running(t, other, "gone", "Payroll")
	gone := shown(t, other, bottest.ID("gone"), progress.VerbCancel, 0)
	if reply, _ := hear(t, w.Bot, gone); reply.About != templates.TopicMoved || reply.Text == "" {
		t.Errorf("%s: %s", reply.About, reply.Text)
	}
	nobody := press
	nobody.Who = progress.Actor{Rights: progress.MayAdmin, All: true}
	if reply, _ := hear(t, w.Bot, nobody); reply.About != templates.TopicStranger {
		t.Errorf("%s: %s", reply.About, reply.Text)
	}
	stranger := press
	stranger.Stranger = true // whatever Who says
	if reply, _ := hear(t, w.Bot, stranger); reply.About != templates.TopicStranger {
		t.Errorf("%s: %s", reply.About, reply.Text)
	}
	if is := task(t, w, id); is.Status != progress.Running {
		t.Errorf("it is %s", is.Status)
	}
}

// TestSightIsBounded holds that of all that a room was shown the newest 200 count, and that
// looking is fast.
func TestSightIsBounded(t *testing.T) {
	t.Parallel()
	w := bottest.Open(t, nil)
	var sight []progress.TaskID
	for i := range 220 {
		id := bottest.ID(fmt.Sprint(i))
		if _, err := w.Do(id, builder, progress.Create{Spec: progress.Spec{Title: fmt.Sprintf("Import %d", i), Owner: "somebody"}}); err != nil {
			t.Fatal(err)
		}
		sight = append([]progress.TaskID{id}, sight...)
	}
	ask := bot.Turn{ID: "1", Room: "room", Via: progress.ViaChat, Stranger: true, Speaker: "U1", Sight: sight, Text: "list"}
	list, _ := hear(t, w.Bot, ask)
	if list.About != templates.TopicList || len(list.Items) != 10 || list.More != 190 || list.Items[9].Task != sight[0] {
		t.Errorf("%s with %d of them, and %d more: %+v", list.About, len(list.Items), list.More, list.Items)
	}
	for id, want := range map[progress.TaskID]templates.Topic{sight[199]: templates.TopicStatus, sight[200]: templates.TopicMissing} {
		ask.Text = "how is " + string(id) + "?"
		if reply, _ := hear(t, w.Bot, ask); reply.About != want {
			t.Errorf("%s: %s: %s", id, reply.About, reply.Text)
		}
	}
}

// TestOverheardTrouble holds that nothing is said where it cannot be known whether there is
// something to say.
func TestOverheardTrouble(t *testing.T) {
	t.Parallel()
	kept := &shaky{recall: true}
	w := bottest.Open(t, func(o *bot.Options) { kept.Store, o.Store = o.Store, kept })
	said := turn(1, "how is the CRM task?")
	said.Overheard = true
	if reply, _, err := w.Bot.Hear(t.Context(), said); err == nil || reply.About != "" || reply.Text != "" {
		t.Errorf("%v, %s: %s", err, reply.About, reply.Text)
	}
}

// TestNothingIsRemembered holds that what is overheard and asks for nothing leaves no trace.
func TestNothingIsRemembered(t *testing.T) {
	t.Parallel()
	w := bottest.Open(t, nil)
	crm := running(t, w, "crm", "Cellphone Store CRM")
	running(t, w, "erp", "Warehouse ERP")
	hear(t, w.Bot, turn(1, "how is the CRM task?"))
	said := turn(2, "the Warehouse ERP is slow again")
	said.Overheard = true
	if reply, _ := hear(t, w.Bot, said); reply.About != "" {
		t.Fatalf("%s: %s", reply.About, reply.Text)
	}
	w.Pass(time.Minute)
	if _, got := hear(t, w.Bot, turn(3, "and the logs?")); got.Task != crm {
		t.Errorf("%+v", got)
	}
}
