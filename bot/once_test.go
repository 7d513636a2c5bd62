package bot_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/bottest"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/templates"
)

// TestAtOnceAndTwice delivers one message many times at once, to two servers: it is done
// once, and everybody hears the same.
func TestAtOnceAndTwice(t *testing.T) {
	t.Parallel()
	var options bot.Options
	w := bottest.Open(t, func(o *bot.Options) { options = *o })
	id := running(t, w, "crm", "Cellphone Store CRM")
	servers := []*bot.Bot{w.Bot, bot.New(options)}
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			reply, _ := hear(t, servers[i%2], turn(1, "cancel the CRM task and start over"))
			if reply.About != templates.TopicDone {
				t.Errorf("%s: %s", reply.About, reply.Text)
			}
		})
	}
	wg.Wait()
	if is := task(t, w, id); is.Run != 2 {
		t.Errorf("it is at run %d", is.Run)
	}
}

// TestHeardLongAgo holds that a message which comes again does not change what was spoken
// of since.
func TestHeardLongAgo(t *testing.T) {
	t.Parallel()
	w := bottest.Open(t, nil)
	crm, erp := running(t, w, "crm", "Cellphone Store CRM"), running(t, w, "erp", "Warehouse ERP")
	first := turn(1, "pause the CRM task")
	hear(t, w.Bot, first)
	hear(t, w.Bot, turn(2, "how is the Warehouse task?"))
	if reply, got := hear(t, w.Bot, first); reply.About != templates.TopicDone || got.Task != crm || got.Verb != progress.VerbPause {
		t.Errorf("%s: %+v", reply.About, got)
	}
	if _, got := hear(t, w.Bot, turn(3, "and the logs?")); got.Task != erp {
		t.Errorf("%+v", got)
	}
}

// TestTaskIsGone holds that a task which is hidden by now is no longer spoken of.
func TestTaskIsGone(t *testing.T) {
	t.Parallel()
	w := bottest.Open(t, nil)
	id := bottest.ID("own")
	if _, err := w.Do(id, builder, progress.Create{Spec: progress.Spec{Title: "Payroll", Owner: "group:payroll"}}); err != nil {
		t.Fatal(err)
	}
	erp := running(t, w, "erp", "Warehouse ERP")
	said := turn(1, "how is the Payroll task?")
	said.Who.Groups = []string{"payroll"}
	if _, got := hear(t, w.Bot, said); got.Task != id {
		t.Fatalf("%+v", got)
	}
	for i, text := range []string{"and the logs?", "how is " + string(id) + "?", "cancel the Payroll task"} {
		said := turn(2+i, text)
		said.About = id
		reply, got := hear(t, w.Bot, said)
		if got.Task == id || slices.ContainsFunc(reply.Items, func(it templates.Item) bool { return it.Task == id }) {
			t.Errorf("%q: %+v: %+v", text, got, reply)
		}
	}
	if _, got := hear(t, w.Bot, turn(9, "and the logs?")); got.Task != erp {
		t.Errorf("%+v", got)
	}
}

// TestManyAtOnce has many messages come at once to one room: one of those that cancel does
// it, and what is remembered is whole.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	w := bottest.Open(t, nil)
	id := running(t, w, "crm", "Cellphone Store CRM")
	running(t, w, "erp", "Warehouse ERP")
	var mu sync.Mutex
	said := map[templates.Topic]int{}
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			reply, _ := hear(t, w.Bot, turn(i, "cancel the CRM task"))
			mu.Lock()
			defer mu.Unlock()
			said[reply.About]++
		})
	}
	wg.Wait()
	if said[templates.TopicDone] != 1 || said[templates.TopicRefused] != 11 {
		t.Errorf("%v", said)
	}
	if reply, reading := hear(t, w.Bot, turn(99, "and the logs?")); reading.Task != id {
		t.Errorf("it is %s: %s", reading.Task, reply.Text)
	}
}

// TestOneYesForTwoPresses answers a question in both ways at once.
func TestOneYesForTwoPresses(t *testing.T) {
	t.Parallel()
	w := bottest.Open(t, nil)
	id := running(t, w, "crm", "Cellphone Store CRM")
	reply, _ := hear(t, w.Bot, turn(1, "restrat the CRM task"))
	if reply.About != templates.TopicConfirm {
		t.Fatalf("%s: %s", reply.About, reply.Text)
	}
	press := turn(0, "")
	press.Press, press.Via = reply.Buttons[0].Press, progress.ViaButton
	var wg sync.WaitGroup
	for i := range 8 {
		said := press
		if i%2 == 0 {
			said = turn(2+i, "yes")
		}
		wg.Go(func() { hear(t, w.Bot, said) })
	}
	wg.Wait()
	if is := task(t, w, id); is.Run != 2 {
		t.Errorf("it is at run %d", is.Run)
	}
}

// shove moves a task right before something is done to it.
type shove struct {
	bot.Tasks
	first func(c progress.Command)
}

func (s *shove) Execute(ctx context.Context, c progress.Command) (engine.Outcome, error) {
	s.first(c)
	return s.Tasks.Execute(ctx, c)
}

// TestMovedBetween holds that what moves between understanding and doing is not done to
// what it has become.
func TestMovedBetween(t *testing.T) {
	t.Parallel()
	var w *bottest.World
	move := progress.Change(progress.Restart{})
	w = bottest.Open(t, func(o *bot.Options) {
		o.Tasks = &shove{o.Tasks, func(c progress.Command) {
			if _, err := w.Do(c.Task, builder, move); err != nil {
				t.Error(err)
			}
		}}
	})
	id := running(t, w, "crm", "Cellphone Store CRM")
	reply, _ := hear(t, w.Bot, turn(1, "cancel the CRM task"))
	if is := task(t, w, id); reply.About != templates.TopicMoved || is.Status != progress.Pending || is.Run != 2 {
		t.Errorf("%s: %s, and the task is %s", reply.About, reply.Text, is.Status)
	}

	ask := func(prompt string) progress.Ask {
		return progress.Ask{Step: progress.StepRef{Order: 1}, Gate: progress.Gate{Prompt: prompt}}
	}
	if _, err := w.Do(id, builder, ask("Deploy?")); err != nil {
		t.Fatal(err)
	}
	move = ask("Drop the table?")
	reply, _ = hear(t, w.Bot, turn(2, "approve the CRM task"))
	if is := task(t, w, id); reply.About != templates.TopicMoved || is.Status != progress.Waiting {
		t.Errorf("%s: %s, and the task is %s", reply.About, reply.Text, is.Status)
	}
}
