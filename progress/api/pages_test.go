package api

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/kit"
)

// reader is a browser without a script: a session's cookie, and what it gets.
type reader struct {
	t      *testing.T
	s      *testServer
	cookie string
}

// enter begins a session of a person by the login form.
func enter(t *testing.T, s *testServer, token string) *reader {
	t.Helper()
	b := &reader{t: t, s: s}
	r := b.post("/login", url.Values{"token": {token}, "next": {"/"}})
	if r.status != 303 || r.header.Get("Location") != "/" {
		t.Fatalf("logging in answers %d to %q:\n%s", r.status, r.header.Get("Location"), r.body)
	}
	return b
}

func (b *reader) get(path string, headers ...string) reply {
	b.t.Helper()
	return b.took(b.s.outside(b.t, "", "GET", path, nil, append(headers, "Cookie: "+b.cookie)...))
}

func (b *reader) post(path string, f url.Values, headers ...string) reply {
	b.t.Helper()
	headers = append([]string{"Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin", "Cookie: " + b.cookie}, headers...)
	return b.took(b.s.outside(b.t, "", "POST", path, f.Encode(), headers...))
}

// took keeps the cookies of an answer.
func (b *reader) took(r reply) reply {
	jar := map[string]string{}
	for part := range strings.SplitSeq(b.cookie, "; ") {
		if name, value, ok := strings.Cut(part, "="); ok {
			jar[name] = value
		}
	}
	for _, k := range (&http.Response{Header: r.header}).Cookies() {
		jar[k.Name] = k.Value
		if k.MaxAge < 0 {
			delete(jar, k.Name)
		}
	}
	b.cookie = ""
	for name, value := range jar {
		b.cookie += name + "=" + value + "; "
	}
	return r
}

// forms are those of a page: their hidden fields, by where they are sent.
func forms(page string) map[string]url.Values {
	out := map[string]url.Values{}
	field := regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
	for _, m := range regexp.MustCompile(`(?s)<form method="post" action="([^"]*)"(.*?)</form>`).FindAllStringSubmatch(page, -1) {
		f := url.Values{}
		for _, h := range field.FindAllStringSubmatch(m[2], -1) {
			f.Set(h[1], html.UnescapeString(h[2]))
		}
		out[m[1]] = f
		for _, b := range regexp.MustCompile(`formaction="([^"]*)"`).FindAllStringSubmatch(m[2], -1) {
			out[b[1]] = f
		}
	}
	delete(out, "/logout")
	return out
}

// press sends a form of a task's page and gives the page that follows.
func (b *reader) press(task, verb string, more ...string) string {
	b.t.Helper()
	f, ok := forms(string(b.get("/tasks/" + task).want(200).body))["/tasks/"+task+"/"+verb]
	if !ok {
		b.t.Fatalf("the page of %s has no %s", task, verb)
	}
	for i := 0; i < len(more); i += 2 {
		f.Set(more[i], more[i+1])
	}
	return b.sent(task, verb, f)
}

// sent is the page that follows a form.
func (b *reader) sent(task, verb string, f url.Values) string {
	b.t.Helper()
	r := b.post("/tasks/"+task+"/"+verb, f).want(303)
	if to := r.header.Get("Location"); to != "/tasks/"+task {
		b.t.Fatalf("%s leads to %q", verb, to)
	}
	return string(b.get("/tasks/" + task).want(200).body)
}

// shows fails the test unless a page has all the texts.
func shows(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(html.UnescapeString(page), text) {
			t.Errorf("the page does not say %q:\n%s", text, page)
		}
	}
}

// asks makes a task whose second step waits for a decision.
func asks(t *testing.T, s *testServer, id, owner string) {
	t.Helper()
	s.do(t, s.token, "POST", "/api/tasks", map[string]any{"id": id, "title": "Job " + id, "owner": owner, "steps": []any{
		map[string]any{"name": "Build"}, map[string]any{"name": "Ship", "approval": map[string]any{"prompt": "Ship it?", "options": []string{"now"}}}, map[string]any{"name": "Watch"},
	}}).want(201)
	s.do(t, s.token, "POST", "/api/tasks/"+id+"/progress", `{"step":1,"step_status":"completed"}`).want(200)
	s.do(t, s.token, "POST", "/api/tasks/"+id+"/progress", `{"step":2,"step_status":"running"}`).want(200)
}

