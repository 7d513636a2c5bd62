package discordcard

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// web is a link if it is one to a page and not too long, "" otherwise. Nothing in it ends a
// masked link, or means anything beside it.
func web(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Host, hostly) != "" {
		return ""
	}
	begin := u.Scheme + "://" + u.Host
	if link = begin + tame(strings.TrimPrefix(u.String(), begin)); len(link) > mostURL {
		return ""
	}
	return strings.Replace(link, "/channels/%40me/", "/channels/@me/", 1) // Discord's own, to direct messages
}

// hostly are the characters that the name of a host may have.
const hostly = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]"

// tame is a path and what follows it with everything written as its number that is more than
// part of an address to Discord.
func tame(path string) string {
	var out strings.Builder
	for i := range len(path) {
		c := path[i]
		if c > ' ' && c < 0x7f && !strings.ContainsRune("()<>[]\\`*_~|@'\"^{}", rune(c)) {
			out.WriteByte(c)
		} else {
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

// pressable is a link for a button, "" for none: Discord refuses whole messages for addresses
// without a domain, such as localhost.
func pressable(link string) string {
	link = web(link)
	u, err := url.Parse(link)
	if err != nil || !strings.Contains(strings.Trim(u.Hostname(), "."), ".") {
		return ""
	}
	return link
}

// The characters around a text of the other direction.
const isolates = "\u2068\u2069"

// linkable reports whether a text may be that of a masked link: in one, backslashes are
// shown, and Discord makes no link of a text with an emoji, or that looks like an address.
func linkable(text string) bool {
	if text == "" || Plain(text) != text {
		return false
	}
	for i, r := range text {
		next, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
		switch {
		case r == '.' && unicode.IsLetter(next), r == '/' && next == '/':
			return false
		case r <= unicode.MaxASCII, unicode.In(r, unicode.L, unicode.M, unicode.N), strings.ContainsRune("–—…«»“”„‘’¿¡·", r):
		default:
			return false
		}
	}
	return true
}

// masked is a text that leads to a page; "" for one that cannot.
func masked(text, link string) string {
	core := strings.Trim(text, isolates)
	if link == "" || !linkable(core) {
		return ""
	}
	before, after, _ := strings.Cut(text, core)
	return before + "[" + core + "](" + link + ")" + after
}
