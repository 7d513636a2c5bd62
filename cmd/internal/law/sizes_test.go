package law

import (
	"go/ast"
	"go/token"
)

// The limits, beyond which a thing should become two.
const (
	maxTypeMethods      = 15
	maxInterfaceMethods = 5
	maxFileLines        = 450
	maxFunctionLines    = 80
)

// sizes finds what has grown too large to be one idea.
func sizes(t *tree) []finding {
	var found findings
	for _, p := range t.packages {
		methods := map[string]int{}
		for _, f := range p.written() {
			if f.lines > maxFileLines {
				found.add(f.path, "has %d lines, more than %d: split it by idea", f.lines, maxFileLines)
			}
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil {
					methods[receiver(fn)]++
				}
				t.sizesOf(p, d, &found)
			}
		}
		for name, n := range methods {
			if n > maxTypeMethods {
				found.add(p.path+"."+name, "has %d methods, more than %d: what part of it is a type of its own?", n, maxTypeMethods)
			}
		}
	}
	return found
}

// sizesOf looks for long functions and wide interfaces in a declaration.
func (t *tree) sizesOf(p *pkg, d ast.Decl, found *findings) {
	name := p.path + "." + declared(d)
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeSpec:
			name = p.path + "." + n.Name.Name
		case *ast.ValueSpec:
			name = p.path + "." + n.Names[0].Name
		case *ast.InterfaceType:
			if width := p.width(n, map[string]bool{}); width > maxInterfaceMethods {
				found.add(name, "is an interface of %d methods, more than %d: let each consumer declare the few that it calls", width, maxInterfaceMethods)
			}
		case *ast.FuncDecl, *ast.FuncLit:
			if lines := t.lines(n); lines > maxFunctionLines {
				found.add(name, "is a function of %d lines, more than %d", lines, maxFunctionLines)
				return false
			}
		}
		return true
	})
}

// width counts an interface's methods, those of embedded interfaces of the
// same package too; a foreign one counts as one.
func (p *pkg) width(i *ast.InterfaceType, seen map[string]bool) int {
	n := 0
	for _, m := range i.Methods.List {
		embedded, isName := m.Type.(*ast.Ident)
		switch inner := p.iface(embedded); {
		case len(m.Names) > 0:
			n += len(m.Names)
		case isName && inner != nil && !seen[embedded.Name]:
			seen[embedded.Name] = true
			n += p.width(inner, seen)
		default:
			n++
		}
	}
	return n
}

// iface finds an interface of the package by its name, or nil.
func (p *pkg) iface(name *ast.Ident) *ast.InterfaceType {
	if name == nil {
		return nil
	}
	for _, f := range p.files {
		for spec := range specs[*ast.TypeSpec](f, token.TYPE) {
			if i, ok := spec.Type.(*ast.InterfaceType); ok && spec.Name.Name == name.Name {
				return i
			}
		}
	}
	return nil
}

// declared names a function or method as Type.Method; other declarations are
// named by their specs.
func declared(d ast.Decl) string {
	fn, ok := d.(*ast.FuncDecl)
	if !ok {
		return ""
	}
	if fn.Recv == nil {
		return fn.Name.Name
	}
	return receiver(fn) + "." + fn.Name.Name
}

// receiver is the name of a method's type, or "" for a function.
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return ""
	}
	for e := fn.Recv.List[0].Type; ; {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}
