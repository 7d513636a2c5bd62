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
	"github.com/taskherald/herald/bot/discord/setup"
)

// TestGoodApplication is one in which nothing is wrong.
func TestGoodApplication(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	a := f.app()
	a.Rooms, a.Roles = []string{"#deploys", "60000000000000009", "@50000000000000001", "#deploys"}, []string{"40000000000000001"}
	all := check(t, a)
	for _, want := range []string{
		"the bot is @herald, of the application Herald (10000000000000001)", "what is pressed comes over the gateway", "there is a way to the gateway at 127.0.0.1, and 997 of 1000 sessions",
		"/task is registered", "the bot is in the server Acme (30000000000000001)", "the bot can do its work in discord:#deploys", "the bot can do its work in discord:60000000000000009 (#talk)",
		"discord:@50000000000000001 is @ana", "discord.groups: 40000000000000001 is @deployers", `write "@herald help" in a channel, or "/task help"`,
	} {
		if !has(all, checkup.Good, want) {
			t.Errorf("does not say %q", want)
		}
	}
	if len(all) != 10 || has(all, checkup.Odd, "") || has(all, checkup.Broken, "") {
		t.Errorf("found %+v", all)
	}
	if n := len(f.calls("")) - len(f.calls("GET ")); n != 0 {
		t.Errorf("it changes something: %q", f.asked)
	}
}

// mistake is one that people make.
type mistake struct {
	name  string
	says  map[string]string // what Discord says then
	app   func(*setup.App)
	state checkup.State
	want  []string // each in a finding of that state, or in what to do about it
}

// application is what Discord says of it, with more.
func application(more string) map[string]string {
	return map[string]string{"GET applications/@me": `{"id":"10000000000000001","name":"Herald","verify_key":"` + key + `",` + more + `}`}
}

func me(said string) map[string]string { return map[string]string{"GET users/@me": said} }

