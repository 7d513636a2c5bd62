package templates

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// TestTheWordsOfTheSpecification are fixed: clients and people know them.
func TestTheWordsOfTheSpecification(t *testing.T) {
	t.Parallel()
	b := book(t)
	s := running()
	want := `📊 Your Cellphone Store CRM task is 65% complete.
Currently: Generating application UI
- ✓ Customer list view
- ✓ Product list view
- ⏳ Sales form (in progress)
- ⏳ Repair board
ETA: About 3 minutes remaining.`
	if got := b.Layout(Text, b.Card(s.Subject, Reader{}), Fit{}); got != want {
		t.Errorf("the card is\n%s\nwant\n%s", got, want)
	}
	task := progress.Task{ID: "t", Spec: &progress.Spec{Title: "CRM task"}, Steps: progress.SetSteps([]progress.Step{
		{Order: 1, Plan: progress.Plan{Name: "Database created"}}, {Order: 2}, {Order: 3},
	})}
	for want, e := range map[string]progress.Event{
		"Your CRM task has started":         {Kind: progress.TaskStarted},
		"Step 1 complete: Database created": {Kind: progress.StepDone, Step: 1},
		"⚠️ Approval required for Step 3":   {Kind: progress.ApprovalNeeded, Step: 3, Data: progress.Data{Approval: &progress.Approval{}}},
		"✅ Your CRM is ready!":              {Kind: progress.TaskCompleted},
		"❌ Task failed at Step 2":           {Kind: progress.TaskFailed, Step: 2, Data: progress.Data{Error: &progress.Fault{Message: "x"}}},
	} {
		if got := b.Notice(Subject{Task: &task}, &e, Reader{}).Text; got != want {
			t.Errorf("%s is %q, want %q", e.Kind, got, want)
		}
	}
}

// TestSymbols are fixed by the specification.
func TestSymbols(t *testing.T) {
	t.Parallel()
	for status, want := range map[progress.Status]string{
		progress.Completed: "✓", progress.Running: "◐", progress.Pending: "○", progress.Waiting: "⚠", progress.Failed: "✕", progress.Paused: "⏸",
	} {
		if got := symbol(string(status)); got != want {
			t.Errorf("%s is %s, want %s", status, got, want)
		}
	}
}

// TestEveryKindHasASentence in every language, on a task that knows all and on one
// that knows nothing of what the event is about.
func TestEveryKindHasASentence(t *testing.T) {
	t.Parallel()
	b := book(t)
	whole := inquiry().task
	bare := progress.Task{ID: "t", Spec: &progress.Spec{Title: "CRM"}}
	for _, kind := range progress.Kinds() {
		if !kind.Milestone {
			continue
		}
		for _, lang := range words.Langs() {
			other := b.lexicon.Tongue(lang).Say("event.other", words.A("title", "Import customers"))
			for _, e := range everyEvent(kind.Kind) {
				n := b.Notice(Subject{Task: &whole, Now: sceneDay}, &e, Reader{Lang: lang})
				said := strings.Join(append(n.Details, n.Text, n.About, n.Class), "\n")
				if n.Text == "" || n.Text == other || strings.ContainsAny(said, "{}") {
					t.Errorf("%s in %s: %q", kind.Kind, lang, said)
				}
				if n.About == "" && !strings.Contains(n.Text, "Import customers") {
					t.Errorf("%s in %s does not say which task: %q", kind.Kind, lang, said)
				}
				if n := b.Notice(Subject{Task: &bare}, &e, Reader{Lang: lang}); n.Text == "" {
					t.Errorf("%s in %s says nothing of a bare task", kind.Kind, lang)
				}
			}
		}
	}
}

// everyEvent are the events of a kind that differ in words.
func everyEvent(k progress.Kind) []progress.Event {
	data := []progress.Data{{}}
	asked := progress.Approval{Status: progress.ApprovalPending, Votes: []progress.Vote{{By: "bob", Decision: progress.ApprovalApproved}}}
	switch k {
	case progress.TaskRetried:
		data = []progress.Data{{Tell: progress.ControlRetry}, {Tell: progress.ControlSkip}}
	case progress.TaskStalled:
		data = []progress.Data{{Cause: progress.CauseNoWorker}, {Cause: progress.CauseQuiet}, {Cause: progress.CauseOverrun}}
	case progress.PlanChanged:
		data = append(data, progress.Data{Steps: plans("a", "b", "c", "d", "e")}, progress.Data{Substep: &progress.Substep{Name: "s"}},
			progress.Data{Substep: &progress.Substep{Name: "s", Status: progress.StepRunning}}, progress.Data{Substep: &progress.Substep{Name: "s", Status: progress.StepCompleted}})
	case progress.ApprovalNeeded, progress.ApprovalVoted:
		data = []progress.Data{{Approval: &asked}}
	case progress.ApprovalDecided:
		data = nil
		for _, status := range []progress.ApprovalStatus{progress.ApprovalApproved, progress.ApprovalRejected, progress.ApprovalExpired, progress.ApprovalVoid} {
			for _, via := range []progress.Via{progress.ViaButton, progress.ViaTimer} {
				data = append(data, progress.Data{Approval: &progress.Approval{Status: status, DecidedBy: "bob", DecidedAt: sceneDay, Via: via}})
			}
		}
	}
	var out []progress.Event
	for _, d := range data {
		out = append(out, progress.Event{Kind: k, Step: 3, At: sceneDay, By: "ann", Via: progress.ViaChat, Data: d})
	}
	return out
}

