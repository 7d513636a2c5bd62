package webpage

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

var update = flag.Bool("update", false, "write the golden files")

// noon is when everything in the tests happens.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func instant(minutes int) progress.Instant {
	return progress.Instant(noon.Add(time.Duration(minutes) * time.Minute))
}

// read is a scene: a task as the wire has it.
func read(t *testing.T, name string) (w progress.Wire) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &w); err != nil {
		t.Fatal(err)
	}
	return w
}

func layout(t *testing.T) *Layout {
	t.Helper()
	l, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// golden compares a page with the file of that name.
func golden(t *testing.T, name string, page []byte, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	page = regexp.MustCompile(`\.[0-9a-f]{12}\.`).ReplaceAll(page, []byte(".HASH."))
	file := filepath.Join("testdata", name+".golden.html")
	if *update {
		if err := os.WriteFile(file, page, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page, want) {
		t.Errorf("%s has changed; if that is wanted, run go test ./templates/webpage -update\n%s", file, page)
	}
	sound(t, string(page))
}

// sound holds what every page has to keep.
func sound(t *testing.T, page string) {
	t.Helper()
	if strings.Contains(page, "ZgotmplZ") || strings.Contains(page, "%!") {
		t.Errorf("the page has a hole:\n%s", page)
	}
	if bad := regexp.MustCompile(`(?i)<style|\sstyle=["']|\son[a-z]+=["']|="javascript:|<script>|(?:src|href|action)="(?:https?:)?//`).FindString(page); bad != "" {
		t.Errorf("the page has %q, which its policy forbids", bad)
	}
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`\sid="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if seen[m[1]] {
			t.Errorf("the id %s is there twice", m[1])
		}
		seen[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?:aria-labelledby|\bfor)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !seen[m[1]] {
			t.Errorf("a label refers to %s, which is not there", m[1])
		}
	}
}

var viewer = Page{Person: "ann", Logout: true, URL: "http://127.0.0.1:8080"}

func TestScenes(t *testing.T) {
	t.Parallel()
	l := layout(t)
	all := []progress.Verb{
		progress.VerbPause, progress.VerbSkip, progress.VerbRestart, progress.VerbCancel, progress.VerbRetry,
		progress.VerbApprove, progress.VerbReject, progress.VerbResume,
	}
	lines := []progress.WireLine{
		{LogLine: progress.LogLine{N: 7, Line: "\x1b[31mred\x1b[0m\x00 <script>alert(1)</script>"}, At: instant(1)},
		{LogLine: progress.LogLine{N: 8, Line: "oh", Level: "error"}, At: instant(2)},
	}
	events := []progress.WireEvent{
		{Seq: 1, Type: progress.TaskCreated, At: instant(0)},
		{Seq: 2, Type: progress.TaskPaused, At: instant(1), By: "bob", Via: progress.ViaCLI},
		{Seq: 3, Type: progress.StepStarted, Step: 2, At: instant(2)},
	}
	for _, name := range []string{"running", "approval", "failed", "completed", "hostile"} {
		w := read(t, name)
		decide := map[int][]progress.Verb{}
		offers := map[string][]progress.Verb{"running": {all[0], all[1], all[2], all[3]}, "approval": {all[5], all[6], all[3]}, "failed": {all[4], all[1]}, "hostile": all}[name]
		if name != "running" {
			decide[3] = []progress.Verb{progress.VerbApprove, progress.VerbReject}
		}
		page, err := l.Task(viewer, Task{Wire: w, Offers: offers, Decide: decide, Lines: lines, Events: events})
		golden(t, "task-"+name, page, err)
	}
	page, err := l.List(viewer, List{
		Waiting: []progress.Wire{read(t, "approval")}, Live: []progress.Wire{read(t, "running")},
		Ended: []progress.Wire{read(t, "failed"), read(t, "completed")}, Older: "/?cursor=abc&status=completed%2Cfailed", Socket: "/ws/tasks",
		Filter: Filter{Text: `"><b>`, Status: "running,failed", Kind: "import", Labels: []string{"env:prod"}},
	})
	golden(t, "list", page, err)
	page, err = l.List(viewer, List{Socket: "/ws/tasks"})
	golden(t, "list-empty", page, err)
	page, err = l.Problem(Page{}, Problem{Title: "Something went wrong", Text: "An error on our side.", ID: "abc-1"})
	golden(t, "problem", page, err)
}

// TestFragment holds that the part that changes is the same alone as in the page.
func TestFragment(t *testing.T) {
	t.Parallel()
	l, task := layout(t), Task{Wire: read(t, "approval")}
	whole, err := l.Task(viewer, task)
	if err != nil {
		t.Fatal(err)
	}
	p := viewer
	p.Fragment, p.Notice = true, Notice{Text: "said"}
	part, err := l.Task(p, task)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(part, []byte(`<div id="live"`)) || !bytes.Contains(whole, part) || bytes.Contains(part, []byte("said")) {
		t.Errorf("the part is not of the page:\n%s", part)
	}
}

