package notifytest

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// life is a task that the test moves on, and what is told of it.
type life struct {
	t     testing.TB
	task  progress.Task
	now   time.Time
	book  *templates.Book
	told  []notify.Message
	owner notify.Recipient
}

// book is the one that comes with Herald.
var book = sync.OnceValue(func() *templates.Book { return templates.New(templates.Options{}) })

// begin creates a task with a gate before its second step.
func begin(t testing.TB, id progress.TaskID, title string) *life {
	t.Helper()
	l := &life{
		t: t, task: progress.Task{ID: id}, now: time.Now().Add(-time.Hour).UTC().Truncate(time.Millisecond),
		book: book(), owner: notify.Recipient{Person: "ann"},
	}
	gate := &progress.Gate{Prompt: "Apply " + title + "?", Effects: []string{"Tables are changed: " + title}, Risk: "high"}
	l.do(progress.Create{
		Spec:  progress.Spec{Title: title, Kind: "crm", Owner: "ann", CreatedBy: "ann"},
		Steps: []progress.Plan{{Name: "Create the database"}, {Name: "Apply " + title, Gate: gate}, {Name: "Import"}},
	})
	return l
}

// do moves the task on, and writes a letter about each milestone.
func (l *life) do(c progress.Change) {
	l.t.Helper()
	l.now = l.now.Add(time.Minute)
	actor := progress.Actor{Person: "ann", Rights: progress.MayAdmin, All: true}
	after, events, err := progress.Act(l.task, progress.Command{Task: l.task.ID, By: actor, Via: "rest", Do: c}, l.now)
	if err != nil {
		l.t.Fatal(err)
	}
	l.task = after
	for _, e := range events {
		if e.Seq > 0 {
			l.told = append(l.told, l.letter(e))
		}
	}
}

// subject is the task as it is, and nothing that moves later.
func (l *life) subject() (templates.Subject, *progress.Task) {
	now := l.task
	return templates.Subject{Task: &now, Now: l.now, Link: "https://herald.example.com/tasks/" + string(now.ID)}, &now
}

// letter says an event.
func (l *life) letter(e progress.Event) notify.Message {
	s, task := l.subject()
	said := l.book.Notice(s, &e, l.owner.Reader)
	class := notify.ClassOf(e.Kind)
	return notify.Message{
		ID: string(notify.LetterIDOf("sub_kit", task.ID, e.Seq)), Class: class, Urgent: class.Urgent(),
		For: l.owner, Link: s.Link, Task: task, Event: &e, Notice: &said,
	}
}

// card is the picture of the task as it is.
func (l *life) card() notify.Message {
	s, task := l.subject()
	shown := l.book.Card(s, l.owner.Reader)
	return notify.Message{
		ID: fmt.Sprintf("msg_card_%s_%d", task.ID, task.Version), Class: notify.ClassProgress,
		For: l.owner, Link: s.Link, Task: task, Card: &shown,
	}
}

// note says something that is about no task.
func (l *life) note(kind notify.NoteKind) notify.Message {
	n := notify.Note{Kind: kind, Channel: "webhook", To: "https://example.com", Sub: "sub_kit", Reason: "example.com answered 410 Gone", At: l.now}
	said := l.book.Note(templates.Note{Kind: string(kind), Channel: n.Channel, To: n.To, Reason: n.Reason, At: n.At}, l.owner.Reader)
	return notify.Message{ID: "msg_note_" + string(kind), Class: notify.ClassAlarm, Urgent: true, For: l.owner, Note: &n, Notice: &said}
}

