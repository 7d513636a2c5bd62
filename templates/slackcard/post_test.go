package slackcard_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
	"github.com/taskherald/herald/templates/slackcard/blocktest"
)

// TestLongOutput holds that of an output that is too long the end is in the message and all
// of it in a file.
func TestLongOutput(t *testing.T) {
	t.Parallel()
	l := slackcard.New(book(t))
	lines := func(n, long int) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = fmt.Sprintf("line %d %s", i+1, strings.Repeat("x", long))
		}
		return out
	}
	for _, c := range []struct {
		n, long, shown int
		file           bool
	}{{0, 0, 0, false}, {20, 10, 20, false}, {21, 10, 10, true}, {20, 150, 10, true}, {1, 3000, 1, true}, {500, 3000, 10, true}} {
		r := templates.Reply{Text: "Output of your CRM task", Output: lines(c.n, c.long)}
		p := l.Reply("say_1", &r, templates.Reader{})
		valid(t, "say_1", p)
		if (len(p.Files) == 1) != c.file {
			t.Fatalf("%d lines make %d files", c.n, len(p.Files))
		}
		said := letters(t, wire(t, p))
		if shown := strings.Count(said, "line "); shown != c.shown && shown != c.shown+1 {
			t.Errorf("of %d lines %d are shown, want %d", c.n, shown, c.shown)
		}
		if !c.file {
			continue
		}
		if f := p.Files[0]; f.Content != strings.Join(r.Output, "\n")+"\n" || f.Name != "output.txt" || f.Title != r.Text {
			t.Errorf("the file is %.80q", f)
		}
		if want := fmt.Sprintf("line %d", c.n); !strings.Contains(said, want) || !strings.Contains(said, "in the file") {
			t.Errorf("it does not end with %s: %s", want, said)
		}
	}
}

// TestAskAsThingsGoOn holds that an approval's own message shows its buttons while a decision
// counts and what became of it after that, with what was asked.
func TestAskAsThingsGoOn(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := slackcard.New(b)
	asked := scened(t, "reminder").Events[0]
	for name, want := range map[string]struct {
		open bool
		says []string
	}{
		"reminder": {true, []string{"⚠️ Still waiting: approval required for Step 3", "Asked 25 minutes ago", "0 of 2", "Risk: high", "May decide: ann or the group ops", "Rejecting makes the task fail."}},
		"approval": {true, []string{"⚠ Approval required for Step 3: Go live", "1 of 2", "Until today 12:38 UTC"}},
		"approved": {false, []string{"✓ Step 3 was approved by ann (by e-mail, today 12:10 UTC).", "Reason: checked the dump"}},
		"rejected": {false, []string{"✕ Step 3 was rejected by ann (from a push message, today 12:10 UTC).", "Reason: not before the holidays"}},
		"expired":  {false, []string{"nobody decided in time"}},
	} {
		p := l.Ask("let_1", scened(t, name).Subject, &asked, templates.Reader{}, seal)
		valid(t, "let_1", p)
		raw := wire(t, p)
		decides(t, raw, want.open)
		if rows := rowsOf(t, p); (len(rows) > 0) != want.open {
			t.Errorf("%s has the buttons %v", name, looks(rows))
		}
		said := letters(t, raw)
		for _, text := range append(want.says, "Import customers", "Switch production over to the new database?", "All traffic moves") {
			if !strings.Contains(said, text) {
				t.Errorf("%s does not say %q: %s", name, text, said)
			}
		}
		if !want.open && strings.Contains(said, "May decide") {
			t.Errorf("%s says who may decide: %s", name, said)
		}
	}
	if rows := rowsOf(t, l.Ask("let_1", scened(t, "approval").Subject, &asked, templates.Reader{}, nil)); rows != nil {
		t.Errorf("without a seal it has %v", looks(rows))
	}
}

// TestAskOfAnythingElse holds that an event without an approval is told as what it is.
func TestAskOfAnythingElse(t *testing.T) {
	t.Parallel()
	b := book(t)
	s := scened(t, "failed")
	e := progress.Event{Kind: progress.TaskFailed, Step: 2, At: s.Subject.Now}
	p := slackcard.New(b).Ask("let_1", s.Subject, &e, templates.Reader{}, seal)
	valid(t, "let_1", p)
	if said := letters(t, wire(t, p)); !strings.Contains(said, "Task failed at Step 2") || rowsOf(t, p) != nil {
		t.Errorf("it says %s", said)
	}
}

