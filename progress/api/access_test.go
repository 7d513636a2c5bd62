package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
)

// onTask are the routes of one task, each with a body that it takes.
var onTask = []struct{ method, path, body string }{
	{"GET", "", ""}, {"GET", "/progress", ""}, {"GET", "/events", ""}, {"GET", "/logs", ""}, {"GET", "/history", ""}, {"GET", "/steps/1/approval", ""},
	{"POST", "/progress", `{"progress":50}`}, {"POST", "/heartbeat", `{}`}, {"POST", "/logs", `[{"line":"x"}]`}, {"POST", "/steps/1/approval", `{}`},
	{"POST", "/cancel", ""}, {"POST", "/pause", ""}, {"POST", "/resume", ""}, {"POST", "/restart", ""},
	{"POST", "/steps/1/approve", ""}, {"POST", "/steps/1/reject", ""}, {"POST", "/steps/1/retry", ""}, {"POST", "/steps/1/skip", ""},
}

// TestSomebodyElsesTask holds that a task does not exist for those who may not
// see it, and cannot be changed by those who may only look.
func TestSomebodyElsesTask(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	bob, eve, dan := s.person(t, "bob", access.RoleMember, nil), s.person(t, "eve", access.RoleViewer, nil), s.person(t, "dan", access.RoleMember, nil)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"t","title":"T","owner":"ann","kind":"k","steps":[{"name":"a","approval":{"approvers":["dan"]}}]}`).want(201)
	s.do(t, s.token, "POST", "/api/tasks/t/progress", `{"step":1,"step_status":"running"}`).want(200)
	before := s.look(t, "t")
	for _, r := range onTask {
		send := func(token string) reply { return s.outside(t, token, r.method, "/api/tasks/t"+r.path, r.body) }
		if got := send(bob); got.status != 404 {
			t.Errorf("a stranger's %s %s: %d %s", r.method, r.path, got.status, got.body)
		} else if none := s.outside(t, bob, r.method, "/api/tasks/u"+r.path, r.body); string(none.body) != strings.ReplaceAll(string(got.body), `\"t\"`, `\"u\"`) {
			t.Errorf("a task that may not be seen differs from none:\n%s\n%s", got.body, none.body)
		}
		want := map[bool]int{true: 200, false: 403}[r.method == "GET"]
		if got := send(eve); got.status != want {
			t.Errorf("a viewer's %s %s: %d %s", r.method, r.path, got.status, got.body)
		}
		if !strings.HasSuffix(r.path, "/approve") && !strings.HasSuffix(r.path, "/reject") {
			if got := send(dan); got.status != want {
				t.Errorf("an approver's %s %s: %d %s", r.method, r.path, got.status, got.body)
			}
		}
	}
	lines := s.outside(t, bob, "POST", "/api/reports", `{"task_id":"t","progress":1}`).want(200).lines()
	lines[0].is("code", 404)
	if ids := s.do(t, bob, "GET", "/api/tasks", nil).ids(); len(ids) != 0 {
		t.Errorf("a stranger's list holds %v", ids)
	}
	if now := s.look(t, "t"); now != before {
		t.Errorf("it changed from\n%s\nto\n%s", before, now)
	}
	s.do(t, dan, "POST", "/api/tasks/t/steps/1/approve", nil).want(200)
}

// TestCredentials calls every route without a good credential.
func TestCredentials(t *testing.T) {
	t.Parallel()
	clock := time.Now()
	s := newServer(t, func(s *setup) { s.access.Now = func() time.Time { return clock } })
	revoked := s.do(t, s.token, "POST", "/api/tokens", `{"name":"r","scopes":["read"]}`).want(201)
	s.do(t, s.token, "DELETE", "/api/tokens/"+revoked.get("id").(string), nil).want(200)
	expired := s.do(t, s.token, "POST", "/api/tokens", fmt.Sprintf(`{"name":"e","scopes":["read"],"expires_at":%q}`, clock.Add(time.Hour).Format(time.RFC3339))).want(201)
	s.do(t, expired.get("token").(string), "GET", "/api/me", nil).want(200)
	clock = clock.Add(2 * time.Hour)
	bad := []string{
		"X-None: of any kind", "Authorization: Bearer " + revoked.get("token").(string), "Authorization: Bearer " + expired.get("token").(string), "Authorization: Bearer hrld_nonsense",
		"Authorization: Bearer", "Authorization: Basic YTpi", "Authorization: " + adminToken, "Cookie: herald_session=nonsense", "Cookie: __Host-herald_session=nonsense",
	}
	n := 0
	for _, r := range (*server)(nil).routes() {
		if r.open {
			continue
		}
		path := strings.NewReplacer(":id", "t", ":n", "1", ":name", "admin").Replace(r.path)
		for _, header := range []string{bad[0], bad[n%len(bad)]} { // every one of them somewhere
			got := s.outside(t, "", r.method, path+"?token="+adminToken+"&access_token="+adminToken, "{}", header)
			if got.status != 401 || !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("%s %s with %q: %d %s", r.method, path, header, got.status, got.body)
			}
		}
		n++
	}
	if n < len(bad) {
		t.Errorf("only %d routes need a credential", n)
	}
}

