package componenttest

import (
	"regexp"
	"strings"
)

// Reading is what a message is to who looks at it.
type Reading struct {
	Text  string   // what is seen, without marks of Markdown and without what is invisible; a line for each line, and for each button its label in brackets
	Pings []string // who is pinged unless allowed_mentions forbids it: "@everyone", "<@1>", "<@&1>"
	Links []string // where something leads, buttons too
	Made  []string // what else is made of letters: emoji, times, names of channels and commands
}

// Read is what becomes of the components of a message or of the data of a form, any JSON with
// components in it.
func Read(components []byte) Reading {
	r := &reading{}
	r.walk(decoded(components))
	r.Text = unseen.Replace(strings.Join(r.lines, "\n"))
	return r.Reading
}

// unseen takes out what is there and not seen.
var unseen = strings.NewReplacer("\u2060", "", "\u200b", "")

type reading struct {
	Reading
	lines []string
}

// pings are looked for in what was sent.
var pings = regexp.MustCompile(`@everyone|@here|<@[!&]?[0-9]+>`)

// walk looks through a document.
func (r *reading) walk(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			r.walk(e)
		}
	case map[string]any:
		r.thing(v)
		for _, name := range []string{"title", "label", "description"} {
			if text, ok := v[name].(string); ok && v["style"] == nil {
				r.lines = append(r.lines, text)
			}
		}
		for _, name := range []string{"components", "accessory", "component", "items"} {
			r.walk(v[name])
		}
	}
}

// thing is one component: a text, a button.
func (r *reading) thing(o map[string]any) {
	if text, ok := o["content"].(string); ok {
		r.Pings = append(r.Pings, pings.FindAllString(text, -1)...)
		r.lines = append(r.lines, r.parse(text, place{}))
	}
	if link, ok := o["url"].(string); ok {
		r.Links = append(r.Links, link)
	}
	if label, ok := o["label"].(string); ok && o["style"] != nil {
		r.lines = append(r.lines, "["+label+"]")
	}
}
