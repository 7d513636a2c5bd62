package pipeline

import (
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// An entry is a key of a mapping with its value.
type entry struct {
	key   string
	at    place // of the key
	value value
}

// keys are the known keys of a mapping, each with what reads its value.
type keys map[string]func(value)

// fields reads a mapping that has only known keys.
func (v value) fields(known keys) {
	entries, ok := v.entries()
	if !ok {
		return
	}
	for _, e := range entries {
		if read := known[e.key]; read != nil {
			read(e.value)
		} else if v.path != "" || !strings.HasPrefix(e.key, "x-") {
			v.r.problem(e.at, e.value.path, "there is no such key here; %s", hint(e.key, slices.Sorted(maps.Keys(known))))
		}
	}
}

// entries lists what a mapping holds, what << merges into it last. It refuses
// keys that are there twice.
func (v value) entries() ([]entry, bool) {
	pairs, ok := pairsOf(v.node)
	if !ok {
		v.wrong("must be key: value, line by line")
		return nil, false
	}
	var list, merged []entry
	seen := map[string]place{}
	for _, p := range pairs {
		at := placeOf(p.Key)
		if p.Key.IsMergeKey() {
			merged = append(merged, v.r.value(p.Value, at, v.under("<<")).merge(true)...)
			continue
		}
		key, ok := keyOf(p.Key)
		if !ok {
			v.r.problem(at, v.path, "must have plain text as its key")
			continue
		}
		if before, twice := seen[key]; twice {
			v.r.problem(at, v.under(key), "is here for the second time; it is also at line %d", before.line)
			continue
		}
		seen[key] = at
		list = append(list, entry{key, at, v.r.value(p.Value, at, v.under(key))})
	}
	for _, e := range merged {
		if _, own := seen[e.key]; !own {
			seen[e.key] = e.at
			e.value.path = v.under(e.key)
			list = append(list, e)
		}
	}
	return list, true
}

// merge is what << brings: the entries of a mapping, or of a list of them.
func (v value) merge(list bool) []entry {
	if _, ok := pairsOf(v.node); ok {
		entries, _ := v.entries()
		return entries
	}
	seq, ok := v.node.(*ast.SequenceNode)
	if !ok || !list {
		v.wrong("must be an alias of a mapping, such as <<: *name")
		return nil
	}
	var all []entry
	for _, n := range seq.Values {
		all = append(all, v.r.value(n, v.at, v.path).merge(false)...)
	}
	return all
}

func pairsOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// keyOf is the text of a key, as it is written.
func keyOf(n ast.MapKeyNode) (string, bool) {
	if s, ok := n.(*ast.StringNode); ok {
		return s.Value, true
	}
	return plain(n)
}

// items lists what a list holds. One thing by itself is a list of one.
func (v value) items() []value {
	seq, ok := v.node.(*ast.SequenceNode)
	if !ok {
		return []value{v}
	}
	list := make([]value, len(seq.Values))
	for i, n := range seq.Values {
		list[i] = v.r.value(n, placeOf(n), v.item(i))
	}
	return list
}