// digest tells of the task and another together.
func (l *life) digest(other *life) notify.Message {
	n := notify.Note{Kind: notify.NoteDigest, Channel: "webhook", To: "https://example.com", Sub: "sub_kit", At: l.now, More: 3}
	d := templates.Digest{At: n.At, More: n.More}
	for _, of := range []*life{l, other} {
		s, task := of.subject()
		n.Items = append(n.Items, notify.Item{Task: task.ID, First: 1, Last: task.Seq, Kinds: []progress.Kind{progress.TaskStarted, progress.TaskFailed}})
		d.Items = append(d.Items, templates.DigestItem{Subject: s, Kinds: n.Items[0].Kinds})
	}
	said := l.book.Digest(d, l.owner.Reader)
	return notify.Message{ID: "msg_digest_" + string(l.task.ID), Class: notify.ClassStep, For: l.owner, Note: &n, Notice: &said}
}

// run is the first step.
func (l *life) run() {
	l.t.Helper()
	half := 50.0
	l.do(progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepRunning})
	l.do(progress.Report{Step: progress.StepRef{Order: 1}, StepProgress: &half})
}

// pass is the end of the first step, and the approval of the second.
func (l *life) pass() {
	l.t.Helper()
	l.do(progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepCompleted})
	l.do(progress.Report{Step: progress.StepRef{Order: 2}, StepStatus: progress.StepRunning})
	l.do(progress.Approve{Reason: "looks good"})
}

// lives are letters of all classes, pictures, notes and a digest.
func lives(t testing.TB, title string) []notify.Message {
	t.Helper()
	good, bad := begin(t, "task_good", title), begin(t, "task_bad", title)
	var all []notify.Message
	good.run()
	all = append(all, good.card())
	good.pass()
	all = append(all, good.card())
	good.do(progress.Report{Status: progress.Completed, Result: json.RawMessage(`{"url":"https://crm.example.com"}`)})
	bad.run()
	bad.do(progress.Report{Status: progress.Failed, Error: &progress.Fault{Type: "disk_full", Message: "No space left: " + title}})
	all = append(append(append(all, good.told...), bad.told...), bad.card())
	for _, kind := range []notify.NoteKind{notify.NoteOff, notify.NoteDead, notify.NoteUndelivered} {
		all = append(all, good.note(kind))
	}
	return append(all, good.digest(bad))
}

// sample is one letter that is as ordinary as can be.
func sample(t testing.TB) notify.Message {
	t.Helper()
	return samples(t, 1)[0]
}

// samples are letters of as many tasks.
func samples(t testing.TB, n int) []notify.Message {
	t.Helper()
	all := make([]notify.Message, n)
	for i := range all {
		l := begin(t, progress.TaskID(fmt.Sprintf("task_%d", i)), fmt.Sprintf("CRM %d", i))
		l.run()
		l.pass()
		l.do(progress.Report{Status: progress.Completed})
		all[i] = l.told[len(l.told)-1]
	}
	return all
}

// nasty is a title that is more than a title wherever texts are not only texts.
const nasty = "CRM\r\nBcc: eve@example.com\r\n\r\n<script>alert(1)</script><img src=x> &lt; [here](https://evil.example) " +
	"@everyone <!channel> <@U1> *bold* _it_ `code` \x00\x1b[31mred \u202egnp.exe {{.}} %s \"quoted\" '; --"

// huge is a letter and a picture of a task that is larger than any far side takes.
func huge(t testing.TB) []notify.Message {
	t.Helper()
	l := begin(t, "task_huge", "CRM")
	text, err := json.Marshal(strings.Repeat("much ", 300_000))
	if err != nil {
		t.Fatal(err)
	}
	plans := make([]progress.Plan, 2000)
	for i := range plans {
		plans[i].Name = fmt.Sprintf("Step number %d of a long plan", i+1)
	}
	l.task = progress.Task{ID: "task_huge"}
	l.do(progress.Create{Spec: progress.Spec{Title: "CRM", Owner: "ann", Inputs: text}, Steps: plans})
	l.run()
	l.do(progress.Report{Status: progress.Failed, Result: text, Error: &progress.Fault{Message: strings.Repeat("no space left ", 500)}})
	return []notify.Message{l.told[len(l.told)-1], l.card()}
}

// words are what has to be read of a message.
func words(m notify.Message) string {
	if m.Notice != nil {
		return m.Notice.Text
	}
	return m.Card.Head
}
