package templates

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// Hash is a fingerprint of what the card shows: two cards that look the same have
// the same, whatever their versions. How times are written is not in it: 18:04 is
// written otherwise on another day.
func (c Card) Hash() string {
	c.Version = 0
	c.Alarm, c.Outcome = c.Alarm.timeless(), c.Outcome.timeless()
	if c.Ask != nil {
		ask := *c.Ask
		ask.Until = ask.Until.timeless()
		c.Ask = &ask
	}
	c.Facts = slices.Clone(c.Facts)
	for i, f := range c.Facts {
		if !f.At.IsZero() {
			c.Facts[i].Value, c.Facts[i].Text = "", ""
		}
	}
	shown, _ := json.Marshal(c) // of plain values: cannot fail
	sum := sha256.Sum256(shown)
	return hex.EncodeToString(sum[:16])
}

// timeless is what is said, without how its time is written.
func (s *Said) timeless() *Said {
	if s == nil || s.clock == "" {
		return s
	}
	return &Said{Text: strings.Replace(s.Text, s.clock, "", 1), At: s.At}
}
