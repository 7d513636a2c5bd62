package slackcard_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
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
	"github.com/taskherald/herald/templates/words"
)

// noon is when all random tasks are looked at.
var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// page is where all links of random tasks lead.
const page = "https://herald.example.com/tasks/t?a=1&b=2"

// bites are what strangers write to make something of it.
var bites = []string{
	"<!channel>", "<!here|here>", "<@U1>", "<#C1|general>", "<https://evil.example|ok>", "[x](http://evil.example)", "https://evil.example/a?b=c", "www.evil.example",
	"mailto:a@evil.example", "ann@evil.example", "@everyone", "@here", "@channel", ":fire:", ":+1::skin-tone-2:", "*bold*", "_it_", "~gone~", "`code`", "```", "> quote", "&lt;!channel&gt;", "&amp;",
	"<!subteam^S1>", "<!date^1^{date}|x>", "\x1b[31m", "\x00", "\u202e", "\u2066", "\u200b", "\r\n", "\t", "\xff", "😀", "👩‍👩‍👧", "🇧🇷", "é", "نظام متجر", "הפעלה", "字字字", "\"", "\\", "{n}", "{{.}}", "%s", "</b>",
	"1. one", "- two", "# three", "| four |", "tel:+123", "//evil.example", "<", ">", "&",
}

// stranger makes texts and tasks of nobody's.
type stranger struct{ *rand.Rand }

// text is of words and bites, of at most so many of them.
func (s stranger) text(most int) string {
	var out strings.Builder
	for range s.IntN(most + 1) {
		out.WriteString(bites[s.IntN(len(bites))])
		if s.IntN(3) > 0 {
			out.WriteByte(' ')
		}
		if s.IntN(2) == 0 {
			out.WriteString("word ")
		}
	}
	return out.String()
}

// long is a text that may have 10,000 characters.
func (s stranger) long() string {
	switch s.IntN(6) {
	case 0:
		return strings.Repeat(bites[s.IntN(len(bites))], 10_000/4)
	case 1:
		return ""
	}
	return s.text(40)
}

func (s stranger) list(most int) []string {
	out := make([]string, s.IntN(most+1))
	for i := range out {
		out[i] = s.long()
	}
	return out
}

// approval is one in any state.
func (s stranger) approval(step int) *progress.Approval {
	statuses := []progress.ApprovalStatus{progress.ApprovalPending, progress.ApprovalPending, progress.ApprovalApproved, progress.ApprovalRejected, progress.ApprovalExpired, progress.ApprovalVoid}
	vias := []progress.Via{progress.ViaButton, progress.ViaMail, progress.ViaTimer, "other"}
	a := &progress.Approval{
		Gate: progress.Gate{
			Prompt: s.long(), Effects: s.list(15), Options: s.list(5), Approvers: strings.Fields(s.text(30)), Quorum: s.IntN(4), Risk: []string{"", "low", "high"}[s.IntN(3)],
			OnReject: []progress.OnReject{"", progress.RejectSkips, progress.RejectCancels}[s.IntN(3)],
		},
		ID: fmt.Sprint("ap_", step), Digest: "d", Status: statuses[s.IntN(len(statuses))], RequestedAt: noon, AskedBy: progress.Person(s.text(3)),
		DecidedBy: progress.Person(s.long()), DecidedAt: noon, Via: vias[s.IntN(len(vias))], Reason: s.long(), Option: s.long(),
	}
	if s.IntN(2) == 0 {
		a.ExpiresAt = noon.Add(time.Hour)
	}
	for range s.IntN(3) {
		a.Votes = append(a.Votes, progress.Vote{By: progress.Person(s.text(2)), Decision: progress.ApprovalApproved, Via: progress.ViaChat, At: noon, Reason: s.long()})
	}
	return a
}

