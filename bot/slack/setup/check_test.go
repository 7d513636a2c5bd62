package setup_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/checkup"
	"github.com/taskherald/herald/bot/slack/setup"
)

// TestGoodApp is an app in which nothing is wrong.
func TestGoodApp(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	a := f.app()
	a.Rooms, a.Groups = []string{"#deploys", "C01", "U01", "D01", "#Deploys", "#deploys"}, []string{"S01"}
	all := check(t, a)
	for _, want := range []string{
		"the bot is @herald in the workspace Acme (https://acme.slack.com/)", "the bot has all scopes that it needs", "Socket Mode is on, and there is a way to 127.0.0.1",
		"the bot is in slack:#deploys", "the bot is in slack:C01 (#deploys)", "slack:U01 is @ana", "slack.groups: S01 is @deployers", `write "@herald help" in a channel`,
	} {
		if !has(all, checkup.Good, want) {
			t.Errorf("does not say %q", want)
		}
	}
	if len(all) != 8 || slices.ContainsFunc(all, func(f checkup.Finding) bool { return f.State != checkup.Good || f.Advice != "" }) {
		t.Errorf("found %+v", all)
	}
	if !slices.Contains(f.asked, "apps.connections.open xapp- ") || slices.ContainsFunc(f.asked, func(s string) bool {
		return strings.HasPrefix(s, "chat.") || strings.HasPrefix(s, "conversations.open")
	}) {
		t.Errorf("asked %q", f.asked)
	}
}

// mistake is one that people make.
type mistake struct {
	name  string
	says  map[string]string // what Slack says then
	app   func(*setup.App)
	state checkup.State
	want  []string // each in a finding of that state, or in what to do about it
}

func no(method, code string) map[string]string {
	return map[string]string{method: `{"ok":false,"error":"` + code + `"}`}
}

