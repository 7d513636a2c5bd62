package templates

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// TestSceneAnswers holds how every answer reads, in every language and form.
func TestSceneAnswers(t *testing.T) {
	t.Parallel()
	b := book(t)
	zone := time.FixedZone("CEST", 2*3600)
	for _, lang := range words.Langs() {
		for _, form := range Forms() {
			t.Run(lang+"/"+string(form), func(t *testing.T) {
				t.Parallel()
				var out strings.Builder
				for _, s := range SceneAnswers() {
					r := Reader{Lang: lang, Zone: zone}
					if lang == "en" {
						r.Zone = nil
					}
					reply := b.Reply(s.Answer, r, s.Now)
					fmt.Fprintf(&out, "=== %s\n%s\n", s.Name, b.Layout(form, reply, Fit{}))
					if form == Text {
						out.WriteString(labels(reply))
					}
				}
				golden(t, fmt.Sprintf("answers/%s.%s", lang, form), out.String())
			})
		}
	}
}

// labels are what stands on the buttons of a reply.
func labels(r Reply) string {
	if len(r.Buttons) == 0 {
		return ""
	}
	var out []string
	for _, b := range r.Buttons {
		out = append(out, strings.TrimSpace("["+b.Label+"] "+b.Style))
	}
	return strings.Join(out, " ") + "\n"
}

// TestRepliesFit holds every answer to every room, in every form.
func TestRepliesFit(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, s := range SceneAnswers() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			reply := b.Reply(s.Answer, Reader{Lang: "fr"}, s.Now)
			for _, form := range Forms() {
				for most := 1; most < 1500; most += 3 + most/2 {
					check(t, b, form, reply, Fit{Characters: most})
				}
				for most := 1; most < 30; most += 1 + most/4 {
					check(t, b, form, reply, Fit{Lines: most})
				}
			}
		})
	}
}

// TestRepliesInMarkdown holds that strangers make no markup, no link and no mention.
func TestRepliesInMarkdown(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, s := range SceneAnswers() {
		for _, lang := range words.Langs() {
			text := b.Layout(Markdown, b.Reply(s.Answer, Reader{Lang: lang}, s.Now), Fit{})
			seen, source := read(t, text)
			for _, link := range anchors.FindAllString(source, -1) {
				if !strings.HasPrefix(link, `<a href="https://herald.example.com/tasks/`) && link != `<a href="`+sceneAccounts+`">` {
					t.Errorf("%s: %s", s.Name, link)
				}
			}
			for _, not := range []string{"<script", "<b ", "<b>", "<img", "<h1", "<em>bold", "<hr"} {
				if strings.Contains(source, not) {
					t.Errorf("%s has %s:\n%s", s.Name, not, source)
				}
			}
			for _, not := range []string{"@everyone", "@here", "s3cret", "hunter2", "abcdef.0123456789", "\x1b"} {
				if strings.Contains(seen, not) {
					t.Errorf("%s has %q:\n%s", s.Name, not, seen)
				}
			}
		}
	}
}

var anchors = regexp.MustCompile(`<a [^>]*>`)

// TestRepliesAreJSON holds that a reply comes back as it was.
func TestRepliesAreJSON(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, s := range SceneAnswers() {
		reply := b.Reply(s.Answer, Reader{}, s.Now)
		text := b.Layout(JSON, reply, Fit{})
		var back Reply
		if err := json.Unmarshal([]byte(text), &back); err != nil || back.Text == "" || back.About != s.Answer.About {
			t.Errorf("%s: %s, %v", s.Name, text, err)
		}
		if b.Layout(JSON, &back, Fit{}) != text || b.Layout(Text, back, Fit{}) != b.Layout(Text, reply, Fit{}) {
			t.Errorf("%s came back otherwise: %s", s.Name, text)
		}
	}
}

// TestTheStatusOfTheSpecification is said as it is fixed, and no more.
func TestTheStatusOfTheSpecification(t *testing.T) {
	t.Parallel()
	b := book(t)
	s := running()
	reply := b.Reply(Answer{About: TopicStatus, Task: &s.Subject}, Reader{}, s.Subject.Now)
	want := `📊 Your Cellphone Store CRM task is 65% complete.
Currently: Generating application UI
- ✓ Customer list view
- ✓ Product list view
- ⏳ Sales form (in progress)
- ⏳ Repair board
ETA: About 3 minutes remaining.`
	if got := b.Layout(Text, reply, Fit{}); got != want {
		t.Errorf("it is\n%s\nwant\n%s", got, want)
	}
}

