package slackfake_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/taskherald/herald/bot/slack/slackfake"
)

// What a message shows, whom it calls and where it leads, by the kind of text it is.
func TestRead(t *testing.T) {
	t.Parallel()
	section := func(kind, text string) string {
		return `[{"type":"section","text":{"type":"` + kind + `","text":` + encoded(t, text) + `}}]`
	}
	rich := func(elements string) string {
		return `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":` + elements + `}]}]`
	}
	hostile := "<!channel> <@U1> @everyone https://evil.example <https://evil.example|ok>"
	for name, c := range map[string]struct {
		text, blocks string
		shows        string
		pings, links []string
	}{
		"mrkdwn text":             {hostile, "", "@channel @U1 @everyone https://evil.example ok", []string{"<!channel>", "<@U1>"}, []string{"https://evil.example", "https://evil.example"}},
		"escaped text":            {"&lt;!channel&gt; &amp;amp;", "", "<!channel> &amp;", nil, nil},
		"mrkdwn":                  {"", section("mrkdwn", hostile), "@channel @U1 @everyone https://evil.example ok", []string{"<!channel>", "<@U1>"}, []string{"https://evil.example", "https://evil.example"}},
		"groups and all":          {"", section("mrkdwn", "<!subteam^S1|@eng> <!here> <!everyone>"), "@subteam^S1 @here @everyone", []string{"<!everyone>", "<!here>", "<!subteam^S1>"}, nil},
		"plain text":              {"", section("plain_text", hostile), hostile, nil, nil},
		"rich text":               {"", rich(`[{"type":"text","text":` + encoded(t, hostile) + `}]`), hostile, nil, nil},
		"rich text that pings":    {"", rich(`[{"type":"text","text":"hi "},{"type":"user","user_id":"U1"},{"type":"broadcast","range":"here"},{"type":"usergroup","usergroup_id":"S1"}]`), "hi @U1@here@subteam^S1", []string{"<!here>", "<!subteam^S1>", "<@U1>"}, nil},
		"rich text with a link":   {"", rich(`[{"type":"link","url":"https://a.example","text":"a"}]`), "a", nil, []string{"https://a.example"}},
		"rich text, other things": {"", rich(`[{"type":"emoji","name":"tada"},{"type":"date","fallback":"today"}]`), ":tada:today", nil, nil},
		"a text beside blocks":    {"<!channel> https://a.example", section("plain_text", "x"), "x", []string{"<!channel>"}, nil},
		"verbatim":                {"", `[{"type":"section","text":{"type":"mrkdwn","text":"https://a.example","verbatim":true}}]`, "https://a.example", nil, nil},
		"a markdown block":        {"", `[{"type":"markdown","text":"[a](https://a.example) <!here>"}]`, "a @here", []string{"<!here>"}, []string{"https://a.example"}},
		"a date with a link":      {"<!date^1^{date}^https://a.example|then>", "", "then", nil, []string{"https://a.example"}},
		"a channel":               {"<#C1|general> <!unknown|x>", "", "general x", nil, nil},
		"mail":                    {"<mailto:a@b.example|write>", "", "write", nil, []string{"mailto:a@b.example"}},
		"no token":                {"1 < 2 > 0 <nothing>", "", "1 < 2 > 0 <nothing>", nil, nil},
		"a button that opens":     {"", `[{"type":"actions","elements":[{"type":"button","url":"https://a.example","text":{"type":"plain_text","text":"Open"}}]}]`, "Open", nil, nil},
		"fields, context":         {"", `[{"type":"section","fields":[{"type":"mrkdwn","text":"a"},{"type":"plain_text","text":"b"}]},{"type":"context","elements":[{"type":"mrkdwn","text":"c"}]}]`, "a\nb\nc", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var blocks json.RawMessage
			if c.blocks != "" {
				blocks = json.RawMessage(c.blocks)
			}
			r := slackfake.Read(c.text, blocks)
			equal(t, "it shows", r.Shows, c.shows)
			if !slices.Equal(r.Pings, c.pings) || !slices.Equal(r.Links, c.links) {
				t.Errorf("it pings %q and links %q, want %q and %q", r.Pings, r.Links, c.pings, c.links)
			}
		})
	}
}

// What a message does is recorded as it was posted.
func TestPingsLinksAndUnfurls(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		seen := func(more ...string) slackfake.Message {
			m, _ := s.Channel("deploys").Message(post(t, s, slackfake.Deploys, "@here https://a.example", more...))
			return m
		}
		m := seen("unfurl_links", "false", "unfurl_media", "false")
		equal(t, "it pings", len(m.Pings), 0)
		equal(t, "it links", len(m.Links), 1)
		equal(t, "it unfurls", m.Unfurl, false)
		equal(t, "as Slack would have it, it unfurls", seen().Unfurl, true)
		m = seen("parse", "full")
		equal(t, "it pings", len(m.Pings) == 1 && m.Pings[0] == "@here", true)
	})
}
