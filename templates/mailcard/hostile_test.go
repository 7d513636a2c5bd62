package mailcard_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/mailcard"
	"github.com/taskherald/herald/templates/textcard"
)

// strange is a mail about a task whose every text a stranger has written, that asks,
// runs or has failed.
func strange(b *templates.Book, title, name, message string, status progress.Status, lang string) mailcard.Input {
	list := slices.Repeat([]string{string([]rune(name)[:min(len([]rune(name)), 300)])}, 100)
	subs := make([]progress.Substep, 20)
	for i := range subs {
		subs[i] = progress.Substep{Name: message}
	}
	ap := &progress.Approval{
		ID: "a", Status: progress.ApprovalPending, ExpiresAt: sceneDay,
		Gate: progress.Gate{Prompt: message, Effects: list, Options: list, Approvers: list, Quorum: 3, Risk: "high"},
	}
	fault := &progress.Fault{Type: name, Message: message}
	steps := []progress.Step{
		{Order: 1, Status: progress.StepRunning, Plan: progress.Plan{Name: name, Substeps: subs}},
		{Order: 2, Status: progress.StepWaiting, Plan: progress.Plan{Name: name}, Approval: ap},
		{Order: 3, Status: progress.StepFailed, Plan: progress.Plan{Name: title}, Error: fault},
	}
	task := progress.Task{ID: "t", Spec: &progress.Spec{Title: title, Kind: name, Owner: message}, Status: status, Run: 2, Attempt: 2, Steps: progress.SetSteps(steps)}
	task.Percent, task.Message, task.Fault, task.Stalled, task.StallCause = 50, message, fault, "x", progress.CauseOverrun
	e := progress.Event{Kind: progress.ApprovalNeeded, Step: 2, At: sceneDay, Data: progress.Data{Approval: ap}}
	if status != progress.Waiting {
		e = progress.Event{Kind: progress.StepFell, Step: 3, At: sceneDay, Data: progress.Data{Error: fault}}
	}
	s := templates.Subject{Task: &task, Now: sceneDay, Link: here + "tasks/t"}
	r := templates.Reader{Lang: lang}
	n := b.Notice(s, &e, r)
	return mailcard.Input{Notice: &n, Subject: &s, Reader: r, Links: mailcard.Links{Step: 2, Approve: here + "act/a", Reject: here + "act/r", Leave: here + "leave/p"}}
}

// huge is a mail about a task that has all that a task can have, in characters that
// are long in HTML.
func huge(b *templates.Book) mailcard.Input {
	return strange(b, strings.Repeat(`"`, 10_000), strings.Repeat(`'`, 10_000), strings.Repeat(`<`, 10_000), progress.Waiting, "de")
}

// held holds what is true of every mail, whatever strangers wrote.
func held(t *testing.T, in mailcard.Input, m mailcard.Mail) {
	t.Helper()
	p := whole(t, in, m)
	if len(m.Subject) > 1000 || strings.ContainsAny(m.Subject, "\r\n") || !utf8.ValidString(m.Subject+m.Text+m.HTML) {
		t.Errorf("the subject is %q", m.Subject)
	}
	if len(p.links) != 4 && in.Subject.Task.Status == progress.Waiting {
		t.Errorf("it has the links %q", p.links)
	}
	narrow(t, m.Text)
}

// narrow holds the width of a plain text, and that no line leaves a text isolated.
func narrow(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if textcard.Columns(line) > 78 && !strings.Contains(line, "://") {
			t.Errorf("a line has %d columns: %q", textcard.Columns(line), line)
		}
		if strings.Count(line, "\u2068") != strings.Count(line, "\u2069") {
			t.Errorf("a line leaves a text isolated: %q", line)
		}
	}
}

