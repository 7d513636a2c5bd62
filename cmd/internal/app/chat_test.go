package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/bot"
	memory "github.com/taskherald/herald/bot/store"
	"github.com/taskherald/herald/progress/api/apitest/contract"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/templates"
)

// spoken is an answer of the bot.
type spoken struct {
	t          *testing.T
	Reply      templates.Reply
	Text       string
	Understood struct{ Intent, Task, Reason, Sure, Doubt string }
}

// contractOf is the description of a server, which all of them share. Reading it takes a
// while.
var contractOf = sync.OnceValues(func() (*contract.Contract, error) { return contract.New(described) })

var (
	described     []byte // openapi.json of the first server that was asked
	describedOnce sync.Once
)

// kept holds an answer of the bot to the description.
func (h *herald) kept(message, body string, res *http.Response) {
	h.t.Helper()
	describedOnce.Do(func() {
		_, doc := h.call("GET", "/openapi.json", "", "")
		described = []byte(doc)
	})
	k, err := contractOf()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := k.Check(contract.Exchange{Req: res.Request, Sent: []byte(message), Res: res, Got: []byte(body)}); err != nil {
		h.t.Errorf("%s is answered with %s, which is not as described: %v", message, body, err)
	}
}

// chat sends the bot a message as JSON.
func (h *herald) chat(token, message string) spoken {
	h.t.Helper()
	res, err := h.send("POST", "/api/chat", token, strings.NewReader(message))
	if err != nil {
		h.t.Fatal(err)
	}
	code, body := read(h.t, res)
	h.kept(message, body, res)
	a := spoken{t: h.t}
	if err = json.Unmarshal([]byte(body), &a); code != 200 || err != nil {
		h.t.Fatalf("%s is answered with %d %s", message, code, body)
	}
	if a.Reply.Text == "" || a.Text == "" {
		h.t.Errorf("%s is answered with nothing: %s", message, body)
	}
	return a
}

// hears says something to the bot.
func (h *herald) hears(token, text string) spoken {
	h.t.Helper()
	return h.chat(token, fmt.Sprintf(`{"text":%q}`, text))
}

// about holds what an answer says, and what stands in it.
func (a spoken) about(want templates.Topic, parts ...string) spoken {
	a.t.Helper()
	if a.Reply.About != want {
		a.t.Errorf("it is about %s, want %s:\n%s", a.Reply.About, want, a.Text)
	}
	for _, part := range parts {
		if !strings.Contains(a.Text, part) {
			a.t.Errorf("%q is not in\n%s", part, a.Text)
		}
	}
	return a
}

// button is the ticket of the first button that has a text on it.
func (a spoken) button(label string) string {
	a.t.Helper()
	i := slices.IndexFunc(a.Reply.Buttons, func(b templates.Button) bool { return strings.Contains(b.Label, label) && b.Press != "" })
	if i < 0 {
		a.t.Fatalf("no button %q: %+v", label, a.Reply.Buttons)
	}
	return a.Reply.Buttons[i].Press
}

// status holds how a task stands, and its run.
func (h *herald) status(id, want string, run int) {
	h.t.Helper()
	var task struct {
		Status string
		Run    int
	}
	code, body := h.call("GET", "/api/tasks/"+id, pageToken, "")
	if err := json.Unmarshal([]byte(body), &task); code != 200 || err != nil || task.Status != want || task.Run != run {
		h.t.Errorf("%s is %s in run %d, want %s in %d (%d %v)", id, task.Status, task.Run, want, run, code, err)
	}
}

// runs makes a task that runs.
func (h *herald) runs(token, id, title string) {
	h.t.Helper()
	task := fmt.Sprintf(`{"id":%q,"title":%q,"owner":%q,"steps":[{"name":"Create the database"},{"name":"Generating application UI"}]}`, id, title, h.me(token))
	if code, body := h.call("POST", "/api/tasks", token, task); code != 201 {
		h.t.Fatal(code, body)
	}
	if code, body := h.call("POST", "/api/tasks/"+id+"/progress", token, `{"step":1,"step_progress":30}`); code != 200 {
		h.t.Fatal(code, body)
	}
}

func (h *herald) me(token string) string {
	h.t.Helper()
	var me struct{ Person string }
	if _, body := h.call("GET", "/api/me", token, ""); json.Unmarshal([]byte(body), &me) != nil || me.Person == "" {
		h.t.Fatal(body)
	}
	return me.Person
}

// person adds a person, and gives a token of theirs.
func (h *herald) person(name, role, scopes string) (token string) {
	h.t.Helper()
	if code, body := h.call("POST", "/api/people", pageToken, fmt.Sprintf(`{"name":%q,"role":%q}`, name, role)); code != 201 {
		h.t.Fatal(code, body)
	}
	return h.token(name, scopes)
}