// mistakes are those with tokens.
var mistakes = []mistake{
	{"bot token mistyped", no("auth.test", "invalid_auth"), nil, checkup.Broken, []string{"the bot cannot speak: Slack does not know slack.bot_token", "copy it again from OAuth & Permissions"}},
	{"bot token revoked", no("auth.test", "token_revoked"), nil, checkup.Broken, []string{"slack.bot_token was revoked", "install the app again"}},
	{"token rotation", no("auth.test", "token_expired"), nil, checkup.Broken, []string{"token rotation is on", "herald setup slack"}},
	{"app not installed", no("auth.test", "account_inactive"), nil, checkup.Broken, []string{"not installed any more"}},
	{"tokens swapped", no("auth.test", "not_allowed_token_type"), nil, checkup.Broken, []string{"slack.bot_token is of another kind", "mixed up"}},
	{"header gone", no("auth.test", "not_authed"), nil, checkup.Broken, []string{"has not seen a token", "proxy"}},
	{"moving", no("auth.test", "org_login_required"), nil, checkup.Broken, []string{"being moved into an organisation"}},
	{"enterprise rule", no("auth.test", "enterprise_is_restricted"), nil, checkup.Broken, []string{"rules of the workspace", "ask its administrators"}},
	{"keys suspended", no("auth.test", "ekm_access_denied"), nil, checkup.Broken, []string{"suspended"}},
	{"Slack is down", no("auth.test", "service_unavailable"), nil, checkup.Odd, []string{"trouble of its own", "slack-status.com"}},
	{"unheard of", no("auth.test", "brand_new_error"), nil, checkup.Broken, []string{"Slack says brand_new_error", "docs.slack.dev"}},
	{"no code", no("auth.test", "<b>evil sesame</b>"), nil, checkup.Broken, []string{"an error without a name"}},
	{"too fast", map[string]string{"auth.test": "429 30"}, nil, checkup.Odd, []string{"fewer calls", "after 30s"}},
	{"too fast, no time", map[string]string{"auth.test": "429 soon"}, nil, checkup.Odd, []string{"after a minute"}},
	{"sign-in page", map[string]string{"auth.test": "502 <html>sesame</html>"}, nil, checkup.Broken, []string{"what answers at 127.0.0.1 is not Slack: status 502", "proxy"}},
	{"not Slack", map[string]string{"auth.test": `{"status":"ok"}`}, nil, checkup.Broken, []string{"is not Slack: status 200"}},
	{"changed answer", map[string]string{"auth.test": `{"ok":true,"team":7}`}, nil, checkup.Broken, []string{"a form that is not known"}},
	{"whole organisation", map[string]string{"auth.test": `{"ok":true,"team":"Acme","user":"herald","bot_id":"B1","is_enterprise_install":true}`}, nil, checkup.Broken, []string{"a whole organisation, Acme", "in one workspace"}},
	{"a person's token", map[string]string{"auth.test": `{"ok":true,"team":"Acme","user":"ana"}`}, nil, checkup.Broken, []string{"speaks as ana", "Bot User OAuth Token"}},

	{"app token mistyped", no("apps.connections.open", "invalid_auth"), nil, checkup.Broken, []string{"nothing is heard by Socket Mode: Slack does not know slack.app_token", "App-Level Tokens"}},
	{"app token of another kind", no("apps.connections.open", "not_allowed_token_type"), nil, checkup.Broken, []string{"slack.app_token is of another kind"}},
	{"app token may not connect", map[string]string{"apps.connections.open": `{"ok":false,"error":"missing_scope","needed":"connections:write","provided":"x"}`}, nil, checkup.Broken, []string{"the scope connections:write is missing", "make another app-level token with the scope connections:write"}},
	{"Socket Mode off", no("apps.connections.open", "socket_mode_disabled"), nil, checkup.Broken, []string{"Socket Mode is switched off", "switch it on under Socket Mode"}},
	{"two apps", map[string]string{"bots.info": `{"ok":true,"bot":{"app_id":"A0OTHER001"}}`}, nil, checkup.Broken, []string{"of the app A0OTHER001 and slack.app_token of the app A0HERALD01", "from one app"}},
	{"socket out of reach", map[string]string{"apps.connections.open": `{"ok":true,"url":"ws://127.0.0.1:1/link?ticket=sesame"}`}, nil, checkup.Broken, []string{"no way to it: no answer from 127.0.0.1", "https connections"}},
	{"socket nowhere", map[string]string{"apps.connections.open": `{"ok":true,"url":""}`}, nil, checkup.Broken, []string{"its address is no URL"}},
	{"socket of strange signs", map[string]string{"apps.connections.open": `{"ok":true,"url":"wss://a b/sesame"}`}, nil, checkup.Broken, []string{"its address is no URL"}},
	{"nobody there", nil, func(a *setup.App) { a.API = "http://127.0.0.1:1/api/" }, checkup.Broken, []string{"Slack cannot be asked: no answer from 127.0.0.1: connection refused"}},
	{"no address", nil, func(a *setup.App) { a.API = "http://a b/" }, checkup.Broken, []string{"slack.api_url"}},
}