// TestEveryTopicSaysSomething, of a task that knows all, of one that knows nothing, and
// of none; with every verb, doubt and code; in every language, without a place left open.
func TestEveryTopicSaysSomething(t *testing.T) {
	t.Parallel()
	b := book(t)
	rich, poor := asked().Subject, Subject{Task: &progress.Task{ID: "t", Spec: &progress.Spec{}, Status: progress.Pending}}
	topics := []Topic{
		TopicStatus, TopicList, TopicLogs, TopicETA, TopicHistory, TopicDone, TopicFollow, TopicHush, TopicHelp, TopicConfirm,
		TopicChoose, TopicClarify, TopicDropped, TopicMoved, TopicRefused, TopicMissing, TopicNothing, TopicUnknown, TopicTrouble, "other",
	}
	codes := []progress.Code{progress.Invalid, progress.Unauthorized, progress.Forbidden, progress.NotFound, progress.Conflict, progress.Superseded, progress.Limited, progress.Unavailable, progress.Internal}
	verbs := []progress.Verb{""}
	for _, r := range progress.Rules() {
		verbs = append(verbs, r.Verb)
	}
	for _, lang := range words.Langs() {
		for _, topic := range topics {
			for i, v := range verbs {
				for _, task := range []*Subject{nil, &poor, &rich} {
					a := Answer{About: topic, Verb: v, Task: task, Step: i % 4, Refusal: refusal(codes[i%len(codes)]), Doubt: "later", Presses: pressed(v, i)}
					for _, status := range append(progress.Statuses(), "") {
						a.Only = status
						if r := b.Reply(a, Reader{Lang: lang}, sceneDay); r.Text == "" || strings.ContainsAny(b.Layout(JSON, r, Fit{})[1:], "\x00") || placeLeft(r) {
							t.Fatalf("%s, %s, %s: %+v", lang, topic, v, r)
						}
						if topic != TopicList {
							break
						}
					}
				}
			}
		}
	}
}

// placeLeft reports whether something was not filled in.
func placeLeft(r Reply) bool {
	said := append(append([]string{r.Text, r.Hint}, r.Details...), r.After...)
	for _, it := range r.Items {
		said = append(said, it.Title, it.Text)
	}
	for _, b := range r.Buttons {
		said = append(said, b.Label)
	}
	return strings.ContainsAny(strings.Join(said, "\n"), "{}")
}

// TestRefusals holds what is said of each reason why something cannot be done.
func TestRefusals(t *testing.T) {
	t.Parallel()
	b := book(t)
	wait, late := asked(), asked()
	late.Subject.Now = late.Subject.Now.Add(24 * time.Hour)
	gated := rangeOfTime()
	bare := progress.Task{ID: "t", Spec: &progress.Spec{Title: "T"}, Status: progress.Failed}
	own := asked()
	task := *own.Subject.Task
	st := task.Steps.At(3)
	ap := *st.Approval
	ap.AskedBy = "ann"
	st.Approval = &ap
	task.Steps = progress.SetSteps([]progress.Step{task.Steps.At(1), task.Steps.At(2), st})
	own.Subject.Task = &task
	for _, c := range []struct {
		scene Scene
		verb  progress.Verb
		step  int
		code  progress.Code
		want  string
	}{
		{paused(), progress.VerbPause, 0, progress.Conflict, "Your Copy 4 TB task is paused already."},
		{running(), progress.VerbResume, 0, progress.Conflict, "Your Cellphone Store CRM task is running already."},
		{completed(), progress.VerbCancel, 0, progress.Conflict, "I cannot cancel it as things stand."},
		{completed(), progress.VerbApprove, 0, progress.Conflict, "Nothing is waiting for a decision in your CRM task."},
		{rejected(), progress.VerbApprove, 3, progress.Conflict, "That has been decided already. Step 3 was rejected by ann (from a push message, today 12:10 UTC)."},
		{rejected(), progress.VerbApprove, 0, progress.Conflict, "That has been decided already. Step 3 was rejected by ann (from a push message, today 12:10 UTC)."},
		{expired(), progress.VerbReject, 3, progress.Conflict, "That has been decided already. Step 3 was not approved: nobody decided in time (today 13:08 UTC)."},
		{wait, progress.VerbApprove, 3, progress.Conflict, "What is asked about Step 3 has changed since; please look at it again."},
		{late, progress.VerbApprove, 3, progress.Conflict, "The time to decide on Step 3 is up."},
		{own, progress.VerbApprove, 3, progress.Forbidden, "You asked for the approval of Step 3 yourself; somebody else has to decide."},
		{gated, progress.VerbSkip, 3, progress.Conflict, "Step 3 needs an approval, so it cannot be skipped."},
		{running(), progress.VerbRetry, 0, progress.Conflict, "I cannot try it again as things stand."},
		{failed(), progress.VerbRetry, 1, progress.Conflict, "I cannot try it again (Step 1: completed)."},
		{Scene{Subject: Subject{Task: &bare}}, progress.VerbRetry, 0, progress.Conflict, "No step has failed, so there is none to try again."},
		{running(), progress.VerbCancel, 0, progress.Limited, "That is a lot at once. Please try again in a moment."},
		{running(), progress.VerbCancel, 0, progress.Unavailable, "That does not work just now. Please try again in a moment."},
		{running(), progress.VerbCancel, 0, progress.Superseded, "Your Cellphone Store CRM task has changed in the meantime, so I did nothing."},
		{running(), progress.VerbCancel, 0, progress.NotFound, "I found no such task."},
		{running(), progress.VerbCancel, 0, progress.Invalid, "I cannot cancel it as things stand."},
	} {
		a := Answer{About: TopicRefused, Task: &c.scene.Subject, Verb: c.verb, Step: c.step, You: "ann", Refusal: refusal(c.code)}
		if got := b.Reply(a, Reader{}, c.scene.Subject.Now).Text; got != c.want {
			t.Errorf("%s of %s is %q, want %q", c.verb, c.scene.Name, got, c.want)
		}
	}
}

