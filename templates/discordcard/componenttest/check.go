package componenttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"
)

// What Discord takes, in characters as UTF-16 counts them, and in components, of which those
// within others count too.
const (
	MostText       = 4000 // over all text displays of a message
	MostComponents = 40   // of a message
	mostModal      = 5    // components of a form
	mostModalTitle = 45
	mostCustomID   = 100
	mostID         = 1<<31 - 1
)

// Check says what is wrong with the components of a message of Components V2, a JSON array;
// nothing for one that Discord takes.
func Check(components []byte) []string {
	c := newPage()
	all, ok := decoded(components).([]any)
	if !ok || len(all) == 0 {
		return []string{"components are no list with anything in it"}
	}
	for i, v := range all {
		c.component(in("components", i), v, "1 9 10 12 13 14 17")
	}
	if c.count > MostComponents {
		c.bad("components", "are %d, more than %d", c.count, MostComponents)
	}
	if c.text > MostText {
		c.bad("components", "have %d characters of text, more than %d", c.text, MostText)
	}
	return c.wrong
}

// CheckModal says what is wrong with the data of a response that opens a form, a JSON object
// with title, custom_id and components; nothing for one that Discord takes.
func CheckModal(data []byte) []string {
	c := newPage()
	o, ok := c.object("modal", decoded(data), "title custom_id components", "")
	if !ok {
		return c.wrong
	}
	c.string("modal", o, "title", 1, mostModalTitle)
	c.string("modal", o, "custom_id", 1, mostCustomID)
	for i, v := range c.list("modal", o, "components", mostModal) {
		c.component(in("modal.components", i), v, "10 18")
	}
	return c.wrong
}

// Length is how many characters a text has as UTF-16 counts them.
func Length(text string) int {
	n := 0
	for _, r := range text {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

func in(at string, i int) string { return fmt.Sprintf("%s[%d]", at, i) }

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
