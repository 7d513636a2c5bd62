package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
)

// A reader turns the text of a file into a pipeline and problems.
type reader struct {
	file     string
	problems Problems
	targets  map[*ast.AliasNode]ast.Node // what each alias stands for
	left     int                         // how many values may yet be looked at
}

// A place is a line and a column, each from 1.
type place struct{ line, column int }

// A value is a node of the file on its way into a pipeline.
type value struct {
	r    *reader
	node ast.Node // no alias and no anchor; nil for what is not there
	at   place
	path string
}

// maxProblems is how many problems of one file are remembered.
const maxProblems = 10_000

func (r *reader) problem(at place, path, format string, args ...any) {
	if r.left < 0 || len(r.problems) >= maxProblems {
		return // what follows from it, or what nobody reads
	}
	r.problems = append(r.problems, Problem{
		File: r.file, Line: max(at.line, 1), Column: max(at.column, 1), Path: path, Say: fmt.Sprintf(format, args...),
	})
}

func (v value) wrong(format string, args ...any) { v.r.problem(v.at, v.path, format, args...) }

// open parses the text into its one document.
func (r *reader) open(text []byte) (value, bool) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !r.readable(text) {
		return value{}, false
	}
	tokens := lexer.Tokenize(string(text))
	if !r.bounded(tokens) {
		return value{}, false
	}
	// Duplicate keys are found later, so that other problems are found too.
	tree, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(text, err)
		return value{}, false
	}
	r.left = len(tokens) + maxRepeated
	return r.document(tree)
}

// syntax tells what is not YAML.
func (r *reader) syntax(text []byte, err error) {
	e, ok := errors.AsType[*yaml.SyntaxError](err)
	if !ok || e.Token == nil {
		r.problem(place{1, 1}, "", "is not YAML")
		return
	}
	at := place{e.Token.Position.Line, e.Token.Position.Column}
	if tab, ok := tabbed(text, at.line); ok {
		r.problem(tab, "", "is indented with a tab; YAML wants spaces")
		return
	}
	tip := ""
	if strings.Contains(e.Message, "mapping value is not allowed") {
		tip = "; a text with a colon and a space needs quotes, or a line of its own below |"
	}
	r.problem(at, "", "is not YAML: %s%s", e.Message, tip) // not Error, which quotes the line
}

// document is the mapping that the file has to be.
func (r *reader) document(tree *ast.File) (value, bool) {
	var root ast.Node
	for _, doc := range tree.Docs {
		switch body := doc.Body.(type) {
		case nil, *ast.CommentGroupNode:
		case *ast.DirectiveNode:
			r.problem(placeOf(body), "", "is a directive; delete the line")
			return value{}, false
		default:
			if root != nil {
				r.problem(placeOf(body), "", "a second document begins; put each pipeline into a file of its own")
				return value{}, false
			}
			root = body
		}
	}
	r.targets = map[*ast.AliasNode]ast.Node{}
	r.prepare(root, map[string]ast.Node{})
	v := r.value(root, place{1, 1}, "")
	if v.null() {
		v.wrong("is empty; write steps: and below it - name: … with run: …")
		return v, false
	}
	return v, true
}

// prepare finds what each alias stands for: the newest anchor of its name that
// is complete by then, so that nothing contains itself. It refuses tags.
func (r *reader) prepare(n ast.Node, anchors map[string]ast.Node) {
	switch n := n.(type) {
	case *ast.MappingNode:
		for _, pair := range n.Values {
			r.prepare(pair, anchors)
		}
	case *ast.MappingValueNode:
		r.prepare(n.Key, anchors)
		r.prepare(n.Value, anchors)
	case *ast.SequenceNode:
		for _, item := range n.Values {
			r.prepare(item, anchors)
		}
	case *ast.AnchorNode:
		r.prepare(n.Value, anchors)
		anchors[n.Name.GetToken().Value] = n.Value
	case *ast.AliasNode:
		name := n.Value.GetToken().Value
		target, known := anchors[name]
		if !known {
			r.problem(placeOf(n), "", "there is no anchor &%s before it", name)
		}
		r.targets[n] = target
	case *ast.TagNode:
		r.problem(placeOf(n), "", "has the tag %s; write the value without it", n.GetToken().Value)
		r.prepare(n.Value, anchors)
	}
}

// maxRepeated is how many values aliases may add to those of a file.
const maxRepeated = 200_000

// value looks through anchors, aliases and tags. A value that is not there has
// the place of what it should belong to.
func (r *reader) value(n ast.Node, at place, path string) value {
	if r.left == 0 {
		r.problem(at, path, "is too much: aliases add more than %d values to this file", maxRepeated)
	}
	if r.left--; r.left < 0 {
		return value{r: r, at: at, path: path}
	}
	if n != nil {
		if _, null := n.(*ast.NullNode); !null {
			at = placeOf(n)
		}
	}
	return value{r: r, node: r.resolve(n), at: at, path: path}
}

func (r *reader) resolve(n ast.Node) ast.Node {
	for {
		switch inner := n.(type) {
		case *ast.AnchorNode:
			n = inner.Value
		case *ast.TagNode:
			n = inner.Value
		case *ast.AliasNode:
			n = r.targets[inner]
		default:
			return n
		}
	}
}

// null tells whether there is no value, or null.
func (v value) null() bool {
	switch v.node.(type) {
	case nil, *ast.NullNode, *ast.CommentGroupNode:
		return true
	}
	return false
}

// placeOf is where a node begins. The parser's token of a mapping is its first
// colon.
func placeOf(n ast.Node) place {
	switch m := n.(type) {
	case *ast.MappingNode:
		if len(m.Values) > 0 && !m.IsFlowStyle {
			return placeOf(m.Values[0])
		}
	case *ast.MappingValueNode:
		return placeOf(m.Key)
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return place{1, 1}
	}
	return place{n.GetToken().Position.Line, n.GetToken().Position.Column}
}

// under is the path of a key in a mapping.
func (v value) under(key string) string {
	return strings.TrimPrefix(v.path+"."+key, ".")
}

// item is the path of an item in a list.
func (v value) item(i int) string { return v.path + "[" + strconv.Itoa(i) + "]" }
