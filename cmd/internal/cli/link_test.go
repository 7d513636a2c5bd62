package cli_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// linker is a server that knows of linked accounts alone, and notes what is asked of it.
type linker struct {
	*httptest.Server
	mu       sync.Mutex
	accounts string // as it lists them
	calls    []string
}

func startLinker(t *testing.T) *linker {
	t.Helper()
	l := &linker{accounts: `[]`}
	l.Server = httptest.NewServer(l)
	t.Cleanup(l.Close)
	return l
}

// ServeHTTP answers as the API does.
func (l *linker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, r.Method+" "+r.URL.RequestURI())
	w.Header().Set("Content-Type", "application/json")
	switch r.Method {
	case http.MethodPost:
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"code":"K7QM-4XWP","expires_at":"2026-01-31T12:14:11Z","say":"link K7QM-4XWP"}`)
	case http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	default:
		_, _ = io.WriteString(w, `{"accounts":`+l.accounts+`}`)
	}
}

// asked reports whether a call was made.
func (l *linker) asked(call string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.calls, call)
}

func (l *linker) has(accounts string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accounts = accounts
}

const twoLinks = `[{"platform":"slack","team":"T1","account":"U1","name":"Ann\u001b[31m A.","person":"ann","linked_at":"2026-01-31T12:04:11Z"},
	{"platform":"irc","team":"","account":"ann","person":"ann","linked_at":"2026-01-31T12:04:11Z"},
	{"platform":"slack","team":"T2","account":"U2","person":"ann","linked_at":"2026-01-31T12:04:11Z"}]`

// TestLink gets a code, lists and unlinks.
func TestLink(t *testing.T) {
	t.Parallel()
	l := startLinker(t)
	c := &client{&server{url: l.URL}, t, []string{"HERALD_URL=" + l.URL, "HERALD_TOKEN=" + adminToken, "LANG=C.UTF-8"}}
	r := c.run("link")
	if r.code != 0 || r.stdout != "link K7QM-4XWP\n" || !strings.Contains(r.stderr, "send this to Herald in a direct message") {
		t.Errorf("%+v", r)
	}
	var code struct{ Code string }
	if r := c.run("link", "--json"); json.Unmarshal([]byte(r.stdout), &code) != nil || code.Code != "K7QM-4XWP" || r.stderr != "" {
		t.Errorf("%+v", r)
	}
	c.want(0, "", "No linked accounts.\n", "link", "list")
	l.has(twoLinks)
	c.want(0, "slack/T1/U1", "", "link", "list")
	c.want(0, "irc/-/ann", "", "link", "ls", "--person", "bob")
	if !l.asked("GET /api/chat/accounts?person=bob") {
		t.Errorf("%q", l.calls)
	}
	if r := c.run("link", "list"); strings.Contains(r.stdout, "\x1b") {
		t.Errorf("a name rules the screen: %q", r.stdout)
	}
	c.want(2, "", "--person is empty", "link", "list", "--person", "")

	c.want(2, "", "may mean 2 accounts", "link", "remove", "slack")
	c.want(2, "", "names no account", "link", "remove", " ")
	c.want(1, "", `no account of yours is called "U9"`, "link", "remove", "U9")
	for name, path := range map[string]string{
		"U1": "slack/T1/U1", "ann": "irc/-/ann", "irc": "irc/-/ann", "slack/T2/U2": "slack/T2/U2", "slack/T9/U9": "slack/T9/U9",
	} {
		c.want(0, "Unlinked "+path+".\n", "", "link", "remove", name)
		if !l.asked("DELETE /api/chat/accounts/" + path) {
			t.Errorf("%s: %q", name, l.calls)
		}
	}
}

// TestLinkNowhere is a server that is in no chat.
func TestLinkNowhere(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	c.want(1, "", "this server links no chat accounts", "link")
	c.want(1, "", "this server links no chat accounts", "link", "list")
}
