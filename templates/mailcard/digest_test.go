package mailcard_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/mailcard"
)

// gathered is a mail that tells of so many tasks, all of whose texts a stranger wrote.
func gathered(b *templates.Book, n int, text string) mailcard.Input {
	d := templates.Digest{At: sceneDay, More: 7, Link: here + "notifications"}
	for i := range n {
		task := progress.Task{ID: progress.TaskID(fmt.Sprint("t", i)), Spec: &progress.Spec{Title: text}, Status: progress.Failed, End: &progress.End{Error: &progress.Fault{Message: text}}}
		d.Items = append(d.Items, templates.DigestItem{Subject: templates.Subject{Task: &task, Now: sceneDay, Link: here + "tasks/" + string(task.ID)}})
	}
	said := b.Digest(d, templates.Reader{})
	return mailcard.Input{Notice: &said, Links: mailcard.Links{Leave: here + "leave/p"}}
}

// TestHugeDigests give up the last tasks, and say how many.
func TestHugeDigests(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := mailcard.New(b)
	for n, want := range map[int]string{3: "+7 more", 50: "+37 more"} {
		in := gathered(b, n, strings.Repeat(`"`, 10_000))
		before := b.Layout(templates.JSON, in.Notice, templates.Fit{})
		m := l.Mail(in)
		p := whole(t, in, m)
		narrow(t, m.Text)
		left := min(n, 20)
		if len(p.links) != left+2 || strings.Count(m.Text, here+"tasks/") != left {
			t.Errorf("of %d there are %d in the HTML", n, len(p.links)-2)
		}
		for _, text := range []string{m.Text, p.seen} {
			if !strings.Contains(text, "\n"+want+"\n") || strings.Count(text, " more") != 1 || !strings.Contains(text, fmt.Sprintf("Update on %d tasks", n+7)) {
				t.Errorf("of %d it does not say %s:\n%s", n, want, text)
			}
		}
		if b.Layout(templates.JSON, in.Notice, templates.Fit{}) != before {
			t.Error("the notice is another")
		}
	}
}

// TestHostileDigests holds that no text of a stranger reorders or begins a line of ours.
func TestHostileDigests(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := mailcard.New(b)
	for _, evil := range []string{"نظام متجر الهواتف", "<script>alert(1)</script>", "a\r\nOpen your notifications\nhttps://evil.example", strings.Repeat("עברית ", 60)} {
		in := gathered(b, 2, evil)
		m := l.Mail(in)
		whole(t, in, m)
		narrow(t, m.Text)
		if strings.Contains(m.Text, "\nhttps://evil") || strings.Count(m.Text, "\nOpen your notifications\n") != 1 {
			t.Error(m.Text)
		}
	}
	if m := l.Mail(gathered(b, 1, "نظام")); !strings.Contains(m.Text, "\u2068نظام\u2069 – ") {
		t.Errorf("the title reorders what is beside it:\n%s", m.Text)
	}
}

// TestDigestsInOwnLayouts holds that a layout which knows of no tasks has a line of each.
func TestDigestsInOwnLayouts(t *testing.T) {
	t.Parallel()
	b, l, told := overlaid(t, map[string]string{"mail.text.tmpl": "{{.Subject}}{{range .Details}}\n{{.}}{{end}}"})
	if m := l.Mail(gathered(b, 2, "x")); m.Text != "Update on 9 tasks\n✕ x – failed: x\n✕ x – failed: x\n+7 more\n" {
		t.Error(m.Text)
	}
	_, _, broken := overlaid(t, map[string]string{"mail.text.tmpl": "{{.Text}}{{with .Tasks}}{{index . 99}}{{end}}"})
	if len(told()) > 0 || len(broken()) != 1 || !strings.Contains(broken()[0], `scene "digest"`) {
		t.Error(told(), broken())
	}
}
