package api

import (
	"encoding/json"
	"slices"

	"github.com/goccy/go-yaml"
)

// object is a JSON object whose members stand in an order, for people to read.
// It is never changed in place.
type object yaml.MapSlice

// get is a member's value, nil if there is none.
func (o object) get(name string) any {
	i := o.index(name)
	if i < 0 {
		return nil
	}
	if inner, ok := o[i].Value.(yaml.MapSlice); ok {
		return object(inner)
	}
	return o[i].Value
}

func (o object) index(name any) int {
	return slices.IndexFunc(o, func(m yaml.MapItem) bool { return m.Key == name })
}

// with is the object with a member, in its place if it was there, else last.
func (o object) with(name string, value any) object {
	out := slices.Clone(o)
	if i := out.index(name); i >= 0 {
		out[i].Value = value
		return out
	}
	return append(out, yaml.MapItem{Key: name, Value: value})
}

// merge is the object with the members of another, of which objects that are
// in both are merged too.
func (o object) merge(more object) object {
	for _, m := range more {
		name, _ := m.Key.(string)
		have, ok1 := o.get(name).(object)
		add, ok2 := more.get(name).(object)
		if ok1 && ok2 {
			o = o.with(name, have.merge(add))
		} else {
			o = o.with(name, m.Value)
		}
	}
	return o
}

// appendJSON writes the object behind b.
func (o object) appendJSON(b []byte) ([]byte, error) {
	b = append(b, '{')
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendJSON(b, m.Key); err != nil {
			return nil, err
		}
		if b, err = appendJSON(append(b, ':'), m.Value); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// appendJSON writes a value of a document.
func appendJSON(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case object:
		return v.appendJSON(b)
	case yaml.MapSlice:
		return object(v).appendJSON(b)
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = appendJSON(b, e); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	}
	text, err := json.Marshal(v)
	return append(b, text...), err
}
