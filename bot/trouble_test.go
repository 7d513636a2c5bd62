package bot_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/bottest"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates"
)

// shaky is a store that fails on demand.
type shaky struct {
	bot.Store
	recall, remember, reason bool
}

var errDown = errors.New("the disk is on fire")

func (s *shaky) Recall(ctx context.Context, p bot.Place) (bot.Memory, bool, error) {
	if s.recall {
		return bot.Memory{}, false, errDown
	}
	return s.Store.Recall(ctx, p)
}

func (s *shaky) Remember(ctx context.Context, p bot.Place, m bot.Memory, until time.Time) error {
	if s.remember {
		return errDown
	}
	return s.Store.Remember(ctx, p, m, until)
}

func (s *shaky) ReasonOf(ctx context.Context, key string) (string, error) {
	if s.reason {
		return "", errDown
	}
	return s.Store.ReasonOf(ctx, key)
}

// TestStoreDown holds that a store that is down is an error, unless what was asked for is
// done.
func TestStoreDown(t *testing.T) {
	t.Parallel()
	kept := &shaky{}
	w := bottest.Open(t, func(o *bot.Options) { kept.Store, o.Store = o.Store, kept })
	id := running(t, w, "crm", "Cellphone Store CRM")
	fails := func(text string) {
		t.Helper()
		reply, _, err := w.Bot.Hear(context.Background(), turn(1, text))
		if progress.CodeOf(err) != progress.Unavailable || !errors.Is(err, errDown) || reply.About != templates.TopicTrouble || reply.Text == "" {
			t.Errorf("%v, %s: %s", err, reply.About, reply.Text)
		}
	}
	kept.recall = true
	fails("cancel the CRM task")
	kept.recall, kept.remember = false, true
	fails("how is the CRM task?")
	if is := task(t, w, id); is.Status != progress.Running {
		t.Errorf("it is %s", is.Status)
	}
	if reply, _ := hear(t, w.Bot, turn(2, "cancel the CRM task")); reply.About != templates.TopicDone {
		t.Errorf("%s: %s", reply.About, reply.Text)
	}
}

// TestCallerGone holds that the error of a caller who is gone is theirs.
func TestCallerGone(t *testing.T) {
	t.Parallel()
	w := bottest.Open(t, nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := w.Bot.Hear(ctx, turn(1, "help")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestForged holds that what is no ticket does nothing.
func TestForged(t *testing.T) {
	t.Parallel()
	w := bottest.Open(t, nil)
	id := running(t, w, "crm", "Cellphone Store CRM")
	reply, _ := hear(t, w.Bot, turn(1, "cancle the CRM task"))
	said := turn(2, "")
	press := []byte(reply.Buttons[0].Press)
	press[3] ^= 1
	said.Press = string(press)
	if reply, _ := hear(t, w.Bot, said); reply.About != templates.TopicMoved {
		t.Errorf("%s: %s", reply.About, reply.Text)
	}
	if is := task(t, w, id); is.Status != progress.Running {
		t.Errorf("it is %s", is.Status)
	}
}

// TestTicketOfAMail holds that what a mail lets somebody do is not done by chat.
func TestTicketOfAMail(t *testing.T) {
	t.Parallel()
	var sealer *ticket.Sealer
	w := bottest.Open(t, func(o *bot.Options) { sealer = o.Sealer })
	id := running(t, w, "crm", "Cellphone Store CRM")
	k := ticket.Ticket{
		Verbs: []progress.Verb{progress.VerbCancel}, Task: id, Run: 1, Attempt: 1, Person: ann.Person, Via: progress.ViaMail, Expires: w.Now().Add(time.Hour),
	}
	for _, sub := range []string{"", "sub_a", "0123", "0123456789"} {
		k.Sub = sub
		said := turn(1, "")
		said.Press = sealer.Seal(k)
		if reply, _ := hear(t, w.Bot, said); reply.About != templates.TopicRefused {
			t.Errorf("%q: %s: %s", sub, reply.About, reply.Text)
		}
	}
	if is := task(t, w, id); is.Status != progress.Running {
		t.Errorf("it is %s", is.Status)
	}
}

// TestTicketsAreShort holds that a ticket fits into a button, of which Discord's may have
// 100 characters, where it is not about an approval.
func TestTicketsAreShort(t *testing.T) {
	t.Parallel()
	w := bottest.Open(t, nil)
	running(t, w, "crm", "Cellphone Store CRM")
	reply, _ := hear(t, w.Bot, turn(1, "cancle the CRM task"))
	for _, b := range reply.Buttons {
		if len(b.Press) > 90 {
			t.Errorf("%q has %d", b.Label, len(b.Press))
		}
	}
}
