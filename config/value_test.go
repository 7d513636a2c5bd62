package config_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/taskherald/herald/config"
	"github.com/taskherald/herald/progress"
)

// value gives one variable a text and prints what became of the setting.
func value(t *testing.T, name, text string) (string, error) {
	t.Helper()
	c, err := config.Load(config.Source{Environ: []string{name + "=" + text}})
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := c.Print(&b); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if head, found := strings.CutSuffix(strings.TrimSpace(line), "# "+name); found {
			_, v, _ := strings.Cut(head, ": ")
			return strings.TrimSpace(v), nil
		}
	}
	t.Fatalf("%s=%s is not printed:\n%s", name, text, b.String())
	return "", nil
}

func TestValues(t *testing.T) {
	t.Parallel()
	for name, cases := range map[string]map[string]string{
		"HERALD_LISTEN":          {":80": `":80"`, "localhost:080": "localhost:80", "[::1]:0": `"[::1]:0"`, " 127.0.0.1:1 ": "127.0.0.1:1"},
		"HERALD_ADMIN_TOKEN":     {"sixteen-letters!": "••••••", strings.Repeat("x", 256): "••••••"},
		"HERALD_DATABASE":        {"a b.db": `"a b.db"`, "null": `"null"`, "postgres://u:p@h/d?x=1": "postgres://u:••••••@h/d?x=1"},
		"HERALD_PUBLIC_URL":      {"https://Herald.Example.com/": "https://herald.example.com", "http://127.0.0.1:8080": "http://127.0.0.1:8080"},
		"HERALD_OPEN":            {"1": "true", "TRUE": "true", "on": "true", "no": "false", "0": "false"},
		"HERALD_RATE_LIMIT":      {"off": "off", "OFF": "off", "1": "1/s", "0.5/s": "0.5/s", "1000000": "1000000/s"},
		"HERALD_CORS":            {"https://a.example:443, http://B.example:80,": "[https://a.example, http://b.example]", "http://localhost:3000": "[http://localhost:3000]"},
		"HERALD_TRUSTED_PROXIES": {"10.0.0.0/8,::1": `[10.0.0.0/8, "::1/128"]`, "192.168.1.7": "[192.168.1.7/32]"},
		"HERALD_LOG_LEVEL":       {"debug": "debug", "INFO": "info", "warn": "warn", "error": "error"},
		"HERALD_LOG_FORMAT":      {"JSON": "json", "text": "text"},
		"HERALD_KEEP":            {"forever": "forever", "36h": "36h", "1.5d": "36h", "2w": "14d", "36500d": "36500d"},
		"HERALD_STALL_AFTER":     {"off": "off", "30s": "30s", "600s": "10m", "90m": "1h30m", "168h": "168h"},
		"HERALD_REMIND_AFTER":    {"off": "off", "30s": "30s", "3600s": "1h", "168h": "168h"},
		"HERALD_OVERRUN":         {"off": "false", "on": "true"},
		"HERALD_ALLOW_TARGETS":   {"hooks.internal:8443, 10.0.0.0/8": `[hooks.internal:8443, 10.0.0.0/8]`, "10.0.0.0/8:8443,[fd00::1],[fd00::/8]:443,hooks.": `[10.0.0.0/8:8443, "[fd00::1]", "[fd00::/8]:443", hooks.]`, "127.0.0.1:80,[::1]:80,fd00::/8,::1,localhost": `[127.0.0.1:80, "[::1]:80", fd00::/8, "::1", localhost]`},
		"HERALD_LANGUAGE":        {"PT": "pt", "de": "de"},
		"HERALD_TIME_ZONE":       {"America/Sao_Paulo": "America/Sao_Paulo", "UTC": "UTC"},
		"HERALD_TEMPLATES":       {".": "."},
		"HERALD_KEEP_DELIVERIES": {"1h": "1h", "forever": "forever"},
		"HERALD_LIMIT_TITLE":     {"1": "1", "10000000": "10000000"},
		"HERALD_LIMIT_BODY":      {"2MiB": "2MiB", "1.5 mib": "1536KiB", "2MB": "2000000", "1000": "1000", "7B": "7", "1gib": "1GiB"},
	} {
		for text, want := range cases {
			if got, err := value(t, name, text); err != nil || got != want {
				t.Errorf("%s=%s is %s, %v; want %s", name, text, got, err, want)
			}
		}
	}
}

