package pushcard_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/pushcard"
)

// gathered is a push that tells of so many tasks of a title, and of 7 more.
func gathered(b *templates.Book, n int, title string) pushcard.Input {
	d := templates.Digest{At: sceneDay, More: 7}
	for range n {
		task := progress.Task{ID: "t", Spec: &progress.Spec{Title: title}, Status: progress.Completed}
		d.Items = append(d.Items, templates.DigestItem{Subject: templates.Subject{Task: &task, Now: sceneDay}})
	}
	said := b.Digest(d, templates.Reader{})
	return pushcard.Input{Notice: &said, Tag: "tag", Open: here}
}

// TestDigests holds that each task is there whole or counted.
func TestDigests(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := pushcard.New(b)
	for n := range 51 {
		for _, title := range []string{"x", strings.Repeat("long words ", 8), strings.Repeat("字", 90), strings.Repeat("long words ", 90)} {
			lines := strings.Split(read(t, l.Payload(gathered(b, n, title))).Notification.Body, "\n")
			last := len(lines) - 1
			for _, line := range lines[:last] {
				if whole := strings.HasPrefix(line, "✓ ") && (strings.HasSuffix(line, " – done") || strings.HasSuffix(line, "…")); !whole || n > 0 && last == 0 {
					t.Errorf("of %d tasks there is %q", n, line)
				}
			}
			if want := fmt.Sprintf("+%d more", n+7-last); lines[last] != want {
				t.Errorf("of %d tasks %d are told, and then %q", n, last, lines[last])
			}
		}
	}
	in := gathered(b, 2, "x")
	if n := read(t, l.Payload(in)).Notification; n.Title != "Update on 9 tasks" || n.Body != "✓ x – done\n✓ x – done\n+7 more" || n.Navigate != here {
		t.Errorf("%+v", n)
	}
	in.Notice.Details = nil
	if n := read(t, l.Payload(in)).Notification; n.Body != "" {
		t.Errorf("without details it says %q", n.Body)
	}
}
