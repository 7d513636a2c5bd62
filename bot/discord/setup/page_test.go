package setup_test

import (
	"os"
	"strings"
	"testing"

	"github.com/taskherald/herald/bot/discord/setup"
)

// TestPage holds docs/discord.md to what the bot asks for, to its commands, and to what checks
// name.
func TestPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/discord.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	var rows strings.Builder
	for _, r := range setup.Rights() {
		rows.WriteString("| " + r.Name + " | " + r.Without + " |\n")
	}
	if _, after, _ := strings.Cut(page, "| right | without it |\n| --- | --- |\n"); !strings.HasPrefix(after, rows.String()+"\n") {
		t.Errorf("the table of rights should have these rows:\n%s", rows.String())
	}
	_, talking, _ := strings.Cut(page, "## Talking\n")
	talking, _, _ = strings.Cut(talking, "## Buttons\n")
	for _, o := range setup.Commands()[0].Options {
		if !strings.Contains(talking, "`"+o.Name+"`") && !strings.Contains(talking, "`/task "+o.Name+"`") {
			t.Errorf("Talking has no /task %s", o.Name)
		}
	}
	for _, want := range []string{
		setup.InteractionsPath, setup.Pages, "status 401", "Requires OAuth2 Code Grant", "Public Bot", "lacks View Channels", "lacks Send Messages", "50001", "50013", "Interactions Endpoint URL",
		"1015", "the bot is in the server", "/task is registered", "Copy Role ID", "Copy Channel ID", "Embed Links",
	} {
		if !strings.Contains(strings.ReplaceAll(page, "\n", " "), want) {
			t.Errorf("does not say %q", want)
		}
	}
}
