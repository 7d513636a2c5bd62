package api

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"slices"
	"strings"
)

// The parts of the page.
var (
	//go:embed docs.html
	docsHTML string
	//go:embed docs.css
	docsCSS string
	//go:embed docs.js
	docsJS string
)

// docsPage is GET /docs: the document as a page.
func docsPage(c *call) error {
	d, err := c.described()
	if err != nil {
		return err
	}
	c.Header("Content-Security-Policy", d.page.policy)
	c.Header("Referrer-Policy", "no-referrer")
	keep(c, "text/html; charset=utf-8", d.page.at(base(c)))
	return nil
}

// docsTemplate is the page but for the URL of the server.
type docsTemplate struct {
	before, after []byte
	policy        string
}

// at is the page for people who reach the server there.
func (t docsTemplate) at(url string) []byte {
	return slices.Concat(t.before, []byte(template.HTMLEscapeString(quoted(url))), t.after)
}

// quoted is a text as a shell reads it.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// urlHere is where the URL goes.
const urlHere = "\uE000"

// newDocsTemplate makes the page of a document.
func newDocsTemplate(document []byte) (t docsTemplate, err error) {
	var f docsFile
	if err := json.Unmarshal(document, &f); err != nil {
		return t, err
	}
	page, err := template.New("docs").Funcs(template.FuncMap{"text": richText, "parts": pathParts}).Parse(docsHTML)
	if err != nil {
		return t, err
	}
	var out bytes.Buffer
	err = page.Execute(&out, map[string]any{
		"Info": f.Info, "Groups": f.groups(), "Refusals": f.refusals(), "Schemas": f.schemas(), "URL": urlHere,
		"Style": template.CSS(docsCSS), "Script": template.JS(docsJS), //nolint:gosec // our own files
	})
	t.before, t.after, _ = bytes.Cut(out.Bytes(), []byte(urlHere))
	t.policy = policy("style-src "+hashOf(docsCSS), "script-src "+hashOf(docsJS))
	return t, err
}

// policy is a content security policy: nothing, but for what is named.
func policy(allow ...string) string {
	return strings.Join(append([]string{"default-src 'none'"}, append(allow, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'")...), "; ")
}

// hashOf names an inline style or script in a policy.
func hashOf(inline string) string {
	sum := sha256.Sum256([]byte(inline))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// docsSpan is a piece of a text.
type docsSpan struct {
	Code bool
	Text string
}

// pathParts are the parts of a path, after each of which a line may be broken.
func pathParts(path string) []string { return strings.SplitAfter(path, "/") }

// richText are the paragraphs of a description, each in pieces that are code or not.
func richText(description string) [][]docsSpan {
	var out [][]docsSpan
	for p := range strings.SplitSeq(description, "\n\n") {
		var spans []docsSpan
		for i, s := range strings.Split(p, "`") {
			if s != "" {
				spans = append(spans, docsSpan{i%2 == 1, s})
			}
		}
		if spans != nil {
			out = append(out, spans)
		}
	}
	return out
}
