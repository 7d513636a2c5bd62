package slackcard

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/textcard"
)

// plain is a text object in which nothing is parsed, cut to so many characters.
func plain(text string, most int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, some(templates.Cut(text, most)), false, false)
}

// some is a text that is never empty, which Slack refuses.
func some(text string) string {
	if strings.TrimSpace(text) == "" {
		return "–"
	}
	return text
}

// clean makes a caller's text one line that controls and hides nothing.
func clean(text string) string { return textcard.Screen{Unicode: true}.Clean(text) }

// web is a link if it is one to a page and not too long, "" otherwise.
func web(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	if link = u.String(); len(link) > mostLink {
		return ""
	}
	return link
}

// joiner is invisible and no part of a word: it takes apart what Slack would read as one.
const joiner = "\u2060"

// fallback is the text beside the blocks: lines of mrkdwn in which nothing is parsed.
func fallback(lines ...string) string {
	var out strings.Builder
	left := mostFall - 1
	for _, line := range lines {
		if line == "" {
			continue
		}
		if out.Len() > 0 {
			line = "\n" + line
		}
		if !literal(&out, line, &left) {
			break
		}
	}
	return some(out.String())
}

// literal writes a text so that mrkdwn shows it as it is, as far as there is room. It
// reports whether all of it had; an ellipsis stands for the rest.
func literal(out *strings.Builder, text string, left *int) bool {
	for i, r := range text {
		said := escaped(text, i, r)
		if *left -= width([]byte(said)); *left < 0 {
			out.WriteString("…")
			return false
		}
		out.WriteString(said)
	}
	return true
}

// escaped is one character of a text.
func escaped(text string, at int, r rune) string {
	switch r {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return joiner + "&gt;" // at the beginning of a line it would quote
	case '*', '_', '~', '`':
		return joiner + string(r) + joiner
	case '@':
		return "@" + joiner
	case ':':
		if next := text[at+1:]; next != "" && next[0] != ' ' {
			return ":" + joiner // of an address, or of an emoji
		}
	case '.':
		if next, _ := utf8.DecodeRuneInString(text[at+1:]); unicode.IsLetter(next) {
			return "." + joiner // it may be the name of a host
		}
	}
	return string(r)
}
