package discordcard_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/discordcard"
	"github.com/taskherald/herald/templates/discordcard/componenttest"
)

// seen is a post as somebody reads it.
func seen(t testing.TB, id string, p discordcard.Post) string {
	t.Helper()
	return componenttest.Read(valid(t, id, p)).Text
}

// TestLongOutput holds that of an output that is too long the end is in the message and all
// of it in a file, which the message shows.
func TestLongOutput(t *testing.T) {
	t.Parallel()
	l := discordcard.New(book(t))
	for _, c := range []struct {
		n, shown int
		text     string
		file     bool
	}{{0, 0, "", false}, {20, 20, "xxxxxxxxxx", false}, {21, 10, "x", true}, {20, 10, strings.Repeat("x", 150), true}, {1, 1, strings.Repeat("x", 3000), true}, {500, 10, strings.Repeat("`@", 1500), true}} {
		r := templates.Reply{Text: "Output of your CRM task"}
		for i := range c.n {
			r.Output = append(r.Output, fmt.Sprintf("line %d %s", i+1, c.text))
		}
		p := l.Reply("say_1", &r, templates.Reader{})
		said := seen(t, "say_1", p)
		if shown := strings.Count(said, "line "); len(p.Files) == 1 != c.file || shown != c.shown && shown != c.shown+1 {
			t.Errorf("of %d lines %d are shown, want %d, and %d files", c.n, shown, c.shown, len(p.Files))
		}
		if !c.file {
			continue
		}
		if f := p.Files[0]; f.Content != strings.Join(r.Output, "\n")+"\n" || f.Name != "output.txt" || f.Title != r.Text {
			t.Errorf("the file is %.80q", f)
		}
		if raw := string(wire(t, p.Components)); !strings.Contains(raw, `"attachment://output.txt"`) || !strings.Contains(said, fmt.Sprintf("line %d", c.n)) || !strings.Contains(said, "in the file") {
			t.Errorf("it does not end with line %d and its file: %s", c.n, raw)
		}
	}
	b := book(t)
	card := b.Card(scened(t, "hostile").Subject, templates.Reader{})
	card.Message, card.Remarks = strings.Repeat("m", 500), ten(strings.Repeat("*", 500))
	if p := l.Reply("say_1", &templates.Reply{Card: &card}, templates.Reader{}); p.Files != nil || strings.Contains(seen(t, "say_1", p), "in the file") {
		t.Error("a full card without output has a file")
	}
	blank := l.Reply("say_1", &templates.Reply{Text: "Output", Output: []string{"", " "}}, templates.Reader{})
	if said := seen(t, "say_1", blank); said != "Output" {
		t.Errorf("of nothing but spaces there is %q", said)
	}
}

