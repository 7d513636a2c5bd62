package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// A tree is a file on the way to its rules.
type tree struct{ file }

// A reader reads a node into what it is made for. Its path, such as rules[1].tell, is what
// problems call it.
type reader func(path string, n ast.Node)

// rules reads a list of rules that stand so deep in each other.
func (t tree) rules(at *[]Rule, depth int) reader {
	return func(path string, n ast.Node) {
		if depth > RuleDepth {
			t.problem(t.line(n), "%s: rules may stand only %d deep in each other", path, RuleDepth)
			return
		}
		t.list(path, n, func(path string, n ast.Node) { *at = append(*at, t.rule(path, n, depth)) })
	}
}

func (t tree) rule(path string, n ast.Node, depth int) Rule {
	r := Rule{Place: t.line(n)}
	t.keys(path, n, map[string]reader{
		"name":        t.text(&r.Name),
		"match":       func(path string, n ast.Node) { t.keys(path, n, t.match(&r)) },
		"tell":        t.texts(&r.Tell),
		"by":          t.texts(&r.By),
		"digest":      t.text(&r.Digest),
		"group":       t.texts(&r.Group),
		"longer_than": t.wait(&r.Longer),
		"escalate":    t.stages(&r.Escalate),
		"continue":    t.flag(&r.Continue),
		rulesKey:      t.rules(&r.Rules, depth+1),
	})
	return r
}

// match are the keys of what a rule is about.
func (t tree) match(r *Rule) map[string]reader {
	return map[string]reader{
		"kind":  t.texts(&r.Kinds),
		"owner": t.texts(&r.Owners),
		"label": t.labels(&r.Labels),
		"class": t.texts(&r.Classes),
		"event": t.texts(&r.Events),
	}
}

func (t tree) stages(at *[]Stage) reader {
	return func(path string, n ast.Node) {
		t.list(path, n, func(path string, n ast.Node) {
			var s Stage
			t.keys(path, n, map[string]reader{"after": t.wait(&s.After), "tell": t.texts(&s.Tell), "by": t.texts(&s.By)})
			*at = append(*at, s)
		})
	}
}

// list reads each item of a list.
func (t tree) list(path string, n ast.Node, item reader) {
	if empty(n) {
		return
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		t.problem(t.line(n), "%s: must be a list, each of its items behind a -", path)
		return
	}
	for i, n := range list.Values {
		path := fmt.Sprintf("%s[%d]", path, i)
		if empty(n) {
			t.problem(t.line(n), "%s: is empty", path)
			continue
		}
		item(path, n)
	}
}

// keys reads the values of keys that are known.
func (t tree) keys(path string, n ast.Node, known map[string]reader) {
	t.pairs(path+".", n, func(name string, v *ast.MappingValueNode) {
		if read, ok := known[name]; ok {
			read(path+"."+name, v.Value)
			return
		}
		hint := didYouMean(name, slices.Sorted(maps.Keys(known)))
		if _, inside := t.match(&Rule{})[name]; inside && known["match"] != nil {
			hint = "; did you mean " + name + " in the section match?"
		}
		t.problem(t.line(v.Key), "there is no setting %s.%s%s", path, name, hint)
	})
}

// value reads one plain value.
func (t tree) value(path string, n ast.Node) string {
	text, ok := scalar(n)
	if !ok {
		t.problem(t.line(n), "%s: must be one plain value", path)
	}
	return text
}

func (t tree) text(at *string) reader {
	return func(path string, n ast.Node) { *at = t.value(path, n) }
}

// texts reads one value, or some that commas part, or a list.
func (t tree) texts(at *[]string) reader {
	return func(path string, n ast.Node) {
		if _, many := n.(*ast.SequenceNode); many {
			t.list(path, n, func(path string, n ast.Node) { *at = append(*at, t.value(path, n)) })
			return
		}
		for part := range strings.SplitSeq(t.value(path, n), ",") {
			if part = strings.TrimSpace(part); part != "" {
				*at = append(*at, part)
			}
		}
	}
}

// labels reads a value for each name. One without would match what nobody means.
func (t tree) labels(at *map[string]string) reader {
	return func(path string, n ast.Node) {
		*at = map[string]string{}
		t.pairs(path+".", n, func(name string, v *ast.MappingValueNode) {
			if empty(v.Value) {
				t.problem(t.line(v.Key), `%s.%s: must be a value, "*" for any`, path, name)
				return
			}
			(*at)[name] = t.value(path+"."+name, v.Value)
		})
	}
}

func (t tree) flag(at *bool) reader {
	return func(path string, n ast.Node) { *at = parsed(t, path, n, parseBool) }
}

func (t tree) wait(at *time.Duration) reader {
	return func(path string, n ast.Node) { *at = parsed(t, path, n, parseWait) }
}

// parsed is a plain value as what it means, or nothing of an empty one.
func parsed[T any](t tree, path string, n ast.Node, parse func(string) (T, error)) (v T) {
	text := t.value(path, n)
	if text == "" {
		return v
	}
	v, err := parse(text)
	if err != nil {
		t.problem(t.line(n), "%s: %s", path, err)
	}
	return v
}
