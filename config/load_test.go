package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/taskherald/herald/config"
)

// write makes a file of settings.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "herald.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// load loads settings that must be good.
func load(t *testing.T, s config.Source) config.Config {
	t.Helper()
	c, err := config.Load(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// problems loads settings that must be bad; the folder of the file is left out.
func problems(t *testing.T, s config.Source) []string {
	t.Helper()
	_, err := config.Load(s)
	all, ok := errors.AsType[config.Problems](err)
	if !ok {
		t.Fatalf("got %v, want problems", err)
	}
	var lines []string
	for _, p := range all {
		lines = append(lines, strings.ReplaceAll(p.String(), filepath.Dir(s.File)+string(filepath.Separator), ""))
	}
	return lines
}

func TestEachPlaceOverridesTheOneBefore(t *testing.T) {
	t.Parallel()
	s := config.Source{}
	check := func(listen, place string) {
		t.Helper()
		c := load(t, s)
		if c.Listen != listen || strings.Replace(c.Place("listen"), filepath.Dir(s.File)+"/", "", 1) != place {
			t.Errorf("listen is %s from %s, want %s from %s", c.Listen, c.Place("listen"), listen, place)
		}
	}
	check("127.0.0.1:8080", "default")
	s.File = write(t, "# mine\nlisten: 127.0.0.1:1\n")
	check("127.0.0.1:1", "herald.yaml:2")
	s.Environ = []string{"HERALD_LISTEN=127.0.0.1:2"}
	check("127.0.0.1:2", "HERALD_LISTEN")
	s.Flags = map[string]string{"listen": "127.0.0.1:3"}
	check("127.0.0.1:3", "--listen")
}

func TestEmptyIsTheDefault(t *testing.T) {
	t.Parallel()
	file := write(t, "listen: ''\npublic_url: https://a.example\nkeep:\nrate_limit: 5\ncors: [https://a.example]\nlimits:\n  # title: 5\n")
	s := config.Source{
		File:    file,
		Environ: []string{"HERALD_RATE_LIMIT=", "HERALD_CORS= "},
		Flags:   map[string]string{"public-url": ""},
	}
	c := load(t, s)
	if c.Listen != "127.0.0.1:8080" || c.PublicURL != "" || c.Keep.Hours() != 90*24 || c.RateLimit != 5 || len(c.CORS) != 1 {
		t.Errorf("got %+v", c)
	}
	s.Flags["cors"] = ""
	if c := load(t, s); len(c.CORS) != 0 {
		t.Errorf("an empty flag leaves %q", c.CORS)
	}
}

func TestTheVariableNamesTheFileUnlessTheFlagDoes(t *testing.T) {
	t.Parallel()
	named, flagged := write(t, "keep: 1d"), write(t, "keep: 2d")
	env := []string{"HERALD_CONFIG=" + named}
	if c := load(t, config.Source{Environ: env}); c.Keep.Hours() != 24 {
		t.Errorf("the variable's file is not read: keep is %v", c.Keep)
	}
	if c := load(t, config.Source{Environ: env, File: flagged}); c.Keep.Hours() != 48 {
		t.Errorf("the flag's file is not read: keep is %v", c.Keep)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	got := problems(t, config.Source{File: "missing.yaml"})
	if want := []string{"--config: cannot read missing.yaml: no such file or directory"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	got = problems(t, config.Source{Environ: []string{"HERALD_CONFIG=missing.yaml"}})
	if want := []string{"HERALD_CONFIG: cannot read missing.yaml: no such file or directory"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestAllProblemsAtOnce is one bad start with everything wrong.
func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	file := write(t, strings.Join([]string{
		"listen: 8080",
		"databse: x.db",
		"log_level: loud",
		"cors:",
		"  - https://good.example",
		"  - good.example",
		"  - https://good.example/path",
		"open: perhaps",
		"title: 7",
		"listen: 127.0.0.1:80",
		"limits:",
		"  titel: 3",
		"  steps: 0",
		"  body: 1 nibble",
		"  name: {a: 1}",
	}, "\n"))
	got := problems(t, config.Source{
		File:    file,
		Environ: []string{"HERALD_LIMIT_STEPS=-1", "HERALD_LISTN=x", "HERALD_PORT=9000", "HERALD_OPEN=1"},
		Flags:   map[string]string{"keep": "90", "listen": "0.0.0.0:80"},
	})
	want := []string{
		`herald.yaml:1: listen: "8080" is no address; write host:port, such as 127.0.0.1:8080`,
		`herald.yaml:2: there is no setting databse; did you mean database?`,
		`herald.yaml:3: log_level: "loud" is none of debug, info, warn, error`,
		`herald.yaml:6: cors: must be a URL such as https://herald.example.com`,
		`herald.yaml:7: cors: goes on after the host; write only https://good.example`,
		`herald.yaml:8: open: "perhaps" is neither true nor false`,
		`herald.yaml:9: there is no setting title; did you mean title in the section limits?`,
		`herald.yaml:10: listen is here for the second time; it is also at herald.yaml:1`,
		`herald.yaml:12: there is no setting limits.titel; did you mean limits.title?`,
		`herald.yaml:13: limits.steps: "0" is no number from 1 to 10000000`,
		`herald.yaml:14: limits.body: "1 nibble" is no size; write bytes up to 1GiB, such as 65536, 512KiB or 16MiB`,
		`herald.yaml:15: limits.name: must be one plain value`,
		`HERALD_LIMIT_STEPS: limits.steps: "-1" is no number from 1 to 10000000`,
		`HERALD_LISTN: there is no such variable; did you mean HERALD_LISTEN?`,
		`HERALD_PORT: there is no such variable; docs/settings.md lists all`,
		`--keep: keep: "90" is no time to keep; write 1h to 36500d in hours, days or weeks, such as 36h, 90d or 52w, or forever`,
		`HERALD_OPEN: open: whoever reaches the server may then command it, so it must listen on a loopback address only, ` +
			`and listen is 0.0.0.0:80 (--listen); set listen to 127.0.0.1:8080, or leave open off and give each client a token`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestFileShapes has files that are not a list of settings.
func TestFileShapes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"listen":                        "herald.yaml:1: must be settings, each as key: value",
		"\n- listen":                    "herald.yaml:2: must be settings, each as key: value",
		"open: true\nlimits: 5":         "herald.yaml:2: limits: must be settings, each as key: value",
		"a: 'b":                         "herald.yaml:1: could not find end character of single-quoted text",
		"open: true\n  keep: 1d":        "herald.yaml:1: mapping value is not allowed in this context",
		"open: false\n---\nopen: true":  "herald.yaml:3: a second document begins; put all settings into one",
		"listen: [127.0.0.1:1]":         "herald.yaml:1: listen: must be one plain value",
		"listen:\n  a: 1":               "herald.yaml:2: listen: must be one plain value",
		"cors: {a: 1}":                  "herald.yaml:1: cors: must be a list of plain values",
		"cors:\n- [a]":                  "herald.yaml:2: cors: must be a list of plain values",
		"cors:\n- https://a.example\n-": "herald.yaml:3: cors: must be a URL such as https://herald.example.com",
		"admin_token: &a hunter2":       "herald.yaml:1: admin_token: must be one plain value",
		"limits.title: 4":               "herald.yaml:1: there is no setting limits.title; did you mean title in the section limits?",
		"rateLimit: 4":                  "herald.yaml:1: there is no setting rateLimit; did you mean rate_limit?",
	} {
		if got := problems(t, config.Source{File: write(t, text)}); len(got) == 0 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%q gives\n%s\nwant\n%s", text, strings.Join(got, "\n"), want)
		}
	}
	for _, text := range []string{"", "# nothing", "---\n", "\ufeffkeep: 1d\r\nopen: no\r\n", "{keep: 1d, limits: {title: 5}}", "limits:\n  # title: 4\n"} {
		load(t, config.Source{File: write(t, text)})
	}
}

func TestVariablesOfOthers(t *testing.T) {
	t.Parallel()
	load(t, config.Source{Environ: []string{
		"HERALD_URL=http://x", "HERALD_TOKEN=x", "HERALD_SPOOL=/x", "HERALD_TASK=t", "HERALD_RUN=1", "HERALD_ATTEMPT=1",
		"HERALD_INPUTS={}", "HERALD_STEP=a", "HERALD_TARGET=b", "HERALD_TEST_POSTGRES=x", "HERALD_SOAK=5", "HERALD_BENCH_N=3",
		"HERALD_SERVICE_HOST=10.0.0.1", "HERALD_SERVICE_PORT=80", "HERALD_SERVICE_PORT_HTTP=80", "HERALD_PORT=tcp://10.0.0.1:80",
		"HERALD_PORT_80_TCP=tcp://10.0.0.1:80", "HERALD_PORT_80_TCP_PROTO=tcp", "HERALD_PORT_80_TCP_PORT=80", "HERALD_PORT_80_TCP_ADDR=10.0.0.1",
		"HERALD_WEB_SERVICE_HOST=10.0.0.1", "HERALD_WEB_PORT=tcp://10.0.0.1:80", "HERALDRY=x", "PATH=/bin", "odd",
	}})
	for _, name := range []string{"HERALD_PORT", "HERALD_TOKENS", "HERALD_", "HERALD_LIMIT_", "HERALD_LIMITS_TITLE"} {
		if got := problems(t, config.Source{Environ: []string{name + "=80"}}); !strings.HasPrefix(got[0], name+": there is no such variable") {
			t.Errorf("%s gives %q", name, got)
		}
	}
}

func TestDatabase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  []string
		want string
	}{
		{nil, "herald.db"},
		{[]string{"HOME=/home/ada"}, "/home/ada/.local/share/herald/herald.db"},
		{[]string{"HOME=/home/ada", "XDG_DATA_HOME=/data"}, "/data/herald/herald.db"},
		{[]string{"HOME=/home/ada", "XDG_DATA_HOME=data"}, "/home/ada/.local/share/herald/herald.db"},
		{[]string{"HOME=/home/ada", "XDG_DATA_HOME=/data", "HERALD_DATABASE=~/my.db"}, "/home/ada/my.db"},
		{[]string{"HOME=/home/ada", "HERALD_DATABASE=here/my.db"}, "here/my.db"},
		{[]string{"HERALD_DATABASE=postgres://me:secret@host/herald"}, "postgres://me:secret@host/herald"},
	} {
		if got := load(t, config.Source{Environ: c.env}).Database.Reveal(); got != c.want {
			t.Errorf("with %q the database is %s, want %s", c.env, got, c.want)
		}
	}
	got := problems(t, config.Source{Environ: []string{"HERALD_DATABASE=~/my.db"}})
	if want := []string{"HERALD_DATABASE: database: ~ is the home folder, and HOME is not set; write the whole path"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestOpenNeedsLoopback(t *testing.T) {
	t.Parallel()
	for listen, good := range map[string]bool{
		"127.0.0.1:80": true, "127.9.9.9:0": true, "[::1]:80": true, "localhost:80": true, "LocalHost:80": true, "[::ffff:127.0.0.1]:80": true,
		":80": false, "0.0.0.0:80": false, "[::]:80": false, "10.0.0.1:80": false, "herald.example.com:80": false, "localhost.example.com:80": false,
	} {
		_, err := config.Load(config.Source{Flags: map[string]string{"open": "true", "listen": listen}})
		if (err == nil) != good {
			t.Errorf("open on %s gives %v", listen, err)
		}
		if c := load(t, config.Source{Flags: map[string]string{"listen": listen}}); c.Open || config.Loopback(c.Listen) != good {
			t.Errorf("%s: open %v, loopback %v", listen, c.Open, config.Loopback(c.Listen))
		}
	}
}

// FuzzFile looks for files that break the reader, or whose problems have no
// place or tell a secret.
func FuzzFile(f *testing.F) {
	for _, seed := range []string{
		"listen: 127.0.0.1:8080\nlimits:\n  title: 4\n", "admin_token: hunter2hunter2\n x", "admin_token: [hunter2hunter2", "cors:\n- a\n- b\n",
		"a: &x\n  <<: *x", "? a\n: b", "- a", "admin_token: \"\\q hunter2hunter2\"", "admin_token hunter2hunter2", "{a: {b: {c", "a: |\n  b\n---\n",
		"rules:\n- match: {kind: [a, b]}\n  escalate:\n  - after: 5m\n  rules: [{tell: b}]\n", "rules: [{rules: [{rules: [{", "rules: [[{}]]",
	} {
		f.Add(seed)
	}
	path := filepath.Join(f.TempDir(), "herald.yaml")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := config.Load(config.Source{File: path})
		all, ok := errors.AsType[config.Problems](err)
		if err != nil && (!ok || len(all) == 0) {
			t.Fatalf("got %v", err)
		}
		for _, p := range all {
			if !strings.HasPrefix(p.Place, path) || p.Say == "" {
				t.Errorf("%q has no place", p)
			}
		}
	})
}