// subject is a task in any state, reachable or not.
func (s stranger) subject() templates.Subject {
	all := []progress.Status{progress.Pending, progress.Running, progress.Paused, progress.Waiting, progress.Waiting, progress.Completed, progress.Failed, progress.Cancelled}
	t := progress.Task{ID: "t", Spec: &progress.Spec{Title: s.long(), Kind: s.text(5), Owner: s.text(5)}, Status: all[s.IntN(len(all))], Run: 1 + s.IntN(2), Attempt: 1 + s.IntN(2), CreatedAt: noon, StartedAt: noon}
	t.Pulse = progress.Pulse{
		Percent: s.Float64() * 100, Message: s.long(), Worker: s.text(4), HeartbeatAt: noon, Stalled: s.text(2), StallCause: progress.CauseQuiet,
		Result: s.result(), Fault: &progress.Fault{Type: s.text(3), Message: s.long()},
	}
	t.Steps = progress.SetSteps(s.steps())
	if t.Status.Ended() {
		t.EndedAt = noon
		t.End = &progress.End{By: progress.Person(s.text(3)), Via: progress.ViaButton, Reason: s.long(), Step: s.IntN(t.Steps.Len() + 1), Result: s.result()}
	}
	out := templates.Subject{Task: &t, Now: noon.Add(time.Minute), Link: page, Again: s.IntN(3)}
	switch s.IntN(8) {
	case 0:
		out.Link = ""
	case 1:
		out.Link = "javascript:alert(1)"
	case 2:
		out.Link = page + strings.Repeat("x", 3000)
	}
	if s.IntN(2) == 0 {
		out.ETA = &progress.ETA{Low: 5, Likely: 100, High: 60_000, Waits: s.IntN(3)}
	}
	return out
}

func (s stranger) result() json.RawMessage {
	raw, _ := json.Marshal(map[string]any{s.text(3): s.long(), "b" + s.text(3): s.long(), "c": 12})
	return raw
}

// steps are up to 500.
func (s stranger) steps() []progress.Step {
	n := s.IntN(6)
	if s.IntN(4) == 0 {
		n = 500
	}
	states := []progress.StepStatus{progress.StepPending, progress.StepRunning, progress.StepCompleted, progress.StepFailed, progress.StepSkipped, progress.StepWaiting}
	names := s.list(20)
	steps := make([]progress.Step, n)
	for i := range steps {
		st := &steps[i]
		st.Order, st.Status, st.Percent = i+1, states[s.IntN(len(states))], s.Float64()*100
		if len(names) > 0 {
			st.Name = names[s.IntN(len(names))]
		}
		if st.Status == progress.StepWaiting || s.IntN(50) == 0 {
			st.Approval = s.approval(i + 1)
		}
		for range min(s.IntN(12), len(names)) {
			st.Substeps = append(st.Substeps, progress.Substep{Name: names[s.IntN(len(names))]})
		}
	}
	return steps
}

// event is one that the task may have had.
func (s stranger) event(t *progress.Task) *progress.Event {
	kinds := progress.Kinds()
	e := &progress.Event{Kind: kinds[s.IntN(len(kinds))].Kind, Seq: 7, At: noon, By: progress.Person(s.text(3)), Via: progress.ViaChat, Step: s.IntN(t.Steps.Len() + 1)}
	e.Data = progress.Data{Reason: s.long(), Error: &progress.Fault{Message: s.long()}, Cause: progress.CauseQuiet}
	if n := t.Steps.First(progress.StepWaiting); n > 0 && s.IntN(2) == 0 {
		e.Kind, e.Step = progress.ApprovalNeeded, n
	}
	switch e.Kind {
	case progress.ApprovalNeeded, progress.ApprovalVoted, progress.ApprovalDecided:
		e.Data.Approval = s.approval(e.Step)
		if n := e.Step; n > 0 && t.Steps.At(n).Approval != nil && s.IntN(4) > 0 {
			e.Data.Approval = t.Steps.At(n).Approval
		}
	}
	return e
}

