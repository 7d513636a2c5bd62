package notify

import (
	"net/mail"
	"strings"
)

// The bounds of a mailbox, in bytes (RFC 5321, 4.5.3.1).
const (
	MostMailbox = 254
	MostLocal   = 64 // before the @
)

// Mailbox reports whether a text is the address of a mailbox and nothing else: no name, no
// comment, no quotes, nothing beyond ASCII.
func Mailbox(text string) bool {
	if len(text) > MostMailbox || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return false
	}
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text && strings.LastIndexByte(text, '@') <= MostLocal
}
