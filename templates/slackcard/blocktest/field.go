package blocktest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// fields reads the fields of objects, and gathers what is wrong with them.
type fields struct{ wrong []string }

func (f *fields) bad(at, format string, args ...any) {
	f.wrong = append(f.wrong, at+" "+fmt.Sprintf(format, args...))
}

// object is a thing with fields: all that it needs, and none that it may not have.
func (f *fields) object(at string, v any, need, may string) (o map[string]any, ok bool) {
	o, ok = v.(map[string]any)
	if !ok {
		f.bad(at, "is no object")
		return nil, false
	}
	for name := range strings.FieldsSeq(need) {
		if _, there := o[name]; !there {
			f.bad(at, "has no %s", name)
			ok = false
		}
	}
	known := strings.Fields(need + " " + may)
	for name := range o {
		if !slices.Contains(known, name) {
			f.bad(at, "has an unknown field %q", name)
			ok = false
		}
	}
	return o, ok
}

// text is a field with so many characters, "" if it is not there.
func (f *fields) text(at string, o map[string]any, name string, least, most int) string {
	v, there := o[name]
	if !there {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		f.bad(at, "has a %s that is no text", name)
		return ""
	}
	if n := Length(s); n < least || n > most {
		f.bad(at, "has a %s of %d characters, not %d to %d", name, n, least, most)
	}
	return s
}

// list is a field with so many entries.
func (f *fields) list(at string, o map[string]any, name string, least, most int) []any {
	v, there := o[name]
	if !there {
		return nil
	}
	l, ok := v.([]any)
	if !ok {
		f.bad(at, "has %s that are no list", name)
		return nil
	}
	if len(l) < least || len(l) > most {
		f.bad(at, "has %d %s, not %d to %d", len(l), name, least, most)
	}
	return l
}

// flag is a field that is true or false.
func (f *fields) flag(at string, o map[string]any, names ...string) {
	for _, name := range names {
		if v, there := o[name]; there {
			if _, ok := v.(bool); !ok {
				f.bad(at, "has a %s that is neither true nor false", name)
			}
		}
	}
}

// number is a field that is a whole number within bounds.
func (f *fields) number(at string, o map[string]any, name string, least, most int) {
	v, there := o[name]
	if !there {
		return
	}
	n, _ := v.(json.Number)
	if i, err := strconv.Atoi(n.String()); err != nil || i < least || i > most {
		f.bad(at, "has a %s of %v, not %d to %d", name, v, least, most)
	}
}

// choice is a field that is one of some words.
func (f *fields) choice(at string, o map[string]any, name string, words ...string) {
	if v, there := o[name]; there {
		if s, _ := v.(string); !slices.Contains(words, s) {
			f.bad(at, "has the %s %q, not one of %q", name, v, words)
		}
	}
}

// mostURL is how long a link is.
const mostURL = 3000

// link is a field that is a URL of a page.
func (f *fields) link(at string, o map[string]any, name string) {
	s := f.text(at, o, name, 1, mostURL)
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		f.bad(at, "has a %s that is no link to a page: %q", name, s)
	}
}

// in names an entry.
func in(at, name string, i int) string { return at + "." + name + "[" + strconv.Itoa(i) + "]" }
