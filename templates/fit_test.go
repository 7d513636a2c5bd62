package templates

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
)

// TestEverythingFits holds every scene to every room, in every form.
func TestEverythingFits(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, s := range Scenes() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			for _, thing := range shown(b, s, Reader{}) {
				for _, form := range Forms() {
					for most := 1; most < 1500; most += 1 + most/4 {
						check(t, b, form, thing, Fit{Characters: most})
					}
					for most := 1; most < 30; most += 1 + most/8 {
						check(t, b, form, thing, Fit{Lines: most})
					}
				}
			}
		})
	}
}

// TestDigestsFit holds that tasks are taken away from the end until there is room.
func TestDigestsFit(t *testing.T) {
	t.Parallel()
	b := book(t)
	n := b.Digest(SceneDigest(), Reader{})
	before := b.Layout(JSON, n, Fit{})
	for _, form := range Forms() {
		for most := 1; most < 6000; most += 1 + most/6 {
			check(t, b, form, n, Fit{Characters: most})
		}
		for most := range 40 {
			check(t, b, form, n, Fit{Lines: most})
		}
	}
	for lines, want := range map[int]string{
		5: "Update on 15 tasks\n- ✓ Train the model – done, after a failure and a retry\n- ◐ Cellphone Store CRM – 65% complete, about 3 minutes remaining\n+13 more\n" + n.Link,
		2: "Update on 15 tasks\n" + n.Link,
		1: "Update on 15 tasks",
	} {
		if got := b.Layout(Text, n, Fit{Lines: lines}); got != want {
			t.Errorf("in %d lines it is\n%s\nwant\n%s", lines, got, want)
		}
	}
	for _, form := range []Form{Text, Markdown, HTML} {
		if text := b.Layout(form, n, Fit{}); strings.Count(text, "https://herald.example.com/tasks/") != len(n.Tasks) || strings.Count(text, "2 more") != 1 || strings.Count(text, "a failed step") != 1 {
			t.Errorf("%s does not link to each task, or says one twice:\n%s", form, text)
		}
	}
	if b.Layout(JSON, n, Fit{}) != before {
		t.Error("laying it out has changed it")
	}
}

// TestDigestsAreJSON holds that tasks and details are the same in every room.
func TestDigestsAreJSON(t *testing.T) {
	t.Parallel()
	b := book(t)
	n := b.Digest(SceneDigest(), Reader{})
	for _, most := range []int{0, 6000, 3000, 1500, 600} {
		var back Notice
		text := b.Layout(JSON, n, Fit{Characters: most})
		if err := json.Unmarshal([]byte(text), &back); err != nil {
			t.Fatal(err, text)
		}
		last := back.Details[len(back.Details)-1]
		if len(back.Tasks)+back.More != 15 || len(back.Details) != len(back.Tasks)+1 || last != fmt.Sprintf("+%d more", back.More) {
			t.Errorf("in %d it has %d tasks and %d more, and says %q", most, len(back.Tasks), back.More, back.Details)
		}
		if again := b.Layout(JSON, back, Fit{}); again != text {
			t.Errorf("it came back as %s, was %s", again, text)
		}
	}
}

// shown are a scene's card and notices.
func shown(b *Book, s Scene, r Reader) []any {
	out := []any{b.Card(s.Subject, r)}
	for _, e := range s.Events {
		out = append(out, b.Notice(s.Subject, &e, r))
	}
	return out
}

// check lays something out, and holds that it has room and is whole.
func check(t *testing.T, b *Book, form Form, thing any, fit Fit) {
	t.Helper()
	text := b.Layout(form, thing, fit)
	switch {
	case !fit.holds(text):
		t.Errorf("%s in %+v is too long: %q", form, fit, text)
	case !utf8.ValidString(text):
		t.Errorf("%s in %+v is no UTF-8: %q", form, fit, text)
	case strings.Count(text, isolate) != strings.Count(text, release):
		t.Errorf("%s in %+v leaves text isolated: %q", form, fit, text)
	case text == "" && (form == Text && fit.Characters != 1 || fit == Fit{}):
		t.Errorf("%s in %+v is empty", form, fit)
	case form == JSON && text != "" && !json.Valid([]byte(text)):
		t.Errorf("%+v: no JSON: %s", fit, text)
	}
	if form == HTML {
		wellFormed(t, text)
	}
}

