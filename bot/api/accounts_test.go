package api

import (
	"cmp"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/client"
)

// slack is an account there.
func slack(id string) bot.Account { return bot.Account{Platform: "slack", Team: "T1", ID: id} }

// links has an account linked with a new code of whoever has a token.
func (w *world) links(token string, a bot.Account, name string) {
	w.t.Helper()
	code := w.do(token, "POST", "/api/chat/codes", "").want(201).at("code")
	if _, err := w.accounts.Link(w.t.Context(), code, a, name); err != nil {
		w.t.Fatal(err)
	}
}

// whose is whose an account is, "" for nobody's.
func (w *world) whose(a bot.Account) progress.Person {
	w.t.Helper()
	p, _, err := w.accounts.Who(w.t.Context(), a)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// TestAccounts links, lists and unlinks.
func TestAccounts(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann, bob := w.Person("ann", access.RoleMember), w.Person("bob", access.RoleMember)
	made := w.do(ann, "POST", "/api/chat/codes", "").want(201)
	if code := made.at("code"); made.at("say") != "link "+code {
		t.Errorf("%s", made.body)
	}
	if until, err := time.Parse(time.RFC3339, made.at("expires_at")); err != nil || time.Until(until) < 9*time.Minute || time.Until(until) > 10*time.Minute {
		t.Errorf("it is good until %s, %v", until, err)
	}
	w.do(ann, "GET", "/api/chat/accounts", "").want(200).is("accounts", "[]")
	w.links(ann, slack("U1"), "Ann A.")
	w.links(ann, bot.Account{Platform: "irc", ID: "ann"}, "")
	w.links(bob, slack("U2"), "")
	all := w.do(ann, "GET", "/api/chat/accounts", "").want(200)
	all.is("accounts.0.platform", "slack", "accounts.0.team", "T1", "accounts.0.account", "U1", "accounts.0.name", "Ann A.", "accounts.0.person", "ann",
		"accounts.1.platform", "irc", "accounts.1.team", "", "accounts.1.account", "ann", "accounts.1.name", "", "accounts.2", "")
	w.do(ann, "GET", "/api/chat/accounts?person=ann", "").want(200).is("accounts.0.account", "U1")

	w.do(ann, "DELETE", "/api/chat/accounts/slack/T1/U2", "").want(404)
	w.do(ann, "DELETE", "/api/chat/accounts/slack/T2/U1", "").want(404)
	w.do(ann, "DELETE", "/api/chat/accounts/slack/T1/U1", "").want(204)
	w.do(ann, "DELETE", "/api/chat/accounts/slack/T1/U1", "").want(404)
	w.do(ann, "DELETE", "/api/chat/accounts/irc/-/ann", "").want(204)
	w.do(ann, "GET", "/api/chat/accounts", "").want(200).is("accounts", "[]")
	if got := w.whose(slack("U2")); got != "bob" {
		t.Errorf("the account of another is of %q", got)
	}
}

// TestAccountsOfOthers holds that those of others are for admins.
func TestAccountsOfOthers(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann, bob := w.Person("ann", access.RoleMember), w.Person("bob", access.RoleOperator)
	w.links(ann, slack("U1"), "")
	w.do(bob, "GET", "/api/chat/accounts?person=ann", "").refused(403, "person")
	w.do(apitest.Admin, "GET", "/api/chat/accounts?person=ann", "").want(200).is("accounts.0.account", "U1")
	w.do(apitest.Admin, "GET", "/api/chat/accounts?person=nobody", "").want(200).is("accounts", "[]")
	w.do(apitest.Admin, "GET", "/api/chat/accounts?person="+strings.Repeat("a", 201), "").refused(400, "person")
	w.do(apitest.Admin, "DELETE", "/api/chat/accounts/slack/T1/U1", "").want(204)
	if got := w.whose(slack("U1")); got != "" {
		t.Errorf("it is of %q", got)
	}
}

// TestWholeCredentials holds that nobody gets more rights in chat than they call with.
func TestWholeCredentials(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for name, c := range map[string]struct {
		role   access.Role
		scopes []string
		status int
	}{
		"viewer": {access.RoleViewer, []string{"read"}, 201}, "reader": {access.RoleMember, []string{"read"}, 403},
		"operator": {access.RoleOperator, []string{"read", "report", "operate"}, 403}, "all": {access.RoleOperator, []string{"read", "report", "operate", "approve"}, 201},
		"boss": {access.RoleAdmin, []string{"read", "report", "operate", "approve"}, 403}, "admin": {access.RoleAdmin, []string{"read", "admin"}, 201},
		"deaf": {access.RoleMember, []string{"report"}, 403},
	} {
		w.do(w.Person("p-"+name, c.role, c.scopes...), "POST", "/api/chat/codes", "").want(c.status)
	}
	w.do("", "POST", "/api/chat/codes", "").want(401)
}

// TestNoAccounts is a server that links none.
func TestNoAccounts(t *testing.T) {
	t.Parallel()
	w := serve(t, func(o *Options) { o.Accounts = nil })
	w.do(apitest.Admin, "POST", "/api/chat/codes", "").want(409)
	w.do(apitest.Admin, "GET", "/api/chat/accounts", "").want(409)
	w.do(apitest.Admin, "DELETE", "/api/chat/accounts/slack/T1/U1", "").want(409)
	b := w.reader(w.Person("ann", access.RoleMember))
	shows(t, b.get("/accounts"), "This server links no chat accounts")
	shows(t, b.post("/accounts", "same-origin", 409), "✕ This server links no chat accounts")
}

// TestGuide makes each call about accounts that docs/api.md has.
func TestGuide(t *testing.T) {
	t.Parallel()
	w := serve(t)
	guide, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	ann := w.Person("ana", access.RoleMember)
	w.links(ann, bot.Account{Platform: "slack", Team: "T0123ABC", ID: "U0456DEF"}, "")
	shown := regexp.MustCompile(`curl -s(?: -X (\w+))? -H "\$T" \$H(/api/chat/\S+)\n`).FindAllStringSubmatch(string(guide), -1)
	for _, m := range shown {
		if r := w.do(ann, cmp.Or(m[1], http.MethodGet), m[2], ""); r.status/100 != 2 {
			t.Errorf("%s %s answers %d %s", m[1], m[2], r.status, r.body)
		}
	}
	if len(shown) != len(accountRoutes(nil)) {
		t.Errorf("docs/api.md has %q", shown)
	}
}

// TestAccountsClient links, lists and unlinks with the Go client.
func TestAccountsClient(t *testing.T) {
	t.Parallel()
	w, ctx := serve(t), t.Context()
	c, err := client.New(client.Options{URL: w.URL, Token: w.Person("ann", access.RoleMember)})
	if err != nil {
		t.Fatal(err)
	}
	a := client.ChatAccountsOf(c)
	code, err := a.Code(ctx)
	if err != nil || code.Say != "link "+code.Code || code.Expires.IsZero() {
		t.Fatalf("%+v, %v", code, err)
	}
	if _, err := w.accounts.Link(ctx, code.Code, bot.Account{Platform: "slack", ID: "U 1"}, "Ann"); err != nil {
		t.Fatal(err)
	}
	all, err := a.List(ctx, "")
	if err != nil || len(all) != 1 || all[0].Account != "U 1" || all[0].Person != "ann" || all[0].Name != "Ann" || all[0].LinkedAt.IsZero() {
		t.Fatalf("%+v, %v", all, err)
	}
	if err := a.Unlink(ctx, all[0]); err != nil {
		t.Error(err)
	}
	var refused *client.Problem
	if err := a.Unlink(ctx, all[0]); !errors.As(err, &refused) || refused.Code != string(progress.NotFound) {
		t.Error(err)
	}
	if _, err := a.List(ctx, "bob"); !errors.As(err, &refused) || refused.Code != string(progress.Forbidden) {
		t.Error(err)
	}
}

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
	b.send("/login", url.Values{"token": {token}}, "same-origin", 200)
	return b
}

