package discord

import (
	"encoding/json"
	"strings"
)

// The types of options that hold options.
const (
	optionSub   = 1
	optionGroup = 2
)

// option is an option of a command.
type option struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   json.RawMessage `json:"value"` // a text, a number, or yes and no
	Focused bool            `json:"focused"`
	Options []option        `json:"options"`
}

// order is a command.
type order struct {
	name  string // task
	group string // "" where commands are in none
	sub   string // approve; "" for a command that has none below it
	args  []option
}

// order is the command that somebody gives, or is typing.
func (i *interaction) order() order {
	o := order{name: i.Data.Name, args: i.Data.Options}
	if len(o.args) == 1 && o.args[0].Type == optionGroup {
		o.group, o.args = o.args[0].Name, o.args[0].Options
	}
	if len(o.args) == 1 && o.args[0].Type == optionSub {
		o.sub, o.args = o.args[0].Name, o.args[0].Options
	}
	return o
}

// arg is an option as a text, "" if it was not given.
func (o order) arg(name string) string {
	for _, a := range o.args {
		if a.Name == name {
			return wordOf(a.Value)
		}
	}
	return ""
}

// typing is the option that somebody types in, and what is there so far; the name is "" for none.
func (o order) typing() (name, soFar string) {
	for _, a := range o.args {
		if a.Focused {
			return a.Name, wordOf(a.Value)
		}
	}
	return "", ""
}

// field is a component of a modal, and what is in it. Inputs are within labels, and may be within
// rows.
type field struct {
	CustomID string          `json:"custom_id"`
	Value    json.RawMessage `json:"value"`
	Within   *field          `json:"component"`
	Fields   []field         `json:"components"`
}

// input is what somebody has written in an input, "" if there is none of this name.
func (i *interaction) input(customID string) string {
	for _, f := range i.Data.Fields {
		if in, ok := f.find(customID); ok {
			return wordOf(in.Value)
		}
	}
	return ""
}

func (f *field) find(customID string) (*field, bool) {
	if f.CustomID == customID {
		return f, true
	}
	if f.Within != nil {
		if in, ok := f.Within.find(customID); ok {
			return in, true
		}
	}
	for n := range f.Fields {
		if in, ok := f.Fields[n].find(customID); ok {
			return in, true
		}
	}
	return nil, false
}

// wordOf is a value as a text, "" if it is none of a kind that people give.
func wordOf(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	if text = strings.TrimSpace(string(value)); strings.ContainsAny(text, "{}[]") {
		return ""
	}
	return text // a number, or true, or false
}
