package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/bot/discord/setup"
	"github.com/taskherald/herald/progress/runner/pipeline"
)

// discordEnv are the settings of a bot in a fake server.
func discordEnv(t *testing.T) (*discordfake.Discord, []string) {
	t.Helper()
	d := discordfake.New(discordfake.Options{Unlimited: true})
	return d, []string{"HERALD_DISCORD_API_URL=" + d.Start(t), "HERALD_DISCORD_TOKEN=" + discordfake.Token, "LANG=C.UTF-8"}
}

// TestSetupDiscord holds that the link stands alone on standard output, and that the command
// is registered once.
func TestSetupDiscord(t *testing.T) {
	t.Parallel()
	d, env := discordEnv(t)
	link := setup.Invite(discordfake.App, "")
	for _, c := range []struct {
		args   []string
		stdout string
		stderr string
		made   int // commands, in all
	}{
		{[]string{"--dry-run"}, link + "\n", "It would register /task.\n", 0},
		{nil, link + "\n", "Registered /task.\n", 1},
		{nil, link + "\n", "Discord knows /task as it is.\n", 1},
	} {
		r := finish(t, command(t, env, append([]string{"setup", "discord"}, c.args...)...))
		if r.code != 0 || r.stdout != c.stdout || r.stderr != c.stderr || len(d.Calls(discordfake.CreateCommand)) != c.made {
			t.Errorf("%q exits with %d, says %q and prints %q", c.args, r.code, r.stderr, r.stdout)
		}
	}
	var said struct {
		Invite, Application string
		Changed             []string
	}
	r := finish(t, command(t, append(env, "HERALD_DISCORD_SERVER="+discordfake.Guild), "setup", "discord", "--json"))
	if err := json.Unmarshal([]byte(r.stdout), &said); err != nil || r.stderr != "" || said.Invite != setup.Invite(discordfake.App, discordfake.Guild) || said.Application != discordfake.App || said.Changed == nil || len(said.Changed) > 0 {
		t.Errorf("exits with %d, says %q and prints %q", r.code, r.stderr, r.stdout)
	}
	for want, args := range map[string][]string{"--dry-run means nothing with --check": {"--check", "--dry-run"}, `unknown command "now"`: {"now"}, "cannot read none.yaml": {"--config", "none.yaml"}} {
		if r := finish(t, command(t, env, append([]string{"setup", "discord"}, args...)...)); r.code != 2 || r.stdout != "" || !strings.Contains(r.stderr, want) {
			t.Errorf("%q exits with %d, and says %q", args, r.code, r.stderr)
		}
	}
	d.Reset("another")
	if r := finish(t, command(t, env, "setup", "discord")); r.code != 1 || r.stdout != "" || !strings.Contains(r.stderr, "Discord does not know discord.token") || strings.Contains(r.stderr, discordfake.Token) {
		t.Errorf("exits with %d, says %q and prints %q", r.code, r.stderr, r.stdout)
	}
}

// TestSetupDiscordBefore is what is said while there is no bot.
func TestSetupDiscordBefore(t *testing.T) {
	t.Parallel()
	r := finish(t, command(t, nil, "setup", "discord"))
	for _, want := range []string{setup.Pages, "Public Bot", "Reset Token", "export HERALD_DISCORD_TOKEN=", "herald setup discord\n", "docs/discord.md"} {
		if r.code != 0 || r.stderr != "" || !strings.Contains(r.stdout, want) {
			t.Errorf("exits with %d, says %q and does not say %q:\n%s", r.code, r.stderr, want, r.stdout)
		}
	}
	for _, args := range [][]string{{"--check"}, {"--json"}} {
		if r := finish(t, command(t, nil, append([]string{"setup", "discord"}, args...)...)); r.code != 1 || r.stdout != "" || !strings.Contains(r.stderr, "no bot is set up: set HERALD_DISCORD_TOKEN") {
			t.Errorf("%q exits with %d and says %q", args, r.code, r.stderr)
		}
	}
	if r := finish(t, command(t, nil, "setup")); r.code != 0 || !strings.Contains(r.stdout, "discord ") {
		t.Errorf("setup alone exits with %d and prints %q", r.code, r.stdout)
	}
}

// TestSetupDiscordSteps holds that a terminal is told what to do with the link, and that the
// link stays alone all the same.
func TestSetupDiscordSteps(t *testing.T) {
	t.Parallel()
	_, env := discordEnv(t)
	stdout, text, err := atTerminal(t, command(t, append(env, "TERM=xterm", "NO_COLOR=1", "LANG=C"), "setup", "discord"))
	if err != nil || stdout != setup.Invite(discordfake.App, "")+"\n" {
		t.Errorf("%v\n%s", err, stdout)
	}
	for _, want := range []string{"Registered /task.", "Authorize", "herald setup discord --check", "discord:#deploys", "@Herald help", "docs/discord.md"} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q:\n%s", want, text)
		}
	}
}

