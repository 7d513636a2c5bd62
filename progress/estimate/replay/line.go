package replay

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// line is a line of a trace: what it says, by name.
type line map[string]json.RawMessage

// text is a field's text, or anything else as it is written; "" for nothing.
func (l line) text(name string) string { return textOf(l[name]) }

func textOf(raw json.RawMessage) string {
	var text *string
	if len(raw) == 0 || json.Unmarshal(raw, &text) != nil {
		return string(raw)
	}
	if text == nil {
		return ""
	}
	return *text
}

// word is a field's text in lower case, for what is one of some words.
func (l line) word(name string) string { return strings.ToLower(strings.TrimSpace(l.text(name))) }

// number is a field's number, also one in quotes; false if it has none.
func (l line) number(name string) (float64, bool) {
	text, _ := strings.CutSuffix(l.word(name), "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if math.IsNaN(n) || err != nil && n == 0 {
		return 0, false
	}
	return min(max(n, -math.MaxFloat64), math.MaxFloat64), true
}

// time is the line's time in seconds, also where it is written as a date; false
// if it has none.
func (l line) time() (float64, bool) {
	if t, ok := l.number("t"); ok {
		return t, true
	}
	at, err := time.Parse(time.RFC3339, l.text("t"))
	return float64(at.UnixMicro()) / 1e6, err == nil
}

// plan are the names of the planned steps, also where they are objects that have
// one.
func (l line) plan() []string {
	var all []json.RawMessage
	if json.Unmarshal(l["plan"], &all) != nil {
		return nil
	}
	names := make([]string, len(all))
	for i, raw := range all {
		var step line
		if json.Unmarshal(raw, &step) == nil && step["name"] != nil {
			raw = step["name"]
		}
		names[i] = textOf(raw)
	}
	return names
}

// size is the complexity, nil if it is not given.
func (l line) size() *float64 {
	if n, ok := l.number("complexity"); ok {
		return &n
	}
	return nil
}
