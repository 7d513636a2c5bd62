package slackcard_test

import (
	"bytes"
	"encoding/json"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
	"github.com/taskherald/herald/templates/slackcard/blocktest"
	"github.com/taskherald/herald/templates/strangertest"
	"github.com/taskherald/herald/templates/words"
)

// harmless holds a post to the limits, and that nothing in it does anything but what is ours.
func harmless(t testing.TB, what string, p slackcard.Post) []byte {
	t.Helper()
	valid(t, "id_1", p)
	raw := wire(t, p)
	for _, found := range blocktest.Live(p.Text, raw) {
		if found != strangertest.Page {
			t.Fatalf("%s: %q does something\n%s\n%s", what, found, p.Text, raw)
		}
	}
	quiet(t, what, raw)
	for _, control := range []string{"<", "@everyone", "@here", "://"} {
		if strings.Contains(p.Text, control) {
			t.Fatalf("%s has %q in its text: %q", what, control, p.Text)
		}
	}
	return raw
}

// quiet holds that nothing is parsed.
func quiet(t testing.TB, what string, raw []byte) {
	t.Helper()
	for _, parsed := range []string{`"type":"mrkdwn"`, `"type":"markdown"`, `"emoji":true`, `"type":"user`, `"type":"broadcast"`} {
		if bytes.Contains(raw, []byte(parsed)) {
			t.Fatalf("%s has %s: %s", what, parsed, raw)
		}
	}
}

// letters are all texts of rich text, joined.
func letters(t testing.TB, raw []byte) string {
	t.Helper()
	var out strings.Builder
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			if text, ok := v["text"].(string); ok {
				out.WriteString(text)
			}
			walk(v["elements"])
		}
	}
	var doc any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	walk(doc)
	return out.String()
}

// round is all that is posted of one random task.
func round(t testing.TB, l *slackcard.Layout, b *templates.Book, s strangertest.Stranger) {
	r := templates.Reader{Lang: words.Langs()[s.IntN(len(words.Langs()))]}
	subjects := []templates.Subject{s.Subject(), s.Subject()}
	sub := subjects[0]
	card := b.Card(sub, r)
	raw := harmless(t, "the card", l.Card("id_1", &card, r, seal))
	if !strings.Contains(letters(t, raw), card.Isolated().Title) {
		t.Fatalf("the title is not there as it is: %q\n%s", card.Title, raw)
	}
	decides(t, raw, card.Ask != nil)

	e := s.Event(sub.Task)
	n := b.Notice(sub, e, r)
	decides(t, harmless(t, "the notice", l.Notice("id_1", &n, r)), false)
	decides(t, harmless(t, "the approval", l.Ask("id_1", sub, e, r, seal)), b.Asked(sub, e, r).Open)
	reply := b.Reply(s.Answer(subjects), r, strangertest.Noon())
	harmless(t, "the reply", l.Reply("id_1", &reply, r))
	crowd(t, l, b, s, subjects, r)
}

// crowd is what shows several tasks.
func crowd(t testing.TB, l *slackcard.Layout, b *templates.Book, s strangertest.Stranger, subjects []templates.Subject, r templates.Reader) {
	d := templates.Digest{At: strangertest.Noon(), More: s.IntN(3), Link: strangertest.Page}
	h := slackcard.Home{Person: progress.Person(s.Long()), Linked: s.IntN(4) > 0, Command: "/herald", Link: strangertest.Page}
	rows := make([]slackcard.Row, len(subjects))
	for i, sub := range subjects {
		card := b.Card(sub, r)
		rows[i] = slackcard.Row{Card: &card, Seal: seal}
	}
	for i := range s.IntN([]int{5, 5, 5, 60}[s.IntN(4)]) {
		d.Items = append(d.Items, templates.DigestItem{Subject: subjects[i%2], Kinds: []progress.Kind{progress.TaskFailed}})
		h.Asks, h.Tasks = append(h.Asks, rows[i%2]), append(h.Tasks, rows[(i+1)%2])
	}
	digest, board := b.Digest(d, r), b.Board(d, r)
	harmless(t, "the digest", l.Notice("id_1", &digest, r))
	harmless(t, "the board", l.Board("id_1", slackcard.Board{Title: s.Long(), Lines: board.Tasks, More: 3, Link: strangertest.Page}, r))
	for what, v := range map[string]any{"the home": l.Home(h, r), "the form": l.Reason(progress.VerbReject, s.Long(), s.Text(9), r)} {
		raw, err := json.Marshal(v)
		if err == nil {
			err = blocktest.CheckView(raw)
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", what, err, raw)
		}
		quiet(t, what, raw)
	}
}

// decides holds that there are the buttons of an approval, or that there are none.
func decides(t testing.TB, raw []byte, open bool) {
	t.Helper()
	for _, id := range []string{"herald.do.approve", "herald.reason.reject", "herald.reason.approve"} {
		if bytes.Contains(raw, []byte(`"`+id+`"`)) != open {
			t.Fatalf("%s is there: %v, want %v\n%s", id, !open, open, raw)
		}
	}
}

// TestRandomTasks holds that whatever strangers write, every payload is one that Slack takes,
// and shows their letters and nothing else. It looks
// at as many as take some ten seconds with -race on a busy machine; FUZZ_TASKS=100000 is for who
// changes a layout.
func TestRandomTasks(t *testing.T) {
	t.Parallel()
	tasks := 80
	if n, err := strconv.Atoi(os.Getenv("FUZZ_TASKS")); err == nil {
		tasks = n
	}
	b := book(t)
	l := slackcard.New(b)
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

// TestBitesAreFound holds that the eye that finds nothing in our posts does see them.
func TestBitesAreFound(t *testing.T) {
	t.Parallel()
	found := slices.DeleteFunc(strangertest.Bites(), func(b string) bool { return blocktest.Live(b, nil) == nil })
	if len(found) < 18 {
		t.Errorf("of %d bites %d are found: %q", len(strangertest.Bites()), len(found), found)
	}
}