// TestTitles holds that a title's own word for task is not said twice.
func TestTitles(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, c := range []struct{ lang, title, want string }{
		{"en", "CRM", "CRM"}, {"en", "CRM task", "CRM"}, {"en", "CRM TASK", "CRM"}, {"en", "task", "task"}, {"en", "multitask", "multitask"},
		{"en", "Task force", "Task force"}, {"de", "CRM Aufgabe", "CRM"}, {"de", "CRM task", "CRM"}, {"es", "Tarea CRM", "CRM"},
		{"fr", "tâche CRM", "CRM"}, {"fr", "Tâche CRM", "CRM"}, {"fr", "TÂCHE", "TÂCHE"}, {"pt", "tarefa", "tarefa"}, {"en", "İ task", "İ"},
	} {
		if got := b.speech(Reader{Lang: c.lang}, sceneDay).short(c.title); got != c.want {
			t.Errorf("%q in %s is %q, want %q", c.title, c.lang, got, c.want)
		}
	}
}

// TestNotes holds how that reads which is about no task.
func TestNotes(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, lang := range words.Langs() {
		var out []string
		for _, kind := range []string{"destination.off", "delivery.failed", "approval.undelivered", "test", "address.confirm", "unheard.of"} {
			note := Note{Kind: kind, Channel: "webhook", To: "https://hooks.example.com", Reason: "it answered 410 Gone", At: sceneDay}
			if kind == "address.confirm" {
				note.Channel, note.To, note.Reason = "email", "ana@example.com", "bob"
			}
			if kind == "approval.undelivered" {
				note = Note{Kind: kind, Reason: "ann has no address", At: sceneDay, Title: "Import customers", Step: 3, Link: "https://herald.example.com/tasks/t"}
			}
			n := b.Note(note, Reader{Lang: lang})
			for _, form := range Forms() {
				if lang == "en" || form == Text {
					out = append(out, b.Layout(form, n, Fit{}))
				}
			}
		}
		golden(t, "notes/"+lang+".text", strings.Join(out, "\n"+strings.Repeat("-", 40)+"\n")+"\n")
	}
}

// TestEveryKeyIsSaid holds that no text is there for nothing: translators read each.
func TestEveryKeyIsSaid(t *testing.T) {
	t.Parallel()
	var source strings.Builder
	var files []string
	for _, folder := range []string{"", "mailcard/", "pushcard/", "slackcard/", "discordcard/"} {
		found, err := filepath.Glob(folder + "*.go")
		if err != nil || len(found) == 0 {
			t.Fatal(folder, err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil && !strings.HasSuffix(file, "_test.go") {
			source.Write(text)
		}
	}
	keys := map[string]any{}
	for _, file := range []string{"words/en/book.yaml", "words/en/answer.yaml", "words/en/chat.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var own map[string]any
		if err := yaml.Unmarshal(text, &own); err != nil || len(own) < 10 {
			t.Fatal(file, len(own), err)
		}
		maps.Copy(keys, own)
	}
	for key := range keys {
		stem, end := key[:max(strings.LastIndex(key, "."), 0)+1], key[strings.LastIndex(key, ".")+1:]
		whole := strings.Contains(source.String(), `"`+key+`"`)
		parts := strings.Contains(source.String(), `"`+stem+`"`) || strings.Contains(source.String(), `"`+stem[:max(strings.Index(stem, "."), 0)+1]+`"`)
		if !whole && !parts && !strings.Contains(source.String(), `+".`+end+`"`) {
			t.Errorf("nothing says %q", key)
		}
	}
}

// TestZones holds that times are the reader's, with the zone where they have none.
func TestZones(t *testing.T) {
	t.Parallel()
	b := book(t)
	s := asked()
	until := func(r Reader) string { return b.Card(s.Subject, r).Ask.Until.Text }
	if got := until(Reader{}); !strings.Contains(got, "12:38 UTC") {
		t.Error(got)
	}
	if got := until(Reader{Zone: time.FixedZone("X", -3*3600)}); !strings.Contains(got, "09:38") || strings.Contains(got, "UTC") {
		t.Error(got)
	}
	if got := until(Reader{Lang: "de-AT", Zone: time.FixedZone("X", 14*3600)}); !strings.Contains(got, "02:38") || !strings.Contains(got, "heute") {
		t.Error(got)
	}
}

// TestCardsAreJSON holds that a card and a notice come back as they were.
func TestCardsAreJSON(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, s := range Scenes() {
		text := b.Layout(JSON, b.Card(s.Subject, Reader{}), Fit{})
		var back Card
		if err := json.Unmarshal([]byte(text), &back); err != nil || back.Head == "" || back.Task != s.Subject.Task.ID {
			t.Errorf("%s: %s, %v", s.Name, text, err)
		}
		if again := b.Layout(JSON, back, Fit{}); again != text {
			t.Errorf("%s came back as %s", text, again)
		}
	}
}
