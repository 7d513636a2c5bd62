package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// form are the fields of a body on the executions face, by their exact names,
// and all that is wrong with them. A field that is null is as good as absent.
type form struct {
	all   map[string]json.RawMessage // nil for no body, or null
	wrong []misfit
}

// readForm reads a body that has to be one JSON object, or may be none.
func readForm(c *call) (*form, []byte, error) {
	body, err := c.body()
	if err != nil || len(bytes.TrimSpace(body)) == 0 {
		return &form{}, body, err
	}
	f := &form{}
	if err := json.Unmarshal(body, &f.all); err != nil {
		return nil, nil, noForm(err)
	}
	if !utf8.Valid(body) {
		return nil, nil, noJSON(len(body)-len(afterText(body)), "it is not UTF-8")
	}
	for name, v := range f.all {
		if string(v) == "null" {
			delete(f.all, name)
		}
	}
	return f, body, nil
}

// afterText is what of a text comes from its first byte on that is no UTF-8.
func afterText(b []byte) []byte {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			return b
		}
		b = b[size:]
	}
	return b
}

// noForm says why a body is no JSON object.
func noForm(err error) error {
	e, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return unfit(misfit{Loc: []any{"body"}, Msg: "Input should be a valid dictionary", Type: "dict_type"})
	}
	at := int(e.Offset) - 1 // of the byte that cannot be
	if strings.HasPrefix(e.Error(), "unexpected end") {
		at++
	}
	return noJSON(max(at, 0), e.Error())
}

// noJSON says that a body is no JSON from a byte on.
func noJSON(at int, why string) error {
	return unfit(misfit{Loc: []any{"body", at}, Msg: "JSON decode error: " + why, Type: "json_invalid"})
}

// blame notes what is wrong with a field.
func (f *form) blame(name, kind, msg string) {
	f.wrong = append(f.wrong, misfit{Loc: []any{"body", name}, Msg: msg, Type: kind})
}

// err is nil if nothing is wrong.
func (f *form) err() error { return unfit(f.wrong...) }

// fine reports whether a field is there and nothing is wrong with it so far.
func (f *form) fine(name string) bool {
	return f.all[name] != nil && !slices.ContainsFunc(f.wrong, func(m misfit) bool { return m.Loc[1] == name })
}

// need notes the fields that are not there.
func (f *form) need(names ...string) {
	for _, name := range names {
		if f.all[name] == nil {
			f.blame(name, "missing", required)
		}
	}
}

// text is a field that must be a text, "" if it is absent.
func (f *form) text(name string) (s string) {
	v, ok := f.all[name]
	switch {
	case !ok:
	case json.Unmarshal(v, &s) != nil:
		f.blame(name, "string_type", "Input should be a valid string")
	case strings.ContainsRune(s, 0):
		f.blame(name, "value_error", "Value error, it holds a NUL character")
	}
	return s
}

// word is a field that must be one of some words.
func (f *form) word(name string, words []string) (s string) {
	if v, ok := f.all[name]; ok && (json.Unmarshal(v, &s) != nil || !slices.Contains(words, s)) {
		f.blame(name, "literal_error", "Input should be "+either(words))
	}
	return s
}

// object is a field that must be an object, nil if it is absent.
func (f *form) object(name string) json.RawMessage {
	v := f.all[name]
	if v != nil && v[0] != '{' {
		f.blame(name, "dict_type", "Input should be a valid dictionary")
	}
	return v
}

// either are words of which one is meant.
func either(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return "'" + words[0] + "'"
	}
	return "'" + strings.Join(words[:last], "', '") + "' or '" + words[last] + "'"
}
