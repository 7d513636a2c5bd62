package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/email/smtpfake"
	"github.com/taskherald/herald/templates"
)

// muted is a mute as the API shows it.
type muted struct {
	Task, Kind string
	Until      time.Time
	All        bool
}

// mutes are those of the admin.
func (h *herald) mutes() []muted {
	h.t.Helper()
	var p struct{ Mutes []muted }
	code, body := h.call(http.MethodGet, "/api/preferences", pageToken, "")
	if err := json.Unmarshal([]byte(body), &p); code != 200 || err != nil {
		h.t.Fatal(code, body)
	}
	return p.Mutes
}

func (h *herald) mute(body string) {
	h.t.Helper()
	if code, answer := h.call(http.MethodPost, "/api/preferences/mutes", pageToken, body); code != 201 {
		h.t.Fatal(code, answer)
	}
}

// TestChatMutes holds that what somebody no longer wants to hear, and wants to hear again, is
// in their preferences, and that they are told how it reaches them.
func TestChatMutes(t *testing.T) {
	t.Parallel()
	post := smtpfake.New(t, smtpfake.Options{})
	h := start(t, settings(t, filepath.Join(t.TempDir(), "herald.db"), "HERALD_ADMIN_TOKEN="+pageToken,
		"HERALD_EMAIL_SERVER="+post.Addr(), "HERALD_EMAIL_TLS=off", "HERALD_EMAIL_FROM=Herald <herald@example.com>"))
	h.runs(pageToken, "crm", "Cellphone Store CRM")
	h.runs(pageToken, "shop", "Webshop")
	h.hears(pageToken, "notify me about the webshop").about(templates.TopicFollow, "nothing can reach you")
	h.hears(pageToken, "notify me about everything").about(templates.TopicFollow, "nothing can reach you")
	if code, body := h.call("POST", "/api/webhooks", pageToken, `{"url":"https://example.com/hook"}`); code != 201 { // for a program
		t.Fatal(code, body)
	}
	h.hears(pageToken, "notify me about the webshop").about(templates.TopicFollow, "nothing can reach you")
	if code, body := h.call("POST", "/api/subscriptions", pageToken, `{"channel":"email","to":"ada@example.com"}`); code != 201 {
		t.Fatal(code, body)
	}
	h.press(h.link(post, 1, "confirm"), nil)
	h.hears(pageToken, "notify me about the webshop").about(templates.TopicFollow, "e-mail")
	h.hears(pageToken, "notify me about everything").about(templates.TopicFollow, "e-mail")

	h.hears(pageToken, "mute the webshop for 2 hours").about(templates.TopicHush, "Webshop")
	if got := h.mutes(); len(got) != 1 || time.Until(got[0].Until) < 119*time.Minute || time.Until(got[0].Until) > 2*time.Hour {
		t.Errorf("%+v", got)
	}
	h.hears(pageToken, "stop notifying me about the webshop").about(templates.TopicHush, "Webshop")
	h.hears(pageToken, "stop notifying me about the webshop").about(templates.TopicHush)
	if got := h.mutes(); !reflect.DeepEqual(got, []muted{{Task: "shop"}}) {
		t.Errorf("%+v", got)
	}
	h.hears(pageToken, "mute everything").about(templates.TopicHush)
	all := h.mutes()
	if len(all) != 2 || all[1].Task != "" || time.Until(all[1].Until) < 23*time.Hour || time.Until(all[1].Until) > 24*time.Hour {
		t.Errorf("%+v", all)
	}
	h.hears(pageToken, "notify me about the webshop").about(templates.TopicFollow, "e-mail")
	if got := h.mutes(); len(got) != 1 || got[0].Task != "" {
		t.Errorf("%+v", got)
	}
	h.mute(`{"kind":"crm"}`)
	h.hears(pageToken, "notify me about everything").about(templates.TopicFollow, "e-mail")
	if got := h.mutes(); !reflect.DeepEqual(got, []muted{{Kind: "crm"}}) {
		t.Errorf("%+v", got)
	}
}

// TestChatKeepsMutes holds that saying it again keeps nothing from somebody less, or for a
// shorter time, and that too many are refused in words.
func TestChatKeepsMutes(t *testing.T) {
	t.Parallel()
	h := start(t, settings(t, filepath.Join(t.TempDir(), "herald.db"), "HERALD_ADMIN_TOKEN="+pageToken))
	h.runs(pageToken, "crm", "Cellphone Store CRM")
	h.runs(pageToken, "shop", "Webshop")
	h.mute(`{"for_seconds":864000,"all":true}`)
	h.mute(`{"task":"shop","for_seconds":60,"all":true}`)
	h.hears(pageToken, "mute everything").about(templates.TopicHush)
	h.hears(pageToken, "stop notifying me about the webshop").about(templates.TopicHush)
	got := h.mutes()
	if len(got) != 2 || !got[0].All || time.Until(got[0].Until) < 9*24*time.Hour || got[1] != (muted{Task: "shop", All: true}) {
		t.Errorf("%+v", got)
	}
	h.hears(pageToken, "notify me about the crm task").about(templates.TopicFollow, "nothing can reach you")
	for i := range notify.MostMutes - len(got) {
		h.mute(fmt.Sprintf(`{"kind":"k%d"}`, i))
	}
	a := h.hears(pageToken, "stop notifying me about the crm task").about(templates.TopicRefused)
	if !strings.Contains(a.Text, "200") || len(h.mutes()) != notify.MostMutes {
		t.Errorf("%s", a.Text)
	}
}

// TestChatReader holds that people are answered as they have said that they read.
func TestChatReader(t *testing.T) {
	t.Parallel()
	h := start(t, settings(t, filepath.Join(t.TempDir(), "herald.db"), "HERALD_ADMIN_TOKEN="+pageToken, "HERALD_LANGUAGE=es"))
	h.runs(pageToken, "crm", "CRM")
	if a := h.hears(pageToken, "crm?"); a.Reply.Lang != "es" {
		t.Errorf("%+v", a)
	}
	if code, body := h.call(http.MethodPut, "/api/preferences", pageToken, `{"language":"fr","time_zone":"Asia/Kathmandu"}`); code != 200 {
		t.Fatal(code, body)
	}
	if a := h.chat(pageToken, `{"text":"crm?","conversation":"b"}`); a.Reply.Lang != "fr" {
		t.Errorf("%+v", a)
	}
	if code, body := h.call("POST", "/api/tasks/crm/cancel", pageToken, "{}"); code != 200 {
		t.Fatal(code, body)
	}
	there, err := time.LoadLocation("Asia/Kathmandu")
	if err != nil {
		t.Fatal(err)
	}
	clock := func() string { return time.Now().In(there).Format("15:04") }
	before := clock()
	if a := h.chat(pageToken, `{"text":"crm?","conversation":"b"}`); !strings.Contains(a.Text, before) && !strings.Contains(a.Text, clock()) {
		t.Errorf("at %s there it says\n%s", before, a.Text)
	}
}