func TestPagesNeedALogin(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for path, next := range map[string]string{
		"/": "/", "/?q=a+b&fragment=1": "/?q=a+b", "/tasks/t?all=1": "/tasks/t?all=1",
	} {
		r := s.outside(t, "", "GET", path, nil).want(303)
		if to := r.header.Get("Location"); to != "/login?next="+url.QueryEscape(next) {
			t.Errorf("%s leads to %s", path, to)
		}
	}
	r := s.outside(t, "", "POST", "/tasks/t/cancel", "", "Content-Type: application/x-www-form-urlencoded").want(303)
	if to := r.header.Get("Location"); to != "/login?next=%2Ftasks%2Ft" {
		t.Errorf("a form leads to %s", to)
	}
	s.outside(t, s.token, "GET", "/", nil).want(200)
	wrong := s.outside(t, "hrld_wrong", "GET", "/", nil).want(401)
	shows(t, string(wrong.body), "<h1>Credentials are needed</h1>")
	open := newServer(t, func(s *setup) { s.access.Open = true })
	page := string(open.outside(t, "", "GET", "/", nil).want(200).body)
	shows(t, page, "There are no tasks yet", "export HERALD_URL="+open.URL, `herald run --title "My job" -- ./script.sh`, "<bdi>local</bdi>")
	if strings.Contains(page, "Log out") {
		t.Error("one cannot log out of the open mode")
	}
	stale := open.outside(t, "", "GET", "/?q=a", nil, "Cookie: herald_session=of-another-server").want(303)
	if to := stale.header.Get("Location"); to != "/?q=a" || !strings.Contains(stale.header.Get("Set-Cookie"), "herald_session=;") {
		t.Errorf("a stale cookie leads to %s, %v", to, stale.header)
	}
}

func TestLoginLeadsOn(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for next, to := range map[string]string{
		"": "/", "/tasks/t?all=1": "/tasks/t?all=1", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "/\t/evil.example": "/",
		"evil": "/", "javascript:alert(1)": "/", "/login?next=/": "/",
	} {
		page := string(s.outside(t, "", "GET", "/login?next="+url.QueryEscape(next), nil).want(200).body)
		shows(t, page, `<input type="hidden" name="next" value="`+to+`">`)
		r := (&reader{t: t, s: s}).post("/login", url.Values{"token": {s.token}, "next": {next}}).want(303)
		if got := r.header.Get("Location"); got != to {
			t.Errorf("next=%q leads to %q, want %q", next, got, to)
		}
	}
	b := &reader{t: t, s: s}
	if page := string(b.post("/login", url.Values{"token": {"hrld_wrong"}, "next": {`/"><script>x`}}).want(401).body); strings.Contains(page, "<script>x") ||
		!strings.Contains(page, `value="/&#34;`) || !regexp.MustCompile(`role="alert">\w`).MatchString(page) {
		t.Errorf("a bad login answers\n%s", page)
	}
	b.post("/login", url.Values{"token": {s.token}}, "Sec-Fetch-Site: cross-site").want(403)
	b = enter(t, s, s.token)
	shows(t, string(b.get("/").want(200).body), "<bdi>admin</bdi>", "Log out")
	b.post("/logout", nil, "Sec-Fetch-Site: cross-site").want(403)
	before := b.cookie
	b.post("/logout", nil).want(303)
	b.cookie = before
	b.get("/").want(303)
}

