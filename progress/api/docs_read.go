package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// What the page shows of the document, as it is there.
type (
	docsFile struct {
		Info   struct{ Title, Summary, Description, Version string }
		Tags   []struct{ Name, Description string }
		Groups []struct {
			Name string
			Tags []string
		} `json:"x-tagGroups"`
		Paths      ordered[docsPath]
		Components struct {
			Schemas    ordered[docsSchema]
			Parameters map[string]docsParameter
			Responses  map[string]docsReply
		}
	}
	docsPath struct {
		Parameters               []docsParameter
		Get, Post, Patch, Delete *docsOperation
	}
	docsOperation struct {
		Tags        []string
		ID          string `json:"operationId"`
		Summary     string
		Description string
		Right       string `json:"x-right"`
		Security    *[]any
		Parameters  []docsParameter
		RequestBody *docsReply
		Responses   ordered[docsReply]
		Frames      *docsSchema `json:"x-frames"`
	}
	docsParameter struct {
		Ref         string `json:"$ref"`
		Name        string
		In          string
		Description string
		Required    bool
		Schema      docsSchema
		Example     any
	}
	docsReply struct {
		Ref         string `json:"$ref"`
		Description string
		Required    bool
		Content     ordered[struct{ Schema docsSchema }]
	}
	docsSchema struct {
		Ref           string `json:"$ref"`
		Description   string
		Type          any // a text, or a list of them
		Enum          []any
		Const         any
		Properties    ordered[docsSchema]
		Required      []string
		Items         *docsSchema
		AnyOf, OneOf  []docsSchema
		Minimum       *json.Number
		Maximum       *json.Number
		MaxLength     *int
		MaxItems      *int
		MaxProperties *int
		Default       any
		Examples      []json.RawMessage
	}
)

// ordered are the members of a JSON object in their order.
type ordered[T any] []struct {
	Name  string
	Value T
}

// UnmarshalJSON reads an object.
func (o *ordered[T]) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if _, err := d.Token(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		m := struct {
			Name  string
			Value T
		}{Name: fmt.Sprint(name)}
		if err := d.Decode(&m.Value); err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
		*o = append(*o, m)
	}
	return nil
}

// get is a member's value, the zero one if there is none.
func (o ordered[T]) get(name string) (v T) {
	for _, m := range o {
		if m.Name == name {
			return m.Value
		}
	}
	return v
}

// refName is what a reference names.
func refName(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

// kind is the schema's type in words, such as "array of string".
func (s docsSchema) kind() string {
	switch {
	case s.Ref != "":
		return refName(s.Ref)
	case s.Items != nil:
		return "array of " + s.Items.kind()
	case len(s.AnyOf) > 0 && s.Type == nil:
		return joined(s.AnyOf, docsSchema.kind)
	case len(s.OneOf) > 0:
		return joined(s.OneOf, docsSchema.kind)
	}
	switch t := s.Type.(type) {
	case string:
		return t
	case []any:
		return joined(t, func(v any) string { return fmt.Sprint(v) })
	}
	return "anything"
}

// joined are names of which one is it.
func joined[T any](all []T, name func(T) string) string {
	names := make([]string, len(all))
	for i, v := range all {
		names[i] = name(v)
	}
	return strings.Join(names, " or ")
}

// limits are what is said of the schema's values, in words.
func (s docsSchema) limits() []string {
	var out []string
	add := func(format string, v any) { out = append(out, fmt.Sprintf(format, v)) }
	switch {
	case s.Minimum != nil && s.Maximum != nil:
		add("%v", s.Minimum.String()+" to "+s.Maximum.String())
	case s.Minimum != nil:
		add("%v or more", *s.Minimum)
	case s.Maximum != nil:
		add("%v or less", *s.Maximum)
	}
	for _, most := range []struct {
		n    *int
		what string
	}{{s.MaxLength, "characters"}, {s.MaxItems, "items"}, {s.MaxProperties, "members"}} {
		if most.n != nil {
			add("at most %v", fmt.Sprint(*most.n, " ", most.what))
		}
	}
	if s.Default != nil {
		add("%v by default", s.Default)
	}
	return out
}

// values are all that the schema lets through, if it lists them.
func (s docsSchema) values() []string {
	var out []string
	for _, v := range s.Enum {
		text, _ := json.Marshal(v) // was JSON before
		if v != "" {
			out = append(out, strings.Trim(string(text), `"`))
		}
	}
	if s.Const != nil {
		out = append(out, fmt.Sprint(s.Const))
	}
	return out
}
