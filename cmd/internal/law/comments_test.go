package law

import (
	"go/ast"
	"go/token"
	"path"
	"strings"
)

// minDocLines is how long a package's page is at least.
const minDocLines = 3

// comments finds packages without a page and exported names without a
// sentence.
func comments(t *tree) []finding {
	var found findings
	for _, p := range t.packages {
		if lines := p.docLines(); lines < minDocLines {
			found.add(p.path, "has a doc.go whose package comment is %d lines, of at least %d: say what it is for and how it is used", lines, minDocLines)
		}
		for _, f := range p.written() {
			for _, d := range f.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					if public(d) && !begins(d.Doc, d.Name) {
						found.add(p.path+"."+declared(d), "needs a comment that begins with %s", d.Name)
					}
				case *ast.GenDecl:
					p.commented(d, &found)
				}
			}
		}
	}
	return found
}

// docLines counts the lines of the package comment in doc.go.
func (p *pkg) docLines() int {
	for _, f := range p.files {
		if path.Base(f.path) == "doc.go" && f.Doc != nil {
			return strings.Count(f.Doc.Text(), "\n")
		}
	}
	return 0
}

// public tells whether a function can be seen outside its package.
func public(fn *ast.FuncDecl) bool {
	return fn.Name.IsExported() && (fn.Recv == nil || ast.IsExported(receiver(fn)))
}

// commented checks types, constants and variables. Constants and variables in
// a group may share the group's comment or have one of their own beside them.
func (p *pkg) commented(d *ast.GenDecl, found *findings) {
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() && !begins(s.Doc, s.Name) && (d.Lparen.IsValid() || !begins(d.Doc, s.Name)) {
				found.add(p.path+"."+s.Name.Name, "needs a comment that begins with %s", s.Name)
			}
		case *ast.ValueSpec:
			grouped := d.Lparen.IsValid()
			for _, name := range s.Names {
				switch {
				case !name.IsExported():
				case grouped && d.Doc == nil && s.Doc == nil && s.Comment == nil:
					found.add(p.path+"."+name.Name, "needs a comment, its own or its group's")
				case !grouped && !begins(d.Doc, name):
					found.add(p.path+"."+name.Name, "needs a comment that begins with %s", name)
				}
			}
		}
	}
}

// begins tells whether a comment's first word is a name.
func begins(doc *ast.CommentGroup, name *ast.Ident) bool {
	words := strings.Fields(doc.Text())
	return len(words) > 1 && strings.TrimRight(words[0], ",:") == name.Name
}

// specs are a file's top-level specs of one kind: types, variables, constants.
func specs[S ast.Spec](f *file, kind token.Token) func(yield func(S) bool) {
	return func(yield func(S) bool) {
		for _, d := range f.Decls {
			group, ok := d.(*ast.GenDecl)
			if !ok || group.Tok != kind {
				continue
			}
			for _, s := range group.Specs {
				if !yield(s.(S)) {
					return
				}
			}
		}
	}
}