// TestAskAsThingsGoOn holds that an approval's own message shows its buttons while a decision
// counts and what became of it after that, with what was asked.
func TestAskAsThingsGoOn(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := discordcard.New(b)
	asked := scened(t, "reminder").Events[0]
	for name, want := range map[string]struct {
		open   bool
		colour int
		says   []string
	}{
		"reminder": {true, 0xF59E0B, []string{"⚠️ Still waiting: approval required for Step 3", "Asked 25 minutes ago", "0 of 2", "Risk: high", "May decide: ann or the group ops", "Rejecting makes the task fail."}},
		"approval": {true, 0xF59E0B, []string{"⚠ Approval required for Step 3: Go live", "1 of 2", "Until today 12:38 UTC"}},
		"approved": {false, 0x16A34A, []string{"✓ Step 3 was approved by ann (by e-mail, today 12:10 UTC).", "Reason: checked the dump"}},
		"rejected": {false, 0xDC2626, []string{"✕ Step 3 was rejected by ann (from a push message, today 12:10 UTC).", "Reason: not before the holidays"}},
		"expired":  {false, 0xDC2626, []string{"nobody decided in time"}},
	} {
		p := l.Ask("let_1", scened(t, name).Subject, &asked, templates.Reader{}, seal)
		said := seen(t, "let_1", p)
		if rows := looks(rowsOf(p)); want.open && (len(rows) != 1 || rows[0] != "r approve*, r reject!,  open") || !want.open && rows != nil {
			t.Errorf("%s has the buttons %q", name, rows)
		}
		if got := *p.Components[0].(discordgo.Container).AccentColor; got != want.colour {
			t.Errorf("%s has the colour %06X", name, got)
		}
		for _, text := range want.says {
			if !strings.Contains(said, text) {
				t.Errorf("%s does not say %q: %s", name, text, said)
			}
		}
		if !want.open && strings.Contains(said, "May decide") {
			t.Errorf("%s says who may decide: %s", name, said)
		}
	}
	if rows := rowsOf(l.Ask("let_1", scened(t, "approval").Subject, &asked, templates.Reader{}, nil)); rows != nil {
		t.Errorf("without a seal it has %v", looks(rows))
	}
	s := scened(t, "failed")
	e := progress.Event{Kind: progress.TaskFailed, Step: 2, At: s.Subject.Now}
	if p := l.Ask("let_1", s.Subject, &e, templates.Reader{}, seal); !strings.Contains(seen(t, "let_1", p), "Task failed at Step 2") || rowsOf(p) != nil {
		t.Errorf("an event that asks nothing says %s", seen(t, "let_1", p))
	}
}

// TestBoardsCount holds that each task of a board has its line or is counted.
func TestBoardsCount(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := discordcard.New(b)
	for _, n := range []int{0, 1, 20, 400} {
		board := b.Board(templates.Digest{}, templates.Reader{})
		board.Text, board.More, board.Link = fmt.Sprintf("%d tasks", n), 7, "https://herald.example.com/"
		for i := range n {
			board.Tasks = append(board.Tasks, templates.Brief{Task: "t", Symbol: "◐", Title: fmt.Sprintf("Task no. %d", i), Text: "65% complete", Link: "https://herald.example.com/tasks/01k5m3q8x9abcdefgh"})
		}
		said := seen(t, "b", l.Notice("b", &board, templates.Reader{}))
		shown := strings.Count(said, "Task no. ")
		if want := fmt.Sprintf("+%d more", n+7-shown); !strings.Contains(said, want) || n <= 20 && shown != n || n > 30 && shown < 30 || !strings.HasSuffix(said, "Open Herald") {
			t.Errorf("of %d tasks %d are shown, without %q: %s", n, shown, want, said)
		}
		board.More, board.Tasks = 0, board.Tasks[:min(n, 20)]
		if said := seen(t, "b", l.Notice("b", &board, templates.Reader{})); strings.Contains(said, "more") {
			t.Errorf("all %d are there, and it says %s", n, said)
		}
	}
}

// TestLongNotices holds that what has no room is counted, and that a failure is cut and not
// left out.
func TestLongNotices(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := discordcard.New(b)
	n := templates.Notice{Kind: "task.failed", Symbol: "✕", Text: "It failed", Title: "t", Details: ten(strings.Repeat("*why* ", 200))}
	said := seen(t, "n", l.Notice("n", &n, templates.Reader{}))
	if shown := strings.Count(said, "*why*"); shown < 300 || !strings.HasSuffix(said, "+7 more") {
		t.Errorf("%d are shown: …%s", shown, said[len(said)-100:])
	}
	card := b.Card(scened(t, "failed").Subject, templates.Reader{})
	fault := *card.Fault
	fault.Text, card.Reason, card.Message = strings.Repeat("*why* ", 400), strings.Repeat("a", 4000), strings.Repeat("b", 500)
	card.Fault = &fault
	if said := seen(t, "c", l.Card("c", &card, templates.Reader{}, seal)); strings.Count(said, "*why*") < 100 || !strings.Contains(said, "What you can do") {
		t.Errorf("it says %s", said)
	}
}

