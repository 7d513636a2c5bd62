package setup_test

import (
	"os"
	"strings"
	"testing"

	"github.com/taskherald/herald/bot/slack/setup"
)

// TestPage holds docs/slack.md to what the app asks for, and to what checks name.
func TestPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/slack.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	var rows strings.Builder
	for _, s := range setup.Scopes(true) {
		rows.WriteString("| " + s.Name + " | " + s.Without + " |\n")
	}
	if _, after, _ := strings.Cut(page, "| scope | without it |\n| --- | --- |\n"); !strings.HasPrefix(after, rows.String()+"\n") {
		t.Errorf("the table of scopes should have these rows:\n%s", rows.String())
	}
	for _, want := range []string{
		setup.EventsPath, setup.InteractionsPath, setup.CommandsPath, setup.Command + " link CODE", "connections:write", "chat:write.public",
		"invalid_auth", "not_allowed_token_type", "token_revoked", "account_inactive", "token_expired", "missing_scope", "socket_mode_disabled", "channel_not_found",
		"is_archived", "team_access_not_granted", "enterprise_is_restricted", "org_login_required", "ratelimited", "the bot has all scopes that it needs", "Socket Mode is on",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("does not say %q", want)
		}
	}
}