// TestWaits holds for whom a task waits.
func TestWaits(t *testing.T) {
	t.Parallel()
	b := book(t)
	fresh := born(progress.Spec{Title: "T"}, plans("a")...).scene("", 0)
	claimed := *fresh.Subject.Task
	claimed.Lease = "x"
	resting := *paused().Subject.Task
	resting.Resting = true
	voted := asked()
	for want, s := range map[string]Subject{
		"It is waiting for a worker to take it.": fresh.Subject,
		"":                                       {Task: &claimed},
		"Its worker has paused it and goes on by itself.":          {Task: &resting},
		"Nothing has been heard from its worker since":             quiet().Subject,
		"Step 3 is waiting for a decision by ann or the group ops": voted.Subject,
	} {
		got := strings.Join(b.Reply(Answer{About: TopicETA, Task: &s}, Reader{}, sceneDay).Details, "|")
		if !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	after := b.Reply(Answer{About: TopicStatus, Task: &fresh.Subject}, Reader{}, sceneDay).After
	if !slices.Equal(after, []string{"It is waiting for a worker to take it."}) {
		t.Error(after)
	}
}

// TestLogsAreSafe holds what lines of output are shown as.
func TestLogsAreSafe(t *testing.T) {
	t.Parallel()
	lines := make([]progress.LogLine, 150)
	for i := range lines {
		lines[i].Line = fmt.Sprintf("\x1b[1mline %d\x1b[0m \u202e%s\r\n", i, strings.Repeat("é", 20*i))
	}
	lines[149].Line = strings.Repeat("\xff", 1<<20)
	s := running()
	r := book(t).Reply(Answer{About: TopicLogs, Task: &s.Subject, Lines: lines, Errors: lines[:20]}, Reader{}, sceneDay)
	if len(r.Output) != mostOutput+mostErrors+1 || r.Output[mostErrors] != gap || !strings.HasPrefix(r.Output[0], "line 10 é") {
		t.Error(len(r.Output), r.Output[0])
	}
	for _, line := range r.Output {
		if length(line) > mostLine || strings.ContainsAny(line, "\x1b\u202e\r\n") || !utf8.ValidString(line) {
			t.Errorf("%q", line)
		}
	}
	if got := shownLines([]progress.LogLine{{Line: "  kept  "}, {}, {Line: " "}}); !slices.Equal(got, []string{"  kept"}) {
		t.Errorf("%q", got)
	}
}

// TestOwnWordsOfReplies hold, and a layout that fails is left out.
func TestOwnWordsOfReplies(t *testing.T) {
	t.Parallel()
	b, l := overlaid(t, map[string]string{
		"words/en/mine.yaml":         `clarify.negated: "No {act}, fine."`,
		"layouts/reply.text.tmpl":    "» {{.Text}}{{range .After}}{{.}}{{end}}.",
		"layouts/reply.html.tmpl":    "{{.Nothing}}",
		"layouts/reply.unknown.tmpl": "x",
	})
	s := running()
	a := Answer{About: TopicClarify, Doubt: "negated", Verb: progress.VerbCancel, Task: &s.Subject}
	if got := b.Layout(Text, b.Reply(a, Reader{}, sceneDay), Fit{}); got != "» No cancel it, fine.." {
		t.Error(got)
	}
	slices.Sort(l.files)
	if !slices.Equal(l.files, []string{"reply.html.tmpl", "reply.unknown.tmpl"}) {
		t.Error(l.files, l.errs)
	}
}
