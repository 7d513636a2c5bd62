package componenttest

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
	if o, ok = v.(map[string]any); !ok {
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

// string is a field with so many characters, "" if it is not there.
func (f *fields) string(at string, o map[string]any, name string, least, most int) string {
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
	if least > 0 && strings.TrimSpace(s) == "" {
		f.bad(at, "has a %s of nothing but spaces", name)
	}
	return s
}

// list is a field with so many entries, and with one at least.
func (f *fields) list(at string, o map[string]any, name string, most int) []any {
	l, ok := o[name].([]any)
	switch {
	case !ok:
		f.bad(at, "has %s that are no list", name)
	case len(l) < 1 || len(l) > most:
		f.bad(at, "has %d %s, not 1 to %d", len(l), name, most)
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

// number is a field that is a whole number within bounds; the least of them if it is not there.
func (f *fields) number(at string, o map[string]any, name string, least, most int) int {
	v, there := o[name]
	if !there {
		return least
	}
	n, _ := v.(json.Number)
	i, err := strconv.Atoi(n.String())
	if err != nil || i < least || i > most {
		f.bad(at, "has a %s of %v, not %d to %d", name, v, least, most)
	}
	return i
}

// mostURL is how long a link of a button is.
const mostURL = 512

// link is a field that is the address of a page, or one of a scheme besides.
func (f *fields) link(at string, o map[string]any, name string, schemes ...string) {
	s := f.string(at, o, name, 1, mostURL)
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || !slices.Contains(append(schemes, "http", "https"), u.Scheme) {
		f.bad(at, "has a %s that is no address: %q", name, s)
	}
}
