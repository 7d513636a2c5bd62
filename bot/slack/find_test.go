package slack_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/taskherald/herald/bot/slack"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/templates"
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

// TestFind holds that a message is found wherever it may stand.
func TestFind(t *testing.T) {
	t.Parallel()
	o := inside(t, slackfake.Options{Unlimited: true})
	d := asked(t, "task_1", "CRM")
	root := o.send(t, slackfake.General, d.card())
	below, apart, letter := note("below"), note("apart"), d.letter()
	below.Thread = root
	for m, to := range map[*notify.Message]string{&below: "#general", &apart: slackfake.Ana, &letter: slackfake.General} {
		if far := o.finds(t, to, *m); far != "" {
			t.Errorf("%s is %s before it is sent", m.ID, far)
		}
		if far := o.send(t, to, *m); o.finds(t, to, *m) != far {
			t.Errorf("%s is %s, and found as %q", m.ID, far, o.finds(t, to, *m))
		}
	}
	if far := o.finds(t, slackfake.Deploys, apart); far != "" {
		t.Errorf("it is in another room: %s", far)
	}
}

// TestFindFar holds how far Find looks: at the newest hundred of a room, and the whole of a
// thread.
func TestFindFar(t *testing.T) {
	t.Parallel()
	o := inside(t, slackfake.Options{Unlimited: true})
	root := o.send(t, slackfake.General, note("root"))
	_, ts, _ := strings.Cut(root, "/")
	ana := o.User(slackfake.Ana)
	for i := range 450 {
		if _, err := ana.Say(slackfake.General, ts, fmt.Sprint("and ", i)); err != nil {
			t.Fatal(err)
		}
	}
	m := note("late")
	m.Thread = root
	if far := o.send(t, slackfake.General, m); o.finds(t, slackfake.General, m) != far {
		t.Error("it is not found in a long thread")
	}
	top := note("top")
	far := o.send(t, slackfake.General, top)
	for range 99 {
		if _, err := ana.Say(slackfake.General, "", "hm"); err != nil {
			t.Fatal(err)
		}
	}
	if o.finds(t, slackfake.General, top) != far {
		t.Error("it is not found among a hundred")
	}
}

// TestFindOwn holds that what others post is not taken for ours, and that a thread which is
// gone is no reason not to look.
func TestFindOwn(t *testing.T) {
	t.Parallel()
	m := note("hello")
	m.Thread = "C1/1.000001"
	history := `{"ok":true,"messages":[{"ts":"2.1","bot_id":"%s","blocks":[{"block_id":"msg_hello"}]}]}`
	for bot, want := range map[string]bool{"B1": true, "B2": false, "": false} {
		c, _ := asking(t, map[string]string{
			"/api/auth.test": `{"ok":true,"bot_id":"B1"}`, "/api/conversations.history": fmt.Sprintf(history, bot),
			"/api/conversations.replies": `{"ok":false,"error":"thread_not_found"}`,
		})
		_, ok, err := slack.NewChannel(slack.ChannelOptions{Client: c}).Find(t.Context(), at("C1C"), m)
		if ok != want || err != nil {
			t.Errorf("by %q: %t, %v", bot, ok, err)
		}
	}
}

// TestFindBlind holds that an app which may not look finds nothing, so that nothing is held
// up; and that one which cannot look now says so.
func TestFindBlind(t *testing.T) {
	t.Parallel()
	o := inside(t, slackfake.Options{Scopes: []string{"chat:write"}})
	m := note("hello")
	o.send(t, slackfake.General, m)
	for _, to := range []string{slackfake.General, slackfake.Ana} {
		if far := o.finds(t, to, m); far != "" {
			t.Errorf("it is found: %s", far)
		}
	}
	o.Fail("conversations.history", slackfake.Limited(0))
	if _, ok, err := o.Find(t.Context(), at(slackfake.General), m); ok || failure(t, err).Fate != notify.Limited {
		t.Errorf("%t, %v", ok, err)
	}
	o.Fail("conversations.history", slackfake.Refused("not_in_channel"))
	if _, ok, err := o.Find(t.Context(), at(slackfake.General), m); ok || failure(t, err).Fate != notify.Transient {
		t.Errorf("%t, %v", ok, err)
	}
}

// TestBlockID holds that every kind of message has its ID where Find looks.
func TestBlockID(t *testing.T) {
	t.Parallel()
	o := inside(t, slackfake.Options{Unlimited: true})
	d := asked(t, "task_1", "CRM")
	said := book().Reply(templates.Answer{About: templates.TopicHelp}, d.card().For.Reader, d.task.CreatedAt)
	reply := notify.Message{ID: "msg_reply", Class: notify.ClassAnswer, Reply: &said}
	for _, m := range []notify.Message{d.card(), d.letter(), note("hello"), reply} {
		o.send(t, slackfake.Deploys, m)
		all := o.sees(slackfake.Deploys)
		if got := first(t, all[len(all)-1]); got != m.ID {
			t.Errorf("%s has the block %q first", m.ID, got)
		}
	}
}
