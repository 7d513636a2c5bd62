package notify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MostRoom is how long the name of a room of Slack is, in characters.
const MostRoom = 80

// SlackRoom reports whether a text names a place of Slack: a channel by its id (C…, G…) or
// its name (#deploys), or somebody's direct messages (D…, U…, W…).
func SlackRoom(text string) bool {
	if name, ok := strings.CutPrefix(text, "#"); ok {
		return name != "" && utf8.RuneCountInString(name) <= MostRoom && !strings.ContainsFunc(name, notInRoom)
	}
	return len(text) >= 3 && len(text) <= 30 && strings.IndexByte("CGDUW", text[0]) >= 0 && !strings.ContainsFunc(text, notInID)
}

// notInRoom reports what no channel's name has: they are of small letters, digits, - and _.
func notInRoom(r rune) bool {
	return unicode.IsUpper(r) || !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '-' && r != '_'
}

func notInID(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') }
