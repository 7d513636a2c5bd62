package cli_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"
	"github.com/goccy/go-yaml"

	"github.com/taskherald/herald/bot/slack/setup"
	"github.com/taskherald/herald/bot/slack/slackfake"
)

// TestSetupSlack holds that the manifest stands alone on standard output, in either form.
func TestSetupSlack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want setup.Wanted
	}{
		{nil, setup.Wanted{}}, {[]string{"--groups"}, setup.Wanted{Groups: true}},
		{[]string{"--http", "https://herald.example.com"}, setup.Wanted{HTTP: "https://herald.example.com"}},
	} {
		m, err := setup.NewManifest(c.want)
		if err != nil {
			t.Fatal(err)
		}
		r := finish(t, command(t, []string{"HERALD_LISTEN=nonsense"}, append([]string{"setup", "slack"}, c.args...)...))
		if r.code != 0 || r.stderr != "" || r.stdout != string(m.JSON()) {
			t.Errorf("%q exits with %d, says %q and prints\n%s", c.args, r.code, r.stderr, r.stdout)
		}
		y := finish(t, command(t, nil, append([]string{"setup", "slack", "--yaml"}, c.args...)...))
		back, err := yaml.YAMLToJSON([]byte(y.stdout))
		if err != nil || y.stderr != "" || !sameJSON(t, back, m.JSON()) {
			t.Errorf("%q --yaml: %v\n%s", c.args, err, y.stdout)
		}
	}
	for want, args := range map[string][]string{
		"--http: must be a URL": {"--http", "http://herald.example.com"}, "--http is empty": {"--http", ""}, "--json means nothing without --check": {"--json"},
		"--config means nothing without --check": {"--config", "x.yaml"}, "--groups means nothing with --check": {"--check", "--groups"}, "--yaml means nothing with --check": {"--check", "--yaml"},
		"--http means nothing with --check": {"--check", "--http", "https://a.example"}, `unknown command "now"`: {"now"}, "cannot read none.yaml": {"--check", "--config", "none.yaml"},
	} {
		if r := finish(t, command(t, nil, append([]string{"setup", "slack"}, args...)...)); r.code != 2 || r.stdout != "" || !strings.Contains(r.stderr, want) {
			t.Errorf("%q exits with %d, and says %q", args, r.code, r.stderr)
		}
	}
	if r := finish(t, command(t, nil, "setup")); r.code != 0 || !strings.Contains(r.stdout, "slack ") {
		t.Errorf("setup alone exits with %d and prints %q", r.code, r.stdout)
	}
}

// sameJSON compares two documents.
func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var texts [2]string
	for i, text := range [][]byte{a, b} {
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			t.Error(err)
		}
		out, _ := json.Marshal(v) // it was read a moment ago
		texts[i] = string(out)
	}
	return texts[0] == texts[1]
}

// TestSetupSlackSteps holds that a terminal is told what to do with the manifest, in signs
// that every terminal has, and that the manifest stays alone all the same.
func TestSetupSlackSteps(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"HERALD_SLACK_APP_TOKEN=xapp-": nil, "HERALD_SLACK_SIGNING_SECRET=": {"--http", "https://herald.example.com/"},
	} {
		cmd := command(t, []string{"TERM=xterm", "NO_COLOR=1", "LANG=C"}, append([]string{"setup", "slack"}, args...)...)
		stdout, text, err := atTerminal(t, cmd)
		if err != nil || !json.Valid([]byte(stdout)) {
			t.Errorf("%q: %v\n%s", args, err, stdout)
		}
		for _, want := range []string{want, "HERALD_SLACK_BOT_TOKEN=xoxb-", "herald setup slack --check", "/invite @herald", "docs/slack.md", "https://api.slack.com/apps?new_app=1&manifest_json=%7B"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q: does not say %q:\n%s", args, want, text)
			}
		}
		if len(args) > 0 && !strings.Contains(text, "HERALD_PUBLIC_URL=https://herald.example.com\n") {
			t.Errorf("does not say where Slack calls:\n%s", text)
		}
	}
}

// atTerminal runs a command whose standard error is a terminal, and is what it says there, in
// signs that every terminal has, and what it prints.
func atTerminal(t *testing.T, cmd *exec.Cmd) (stdout, said string, err error) {
	t.Helper()
	ours, theirs, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, theirs
	heard := make(chan string)
	go func() {
		text, _ := io.ReadAll(ours) // until the command has ended
		heard <- string(text)
	}()
	err = cmd.Run()
	theirs.Close()
	said = strings.ReplaceAll(<-heard, "\r\n", "\n")
	if i := strings.IndexFunc(said, func(r rune) bool { return r > '~' || r < ' ' && r != '\n' }); i >= 0 {
		t.Errorf("%q says the sign %q", cmd.Args, said[i:i+1])
	}
	return out.String(), said, err
}