// mistakes are those with the application.
var mistakes = []mistake{
	{"token mistyped", nil, func(a *setup.App) { a.Token = "other.sesame" }, checkup.Broken, []string{"the bot cannot speak: Discord does not know discord.token (status 401)", "Bot, Reset Token"}},
	{"forbidden", me(`403 {"message":"sesame","code":40333}`), nil, checkup.Broken, []string{"Discord says no (status 403, code 40333)", "docs.discord.com"}},
	{"Discord is down", me(`502 <html>`), nil, checkup.Odd, []string{"trouble of its own (status 502)", "discordstatus.com"}},
	{"too fast", me(`429 {"retry_after":30.4,"global":true}`), nil, checkup.Odd, []string{"fewer calls", "after 30s"}},
	{"too fast, no time", me(`429 {"code":0}`), nil, checkup.Odd, []string{"after a minute"}},
	{"behind a wall", me(`429 error code: 1015 sesame`), nil, checkup.Broken, []string{"Discord cannot be asked: Discord's wall turns this machine's address away", "wait up to an hour"}},
	{"behind the same wall", me(`403 error code: 1015`), nil, checkup.Broken, []string{"turns this machine's address away for a while (1015)"}},
	{"sign-in page", me(`307 <html>sesame</html>`), nil, checkup.Broken, []string{"is not Discord: status 307", "sign-in page"}},
	{"not Discord", me(`<html>sesame</html>`), nil, checkup.Broken, []string{"is not Discord: status 200"}},
	{"not Discord either", me(`404 {"error":"sesame"}`), nil, checkup.Broken, []string{"is not Discord: status 404"}},
	{"changed answer", me(`{"id":7}`), nil, checkup.Broken, []string{"a form that is not known"}},
	{"nobody there", nil, func(a *setup.App) { a.API = "http://127.0.0.1:1/api/" }, checkup.Broken, []string{"Discord cannot be asked: no answer from 127.0.0.1: connection refused"}},
	{"no address", nil, func(a *setup.App) { a.API = "http://a b/" }, checkup.Broken, []string{"discord.api_url"}},

	{"public", application(`"bot_public":true`), nil, checkup.Odd, []string{"anybody can invite the bot", "choose None under Installation"}},
	{"code grant", application(`"bot_require_code_grant":true`), nil, checkup.Broken, []string{"Requires OAuth2 Code Grant is on"}},
	{"intents", application(`"flags":524288`), nil, checkup.Odd, []string{"the privileged intent Message Content, and Herald needs none"}},

	{"endpoint without key", application(`"interactions_endpoint_url":"https://me:sesame@herald.example.com/x?sesame=1"`), nil, checkup.Broken, []string{"Discord calls https://herald.example.com/x with what is pressed and with /task", "nothing of that arrives", "empty Interactions Endpoint URL", "HERALD_DISCORD_PUBLIC_KEY=" + key}},
	{"key without endpoint", nil, func(a *setup.App) { a.PublicKey, a.PublicURL = key, "https://herald.example.com" }, checkup.Odd, []string{"Discord has no address to call", "put https://herald.example.com/discord/interactions in", "take discord.public_key out"}},
	{"key of another", nil, func(a *setup.App) { a.PublicKey = strings.Repeat("0a", 32) }, checkup.Broken, []string{"discord.public_key is of another application", "HERALD_DISCORD_PUBLIC_KEY=" + key}},

	{"no gateway", map[string]string{"GET gateway/bot": `403 {"code":0}`}, nil, checkup.Broken, []string{"the gateway cannot be asked for"}},
	{"gateway out of reach", map[string]string{"GET gateway/bot": `{"url":"wss://127.0.0.1:1"}`}, nil, checkup.Broken, []string{"no way to it: no answer from 127.0.0.1", "https connections"}},
	{"gateway nowhere", map[string]string{"GET gateway/bot": `{"url":""}`}, nil, checkup.Broken, []string{"its address is no URL"}},
	{"no command", map[string]string{commandsPath: `[]`}, nil, checkup.Odd, []string{"/task is not registered", `"herald setup discord" registers it`}},
	{"another command", map[string]string{commandsPath: `[` + theirs(map[string]any{"description": "Other"}) + `]`}, nil, checkup.Odd, []string{"/task is registered in another form"}},
	{"commands in trouble", map[string]string{commandsPath: `502 x`}, nil, checkup.Odd, []string{"the commands cannot be looked at"}},

	{"in no server", map[string]string{"GET users/@me/guilds": `[]`}, nil, checkup.Broken, []string{"the bot is in no server", "https://discord.com/oauth2/authorize?client_id=10000000000000001&scope=bot+applications.commands&permissions=309237746688"}},
	{"in several", map[string]string{"GET users/@me/guilds": `[{"id":"3","name":"Acme"},{"id":"4","name":"Beta"}]`}, nil, checkup.Broken, []string{"in 2 servers, and Herald is for one: Acme (3), Beta (4)", "set discord.server"}},
	{"in another", nil, func(a *setup.App) { a.Server = "39999999999999999" }, checkup.Broken, []string{"not in the server 39999999999999999 of discord.server; it is in Acme (30000000000000001)", "&guild_id=39999999999999999"}},
	{"in more", map[string]string{"GET users/@me/guilds": `[{"id":"30000000000000001","name":"Acme"},{"id":"4","name":"Beta"}]`}, func(a *setup.App) { a.Server = "30000000000000001" }, checkup.Odd, []string{"the bot is in 1 more server"}},
	{"servers in trouble", map[string]string{"GET users/@me/guilds": `502 x`}, nil, checkup.Odd, []string{"the servers that the bot is in cannot be looked at"}},
	{"server in trouble", map[string]string{channelsPath: `403 {"code":50001}`}, nil, checkup.Broken, []string{"the server cannot be looked at: the bot may not see that (50001)"}},
	{"in time-out", map[string]string{member("20000000000000001"): `{"roles":[],"communication_disabled_until":"2999-01-31T12:00:00+00:00"}`}, nil, checkup.Broken, []string{"in time-out until 2999-01-31 12:00 UTC"}},
	{"administrator", map[string]string{"GET guilds/30000000000000001": `{"id":"30000000000000001","name":"Acme","roles":[` + everyone("8") + `]}`}, nil, checkup.Odd, []string{"an administrator of the server Acme", "needs only View Channels, Send Messages"}},
}

// rooms are the mistakes with rooms and groups.
var rooms = []mistake{
	{"unknown channel", nil, named("#deploy"), checkup.Broken, []string{"discord:#deploy is no channel of the server Acme"}},
	{"two of a name", map[string]string{channelsPath: `[` + text("60000000000000001", "ops", "") + `,` + text("60000000000000003", "ops", "") + `]`}, named("#ops"), checkup.Broken, []string{"discord:#ops may be 2 channels of the server Acme: 60000000000000001, 60000000000000003", "such as discord:60000000000000001"}},
	{"one in two ways", nil, func(a *setup.App) { a.Rooms = []string{"#deploys", "60000000000000001"} }, checkup.Odd, []string{"discord:#deploys and discord:60000000000000001 are one channel", "in one way everywhere"}},
	{"unknown id", nil, named("69999999999999999"), checkup.Broken, []string{"discord:69999999999999999 is no channel of the server Acme", "Copy Channel ID"}},
	{"id in trouble", map[string]string{"GET channels/69999999999999999": `502 x`}, named("69999999999999999"), checkup.Odd, []string{"discord:69999999999999999 cannot be looked at"}},
	{"in another server", map[string]string{"GET channels/69999999999999999": `{"id":"69999999999999999","name":"far","guild_id":"4"}`}, named("69999999999999999"), checkup.Broken, []string{"(#far) is in another server"}},
	{"a category", nil, named("60000000000000002"), checkup.Broken, []string{"discord:60000000000000002 (#rooms) is a category or a forum"}},
	{"a locked thread", map[string]string{"GET channels/60000000000000009": `{"id":"60000000000000009","type":11,"guild_id":"30000000000000001","name":"talk","thread_metadata":{"locked":true}}`}, named("60000000000000009"), checkup.Broken, []string{"(#talk) is a locked thread"}},
	{"no room", nil, named("deploys"), checkup.Broken, []string{"discord:deploys names no room"}},
	{"unknown person", map[string]string{member("50000000000000009"): `404 {"code":10007}`}, named("@50000000000000009"), checkup.Broken, []string{"discord:@50000000000000009 is nobody of the server Acme", "Copy User ID"}},
	{"person in trouble", map[string]string{member("50000000000000009"): `502 x`}, named("@50000000000000009"), checkup.Odd, []string{"discord:@50000000000000009 cannot be looked at"}},
	{"a bot", nil, named("@50000000000000002"), checkup.Broken, []string{"discord:@50000000000000002 (@otherbot) is a bot"}},
	{"unknown role", nil, mapped("49999999999999999"), checkup.Broken, []string{"there is no role 49999999999999999 in the server Acme", "Copy Role ID"}},
	{"everyone", nil, mapped("30000000000000001"), checkup.Odd, []string{"is @everyone", "makes nobody a member", "name a role that people are given"}},
	{"managed", map[string]string{"GET guilds/30000000000000001": `{"id":"30000000000000001","name":"Acme","roles":[` + everyone("309237746688") + `,{"id":"40000000000000003","name":"Booster","permissions":"0","managed":true}]}`}, mapped("40000000000000003"), checkup.Odd, []string{"is @Booster, which Discord or a bot manages"}},
}

