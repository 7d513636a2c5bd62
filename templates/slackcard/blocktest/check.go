package blocktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// What Slack takes of a message, in characters as UTF-16 counts them. Total is over the JSON
// of all blocks: Slack refuses somewhere above 13,200.
const (
	MostText   = 4000 // of the text beside blocks: more is cut off
	MostBlocks = 50   // of a message
	MostViewed = 100  // blocks of a view
	Total      = 13200
)

// Error is a refusal, with the code that Slack gives.
type Error struct {
	Code  string   // "invalid_blocks", "msg_blocks_too_long", "msg_too_long", "no_text" or "invalid_arguments"
	Wrong []string // what is wrong where, one thing each
}

// Error is the code, and all that is wrong.
func (e *Error) Error() string { return e.Code + ": " + strings.Join(e.Wrong, "; ") }

// Check holds a message to the limits: its text, which is required, and its blocks, a JSON
// array, or nothing for none. What it returns is an [*Error].
func Check(text string, blocks []byte) error {
	switch n := Length(text); {
	case strings.TrimSpace(text) == "":
		return &Error{"no_text", []string{"the text is empty: notifications and screen readers have nothing to say"}}
	case n > MostText:
		return &Error{"msg_too_long", []string{fmt.Sprintf("the text has %d characters", n)}}
	case len(blocks) == 0:
		return nil
	}
	c := pageOf("message")
	c.blocks("blocks", decoded(blocks), MostBlocks)
	if len(c.wrong) > 0 {
		return &Error{"invalid_blocks", c.wrong}
	}
	if n := Size(blocks); n > Total {
		return &Error{"msg_blocks_too_long", []string{fmt.Sprintf("the blocks have %d characters in all", n)}}
	}
	return nil
}

// Size is how long blocks are in all, as compact JSON that escapes no more than it has to.
func Size(blocks []byte) int {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if e.Encode(decoded(blocks)) != nil {
		return len(blocks)
	}
	return Length(strings.TrimSuffix(out.String(), "\n"))
}

// Length is how many characters a text has as UTF-16 counts them.
func Length(text string) int {
	n := 0
	for _, r := range text {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// decoded is a document with its numbers as they are written; nil for what is none.
func decoded(doc []byte) any {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil || d.More() {
		return nil
	}
	return v
}