func TestPagesAreSafe(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	asks(t, s, "t", "")
	for path, status := range map[string]int{"/": 200, "/?fragment=1": 200, "/tasks/t": 200, "/tasks/t?fragment=1": 200, "/tasks/none": 404, "/?status=x": 400, "/?cursor=x": 400, "/static/none.css": 404} {
		r := s.outside(t, s.token, "GET", path, nil).want(status)
		for name, want := range map[string]string{
			"Content-Security-Policy": kit.PagePolicy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Cache-Control": "no-store", "Content-Type": "text/html; charset=utf-8",
		} {
			if got := r.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
	page := string(s.outside(t, s.token, "GET", "/", nil).want(200).body)
	files := regexp.MustCompile(`/static/[^"]+`).FindAllString(page, -1)
	if len(files) != 7 { // the chat box has two
		t.Errorf("the page loads %v", files)
	}
	for _, f := range files {
		r := s.outside(t, "", "GET", f, nil).want(200)
		if r.header.Get("Cache-Control") != "public, max-age=31536000, immutable" || r.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", f, r.header)
		}
	}
	shows(t, string(s.outside(t, "", "GET", "/nowhere", nil, "Accept: text/html").want(404).body), "<h1>There is no such thing</h1>")
	s.outside(t, "", "GET", "/nowhere", nil).want(404).problem()
}

func TestHostileTexts(t *testing.T) {
	t.Parallel()
	s, bad := newServer(t), `"><script>alert(1)</script>`
	s.do(t, s.token, "POST", "/api/tasks", map[string]any{
		"id": "t", "title": bad, "kind": bad, "labels": map[string]string{bad: bad}, "metadata": map[string]any{bad: bad}, "inputs": bad,
		"steps": []any{map[string]any{"name": bad, "substeps": []string{bad}, "approval": map[string]any{"prompt": bad, "effects": []string{bad}, "options": []string{bad}}}},
	}).want(201)
	s.do(t, s.token, "POST", "/api/tasks/t/progress", map[string]any{"step": 1, "step_status": "running", "message": bad, "metrics": map[string]any{bad: bad}, "worker": bad}).want(200)
	s.do(t, s.token, "POST", "/api/tasks/t/logs", []any{map[string]any{"line": bad, "level": bad, "step": bad}}).want(200)
	s.do(t, s.token, "POST", "/api/tasks/t/steps/1/approve", map[string]any{"reason": bad, "option": bad}).want(200)
	s.do(t, s.token, "POST", "/api/tasks/t/progress", map[string]any{"step": 1, "step_status": "failed", "error": map[string]any{"type": bad, "message": bad, "details": bad}}).want(200)
	b := enter(t, s, s.token)
	for _, path := range []string{"/", "/tasks/t", "/?q=" + url.QueryEscape(bad) + "&kind=" + url.QueryEscape(bad) + "&label=" + url.QueryEscape("a:"+bad)} {
		if page := string(b.get(path).want(200).body); strings.Contains(page, "<script>alert") {
			t.Errorf("%s runs what somebody wrote:\n%s", path, page)
		}
	}
}

// TestOfferedIsShown holds that each right gives its buttons, and no more.
func TestOfferedIsShown(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	asks(t, s, "t", "")
	asks(t, s, "anns", "ann")
	for _, c := range []struct {
		name  string
		token string
		want  string
	}{
		{"viewer", s.person(t, "vic", access.RoleViewer, nil), ""},
		{"approver", s.person(t, "ann", access.RoleMember, nil, "read", "approve"), "approve reject"},
		{"operator", s.person(t, "oli", access.RoleOperator, nil, "read", "operate"), "cancel restart"},
	} {
		page := string(s.outside(t, c.token, "GET", "/tasks/t", nil).want(200).body)
		shows(t, page, "Ship it?")
		var got []string
		for action := range forms(page) {
			got = append(got, strings.TrimPrefix(action, "/tasks/t/"))
		}
		if strings.Join(sorted(got), " ") != c.want {
			t.Errorf("%s gets %v, want %s", c.name, sorted(got), c.want)
		}
	}
	bob := enter(t, s, s.person(t, "bob", access.RoleMember, nil))
	bob.get("/tasks/anns").want(404)
	bob.post("/tasks/anns/approve", nil).want(404)
	if page := string(bob.get("/").want(200).body); strings.Contains(page, "Job anns") || !strings.Contains(page, "Waiting for you") {
		t.Errorf("bob is shown\n%s", page)
	}
	s.outside(t, s.person(t, "rob", access.RoleMember, nil, "report"), "GET", "/", nil).want(403)
}

// TestButtons presses each of them.
func TestButtons(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	asks(t, s, "t", "")
	b := enter(t, s, s.token)
	old := forms(string(b.get("/tasks/t").body))["/tasks/t/approve"]
	shows(t, b.press("t", "approve", "option", "now", "reason", "looks good"), "You approved this.", "approved by admin, in the browser, with “now”: looks good")
	again := b.sent("t", "approve", url.Values{"step": {"2"}, "digest": old["digest"], "run": {"1"}})
	shows(t, again, "✕ admin approved this at", "UTC", "in the browser.")
	if page := string(b.get("/tasks/t").body); strings.Contains(page, "✕ admin approved") {
		t.Error("a notice is shown twice")
	}
	shows(t, b.press("t", "pause"), "✓ Paused.")
	shows(t, b.sent("t", "pause", nil), "✕ Cannot pause: the task is paused.")
	shows(t, b.press("t", "resume"), "✓ Resumed.")
	shows(t, b.press("t", "skip", "reason", "no need"), "✓ The step is skipped.", "Step 2 “Ship” was skipped by admin, in the browser: no need")
	s.do(t, s.token, "POST", "/api/tasks/t/progress", `{"step":3,"step_status":"failed","error":"no"}`).want(200)
	s.do(t, s.token, "GET", "/api/tasks/t", nil).want(200).is("status", "failed")
	shows(t, b.press("t", "retry"), "✓ The failed step is tried again")
	shows(t, b.press("t", "cancel", "reason", "enough"), "✓ The task is cancelled.", "Cancelled by admin, in the browser: enough")
	shows(t, b.press("t", "restart"), "✓ Restarted.", "Run</dt><dd dir=\"auto\">2, attempt 1")
	shows(t, b.sent("t", "cancel", url.Values{"run": {"1"}}), "note bad")
	asks(t, s, "no", "")
	shows(t, b.press("no", "reject", "reason", "not now"), "✓ You rejected this.", "rejected by admin, in the browser: not now")
	s.do(t, s.token, "GET", "/api/tasks/no", nil).want(200).is("status", "failed").is("steps.1.approval.via", "browser")
}

// TestOneFormCountsOnce holds that a form that is sent twice is one command.
func TestOneFormCountsOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	asks(t, s, "t", "")
	b := enter(t, s, s.token)
	f := forms(string(b.get("/tasks/t").body))["/tasks/t/approve"]
	for range 2 {
		shows(t, b.sent("t", "approve", f), "✓ You approved this.")
	}
	if n := strings.Count(string(s.do(t, s.token, "GET", "/api/tasks/t/events", nil).body), "approval.decided"); n != 1 {
		t.Errorf("it was decided %d times", n)
	}
}

