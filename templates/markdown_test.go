package templates

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	htmlrenderer "github.com/yuin/goldmark/renderer/html"
)

// reader reads Markdown as an independent party: with all extensions, bare links
// too, and with HTML let through.
var reader = goldmark.New(goldmark.WithExtensions(extension.GFM, extension.DefinitionList, extension.Footnote), goldmark.WithRendererOptions(htmlrenderer.WithUnsafe()))

var tag = regexp.MustCompile(`<[^>]*>`)

// read renders Markdown, and gives what is seen of it and the HTML.
func read(t *testing.T, text string) (seen, source string) {
	t.Helper()
	var out bytes.Buffer
	if err := reader.Convert([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return html.UnescapeString(tag.ReplaceAllString(strings.TrimSpace(out.String()), "")), out.String()
}

// TestMarkdownIsSeenAsItIs holds that no markup, link or mention comes of a text.
func TestMarkdownIsSeenAsItIs(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"plain", "*bold* _it_ ~~gone~~ `code`", "[a](http://b.example)", "![a](b)", "<b onclick=x>", "<http://a.example>", "a@b.example", "www.a.example",
		"https://a.example/x?y=z", "ftp://a.example", "# head", "## head", "- list", "+ list", "* list", "1. list", "12) list", "---", "===", "> quote", "| a | b |",
		"&amp; &lt;", "\\*x\\*", "a.b.c 1.5 s", "[^1]", "[x]: http://a.example", "[ ] todo", "```", "~~~", ": def", "a  ", "mailto:a@b.example", "xmpp:a@b.example", "HTTP://A.EXAMPLE",
	} {
		text = clean(text, 1000)
		escaped := markdown(text)
		for _, around := range []string{"%", "before % after", "**%**", "- %", "x\n\n%\n\ny"} {
			seen, source := read(t, strings.Replace(around, "%", escaped, 1))
			want := strings.Trim(strings.Replace(strings.TrimPrefix(strings.ReplaceAll(around, "**", ""), "- "), "%", text, 1), " ")
			if got := strings.ReplaceAll(seen, wordJoiner, ""); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
				t.Errorf("%q in %q is seen as %q", text, around, got)
			}
			if strings.Contains(source, "<a") || strings.Contains(source, "<img") {
				t.Errorf("%q in %q makes a link: %s", text, around, source)
			}
		}
	}
}

// TestMentions holds that no name behind an @ is one, for those who look for them
// after escapes are taken out too.
func TestMentions(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"@everyone", "<@U123>", "<!here>", "@org/team", "a @b"} {
		seen, _ := read(t, markdown(text))
		if regexp.MustCompile(`@\w`).MatchString(seen) || strings.Contains(markdown(text), "<!") && !strings.Contains(markdown(text), `\<`) {
			t.Errorf("%q is %q", text, seen)
		}
	}
}

// TestScenesInMarkdown holds that every scene has our links alone, and nothing that
// is HTML.
func TestScenesInMarkdown(t *testing.T) {
	t.Parallel()
	b := book(t)
	link := regexp.MustCompile(`<a [^>]*>`)
	for _, s := range Scenes() {
		for _, thing := range shown(b, s, Reader{}) {
			text := b.Layout(Markdown, thing, Fit{})
			_, source := read(t, text)
			for _, a := range link.FindAllString(source, -1) {
				if !strings.Contains(a, `href="`+s.Subject.Link+`"`) {
					t.Errorf("%s: %s", s.Name, a)
				}
			}
			for _, not := range []string{"<script", "<b ", "<img", "<h1", "<code", "<em>bold", "<blockquote", "<hr"} {
				if strings.Contains(source, not) {
					t.Errorf("%s has %s:\n%s", s.Name, not, source)
				}
			}
		}
	}
}

// FuzzMarkdown holds that a text is seen as it is, whatever it is.
func FuzzMarkdown(f *testing.F) {
	for _, text := range []string{"a*b*", "1. x", "http://a.example", "\\", "<a>", "&#65;", "_a_", "-", "www.a.b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = clean(text, 200)
		if text == "" {
			return
		}
		seen, source := read(t, markdown(text))
		if got := strings.ReplaceAll(seen, wordJoiner, ""); got != strings.ReplaceAll(text, wordJoiner, "") {
			t.Errorf("%q (%q) is seen as %q: %s", text, markdown(text), got, source)
		}
		if strings.Contains(source, "<a") {
			t.Errorf("%q makes a link: %s", text, source)
		}
	})
}
