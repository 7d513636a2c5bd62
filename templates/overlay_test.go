package templates

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/taskherald/herald/progress"
)

// troubles are what a book finds fault with, by the names of the files.
type troubles struct {
	sync.Mutex
	files []string
	errs  []string
}

func (l *troubles) tell(file string, err error) {
	l.Lock()
	defer l.Unlock()
	l.files, l.errs = append(l.files, filepath.Base(file)), append(l.errs, err.Error())
}

// overlaid is a book with a folder of a user's own files.
func overlaid(t *testing.T, files map[string]string) (*Book, *troubles) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l := &troubles{}
	return New(Options{Folder: dir, Trouble: l.tell}), l
}

// TestOwnWordsAndLayouts stand in the place of ours; the others stay.
func TestOwnWordsAndLayouts(t *testing.T) {
	t.Parallel()
	b, l := overlaid(t, map[string]string{
		"words/en/mine.yaml":           `event.task.started: "Off we go: {title}"`,
		"layouts/notice.text.tmpl":     "» {{.Text}} «{{range .Details}}\n{{.}}{{end}}",
		"layouts/notice.markdown.tmpl": "# {{.Title}}\n{{.Text}}",
		"layouts/notice.html.tmpl":     "<h1>{{.Title}}</h1>{{.Text}}",
		"layouts/README":               "not a layout",
	})
	s := hostile()
	n := b.Notice(s.Subject, &s.Events[0], Reader{})
	if got := b.Layout(Text, n, Fit{}); !strings.HasPrefix(got, "» Off we go: red gnp.exe") {
		t.Error(got)
	}
	if got := b.Layout(Markdown, n, Fit{}); !strings.HasPrefix(got, `# red gnp\.exe \# \<b onclick`) {
		t.Errorf("a user's layout gets a stranger's text as it is: %s", got)
	}
	if got := b.Layout(HTML, n, Fit{}); !strings.HasPrefix(got, `<h1>red gnp.exe # &lt;b onclick`) {
		t.Errorf("a user's layout gets a stranger's text as it is: %s", got)
	}
	if got := b.Layout(Text, b.Card(s.Subject, Reader{}), Fit{}); !strings.HasPrefix(got, "❌ Your red") {
		t.Errorf("another layout changed: %s", got)
	}
	if len(l.files) > 0 {
		t.Error(l.files, l.errs)
	}
	for most := 1; most < 100; most++ {
		if got := b.Layout(Text, n, Fit{Characters: most}); length(got) > most || got == "" {
			t.Errorf("in %d: %q", most, got)
		}
	}
}

// TestBrokenLayoutsAreLeftOut and told, each with its file; ours stand in.
func TestBrokenLayoutsAreLeftOut(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"does not parse":       "{{.Text",
		"knows no such field":  "{{.Nothing}}",
		"gives nothing":        "{{/* */}}\n \n",
		"fails on one scene":   `{{.Text}}{{if .More}}{{index .Lines 99}}{{end}}`,
		"gives nothing on one": `{{if ne .Status "failed"}}{{.Head}}{{end}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, l := overlaid(t, map[string]string{"layouts/card.text.tmpl": source, "layouts/cart.text.tmpl": "x"})
			slices.Sort(l.files)
			if !slices.Equal(l.files, []string{"card.text.tmpl", "cart.text.tmpl"}) {
				t.Error(l.files, l.errs)
			}
			s := running()
			if got, want := b.Layout(Text, b.Card(s.Subject, Reader{}), Fit{}), book(t).Layout(Text, b.Card(s.Subject, Reader{}), Fit{}); got != want {
				t.Errorf("it is laid out as %s", got)
			}
		})
	}
}

// TestLayoutsThatFailLater are told once, and ours stand in for that message.
func TestLayoutsThatFailLater(t *testing.T) {
	t.Parallel()
	b, l := overlaid(t, map[string]string{"layouts/card.text.tmpl": `mine: {{.Head}}{{if eq .Title "boom"}}{{index .Lines 99}}{{end}}`})
	task := progress.Task{ID: "t", Spec: &progress.Spec{Title: "fine"}, Status: progress.Running}
	lay := func() string { return b.Layout(Text, b.Card(Subject{Task: &task}, Reader{}), Fit{}) }
	if got := lay(); !strings.HasPrefix(got, "mine: 📊 Your fine") {
		t.Error(got)
	}
	task.Spec = &progress.Spec{Title: "boom"}
	for range 3 {
		if got := lay(); !strings.HasPrefix(got, "📊 Your boom") {
			t.Error(got)
		}
	}
	if len(l.files) != 1 || l.files[0] != "card.text.tmpl" || !strings.Contains(l.errs[0], "stood in") {
		t.Error(l.files, l.errs)
	}
}

// TestBrokenWordsAreLeftOut and told with their file.
func TestBrokenWordsAreLeftOut(t *testing.T) {
	t.Parallel()
	b, l := overlaid(t, map[string]string{"words/en/mine.yaml": "event.task.started: \"no {place}\"\nstate.running: \"at it\""})
	s := running()
	if got := b.Notice(s.Subject, &s.Events[0], Reader{}).Text; got != "Your Cellphone Store CRM task has started" {
		t.Error(got)
	}
	if got := b.Card(s.Subject, Reader{}).State; got != "at it" {
		t.Error(got)
	}
	if len(l.files) != 1 || l.files[0] != "mine.yaml" || !strings.Contains(l.errs[0], "event.task.started") {
		t.Error(l.files, l.errs)
	}
}

// TestNoFolder holds that a folder that is not there is told.
func TestNoFolder(t *testing.T) {
	t.Parallel()
	l := &troubles{}
	New(Options{Folder: filepath.Join(t.TempDir(), "gone"), Trouble: l.tell})
	if !slices.Equal(l.files, []string{"gone"}) {
		t.Error(l.files, l.errs)
	}
	if New(Options{Folder: filepath.Join(t.TempDir(), "gone")}) == nil {
		t.Error("nobody to tell is trouble")
	}
}