func TestBadValues(t *testing.T) {
	t.Parallel()
	for name, cases := range map[string][]string{
		"HERALD_LISTEN":          {"8080", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1", "http://127.0.0.1:80", "a/b:80", "a b:80"},
		"HERALD_ADMIN_TOKEN":     {"fifteen-letters", "with a space inside", "mit-ümlaut-und-so", strings.Repeat("x", 257)},
		"HERALD_PUBLIC_URL":      {"herald.example.com", "ftp://a", "https://", "https://:80", "https://a/b", "https://a?b", "https://a?", "https://a#", "https://a#b", "https://me@a", "https://me:pw@a", "https://a:b", "://"},
		"HERALD_OPEN":            {"maybe", "2"},
		"HERALD_RATE_LIMIT":      {"0", "-1", "many", "NaN", "Inf", "1e7", "5/m"},
		"HERALD_CORS":            {"*", "a.example", "https://a.example,b", "null"},
		"HERALD_TRUSTED_PROXIES": {"10.0.0.1/8", "10.0.0.0/33", "proxy", "fe80::1%eth0"},
		"HERALD_LOG_LEVEL":       {"loud", "warning"},
		"HERALD_LOG_FORMAT":      {"xml"},
		"HERALD_KEEP":            {"90", "0d", "-1d", "5m", "36501d", "d", "1e9d", "forever and a day"},
		"HERALD_STALL_AFTER":     {"0", "29s", "169h", "7d", "-1m", "never"},
		"HERALD_REMIND_AFTER":    {"0", "29s", "169h", "7d", "-1h", "never"},
		"HERALD_ALLOW_TARGETS":   {"http://a", "a/b", "10.0.0.1/8", "10.0.0.0/33", "a:0", "a:65536", "a:b", ":80", "*.internal", "a b", "me@a", "fe80::1%eth0", "[::1", "[::1]x", "[a]b:1", "127.1", "2130706433", "10.0.0.0/8:0"},
		"HERALD_LANGUAGE":        {"it", "english"},
		"HERALD_TIME_ZONE":       {"Local", "Berlin", "../etc/passwd"},
		"HERALD_TEMPLATES":       {"value_test.go", "no/such/folder"},
		"HERALD_KEEP_DELIVERIES": {"30", "5m"},
		"HERALD_LIMIT_TITLE":     {"0", "-1", "10000001", "1.5", "many", "99999999999999999999"},
		"HERALD_LIMIT_BATCH":     {"0", "-1", "2GiB", "0.5", "1 nibble", "1e3", "MiB"},
	} {
		for _, text := range cases {
			if got, err := value(t, name, text); err == nil || !strings.HasPrefix(err.Error(), name+": ") {
				t.Errorf("%s=%s is %s, %v; want a problem there", name, text, got, err)
			}
		}
	}
}

// TestPrintedIsAFile holds what check prints to be a file that says the same.
func TestPrintedIsAFile(t *testing.T) {
	t.Parallel()
	c := load(t, config.Source{Environ: []string{"HERALD_LISTEN=[::]:80", "HERALD_CORS=https://a.example,https://b.example", "HERALD_DATABASE=C:\\a b#c.db", "HERALD_KEEP=forever", "HERALD_LIMIT_BODY=1000"}})
	first := printed(t, c)
	again := printed(t, load(t, config.Source{File: write(t, first)}))
	if cut(first) != cut(again) {
		t.Errorf("printed\n%s\nread and printed again\n%s", first, again)
	}
}

func printed(t *testing.T, c config.Config) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Print(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// cut leaves out the places.
func cut(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		head, _, _ := strings.Cut(line, "  # ")
		out.WriteString(strings.TrimSpace(head) + "\n")
	}
	return out.String()
}

func TestSecretsAreDots(t *testing.T) {
	t.Parallel()
	const token, password = "correct-horse-battery", "hunter2"
	c := load(t, config.Source{Environ: []string{
		"HERALD_ADMIN_TOKEN=" + token, "HERALD_DATABASE=postgres://me:" + password + "@host/herald?sslpassword=" + password + "&application_name=a",
	}})
	if c.AdminToken.Reveal() != token || !strings.Contains(c.Database.Reveal(), password) {
		t.Fatal("a secret does not tell itself to who asks for it")
	}
	type shown struct{ A, B config.Secret }
	type wrapped struct{ c config.Config } // fmt does not ask the methods of what it finds in here
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%10s"} {
		for _, v := range []any{c, &c, wrapped{c}, &wrapped{c}, c.AdminToken, c.Database, []config.Secret{c.AdminToken}, map[string]config.Secret{"a": c.Database}} {
			keeps(t, verb, fmt.Sprintf(verb, v))
		}
	}
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, yaml.Marshal, xml.Marshal} {
		out, err := marshal(shown{c.AdminToken, c.Database})
		if err != nil {
			t.Fatal(err)
		}
		keeps(t, "marshalled", string(out))
	}
	for _, handler := range []func(*bytes.Buffer) slog.Handler{
		func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
	} {
		var b bytes.Buffer
		slog.New(handler(&b)).Info("settings", "config", c, "token", c.AdminToken, "wrapped", wrapped{c}, "pointer", &c.Database)
		keeps(t, "slog", b.String())
	}
	keeps(t, "printed", printed(t, c))
	if got := fmt.Sprint(c.Database); got != "postgres://me:••••••@host/herald?application_name=a&sslpassword=••••••" {
		t.Errorf("the database shows as %s", got)
	}
	if got := fmt.Sprintf("%v|%s", config.Secret{}, config.Hide("")); got != "|" {
		t.Errorf("an empty secret shows as %q", got)
	}
	if got := config.HidePassword("postgres://me:hun%ter2@h/db").String(); got != "postgres://••••••" {
		t.Errorf("a URL that cannot be read shows as %s", got)
	}
}

