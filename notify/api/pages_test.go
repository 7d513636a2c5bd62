package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/templates/web"
)

// A reader is a browser without scripts, in which somebody has logged in.
type reader struct {
	w    *world
	http *http.Client
}

func (w *world) reader(token string) *reader {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	b := &reader{w, &http.Client{Jar: jar}}
	b.post("/login", url.Values{"token": {token}}, "same-origin", 200)
	return b
}

func (b *reader) get(path string) string {
	b.w.t.Helper()
	res, err := b.http.Get(b.w.URL + path)
	return b.took(res, err, 200)
}

// post sends a form from a page of a site, and gives the page that it leads to.
func (b *reader) post(path string, f url.Values, site string, status int) string {
	b.w.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.w.URL+path, strings.NewReader(f.Encode()))
	if err != nil {
		b.w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", site)
	res, err := b.http.Do(req)
	return b.took(res, err, status)
}

func (b *reader) took(res *http.Response, err error, status int) string {
	b.w.t.Helper()
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	if res.StatusCode != status {
		b.w.t.Fatalf("%s answers %s, want %d:\n%s", res.Request.URL, res.Status, status, page)
	}
	return string(page)
}

func shows(t *testing.T, page string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(page, part) {
			t.Errorf("there is no %q in\n%s", part, page)
		}
	}
}

func hides(t *testing.T, page string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(page, part) {
			t.Errorf("there is %q in\n%s", part, page)
		}
	}
}

// TestNotificationsPage goes through all that the forms of the page do.
func TestNotificationsPage(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann, bob := w.Person("ann", access.RoleMember), w.Person("bob", access.RoleMember)
	w.hook(ann, `{"url":"https://hooks.example.com/secret","name":"my hook"}`)
	theirs := w.told(bob, `{"channel":"email","to":"bob@example.com"}`)
	b := w.reader(ann)
	shows(t, b.get("/notifications"), "Nowhere yet", "my hook", `data-push="1"`, "<bdi>ann</bdi>", "Log out")

	add := url.Values{"to": {"ann@Example.com"}, "what": {"usual"}}
	page := b.post("/notifications", add, "same-origin", 200)
	shows(t, page, "✓ A mail was sent there.", "ann@example.com", "to be confirmed", "ends of runs over 10 min, and all failures")
	hides(t, page, "bob@example.com", "secret", "Send a test")
	id := w.do(ann, "GET", "/api/subscriptions", "").at("subscriptions.0.id")
	at := "/notifications/" + id
	shows(t, b.post("/notifications", add, "same-origin", 409), "✕ ", `value="ann@Example.com"`)
	shows(t, b.post(at+"/confirm", nil, "same-origin", 429), "✕ It was sent a moment ago")
	shows(t, b.post(at+"/on", nil, "same-origin", 409), "✕ It is not confirmed")
	w.confirm(id)
	shows(t, b.post(at+"/test", nil, "same-origin", 200), "✓ A test is on its way.", "Send a test")
	page = b.post(at+"/off", nil, "same-origin", 200)
	shows(t, page, "✓ Switched off.", "Switched off by ann.", "Switch on")
	shows(t, b.post(at+"/on", nil, "same-origin", 200), "✓ Switched on.", "Switch off")
	shows(t, b.post("/notifications", url.Values{"to": {`no"`}, "what": {"all"}}, "same-origin", 400), "✕ ", `value="no&#34;"`, `value="all" checked`)
	shows(t, b.post("/notifications", url.Values{"to": {"a@example.com"}, "what": {"all"}}, "same-origin", 200), "by mail · every milestone · all tasks")
	hides(t, b.post(at+"/remove", nil, "same-origin", 200), "ann@example.com")

	b.post("/notifications/"+theirs+"/remove", nil, "same-origin", 404)
	b.post(at+"/remove", nil, "same-origin", 404)
	b.post(at+"/dance", nil, "same-origin", 404)
	b.post("/notifications", add, "cross-site", 403)
	b.post("/notifications/"+theirs+"/off", nil, "cross-site", 403)
	w.do(bob, "GET", "/api/subscriptions/"+theirs, "").want(200)
	shows(t, b.get("/notifications?done=%3Cb%3E"), `<div id="notice" role="status" tabindex="-1"></div>`)
	if part := b.get("/notifications?fragment=1"); !strings.HasPrefix(part, `<div id="live"`) {
		t.Errorf("a part is\n%s", part)
	}
}

// TestTheScriptKnowsOurWords holds that browsers still know who has switched them off.
func TestTheScriptKnowsOurWords(t *testing.T) {
	t.Parallel()
	if words := strconv.Quote(strings.TrimSpace(byHand)); !bytes.Contains(web.Assets()["notices.js"].Body, []byte(words)) {
		t.Errorf("notices.js does not look for %s", words)
	}
}

// TestNotificationsElsewhere is a server that sends neither mail nor to browsers, and
// somebody who has not logged in.
func TestNotificationsElsewhere(t *testing.T) {
	t.Parallel()
	w := serve(t, func(o *Options) { o.Email, o.Push = false, nil })
	b := w.reader(w.Person("ann", access.RoleMember))
	page := b.get("/notifications")
	shows(t, page, "This server sends no mail", "This server sends no push messages")
	hides(t, page, `data-push`, `name="to"`)
	shows(t, b.post("/notifications", url.Values{"to": {"a@example.com"}}, "same-origin", 409), "✕ This server sends no mail")
	for path, kind := range map[string]string{"/sw.js": "text/javascript; charset=utf-8", "/manifest.webmanifest": "application/manifest+json"} {
		res := w.outside(path).want(200)
		for name, want := range map[string]string{"Content-Type": kind, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"} {
			if got := res.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if path == "/manifest.webmanifest" && !json.Valid(res.body) {
			t.Errorf("the manifest is %s", res.body)
		}
	}
	if to := w.outside("/notifications").want(303).header.Get("Location"); to != "/login?next=%2Fnotifications" {
		t.Errorf("who has not logged in is led to %s", to)
	}
	res := w.outside("/notifications?done=x", "Authorization", "Bearer "+w.Person("vic", access.RoleViewer)).want(200)
	if got := res.header.Get("Content-Security-Policy"); got != kit.PagePolicy {
		t.Errorf("the policy is %q", got)
	}
}

// outside asks for what the document does not have.
func (w *world) outside(path string, header ...string) reply {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodGet, w.URL+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return reply{w.t, res.StatusCode, res.Header, body}
}