// ours are the elements that our layouts make.
var ours = []string{"section", "p", "strong", "small", "ul", "li", "bdi", "blockquote", "progress", "a", "br", "ol", "pre"}

// wellFormed holds that every element is closed and one of ours, and that links lead
// to the task.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		if e, ok := token.(xml.StartElement); ok {
			if !slices.Contains(ours, e.Name.Local) {
				t.Errorf("a stranger made the element %s: %s", e.Name.Local, text)
			}
			for _, a := range e.Attr {
				if a.Name.Local == "href" && !strings.HasPrefix(a.Value, "https://herald.example.com/tasks/") && a.Value != SceneDigest().Link && a.Value != sceneAccounts {
					t.Errorf("a stranger made the link %s", a.Value)
				}
			}
		}
	}
}

// TestWhatMattersStays holds what is left of an approval and a failure when there is
// little room: what is asked, what went wrong, and the way to it.
func TestWhatMattersStays(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, c := range []struct {
		scene Scene
		most  Fit
		stays []string
		goes  []string
	}{
		{asked(), Fit{Characters: 400}, []string{"is waiting for approval", "Switch production over", "Risk: high", "Until today 12:38", "https://"}, []string{"✓ Download"}},
		{asked(), Fit{Characters: 200}, []string{"is waiting for approval", "https://"}, []string{"✓ Download", "ETA"}},
		{failed(), Fit{Characters: 260}, []string{"failed at 42%", "Reason: OutOfMemory", "https://"}, []string{"✓ Prepare"}},
		{running(), Fit{Lines: 4}, []string{"65% complete", "Currently", "ETA"}, []string{"view", "more"}},
		{running(), Fit{Lines: 6}, []string{"Sales form (in progress)", "+2 more", "ETA"}, []string{"Repair board"}},
		{many(), Fit{Lines: 7}, []string{"Chapter 251 (in progress", "+498 more", "ETA"}, []string{"Chapter 249"}},
	} {
		text := b.Layout(Text, b.Card(c.scene.Subject, Reader{}), c.most)
		for _, want := range c.stays {
			if !strings.Contains(text, want) {
				t.Errorf("%s in %+v lacks %q:\n%s", c.scene.Name, c.most, want, text)
			}
		}
		for _, not := range c.goes {
			if strings.Contains(text, not) {
				t.Errorf("%s in %+v still has %q:\n%s", c.scene.Name, c.most, not, text)
			}
		}
	}
}

// TestNoticesSayWhatIsLeftOut holds how a notice shrinks.
func TestNoticesSayWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	b := book(t)
	s := asked()
	n := b.Notice(s.Subject, &s.Events[0], Reader{})
	for lines, want := range map[int]string{
		6: "⚠️ Approval required for Step 3\nTask: Import customers\nStep 3: Go live\nSwitch production over to the new database? The old one stays for a week.\n+8 more\n" + n.Link,
		3: "⚠️ Approval required for Step 3\nTask: Import customers\n" + n.Link,
		1: "⚠️ Approval required for Step 3",
	} {
		if got := b.Layout(Text, n, Fit{Lines: lines}); got != want {
			t.Errorf("in %d lines it is\n%s\nwant\n%s", lines, got, want)
		}
	}
	if text := b.Layout(JSON, n, Fit{Characters: 620}); !strings.Contains(text, `more"]`) {
		t.Errorf("JSON does not say that something is left out: %s", text)
	}
}

// TestLayoutTakesOnlyWhatItKnows holds what it says of other things: nothing.
func TestLayoutTakesOnlyWhatItKnows(t *testing.T) {
	t.Parallel()
	b := book(t)
	s := failed()
	card, notice := b.Card(s.Subject, Reader{}), b.Notice(s.Subject, &s.Events[0], Reader{})
	if b.Layout(Text, &card, Fit{}) != b.Layout(Text, card, Fit{}) || b.Layout(Text, &notice, Fit{}) != b.Layout(Text, notice, Fit{}) {
		t.Error("a pointer is laid out otherwise")
	}
	if text := b.Layout(Text, s, Fit{}); text != "" {
		t.Error(text)
	}
}