// keeps fails when a text tells a secret of TestSecretsAreDots.
func keeps(t *testing.T, how, text string) {
	t.Helper()
	for _, secret := range []string{"correct-horse", "hunter2", fmt.Sprintf("%x", "correct-horse"), fmt.Sprintf("%X", "hunter2")} {
		if strings.Contains(text, secret) {
			t.Errorf("%s tells a secret: %s", how, text)
		}
	}
}

// TestProblemsTellNoSecret has secrets in every wrong place.
func TestProblemsTellNoSecret(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"admin_token: hunter2", "admin_tokn: hunter2hunter2hunter2", "admin_token hunter2", "admin_token: [hunter2", "admin_token: {hunter2: 1}",
		"admin_token: \"\\q hunter2\"", "admin_token: 'hunter2", "admin_token: hunter2\n  - x: hunter2", "admin_token: @hunter2", "admin_token: hunter2 hunter2 hunter2",
		"public_url: https://me:hunter2@host", "cors: https://me:hunter2@host", "cors: [https://me:hunter2@host/path]", "allow_targets: [me:hunter2@host]", "database: [hunter2]",
	} {
		for _, p := range problems(t, config.Source{File: write(t, text)}) {
			keeps(t, text, p)
		}
	}
	for _, v := range []string{"HERALD_ADMIN_TOKEN=hunter2", "HERALD_ADMIN_TOKN=hunter2", "HERALD_DATABASE=~/hunter2"} {
		for _, p := range problems(t, config.Source{Environ: []string{v}}) {
			keeps(t, v, p)
		}
	}
}

// TestLimitsAreTheDomains holds the limits to those of the domain, names and defaults.
func TestLimitsAreTheDomains(t *testing.T) {
	t.Parallel()
	if got, want := progress.Limits(load(t, config.Source{}).Limits.Task), progress.DefaultLimits(); got != want {
		t.Errorf("the defaults are %+v, those of the domain %+v", got, want)
	}
	set := reflect.New(reflect.TypeFor[config.TaskLimits]()).Elem()
	env := []string{"HERALD_LIMIT_BODY=900", "HERALD_LIMIT_BATCH=901"}
	for i := range set.NumField() {
		set.Field(i).SetInt(int64(1000 + i))
		env = append(env, fmt.Sprintf("%s=%d", "HERALD_LIMIT_"+snake(set.Type().Field(i).Name), 1000+i))
	}
	got := load(t, config.Source{Environ: env}).Limits
	if got.Task != set.Interface() || got.Body != 900 || got.Batch != 901 {
		t.Errorf("got %+v, want each field as its variable says", got)
	}
}

// snake is LogLine as LOG_LINE.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}
