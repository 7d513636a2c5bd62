package templates

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/templates/words"
)

var update = flag.Bool("update", false, "write the golden files anew")

// book is the book as it comes, which may not find fault with itself.
func book(t testing.TB) *Book {
	t.Helper()
	return New(Options{Trouble: func(file string, err error) { t.Errorf("%s: %v", file, err) }})
}

// golden holds a text to the file of it.
func golden(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join("testdata", "scenes", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	have, wanted := strings.Split(text, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(have), len(wanted)) {
		if i >= len(have) || i >= len(wanted) || have[i] != wanted[i] {
			t.Errorf("%s: from line %d on it is\n%s\nwant\n%s", file, i+1, strings.Join(have[min(i, len(have)):min(i+3, len(have))], "\n"), strings.Join(wanted[min(i, len(wanted)):min(i+3, len(wanted))], "\n"))
			return
		}
	}
}

// TestScenes holds how every situation reads: in English in all forms, in the other
// languages as text.
func TestScenes(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, s := range Scenes() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			if len(s.Events) == 0 {
				t.Fatal("one of its commands was refused")
			}
			for _, form := range Forms() {
				golden(t, fmt.Sprintf("%s/en.%s", s.Name, form), written(b, s, Reader{}, form))
			}
			for _, lang := range words.Langs()[1:] {
				zone := time.FixedZone("CEST", 2*3600)
				golden(t, fmt.Sprintf("%s/%s.text", s.Name, lang), written(b, s, Reader{Lang: lang, Zone: zone}, Text))
			}
		})
	}
}

// written is a scene's card and notices, one below the other.
func written(b *Book, s Scene, r Reader, form Form) string {
	out := []string{b.Layout(form, b.Card(s.Subject, r), Fit{})}
	for _, e := range s.Events {
		out = append(out, b.Layout(form, b.Notice(s.Subject, &e, r), Fit{}))
	}
	if form == HTML {
		return "<!doctype html><meta charset=\"utf-8\">\n" + strings.Join(out, "\n<hr>\n") + "\n"
	}
	return strings.Join(out, "\n"+strings.Repeat("-", 40)+"\n") + "\n"
}