func (h *herald) token(name, scopes string) string {
	h.t.Helper()
	var made struct{ Token string }
	code, body := h.call("POST", "/api/tokens", pageToken, fmt.Sprintf(`{"name":"test","person":%q,"scopes":%s}`, name, scopes))
	if err := json.Unmarshal([]byte(body), &made); code != 201 || err != nil {
		h.t.Fatal(code, body)
	}
	return made.Token
}

const (
	worksHere = `["read","report","operate","approve"]`
	readsHere = `["read"]`
)

// conversing is a server on which Ann works.
func conversing(t *testing.T) (h *herald, ann string) {
	t.Helper()
	h = start(t, settings(t, filepath.Join(t.TempDir(), "herald.db"), "HERALD_ADMIN_TOKEN="+pageToken))
	return h, h.person("ann", "member", worksHere)
}

// TestChat asks how a task stands and for its output, and goes on with "it".
func TestChat(t *testing.T) {
	t.Parallel()
	h, ann := conversing(t)
	h.hears(ann, "what is running?").about(templates.TopicList)
	h.runs(ann, "crm", "Cellphone Store CRM")
	h.runs(ann, "shop", "Webshop")
	logs := `{"line":"row 1"}` + "\n" + `{"level":"error","line":"\u001b[31mno space left\u001b[0m"}` + "\n" + `{"line":"login with password=hunter2hunter2"}`
	if code, body := h.call("POST", "/api/tasks/crm/logs", ann, logs); code != 200 {
		t.Fatal(code, body)
	}
	a := h.hears(ann, "How's my CRM task going?").about(templates.TopicStatus, "Cellphone Store CRM", "15%", "Create the database")
	if a.Understood.Intent != "status" || a.Understood.Task != "crm" || a.Understood.Sure != "answer" || a.Reply.Card == nil {
		t.Errorf("understood %+v", a.Understood)
	}
	a = h.hears(ann, "and the logs?").about(templates.TopicLogs, "no space left")
	if strings.Contains(a.Text, "\x1b") || strings.Contains(a.Text, "hunter2") {
		t.Errorf("it shows\n%q", a.Text)
	}
	h.hears(ann, "Wie läuft der Webshop?").about(templates.TopicStatus, "Webshop")
	if a := h.hears(ann, "pausiere ihn bitte").about(templates.TopicDone); a.Reply.Lang != "de" || a.Understood.Task != "shop" {
		t.Errorf("%+v", a)
	}
	h.status("shop", "paused", 1)
	h.status("crm", "running", 1)
	h.chat(ann, `{"text":"resume it","task":"shop","conversation":"other"}`).about(templates.TopicDone)
	h.status("shop", "running", 1)
	h.hears(ann, "don't cancel the webshop if it fails").about(templates.TopicClarify)
	h.status("shop", "running", 1)
}

// TestChatTells holds that whatever is asked of tasks in all sorts of states is answered as
// described.
func TestChatTells(t *testing.T) {
	t.Parallel()
	h, ann := conversing(t)
	h.runs(ann, "crm", "Cellphone Store CRM")
	h.runs(ann, "broken", "Nightly backup")
	h.runs(ann, "over", "Invoices")
	for _, r := range []struct{ id, body string }{
		{"broken", `{"step":1,"step_status":"failed","error":{"message":"disk full"}}`},
		{"over", `{"status":"completed","result":{"rows":7}}`},
	} {
		if code, body := h.call("POST", "/api/tasks/"+r.id+"/progress", ann, r.body); code != 200 {
			t.Fatal(code, body)
		}
	}
	gate := `{"id":"gate","title":"Deploy","steps":[{"name":"Go live","approval":{"prompt":"Switch over?","effects":["downtime"],"options":["blue","green"],"risk":"low","expires_in":3600}}]}`
	if code, body := h.call("POST", "/api/tasks", ann, gate); code != 201 {
		t.Fatal(code, body)
	}
	if code, body := h.call("POST", "/api/tasks/gate/progress", ann, `{"step":1,"step_status":"running"}`); code != 200 {
		t.Fatal(code, body)
	}
	for _, m := range []struct {
		text  string
		about templates.Topic
		says  string
	}{
		{"list my tasks", templates.TopicList, "Deploy"}, {"which tasks failed?", templates.TopicList, "Nightly backup"},
		{"why did the backup fail?", templates.TopicLogs, "disk full"}, {"status of the backup", templates.TopicStatus, "Nightly backup"},
		{"how is Invoices?", templates.TopicStatus, "Invoices"}, {"how long will the crm task take?", templates.TopicETA, ""},
		{"history of Invoices", templates.TopicHistory, ""}, {"help", templates.TopicHelp, ""}, {"status of the deploy", templates.TopicStatus, "Switch over?"},
		{"status of task 99", templates.TopicMissing, ""}, {"retry the backup", templates.TopicDone, "Nightly backup"},
		{"what is the weather?", templates.TopicUnknown, ""}, {"cancel Invoices", templates.TopicRefused, ""},
	} {
		h.hears(ann, m.text).about(m.about, m.says)
	}
	if code, body := h.call("POST", "/api/tasks/crm/restart", ann, `{"reason":"again"}`); code != 200 {
		t.Fatal(code, body)
	}
	h.hears(ann, "history of the crm task").about(templates.TopicHistory, "ann")
}

