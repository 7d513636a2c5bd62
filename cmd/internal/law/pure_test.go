package law

import (
	"go/ast"
	"slices"
)

// reads are the functions of package time that look at the clock.
var reads = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// pure finds clocks in the domain, whose time comes in as an argument.
func pure(t *tree) []finding {
	var found findings
	for _, name := range []string{"progress", "progress/estimate"} {
		if t.packages[name] == nil {
			continue
		}
		for _, f := range t.packages[name].written() {
			ast.Inspect(f.File, func(n ast.Node) bool {
				use, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				from, ok := use.X.(*ast.Ident)
				if ok && from.Name == "time" && slices.Contains(reads, use.Sel.Name) {
					found.add(f.path, "line %d reads the clock with time.%s: take the time as an argument", t.line(use), use.Sel.Name)
				}
				return true
			})
		}
	}
	return found
}
