package discord_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/templates/discordcard"
)

// finds looks for a message that has to be there, "" if it is not.
func (o *office) finds(t testing.TB, to string, m notify.Message) (far string) {
	t.Helper()
	r, ok, err := o.Find(t.Context(), at(to), m)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return ""
	}
	return r.Far
}

// TestFind holds that a message is found wherever it may stand, by a later process too.
func TestFind(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	d := asked(t, "task_1", "CRM")
	root := o.send(t, discordfake.General, d.card())
	below, apart, letter := d.below("below", root), note("apart"), d.letter()
	for m, to := range map[*notify.Message]string{&below: "#general", &apart: "@" + discordfake.Ana, &letter: discordfake.General} {
		if far := o.finds(t, to, *m); far != "" {
			t.Errorf("%s is %s before it is sent", m.ID, far)
		}
		far := o.send(t, to, *m)
		if found := o.finds(t, to, *m); found != far {
			t.Errorf("%s is %s, and found as %q", m.ID, far, found)
		}
		o.again()
		if found := o.finds(t, to, *m); found != far {
			t.Errorf("%s is %s, and found later as %q", m.ID, far, found)
		}
	}
	if far := o.finds(t, discordfake.Deploys, apart); far != "" {
		t.Errorf("it is in another room: %s", far)
	}
	o.room(discordfake.General).Delete(idOf(root))
	if far := o.finds(t, discordfake.General, d.below("never", root)); far != "" {
		t.Errorf("below a card that is gone: %s", far)
	}
}

// TestFindBegun holds that an answer which goes into the thread of a card is found there, and is
// sent where nobody knows whether that thread was begun: below a card that has moved, too.
func TestFindBegun(t *testing.T) {
	t.Parallel()
	for _, fault := range []discordfake.Fault{discordfake.Broken(http.StatusBadGateway), discordfake.Lost()} {
		for _, moves := range []bool{false, true} {
			moving(t, discordfake.Options{}, func(t *testing.T, o *office) {
				d := begin(t, "task_1", "CRM")
				first := o.send(t, discordfake.General, d.card())
				far := first
				if moves {
					time.Sleep(56 * time.Minute)
					far = o.edit(t, discordfake.General, first, d.card())
				}
				m := answer("msg_logs", "the output")
				m.Thread = idOf(far) + "/" + idOf(far)
				o.Fail(discordfake.StartThread, fault)
				if f := o.fails(t, discordfake.General, m); !f.Doubt {
					t.Errorf("%v", f)
				}
				if found := o.finds(t, discordfake.General, m); found != "" {
					t.Errorf("it is found as %s", found)
				}
				sent := o.send(t, discordfake.General, m)
				if found := o.finds(t, discordfake.General, m); found != sent || sent != idOf(first)+"/"+idOf(sent) {
					t.Errorf("it is %s, and found as %q", sent, found)
				}
			})
		}
	}
}

// TestFindFar holds how far Find looks: at the newest hundred.
func TestFindFar(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	far := o.send(t, discordfake.General, note("top"))
	for n := range 100 {
		if n == 99 && o.finds(t, discordfake.General, note("top")) != far {
			t.Error("it is not found among a hundred")
		}
		if _, err := o.User(discordfake.Ben).Say(discordfake.General, fmt.Sprint("and ", n)); err != nil {
			t.Fatal(err)
		}
	}
	if o.finds(t, discordfake.General, note("top")) != "" {
		t.Error("it is found beyond")
	}
}

// TestFindOwn holds that what others post is not taken for ours.
func TestFindOwn(t *testing.T) {
	t.Parallel()
	m := note("hello")
	history := `[{"id":"1400000000000000001","channel_id":"` + discordfake.General + `","author":{"id":"%s"},"components":[{"type":17,"id":%d,"components":[]}]}]`
	for author, want := range map[string]bool{"2": true, "3": false, "": false} {
		c, _ := asking(t, map[string]string{
			"GET users/@me": `{"id":"2"}`, "GET channels/" + discordfake.General + "/messages": fmt.Sprintf(history, author, discordcard.Mark(m.ID)),
		})
		_, ok, err := channelOf(c).Find(t.Context(), at(discordfake.General), m)
		if ok != want || err != nil {
			t.Errorf("by %q: %t, %v", author, ok, err)
		}
	}
}

// TestFindBlind holds that a bot which may not look finds nothing, so that nothing is held
// up; and that one which cannot look now says so.
func TestFindBlind(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	m := note("hello")
	o.send(t, discordfake.General, m)
	for _, deny := range []int64{discordfake.ReadHistory, discordfake.ViewChannel} {
		o.room(discordfake.General).Deny(deny)
		if far := o.finds(t, discordfake.General, m); far != "" {
			t.Errorf("it is found: %s", far)
		}
	}
	o.room(discordfake.General).Deny(0)
	for _, c := range []struct {
		fault discordfake.Fault
		want  notify.Fate
	}{
		{discordfake.Broken(http.StatusBadGateway), notify.Transient}, {discordfake.Refused(http.StatusNotFound, 10003), notify.Transient},
		{discordfake.TooSoon(0), notify.Limited},
	} {
		o.Fail(discordfake.ListMessages, c.fault)
		if _, ok, err := o.Find(t.Context(), at(discordfake.General), m); ok || failure(t, err).Fate != c.want {
			t.Errorf("%t, %v", ok, err)
		}
	}
}

// TestOnce holds that a message whose answer was lost comes once, even if nobody looks for it.
func TestOnce(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	m := note("hello")
	o.Fail(discordfake.CreateMessage, discordfake.Lost())
	if f := o.fails(t, discordfake.General, m); f.Fate != notify.Transient || !f.Doubt {
		t.Errorf("%v, doubt %t", f, f.Doubt)
	}
	found := o.finds(t, discordfake.General, m)
	if far := o.send(t, discordfake.General, m); far != found || found != discordfake.General+"/"+o.only(t, discordfake.General).ID {
		t.Errorf("%s, found as %s", far, found)
	}
	if far := o.send(t, discordfake.Deploys, m); far != discordfake.Deploys+"/"+o.only(t, discordfake.Deploys).ID {
		t.Errorf("in another room it is %s", far)
	}
}