// TestChatConfirms has a question answered with yes and with no, by words and by buttons.
func TestChatConfirms(t *testing.T) {
	t.Parallel()
	h, ann := conversing(t)
	h.runs(ann, "crm", "Cellphone Store CRM")
	h.runs(ann, "shop", "Webshop")
	h.hears(ann, "cancle my crm task").about(templates.TopicConfirm)
	h.status("crm", "running", 1)
	h.hears(ann, "no").about(templates.TopicDropped)
	h.hears(ann, "yes")
	h.status("crm", "running", 1)

	asked := h.hears(ann, "cancle my crm task because the data are wrong").about(templates.TopicConfirm)
	press := fmt.Sprintf(`{"press":%q}`, asked.button(""))
	h.chat(pageToken, press).about(templates.TopicRefused) // it is hers alone
	h.status("crm", "running", 1)
	h.hears(ann, "yes").about(templates.TopicDone, "Cellphone Store CRM")
	h.status("crm", "cancelled", 1)
	if _, body := h.call("GET", "/api/tasks/crm", ann, ""); !strings.Contains(body, `"reason":"the data are wrong"`) {
		t.Errorf("the reason is lost: %s", body)
	}
	h.chat(ann, press).about(templates.TopicDone) // the same once more
	h.chat(ann, `{"press":"nonsense"}`).about(templates.TopicMoved)

	late := h.hears(ann, "cancle the webshop").about(templates.TopicConfirm)
	if code, body := h.call("POST", "/api/tasks/shop/restart", ann, "{}"); code != 200 {
		t.Fatal(code, body)
	}
	h.chat(ann, fmt.Sprintf(`{"press":%q}`, late.button(""))).about(templates.TopicMoved)
	h.status("shop", "pending", 2)
}

// TestChatNeverPicks has one of two tasks chosen.
func TestChatNeverPicks(t *testing.T) {
	t.Parallel()
	h, ann := conversing(t)
	h.runs(ann, "customers", "Import customers")
	h.runs(ann, "orders", "Import orders")
	a := h.hears(ann, "cancel the import: wrong file").about(templates.TopicChoose, "Import customers", "Import orders")
	if a.Understood.Task != "" || len(a.Reply.Buttons) < 2 {
		t.Errorf("%+v", a)
	}
	h.status("customers", "running", 1)
	h.chat(ann, fmt.Sprintf(`{"press":%q}`, a.button("Import orders"))).about(templates.TopicDone, "Import orders")
	h.status("orders", "cancelled", 1)
	h.status("customers", "running", 1)

	h.runs(ann, "more", "Import addresses")
	h.chat(ann, `{"text":"pause the import","conversation":"new"}`).about(templates.TopicChoose)
	h.chat(ann, `{"text":"the second one","conversation":"new"}`).about(templates.TopicDone, "Import addresses")
	h.status("more", "paused", 1)
}

// TestChatCountsOnce sends one message twice, at once and one after the other.
func TestChatCountsOnce(t *testing.T) {
	t.Parallel()
	h, ann := conversing(t)
	h.runs(ann, "crm", "Cellphone Store CRM")
	h.runs(ann, "shop", "Webshop")
	const message = `{"text":"cancel my CRM task and start over","id":"m-1"}`
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if code, body := h.call("POST", "/api/chat", ann, message); code != 200 || !strings.Contains(body, `"about":"done"`) {
				t.Error(code, body)
			}
		})
	}
	both.Wait()
	h.status("crm", "pending", 2)
	h.chat(ann, message).about(templates.TopicDone)
	h.status("crm", "pending", 2)
	h.status("shop", "running", 1)
	if code, body := h.call("POST", "/api/tasks/crm/progress", ann, `{"step":1,"step_progress":10}`); code != 200 {
		t.Fatal(code, body)
	}
	h.chat(ann, message).about(templates.TopicDone)
	h.status("crm", "running", 2)
	h.chat(ann, strings.Replace(message, "m-1", "m-2", 1)).about(templates.TopicDone)
	h.status("crm", "pending", 3)
}

