package pipeline

import (
	"encoding/json"
	"regexp"
	"strconv"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/taskherald/herald/progress"
)

// inputsInto reads any value as JSON.
func inputsInto(to *json.RawMessage) func(value) {
	return func(v value) {
		if v.null() {
			return
		}
		most := progress.DefaultLimits().Document
		text, ok := asJSON(nil, v, 0)
		if ok && len(text) > most {
			v.wrong("is %d bytes long as JSON; at most %d are taken", len(text), most)
		}
		*to = text
	}
}

// numeric is a text without quotes that some read as a number.
var numeric = regexp.MustCompile(`^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$`)

// maxJSON is how deep inputs may be nested, as in progress.
const maxJSON = 100

// asJSON appends a value as JSON.
func asJSON(to []byte, v value, depth int) ([]byte, bool) {
	if depth > maxJSON {
		v.wrong("is nested more than %d levels deep", maxJSON)
		return to, false
	}
	if _, ok := pairsOf(v.node); ok {
		return asObject(to, v, depth)
	}
	switch n := v.node.(type) {
	case *ast.SequenceNode:
		return asArray(to, v, depth)
	case nil, *ast.NullNode, *ast.CommentGroupNode:
		return append(to, "null"...), v.r.left >= 0
	case *ast.BoolNode:
		return strconv.AppendBool(to, n.Value), true
	case *ast.IntegerNode, *ast.FloatNode:
		if s, _ := plain(n); digits.MatchString(s) {
			return append(to, s...), true
		}
		return to, unlike(v)
	case *ast.StringNode:
		if n.Token.Type == token.StringType && numeric.MatchString(n.Value) {
			return to, unlike(v)
		}
	case *ast.NanNode, *ast.InfinityNode:
		v.wrong("is no number that JSON has; write it in quotes")
		return to, false
	}
	s, ok := v.text()
	quoted, err := json.Marshal(s)
	return append(to, quoted...), ok && err == nil
}

func unlike(v value) bool {
	v.wrong("is a number that not all read alike; write it with plain digits, or in quotes")
	return false
}

func asObject(to []byte, v value, depth int) ([]byte, bool) {
	entries, good := v.entries()
	to = append(to, '{')
	for i, e := range entries {
		if i > 0 {
			to = append(to, ',')
		}
		name, err := json.Marshal(e.key)
		to = append(append(to, name...), ':')
		var ok bool
		to, ok = asJSON(to, e.value, depth+1)
		if good = good && ok && err == nil; v.r.left < 0 {
			break
		}
	}
	return append(to, '}'), good
}

func asArray(to []byte, v value, depth int) ([]byte, bool) {
	good := true
	to = append(to, '[')
	for i, n := range v.node.(*ast.SequenceNode).Values { //nolint:errcheck,forcetypeassert // json has looked
		if i > 0 {
			to = append(to, ',')
		}
		var ok bool
		to, ok = asJSON(to, v.r.value(n, placeOf(n), v.item(i)), depth+1)
		if good = good && ok; v.r.left < 0 {
			break
		}
	}
	return append(to, ']'), good
}
