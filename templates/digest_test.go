package templates

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// TestDigestScene holds how what is told together reads.
func TestDigestScene(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, lang := range words.Langs() {
		n := b.Digest(SceneDigest(), Reader{Lang: lang})
		for _, form := range Forms() {
			if lang == "en" || form == Text {
				golden(t, "digest/"+lang+"."+string(form), b.Layout(form, n, Fit{})+"\n")
			}
		}
	}
}

// happened is how a scene is told in English after some events.
func happened(b *Book, s Scene, kinds ...progress.Kind) string {
	n := b.Digest(Digest{Items: []DigestItem{{s.Subject, kinds}}}, Reader{})
	return n.Tasks[0].Symbol + " " + n.Tasks[0].Text
}

// TestWhatATaskCameThrough is said where it matters, and never twice.
func TestWhatATaskCameThrough(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, c := range []struct {
		scene Scene
		kinds []progress.Kind
		want  string
	}{
		{completed(), []progress.Kind{progress.TaskStarted, progress.StepDone, progress.TaskCompleted}, "✓ done"},
		{completed(), []progress.Kind{progress.TaskStarted, progress.TaskFailed, progress.TaskRetried, progress.TaskCompleted}, "✓ done, after a failure and a retry"},
		{completed(), []progress.Kind{progress.StepFell, progress.TaskFailed, progress.TaskRetried, progress.TaskFailed, progress.TaskRestarted, progress.TaskStalled}, "✓ done, after a failure, a retry, a restart and a standstill"},
		{patchy(), []progress.Kind{progress.StepFell, progress.TaskCompleted}, "✓ done, after a failed step"},
		{failed(), []progress.Kind{progress.StepFell, progress.TaskRetried, progress.TaskFailed}, "✕ failed at Step 2, after a retry: OutOfMemory: the process needed 64 GiB and was killed; make the batch smaller"},
		{rejected(), []progress.Kind{progress.ApprovalNeeded, progress.ApprovalDecided, progress.StepFell, progress.TaskFailed}, "✕ failed at Step 3: rejected by ann"},
		{expired(), []progress.Kind{progress.ApprovalDecided, progress.TaskFailed}, "✕ failed at Step 3: nobody decided in time"},
		{approved(), []progress.Kind{progress.ApprovalNeeded, progress.ApprovalVoted, progress.ApprovalDecided}, "◐ 50% complete, after an approval, up to 10 minutes remaining"},
		{running(), []progress.Kind{progress.ApprovalDecided}, "◐ 65% complete, after a decision, about 3 minutes remaining"},
		{running(), []progress.Kind{progress.TaskPaused, progress.TaskResumed, progress.PlanChanged}, "◐ 65% complete, about 3 minutes remaining"},
		{unknownTime(), nil, "◐ 7% complete"},
		{retried(), []progress.Kind{progress.TaskFailed, progress.TaskRetried}, "○ about to start again, after a failure"},
		{restarted(), []progress.Kind{progress.TaskCancelled, progress.TaskRestarted}, "○ about to start again"},
		{waiting(), []progress.Kind{progress.TaskCreated, progress.TaskStalled}, "⚠ not started yet"},
		{quiet(), []progress.Kind{progress.TaskStarted, progress.TaskStalled}, "⚠ not moving at 16%"},
		{paused(), []progress.Kind{progress.TaskStalled, progress.TaskPaused}, "⏸ paused at 99%, after a standstill"},
		{asked(), []progress.Kind{progress.ApprovalNeeded}, "⚠ waiting for approval of Step 3"},
		{cancelled(), []progress.Kind{progress.TaskCancelled}, "✕ cancelled"},
	} {
		if got := happened(b, c.scene, c.kinds...); got != c.want {
			t.Errorf("%s after %v is %q, want %q", c.scene.Name, c.kinds, got, c.want)
		}
	}
	none := progress.Task{Spec: &progress.Spec{Title: "T"}, Status: progress.Failed}
	if got := happened(b, Scene{Subject: Subject{Task: &none}}); got != "✕ failed" {
		t.Errorf("of a task that says nothing it says %q", got)
	}
}

