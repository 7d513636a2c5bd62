package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// docsGroup are tags that belong together.
type docsGroup struct {
	Name     string
	Sections []docsSection
}

// docsSection is a tag with its operations.
type docsSection struct {
	Name, Anchor, Description string
	Operations                []docsEntry
}

// docsEntry is an operation as the page shows it.
type docsEntry struct {
	docsOperation
	Method, Path string
	Open         bool
	Fields       []docsField // of the path, the query and the headers
	Body         *docsBody
	Replies      []docsBody
	Refusals     []docsRefusal
	Frame        string // the schema of what it sends, "" for none
	Try          string // what a shell is told
}

// docsRefusal is a refusal that is the same for many operations.
type docsRefusal struct {
	Name     string
	Statuses []string
	docsBody
}

// docsBody is a body, or an answer.
type docsBody struct {
	Status, Description string
	Types               []docsType
}

// docsType is one media type of a body.
type docsType struct {
	Name, Schema, Example string
	Linked                bool
}

// docsField is a parameter, or a member of an object.
type docsField struct {
	Name, In, Kind, Link, Description string
	Required                          bool
	Limits, Values                    []string
}

// docsEntity is a schema as the page shows it.
type docsEntity struct {
	Name    string
	Is      docsField
	Fields  []docsField
	Members []string // of those that are one of several
	Example string
}

// groups are the sections by what they belong to.
func (f docsFile) groups() []docsGroup {
	sections := f.sections()
	out := make([]docsGroup, len(f.Groups))
	for i, g := range f.Groups {
		out[i].Name = g.Name
		for _, s := range sections {
			if slices.Contains(g.Tags, s.Name) {
				out[i].Sections = append(out[i].Sections, s)
			}
		}
	}
	return out
}

func (f docsFile) sections() []docsSection {
	out := make([]docsSection, len(f.Tags))
	for i, t := range f.Tags {
		out[i] = docsSection{Name: t.Name, Anchor: "tag-" + strings.ToLower(t.Name), Description: t.Description}
	}
	for _, p := range f.Paths {
		for _, m := range p.Value.operations() {
			if i := slices.IndexFunc(f.Tags, func(t struct{ Name, Description string }) bool { return t.Name == m.op.Tags[0] }); i >= 0 {
				out[i].Operations = append(out[i].Operations, f.entry(m.method, p.Name, p.Value, *m.op))
			}
		}
	}
	return out
}

// docsMethod is an operation of a path.
type docsMethod struct {
	method string
	op     *docsOperation
}

func (p docsPath) operations() []docsMethod {
	all := []docsMethod{{"GET", p.Get}, {"POST", p.Post}, {"PATCH", p.Patch}, {"DELETE", p.Delete}}
	return slices.DeleteFunc(all, func(m docsMethod) bool { return m.op == nil })
}

func (f docsFile) entry(method, path string, p docsPath, op docsOperation) docsEntry {
	e := docsEntry{docsOperation: op, Method: method, Path: path, Open: op.Security != nil && len(*op.Security) == 0}
	params := slices.Concat(p.Parameters, op.Parameters)
	for i, q := range params {
		if q.Ref != "" {
			params[i] = f.Components.Parameters[refName(q.Ref)]
		}
		q = params[i]
		field := f.field(q.Name, q.Schema, q.Required)
		field.In, field.Description = q.In, cmp.Or(q.Description, field.Description)
		e.Fields = append(e.Fields, field)
	}
	if op.RequestBody != nil {
		body := f.body("", *op.RequestBody)
		e.Body = &body
	}
	for _, r := range op.Responses {
		if r.Value.Ref == "" {
			e.Replies = append(e.Replies, f.body(r.Name, r.Value))
		} else {
			e.Refusals = append(e.Refusals, docsRefusal{Name: refName(r.Value.Ref), Statuses: []string{r.Name}})
		}
	}
	shownOnce(e.Replies)
	if op.Frames != nil {
		e.Frame = refName(op.Frames.Ref)
	}
	e.Try = e.try(params)
	return e
}

func (f docsFile) body(status string, r docsReply) docsBody {
	b := docsBody{Status: status, Description: r.Description}
	for _, c := range r.Content {
		t := docsType{Name: c.Name, Schema: c.Value.Schema.kind(), Linked: c.Value.Schema.Ref != ""}
		t.Example = f.Components.Schemas.get(t.Schema).example()
		b.Types = append(b.Types, t)
	}
	return b
}

// shownOnce takes examples away that an answer before has shown.
func shownOnce(replies []docsBody) {
	var shown []string
	for _, r := range replies {
		for i := range r.Types {
			t := &r.Types[i]
			if slices.Contains(shown, t.Example) {
				t.Example = ""
			}
			shown = append(shown, t.Example)
		}
	}
}

// refusals are those that are the same for many operations, by form and status.
func (f docsFile) refusals() []docsRefusal {
	statuses := map[string][]string{} // by name
	for _, p := range f.Paths {
		for _, m := range p.Value.operations() {
			for _, r := range m.op.Responses {
				if name := refName(r.Value.Ref); name != "" && !slices.Contains(statuses[name], r.Name) {
					statuses[name] = append(statuses[name], r.Name)
				}
			}
		}
	}
	var out []docsRefusal
	for name, all := range statuses {
		out = append(out, docsRefusal{name, slices.Sorted(slices.Values(all)), f.body("", f.Components.Responses[name])})
	}
	slices.SortFunc(out, func(a, b docsRefusal) int {
		// problem documents come first
		return cmp.Or(strings.Compare(b.Types[0].Name, a.Types[0].Name), strings.Compare(a.Types[0].Schema, b.Types[0].Schema), slices.Compare(a.Statuses, b.Statuses))
	})
	return out
}

// example is the first one that is given, on many lines.
func (s docsSchema) example() string {
	if len(s.Examples) == 0 {
		return ""
	}
	var out bytes.Buffer
	_ = json.Indent(&out, s.Examples[0], "", "  ") // was decoded before
	return out.String()
}

// field describes a value; what it refers to says what it does not say itself.
func (f docsFile) field(name string, s docsSchema, required bool) docsField {
	out := docsField{
		Name: name, Kind: s.kind(), Required: required, Limits: s.limits(), Values: s.values(), Description: s.Description,
	}
	out.Link = s.link()
	if s.Ref != "" && out.Description == "" {
		out.Description, _, _ = strings.Cut(f.Components.Schemas.get(out.Link).Description, "\n\n")
	}
	return out
}

// link is the first schema that a schema refers to, "" for none.
func (s docsSchema) link() string {
	if s.Items != nil {
		return s.Items.link()
	}
	for _, one := range s.AnyOf {
		if s.Ref == "" {
			s.Ref = one.Ref
		}
	}
	return refName(s.Ref)
}

func (f docsFile) schemas() []docsEntity {
	var out []docsEntity
	for _, m := range f.Components.Schemas {
		s := m.Value
		e := docsEntity{Name: m.Name, Is: f.field(m.Name, s, false), Example: s.example()}
		for _, p := range s.Properties {
			e.Fields = append(e.Fields, f.field(p.Name, p.Value, slices.Contains(s.Required, p.Name)))
		}
		for _, one := range s.OneOf {
			e.Members = append(e.Members, refName(one.Ref))
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b docsEntity) int { return strings.Compare(a.Name, b.Name) })
	return out
}
