package blocktest

import (
	"regexp"
	"strings"
)

// What a client makes of mrkdwn: controls in angle brackets, addresses, hosts, emoji and
// names that ping.
var lively = []*regexp.Regexp{
	regexp.MustCompile(`<[^<>\s][^<>]*>`),
	regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://[^\s<>]+`),
	regexp.MustCompile(`(?i)\bmailto:[a-z0-9._%+-]+`),
	regexp.MustCompile(`(?i)[a-z0-9._%+-]+@[a-z0-9-]+\.[a-z]{2,}`),
	regexp.MustCompile(`(?i)\b(?:[a-z0-9-]+\.)+[a-z]{2,}\b`),
	regexp.MustCompile(`:[a-z0-9_+'-]+:`),
	regexp.MustCompile(`(?i)@(?:everyone|channel|here)\b`),
}

// Live is what a client would make of a message beyond its letters, in no order: links with
// where they lead, mentions, emoji, as they are written. Text is read as mrkdwn.
func Live(text string, blocks []byte) []string {
	l := &liveliness{}
	l.mrkdwn(text)
	l.walk(decoded(blocks))
	return l.found
}

type liveliness struct{ found []string }

func (l *liveliness) mrkdwn(text string) {
	for _, form := range lively {
		l.found = append(l.found, form.FindAllString(text, -1)...)
	}
}

// walk looks through a document.
func (l *liveliness) walk(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			l.walk(e)
		}
	case map[string]any:
		l.thing(v)
		for _, e := range v {
			l.walk(e)
		}
	}
}

// thing is one object of a message.
func (l *liveliness) thing(o map[string]any) {
	text, _ := o["text"].(string)
	switch kind, _ := o["type"].(string); kind {
	case "mrkdwn", "markdown":
		l.mrkdwn(text)
	case "plain_text":
		if o["emoji"] == true {
			l.found = append(l.found, lively[5].FindAllString(text, -1)...)
		}
	case "user", "usergroup", "channel", "broadcast", "emoji":
		l.found = append(l.found, "<"+kind+">")
	}
	if link, ok := o["url"].(string); ok {
		l.found = append(l.found, strings.TrimSpace(link))
	}
}