// rooms are the mistakes with rooms and groups.
var rooms = []mistake{
	{"unknown channel", map[string]string{"conversations.list": `{"ok":true,"channels":[]}`}, named("#deploy"), checkup.Broken, []string{"slack:#deploy is no public channel of the workspace Acme", "/invite @herald"}},
	{"not invited", map[string]string{"conversations.list": `{"ok":true,"channels":[{"name":"ops"}]}`}, named("#ops"), checkup.Broken, []string{"the bot is not in slack:#ops", `write "/invite @herald" in it`}},
	{"archived", map[string]string{"conversations.list": `{"ok":true,"channels":[{"name":"ops","is_archived":true}]}`}, named("#ops"), checkup.Broken, []string{"slack:#ops is archived"}},
	{"read only", map[string]string{"conversations.list": `{"ok":true,"channels":[{"name":"ops","is_member":true,"is_read_only":true}]}`}, named("#ops"), checkup.Broken, []string{"only some may post in slack:#ops"}},
	{"shared", map[string]string{"conversations.list": `{"ok":true,"channels":[{"name":"ops","is_member":true,"is_ext_shared":true}]}`}, named("#ops"), checkup.Odd, []string{"shared with another organisation"}},
	{"on a later page", map[string]string{
		"conversations.list": `{"ok":true,"channels":[],"response_metadata":{"next_cursor":"more"}}`,
		"conversations.list?public_channel,private_channelmore": `{"ok":true,"channels":[{"name":"ops","is_member":true}]}`,
	}, named("#ops"), checkup.Good, []string{"the bot is in slack:#ops"}},
	{"no private ones", map[string]string{
		"conversations.list":                `{"ok":false,"error":"missing_scope","needed":"groups:read"}`,
		"conversations.list?public_channel": `{"ok":true,"channels":[{"name":"ops","is_member":true}]}`,
	}, named("#ops"), checkup.Good, []string{"the bot is in slack:#ops"}},
	{"no names", map[string]string{"conversations.list": `{"ok":false,"error":"missing_scope","needed":"channels:read,groups:read"}`}, named("#ops"), checkup.Broken, []string{"cannot be looked up: the scope channels:read, groups:read is missing"}},
	{"unknown id", no("conversations.info", "channel_not_found"), named("C404"), checkup.Broken, []string{"slack:C404 is no channel of the workspace Acme, or a private one"}},
	{"id in trouble", no("conversations.info", "internal_error"), named("C404"), checkup.Odd, []string{"slack:C404 cannot be looked at"}},
	{"unknown person", no("users.info", "user_not_found"), named("U404"), checkup.Broken, []string{"slack:U404 is nobody"}},
	{"person in trouble", no("users.info", "missing_scope"), named("U404"), checkup.Broken, []string{"slack:U404 cannot be looked at: the scope that this needs is missing"}},
	{"person left", map[string]string{"users.info": `{"ok":true,"user":{"name":"ben","deleted":true}}`}, named("W01"), checkup.Broken, []string{"slack:W01 (@ben) is a bot or has left"}},
	{"no room", nil, named("deploys"), checkup.Broken, []string{"slack:deploys names no room", "slack:#name"}},
	{"unknown group", nil, grouped("S99"), checkup.Broken, []string{"no user group S99"}},
	{"disabled group", map[string]string{"usergroups.list": `{"ok":true,"usergroups":[{"id":"S01","handle":"ops","date_delete":1}]}`}, grouped("S01"), checkup.Odd, []string{"@ops (S01) is disabled"}},
	{"no groups", no("usergroups.list", "missing_scope"), grouped("S01"), checkup.Broken, []string{"the user groups of slack.groups cannot be looked at"}},
}

func named(room string) func(*setup.App) { return func(a *setup.App) { a.Rooms = []string{room} } }
func grouped(id string) func(*setup.App) { return func(a *setup.App) { a.Groups = []string{id} } }

// TestMistakes holds that each is named, with what to do.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, m := range slices.Concat(mistakes, rooms) {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			f := newFar(t)
			maps.Copy(f.says, m.says)
			a := f.app()
			if m.app != nil {
				m.app(&a)
			}
			all := check(t, a)
			for _, want := range m.want {
				if !has(all, m.state, want) {
					t.Errorf("does not say %q as %s: %+v", want, m.state, all)
				}
			}
			for _, s := range []checkup.State{checkup.Odd, checkup.Broken} {
				if s != m.state && slices.ContainsFunc(all, func(f checkup.Finding) bool { return f.State == s }) {
					t.Errorf("something is %s too: %+v", s, all)
				}
			}
		})
	}
}

// TestScopes holds what is said of scopes that are missing, of too many, and of none.
func TestScopes(t *testing.T) {
	t.Parallel()
	for _, s := range setup.Scopes(true) {
		f := newFar(t)
		f.head("X-OAuth-Scopes", strings.ReplaceAll(granted(), s.Name, "identify"))
		a := f.app()
		a.Groups = []string{"S01"}
		want := checkup.Odd
		if s.Name == "chat:write" || s.Name == "usergroups:read" {
			want = checkup.Broken
		}
		if all := check(t, a); !has(all, want, "the scope "+s.Name+" is missing: "+s.Without) || !has(all, want, "install the app again") {
			t.Errorf("of %s it says %+v", s.Name, all)
		}
	}
	f := newFar(t)
	f.head("X-OAuth-Scopes", strings.ReplaceAll(granted(), ",", ", ")+",admin,files:read,<evil>")
	if all := check(t, f.app()); !has(all, checkup.Good, "and more than Herald uses: admin, files:read") || has(all, checkup.Good, "evil") {
		t.Errorf("of too many it says %+v", all)
	}
	f.head("X-OAuth-Scopes", "")
	if all := check(t, f.app()); !has(all, checkup.Odd, "does not say which scopes") {
		t.Errorf("of none it says %+v", all)
	}
	f = newFar(t)
	f.head("X-OAuth-Scopes", strings.TrimSuffix(granted(), ",usergroups:read"))
	if all := check(t, f.app()); !has(all, checkup.Good, "all scopes that it needs") {
		t.Errorf("without groups it says %+v", all)
	}
}

