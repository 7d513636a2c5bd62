package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/templates"
)

// TestSay holds what of a message comes to the bot, and what of its answer goes back.
func TestSay(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember, "read", "operate")
	w.ear.say(templates.Reply{About: templates.TopicConfirm, Lang: "de", Text: "Wirklich?", Buttons: []templates.Button{{Label: "Ja", Press: "A-b_1", Style: "danger"}}},
		intents.Reading{Intent: intents.Cancel, Verb: progress.VerbCancel, Task: "t1", How: intents.ByWords, Step: 2, Reason: "kaputt", Sure: intents.SureAsk, Doubt: intents.Loose}, nil)
	r := w.chat(ann, `{"text":" Brich CRM ab \n","conversation":"tab 1","thread":"9","task":"t2","id":"m1"}`).want(200)
	r.is("text", "~ Wirklich?", "reply.about", "confirm", "reply.lang", "de", "reply.text", "Wirklich?",
		"reply.buttons.0", "map[label:Ja press:A-b_1 style:danger]", "reply.items", "",
		"understood", "map[doubt:loose intent:cancel reason:kaputt step:2 sure:ask task:t1]")
	if got := r.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("it may be kept: %q", got)
	}
	got := w.ear.last()
	if got.Who.Person != "ann" || got.Who.Rights != progress.MayRead|progress.MayOperate {
		t.Errorf("who is %+v", got.Who)
	}
	got.Who = progress.Actor{}
	want := bot.Turn{
		ID: "m1", Room: "web:ann/tab 1", Thread: "9", About: "t2", Via: progress.ViaChat, Reader: readers("ann"), Text: " Brich CRM ab \n",
	}
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("heard %+v\nwant  %+v", got, want)
	}

	w.ear.say(templates.Reply{About: templates.TopicChoose, Lang: "en", Text: "Which?"}, intents.Reading{Intent: intents.Status, Fits: []progress.TaskID{"a", "b"}, Sure: intents.SureAnswer}, nil)
	r = w.chat(ann, `{"text":"status"}`).want(200)
	r.is("understood", "map[intent:status sure:answer task:<nil>]")
	if got := w.ear.last(); got.Room != "web:ann/" || got.ID != "" || got.Thread != "" || got.About != "" {
		t.Errorf("heard %+v", got)
	}
}

// TestPress holds that a press comes as one, and is not understood as words are.
func TestPress(t *testing.T) {
	t.Parallel()
	w := serve(t)
	w.ear.say(templates.Reply{About: templates.TopicDone, Lang: "en", Text: "Done."}, intents.Reading{}, nil)
	for body, via := range map[string]progress.Via{
		`{"press":"A-b_1"}`: progress.ViaButton, `{"press":"A-b_1","via":"chat"}`: progress.ViaButton, `{"press":"A-b_1","via":"cli"}`: progress.ViaCLI,
		`{"text":"yes"}`: progress.ViaChat, `{"text":"yes","via":"chat"}`: progress.ViaChat, `{"text":"yes","via":"cli"}`: progress.ViaCLI, `{"text":"yes","via":""}`: progress.ViaChat,
	} {
		w.chat(apitest.Admin, body).want(200).is("reply.about", "done", "understood", "")
		if got := w.ear.last(); got.Via != via || (got.Press == "") == (got.Text == "") {
			t.Errorf("%s is heard as %+v", body, got)
		}
	}
}

// TestRooms holds that nobody comes into the room of another, whatever names they choose.
func TestRooms(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, who := range []progress.Person{"ann", "ann/b", "ann%2Fb", "ann b", "a", "Ann"} {
		for _, name := range []string{"", "b", "/b", "b/", "b/c", "%2Fb", "c", "ann/b", " b"} {
			r := room(who, name)
			if was := seen[r]; was != "" {
				t.Errorf("%s and %s/%s share %s", was, who, name, r)
			}
			seen[r] = fmt.Sprint(who, "/", name)
		}
	}
}

