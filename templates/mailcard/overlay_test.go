package mailcard_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/mailcard"
)

// overlaid is a layout with a folder of a user's own layouts, and what was found wrong
// with them.
func overlaid(t *testing.T, files map[string]string) (*templates.Book, *mailcard.Layout, func() []string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "layouts"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, "layouts", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	var told []string
	b := templates.New(templates.Options{Folder: dir, Trouble: func(file string, err error) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, strings.TrimPrefix(file, dir+"/layouts/")+": "+err.Error())
	}})
	return b, mailcard.New(b), func() []string {
		mu.Lock()
		defer mu.Unlock()
		return told
	}
}

// TestOwnLayouts stand in the place of ours.
func TestOwnLayouts(t *testing.T) {
	t.Parallel()
	b, l, told := overlaid(t, map[string]string{
		"mail.text.tmpl": "» {{.Text}} «{{with .Card}}\n{{.Head}} {{.Percentage}}{{end}}{{range .Buttons}}\n{{.Label}} {{.URL}}{{end}}",
		"mail.html.tmpl": "<h1>{{.Text}}</h1>{{with .Ask}}<p>{{.Prompt}}</p>{{end}}{{with .Card}}{{range .Lines}}<p>{{.Text}}</p>{{end}}{{end}}",
	})
	m := l.Mail(letters(b, scene(t, "approval"), templates.Reader{})[0])
	if want := "» ⚠️ Approval required for Step 3 «\n⚠️ Your Import customers task is waiting for approval at 50%. 50%\nApprove " + here + "act/approving\nReject " + here + "act/rejecting\n"; m.Text != want {
		t.Errorf("%s\nwant\n%s", m.Text, want)
	}
	if !strings.HasPrefix(m.HTML, "<h1>⚠️ Approval required for Step 3</h1><p>Switch production") {
		t.Error(m.HTML)
	}
	if m := l.Mail(letters(b, scene(t, "hostile"), templates.Reader{})[0]); strings.Contains(m.HTML, "<script") {
		t.Error(m.HTML)
	}
	if len(told()) > 0 {
		t.Error(told())
	}
}

// TestBrokenLayouts are left out and told; ours stand in.
func TestBrokenLayouts(t *testing.T) {
	t.Parallel()
	ours := mailcard.New(book(t))
	for name, source := range map[string]string{
		"does not parse":            "{{.Text",
		"knows no such field":       "{{.Nothing}}",
		"gives nothing":             "{{/* */}}",
		"fails on a note":           "{{.Card.Head}}{{.Text}}",
		"fails without a question":  "{{.Text}}{{.Ask.Prompt}}",
		"gives nothing on one note": `{{if ne .Text "Confirm your address for Herald"}}{{.Text}}{{end}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, l, told := overlaid(t, map[string]string{"mail.text.tmpl": source, "mail.html.tmpl": source, "mail.markdown.tmpl": source})
			in := letters(b, scene(t, "failed"), templates.Reader{})[0]
			if l.Mail(in) != ours.Mail(in) {
				t.Error("it is not ours")
			}
			if all := strings.Join(told(), "\n"); len(told()) != 3 || !strings.Contains(all, "mail.markdown.tmpl: there is no layout of that name") || strings.Count(all, "it is left out") != 2 {
				t.Error(all)
			}
		})
	}
}

// TestLayoutsThatFailLater are told once, and ours stand in for that mail.
func TestLayoutsThatFailLater(t *testing.T) {
	t.Parallel()
	b, l, told := overlaid(t, map[string]string{"mail.text.tmpl": `mine: {{.Text}}{{if eq .Subject "boom"}}{{index .Details 99}}{{end}}`})
	in := letters(b, scene(t, "failed"), templates.Reader{})[0]
	if m := l.Mail(in); !strings.HasPrefix(m.Text, "mine: ❌ ") {
		t.Error(m.Text)
	}
	n := *in.Notice
	n.Title, in.Notice = "boom", &n
	for range 3 {
		if m := l.Mail(in); !strings.HasPrefix(m.Text, "❌ ") {
			t.Error(m.Text)
		}
	}
	if all := told(); len(all) != 1 || !strings.HasPrefix(all[0], "mail.text.tmpl: it failed") {
		t.Error(all)
	}
}

// TestTheLayoutOfThePage holds that the sample in docs/words.md gives what stands
// below it.
func TestTheLayoutOfThePage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/words.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "`layouts/mail.text.tmpl`, a short one:")
	parts := strings.Split(rest, "```\n")
	if len(parts) < 4 {
		t.Fatal("there is no sample")
	}
	b, l, told := overlaid(t, map[string]string{"mail.text.tmpl": parts[1]})
	if m := l.Mail(letters(b, scene(t, "approval"), templates.Reader{})[0]); m.Text != parts[3] {
		t.Errorf("it gives\n%s\nwant\n%s", m.Text, parts[3])
	}
	if len(told()) > 0 {
		t.Error(told())
	}
}