// TestBoardsCount holds that each task of a board has its line or is counted.
func TestBoardsCount(t *testing.T) {
	t.Parallel()
	l := slackcard.New(book(t))
	for _, n := range []int{0, 1, 30, 400} {
		board := slackcard.Board{Title: fmt.Sprintf("%d tasks", n), More: 7}
		for i := range n {
			board.Lines = append(board.Lines, templates.Brief{Task: "t", Symbol: "◐", Title: fmt.Sprintf("Task no. %d", i), Text: "65% complete", Link: "https://herald.example.com/tasks/t"})
		}
		p := l.Board("b", board, templates.Reader{})
		valid(t, "b", p)
		said := letters(t, wire(t, p))
		shown := strings.Count(said, "Task no. ")
		if want := fmt.Sprintf("+%d more", n+7-shown); !strings.Contains(said, want) || n <= 30 && shown != n || n > 30 && shown < 25 {
			t.Errorf("of %d tasks %d are shown, without %q", n, shown, want)
		}
	}
}

// TestHomes holds that a Home shows what waits and what runs, no more than it can, and how an
// account is linked.
func TestHomes(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := slackcard.New(b)
	h := slackcard.Home{Person: "ann", Linked: true}
	ask, run := b.Card(scened(t, "approval").Subject, templates.Reader{}), b.Card(scened(t, "many_steps").Subject, templates.Reader{})
	for range 60 {
		h.Asks, h.Tasks = append(h.Asks, slackcard.Row{Card: &ask, Seal: seal}, slackcard.Row{Card: &run}, slackcard.Row{}), append(h.Tasks, slackcard.Row{Card: &run}, slackcard.Row{})
	}
	raw, err := json.Marshal(l.Home(h, templates.Reader{}))
	if err != nil || blocktest.CheckView(raw) != nil {
		t.Fatal(err, blocktest.CheckView(raw))
	}
	for text, n := range map[string]int{`"herald.do.approve"`: 10, `"herald.home"`: 1, "+50 more": 1, "+35 more": 1, "251 of 500": 25, "herald.logs.0 01k5m3q8x9abcdefgh": 25} {
		if got := strings.Count(string(raw), text); got != n {
			t.Errorf("%s is there %d times, not %d", text, got, n)
		}
	}
	if raw, err = json.Marshal(l.Home(slackcard.Home{Linked: true}, templates.Reader{})); err != nil || blocktest.CheckView(raw) != nil || strings.Contains(string(raw), "you are") {
		t.Errorf("without a name it is %s", raw)
	}
	raw, err = json.Marshal(l.Home(slackcard.Home{Command: "/tasks", Asks: h.Asks, Tasks: h.Tasks}, templates.Reader{}))
	if said := string(raw); err != nil || !strings.Contains(said, "/tasks link CODE") || strings.Contains(said, "approve") || strings.Contains(said, "251") {
		t.Errorf("a stranger sees %s", said)
	}
}

// TestReason holds the form for a reason, in every language: whole words, and what comes back.
func TestReason(t *testing.T) {
	t.Parallel()
	l := slackcard.New(book(t))
	verbs := []progress.Verb{progress.VerbApprove, progress.VerbReject, progress.VerbPause, progress.VerbResume, progress.VerbCancel, progress.VerbRetry, progress.VerbSkip, progress.VerbRestart}
	for _, r := range readers() {
		for _, v := range verbs {
			m := l.Reason(v, "", strings.Repeat("m", 3000), r)
			if strings.HasSuffix(m.Title.Text+m.Submit.Text+m.Close.Text, "…") || strings.Contains(m.Title.Text, "{") {
				t.Errorf("%s in %s: %q, %q, %q", v, r.Lang, m.Title.Text, m.Submit.Text, m.Close.Text)
			}
			if len(m.Blocks.BlockSet) != 1 || m.CallbackID != slackcard.CallbackReason || len(m.PrivateMetadata) != 3000 {
				t.Errorf("%s: %+v", v, m)
			}
		}
	}
	m := l.Reason(progress.VerbReject, strings.Repeat("<!channel> ", 500), strings.Repeat("m", 3001), templates.Reader{})
	raw, err := json.Marshal(m)
	if err != nil || blocktest.CheckView(raw) != nil || m.PrivateMetadata != "" || len(m.Blocks.BlockSet) != 2 {
		t.Errorf("%v, %v, %d characters come back", err, blocktest.CheckView(raw), len(m.PrivateMetadata))
	}
	if !strings.Contains(string(raw), `"max_length":1000`) || !strings.Contains(string(raw), `"optional":true`) {
		t.Errorf("%s", raw)
	}
}