// TestSetupDiscordCheck looks at a bot, and at the rooms of rules wherever they stand.
func TestSetupDiscordCheck(t *testing.T) {
	t.Parallel()
	d, env := discordEnv(t)
	check := func(rules string, args ...string) result {
		t.Helper()
		return checked(t, "discord", append(env, "HERALD_DISCORD_GROUPS="+discordfake.Engineers+"=deployers"), []string{discordfake.Token}, rules, args...)
	}
	r := check("- tell: [\"discord:#deploys\", ana, \"slack:#other\"]\n  escalate: [{after: 5m, tell: \"discord:@" + discordfake.Ana + "\"}]\n  rules:\n  - tell: \"discord:#general\"\n")
	for _, want := range []string{"✓ discord   the bot is @Herald", "✓ discord   the bot is in the server", "the bot can do its work in discord:#deploys", "in discord:#general", "discord:@" + discordfake.Ana + " is @ana", "is @engineers"} {
		if r.code != 0 || !strings.Contains(r.stdout, want) || strings.Contains(r.stdout, "other") {
			t.Errorf("exits with %d, says %q and does not say %q:\n%s", r.code, r.stderr, want, r.stdout)
		}
	}
	r = check("- tell: \"discord:#secret\"\n")
	if r.code != 1 || !strings.Contains(r.stdout, "✕ discord   in discord:#secret the bot lacks View Channels") || !strings.Contains(r.stdout, "do this: give it that: Edit Channel, Permissions") {
		t.Errorf("exits with %d:\n%s", r.code, r.stdout)
	}
	d.Reset("another")
	r = check("- tell: \"discord:#deploys\"\n", "--json")
	var report struct {
		Healthy *bool
		Checks  []struct{ Name, State, Found, Advice string }
	}
	if err := json.Unmarshal([]byte(r.stdout), &report); err != nil || r.code != 1 || report.Healthy == nil || *report.Healthy || len(report.Checks) != 1 {
		t.Fatalf("exits with %d:\n%s", r.code, r.stdout)
	}
	if c := report.Checks[0]; c.Name != "discord" || c.State != "broken" || !strings.Contains(c.Found, "does not know discord.token") || !strings.Contains(c.Advice, "Reset Token") {
		t.Errorf("%+v", c)
	}
}

// TestDoctorOfDiscord holds that doctor looks at Discord where it is set up, and nowhere else.
func TestDoctorOfDiscord(t *testing.T) {
	t.Parallel()
	d, env := discordEnv(t)
	away := []string{"HERALD_URL=http://127.0.0.1:1"}
	if r := finish(t, command(t, append(away, env...), "doctor")); !strings.Contains(r.stdout, "✓ discord   the bot is @Herald") || !strings.Contains(r.stdout, "✓ discord   the bot is in the server") {
		t.Errorf("exits with %d:\n%s", r.code, r.stdout)
	}
	n := len(d.Calls(""))
	for _, env := range [][]string{nil, append(env, "HERALD_LISTEN=nonsense")} {
		if r := finish(t, command(t, append(away, env...), "doctor")); strings.Contains(r.stdout, " discord ") {
			t.Errorf("exits with %d:\n%s", r.code, r.stdout)
		}
	}
	if len(d.Calls("")) != n {
		t.Error("it asks Discord with settings that are wrong")
	}
}

// TestPagesOfChats holds that the pipelines that docs/slack.md and docs/discord.md show ask for
// an approval.
func TestPagesOfChats(t *testing.T) {
	t.Parallel()
	for _, chat := range []string{"slack", "discord"} {
		page, err := os.ReadFile("../../../docs/" + chat + ".md")
		if err != nil {
			t.Fatal(err)
		}
		const margin = "       "
		_, text, _ := strings.Cut(string(page), margin+"title: My first release\n")
		text, _, found := strings.Cut(text, "\n\n")
		file := filepath.Join(t.TempDir(), "first.yaml")
		if err := os.WriteFile(file, []byte("title: My first release\n"+strings.ReplaceAll("\n"+text, "\n"+margin, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := pipeline.Load(file)
		if err != nil || !found || len(p.Steps) != 2 || p.Steps[1].Approval == nil {
			t.Errorf("%s: %+v, %v", chat, p, err)
		}
	}
}