// TestDigestText counts all tasks, in every language.
func TestDigestText(t *testing.T) {
	t.Parallel()
	b := book(t)
	two := SceneDigest().Items[:2]
	for lang, want := range map[string][2]string{
		"en": {"Update on 1 task", "Update on 7 tasks"}, "pt": {"Novidades em 1 tarefa", "Novidades em 7 tarefas"},
		"es": {"Novidades", "Novidades"}, "de": {"Neues zu einer Aufgabe", "Neues zu 7 Aufgaben"}, "fr": {"Du nouveau pour 1 tâche", "Du nouveau pour 7 tâches"},
	} {
		if lang == "es" {
			want = [2]string{"Novedades sobre 1 tarea", "Novedades sobre 7 tareas"}
		}
		one, all := b.Digest(Digest{Items: two[:1]}, Reader{Lang: lang}), b.Digest(Digest{Items: two, More: 5}, Reader{Lang: lang})
		if one.Text != want[0] || all.Text != want[1] {
			t.Errorf("%s: %q and %q, want %q", lang, one.Text, all.Text, want)
		}
		if len(one.Details) != 1 || len(all.Details) != 3 || !strings.Contains(all.Details[2], "5") {
			t.Errorf("%s: %q and %q", lang, one.Details, all.Details)
		}
	}
}

// TestBoard counts the tasks that are at work, in every language.
func TestBoard(t *testing.T) {
	t.Parallel()
	b := New(Options{})
	for lang, want := range map[string][]string{
		"en": {"This list is closed: tasks have cards of their own again", "1 task is running here", "7 tasks are running here"},
		"de": {"Diese Liste ist geschlossen: Aufgaben haben wieder eigene Karten", "Hier läuft eine Aufgabe", "Hier laufen 7 Aufgaben"},
	} {
		items := SceneDigest().Items
		for i, d := range []Digest{{}, {Items: items[:1]}, {Items: items[:2], More: 5}} {
			n := b.Board(d, Reader{Lang: lang})
			if n.Text != want[i] || n.Kind != "board" || len(n.Tasks) != len(d.Items) || n.More != d.More {
				t.Errorf("%s: %+v", lang, n)
			}
		}
	}
}

// TestHostileDigests holds that what strangers wrote is a line of text in every form.
func TestHostileDigests(t *testing.T) {
	t.Parallel()
	b := book(t)
	const evil = "</p><script>x</script> [a](http://evil.example) **b** @here\n- x\x1b[31m"
	task := progress.Task{ID: "t", Spec: &progress.Spec{Title: evil}, Status: progress.Failed, End: &progress.End{Error: &progress.Fault{Message: strings.Repeat(evil, 20)}}}
	n := b.Digest(Digest{Items: []DigestItem{{Subject{Task: &task, Link: "https://herald.example.com/tasks/a(b)"}, nil}}}, Reader{})
	text := b.Layout(Markdown, n, Fit{})
	_, source := read(t, text)
	if strings.Contains(source, "<script") || strings.Contains(source, `evil.example"`) || strings.Contains(source, "<strong>b") || strings.Contains(text, "@here") || strings.Count(source, "<li>") != 1 {
		t.Error(source)
	}
	if !strings.Contains(source, `<a href="https://herald.example.com/tasks/a%28b%29">&lt;/p&gt;&lt;script`) {
		t.Errorf("the title is no link: %s", source)
	}
	for _, form := range Forms() {
		check(t, b, form, n, Fit{})
	}
	if got := n.Tasks[0].Text; length(got) > 220 || strings.ContainsAny(got, "\n\x1b") {
		t.Errorf("the reason is %q", got)
	}
	task.Spec = &progress.Spec{Title: "نظام"}
	n = b.Digest(Digest{Items: []DigestItem{{Subject{Task: &task, Link: "javascript:alert(1)"}, nil}}}, Reader{})
	if text := b.Layout(Text, n, Fit{}); !strings.Contains(text, isolate+"نظام"+release+" – ") || strings.Contains(text, "javascript") || !strings.Contains(n.Details[0], isolate) {
		t.Error(text, n.Details)
	}
}

