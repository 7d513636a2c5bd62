package pushcard_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/pushcard"
	"github.com/taskherald/herald/templates/words"
)

var update = flag.Bool("update", false, "write the golden files anew")

// book is the book as it comes, which may not find fault with itself.
func book(t testing.TB) *templates.Book {
	t.Helper()
	return templates.New(templates.Options{Trouble: func(file string, err error) { t.Errorf("%s: %v", file, err) }})
}

// golden holds a text to the file of it.
func golden(t *testing.T, name string, text []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, want) {
		t.Errorf("%s is\n%s\nwant\n%s", file, text, want)
	}
}

// here is where all links of the tests lead.
const here = "https://herald.example.com/"

// sceneDay is when all scenes play.
var sceneDay = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// pushes are what is pushed of a scene, in order.
func pushes(b *templates.Book, s templates.Scene, r templates.Reader) []pushcard.Input {
	var out []pushcard.Input
	for _, e := range s.Events {
		n := b.Notice(s.Subject, &e, r)
		in := pushcard.Input{Notice: &n, Subject: &s.Subject, Reader: r, Tag: "q2VhZ2luZy1vZi1hLXRhc2s", Open: s.Subject.Link}
		if ask := b.Card(s.Subject, r).Ask; ask != nil {
			in.Step, in.Urgent = ask.Step, true
			in.Approve, in.Reject = &pushcard.Action{URL: here + "act/approving", Ticket: "ticket-a"}, &pushcard.Action{URL: here + "act/rejecting"}
		}
		if in.Open == "" {
			in.Open = here
		}
		out = append(out, in)
	}
	return out
}

// note is a push that is about no task.
func note(b *templates.Book, kind string, r templates.Reader) pushcard.Input {
	said := templates.Note{Kind: kind, Channel: "webhook", To: "https://hooks.example.com", Reason: "it answered 410 Gone", At: sceneDay}
	if kind == "approval.undelivered" {
		said = templates.Note{Kind: kind, Reason: "ann has no address", At: sceneDay, Title: "Import customers", Step: 3}
	}
	n := b.Note(said, r)
	return pushcard.Input{Notice: &n, Reader: r, Tag: "bGV0dGVy", Open: here}
}

// notes are the kinds of pushes that are about no task.
func notes() []string {
	return []string{"destination.off", "delivery.failed", "approval.undelivered", "test"}
}

// digest is a push that tells of many tasks.
func digest(b *templates.Book, r templates.Reader) pushcard.Input {
	n := b.Digest(templates.SceneDigest(), r)
	return pushcard.Input{Notice: &n, Reader: r, Tag: "bGV0dGVy", Open: here + "notifications"}
}

// message is what a browser reads.
type message struct {
	WebPush      int `json:"web_push"`
	Notification struct {
		Title              string
		Lang, Dir, Body    string
		Navigate, Tag      string
		Silent             *bool
		RequireInteraction bool
		Actions            []struct{ Action, Title, Navigate string }
		Data               map[string]any
	}
}

// read reads a payload as browsers do, who take no other for declarative (Push API,
// "declarative push message parser").
func read(t testing.TB, payload []byte) message {
	t.Helper()
	var m message
	d := json.NewDecoder(bytes.NewReader(payload))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil || d.More() {
		t.Fatalf("%v: %s", err, payload)
	}
	n := m.Notification
	if m.WebPush != 8030 || n.Title == "" || !utf8.Valid(payload) || n.Silent == nil || *n.Silent {
		t.Errorf("no browser takes %s", payload)
	}
	if len(payload) > 3000 {
		t.Errorf("it has %d bytes: %s", len(payload), payload)
	}
	links := []string{n.Navigate}
	for _, a := range n.Actions {
		links = append(links, a.Navigate)
		if a.Action == "" || a.Title == "" {
			t.Errorf("an action has no name: %s", payload)
		}
	}
	for _, link := range links {
		if u, err := url.Parse(link); err != nil || link == "" || u.Scheme != "https" && link != "/" {
			t.Errorf("it leads to %q: %v", link, err)
		}
	}
	return m
}