func (b *reader) get(path string) string {
	b.w.t.Helper()
	res, err := b.http.Get(b.w.URL + path)
	return b.took(res, err, 200)
}

// post sends an empty form from a page of a site, and gives the page that it leads to.
func (b *reader) post(path, site string, status int) string {
	b.w.t.Helper()
	return b.send(path, nil, site, status)
}

// TestAccountsPage goes through all that the page does, without a script.
func TestAccountsPage(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann, bob := w.Person("ann", access.RoleMember), w.Person("bob", access.RoleMember)
	w.links(bob, slack("U2"), "Bob")
	b := w.reader(ann)
	shows(t, b.get("/accounts"), "None yet", "Get a code", "<bdi>ann</bdi>")
	page := b.post("/accounts", "same-origin", 200)
	shows(t, page, "It links one account, once, until", "Get another code")
	_, code, _ := strings.Cut(page, "<code>link ")
	code, _, _ = strings.Cut(code, "</code>")
	if _, err := w.accounts.Link(t.Context(), code, slack("U1"), `Ann "><b>`); err != nil {
		t.Fatalf("%q: %v", code, err)
	}
	shows(t, b.get("/accounts"), "Ann &#34;&gt;&lt;b&gt;", "Slack · workspace T1 · account U1")
	b.post("/accounts/slack/T1/U1/unlink", "cross-site", 403)
	b.post("/accounts", "cross-site", 403)
	shows(t, b.post("/accounts/slack/T1/U2/unlink", "same-origin", 404), "✕ No such account of yours is linked.")
	if got := w.whose(slack("U1")); got != "ann" {
		t.Errorf("it is of %q", got)
	}
	shows(t, b.post("/accounts/slack/T1/U1/unlink", "same-origin", 200), "✓ Unlinked.", "None yet")
	if a, other := w.whose(slack("U1")), w.whose(slack("U2")); a != "" || other != "bob" {
		t.Errorf("they are of %q and %q", a, other)
	}
	if part := b.get("/accounts?fragment=1"); !strings.HasPrefix(part, `<div id="live"`) {
		t.Errorf("a part is\n%s", part)
	}
}