// TestReminders say since when nobody decides, as long as nobody does.
func TestReminders(t *testing.T) {
	t.Parallel()
	b := book(t)
	s := reminded()
	e := s.Events[0]
	n := b.Notice(s.Subject, &e, Reader{})
	if n.Text != "⚠️ Still waiting: approval required for Step 3" || !slices.Equal(n.Details[:2], []string{"Asked 25 minutes ago", "Step 3: Go live"}) {
		t.Error(n.Text, n.Details)
	}
	first := s.Subject
	first.Again = 0
	if before := b.Notice(first, &e, Reader{}); before.Text != "⚠️ Approval required for Step 3" || !slices.Equal(before.Details, n.Details[1:]) {
		t.Error(before.Text, before.Details)
	}
	if beside, same := n.Beside(b.Ask(s.Subject, 3, Reader{})); !same || !slices.Equal(beside.Details, n.Details[:2]) {
		t.Error(beside.Details, same)
	}
	after := approved().Subject
	after.Again, after.Now = 1, after.Now.Add(time.Hour)
	if late := b.Notice(after, &e, Reader{}); strings.Contains(late.Text, "Still") || strings.Contains(late.Details[0], "ago") {
		t.Error(late.Text, late.Details)
	}
}

// TestOwnWordsOfDigests hold for what is told together, again, and to nobody.
func TestOwnWordsOfDigests(t *testing.T) {
	t.Parallel()
	b, l := overlaid(t, map[string]string{
		"words/en/mine.yaml": `
digest.text: {one: "One task moved", other: "{n} tasks moved"}
digest.link: "All of it"
digest.now.completed: "shipped"
digest.after: "{now} (overcame {past})"
digest.past.failure: "trouble"
event.approval.again: "Step {step}, please!"
ask.since: "Open since {ago}"
note.undelivered: "Nobody hears of Step {step} of {title}"
`,
		"layouts/notice.text.tmpl": "{{.Text}}{{range .Tasks}}\n{{.Symbol}}{{.Title}}|{{.Text}}|{{.Link}}{{end}}{{range .Details}}\n{{.}}{{end}}",
	})
	n := b.Digest(Digest{Items: SceneDigest().Items[:1], Link: "https://h.example/n"}, Reader{})
	if got, want := b.Layout(Text, n, Fit{}), "One task moved\n✓Train the model|shipped (overcame trouble and a retry)|"+n.Tasks[0].Link+"\n✓ Train the model – shipped (overcame trouble and a retry)"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := b.Layout(Markdown, n, Fit{}); !strings.HasSuffix(got, "\n\n[All of it](https://h.example/n)") {
		t.Error(got)
	}
	s := reminded()
	if got := b.Notice(s.Subject, &s.Events[0], Reader{}); got.Text != "Step 3, please!" || got.Details[0] != "Open since 25 minutes ago" {
		t.Error(got.Text, got.Details)
	}
	if got := b.Note(Note{Kind: "approval.undelivered", Title: "CRM task", Step: 2}, Reader{}); got.Text != "Nobody hears of Step 2 of CRM" {
		t.Error(got.Text)
	}
	if len(l.files) > 0 {
		t.Error(l.files, l.errs)
	}
}

// TestLayoutsThatCannotDigest are left out.
func TestLayoutsThatCannotDigest(t *testing.T) {
	t.Parallel()
	_, l := overlaid(t, map[string]string{"layouts/notice.text.tmpl": `{{.Text}}{{with .Tasks}}{{index . 99}}{{end}}`})
	if !slices.Equal(l.files, []string{"notice.text.tmpl"}) || !strings.Contains(l.errs[0], `scene "digest"`) {
		t.Error(l.files, l.errs)
	}
}