// TestScenes holds how every situation is pushed: in English, and what is asked and
// what failed in the other languages.
func TestScenes(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := pushcard.New(b)
	write := func(name string, all ...pushcard.Input) {
		var out bytes.Buffer
		for _, in := range all {
			payload := l.Payload(in)
			read(t, payload)
			if err := json.Indent(&out, payload, "", "  "); err != nil {
				t.Fatal(err)
			}
			out.WriteByte('\n')
		}
		golden(t, name+".json", out.Bytes())
	}
	for _, s := range templates.Scenes() {
		write(s.Name+"/en", pushes(b, s, templates.Reader{})...)
		for _, lang := range words.Langs()[1:] {
			if s.Name == "approval" || s.Name == "failed" {
				write(s.Name+"/"+lang, pushes(b, s, templates.Reader{Lang: lang, Zone: time.FixedZone("CEST", 2*3600)})...)
			}
		}
	}
	for _, kind := range notes() {
		write(kind+"/en", note(b, kind, templates.Reader{}))
	}
	for _, lang := range words.Langs()[1:] {
		write("destination.off/"+lang, note(b, "destination.off", templates.Reader{Lang: lang}))
	}
	for _, lang := range words.Langs() {
		write("digest/"+lang, digest(b, templates.Reader{Lang: lang}))
	}
}

