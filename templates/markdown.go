package templates

import "strings"

// markdown is a text on one line that CommonMark and its dialects show as it is:
// no markup, no link and no mention comes of it.
func markdown(text string) string {
	if !strings.ContainsAny(text, "\\`*_~[]<>|#$&@./)") && !opens(text) {
		return text
	}
	var out strings.Builder
	for i, r := range text {
		if i == 0 && opens(text) || special(text, i) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
		if r == '@' {
			out.WriteString(wordJoiner)
		}
	}
	return out.String()
}

// special reports whether the character at a place means something there.
func special(text string, at int) bool {
	switch text[at] {
	case '\\', '`', '*', '_', '~', '[', ']', '<', '>', '|', '#', '$', '&':
		return true
	case ':':
		return strings.HasPrefix(text[at+1:], "/")
	case '.':
		return numbered(text, at) || host(text, at)
	case ')':
		return numbered(text, at)
	}
	return false
}

// wordJoiner is invisible. After an @ it makes that no mention, where a backslash
// is taken out before mentions are looked for.
const wordJoiner = "\u2060"

// opens reports whether a text may begin a list, a line, a heading or a definition.
func opens(text string) bool {
	return text != "" && strings.IndexByte("-+=:", text[0]) >= 0
}

// numbered reports whether a list's number ends at a place.
func numbered(text string, at int) bool {
	return at > 0 && at < 10 && strings.Trim(text[:at], "0123456789") == ""
}

// host reports whether a dot may be part of the name of a host: something follows,
// and it is none of a number.
func host(text string, dot int) bool {
	if dot+1 == len(text) || text[dot+1] == ' ' {
		return false
	}
	return dot == 0 || !digit(text[dot-1]) || !digit(text[dot+1])
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
