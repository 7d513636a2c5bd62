package email

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/textcard"
)

const (
	mostSubject = 200 // characters
	mostWord    = 45  // bytes that an encoded word holds: it may have 75 with all around them
)

// subject is a text as the value of a Subject, in ASCII (RFC 2047).
func subject(text string) string {
	text = templates.Cut(oneLine(text), mostSubject)
	if printable(text) && !strings.Contains(text, "=?") { // what looks encoded would be decoded
		return text
	}
	var words []string
	for text != "" {
		n := whole(text, mostWord)
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(text[:n]))+"?=")
		text = text[n:]
	}
	return strings.Join(words, " ")
}

// oneLine is a text on one line, without what controls, hides or reorders.
func oneLine(text string) string { return textcard.Screen{Unicode: true}.Clean(text) }

// whole is how many bytes of a text are whole characters and at most so many.
func whole(text string, most int) int {
	if len(text) <= most {
		return len(text)
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return most
}
