package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a file.
type Problem struct {
	File   string
	Line   int    // from 1
	Column int    // in characters, from 1
	Path   string // such as "steps[2].timeout", counted from 0; "" for the whole file
	Say    string // what is wrong and what would be right
}

// String is file:line:column: path: what is wrong.
func (p Problem) String() string {
	s := fmt.Sprintf("%s:%d:%d: ", p.File, p.Line, p.Column)
	if p.Path != "" {
		s += p.Path + ": "
	}
	return s + p.Say
}

// Problems is everything that is wrong with a file, by line and column; of more
// than a hundred the first hundred, and one that says how many are left out.
type Problems []Problem

// Error is one line a problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// shown is how many problems are shown of one file.
const shown = 100

// sorted puts problems in order, each once, and leaves out what nobody reads.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Say, b.Say))
	})
	p = slices.CompactFunc(p, func(a, b Problem) bool { // an alias shows a place more than once
		return a.Line == b.Line && a.Column == b.Column && a.Say == b.Say
	})
	if more := len(p) - shown; more > 0 {
		last := p[shown]
		last.Path, last.Say = "", fmt.Sprintf("%d more problems from here on are not shown", more)
		p = append(p[:shown:shown], last)
	}
	return p
}
