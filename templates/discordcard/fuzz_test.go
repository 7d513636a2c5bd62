package discordcard_test

import (
	"bytes"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/discordcard"
	"github.com/taskherald/herald/templates/discordcard/componenttest"
	"github.com/taskherald/herald/templates/strangertest"
	"github.com/taskherald/herald/templates/words"
)

// harmless holds a post to the limits, and that nothing in it does anything but what is ours.
// It returns what is seen.
func harmless(t testing.TB, what string, p discordcard.Post) string {
	t.Helper()
	raw := valid(t, "id_1", p)
	seen := componenttest.Read(raw)
	for _, link := range seen.Links {
		if link != strangertest.Page {
			t.Fatalf("%s leads to %q\n%s", what, link, raw)
		}
	}
	if len(seen.Pings)+len(seen.Made) > 0 {
		t.Fatalf("%s makes %q and %q\n%s", what, seen.Pings, seen.Made, raw)
	}
	for by, full := range p.Kept {
		if a, ok := discordcard.ParseAction(full); !ok || len(full) <= 100 || !bytes.Contains(raw, []byte(by)) {
			t.Fatalf("%s keeps %q as %q, %+v", what, full, by, a)
		}
	}
	formed(t, what, p)
	return seen.Text
}

// formed holds that lines begin with what we wrote and not with what a stranger did: nothing
// is larger than a headline, and there is one.
func formed(t testing.TB, what string, p discordcard.Post) {
	t.Helper()
	headings := 0
	for _, c := range p.Components[0].(discordgo.Container).Components {
		d, _ := c.(discordgo.TextDisplay)
		if code := strings.Split(d.Content, "```"); len(code) > 1 {
			d.Content = code[0] + code[len(code)-1]
			if len(code) != 3 {
				t.Fatalf("%s has a block of code that ends early: %q", what, code)
			}
		}
		for line := range strings.Lines(d.Content) {
			if strings.HasPrefix(line, "### ") {
				headings++
			}
			if strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "## ") || strings.HasPrefix(line, ">>> ") || headings > 1 {
				t.Fatalf("%s has a line %q in %q", what, line, d.Content)
			}
		}
	}
}

// round is all that is posted of one random task.
func round(t testing.TB, l *discordcard.Layout, b *templates.Book, s strangertest.Stranger) {
	r := templates.Reader{Lang: words.Langs()[s.IntN(len(words.Langs()))]}
	subjects := []templates.Subject{s.Subject(), s.Subject()}
	sub := subjects[0]
	card := b.Card(sub, r)
	post := l.Card("id_1", &card, r, seal)
	if seen := harmless(t, "the card", post); !strings.Contains(seen, card.Isolated().Title) {
		t.Fatalf("the title is not there as it is: %q\n%s", card.Title, seen)
	}
	decides(t, post, card.Ask)

	e := s.Event(sub.Task)
	n := b.Notice(sub, e, r)
	post = l.Notice("id_1", &n, r)
	harmless(t, "the notice", post)
	decides(t, post, nil)
	asked := b.Asked(sub, e, r)
	post = l.Ask("id_1", sub, e, r, seal)
	harmless(t, "the approval", post)
	if !asked.Open {
		asked.Ask = nil
	}
	decides(t, post, asked.Ask)
	reply := b.Reply(s.Answer(subjects), r, strangertest.Noon())
	harmless(t, "the reply", l.Reply("id_1", &reply, r))
	crowd(t, l, b, s, subjects, r)
	forms(t, l, s, r)
}

