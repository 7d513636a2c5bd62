package mailcard_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/mailcard"
	"github.com/taskherald/herald/templates/words"
)

var update = flag.Bool("update", false, "write the golden files anew")

// book is the book as it comes, which may not find fault with itself.
func book(t testing.TB) *templates.Book {
	t.Helper()
	return templates.New(templates.Options{Trouble: func(file string, err error) { t.Errorf("%s: %v", file, err) }})
}

// golden holds a text to the file of it.
func golden(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join("testdata", name)
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
			t.Fatalf("%s differs from line %d on:\n%s\nwant\n%s", file, i+1, strings.Join(have[min(i, len(have)):min(i+3, len(have))], "\n"), strings.Join(wanted[min(i, len(wanted)):min(i+3, len(wanted))], "\n"))
		}
	}
}

// here is where all links of the tests lead.
const here = "https://herald.example.com/"

// letters are what is mailed of a scene, in order.
func letters(b *templates.Book, s templates.Scene, r templates.Reader) []mailcard.Input {
	to := mailcard.Links{Leave: here + "leave/pass"}
	if card := b.Card(s.Subject, r); card.Ask != nil {
		to.Step, to.Approve, to.Reject, to.SignIn = card.Ask.Step, here+"act/approving", here+"act/rejecting", card.Ask.Risk != ""
	}
	var out []mailcard.Input
	for _, e := range s.Events {
		n := b.Notice(s.Subject, &e, r)
		out = append(out, mailcard.Input{Notice: &n, Subject: &s.Subject, Links: to, Reader: r, Server: "herald.example.com"})
	}
	return out
}

// sceneDay is when all scenes play.
var sceneDay = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// note is a mail that is about no task.
func note(b *templates.Book, kind string, r templates.Reader) mailcard.Input {
	n, to := templates.Note{Kind: kind, Channel: "webhook", To: "https://hooks.example.com", Reason: "it answered 410 Gone", At: sceneDay}, mailcard.Links{Leave: here + "leave/pass"}
	switch kind {
	case "address.confirm":
		n, to = templates.Note{Kind: kind, Channel: "email", To: "ana@example.com", Reason: "bob", At: sceneDay}, mailcard.Links{Confirm: here + "confirm/pass"}
	case "test":
		n.Channel, n.To = "email", "ana@example.com"
	case "approval.undelivered":
		n = templates.Note{Kind: kind, Reason: "ann has no address", At: sceneDay, Title: "Import customers", Step: 3, Link: here + "tasks/t"}
	}
	said := b.Note(n, r)
	return mailcard.Input{Notice: &said, Links: to, Reader: r, Server: "herald.example.com"}
}

// digest is a mail that tells of many tasks.
func digest(b *templates.Book, r templates.Reader) mailcard.Input {
	said := b.Digest(templates.SceneDigest(), r)
	return mailcard.Input{Notice: &said, Links: mailcard.Links{Leave: here + "leave/pass"}, Reader: r, Server: "herald.example.com"}
}

// notes are the kinds of mails that are about no task.
func notes() []string {
	return []string{"destination.off", "delivery.failed", "approval.undelivered", "test", "address.confirm", "unheard.of"}
}

// cest is a zone that readers have.
func cest() *time.Location { return time.FixedZone("CEST", 2*3600) }

// TestScenes holds how every situation reads: in English as both forms, in the other
// languages what is asked, what failed and what has to be confirmed.
func TestScenes(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := mailcard.New(b)
	for _, s := range templates.Scenes() {
		write(t, l, s.Name+"/en", letters(b, s, templates.Reader{}))
		for _, lang := range words.Langs()[1:] {
			if s.Name == "approval" || s.Name == "failed" {
				write(t, l, s.Name+"/"+lang, letters(b, s, templates.Reader{Lang: lang, Zone: cest()}))
			}
		}
	}
	for _, kind := range notes() {
		write(t, l, kind+"/en", []mailcard.Input{note(b, kind, templates.Reader{})})
	}
	for _, lang := range words.Langs()[1:] {
		write(t, l, "address.confirm/"+lang, []mailcard.Input{note(b, "address.confirm", templates.Reader{Lang: lang})})
	}
	for _, lang := range words.Langs() {
		write(t, l, "digest/"+lang, []mailcard.Input{digest(b, templates.Reader{Lang: lang})})
	}
}

// write holds mails to their files: all texts, and the first as HTML.
func write(t *testing.T, l *mailcard.Layout, name string, all []mailcard.Input) {
	t.Helper()
	var texts []string
	for _, in := range all {
		m := l.Mail(in)
		texts = append(texts, "Subject: "+m.Subject+"\n\n"+m.Text)
	}
	golden(t, name+".text", strings.Join(texts, strings.Repeat("=", 78)+"\n"))
	golden(t, name+".html", l.Mail(all[0]).HTML)
}