// TestHostile holds that what others wrote stays text.
func TestHostile(t *testing.T) {
	t.Parallel()
	w := read(t, "hostile")
	page, err := layout(t).Task(viewer, Task{Wire: w, Offers: []progress.Verb{progress.VerbCancel}})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script>alert", "<img", `"onclick`, "\x1b"} {
		if bytes.Contains(page, []byte(bad)) {
			t.Errorf("the page has %q", bad)
		}
	}
}

// TestManySteps holds that a page of 10,000 steps stays small enough to follow.
func TestManySteps(t *testing.T) {
	t.Parallel()
	w := progress.Wire{ID: "t", Title: "T", Status: progress.Running, CurrentStep: 5000, TotalSteps: 10_000}
	for n := range 10_000 {
		s := progress.WireStep{StepLine: progress.StepLine{Order: n + 1, Name: "step", Status: progress.StepPending}}
		if n+1 == 9000 {
			s.Status = progress.StepWaiting
			s.Approval = &progress.WireApproval{ID: "ap_1", Step: 9000, Status: progress.ApprovalPending}
		}
		w.Steps = append(w.Steps, s)
	}
	page, err := layout(t).Task(viewer, Task{Wire: w})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`id="step-1"`, "… 4948 more steps", `id="step-5050"`, `id="step-9000"`, `id="step-10000"`, "Show all 10000 steps"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the page has no %s", want)
		}
	}
	if len(page) > 100<<10 {
		t.Errorf("the page has %d bytes", len(page))
	}
	whole, err := layout(t).Task(viewer, Task{Wire: w, All: true})
	if err != nil || !bytes.Contains(whole, []byte(`id="step-7777"`)) {
		t.Errorf("not all steps are shown when all are wanted: %v", err)
	}
}

// TestEveryWordIsThere holds that no status, milestone, road or wish is without
// words.
func TestEveryWordIsThere(t *testing.T) {
	t.Parallel()
	for _, s := range progress.Statuses() {
		if statuses[s].Word == "" {
			t.Errorf("no word for %s", s)
		}
	}
	for _, k := range progress.Kinds() {
		if k.Milestone && sentences[k.Kind] == "" && k.Kind != progress.ApprovalDecided {
			t.Errorf("no sentence for %s", k.Kind)
		}
	}
	for _, v := range []progress.Via{
		progress.ViaREST, progress.ViaBrowser, progress.ViaChat, progress.ViaButton, progress.ViaMail, progress.ViaPush, progress.ViaCLI, progress.ViaTimer,
	} {
		if via(v) == "" {
			t.Errorf("no words for %s", v)
		}
	}
	var shown []progress.Verb
	for _, a := range (taskView{Task: Task{Offers: wishes()}}).Actions() {
		shown = append(shown, a.Verb)
	}
	for _, v := range wishes() {
		if done[v] == "" {
			t.Errorf("nothing is said after %s", v)
		}
	}
	if len(shown) != len(wishes())-2 { // approve and reject have their box
		t.Errorf("buttons for %v of %v", shown, wishes())
	}
}

func wishes() (out []progress.Verb) {
	for _, r := range progress.Rules() {
		if r.Wish {
			out = append(out, r.Verb)
		}
	}
	return out
}

func TestNotices(t *testing.T) {
	t.Parallel()
	voted := progress.WireStep{Approval: &progress.WireApproval{
		Gate: progress.Gate{Quorum: 2}, Status: progress.ApprovalPending, Votes: []progress.WireVote{{By: "ann", Decision: progress.ApprovalApproved}},
	}}
	ours := progress.WireStep{Approval: &progress.WireApproval{
		Status: progress.ApprovalApproved, DecidedBy: "ann", DecidedAt: instant(122), Via: progress.ViaBrowser,
	}}
	for got, want := range map[string]string{
		Done(progress.VerbApprove, voted).Text:                               "Your approval counts. 1 of 2 needed.",
		Done(progress.VerbApprove, ours).Text:                                "You approved this. The work goes on.",
		Refused("step 3 is decided already", progress.VerbReject, ours).Text: "ann approved this at 14:02 UTC on 2026-03-14 in the browser.",
		Refused("cannot pause: it ended", progress.VerbPause, ours).Text:     "Cannot pause: it ended.",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		120 * time.Millisecond: "120 ms", 2500 * time.Millisecond: "2.5 s", 59 * time.Second: "59 s", 61 * time.Second: "1 min 1 s",
		3*time.Hour + 5*time.Minute: "3 h 5 min", 50 * time.Hour: "2 d 2 h",
	} {
		if got := span(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