// TestRefusedMessages holds what no message may be, and that the bot hears none of it.
func TestRefusedMessages(t *testing.T) {
	t.Parallel()
	w := serve(t)
	long := func(n int) string { return strings.Repeat("ü", n) }
	for body, field := range map[string]string{
		``: "text", `{}`: "text", `{"text":" \n"}`: "text", `{"text":5}`: "text", `{"text":"a\u0000"}`: "text",
		`{"text":"a","press":"b"}`: "press", `{"press":["a"]}`: "press",
		`{"text":"a","task":"no id"}`: "task", `{"text":"a","task":"` + long(1) + `"}`: "task",
		`{"text":"a","via":"mail"}`: "via", `{"text":"a","via":"button"}`: "via",
		`{"text":"a","conversation":"\u0000"}`: "conversation", `{"text":"a","thread":7}`: "thread", `{"text":"a","id":"\u0000"}`: "id", `[`: "body",
	} {
		w.chat(apitest.Admin, body).refused(400, field)
	}
	for body, field := range map[string]string{
		`{"text":"` + long(mostText+1) + `"}`:                      "text",
		`{"press":"` + strings.Repeat("a", mostPress+1) + `"}`:     "press",
		`{"text":"a","conversation":"` + long(mostName+1) + `"}`:   "conversation",
		`{"text":"a","thread":"` + long(mostName+1) + `"}`:         "thread",
		`{"text":"a","id":"` + long(mostName+1) + `"}`:             "id",
		`{"text":"` + strings.Repeat("a", 2<<20) + `","task":"a"}`: "body",
	} {
		w.chat(apitest.Admin, body).refused(413, field)
	}
	if got := w.ear.last(); !reflect.DeepEqual(got, bot.Turn{}) {
		t.Errorf("heard %+v", got)
	}
	w.chat(apitest.Admin, fmt.Sprintf(`{"text":%q,"conversation":%q,"thread":%q,"id":%q,"task":"%s"}`,
		long(mostText), long(mostName), long(mostName), long(mostName), strings.Repeat("a", 128))).want(200)
}

// TestWhoMayTalk holds that reading is enough, and nothing less is.
func TestWhoMayTalk(t *testing.T) {
	t.Parallel()
	w := serve(t)
	w.chat("", `{"text":"hi"}`).want(401)
	w.chat(w.Person("worker", access.RoleMember, "report"), `{"text":"hi"}`).want(403)
	w.chat(w.Person("ann", access.RoleViewer, "read"), `{"text":"hi"}`).want(200)
}

// TestTrouble holds what is said when there is no answer, without its cause.
func TestTrouble(t *testing.T) {
	t.Parallel()
	var unread error
	w := serve(t, func(o *Options) {
		o.Reader = func(context.Context, progress.Person) (templates.Reader, error) { return templates.Reader{}, unread }
	})
	for _, err := range []error{
		errors.New("secret cause"), &progress.Error{Code: progress.Unavailable, Say: "not now", Err: errors.New("secret cause")}, context.Canceled,
	} {
		w.ear.say(templates.Reply{}, intents.Reading{}, err)
		r := w.chat(apitest.Admin, `{"text":"hi"}`).want(503)
		if r.header.Get("Retry-After") == "" || strings.Contains(string(r.body), "secret") {
			t.Errorf("%v: %s", err, r.body)
		}
	}
	unread = errors.New("secret cause")
	w.chat(apitest.Admin, `{"text":"hi"}`).want(503)
}

// TestPace holds that one person cannot keep the bot busy, and stands in no other's way.
func TestPace(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	w := serve(t, func(o *Options) { o.Now = func() time.Time { return now } })
	ann, bob := w.Person("ann", access.RoleViewer), w.Person("bob", access.RoleViewer)
	for range chatBurst {
		w.chat(ann, `{"text":"hi"}`).want(200)
	}
	if r := w.chat(ann, `{"text":"hi"}`).want(429); r.header.Get("Retry-After") == "" {
		t.Errorf("%s", r.body)
	}
	w.chat(bob, `{"text":"hi"}`).want(200)
	now = now.Add(time.Second / chatRate)
	w.chat(ann, `{"text":"hi"}`).want(200)
	w.chat(ann, `{"text":"hi"}`).want(429)
}

// TestExamples sends each example of the document and of docs/api.md.
func TestExamples(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for _, e := range w.doc.Doc.Components.Schemas["ChatMessage"].Value.Examples {
		body, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		w.chat(apitest.Admin, string(body)).want(200)
	}
	guide, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile(`\$H/api/chat -d '([^']*)'`).FindAllStringSubmatch(string(guide), -1)
	if len(shown) < 2 {
		t.Errorf("docs/api.md has only %q", shown)
	}
	for _, m := range shown {
		w.chat(apitest.Admin, m[1]).want(200)
	}
}

// TestLimitsPage holds docs/limits.md to what this package bounds.
func TestLimitsPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(string(text), ",", "")
	for _, want := range []string{
		fmt.Sprintf("| characters of a message; bytes of a pressed button's ticket | %d; %d |", mostText, mostPress),
		fmt.Sprintf("| characters of the names of a conversation and of a thread and of a message's `id` | %d |", mostName),
		fmt.Sprintf("| messages of one person | %d a second %d at once |", chatRate, chatBurst),
	} {
		if !strings.Contains(page, want) {
			t.Errorf("docs/limits.md does not say %s", want)
		}
	}
}