// crowd is what shows several tasks.
func crowd(t testing.TB, l *discordcard.Layout, b *templates.Book, s strangertest.Stranger, subjects []templates.Subject, r templates.Reader) {
	t.Helper()
	d := templates.Digest{At: strangertest.Noon(), More: s.IntN(3), Link: strangertest.Page}
	for i := range s.IntN([]int{5, 5, 5, 60}[s.IntN(4)]) {
		d.Items = append(d.Items, templates.DigestItem{Subject: subjects[i%2], Kinds: []progress.Kind{progress.TaskFailed}})
	}
	digest, board := b.Digest(d, r), b.Board(d, r)
	harmless(t, "the digest", l.Notice("id_1", &digest, r))
	harmless(t, "the board", l.Notice("id_1", &board, r))
	harmless(t, "what is left", l.Moved("id_1", strangertest.Page, s.Long(), r))
}

// forms holds the form for a reason to the limits.
func forms(t testing.TB, l *discordcard.Layout, s strangertest.Stranger, r templates.Reader) {
	t.Helper()
	raw := wire(t, l.Reason(progress.VerbCancel, 0, s.Long(), "rX", r))
	seen := componenttest.Read(raw)
	if wrong := componenttest.CheckModal(raw); wrong != nil || len(seen.Pings)+len(seen.Links)+len(seen.Made) > 0 {
		t.Fatalf("the form: %q, %+v", wrong, seen)
	}
}

// decides holds that there are the buttons of an approval, or that there are none.
func decides(t testing.TB, p discordcard.Post, open *templates.Ask) {
	t.Helper()
	raw := string(wire(t, p.Components))
	has := func(id string) bool { return strings.Contains(raw, `"custom_id":"`+id) }
	high := open != nil && open.High
	for id, want := range map[string]bool{"dSEALED.approve": open != nil && !high, "rSEALED.reject": open != nil, "rSEALED.approve": open != nil} {
		if has(id) != want {
			t.Fatalf("%s is there: %v, want %v\n%s", id, !want, want, raw)
		}
	}
}

// TestRandomTasks holds that whatever strangers write, every payload is one that Discord
// takes, and shows their letters and nothing else. It looks at as many as take some seconds
// with -race on a busy machine; FUZZ_TASKS=100000 is for who changes a layout.
func TestRandomTasks(t *testing.T) {
	t.Parallel()
	tasks := 80
	if n, err := strconv.Atoi(os.Getenv("FUZZ_TASKS")); err == nil {
		tasks = n
	}
	b := book(t)
	l := discordcard.New(b)
	began := time.Now()
	t.Cleanup(func() { t.Logf("%d tasks in %s", tasks, time.Since(began).Round(time.Millisecond)) })
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		t.Run(strconv.Itoa(w), func(t *testing.T) {
			t.Parallel()
			for i := w; i < tasks; i += workers {
				round(t, l, b, strangertest.New(uint64(i)))
			}
		})
	}
}

// TestBitesAreFound holds that the eye that finds nothing in our posts does see them, and
// that each of them alone is shown letter by letter.
func TestBitesAreFound(t *testing.T) {
	t.Parallel()
	read := func(text string) componenttest.Reading {
		return componenttest.Read(wire(t, []any{map[string]any{"type": 10, "content": text}}))
	}
	does := func(r componenttest.Reading, text string) bool {
		return len(r.Pings)+len(r.Links)+len(r.Made) > 0 || r.Text != text
	}
	shown := slices.DeleteFunc(strangertest.Bites(), func(b string) bool { return !utf8.ValidString(b) || strings.ContainsAny(b, "\u2060\u200b\n\x00\x1b") })
	found := slices.DeleteFunc(slices.Clone(shown), func(b string) bool { return !does(read(b), b) })
	if len(found) < 33 {
		t.Errorf("of %d bites %d are found: %q", len(shown), len(found), found)
	}
	for i, bite := range shown {
		for _, text := range []string{bite, "a" + bite + "b", bite + bite, bite + shown[(i+1)%len(shown)] + bite, "x\n" + bite + " y"} {
			if r := read(discordcard.Plain(text)); does(r, text) {
				t.Errorf("%q as %q is %+v", text, discordcard.Plain(text), r)
			}
		}
	}
}
