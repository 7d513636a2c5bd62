package setup_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/checkup"
	"github.com/taskherald/herald/bot/slack/setup"
)

// The far side's tokens, none of which may be in any finding.
const (
	botToken = "xoxb-111-222-sesame"
	appToken = "xapp-1-A0HERALD01-333-sesame"
	signing  = "5e5a3e5e5a3e5e5a3e5e5a3e5e5a3e00"
)

// far is a Slack that says what it is told to.
type far struct {
	url string

	mu      sync.Mutex
	says    map[string]string // by method: the answer's JSON, or a status
	headers map[string]string // of auth.test
	asked   []string          // methods, each with its token's beginning and the form
}

func newFar(t *testing.T) *far {
	t.Helper()
	f := &far{headers: map[string]string{"X-OAuth-Scopes": granted()}}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL
	f.says = map[string]string{
		"auth.test":             `{"ok":true,"url":"https://acme.slack.com/","team":"Acme","user":"herald","team_id":"T1","user_id":"U1","bot_id":"B1","is_enterprise_install":false}`,
		"apps.connections.open": `{"ok":true,"url":"` + strings.Replace(server.URL, "http", "ws", 1) + `/link?ticket=sesame"}`,
		"bots.info":             `{"ok":true,"bot":{"id":"B1","app_id":"A0HERALD01"}}`,
		"conversations.list":    `{"ok":true,"channels":[{"id":"C1","name":"deploys","is_member":true}],"response_metadata":{"next_cursor":""}}`,
		"conversations.info":    `{"ok":true,"channel":{"id":"C01","name":"deploys","is_member":true}}`,
		"users.info":            `{"ok":true,"user":{"id":"U01","name":"ana"}}`,
		"usergroups.list":       `{"ok":true,"usergroups":[{"id":"S01","handle":"deployers","date_delete":0}]}`,
	}
	return f
}

// granted are all scopes that there is a need for.
func granted() string {
	var names []string
	for _, s := range setup.Scopes(true) {
		names = append(names, s.Name)
	}
	return strings.Join(names, ",")
}

func (f *far) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	method, api := strings.CutPrefix(r.URL.Path, "/api/")
	if !api {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_ = r.ParseForm()
	f.asked = append(f.asked, method+" "+strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")[:5]+" "+r.PostForm.Encode())
	said, known := f.says[method+"?"+r.PostForm.Get("types")+r.PostForm.Get("cursor")]
	if !known {
		said = f.says[method]
	}
	if method == "auth.test" {
		for name, value := range f.headers {
			w.Header().Set(name, value)
		}
	}
	if code, body, ok := strings.Cut(said, " "); ok && len(code) == 3 {
		if code == "429" {
			w.Header().Set("Retry-After", body)
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		w.WriteHeader(http.StatusBadGateway)
		said = body
	}
	_, _ = w.Write([]byte(said))
}

// head sets a header of auth.test, "" for none.
func (f *far) head(name, value string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.headers[name] = value; value == "" {
		delete(f.headers, name)
	}
}

// count counts what was asked that begins so: a method, the kind of its token, its form.
func (f *far) count(begins string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.asked {
		if strings.HasPrefix(a, begins) {
			n++
		}
	}
	return n
}

func (f *far) app() setup.App {
	return setup.App{API: f.url + "/api/", BotToken: botToken, AppToken: appToken}
}

// check checks an app; no finding may tell a secret or have no end of lines.
func check(t *testing.T, a setup.App) []checkup.Finding {
	t.Helper()
	all := a.Check(t.Context())
	if len(all) == 0 {
		t.Error("nothing was found")
	}
	for _, one := range all {
		text := one.Found + one.Advice
		for _, secret := range []string{"sesame", signing, "ticket"} {
			if strings.Contains(text, secret) {
				t.Errorf("a finding tells a secret: %s", text)
			}
		}
		if strings.ContainsAny(text, "\n%") || strings.Contains(text, "TOKEN") || strings.Contains(text, "WHERE") || strings.Contains(text, "SCOPE") {
			t.Errorf("a finding has what was to be filled in: %s", text)
		}
		if one.State != checkup.Good && one.Found == "" || one.State == checkup.Broken && one.Advice == "" {
			t.Errorf("a finding says too little: %+v", one)
		}
	}
	return all
}

// has reports whether there is a finding of a state that says something, in itself or in
// what to do.
func has(all []checkup.Finding, s checkup.State, say string) bool {
	return slices.ContainsFunc(all, func(f checkup.Finding) bool {
		return f.State == s && (strings.Contains(f.Found, say) || strings.Contains(f.Advice, say))
	})
}

// away is a date in a header.
func away(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