// TestScopes holds that a token is good for what it names and no more.
func TestScopes(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"t","title":"T","kind":"k","steps":[{"name":"a"}]}`).want(201)
	needs := []struct{ scope, method, path, body string }{
		{"read", "GET", "/api/tasks", ""}, {"read", "GET", "/api/tasks/t", ""}, {"read", "GET", "/api/stats", ""}, {"read", "GET", "/api/tasks/t/logs", ""},
		{"report", "POST", "/api/tasks", `{"title":"A"}`}, {"report", "POST", "/api/tasks/claim", `{"kinds":["x"],"worker":"w"}`}, {"report", "POST", "/api/reports", ""},
		{"report", "POST", "/api/tasks/t/progress", `{"progress":1}`}, {"report", "POST", "/api/tasks/t/heartbeat", ""}, {"report", "POST", "/api/tasks/t/logs", `[{"line":"x"}]`},
		{"report", "POST", "/api/tasks/t/steps/1/approval", `{}`},
		{"operate", "POST", "/api/tasks/t/restart", ""}, {"approve", "POST", "/api/tasks/t/steps/1/approve", ""}, {"approve", "POST", "/api/tasks/t/steps/1/reject", ""},
		{"operate", "POST", "/api/tasks/t/pause", ""}, {"operate", "POST", "/api/tasks/t/resume", ""}, {"operate", "POST", "/api/tasks/t/steps/1/retry", ""},
		{"operate", "POST", "/api/tasks/t/steps/1/skip", ""}, {"operate", "POST", "/api/tasks/t/cancel", ""},
		{"admin", "GET", "/api/people", ""}, {"admin", "POST", "/api/people", `{"name":"x"}`}, {"admin", "PATCH", "/api/people/ci", `{}`},
		{"admin", "GET", "/api/tokens?all=1", ""}, {"admin", "GET", "/api/tokens?person=admin", ""}, {"admin", "POST", "/api/tokens", `{"name":"x","person":"admin","scopes":["read"]}`},
		{"admin", "POST", "/api/people/admin/login", ""},
	}
	for _, scope := range []string{"read", "report", "operate", "approve"} {
		token := s.person(t, "ci", access.RoleOperator, nil, scope)
		for _, n := range needs {
			r := s.outside(t, token, n.method, n.path, n.body)
			if n.scope == scope && (r.status == 403 || r.status == 401 || r.status >= 500) || n.scope != scope && r.status != 403 {
				t.Errorf("%s %s with the scope %s: %d %s", n.method, n.path, scope, r.status, r.body)
			}
		}
	}
	more := s.person(t, "ci", access.RoleOperator, nil, "read")
	s.do(t, more, "POST", "/api/tokens", `{"name":"x","scopes":["read","report"]}`).want(403)
	s.do(t, more, "POST", "/api/tokens", `{"name":"x","scopes":["admin"]}`).want(403)
}

// TestSessions follows a browser: login, cookie, what other sites try, logout.
func TestSessions(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.person(t, "ann", access.RoleOperator, nil)
	code := s.do(t, s.token, "POST", "/api/people/ann/login", nil).want(201).get("code").(string)
	in := s.do(t, "", "POST", "/api/login", map[string]string{"code": code}).want(200).is("person", "ann")
	s.do(t, "", "POST", "/api/login", map[string]string{"code": code}).want(401) // once
	s.do(t, "", "POST", "/api/login", `{}`).want(400)
	s.do(t, "", "POST", "/api/login", `{"token":"wrong"}`).want(401)
	set := in.header.Get("Set-Cookie")
	for _, flag := range []string{"HttpOnly", "SameSite=Lax", "Path=/", "Expires="} {
		if !strings.Contains(set, flag) {
			t.Errorf("the cookie has no %s: %s", flag, set)
		}
	}
	if strings.Contains(set, "Secure") || strings.Contains(set, "Domain") {
		t.Errorf("the cookie of plain HTTP: %s", set)
	}
	cookie := "Cookie: " + strings.Split(set, ";")[0]
	for i, header := range []string{"Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: null"} {
		s.do(t, "", "POST", "/api/tasks", `{"title":"A"}`, cookie, header).want(403)
		s.do(t, "", "POST", "/api/logout", nil, cookie, header).want(403)
		s.do(t, "", "POST", "/api/login", map[string]string{"token": s.token}, header).want(403)
		s.do(t, s.token, "POST", "/api/tasks", fmt.Sprintf(`{"title":"bearer %d"}`, i), header).want(201) // no browser sends that by itself
	}
	s.do(t, "", "GET", "/api/stats", nil, cookie).want(200).is("total", 4)
	s.do(t, "", "POST", "/api/tasks", `{"title":"A"}`, cookie, "Origin: "+s.URL).want(201)
	s.do(t, "", "POST", "/api/tasks", `{"title":"A"}`, cookie, "Sec-Fetch-Site: same-origin").want(201)
	out := s.do(t, "", "POST", "/api/logout", nil, cookie).want(204)
	if !strings.Contains(out.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("the cookie stays: %s", out.header.Get("Set-Cookie"))
	}
	s.do(t, "", "GET", "/api/me", nil, cookie).want(401)

	byToken := s.do(t, "", "POST", "/api/login", map[string]string{"token": s.person(t, "ann", access.RoleOperator, nil)}).want(200)
	cookie = "Cookie: " + strings.Split(byToken.header.Get("Set-Cookie"), ";")[0]
	s.do(t, "", "GET", "/api/me", nil, cookie).want(200).is("person", "ann")
	s.do(t, s.token, "PATCH", "/api/people/ann", `{"disabled":true}`).want(200).is("disabled", true)
	s.do(t, "", "GET", "/api/me", nil, cookie).want(401)
}

func TestSecureCookie(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(s *setup) { s.api.PublicURL = "https://herald.example" })
	set := s.do(t, "", "POST", "/api/login", map[string]string{"token": s.token}).want(200).header.Get("Set-Cookie")
	if !strings.HasPrefix(set, "__Host-herald_session=") || !strings.Contains(set, "Secure") {
		t.Errorf("the cookie of HTTPS: %s", set)
	}
	s.do(t, "", "GET", "/api/me", nil, "Cookie: "+strings.Split(set, ";")[0]).want(200)
}

// TestOpenMode holds that the open mode answers to this machine's own names
// only, and to no other site's page.
func TestOpenMode(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(s *setup) { s.access.Open = true })
	s.do(t, "", "POST", "/api/tasks", `{"id":"t","title":"T"}`).want(201)
	s.do(t, "", "POST", "/api/tasks", `{"title":"T"}`, "Sec-Fetch-Site: cross-site").want(403)
	s.do(t, "", "POST", "/api/tasks", `{"title":"T"}`, "Origin: https://evil.example").want(403)
	s.do(t, "wrong", "GET", "/api/tasks", nil).want(401)
	for host, want := range map[string]int{
		"evil.example": 403, "evil.example:8080": 403, "localhost.evil.example": 403, "127.0.0.1.evil.example": 403, "10.0.0.1": 403, "0.0.0.0": 403, "[::2]:80": 403,
		"localhost": 200, "localhost:8080": 200, "127.0.0.1": 200, "127.0.0.2:80": 200, "[::1]:8080": 200, "[::1]": 200, "LOCALHOST": 200,
	} {
		req, err := http.NewRequest("GET", s.URL+"/api/tasks/t", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		res, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("Host %s: %d, want %d", host, res.StatusCode, want)
		}
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(s *setup) { s.api.Rate = 0.5 })
	bob := s.person(t, "bob", access.RoleOperator, nil)
	var slow reply
	for range 5 {
		if slow = s.do(t, s.token, "GET", "/api/me", nil); slow.status == http.StatusTooManyRequests {
			break
		}
	}
	if p := slow.want(429).problem(); p.Code != progress.Limited || slow.header.Get("Retry-After") != "2" {
		t.Errorf("%v, Retry-After %q", p, slow.header.Get("Retry-After"))
	}
	s.do(t, bob, "GET", "/api/me", nil).want(200)
	s.do(t, "", "GET", "/healthz", nil).want(200)
}

// TestGuessesAreSlowedDown holds that secrets which people may have chosen cannot
// be tried at will, and that nothing else is held up by that.
func TestGuessesAreSlowedDown(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	bob := s.person(t, "bob", access.RoleOperator, nil)
	for range 2 * guessesBurst { // a browser whose session has ended goes on asking
		s.do(t, "", "GET", "/api/me", nil, "Cookie: herald_session=hrls_"+strings.Repeat("a", 40)).want(401)
		s.do(t, "hrld_"+strings.Repeat("a", 40), "GET", "/api/me", nil).want(401)
	}
	for range guessesBurst {
		s.do(t, "", "POST", "/api/login", `{"token":"wrong"}`).want(401)
	}
	var slow reply
	for range 10 { // one a second is regained
		if slow = s.do(t, "", "POST", "/api/login", `{"token":"wrong"}`); slow.status == 429 {
			break
		}
	}
	if slow.want(429).header.Get("Retry-After") == "" {
		t.Error("it does not say how long to wait")
	}
	if again := s.do(t, "wrong", "GET", "/api/me", nil); again.status != 429 && again.status != 401 {
		t.Errorf("a bearer: %d", again.status)
	}
	s.do(t, bob, "GET", "/api/me", nil).want(200) // what Herald made is not slowed
}

func TestCORS(t *testing.T) {
	t.Parallel()
	const allow, origin = "Access-Control-Allow-Origin", "https://app.example"
	off := newServer(t)
	if got := off.do(t, off.token, "GET", "/api/me", nil, "Origin: "+origin).want(200).header.Get(allow); got != "" {
		t.Errorf("CORS is on: %q", got)
	}
	s := newServer(t, func(s *setup) { s.api.CORS = []string{origin} })
	if got := s.do(t, s.token, "GET", "/api/me", nil, "Origin: "+origin).want(200).header.Get(allow); got != origin {
		t.Errorf("%s is %q", allow, got)
	}
	if got := s.do(t, s.token, "GET", "/api/me", nil, "Origin: https://evil.example").header.Get(allow); got != "" {
		t.Errorf("a stranger may call: %q", got)
	}
	pre := s.outside(t, "", "OPTIONS", "/api/tasks", nil, "Origin: "+origin, "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization,idempotency-key")
	if pre.status >= 300 || pre.header.Get(allow) != origin || !strings.Contains(pre.header.Get("Access-Control-Allow-Methods"), "POST") {
		t.Errorf("preflight: %d %v", pre.status, pre.header)
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	if got := s.do(t, s.token, "GET", "/api/me", nil, "X-Request-ID: mine-1").header.Get("X-Request-ID"); got != "mine-1" {
		t.Errorf("the id is %q", got)
	}
	seen := map[string]bool{}
	for _, given := range []string{"", "a b", strings.Repeat("x", 65), `"<script>`, "é"} {
		id := s.do(t, s.token, "GET", "/api/tasks/none", nil, "X-Request-ID: "+given).want(404).header.Get("X-Request-ID")
		if id == "" || id == given || seen[id] {
			t.Errorf("for %q the id is %q", given, id)
		}
		seen[id] = true
	}
}

