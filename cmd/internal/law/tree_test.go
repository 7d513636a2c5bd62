package law

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// module is the import path of the repository's root.
const module = "github.com/taskherald/herald"

// A tree is the repository as the laws see it: parsed Go by package, and the
// names of all other files.
type tree struct {
	fset     *token.FileSet
	packages map[string]*pkg        // by folder, relative to the root: "progress/db"
	names    []string               // every file, Go or not
	top      []string               // the names at the root, folders too
	gomod    string                 // the text of go.mod
	ignored  func(name string) bool // does git ignore this name at the root?
}

// A pkg is one folder of Go files, its external test package included.
type pkg struct {
	path  string
	files []*file
}

// A file is one parsed Go file, whatever its build tags.
type file struct {
	*ast.File
	path      string
	lines     int
	test      bool // its name ends in _test.go
	generated bool
}

// grow reads a tree. It opens every folder and file itself, so that the go
// command knows when a cached verdict is stale.
func grow(fsys fs.FS, ignored func(string) bool) (*tree, error) {
	t := &tree{fset: token.NewFileSet(), packages: map[string]*pkg{}, ignored: ignored}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		t.top = append(t.top, e.Name())
	}
	return t, fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && skipped(name):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		return t.add(fsys, name)
	})
}

// skipped tells the folders that hold no source of ours.
func skipped(dir string) bool {
	base := path.Base(dir)
	hidden := base != "." && strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")
	return hidden || slices.Contains([]string{"testdata", "node_modules", "vendor", "dist"}, base)
}

func (t *tree) add(fsys fs.FS, name string) error {
	t.names = append(t.names, name)
	if name != "go.mod" && path.Ext(name) != ".go" {
		return nil
	}
	source, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	if name == "go.mod" {
		t.gomod = string(source)
		return nil
	}
	parsed, err := parser.ParseFile(t.fset, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	dir := path.Dir(name)
	if t.packages[dir] == nil {
		t.packages[dir] = &pkg{path: dir}
	}
	t.packages[dir].files = append(t.packages[dir].files, &file{
		File:      parsed,
		path:      name,
		lines:     bytes.Count(source, []byte("\n")),
		test:      strings.HasSuffix(name, "_test.go"),
		generated: ast.IsGenerated(parsed),
	})
	return nil
}

// written is the files that people wrote for the binary: no tests, nothing
// generated.
func (p *pkg) written() []*file {
	return slices.DeleteFunc(slices.Clone(p.files), func(f *file) bool { return f.test || f.generated })
}

// imports lists what a file imports; our own packages begin with "./".
func (f *file) imports() []string {
	var all []string
	for _, spec := range f.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		if ours, ok := strings.CutPrefix(name, module+"/"); ok {
			name = "./" + ours
		}
		all = append(all, name)
	}
	return all
}

// match tells whether a path fits a pattern, element by element: "..." stands
// for any number of elements, none too, and "*" for any part of one.
func match(pattern, name string) bool {
	return matchElements(strings.Split(pattern, "/"), strings.Split(name, "/"))
}

func matchElements(pattern, name []string) bool {
	switch {
	case len(pattern) == 0:
		return len(name) == 0
	case pattern[0] == "...":
		return matchElements(pattern[1:], name) || len(name) > 0 && matchElements(pattern, name[1:])
	case len(name) == 0:
		return false
	}
	ok, err := path.Match(pattern[0], name[0])
	return ok && err == nil && matchElements(pattern[1:], name[1:])
}

// matchAny tells whether a path fits one of the patterns.
func matchAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match(p, name) })
}

// line is where a node begins.
func (t *tree) line(n ast.Node) int { return t.fset.Position(n.Pos()).Line }

// lines is how many lines a node takes.
func (t *tree) lines(n ast.Node) int { return t.fset.Position(n.End()).Line - t.line(n) + 1 }
