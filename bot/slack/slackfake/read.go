package slackfake

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// Reading is what a message says to people and what it does to them.
type Reading struct {
	Shows string   // the words that people read, a line a text
	Pings []string // whom it calls: "<!channel>", "<@U1>", "<!subteam^S1>"
	Links []string // where it can take them by a click in its text; what a button opens is none
}

// Read reads a message: its blocks, and its text where there are none. A text beside
// blocks is not shown, but it notifies, so what it pings counts.
func Read(text string, blocks json.RawMessage) Reading {
	var r Reading
	if blocks == nil {
		r.mrkdwn(text, true)
		return r
	}
	var quiet Reading
	quiet.mrkdwn(text, true)
	r.Pings = quiet.Pings
	var list []any
	if json.Unmarshal(blocks, &list) == nil {
		r.walk(list)
	}
	slices.Sort(r.Pings)
	r.Pings = slices.Compact(r.Pings)
	return r
}

// walk reads whatever in blocks is shown.
func (r *Reading) walk(v any) {
	switch v := v.(type) {
	case []any:
		for _, part := range v {
			r.walk(part)
		}
	case map[string]any:
		r.object(v)
	}
}

func (r *Reading) object(o map[string]any) {
	kind, _ := o["type"].(string)
	text, _ := o["text"].(string)
	switch kind {
	case "mrkdwn":
		verbatim, _ := o["verbatim"].(bool)
		r.mrkdwn(text, !verbatim)
	case "markdown":
		r.markdown(text)
	case "plain_text", "text", "raw_text":
		r.say(text)
	case "rich_text_section", "rich_text_preformatted", "rich_text_quote":
		r.line(o["elements"])
	case "link":
		url, _ := o["url"].(string)
		r.Links = append(r.Links, url)
		r.say(text)
	case "user", "usergroup", "broadcast", "emoji", "date":
		r.element(kind, o)
	default:
		for _, name := range inOrder {
			r.walk(o[name])
		}
	}
}

// inOrder are the parts of blocks that people see, from top to bottom.
var inOrder = []string{
	"title", "subtitle", "text", "body", "fields", "label", "hint", "element", "elements", "accessory", "tasks", "details", "output",
	"options", "rows", "placeholder", "alt_text", "description",
}

// line reads what stands in one line, piece by piece.
func (r *Reading) line(elements any) {
	var whole Reading
	list, _ := elements.([]any)
	for _, e := range list {
		var piece Reading
		piece.walk(e)
		whole.Shows += piece.Shows
		whole.Pings, whole.Links = append(whole.Pings, piece.Pings...), append(whole.Links, piece.Links...)
	}
	r.say(whole.Shows)
	r.Pings, r.Links = append(r.Pings, whole.Pings...), append(r.Links, whole.Links...)
}

func (r *Reading) element(kind string, o map[string]any) {
	part := func(name string) string { s, _ := o[name].(string); return s }
	switch kind {
	case "user":
		r.ping("@" + part("user_id"))
	case "usergroup":
		r.ping("!subteam^" + part("usergroup_id"))
	case "broadcast":
		r.ping("!" + part("range"))
	case "emoji":
		r.say(":" + part("name") + ":")
	case "date":
		r.say(part("fallback"))
	}
}

func (r *Reading) ping(who string) {
	r.Pings = append(r.Pings, "<"+who+">")
	r.say("@" + strings.TrimLeft(who, "@!"))
}

func (r *Reading) say(text string) {
	if text == "" {
		return
	}
	if r.Shows != "" {
		r.Shows += "\n"
	}
	r.Shows += text
}

var (
	angled   = regexp.MustCompile(`<([^<>\n]*)>`)
	bare     = regexp.MustCompile(`(?i)\b(?:https?://|mailto:)[^\s<>|]+`)
	inline   = regexp.MustCompile(`!?\[([^\]]*)\]\(([^)\s]+)[^)]*\)`)
	unescape = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// mrkdwn reads Slack's own markup. Addresses in it become links by themselves where auto
// says so.
func (r *Reading) mrkdwn(text string, auto bool) {
	text = angled.ReplaceAllStringFunc(text, func(token string) string { return r.token(token[1 : len(token)-1]) })
	if auto {
		r.Links = append(r.Links, bare.FindAllString(text, -1)...)
	}
	r.say(unescape.Replace(text))
}

// token reads what stands in angle brackets, and gives what is shown of it.
func (r *Reading) token(inner string) string {
	what, label, _ := strings.Cut(inner, "|")
	switch {
	case strings.HasPrefix(what, "@"), strings.HasPrefix(what, "!subteam^"), what == "!channel", what == "!here", what == "!everyone", what == "!group":
		r.Pings = append(r.Pings, "<"+what+">")
		return "@" + strings.TrimLeft(what, "@!")
	case strings.HasPrefix(what, "!date^"):
		if parts := strings.Split(what, "^"); len(parts) > 3 {
			r.Links = append(r.Links, parts[3])
		}
		return label
	case strings.HasPrefix(what, "#"), strings.HasPrefix(what, "!"):
		return label
	case strings.Contains(what, ":"):
		r.Links = append(r.Links, what)
		if label == "" {
			label = strings.ReplaceAll(what, ":", "\u2236") // so that it is not found as a bare one again
		}
		return label
	}
	return "<" + inner + ">"
}

// markdown reads a block of standard Markdown.
func (r *Reading) markdown(text string) {
	text = inline.ReplaceAllStringFunc(text, func(token string) string {
		parts := inline.FindStringSubmatch(token)
		r.Links = append(r.Links, parts[2])
		return parts[1]
	})
	r.mrkdwn(text, true)
}
