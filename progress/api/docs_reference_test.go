package api

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/taskherald/herald/progress"
)

// reference is docs/quick-reference.md.
func reference(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/quick-reference.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// guestsSection is the part of the page that guests hold to what they are.
var guestsSection = regexp.MustCompile(`(?s)\n## Conversation\n.*?\n## Webhooks and deliveries\n.*?\n## `)

// rows are those of the page's tables that name our routes, by the routes.
func rows(t *testing.T) map[string]string {
	t.Helper()
	named := regexp.MustCompile("`((?:GET|POST|PUT|PATCH|DELETE) /[^` ]*)`")
	out := map[string]string{}
	for row := range strings.Lines(guestsSection.ReplaceAllString(reference(t), "\n## ")) {
		for _, m := range named.FindAllStringSubmatch(row, -1) {
			if out[m[1]] != "" {
				t.Errorf("%s is there twice", m[1])
			}
			out[m[1]] = row
		}
	}
	return out
}

// TestReferenceRoutes holds the page and the table of routes together, both ways.
func TestReferenceRoutes(t *testing.T) {
	t.Parallel()
	var routes []string
	for _, r := range (*server)(nil).routes() {
		routes = append(routes, r.method+" "+openPath(r.path))
	}
	there := slices.Sorted(maps.Keys(rows(t)))
	for _, r := range routes {
		if !slices.Contains(there, r) {
			t.Errorf("%s is not on the page", r)
		}
	}
	for _, r := range there {
		if !slices.Contains(routes, r) {
			t.Errorf("%s is no route", r)
		}
	}
}

// TestReferenceFields holds that a route's row names what can be asked of it:
// the fields of its body, and its parameters.
func TestReferenceFields(t *testing.T) {
	t.Parallel()
	k, word := mustContract(t), regexp.MustCompile(`\w+`)
	for name, row := range rows(t) {
		method, path, _ := strings.Cut(name, " ")
		if strings.HasPrefix(path, socketPath) {
			continue // its clients know how
		}
		item := k.Doc.Paths.Value(path)
		if item == nil || item.GetOperation(method) == nil {
			continue // TestReferenceRoutes says so
		}
		_, row, _ = strings.Cut(row, name)
		said := word.FindAllString(row, -1)
		for _, want := range askedOf(item, item.GetOperation(method)) {
			if !slices.Contains(said, want) {
				t.Errorf("the row of %s does not name %s", name, want)
			}
		}
	}
}

// askedOf are the names of what an operation may be sent in its query and body.
// The commands share one body, and many reports are those of one.
func askedOf(item *openapi3.PathItem, op *openapi3.Operation) (out []string) {
	for _, p := range slices.Concat(item.Parameters, op.Parameters) {
		if p.Value.In == openapi3.ParameterInQuery {
			out = append(out, p.Value.Name)
		}
	}
	if op.RequestBody == nil || slices.Contains(op.Tags, "Commands") {
		return out
	}
	if m := op.RequestBody.Value.Content["application/json"]; m != nil {
		out = slices.AppendSeq(out, maps.Keys(m.Schema.Value.Properties))
	}
	return out
}

// firsts are the names in the first column of the tables of a section.
func firsts(t *testing.T, section string) []string {
	t.Helper()
	_, text, ok := strings.Cut(reference(t), "\n"+section+"\n")
	if !ok {
		t.Fatalf("no section %q", section)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	var out []string
	for row := range strings.Lines(text) {
		if first, ok := strings.CutPrefix(row, "| `"); ok {
			first, _, _ = strings.Cut(first, "` |")
			out = append(out, strings.Split(first, "`, `")...)
		}
	}
	return out
}

// TestReferenceFrames holds that the page has each frame, and no other.
func TestReferenceFrames(t *testing.T) {
	t.Parallel()
	want := []string{"snapshot", "control", "notice"}
	for _, k := range progress.Kinds() {
		if k.Frame != "" {
			want = append(want, k.Frame)
		}
	}
	if got := firsts(t, "### Frames of tasks"); !slices.Equal(sorted(got), sorted(want)) {
		t.Errorf("frames of tasks: %v on the page, %v in the code", sorted(got), sorted(want))
	}
	want = nil
	for _, one := range mustContract(t).Doc.Components.Schemas["ExecutionFrame"].Value.OneOf {
		kind, _ := one.Value.Properties["type"].Value.Const.(string)
		want = append(want, kind)
	}
	got := slices.DeleteFunc(firsts(t, "## Executions"), func(name string) bool { return strings.Contains(name, "/") })
	if !slices.Equal(sorted(got), sorted(want)) {
		t.Errorf("frames of executions: %v on the page, %v in the document", sorted(got), sorted(want))
	}
}

// TestReferenceCodes holds that the page has each code of a refusal, each
// control and each state that the server knows.
func TestReferenceCodes(t *testing.T) {
	t.Parallel()
	text, k := reference(t), mustContract(t)
	for _, name := range []string{"Code", "Control"} {
		for _, word := range enum(k, name) {
			if word != "" && !strings.Contains(text, "`"+word+"`") {
				t.Errorf("%s %s is not on the page", name, word)
			}
		}
	}
	for word := range states {
		if !strings.Contains(text, word) {
			t.Errorf("the state %s is not on the page", word)
		}
	}
}

// guestsCall begins what docs/api.md calls of guests; package bot/api holds that it works.
const guestsCall = "/api/chat"

// TestGuideRoutes holds that what docs/api.md calls is there to be called.
func TestGuideRoutes(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	called := regexp.MustCompile(`\$H(/[^\s"'?]+)`).FindAllStringSubmatch(string(text), -1)
	if len(called) < 10 {
		t.Fatalf("only %d examples", len(called))
	}
	for _, m := range called {
		if strings.HasPrefix(m[1], guestsCall) {
			continue
		}
		if !slices.ContainsFunc((*server)(nil).routes(), func(r route) bool { return leads(r.path, m[1]) }) {
			t.Errorf("nothing is at %s", m[1])
		}
	}
}

// leads reports whether a path is one of a route.
func leads(route, path string) bool {
	want, got := strings.Split(route, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, got, func(a, b string) bool { return a == b || strings.HasPrefix(a, ":") })
}

// TestLimitsOfFaces holds docs/limits.md to what this package bounds.
func TestLimitsOfFaces(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(string(text), ",000", "000") // 1,000 is 1000
	for _, want := range []string{
		fmt.Sprintf("| executions a page | %d, at most %d |", executionPage, maxExecutionPage),
		fmt.Sprintf("`workflow:watch` that one client may have | %d |", mostWatches),
		fmt.Sprintf("| kinds in one claim | %d |", maxKinds),
		fmt.Sprintf("| seconds that a claim or an approval waits | %d |", maxWait),
		fmt.Sprintf("| bytes of an `Idempotency-Key` | %d |", maxKey),
	} {
		if !strings.Contains(page, want) {
			t.Errorf("docs/limits.md does not say %s", want)
		}
	}
}