// TestLinks holds that only pages are linked to.
func TestLinks(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]string{
		"https://h.example/tasks/1": "https://h.example/tasks/1", "http://localhost:8080/x?y=(z)": "http://localhost:8080/x?y=(z)",
		"javascript:alert(1)": "", "//h.example": "", "mailto:a@b": "", "https://h.example/a b": "https://h.example/a%20b", "\x7f": "",
	} {
		if got := web(link); got != want {
			t.Errorf("%q is %q, want %q", link, got, want)
		}
	}
}

// TestCut holds that nothing is torn apart.
func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"short", 5, "short"}, {"a longer text", 9, "a longer…"}, {"a longer text", 8, "a…"}, {"abcdef", 3, "ab…"}, {"abcdef", 1, "…"}, {"abcdef", 0, ""},
		{strings.Repeat("x", 30) + " " + strings.Repeat("y", 40), 60, strings.Repeat("x", 30) + " " + strings.Repeat("y", 28) + "…"},
		{"éeee\u0301\u0301e", 5, "éee…"}, {"x😀😀", 4, "x😀…"}, {"x😀😀", 3, "x…"}, {"a👩‍👩‍👧b", 7, "a…"}, {"🇩🇪🇫🇷", 6, "🇩🇪…"}, {"👍🏽👍🏽", 5, "👍🏽…"},
		{isolate + "ابجدهوز" + release + " x", 6, isolate + "ابج" + release + "…"},
	} {
		if got := cut(c.text, c.most); got != c.want {
			t.Errorf("%q in %d is %q, want %q", c.text, c.most, got, c.want)
		}
	}
}

// TestClean holds that quick and thorough cleaning agree.
func TestClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "plain text": "plain text", " a  b ": "a b", "a\tb\nc": "a b c", "\x1b[31mred": "red", "a\u202eb": "ab", "é": "é", "a\x00b": "ab", "\xff": "\ufffd", " ": "",
	} {
		if got := clean(text, 100); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// FuzzLayout holds that whatever strangers write fits, is whole, and stays text.
func FuzzLayout(f *testing.F) {
	f.Add("CRM", "Build", "it works", uint16(100), uint8(5))
	f.Add("\x1b[2J<b>", "عربي "+strings.Repeat("字", 80), "\u202e[x](y)", uint16(33), uint8(0))
	f.Add(strings.Repeat("👩‍👩‍👧", 40), "e\u0301\u0301\u0301", "<!-- {{.}} ]]>", uint16(200), uint8(3))
	b := New(Options{Trouble: func(file string, err error) { panic(fmt.Sprint(file, err)) }})
	f.Fuzz(func(t *testing.T, title, name, message string, characters uint16, lines uint8) {
		s := asked()
		steps := []progress.Step{{Order: 1, Status: progress.StepRunning, Plan: progress.Plan{Name: name, Substeps: []progress.Substep{{Name: message}}}}, {Order: 2, Status: progress.StepFailed, Plan: progress.Plan{Name: title}}}
		for _, st := range []progress.Step{s.Subject.Task.Steps.At(3)} {
			ap := *st.Approval
			ap.Prompt, ap.Effects, ap.Options, ap.Approvers = message, []string{title, name}, []string{name}, []string{message}
			st.Approval, st.Name = &ap, name
			steps = append(steps, st)
		}
		task := *s.Subject.Task
		task.Spec = &progress.Spec{Title: title, Kind: name, Owner: message}
		task.Steps, task.Message, task.Fault = progress.SetSteps(steps), message, &progress.Fault{Type: name, Message: message}
		s.Subject.Task = &task
		task.Status = []progress.Status{progress.Waiting, progress.Failed}[lines%2]
		lang := []string{"en", "fr"}[characters%2]
		things := shown(b, s, Reader{Lang: lang})
		for _, topic := range []Topic{TopicStatus, TopicLogs, TopicChoose, TopicClarify, TopicHelp, TopicMissing} {
			a := Answer{About: topic, Task: &s.Subject, Named: message, Verb: progress.VerbCancel, Doubt: "later", Lines: []progress.LogLine{{Line: message}, {Line: name}}}
			a.Tasks, a.Wishes = []Subject{s.Subject}, []WishFor{{Verb: progress.VerbSkip, Title: title}}
			things = append(things, b.Reply(a, Reader{Lang: lang}, s.Subject.Now))
		}
		for _, thing := range things {
			for _, form := range Forms() {
				check(t, b, form, thing, Fit{Characters: int(characters), Lines: int(lines)})
				check(t, b, form, thing, Fit{})
			}
		}
	})
}