// answer is what the bot may say of tasks.
func (s stranger) answer(subjects []templates.Subject) templates.Answer {
	topics := []templates.Topic{templates.TopicStatus, templates.TopicList, templates.TopicLogs, templates.TopicHistory, templates.TopicConfirm, templates.TopicChoose, templates.TopicRefused, templates.TopicMissing, templates.TopicHelp, templates.TopicDone}
	verbs := []progress.Verb{progress.VerbCancel, progress.VerbApprove, progress.VerbSkip, ""}
	a := templates.Answer{
		About: topics[s.IntN(len(topics))], Task: &subjects[0], Verb: verbs[s.IntN(len(verbs))], Step: s.IntN(3), Named: s.long(), Reason: s.long(),
		Tasks: subjects, More: s.IntN(3), Refusal: &progress.Error{Code: progress.Conflict},
	}
	for i := range s.IntN(60) {
		a.Lines = append(a.Lines, progress.LogLine{N: int64(i), Line: s.long()})
	}
	for range s.IntN(12) {
		a.Presses = append(a.Presses, templates.Press{Verb: a.Verb, Task: "t", Title: s.long(), Step: s.IntN(2), Ticket: strings.Repeat("x", s.IntN(300)), Say: s.text(3)})
		a.Decisions = append(a.Decisions, templates.Decision{Run: 1, Verb: progress.VerbPause, By: progress.Person(s.text(3)), Reason: s.long(), At: noon})
		a.Wishes = append(a.Wishes, templates.WishFor{Verb: progress.VerbPause, Title: s.long()})
	}
	return a
}

// harmless holds a post to the limits, and that nothing in it does anything but what is ours.
func harmless(t testing.TB, what string, p slackcard.Post) []byte {
	t.Helper()
	valid(t, "id_1", p)
	raw := wire(t, p)
	for _, found := range blocktest.Live(p.Text, raw) {
		if found != page {
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
func round(t testing.TB, l *slackcard.Layout, b *templates.Book, s stranger) {
	r := templates.Reader{Lang: words.Langs()[s.IntN(len(words.Langs()))]}
	subjects := []templates.Subject{s.subject(), s.subject()}
	sub := subjects[0]
	card := b.Card(sub, r)
	raw := harmless(t, "the card", l.Card("id_1", &card, r, seal))
	if !strings.Contains(letters(t, raw), card.Isolated().Title) {
		t.Fatalf("the title is not there as it is: %q\n%s", card.Title, raw)
	}
	decides(t, raw, card.Ask != nil)

	e := s.event(sub.Task)
	n := b.Notice(sub, e, r)
	decides(t, harmless(t, "the notice", l.Notice("id_1", &n, r)), false)
	decides(t, harmless(t, "the approval", l.Ask("id_1", sub, e, r, seal)), b.Asked(sub, e, r).Open)
	reply := b.Reply(s.answer(subjects), r, noon)
	harmless(t, "the reply", l.Reply("id_1", &reply, r))
	crowd(t, l, b, s, subjects, r)
}

// crowd is what shows several tasks.
func crowd(t testing.TB, l *slackcard.Layout, b *templates.Book, s stranger, subjects []templates.Subject, r templates.Reader) {
	d := templates.Digest{At: noon, More: s.IntN(3), Link: page}
	h := slackcard.Home{Person: progress.Person(s.long()), Linked: s.IntN(4) > 0, Command: "/herald", Link: page}
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
	harmless(t, "the board", l.Board("id_1", slackcard.Board{Title: s.long(), Lines: board.Tasks, More: 3, Link: page}, r))
	for what, v := range map[string]any{"the home": l.Home(h, r), "the form": l.Reason(progress.VerbReject, s.long(), s.text(9), r)} {
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
				round(t, l, b, stranger{rand.New(rand.NewPCG(uint64(i), 7))})
			}
		})
	}
}

// TestBitesAreFound holds that the eye that finds nothing in our posts does see them.
func TestBitesAreFound(t *testing.T) {
	t.Parallel()
	found := slices.DeleteFunc(slices.Clone(bites), func(b string) bool { return blocktest.Live(b, nil) == nil })
	if len(found) < 18 {
		t.Errorf("of %d bites %d are found: %q", len(bites), len(found), found)
	}
}
