package notify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostChannelName is how long the name of a channel of Discord is, in characters.
const mostChannelName = 100

// DiscordRoom reports whether a text names a place of Discord: a channel or a thread by its
// id, a channel by its name (#deploys), or somebody's direct messages by their id (@ and 17 to
// 20 digits).
func DiscordRoom(text string) bool {
	if name, ok := strings.CutPrefix(text, "#"); ok {
		return name != "" && utf8.ValidString(name) && utf8.RuneCountInString(name) <= mostChannelName && !strings.ContainsFunc(name, notInChannelName)
	}
	return Snowflake(strings.TrimPrefix(text, "@"))
}

// Snowflake reports whether a text is an id as Discord writes them: 17 to 20 digits.
func Snowflake(text string) bool {
	return len(text) >= 17 && len(text) <= 20 && strings.Trim(text, "0123456789") == ""
}

// notInChannelName reports what no text channel's name has. They are of small letters, and
// people put emoji and bars into them, but of ASCII's signs only - and _.
func notInChannelName(r rune) bool {
	if r < utf8.RuneSelf {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}
	return unicode.IsUpper(r) || unicode.IsSpace(r) || unicode.IsControl(r)
}