func TestFormsOfOthers(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	asks(t, s, "t", "")
	b := enter(t, s, s.token)
	b.post("/tasks/t/cancel", nil, "Sec-Fetch-Site: cross-site").want(403)
	b.post("/tasks/t/cancel", nil, "Sec-Fetch-Site: same-site").want(403)
	b.post("/tasks/t/cancel", nil, "Sec-Fetch-Site:", "Origin: https://evil.example").want(403)
	b.post("/tasks/t/cancel", nil, "Content-Type: application/json").want(400)
	b.post("/tasks/t/cancel", url.Values{"run": {"x"}}).want(400)
	b.post("/tasks/t/create", nil).want(404)
	b.post("/tasks/none/cancel", nil).want(404)
	b.get("/tasks/t/cancel").want(405)
	s.do(t, s.token, "GET", "/api/tasks/t", nil).want(200).is("status", "approval")
	vic := enter(t, s, s.person(t, "vic", access.RoleViewer, nil))
	shows(t, vic.sent("t", "cancel", nil), "✕ This needs the right to operate.")
	s.do(t, s.token, "GET", "/api/tasks/t", nil).want(200).is("status", "approval")
}

func TestListPage(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	b := enter(t, s, s.token)
	for _, id := range []string{"a", "b", "c"} {
		s.do(t, s.token, "POST", "/api/tasks", `{"id":"`+id+`","title":"Done `+id+`","kind":"k`+id+`","labels":{"x":"y z"}}`).want(201)
		s.do(t, s.token, "POST", "/api/tasks/"+id+"/progress", `{"status":"completed"}`).want(200)
	}
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"p","title":"Waits"}`).want(201)
	asks(t, s, "w", "")
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"r","title":"Runs"}`).want(201)
	s.do(t, s.token, "POST", "/api/tasks/r/progress", `{"progress":7}`).want(200)
	rows := func(path string) string {
		t.Helper()
		var ids []string
		for _, m := range regexp.MustCompile(`<li id="task-(\w+)"`).FindAllStringSubmatch(string(b.get(path).want(200).body), -1) {
			ids = append(ids, m[1])
		}
		return strings.Join(ids, "")
	}
	for path, want := range map[string]string{
		"/": "wrpcba", "/?status=completed": "cba", "/?status=running": "r", "/?status=running,completed": "rcba", "/?q=done": "cba", "/?kind=ka": "a",
		"/?label=x:y+z": "cba", "/?q=nothing": "", "/?status=&q=": "wrpcba",
	} {
		if got := rows(path); got != want {
			t.Errorf("%s shows %q, want %q", path, got, want)
		}
	}
	got, next := "", "/?q=done&limit=1"
	for range 3 {
		got += rows(next)
		m := regexp.MustCompile(`<a href="(/\?[^"]*)">Older tasks`).FindStringSubmatch(string(b.get(next).body))
		if m == nil {
			break
		}
		next = html.UnescapeString(m[1])
	}
	if got != "cba" {
		t.Errorf("page by page it is %q, last %s", got, next)
	}
	shows(t, string(b.get("/?q=nothing").body), "No task fits")
	shows(t, string(b.get("/?kind=ka&label=x:y+z").body), `data-socket="/ws/tasks?kind=ka&label=x%3Ay+z"`)
	if part := string(b.get("/?fragment=1").body); !strings.HasPrefix(part, `<div id="live"`) {
		t.Errorf("a part is\n%s", part)
	}
}