// checked is what herald setup CHAT --check says, with rules in its settings file. It may not
// tell a secret.
func checked(t *testing.T, chat string, env []string, secrets []string, rules string, args ...string) result {
	t.Helper()
	cmd := command(t, env, append([]string{"setup", chat, "--check", "--config", "my.yaml"}, args...)...)
	if err := os.WriteFile(filepath.Join(cmd.Dir, "my.yaml"), []byte("rules:\n"+rules), 0o600); err != nil {
		t.Fatal(err)
	}
	r := finish(t, cmd)
	for _, secret := range secrets {
		if strings.Contains(r.stdout+r.stderr, secret) {
			t.Errorf("it tells a token: %s%s", r.stdout, r.stderr)
		}
	}
	return r
}

// slackEnv are the settings of an app in a fake workspace.
func slackEnv(t *testing.T) (*slackfake.Slack, []string) {
	t.Helper()
	s := slackfake.New(slackfake.Options{})
	return s, []string{"HERALD_SLACK_API_URL=" + s.Start(t), "HERALD_SLACK_BOT_TOKEN=" + slackfake.BotToken, "HERALD_SLACK_APP_TOKEN=" + slackfake.AppToken, "LANG=C.UTF-8"}
}

// TestSetupSlackCheck looks at an app, and at the rooms of rules wherever they stand.
func TestSetupSlackCheck(t *testing.T) {
	t.Parallel()
	s, env := slackEnv(t)
	check := func(rules string, args ...string) result {
		t.Helper()
		return checked(t, "slack", append(env, "HERALD_SLACK_GROUPS="+slackfake.Engineers+"=deployers"), []string{slackfake.BotToken, slackfake.AppToken}, rules, args...)
	}
	r := check("- tell: [\"slack:#deploys\", ana]\n  escalate: [{after: 5m, tell: \"slack:" + slackfake.Ana + "\"}]\n  rules:\n  - tell: \"slack:#general\"\n")
	for _, want := range []string{"✓ slack     the bot is @herald", "✓ slack     Socket Mode is on", "the bot is in slack:#deploys", "the bot is in slack:#general", "slack:U0ANA00001 is @ana", "S0ENGINEER is @engineers"} {
		if r.code != 0 || !strings.Contains(r.stdout, want) {
			t.Errorf("exits with %d, says %q and does not say %q:\n%s", r.code, r.stderr, want, r.stdout)
		}
	}
	r = check("- tell: \"slack:#random\"\n")
	if r.code != 1 || !strings.Contains(r.stdout, "✕ slack     the bot is not in slack:#random\n            do this: write \"/invite @herald\" in it\n") {
		t.Errorf("exits with %d:\n%s", r.code, r.stdout)
	}
	s.Token(slackfake.BotToken).Revoke()
	r = check("- tell: \"slack:#deploys\"\n", "--json")
	var report struct {
		Healthy *bool
		Checks  []struct{ Name, State, Found, Advice string }
	}
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil || r.code != 1 || report.Healthy == nil || *report.Healthy || len(report.Checks) != 2 {
		t.Fatalf("exits with %d:\n%s", r.code, r.stdout)
	}
	if c := report.Checks[0]; c.Name != "slack" || c.State != "broken" || !strings.Contains(c.Found, "was revoked") || !strings.Contains(c.Advice, "install the app again") {
		t.Errorf("%+v", c)
	}
	if r := finish(t, command(t, nil, "setup", "slack", "--check")); r.code != 1 || r.stdout != "" || !strings.Contains(r.stderr, "no app is set up: set HERALD_SLACK_BOT_TOKEN") {
		t.Errorf("without an app it exits with %d and says %q", r.code, r.stderr)
	}
	if r := finish(t, command(t, env[:2], "setup", "slack", "--check")); r.code != 2 || !strings.Contains(r.stderr, "slack.bot_token: also set slack.app_token") {
		t.Errorf("with half an app it exits with %d and says %q", r.code, r.stderr)
	}
}

// TestDoctorOfSlack holds that doctor looks at Slack where it is set up, and nowhere else.
func TestDoctorOfSlack(t *testing.T) {
	t.Parallel()
	s, env := slackEnv(t)
	away := []string{"HERALD_URL=http://127.0.0.1:1"}
	if r := finish(t, command(t, append(away, env...), "doctor")); !strings.Contains(r.stdout, "✓ slack     the bot is @herald in the workspace") || !strings.Contains(r.stdout, "✓ slack     Socket Mode is on") {
		t.Errorf("exits with %d:\n%s", r.code, r.stdout)
	}
	n := len(s.Calls("auth.test"))
	for _, env := range [][]string{nil, append(env, "HERALD_LISTEN=nonsense")} {
		if r := finish(t, command(t, append(away, env...), "doctor")); strings.Contains(r.stdout, " slack ") {
			t.Errorf("exits with %d:\n%s", r.code, r.stdout)
		}
	}
	if len(s.Calls("auth.test")) != n {
		t.Error("it asks Slack with settings that are wrong")
	}
}