// TestClock holds from when on a clock is odd, and that signatures do not bear more than
// five minutes.
func TestClock(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	of := func(d time.Duration, secret string) []checkup.Finding {
		f.head("Date", away(d))
		a := f.app()
		a.SigningSecret = secret
		return check(t, a)
	}
	if all := of(30*time.Second, signing); has(all, checkup.Odd, "clock") || has(all, checkup.Broken, "clock") {
		t.Errorf("half a minute: %+v", all)
	}
	for _, d := range []time.Duration{-2 * time.Minute, 4 * time.Minute} {
		if all := of(d, signing); !has(all, checkup.Odd, "away from Slack's") {
			t.Errorf("%s: %+v", d, all)
		}
	}
	if all := of(-10*time.Minute, ""); !has(all, checkup.Odd, "10m") || !has(all, checkup.Odd, "NTP") {
		t.Errorf("ten minutes by Socket Mode: %+v", all)
	}
	if all := of(10*time.Minute, signing); !has(all, checkup.Broken, "refused as too old") {
		t.Errorf("ten minutes: %+v", all)
	}
	f.head("Date", "yesterday")
	if all := check(t, f.app()); has(all, checkup.Odd, "clock") {
		t.Errorf("no date: %+v", all)
	}
}

// TestSilence holds that nothing more is asked where nothing answers.
func TestSilence(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked.Add(1)
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(server.Close)
	a := setup.App{API: server.URL + "/", BotToken: botToken, AppToken: appToken}
	if all := check(t, a); len(all) != 1 || !has(all, checkup.Broken, "no answer from 127.0.0.1") || asked.Load() != 1 {
		t.Errorf("asked %d times: %+v", asked.Load(), all)
	}
}

// TestRedirect holds that a token goes nowhere else: not to the sign-in page of a network.
func TestRedirect(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Bool
	portal := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Store(true) }))
	t.Cleanup(portal.Close)
	server := httptest.NewServer(http.RedirectHandler(portal.URL, http.StatusTemporaryRedirect))
	t.Cleanup(server.Close)
	all := check(t, setup.App{API: server.URL + "/", BotToken: botToken})
	if elsewhere.Load() || !has(all, checkup.Broken, "is not Slack: status 307") || !has(all, checkup.Broken, "sign-in page") {
		t.Errorf("found %+v", all)
	}
}

// TestProxy holds that a proxy that does not answer is named.
func TestProxy(t *testing.T) {
	t.Parallel()
	nobody := &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
	a := setup.App{API: "https://slack.com/api/", BotToken: botToken, Through: &http.Transport{Proxy: http.ProxyURL(nobody)}}
	if all := check(t, a); len(all) != 1 || !has(all, checkup.Broken, "the proxy between here and slack.com does not answer") || !has(all, checkup.Broken, "NO_PROXY") {
		t.Errorf("found %+v", all)
	}
}

// TestManyRooms holds that Slack is not asked more than it allows.
func TestManyRooms(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	a := f.app()
	for i := range 50 {
		a.Rooms = append(a.Rooms, fmt.Sprintf("C%03d", i))
	}
	if all := check(t, a); !has(all, checkup.Odd, "only 40 of the rooms") {
		t.Errorf("found %+v", all)
	}
	if n := f.count("conversations.info"); n != 40 {
		t.Errorf("asked about %d", n)
	}
}
