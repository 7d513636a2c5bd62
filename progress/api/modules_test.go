package api

import (
	"regexp"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress/client/js"
)

// TestModules holds that a page of any site can load each module that another
// one needs, and nothing else of the folder.
func TestModules(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	imports := regexp.MustCompile(`(?m)from "\./([\w-]+\.js)"`)
	seen := map[string]bool{}
	for next := []string{"element.js", "index.js", "workflow.js"}; len(next) > 0; next = next[1:] {
		name := next[0]
		if seen[name] {
			continue
		}
		seen[name] = true
		r := s.do(t, "", "GET", "/client/"+name, nil).want(200)
		if kind := r.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/javascript") || r.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %v", name, r.header)
		}
		s.lax(t, "", "GET", "/client/"+name, nil, "If-None-Match: "+r.header.Get("ETag")).want(304)
		for _, m := range imports.FindAllStringSubmatch(string(r.body), -1) {
			next = append(next, m[1])
		}
	}
	if len(seen) < 5 {
		t.Errorf("only %v was asked for", seen)
	}
	for _, name := range []string{"package.json", "README.md", "doc.go", "none.js", "..%2Fdoc.go", "test"} {
		s.outside(t, "", "GET", "/client/"+name, nil).want(404)
	}
	if all, err := js.Modules.ReadDir("."); err != nil || len(all) < len(seen) {
		t.Errorf("%d modules, %v", len(all), err)
	}
}
