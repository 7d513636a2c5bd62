package pipeline

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"
)

// What a file may hold. The parser's time grows with the square of some of
// these, so they are looked at before it begins.
const (
	maxSize  = 1 << 20 // bytes
	maxDepth = 200     // mappings and lists in each other
	maxKeys  = 2_000   // of one mapping
	maxItems = 20_000  // of one list
	maxRare  = 2_000   // anchors, aliases, tags and other marks, of each
)

// readable refuses bytes that cannot be a file of text.
func (r *reader) readable(text []byte) bool {
	if len(text) > maxSize {
		r.problem(place{1, 1}, "", "is larger than 1 MiB; put long commands into scripts of their own")
		return false
	}
	line, column := 1, 1
	for len(text) > 0 {
		c, size := utf8.DecodeRune(text)
		switch {
		case c == utf8.RuneError && size == 1:
			r.problem(place{line, column}, "", "is not UTF-8 text; save it as UTF-8")
			return false
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f:
			r.problem(place{line, column}, "", "has the control character %U, which no YAML may have; delete it", c)
			return false
		case c == '\n':
			line, column = line+1, 0
		}
		text, column = text[size:], column+1
	}
	return true
}

// tabbed finds a line near to one that has a tab where spaces should indent it.
func tabbed(text []byte, near int) (place, bool) {
	n := 0
	for line := range bytes.Lines(text) {
		n++
		indent := string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
		if tab := strings.IndexByte(indent, '\t'); tab >= 0 && near-1 <= n && n <= near+1 {
			return place{n, tab + 1}, true
		}
	}
	return place{}, false
}

// A level is a mapping or a list that is open while its tokens go by.
type level struct {
	column int
	flow   bool // within brackets
	keys   int
	items  int
}

// bounded refuses what would keep the parser busy for long.
func (r *reader) bounded(tokens token.Tokens) bool {
	var open []level
	rare := map[token.Type]int{}
	for _, t := range tokens {
		open = step(open, t)
		at := place{t.Position.Line, t.Position.Column}
		if len(open) > maxDepth {
			r.problem(at, "", "is nested more than %d levels deep", maxDepth)
			return false
		}
		if top := len(open) - 1; top >= 0 && (open[top].keys > maxKeys || open[top].items > maxItems) {
			r.problem(at, "", "is one too many: a mapping may have %d keys, a list %d items", maxKeys, maxItems)
			return false
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.TagType, token.MappingKeyType, token.DocumentHeaderType,
			token.DocumentEndType, token.DirectiveType, token.MergeKeyType:
			if rare[t.Type]++; rare[t.Type] > maxRare {
				r.problem(at, "", "has more than %d of %q; write the file without them", maxRare, t.Value)
				return false
			}
		}
	}
	return true
}

// step tells which levels are open after a token.
func step(open []level, t *token.Token) []level {
	top := len(open) - 1
	inFlow := top >= 0 && open[top].flow
	switch t.Type {
	case token.MappingStartType, token.SequenceStartType:
		return append(open, level{flow: true})
	case token.MappingEndType, token.SequenceEndType:
		if inFlow {
			return open[:top]
		}
	case token.CollectEntryType:
		if inFlow {
			open[top].items++
		}
	case token.MappingValueType:
		if inFlow {
			open[top].keys++
		} else if t.Prev != nil {
			return block(open, t.Prev.Position.Column, 1, 0)
		}
	case token.SequenceEntryType:
		if !inFlow {
			return block(open, t.Position.Column, 0, 1)
		}
	}
	return open
}

// block closes what a line at a column ends, and counts it where it belongs.
func block(open []level, column, keys, items int) []level {
	for len(open) > 0 && open[len(open)-1].column > column {
		open = open[:len(open)-1]
	}
	if len(open) == 0 || open[len(open)-1].column < column {
		open = append(open, level{column: column})
	}
	top := len(open) - 1
	open[top].keys, open[top].items = open[top].keys+keys, open[top].items+items
	return open
}