// ten are ten of a text.
func ten(text string) []string {
	out := make([]string, 10)
	for i := range out {
		out[i] = text
	}
	return out
}

// TestMoved holds what is left of a card that goes on elsewhere: its title, and where it is.
func TestMoved(t *testing.T) {
	t.Parallel()
	l := discordcard.New(book(t))
	const link = "https://discord.com/channels/1/2/3"
	p := l.Moved("card_1", link, "Import\n*customers*\u202e @everyone", templates.Reader{})
	r := componenttest.Read(valid(t, "card_1", p))
	if r.Text != "Import *customers* @everyone\nThis card goes on below" || len(r.Links) != 1 || r.Links[0] != link || len(r.Pings)+len(r.Made) > 0 || rowsOf(p) != nil {
		t.Errorf("it is %+v", r)
	}
	if r := componenttest.Read(valid(t, "x", l.Moved("x", "", "", templates.Reader{}))); r.Text != "–\nThis card goes on below" || r.Links != nil {
		t.Errorf("without anything it is %+v", r)
	}
}

// TestReason holds the form for a reason, in every language: whole words, and what comes back.
func TestReason(t *testing.T) {
	t.Parallel()
	l := discordcard.New(book(t))
	verbs := []progress.Verb{"", "fly", progress.VerbApprove, progress.VerbReject, progress.VerbPause, progress.VerbResume, progress.VerbCancel, progress.VerbRetry, progress.VerbSkip, progress.VerbRestart}
	for _, r := range readers() {
		for _, v := range verbs {
			m := l.Reason(v, 0, "", "rX", r)
			raw := string(wire(t, m))
			of := l.Reason(v, 1024, "", "rX", r)
			if wrong := componenttest.CheckModal(wire(t, of)); wrong != nil || strings.Contains(of.Title, "1024") != (v == progress.VerbApprove || v == progress.VerbSkip) {
				t.Errorf("%s of a step in %s: %q, %s", v, r.Lang, wrong, of.Title)
			}
			if wrong := componenttest.CheckModal([]byte(raw)); wrong != nil || strings.Contains(raw, "…") || strings.Contains(raw, "{n}") || m.CustomID != "rX" {
				t.Errorf("%s in %s: %q, %s", v, r.Lang, wrong, raw)
			}
		}
	}
	m := l.Reason(progress.VerbCancel, 0, strings.Repeat("<@&1> ", 500), "rX", templates.Reader{})
	raw := wire(t, m)
	if r := componenttest.Read(raw); componenttest.CheckModal(raw) != nil || r.Pings != nil || !strings.Contains(r.Text, "<@&1> <@&1>") || !strings.Contains(r.Text, "can only be started over") {
		t.Errorf("%s", raw)
	}
	label, _ := m.Components[1].(discordgo.Label)
	if input, ok := label.Component.(discordgo.TextInput); !ok || input.CustomID != discordcard.InputReason || *input.Required || input.MaxLength != 1000 || input.Style != discordgo.TextInputParagraph {
		t.Errorf("%+v", label)
	}
}

// TestNothingEndsALink holds that what a stranger wrote behind a masked link, where brackets
// count though a backslash stands before them, neither ends it elsewhere nor undoes it.
func TestNothingEndsALink(t *testing.T) {
	t.Parallel()
	l := discordcard.New(book(t))
	const link = "https://herald.example.com/tasks/t"
	n := templates.Notice{Kind: "task.failed", Symbol: "✕", Text: "It failed", About: "Task: Import", Link: link, Details: []string{"a](x) b](http://evil.example) [c](d)"}}
	r := componenttest.Read(valid(t, "n", l.Notice("n", &n, templates.Reader{})))
	if r.Text != "It failed\nTask: Import\n"+n.Details[0] || len(r.Links) != 1 || r.Links[0] != link {
		t.Errorf("%+v", r)
	}
}
