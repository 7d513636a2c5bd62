package faketest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	quoted = regexp.MustCompile("`([^`]+)`")
	named  = regexp.MustCompile(`^[A-Z]\w*(\.[A-Z]\w*)?$`)
)

// Page holds a part of docs/fakes.md to the code of the package in the working folder: there
// are so many facts at least, each with a verdict, each test that is named is there, and so
// is whatever else is; and each fault and option is on the page.
func Page(t *testing.T, file, heading string, least int) {
	t.Helper()
	page := part(t, file, heading)
	tests, exported := declared(t)
	facts := 0
	for row := range strings.SplitSeq(page, "\n") {
		cells := strings.Split(strings.Trim(row, "| "), " | ")
		if strings.HasPrefix(row, "| ") && !strings.HasPrefix(row, "| ---") && len(cells) == 3 && cells[1] != "held" {
			facts++
			checkFact(t, cells, tests)
		}
	}
	if facts < least {
		t.Errorf("the page has %d facts, fewer than %d", facts, least)
	}
	for _, name := range quoted.FindAllStringSubmatch(page, -1) {
		if n := name[1]; named.MatchString(n) && !slices.Contains(tests, n) && !slices.Contains(exported, n) {
			t.Errorf("the page names %s, which is not there", n)
		}
	}
	for _, n := range exported {
		if (strings.HasPrefix(n, "Fault.") || strings.HasPrefix(n, "Options.")) && !strings.Contains(page, "`"+n+"`") {
			t.Errorf("the page does not name %s", n)
		}
	}
}

// checkFact looks at one row.
func checkFact(t *testing.T, cells, tests []string) {
	t.Helper()
	fact, verdict, how := cells[0], cells[1], cells[2]
	shown := false
	for _, name := range quoted.FindAllStringSubmatch(how, -1) {
		if strings.HasPrefix(name[1], "Test") {
			shown = true
			if !slices.Contains(tests, name[1]) {
				t.Errorf("%q is to be shown by %s, which is not there", fact, name[1])
			}
		}
	}
	switch verdict {
	case "yes", "in part":
		if !shown {
			t.Errorf("%q is shown by no test", fact)
		}
	case "no":
		if shown || len(how) < 40 {
			t.Errorf("%q is not held, and the reason is no reason", fact)
		}
	default:
		t.Errorf("%q has the verdict %q", fact, verdict)
	}
}

// part is what stands below a heading.
func part(t *testing.T, file, heading string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("the page has no part about %s", heading)
	}
	found, _, _ := strings.Cut(rest, "\n## ")
	return found
}

// declared are the tests of the package, and its exported names with their methods and
// fields.
func declared(t *testing.T) (tests, exported []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && strings.HasPrefix(d.Name.Name, "Test") {
					tests = append(tests, d.Name.Name)
				}
				exported = append(exported, called(d))
			case *ast.GenDecl:
				exported = append(exported, specs(d)...)
			}
		}
	}
	return tests, slices.DeleteFunc(exported, func(n string) bool { return !named.MatchString(n) })
}

// called is a function's name, with its type's if it is a method.
func called(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	of := d.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	name, _ := of.(*ast.Ident)
	return name.Name + "." + d.Name.Name
}

// specs are what a declaration declares.
func specs(d *ast.GenDecl) (names []string) {
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.ValueSpec:
			for _, n := range s.Names {
				names = append(names, n.Name)
			}
		case *ast.TypeSpec:
			names = append(names, s.Name.Name)
			if of, ok := s.Type.(*ast.StructType); ok {
				for _, field := range of.Fields.List {
					for _, n := range field.Names {
						names = append(names, s.Name.Name+"."+n.Name)
					}
				}
			}
		}
	}
	return names
}
