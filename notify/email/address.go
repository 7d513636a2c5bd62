package email

import (
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"strings"
)

// printable reports whether a text is of ASCII characters that are seen, and spaces.
func printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}

// domainOf is the part of an address after its last @.
func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// atom is what may stand before the @ of a Message-ID as it is.
var atom = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// messageID is the Message-ID of a message, without brackets: the same in every try.
func messageID(id, domain string) string {
	if !atom.MatchString(id) {
		id = hash(id)
	}
	return id + "@" + domain
}

// threadID is the id that all mails of a task to an address refer to, whichever subscription
// they are sent for. It follows from both, so that none has to know another.
func threadID(task, to, domain string) string { return "task." + hash(task, to) + "@" + domain }

// hash is 26 letters and digits that follow from texts.
func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}
