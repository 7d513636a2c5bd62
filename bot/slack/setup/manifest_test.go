package setup_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/bot/slack/setup"
)

func manifest(t *testing.T, w setup.Wanted) setup.Manifest {
	t.Helper()
	m, err := setup.NewManifest(w)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// rule is what Slack's schema wants of one place of a manifest
// (github.com/slackapi/manifest-schema, schemas/manifest.schema.1.0.0.json).
type rule struct {
	kind     string // text, bool, number, object, list
	min, max int    // characters of a text, items of a list
	form     string // of a text, or of the texts of a list
	needs    []string
}

// schema has every place that a manifest of ours may have, and no other: Slack
// refuses properties that it does not know.
var schema = map[string]rule{
	"":                                                 {kind: "object", needs: []string{"display_information"}},
	"_metadata":                                        {kind: "object"},
	"_metadata.major_version":                          {kind: "number"},
	"_metadata.minor_version":                          {kind: "number"},
	"display_information":                              {kind: "object", needs: []string{"name"}},
	"display_information.name":                         {kind: "text", min: 1, max: 35},
	"display_information.description":                  {kind: "text", min: 1, max: 140},
	"display_information.long_description":             {kind: "text", min: 175, max: 4000},
	"display_information.background_color":             {kind: "text", min: 4, max: 7, form: `^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$`},
	"features":                                         {kind: "object"},
	"features.app_home":                                {kind: "object"},
	"features.app_home.home_tab_enabled":               {kind: "bool"},
	"features.app_home.messages_tab_enabled":           {kind: "bool"},
	"features.app_home.messages_tab_read_only_enabled": {kind: "bool"},
	"features.bot_user":                                {kind: "object", needs: []string{"display_name"}},
	"features.bot_user.display_name":                   {kind: "text", min: 1, max: 80, form: `^[a-z0-9._-]+$`},
	"features.bot_user.always_online":                  {kind: "bool"},
	"features.slash_commands":                          {kind: "list", min: 1, max: 50},
	"features.slash_commands[]":                        {kind: "object", needs: []string{"command", "description"}},
	"features.slash_commands[].command":                {kind: "text", min: 2, max: 32, form: `^/[a-z0-9_-]+$`},
	"features.slash_commands[].url":                    {kind: "text", max: 3000, form: `^https://`},
	"features.slash_commands[].description":            {kind: "text", min: 1, max: 2000},
	"features.slash_commands[].usage_hint":             {kind: "text", min: 1, max: 1000},
	"features.slash_commands[].should_escape":          {kind: "bool"},
	"oauth_config":                                     {kind: "object"},
	"oauth_config.scopes":                              {kind: "object"},
	"oauth_config.scopes.bot":                          {kind: "list", min: 1, max: 255},
	"oauth_config.scopes.bot[]":                        {kind: "text", min: 1, max: 50, form: `^[a-z._]+:[a-z.:]+$|^commands$`},
	"settings":                                         {kind: "object"},
	"settings.event_subscriptions":                     {kind: "object"},
	"settings.event_subscriptions.request_url":         {kind: "text", max: 3500, form: `^https://`},
	"settings.event_subscriptions.bot_events":          {kind: "list", min: 1, max: 100},
	"settings.event_subscriptions.bot_events[]":        {kind: "text", min: 1, max: 50, form: `^[a-z_.]+$`},
	"settings.interactivity":                           {kind: "object", needs: []string{"is_enabled"}},
	"settings.interactivity.is_enabled":                {kind: "bool"},
	"settings.interactivity.request_url":               {kind: "text", max: 3500, form: `^https://`},
	"settings.org_deploy_enabled":                      {kind: "bool"},
	"settings.socket_mode_enabled":                     {kind: "bool"},
	"settings.token_rotation_enabled":                  {kind: "bool"},
}

// holds walks a manifest, and says everything in which it is not as Slack wants it.
func holds(t *testing.T, path string, v any) {
	t.Helper()
	r, known := schema[path]
	if !known {
		t.Errorf("%s: Slack knows no such property", path)
		return
	}
	kind := ""
	switch v := v.(type) {
	case string:
		kind = "text"
		if n := utf8.RuneCountInString(v); n < r.min || n > r.max || r.form != "" && !regexp.MustCompile(r.form).MatchString(v) {
			t.Errorf("%s: %q has %d characters of %d to %d, or not the form %s", path, v, n, r.min, r.max, r.form)
		}
	case bool:
		kind = "bool"
	case float64:
		kind = "number"
	case []any:
		kind = "list"
		seen := map[any]bool{}
		if len(v) < r.min || len(v) > r.max {
			t.Errorf("%s: has %d items of %d to %d", path, len(v), r.min, r.max)
		}
		for _, item := range v {
			if text, ok := item.(string); ok && seen[text] {
				t.Errorf("%s: %s is there twice", path, text)
			} else if ok {
				seen[text] = true
			}
			holds(t, path+"[]", item)
		}
	case map[string]any:
		kind = "object"
		for _, name := range r.needs {
			if v[name] == nil {
				t.Errorf("%s: has no %s", path, name)
			}
		}
		for name, inner := range v {
			holds(t, strings.TrimPrefix(path+"."+name, "."), inner)
		}
	}
	if kind != r.kind {
		t.Errorf("%s: is %q, want %s", path, kind, r.kind)
	}
}

// TestManifestHolds holds each manifest to Slack's schema, and to the types of an
// independent library.
func TestManifestHolds(t *testing.T) {
	t.Parallel()
	for _, w := range []setup.Wanted{{}, {Groups: true}, {HTTP: "https://herald.example.com"}, {HTTP: "https://herald.example.com:8443", Groups: true}} {
		text := manifest(t, w).JSON()
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		holds(t, "", v)
		strict := json.NewDecoder(bytes.NewReader(text))
		strict.DisallowUnknownFields()
		var theirs slack.Manifest
		if err := strict.Decode(&theirs); err != nil {
			t.Errorf("%+v: %v", w, err)
		}
		if s := theirs.Settings; s.SocketModeEnabled == (w.HTTP != "") || s.TokenRotationEnabled || s.OrgDeployEnabled || !s.Interactivity.IsEnabled {
			t.Errorf("%+v: the settings are %+v", w, s)
		}
		if h := theirs.Features.AppHome; !h.HomeTabEnabled || !h.MessagesTabEnabled || h.MessagesTabReadOnlyEnabled || !theirs.Features.BotUser.AlwaysOnline {
			t.Errorf("%+v: the home is %+v", w, h)
		}
	}
}

// TestManifestOfHTTP holds where Slack calls, and that with Socket Mode it has no address.
func TestManifestOfHTTP(t *testing.T) {
	t.Parallel()
	text := string(manifest(t, setup.Wanted{HTTP: "https://Herald.example.com:8443/"}).JSON())
	for _, want := range []string{
		`"request_url": "https://Herald.example.com:8443/slack/events"`, `"request_url": "https://Herald.example.com:8443/slack/interactions"`,
		`"url": "https://Herald.example.com:8443/slack/commands"`, `"socket_mode_enabled": false`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("has no %s:\n%s", want, text)
		}
	}
	if text := string(manifest(t, setup.Wanted{}).JSON()); strings.Contains(text, "url") || !strings.HasSuffix(text, "}\n") {
		t.Errorf("with Socket Mode:\n%s", text)
	}
	for given, want := range map[string]string{
		"http://herald.example.com": "https only", "herald.example.com": "must be a URL", "https://": "must be a URL", "https://me:pw@herald.example.com": "scheme and host alone",
		"https://herald.example.com/x": "scheme and host alone", "https://herald.example.com?a=b": "scheme and host alone", "https://localhost": "not reached from outside",
		"https://127.0.0.1:8080": "not reached from outside", "https://10.0.0.7": "not reached from outside", "https://[::1]": "not reached from outside", "https://a\x7f": "must be a URL",
	} {
		if _, err := setup.NewManifest(setup.Wanted{HTTP: given}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "pw") {
			t.Errorf("%s: %v, want %q", given, err, want)
		}
	}
}

