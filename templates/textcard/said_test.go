package textcard_test

import (
	"testing"

	"github.com/taskherald/herald/templates/textcard"
)

// TestSaid is what the bot says on screens that can show more and less.
func TestSaid(t *testing.T) {
	t.Parallel()
	const text = "📊 Your task is 65% complete.\n- ✓ Tables\n- ⏳ Rows (in progress)\n1. ⚠️ “CRM” – needs approval\n✕ no\n  ◐x …\n✅\n\x1b[2J\u202eevil\a\r\n"
	for _, c := range []struct {
		name   string
		screen textcard.Screen
		want   string
	}{
		{"plain", textcard.Screen{Unicode: true}, "📊 Your task is 65% complete.\n- ✓ Tables\n- ⏳ Rows (in progress)\n1. ⚠️ “CRM” – needs approval\n✕ no\n  ◐x …\n✅\nevil\n"},
		{"colours", textcard.Screen{Unicode: true, Colour: true}, "📊 Your task is 65% complete.\n- \x1b[32m✓\x1b[0m Tables\n- \x1b[36m⏳\x1b[0m Rows (in progress)\n" +
			"1. \x1b[33m⚠️\x1b[0m “CRM” – needs approval\n\x1b[31m✕\x1b[0m no\n  ◐x …\n\x1b[32m✅\x1b[0m\nevil\n"},
		{"ASCII", textcard.Screen{}, "Your task is 65% complete.\n- [x] Tables\n- [>] Rows (in progress)\n1. [!] \"CRM\" - needs approval\n[E] no\n  ?x ...\n[x]\nevil\n"},
	} {
		if got := c.screen.Said(text); got != c.want {
			t.Errorf("%s:\n%q\nwant\n%q", c.name, got, c.want)
		}
	}
	if got := (textcard.Screen{}).Said(""); got != "" {
		t.Errorf("nothing is %q", got)
	}
}
