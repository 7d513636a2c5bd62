package law

import (
	"go/ast"
	"go/token"
	"strings"
)

// globals finds code that runs on import, and lists that grow behind the
// reader's back. A plug-in is a folder and a line in one list.
func globals(t *tree) []finding {
	var found findings
	for _, p := range t.packages {
		collections := p.collections()
		for _, f := range p.written() {
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok {
					continue
				}
				at := p.path + "." + declared(fn)
				switch {
				case fn.Recv == nil && fn.Name.Name == "init":
					found.add(f.path, "has an init: build it in a constructor, or in a variable's value")
				case fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Register"):
					found.add(at, "is a registry: pass the list to whoever uses it")
				}
				if name := mutates(fn, collections); name != "" {
					found.add(at, "changes the package's variable %s: give it to a type, or fill it where it is declared", name)
				}
			}
		}
	}
	return found
}

// collections names the maps and slices among the package's variables, as far
// as their declarations show it.
func (p *pkg) collections() map[string]bool {
	names := map[string]bool{}
	for _, f := range p.written() {
		for spec := range specs[*ast.ValueSpec](f, token.VAR) {
			for i, name := range spec.Names {
				kind := spec.Type
				if kind == nil && i < len(spec.Values) {
					kind = made(spec.Values[i])
				}
				switch kind.(type) {
				case *ast.MapType, *ast.ArrayType:
					names[name.Name] = true
				}
			}
		}
	}
	return names
}

// made is the type of a literal or a make, or nil.
func made(value ast.Expr) ast.Expr {
	switch v := value.(type) {
	case *ast.CompositeLit:
		return v.Type
	case *ast.CallExpr:
		if fn, ok := v.Fun.(*ast.Ident); ok && fn.Name == "make" {
			return v.Args[0]
		}
	}
	return nil
}

// mutates names the collection that a function changes, if it does. A name
// that the function declares itself is taken for its own.
func mutates(fn *ast.FuncDecl, collections map[string]bool) (name string) {
	own := map[string]bool{}
	touch := func(e ast.Expr) {
		if index, ok := e.(*ast.IndexExpr); ok {
			e = index.X
		}
		if id, ok := e.(*ast.Ident); ok && collections[id.Name] && !own[id.Name] {
			name = id.Name
		}
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			for _, id := range n.Names {
				own[id.Name] = true
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				own[id.Name] = true
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if id, ok := e.(*ast.Ident); ok && n.Tok == token.DEFINE {
					own[id.Name] = true
				}
			}
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				if id, ok := e.(*ast.Ident); ok && n.Tok == token.DEFINE {
					own[id.Name] = true
				} else {
					touch(e)
				}
			}
		case *ast.IncDecStmt:
			touch(n.X)
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "delete" || f.Name == "clear") && len(n.Args) > 0 {
				touch(n.Args[0])
			}
		}
		return true
	})
	return name
}