// TestScopesOfEvents holds that the app has the scope of all that it hears of and offers,
// that it asks for nothing twice, and which rights it does without.
func TestScopesOfEvents(t *testing.T) {
	t.Parallel()
	var names []string
	for _, s := range setup.Scopes(true) {
		if s.Without == "" || slices.Contains(names, s.Name) {
			t.Errorf("%+v", s)
		}
		names = append(names, s.Name)
	}
	needs := map[string]string{
		"app_home_opened": "", "app_uninstalled": "", "tokens_revoked": "", "app_mention": "app_mentions:read",
		"message.channels": "channels:history", "message.groups": "groups:history", "message.im": "im:history",
	}
	for _, event := range setup.Events() {
		if scope, known := needs[event]; !known || scope != "" && !slices.Contains(names, scope) {
			t.Errorf("%s is heard without its scope", event)
		}
	}
	for _, name := range []string{"chat:write.public", "chat:write.customize", "channels:join", "users:read.email", "im:read", "files:read", "channels:manage"} {
		if slices.Contains(names, name) {
			t.Errorf("it asks for %s, which it needs not", name)
		}
	}
	if n := len(setup.Scopes(false)); n != len(names)-1 || names[n] != "usergroups:read" {
		t.Errorf("groups add %v", names[n:])
	}
}

// TestLink holds that the link brings the manifest along, in signs that survive being
// copied, and no more of them than a browser takes.
func TestLink(t *testing.T) {
	t.Parallel()
	m := manifest(t, setup.Wanted{HTTP: "https://herald.example.com", Groups: true})
	link := m.Link()
	u, err := url.Parse(link)
	if err != nil || !strings.HasPrefix(link, "https://api.slack.com/apps?new_app=1&manifest_json=%7B") || len(link) > 6000 || strings.ContainsAny(link, "+ \"'<>\n") {
		t.Errorf("%d characters, %v: %s", len(link), err, link)
	}
	var mine, theirs any
	if err := json.Unmarshal(m.JSON(), &mine); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(u.Query().Get("manifest_json")), &theirs); err != nil {
		t.Fatal(err)
	}
	if !equal(mine, theirs) {
		t.Errorf("the link has %v", theirs)
	}
}

// equal compares what JSON holds.
func equal(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}