func TestPeople(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for body, want := range map[string]int{
		`{"name":"a"}`: 201, `{"name":""}`: 400, `{}`: 400, `{"name":"herald"}`: 400, `{"name":"group:x"}`: 400, `{"name":"b","role":"king"}`: 400,
		`{"name":"` + long(201) + `"}`: 400, `{"name":"a\u0007"}`: 400, `{"name":"c","groups":[""]}`: 400, `{"name":"admin"}`: 409,
	} {
		if r := s.do(t, s.token, "POST", "/api/people", body); r.status != want {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	s.do(t, s.token, "PATCH", "/api/people/nobody", `{"role":"viewer"}`).want(404)
	s.do(t, s.token, "POST", "/api/people/nobody/login", nil).want(404)
	s.do(t, s.token, "DELETE", "/api/tokens/none", nil).want(404)
	for body, want := range map[string]int{
		`{"name":"x","scopes":["read"]}`: 201, `{"name":"","scopes":["read"]}`: 400, `{"name":"x","scopes":["fly"]}`: 400, `{"name":"x","scopes":[]}`: 400,
		`{"name":"x","scopes":["read"],"person":"nobody"}`: 404, `{"name":"x","scopes":["read"],"expires_at":"2001-01-01T00:00:00Z"}`: 400,
	} {
		if r := s.do(t, s.token, "POST", "/api/tokens", body); r.status != want {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	tokens := s.do(t, s.token, "GET", "/api/tokens?all=1", nil).want(200)
	if strings.Contains(string(tokens.body), `"token"`) {
		t.Errorf("a secret is shown: %s", tokens.body)
	}
}