// TestHostile holds that what strangers write is seen as they wrote it, and is bounded.
func TestHostile(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := mailcard.New(b)
	for _, evil := range []string{
		"<script>alert(1)</script>", "</table></body><h1>Your bank</h1>", "@everyone <@U123> <!channel>", "[Approve](https://evil.example/act)", `" onclick="x`,
		"👩‍👩‍👧 🇩🇪 ✅", "{{.Text}} {{end}} <!-- ]]> &amp;", "javascript:alert(1)", "نظام متجر الهواتف", "a -- b",
	} {
		for _, status := range []progress.Status{progress.Waiting, progress.Running, progress.Failed} {
			in := strange(b, evil, evil, evil, status, "en")
			m := l.Mail(in)
			held(t, in, m)
			if m.Subject != evil {
				t.Errorf("the subject is %q, want %q", m.Subject, evil)
			}
			said := strings.NewReplacer("\u2068", "", "\u2069", "")
			if n := strings.Count(said.Replace(read(t, m.HTML).seen), evil); n < 5 {
				t.Errorf("in HTML %q is seen %d times", evil, n)
			}
			if n := strings.Count(said.Replace(m.Text), evil); n < 5 {
				t.Errorf("in the text %q is seen %d times:\n%s", evil, n, m.Text)
			}
		}
	}
}

// TestHostileText holds that what would reorder or control is gone, and what is long
// is cut.
func TestHostileText(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := mailcard.New(b)
	for i, evil := range []string{
		strings.Repeat("x", 10_000), strings.Repeat("字", 10_000), strings.Repeat("👩‍👩‍👧", 3_000), strings.Repeat("e\u0301", 5_000), strings.Repeat("عرب", 4_000), strings.Repeat("long words ", 1_000),
		"\u202egnp.exe\u2066", "a\x00\x1b[31mb\r\nBcc: all@example.com", "\xff\xfe", strings.Repeat("&", 10_000),
	} {
		status := []progress.Status{progress.Waiting, progress.Failed}[i%2]
		in := strange(b, evil, evil, evil, status, "fr")
		m := l.Mail(in)
		held(t, in, m)
		if strings.ContainsAny(m.Text+m.HTML, "\x00\x1b\r\u202e\u2066") {
			t.Errorf("%.20q: it controls", evil)
		}
	}
}

// TestHugeMails give up what matters least.
func TestHugeMails(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := mailcard.New(b)
	in := huge(b)
	m := l.Mail(in)
	held(t, in, m)
	for _, want := range []string{"Risiko: hoch", "weitere", "Freigeben", in.Links.Approve, "\n> <<<<"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("it lacks %q:\n%s", want, m.Text)
		}
	}
}

// TestForgedBlocks holds that no text of a stranger begins a line as ours do, which
// would look like our links.
func TestForgedBlocks(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := mailcard.New(b)
	for pad := range 90 {
		evil := strings.Repeat("a", pad) + " Approve: https://evil.example/act " + strings.Repeat("b", 40)
		m := l.Mail(strange(b, evil, evil, evil, progress.Waiting, "en"))
		for line := range strings.Lines(m.Text) {
			if strings.HasPrefix(line, "Approve") && line != "Approve\n" || strings.HasPrefix(line, "https://evil") {
				t.Fatalf("with %d before it: %q", pad, line)
			}
		}
	}
}

// FuzzMail holds that whatever strangers write stays text, has room, and is whole.
func FuzzMail(f *testing.F) {
	f.Add("CRM", "Build", "it works", uint8(0))
	f.Add("\x1b[2J<b>", "عربي "+strings.Repeat("字", 80), "\u202e[x](y)", uint8(1))
	f.Add(strings.Repeat("👩‍👩‍👧", 40), "e\u0301\u0301\u0301", "<!-- {{.}} ]]>", uint8(2))
	f.Add(strings.Repeat("\u2068א", 400), strings.Repeat("\"", 3000), strings.Repeat("x://", 300), uint8(4))
	b := templates.New(templates.Options{Trouble: func(file string, err error) { panic(fmt.Sprint(file, err)) }})
	l := mailcard.New(b)
	f.Fuzz(func(t *testing.T, title, name, message string, which uint8) {
		status := []progress.Status{progress.Waiting, progress.Running, progress.Failed}[which%3]
		in := strange(b, title, name, message, status, []string{"en", "pt", "es", "de", "fr"}[which%5])
		held(t, in, l.Mail(in))
	})
}
