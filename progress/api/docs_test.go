package api

import (
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// page asks for a page, and holds what every page of ours has to keep.
func page(t *testing.T, s *testServer, path string) string {
	t.Helper()
	r := s.do(t, "", "GET", path, nil, "Accept-Encoding: identity").want(200)
	text, allow := string(r.body), r.header.Get("Content-Security-Policy")
	for _, element := range []string{"style", "script"} {
		if want := element + "-src " + hashOf(inline(text, element)); !strings.Contains(allow, want) {
			t.Errorf("%s: the policy %q does not let its own %s work, which is %s", path, allow, element, want)
		}
	}
	if found := regexp.MustCompile(`(?i)<(link|img|iframe|object|base)\b|\bsrc=[^&]|\bon[a-z]+="|\bstyle="|@import|url\(|javascript:|href="(https?:)?//`).FindAllString(text, -1); found != nil {
		t.Errorf("%s asks for more than it may have: %q", path, found)
	}
	for _, need := range []string{`<html lang="en">`, `name="viewport"`, "<title>", "<main", "<h1>", "prefers-color-scheme: dark", ":focus-visible"} {
		if !strings.Contains(text, need) {
			t.Errorf("%s has no %s", path, need)
		}
	}
	if strings.Contains(text, "ZgotmplZ") || strings.Contains(text, urlHere) {
		t.Errorf("%s has a hole:\n%s", path, text)
	}
	return text
}

func TestDocsPage(t *testing.T) {
	t.Parallel()
	s, k := newServer(t), mustContract(t)
	text := page(t, s, "/docs")
	for _, r := range (*server)(nil).routes() {
		if !strings.Contains(text, `<h3 id="`+r.name+`">`) {
			t.Errorf("%s is not on the page", r.name)
		}
	}
	for name := range k.Doc.Components.Schemas {
		if !strings.Contains(text, `<h3 id="schema-`+name+`">`) {
			t.Errorf("%s is not on the page", name)
		}
	}
	if !strings.Contains(html.UnescapeString(text), "url='"+s.URL+"'") {
		t.Errorf("the page does not say that the server is at %s", s.URL)
	}
	if len(text) > 400<<10 {
		t.Errorf("the page has %d bytes", len(text))
	}
}

// TestDocsFaces holds that each part of the API stands in one group, and that
// what a face sends and refuses leads to its own form.
func TestDocsFaces(t *testing.T) {
	t.Parallel()
	d, err := describe((*server)(nil).routes(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	var f docsFile
	if err := json.Unmarshal(d.json, &f); err != nil {
		t.Fatal(err)
	}
	var there, tags []string
	entries := map[string]docsEntry{}
	for _, g := range f.groups() {
		for _, s := range g.Sections {
			there = append(there, s.Name)
			for _, e := range s.Operations {
				entries[e.ID] = e
			}
		}
	}
	for _, tag := range f.Tags {
		tags = append(tags, tag.Name)
	}
	if !slices.Equal(there, tags) {
		t.Errorf("in groups %v, of %v", there, tags)
	}
	for id, want := range map[string]string{"watchTask": "Frame", "watchExecution": "ExecutionFrame", "openSocketIO": "WorkflowEvent"} {
		if got := entries[id].Frame; got != want {
			t.Errorf("%s sends each %q, want %s", id, got, want)
		}
	}
	for id, want := range map[string]string{"getTask": "Forbidden", "getExecution": "ExecutionRefused", "reportWorkflow": "WorkflowRefused"} {
		i := slices.IndexFunc(entries[id].Refusals, func(r docsRefusal) bool { return r.Statuses[0] == "403" })
		if i < 0 || entries[id].Refusals[i].Name != want {
			t.Errorf("%s refuses with %v, want %s", id, entries[id].Refusals, want)
		}
	}
	forms := map[string][]string{"Conflict": {"409"}, "ExecutionInvalid": {"422"}, "WorkflowRefused": {"400", "401", "403", "409", "413", "429", "500", "503"}}
	for _, r := range f.refusals() {
		if want := forms[r.Name]; want != nil && !slices.Equal(r.Statuses, want) {
			t.Errorf("%s is for %v, want %v", r.Name, r.Statuses, want)
		}
		delete(forms, r.Name)
	}
	if len(forms) > 0 {
		t.Errorf("no refusals %v", forms)
	}
}

// TestDocsLinks holds that each link on the page leads somewhere on it, and
// that each name is there once.
func TestDocsLinks(t *testing.T) {
	t.Parallel()
	text := page(t, newServer(t), "/docs")
	var ids []string
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(text, -1) {
		if slices.Contains(ids, m[1]) {
			t.Errorf("%s is there twice", m[1])
		}
		ids = append(ids, m[1])
	}
	for _, m := range regexp.MustCompile(`(?:href="#|aria-labelledby=")([^"]+)"`).FindAllStringSubmatch(text, -1) {
		if !slices.Contains(ids, m[1]) {
			t.Errorf("a link to %s, which is not there", m[1])
		}
	}
}

// TestDocsHeadings holds that no level of headings is left out: who listens to
// the page goes by them.
func TestDocsHeadings(t *testing.T) {
	t.Parallel()
	text, before := page(t, newServer(t), "/docs"), byte('0')
	for _, m := range regexp.MustCompile(`<h([1-6])[ >]`).FindAllStringSubmatch(text, -1) {
		if level := m[1][0]; level > before+1 {
			t.Fatalf("a heading of level %c after one of level %c", level, before)
		}
		before = m[1][0]
	}
}

// TestDocsURL holds that a name of the server cannot be more than a name.
func TestDocsURL(t *testing.T) {
	t.Parallel()
	if got := quoted(`http://a'b`); got != `'http://a'\''b'` {
		t.Errorf("a shell reads %s", got)
	}
	got := string(docsTemplate{before: []byte("<"), after: []byte(">")}.at(`http://"><script>`))
	if strings.ContainsAny(strings.Trim(got, "<>"), `<>"`) {
		t.Errorf("a page has %s", got)
	}
	s := newServer(t, func(s *setup) { s.api.PublicURL = "https://herald.example" })
	if text := html.UnescapeString(page(t, s, "/docs")); !strings.Contains(text, "url='https://herald.example'") {
		t.Error("the page does not know the public URL")
	}
}

// TestExamplesAreUnderstood calls each route with what the page shows.
func TestExamplesAreUnderstood(t *testing.T) {
	t.Parallel()
	d, err := describe((*server)(nil).routes(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	var f docsFile
	if err := json.Unmarshal(d.json, &f); err != nil {
		t.Fatal(err)
	}
	s, path := newServer(t), regexp.MustCompile(`\$url([^"]+)"`)
	for _, section := range f.sections() {
		for _, e := range section.Operations {
			at := path.FindStringSubmatch(e.Try)
			if at == nil { // a socket
				if !isSocket(e.Path) {
					t.Errorf("the example of %s calls nothing: %s", e.ID, e.Try)
				}
				continue
			}
			var body any
			var headers []string
			if e.Body != nil {
				body, headers = e.Body.Types[0].compact(), []string{"Content-Type: " + e.Body.Types[0].Name}
			}
			r := s.do(t, s.token, e.Method, at[1], body, headers...)
			known := []int{http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent, http.StatusNotFound, http.StatusConflict}
			if e.ID == "login" {
				known = []int{http.StatusUnauthorized}
			}
			if !slices.Contains(known, r.status) {
				t.Errorf("the example of %s is answered with %d:\n%s", e.ID, r.status, r.body)
			}
		}
	}
	s.do(t, s.token, "GET", "/api/tasks/crm-4711", nil).want(200).is("title", "Cellphone Store CRM")
}

func TestLoginPage(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	text := page(t, s, "/login")
	for _, need := range []string{"<title>Herald</title>", "<noscript>", `role="alert"`, `<label for="token">`, "history.replaceState"} {
		if !strings.Contains(text, need) {
			t.Errorf("no %s", need)
		}
	}
	r := s.do(t, "", "GET", "/login", nil)
	if got := r.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("the page may be kept: %s", got)
	}
	if got := r.header.Get("Referrer-Policy"); got != "same-origin" {
		t.Errorf("the page tells others where one comes from: %s", got)
	}
}
