package slack

import (
	"regexp"
	"strings"
)

// tag is what stands in angle brackets in a message: a person, a channel, a group or a link.
// Whoever writes brackets themselves is sent with &lt; and &gt;.
var tag = regexp.MustCompile(`<([^<>]*)>`)

// plain is what somebody has said, as they see it: without our own name, with the names of
// others and of links in place of their tags. Named reports whether our own name was in it.
func plain(text, self string) (said string, mentioned bool) {
	said = tag.ReplaceAllStringFunc(text, func(t string) string {
		id, label, _ := strings.Cut(t[1:len(t)-1], "|")
		if self != "" && id == "@"+self {
			mentioned = true
			return ""
		}
		return shownTag(id, label)
	})
	said = entities.Replace(said)
	if mentioned {
		said = strings.TrimLeft(gap.Replace(said), ",;:–— \t\n") // "@Herald, how is it going?"
	}
	return strings.TrimSpace(said), mentioned
}

// gap is what a name leaves that is taken out of a sentence.
var gap = strings.NewReplacer("  ", " ", " , ", ", ", " ?", "?")

// shownTag is how a tag is shown.
func shownTag(id, label string) string {
	switch {
	case strings.HasPrefix(id, "@"), strings.HasPrefix(id, "#"):
		if label != "" {
			return id[:1] + strings.TrimLeft(label, "@#")
		}
	case strings.HasPrefix(id, "!"):
		if label != "" {
			return label
		}
		kind, _, _ := strings.Cut(id[1:], "^")
		return "@" + kind
	case label != "":
		return label
	}
	return id
}

// entities are the three characters that Slack sends as names. Each is read once: what says
// &amp;lt; is the text &lt;.
var entities = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")
