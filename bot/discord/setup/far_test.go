package setup_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/checkup"
	"github.com/taskherald/herald/bot/discord/setup"
)

// The far side's token and key. The token may be in no finding.
const (
	token = "MTIz.sesame.sesame-sesame"
	key   = "d9befbf8db53951ebfe7b8b48e72c82ae9c27dd7c14bad2bef7c5a3d5ea8c1d4"
)

// far is a Discord that says what it is told to.
type far struct {
	url string

	mu    sync.Mutex
	says  map[string]string // by method and path: the answer's JSON, or a status and its body
	head  map[string]string // of all answers
	asked []string          // methods and paths, with bodies
}

func newFar(t *testing.T) *far {
	t.Helper()
	f := &far{head: map[string]string{}}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL
	f.says = map[string]string{
		"GET users/@me":                    `{"id":"20000000000000001","username":"herald","bot":true}`,
		"GET applications/@me":             `{"id":"10000000000000001","name":"Herald","bot_public":false,"verify_key":"` + key + `","flags":0}`,
		"GET users/@me/guilds":             `[{"id":"30000000000000001","name":"Acme"}]`,
		"GET guilds/30000000000000001":     `{"id":"30000000000000001","name":"Acme","owner_id":"1","roles":[` + everyone("309237746688") + `,{"id":"40000000000000001","name":"deployers","permissions":"0"}]}`,
		"GET gateway/bot":                  `{"url":"` + strings.Replace(server.URL, "http", "ws", 1) + `","shards":1,"session_start_limit":{"total":1000,"remaining":997,"reset_after":3600000}}`,
		member("20000000000000001"):        `{"roles":["40000000000000002"],"user":{"id":"20000000000000001","username":"herald","bot":true}}`,
		member("50000000000000001"):        `{"roles":[],"user":{"id":"50000000000000001","username":"ana"}}`,
		member("50000000000000002"):        `{"roles":[],"user":{"id":"50000000000000002","username":"otherbot","bot":true}}`,
		"GET channels/60000000000000009":   `{"id":"60000000000000009","type":11,"guild_id":"30000000000000001","parent_id":"60000000000000001","name":"talk","thread_metadata":{"locked":false}}`,
		channelsPath:                       `[` + text("60000000000000001", "deploys", "") + `,{"id":"60000000000000002","type":4,"name":"rooms"}]`,
		commandsPath:                       `[` + theirs(nil) + `,{"id":"9","type":4,"name":"launch","handler":2},{"id":"8","type":1,"name":"other","options":"?"}]`,
		"POST" + commandsPath[3:]:          `{"id":"7"}`,
		"PATCH" + commandsPath[3:] + "/70": `{"id":"70"}`,
	}
	return f
}

const (
	channelsPath = "GET guilds/30000000000000001/channels"
	commandsPath = "GET applications/10000000000000001/commands"
)

func member(id string) string { return "GET guilds/30000000000000001/members/" + id }

// everyone is the role that all have.
func everyone(may string) string {
	return `{"id":"30000000000000001","name":"@everyone","permissions":"` + may + `"}`
}

// text is a text channel, with what it says of roles and members.
func text(id, name, overwrites string) string {
	return `{"id":"` + id + `","type":0,"guild_id":"30000000000000001","name":"` + name + `","permission_overwrites":[` + overwrites + `]}`
}

// theirs is our command as Discord keeps it, changed.
func theirs(change map[string]any) string {
	ours, _ := json.Marshal(setup.Commands()[0]) // texts
	has := map[string]any{}
	_ = json.Unmarshal(ours, &has) // it was written a moment ago
	maps.Copy(has, map[string]any{"id": "70", "application_id": "10000000000000001", "version": "71", "dm_permission": true, "contexts": []int{1, 0}, "name_localizations": nil})
	maps.Copy(has, change)
	out, _ := json.Marshal(has)
	return string(out)
}

func (f *far) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	what := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api/")
	f.asked = append(f.asked, strings.TrimSpace(what+" "+string(body)))
	for name, value := range f.head {
		w.Header().Set(name, value)
	}
	said, known := f.says[what]
	switch {
	case r.URL.Path == "/": // of the gateway's host
	case r.Header.Get("Authorization") != "Bot "+token || !strings.HasPrefix(r.Header.Get("User-Agent"), "DiscordBot (https://"):
		said = `401 {"message": "401: Unauthorized", "code": 0}`
	case !known:
		said = `404 {"message": "404: Not Found", "code": 0}`
	}
	if code, rest, ok := strings.Cut(said, " "); ok && len(code) == 3 {
		status := map[string]int{"200": 200, "307": 307, "401": 401, "403": 403, "404": 404, "400": 400, "429": 429, "502": 502}[code]
		w.WriteHeader(status)
		said = rest
	}
	_, _ = io.WriteString(w, said)
}

// calls are what was asked that begins so.
func (f *far) calls(begins string) (out []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.asked {
		if strings.HasPrefix(a, begins) {
			out = append(out, a)
		}
	}
	return out
}

func (f *far) app() setup.App { return setup.App{API: f.url + "/api/", Token: token} }

// check checks an application; no finding may tell a secret.
func check(t *testing.T, a setup.App) []checkup.Finding {
	t.Helper()
	all := a.Check(t.Context())
	if len(all) == 0 {
		t.Error("nothing was found")
	}
	for _, one := range all {
		if text := one.Found + one.Advice; strings.Contains(text, "sesame") || strings.ContainsAny(text, "\n") || strings.Contains(text, "%!") {
			t.Errorf("a finding tells a secret, or is no sentence: %s", text)
		}
		if one.Found == "" || one.State == checkup.Broken && one.Advice == "" || one.State == checkup.Good && one.Advice != "" {
			t.Errorf("a finding says too little or too much: %+v", one)
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
