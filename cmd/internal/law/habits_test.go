package law

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"
)

var (
	// directive is what go.mod must not have: the first makes a clone differ
	// from what others get, the second puts tools among the dependencies.
	directive = regexp.MustCompile(`(?m)^\s*(replace|tool)\b`)

	// silence is a comment that switches a linter off, reasoned one that says
	// for which and why.
	silence  = regexp.MustCompile(`^//\s*(nolint|#nosec|lint:ignore|lint:file-ignore|revive:disable)`)
	reasoned = regexp.MustCompile(`^//nolint:[a-z0-9,]+ // .{12,}`)
)

// habits finds what quietly weakens the build.
func habits(t *tree) []finding {
	var found findings
	for _, d := range directive.FindAllStringSubmatch(t.gomod, -1) {
		found.add("go.mod", "has a %s directive", d[1])
	}
	for _, p := range t.packages {
		for _, f := range p.files {
			if slices.Contains(f.imports(), "C") {
				found.add(f.path, "uses cgo: Herald builds without a C compiler")
			}
			for _, c := range f.allComments() {
				if silence.MatchString(c.Text) && !reasoned.MatchString(c.Text) {
					found.add(f.path, "line %d silences a linter without a reason: write //nolint:name // and why", t.line(c))
				}
			}
		}
	}
	return found
}

// allComments lists a file's comments, those at the end of lines too.
func (f *file) allComments() []*ast.Comment {
	var all []*ast.Comment
	for _, group := range f.Comments {
		all = append(all, group.List...)
	}
	return slices.DeleteFunc(all, func(c *ast.Comment) bool { return !strings.HasPrefix(c.Text, "//") })
}
