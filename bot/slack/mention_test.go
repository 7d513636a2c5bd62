package slack

import "testing"

func TestPlain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, want string
		named      bool
	}{
		{"<@UBOT> how's my <https://crm.example|CRM> task?", "how's my CRM task?", true},
		{"<@UBOT|herald>, cancel it", "cancel it", true},
		{"hey <@UBOT>", "hey", true},
		{"hey <@UBOT>, please <@UBOT> cancel it", "hey, please cancel it", true},
		{"\n<@UBOT>: - cancel it", "- cancel it", true},
		{"<@UBOT>", "", true},
		{"ask <@U2> and <@U3|ben> in <#C1|deploys> or <#C2>", "ask @U2 and @ben in #deploys or #C2", false},
		{"a &lt; b &amp;&amp; c &gt; d", "a < b && c > d", false},
		{"&lt;@UBOT&gt; is no mention, nor is &amp;lt;", "<@UBOT> is no mention, nor is &lt;", false},
		{"<!here> and <!subteam^S1|@ops> and <!subteam^S1> at <!date^1^{date}|noon>", "@here and @ops and @subteam at noon", false},
		{"see <https://x.example/a?b=1&amp;c=2> or <mailto:a@b.example|a@b.example>", "see https://x.example/a?b=1&c=2 or a@b.example", false},
		{"<> <|> <@> a<b", "@ a<b", false},
		{"  spaces \n", "spaces", false},
	} {
		if got, named := plain(c.text, "UBOT"); named != c.named || got != c.want {
			t.Errorf("%q: %q, %t", c.text, got, named)
		}
	}
}

// FuzzPlain holds that nothing that people write is too much.
func FuzzPlain(f *testing.F) {
	f.Add("<@U1> <#C1|x> &amp; <!here|> <|>", "U1")
	f.Fuzz(func(t *testing.T, text, self string) {
		if said, _ := plain(text, self); len(said) > len(text)+len("@")*len(text) {
			t.Errorf("%q became %q", text, said)
		}
	})
}