// TestTheWordsOfTheSpecification stand in mails as they are.
func TestTheWordsOfTheSpecification(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := mailcard.New(b)
	task := progress.Task{ID: "t", Spec: &progress.Spec{Title: "CRM task"}, Status: progress.Running, Steps: progress.SetSteps([]progress.Step{
		{Order: 1, Status: progress.StepRunning, Plan: progress.Plan{Name: "Database created"}}, {Order: 2, Status: progress.StepPending}, {Order: 3, Status: progress.StepPending},
	})}
	s := templates.Subject{Task: &task, Now: sceneDay}
	for want, e := range map[string]progress.Event{
		"Your CRM task has started":         {Kind: progress.TaskStarted},
		"Step 1 complete: Database created": {Kind: progress.StepDone, Step: 1},
		"⚠️ Approval required for Step 3":   {Kind: progress.ApprovalNeeded, Step: 3, Data: progress.Data{Approval: &progress.Approval{}}},
		"✅ Your CRM is ready!":              {Kind: progress.TaskCompleted},
		"❌ Task failed at Step 2":           {Kind: progress.TaskFailed, Step: 2, Data: progress.Data{Error: &progress.Fault{Message: "x"}}},
	} {
		n := b.Notice(s, &e, templates.Reader{})
		m := l.Mail(mailcard.Input{Notice: &n, Subject: &s})
		if first, _, _ := strings.Cut(m.Text, "\n"); first != want {
			t.Errorf("the first line is %q, want %q", first, want)
		}
		if seen := read(t, m.HTML).seen; !strings.HasPrefix(seen, want+"\n") {
			t.Errorf("the HTML begins with %.60q, want %q", seen, want)
		}
		if m.Subject != "CRM task" {
			t.Errorf("the subject is %q", m.Subject)
		}
	}
	const answer = `📊 Your Cellphone Store CRM task is 65% complete.
Currently: Generating application UI
- ✓ Customer list view
- ✓ Product list view
- ⏳ Sales form (in progress)
- ⏳ Repair board
ETA: About 3 minutes remaining.
`
	if m := l.Mail(letters(b, templates.Scenes()[0], templates.Reader{})[0]); !strings.Contains(m.Text, answer) {
		t.Errorf("the picture is not there:\n%s", m.Text)
	}
}

// TestNothingIsSaidTwice in a mail.
func TestNothingIsSaidTwice(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := mailcard.New(b)
	for _, s := range templates.Scenes() {
		for _, in := range letters(b, s, templates.Reader{}) {
			lines := strings.Split(l.Mail(in).Text, "\n")
			for i, line := range lines {
				if len(line) > 8 && slices.Contains(lines[:i], line) {
					t.Errorf("%s, %s: %q", s.Name, in.Notice.Kind, line)
				}
			}
		}
	}
}

// TestAMailLeavesItsInputAlone holds that the same notice may be mailed to many.
func TestAMailLeavesItsInputAlone(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := mailcard.New(b)
	for _, in := range []mailcard.Input{letters(b, scene(t, "approval"), templates.Reader{})[0], huge(b)} {
		before := b.Layout(templates.JSON, in.Notice, templates.Fit{})
		if first := l.Mail(in); first != l.Mail(in) || b.Layout(templates.JSON, in.Notice, templates.Fit{}) != before {
			t.Error("the notice is another")
		}
	}
}

// scene is that of a name.
func scene(t testing.TB, name string) templates.Scene {
	t.Helper()
	all := templates.Scenes()
	i := slices.IndexFunc(all, func(s templates.Scene) bool { return s.Name == name })
	if i < 0 {
		t.Fatal(name)
	}
	return all[i]
}

// TestFooter holds that everybody is told why, and how to stop it where it can be
// stopped.
func TestFooter(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := mailcard.New(b)
	in := letters(b, scene(t, "failed"), templates.Reader{})[0]
	for server, want := range map[string]string{"herald.example.com": "herald.example.com", "": "Herald"} {
		in.Server = server
		wants := fmt.Sprintf("subscribed to messages from\n  %s.\nUnsubscribe\n%sleave/pass\n", want, here)
		if server == "" {
			wants = strings.Replace(wants, "\n  ", " ", 1)
		}
		if m := l.Mail(in); !strings.HasSuffix(m.Text, wants) {
			t.Errorf("it ends otherwise than with %q:\n%s", wants, m.Text)
		}
	}
	in.Server, in.Links.Leave = "", ""
	if m := l.Mail(in); !strings.HasSuffix(m.Text, "\n-- \nThis mail comes from Herald.\n") || strings.Contains(m.HTML, "Unsubscribe") {
		t.Error(m.Text)
	}
}