// TestTheWordsOfTheSpecification are the titles.
func TestTheWordsOfTheSpecification(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := pushcard.New(b)
	task := progress.Task{ID: "t", Spec: &progress.Spec{Title: "CRM task"}, Status: progress.Running, Steps: progress.SetSteps([]progress.Step{
		{Order: 1, Plan: progress.Plan{Name: "Database created"}}, {Order: 2}, {Order: 3},
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
		m := read(t, l.Payload(pushcard.Input{Notice: &n, Subject: &s, Tag: "tag", Open: here}))
		if m.Notification.Title != want {
			t.Errorf("the title is %q, want %q", m.Notification.Title, want)
		}
		if ring := m.Notification.Data["renotify"]; ring != (e.Kind != progress.TaskStarted && e.Kind != progress.StepDone) {
			t.Errorf("%s rings again: %v", e.Kind, ring)
		}
	}
}

// actions are the names of those of a payload.
func actions(m message) string {
	var names []string
	for _, a := range m.Notification.Actions {
		names = append(names, a.Action)
	}
	return strings.Join(names, " ")
}

// TestDecisionsStandBesideTheirQuestion holds that nobody decides what the notification
// does not ask.
func TestDecisionsStandBesideTheirQuestion(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := pushcard.New(b)
	gate := func(n int, prompt string) progress.Step {
		ap := &progress.Approval{ID: prompt, Status: progress.ApprovalPending, Gate: progress.Gate{Prompt: prompt}}
		return progress.Step{Order: n, Status: progress.StepWaiting, Plan: progress.Plan{Name: "Gate"}, Approval: ap}
	}
	task := progress.Task{ID: "t", Spec: &progress.Spec{Title: "CRM"}, Status: progress.Waiting, Steps: progress.SetSteps([]progress.Step{gate(1, "Delete it?"), gate(2, "Copy it?"), {Order: 3}})}
	s := templates.Subject{Task: &task, Now: sceneDay}
	for _, c := range []struct {
		about, decides int
		actions, body  string
	}{
		{1, 1, "approve reject open", "Task: CRM\nStep 1: Gate\nDelete it?\nMay decide"},
		{2, 2, "approve reject open", "Task: CRM\nStep 2: Gate\nCopy it?\nMay decide"},
		{2, 1, "approve reject open", "Task: CRM\nApproval required for Step 1: Gate\nDelete it?\nStep 2: Gate\nCopy it?\n"},
		{1, 0, "open", "Task: CRM\nStep 1: Gate\nDelete it?\n"},
		{1, 3, "open", "Task: CRM\nStep 1: Gate\nDelete it?\n"},
	} {
		e := progress.Event{Kind: progress.ApprovalNeeded, Step: c.about, Data: progress.Data{Approval: task.Steps.At(c.about).Approval}}
		n := b.Notice(s, &e, templates.Reader{})
		m := read(t, l.Payload(pushcard.Input{
			Notice: &n, Subject: &s, Tag: "tag", Open: here, Step: c.decides,
			Approve: &pushcard.Action{URL: here + "act/a", Ticket: "secret"}, Reject: &pushcard.Action{URL: here + "act/r"},
		}))
		if got := actions(m); got != c.actions || !strings.HasPrefix(m.Notification.Body, c.body) {
			t.Errorf("about %d, for %d: %s of\n%s", c.about, c.decides, got, m.Notification.Body)
		}
		if m.Notification.Data["approve"] == "secret" != (c.actions != "open") || m.Notification.Data["reject"] != nil {
			t.Errorf("about %d, for %d: %v", c.about, c.decides, m.Notification.Data)
		}
	}
}

// TestBrief holds that a notice without details asks all the same.
func TestBrief(t *testing.T) {
	t.Parallel()
	b := book(t)
	in := hostile(b, "CRM", "Go live", "Switch over?", "en", true)
	brief := *in.Notice
	brief.Details, in.Notice = nil, &brief
	m := read(t, pushcard.New(b).Payload(in))
	if want := "Task: CRM\nApproval required for Step 1: Go live\nSwitch over?"; m.Notification.Body != want || actions(m) != "approve reject open" {
		t.Errorf("%q, %s", m.Notification.Body, actions(m))
	}
}

// TestLongTitles holds that what happened is in the body where a title has no room for
// its end.
func TestLongTitles(t *testing.T) {
	t.Parallel()
	b := book(t)
	s := templates.Subject{Task: &progress.Task{ID: "t", Spec: &progress.Spec{Title: strings.Repeat("very ", 35) + "long"}, Status: progress.Running}, Now: sceneDay}
	n := b.Notice(s, &progress.Event{Kind: progress.TaskStarted}, templates.Reader{})
	got := read(t, pushcard.New(b).Payload(pushcard.Input{Notice: &n, Subject: &s, Open: here})).Notification
	if !strings.HasSuffix(got.Title, "very…") || got.Body != n.Text || !strings.HasSuffix(got.Body, "long task has started") {
		t.Errorf("%q\n%q", got.Title, got.Body)
	}
}

// TestFit holds what goes when there is too much: the end of the body, then of the
// title, then the actions. URLs and tickets are whole or not there.
func TestFit(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := pushcard.New(b)
	i := slices.IndexFunc(templates.Scenes(), func(s templates.Scene) bool { return s.Name == "approval" })
	in := pushes(b, templates.Scenes()[i], templates.Reader{})[0]
	full := read(t, l.Payload(in))
	seen := map[string]bool{}
	for n := 0; n < 4000; n += 37 {
		long := in
		long.Open = here + strings.Repeat("o", n/4)
		long.Approve = &pushcard.Action{URL: here + strings.Repeat("a", n), Ticket: strings.Repeat("t", n/4+1)}
		m := read(t, l.Payload(long))
		got := m.Notification
		switch names := actions(m); {
		case names == "approve reject open" && got.Actions[0].Navigate == long.Approve.URL && got.Data["approve"] == long.Approve.Ticket:
			seen["decides"] = true
		case names == "" && got.Data["approve"] == nil && got.Body == full.Notification.Body:
			seen["tells"] = true
		default:
			t.Errorf("with %d: %+v", n, got)
		}
		if got.Navigate != long.Open || got.Data["open"] != long.Open || got.Title == "" {
			t.Errorf("with %d it leads to %q", n, got.Navigate)
		}
		seen["cut"] = seen["cut"] || got.Body != full.Notification.Body && got.Body != "" && strings.HasSuffix(got.Body, "…")
	}
	if len(seen) != 3 {
		t.Error(seen)
	}
	for n, want := range map[int]string{1400: "bare", 2700: "bare", 4000: "lost"} {
		long := in
		long.Open = here + strings.Repeat("o", n)
		got := read(t, l.Payload(long)).Notification
		if got.Title != full.Notification.Title || (got.Navigate == "/") != (want == "lost") || len(got.Actions) > 0 || got.Data["open"] != "" {
			t.Errorf("with %d: %+v", n, got)
		}
	}
}

// hostile is a push about a task whose every text a stranger has written.
func hostile(b *templates.Book, title, name, message, lang string, asks bool) pushcard.Input {
	ap := &progress.Approval{ID: "a", Status: progress.ApprovalPending, Gate: progress.Gate{Prompt: message, Effects: []string{title, name}, Options: []string{name}, Approvers: []string{message}}}
	task := progress.Task{ID: "t", Spec: &progress.Spec{Title: title}, Status: progress.Waiting, Steps: progress.SetSteps([]progress.Step{
		{Order: 1, Status: progress.StepWaiting, Plan: progress.Plan{Name: name}, Approval: ap},
		{Order: 2, Status: progress.StepFailed, Plan: progress.Plan{Name: message}, Error: &progress.Fault{Type: name, Message: message}},
	})}
	e := progress.Event{Kind: progress.ApprovalNeeded, Step: 1, Data: progress.Data{Approval: ap}}
	if !asks {
		e = progress.Event{Kind: progress.StepFell, Step: 2, Data: progress.Data{Error: &progress.Fault{Type: name, Message: message}}}
	}
	s := templates.Subject{Task: &task, Now: sceneDay}
	r := templates.Reader{Lang: lang}
	n := b.Notice(s, &e, r)
	return pushcard.Input{
		Notice: &n, Subject: &s, Reader: r, Tag: "tag", Open: here, Step: 1,
		Approve: &pushcard.Action{URL: here + "act/a", Ticket: "ticket"}, Reject: &pushcard.Action{URL: here + "act/r", Ticket: "ticket"},
	}
}

// held holds what is true of every payload, whatever strangers wrote.
func held(t *testing.T, payload []byte) {
	t.Helper()
	m := read(t, payload)
	n := m.Notification
	if actions(m) != "approve reject open" || n.Data["approve"] != "ticket" || n.Dir != "auto" || n.Lang == "" {
		t.Errorf("it lacks what decides: %s", payload)
	}
	for _, text := range []string{n.Title, n.Body} {
		if strings.Count(text, "\u2068") != strings.Count(text, "\u2069") || strings.ContainsAny(text, "\x00\x1b\r\u202e\u2066") {
			t.Errorf("it reorders or controls: %q", text)
		}
	}
}

// TestHostile holds that texts of strangers are text, and bounded.
func TestHostile(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := pushcard.New(b)
	for _, evil := range []string{"<script>alert(1)</script>", "@everyone [here](https://evil.example)", `","actions":[]}`, "👩‍👩‍👧 🇩🇪", "نظام متجر"} {
		n := read(t, l.Payload(hostile(b, evil, evil, evil, "en", true))).Notification
		if text := strings.NewReplacer("\u2068", "", "\u2069", "").Replace(n.Body); strings.Count(text, evil) < 3 {
			t.Errorf("%q is not seen as it is in %q", evil, text)
		}
	}
	for _, evil := range []string{
		strings.Repeat("x", 10_000), strings.Repeat("字", 10_000), strings.Repeat(`"`, 10_000), strings.Repeat("👩‍👩‍👧", 3_000), strings.Repeat("عرب ", 3_000), "\u202egnp.exe\x1b[31m\x00\r\n", "\xff\xfe", strings.Repeat("\u2028", 900),
	} {
		for _, asks := range []bool{true, false} {
			held(t, l.Payload(hostile(b, evil, evil, evil, "de", asks)))
		}
	}
}

// FuzzPayload holds that whatever strangers write has room, and stays text.
func FuzzPayload(f *testing.F) {
	f.Add("CRM", "Build", "it works", uint8(0))
	f.Add(strings.Repeat("字", 300), "عربي", `"}],`, uint8(3))
	f.Add(strings.Repeat("\u2068א", 400), strings.Repeat("\"", 900), "\x00\u202e", uint8(4))
	b := templates.New(templates.Options{Trouble: func(file string, err error) { panic(file + err.Error()) }})
	l := pushcard.New(b)
	f.Fuzz(func(t *testing.T, title, name, message string, which uint8) {
		held(t, l.Payload(hostile(b, title, name, message, words.Langs()[which%5], which%2 == 0)))
	})
}

// BenchmarkPayload is what it costs to write a payload: one that has room, and one of
// which much has to be cut.
func BenchmarkPayload(b *testing.B) {
	own := book(b)
	l := pushcard.New(own)
	for name, text := range map[string]string{"fits": "Nightly backup", "cut": strings.Repeat("字", 2000)} {
		in := hostile(own, text, text, text, "de", true)
		in.Approve = &pushcard.Action{URL: here + strings.Repeat("a", 900)}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.ReportMetric(float64(len(l.Payload(in))), "bytes")
			}
		})
	}
}
