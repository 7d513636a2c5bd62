package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// file reads a file of settings, which a flag or a variable has named.
func (l *loader) file(path, named string) {
	text, err := os.ReadFile(path)
	if err != nil {
		if cause, ok := errors.AsType[*fs.PathError](err); ok {
			err = cause.Err
		}
		l.problem(named, "cannot read %s: %s", path, err)
		return
	}
	// Duplicates are found below, so that other problems are found too.
	tree, err := parser.ParseBytes(bytes.TrimPrefix(text, []byte("\ufeff")), 0, parser.AllowDuplicateMapKey())
	f := file{l, path}
	if e, ok := errors.AsType[*yaml.SyntaxError](err); ok {
		l.problem(f.at(e.Token.Position.Line), "%s", e.Message) // not Error, which quotes the line
		return
	}
	if err != nil {
		l.problem(path, "is not YAML")
		return
	}
	for i, doc := range tree.Docs {
		if i > 0 {
			l.problem(f.line(doc.Body), "a second document begins; put all settings into one")
			return
		}
		f.section("", doc.Body)
	}
}

// A file is a file of settings on its way into a Config.
type file struct {
	*loader
	path string
}

func (f file) at(line int) string { return fmt.Sprintf("%s:%d", f.path, line) }

// line is the place of a node.
func (f file) line(n ast.Node) string {
	if n == nil || n.GetToken() == nil {
		return f.path
	}
	return f.at(n.GetToken().Position.Line)
}

// section reads the settings whose keys begin with a prefix.
func (f file) section(prefix string, n ast.Node) {
	f.pairs(prefix, n, func(name string, v *ast.MappingValueNode) { f.setting(prefix, name, v) })
}

// pairs reads what is given as key: value, each key once.
func (f file) pairs(prefix string, n ast.Node, read func(name string, v *ast.MappingValueNode)) {
	if empty(n) {
		return
	}
	pairs, ok := n.(*ast.MappingNode)
	if !ok {
		if prefix != "" {
			prefix = strings.TrimSuffix(prefix, ".") + ": "
		}
		f.problem(f.line(n), "%smust be settings, each as key: value", prefix)
		return
	}
	seen := map[string]string{}
	for _, v := range pairs.Values {
		name := v.Key.GetToken().Value
		if before, twice := seen[name]; twice {
			f.problem(f.line(v.Key), "%s%s is here for the second time; it is also at %s", prefix, name, before)
			continue
		}
		seen[name] = f.line(v.Key)
		read(name, v)
	}
}

// empty reports whether a node is nothing, or has only comments.
func empty(n ast.Node) bool {
	switch n.(type) {
	case nil, *ast.NullNode, *ast.CommentGroupNode:
		return true
	}
	return false
}

// setting reads one setting, or the section of that name.
func (f file) setting(prefix, name string, v *ast.MappingValueNode) {
	key, known := prefix+name, Settings()
	if key == rulesKey {
		f.config.places[key] = f.line(v.Key)
		tree{f}.rules(&f.config.Rules, 1)(key, v.Value)
		return
	}
	if slices.ContainsFunc(known, func(s Setting) bool { return strings.HasPrefix(s.Key, key+".") }) {
		f.section(key+".", v.Value)
		return
	}
	i := slices.IndexFunc(known, func(s Setting) bool { return s.Key == key })
	if i < 0 || strings.Contains(name, ".") {
		f.problem(f.line(v.Key), "there is no setting %s%s", key, suggest(key, known))
		return
	}
	if words, ok := f.words(known[i], v.Value); ok {
		f.give(known[i], f.line(v.Key), words)
	}
}

// suggest names a setting that is like a key, or has its name in a section.
func suggest(key string, known []Setting) string {
	keys := []string{rulesKey}
	for _, s := range known {
		if section, name, ok := strings.Cut(s.Key, "."); ok && (key == name || key == s.Key) {
			return "; did you mean " + name + " in the section " + section + "?"
		}
		keys = append(keys, s.Key)
	}
	return didYouMean(key, keys)
}

// words reads a value, or the values of a list.
func (f file) words(s Setting, n ast.Node) ([]word, bool) {
	if text, ok := scalar(n); ok {
		return asWords(s, text, f.line(n)), true
	}
	list, ok := n.(*ast.SequenceNode)
	switch {
	case !s.field.list:
		f.problem(f.line(n), "%s: must be one plain value", s.Key)
		return nil, false
	case !ok:
		f.problem(f.line(n), "%s: must be a list of plain values", s.Key)
		return nil, false
	}
	var words []word
	for _, item := range list.Values {
		text, ok := scalar(item)
		if !ok {
			f.problem(f.line(item), "%s: must be a list of plain values", s.Key)
			return nil, false
		}
		words = append(words, word{text, f.line(item)})
	}
	return words, true
}

// scalar is the text of a plain value.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.NullNode:
		return "", true
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode, *ast.BoolNode:
		return strings.TrimSpace(n.GetToken().Value), true
	}
	return "", false
}