func named(room string) func(*setup.App) { return func(a *setup.App) { a.Rooms = []string{room} } }
func mapped(id string) func(*setup.App)  { return func(a *setup.App) { a.Roles = []string{id} } }

// TestMistakes holds that each is named, with what to do, and nothing else.
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
				if s != m.state && has(all, s, "") {
					t.Errorf("something is %s too: %+v", s, all)
				}
			}
		})
	}
}

// TestSessions holds from when on too few are left.
func TestSessions(t *testing.T) {
	t.Parallel()
	for left, want := range map[int]string{50: "good and 50 of 1000 sessions", 49: "odd only 49 more sessions (of 1000) in the next 2h0m0s", 0: "broken the next one may begin in 2h0m0s"} {
		f := newFar(t)
		f.says["GET gateway/bot"] = fmt.Sprintf(`{"url":"%s","session_start_limit":{"total":1000,"remaining":%d,"reset_after":7200000}}`, strings.Replace(f.url, "http", "ws", 1), left)
		state, say, _ := strings.Cut(want, " ")
		if all := check(t, f.app()); !has(all, checkup.State(state), say) {
			t.Errorf("of %d it says %+v", left, all)
		}
	}
	f := newFar(t)
	f.says["GET gateway/bot"] = `{"url":"` + strings.Replace(f.url, "http", "ws", 1) + `"}`
	if all := check(t, f.app()); !has(all, checkup.Good, "a way to the gateway") {
		t.Errorf("of no limit it says %+v", all)
	}
}

// TestClock holds from when on a clock is odd, and that signatures do not bear more than
// five minutes.
func TestClock(t *testing.T) {
	t.Parallel()
	of := func(d time.Duration, key string) []checkup.Finding {
		f := newFar(t)
		f.head["Date"] = away(d)
		a := f.app()
		a.PublicKey = key
		return check(t, a)
	}
	if all := of(30*time.Second, ""); has(all, checkup.Odd, "clock") {
		t.Errorf("half a minute: %+v", all)
	}
	if all := of(-10*time.Minute, ""); !has(all, checkup.Odd, "10m") || !has(all, checkup.Odd, "NTP") {
		t.Errorf("ten minutes by the gateway: %+v", all)
	}
	if all := of(10*time.Minute, key); !has(all, checkup.Broken, "refused as too old") {
		t.Errorf("ten minutes: %+v", all)
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
	if all := check(t, setup.App{API: server.URL + "/", Token: token}); len(all) != 1 || !has(all, checkup.Broken, "no answer from 127.0.0.1") || asked.Load() > 2 {
		t.Errorf("asked %d times: %+v", asked.Load(), all)
	}
}

// TestProxy holds that a proxy that does not answer is named.
func TestProxy(t *testing.T) {
	t.Parallel()
	nobody := &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
	a := setup.App{API: "https://discord.com/api/v10/", Token: token, Through: &http.Transport{Proxy: http.ProxyURL(nobody)}}
	if all := check(t, a); len(all) != 1 || !has(all, checkup.Broken, "the proxy between here and discord.com does not answer") || !has(all, checkup.Broken, "NO_PROXY") {
		t.Errorf("found %+v", all)
	}
}

// TestManyRooms holds that Discord is not asked about too many.
func TestManyRooms(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	a := f.app()
	for i := range 30 {
		a.Rooms = append(a.Rooms, fmt.Sprintf("699999999999999%02d", i))
	}
	if all := check(t, a); !has(all, checkup.Odd, "only 20 of the rooms") || len(f.calls("GET channels/")) != 20 {
		t.Errorf("asked %q, found %+v", f.calls("GET channels/"), all)
	}
}