// TestChatKeepsToRights holds that nobody learns of a task that is not for their eyes, and
// that nothing is done which the token does not admit.
func TestChatKeepsToRights(t *testing.T) {
	t.Parallel()
	h, ann := conversing(t)
	bob := h.person("bob", "member", worksHere)
	h.runs(bob, "secret-plan", "Acquisition of Initech")
	h.runs(ann, "crm", "Cellphone Store CRM")
	h.chat(bob, `{"text":"status","conversation":"x","thread":"t"}`).about(templates.TopicStatus, "Initech")
	for _, message := range []string{
		`{"text":"how is secret-plan going?"}`, `{"text":"status","task":"secret-plan"}`, `{"text":"cancel secret-plan"}`, `{"text":"cancel it","task":"secret-plan","conversation":"b"}`,
		`{"text":"how is the acquisition of Initech?"}`, `{"text":"list all tasks"}`, `{"text":"help"}`, `{"text":"status","conversation":"x","thread":"t"}`,
		`{"text":"logs of secret-plan"}`, `{"text":"mute secret-plan"}`, `{"text":"history of secret-plan"}`,
	} {
		if a := h.chat(ann, message); strings.Contains(a.Text, "Acquisition") || a.Understood.Task == "secret-plan" {
			t.Errorf("%s tells\n%s", message, a.Text)
		}
	}
	h.status("secret-plan", "running", 1)

	reader := h.token("ann", readsHere)
	h.runs(ann, "shop", "Webshop")
	h.hears(reader, "how is the webshop going?").about(templates.TopicStatus)
	refused := h.hears(reader, "cancel the webshop").about(templates.TopicRefused)
	for _, b := range refused.Reply.Buttons {
		if b.Press != "" {
			t.Errorf("who may only read can press %+v", b)
		}
	}
	asked := h.hears(ann, "cancle the webshop").about(templates.TopicConfirm)
	h.chat(reader, fmt.Sprintf(`{"press":%q}`, asked.button(""))).about(templates.TopicRefused) // a ticket gives no right
	h.status("shop", "running", 1)
	h.chat(ann, fmt.Sprintf(`{"press":%q}`, asked.button(""))).about(templates.TopicDone)
	h.status("shop", "cancelled", 1)
}

// TestChatOutlivesTheServer has the server start anew between a question and its answer.
func TestChatOutlivesTheServer(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			url := dbtest.URL(t, dialect)
			open := func() *herald { return start(t, settings(t, url, "HERALD_ADMIN_TOKEN="+pageToken)) }
			h := open()
			ann := h.person("ann", "member", worksHere)
			h.runs(ann, "crm", "Cellphone Store CRM")
			h.runs(ann, "shop", "Webshop")
			h.chat(ann, `{"text":"how is the webshop?","conversation":"b","thread":"7"}`).about(templates.TopicStatus)
			h.hears(ann, "cancle my crm task, the data are wrong").about(templates.TopicConfirm)
			asked := h.chat(ann, `{"text":"cancle the webshop","conversation":"c"}`).about(templates.TopicConfirm)
			if err := h.stop(); err != nil {
				t.Fatal(err)
			}
			h = open()
			h.hears(ann, "yes").about(templates.TopicDone, "Cellphone Store CRM")
			h.status("crm", "cancelled", 1)
			h.status("shop", "running", 1)
			h.chat(ann, `{"text":"pause it","conversation":"b","thread":"7"}`).about(templates.TopicDone, "Webshop")
			h.status("shop", "paused", 1)
			h.chat(ann, fmt.Sprintf(`{"press":%q,"conversation":"c"}`, asked.button(""))).about(templates.TopicDone)
			h.status("shop", "cancelled", 1)
		})
	}
}

// TestChatIsForgotten has a server forget what was kept until before now, and nothing else.
func TestChatIsForgotten(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t, dbtest.Postgres)
	d, err := db.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	kept := memory.New(d, nil)
	long, lately := bot.Place{Room: "web:ann/", Person: "ann"}, bot.Place{Room: "web:bob/", Person: "bob"}
	for place, left := range map[bot.Place]time.Duration{long: -time.Minute, lately: time.Hour} {
		if err := kept.Remember(t.Context(), place, bot.Memory{Task: "t"}, time.Now().Add(left)); err != nil {
			t.Fatal(err)
		}
	}
	start(t, settings(t, url, "HERALD_OPEN=1"))
	for until := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		_, ok, err := kept.Recall(t.Context(), long)
		if err != nil || !ok {
			break
		}
		if time.Now().After(until) {
			t.Fatal("it is still remembered")
		}
	}
	if _, ok, err := kept.Recall(t.Context(), lately); !ok || err != nil {
		t.Errorf("what was said lately is forgotten too (%v)", err)
	}
}
