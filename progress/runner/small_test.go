package runner

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/runner/pipeline"
)

func TestPrinter(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	pipe := &pipeline.Pipeline{Steps: []pipeline.Step{{Name: "A"}, {Name: "Build"}}}
	prints := newPrinter(&p.o, pipe)
	a, build := prints.of("A"), prints.of("Build")
	a.watch(1, []byte("half "))
	build.watch(2, []byte("to the other\n"))
	build.watch(1, []byte("one\r\ntwo\nthr"))
	a.watch(1, []byte("a line\n"))
	a.watch(1, []byte(strings.Repeat("x", longest+1)))
	build.close()
	a.close()
	build.close()
	want := "Build | one\nBuild | two\nA     | half a line\nA     | " + strings.Repeat("x", longest+1) + "\nBuild | thr\n"
	if got := p.read("stdout"); got != want {
		t.Errorf("%.200q", got)
	}
	if got := p.read("stderr"); got != "Build | to the other\n" {
		t.Errorf("%q", got)
	}
	none := Options{}.orDefaults()
	pen := newPrinter(&none, pipe).of("A")
	pen.watch(1, []byte("to nobody\n"))
	prints.ended("A", result{status: progress.StepFailed, fault: &progress.Fault{Message: "oh"}}, 1234*time.Millisecond)
	if !strings.Contains(p.said.String(), "step A: failed after 1.2s: oh") {
		t.Errorf("%s", p.said)
	}
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	s := &pipeline.Step{Backoff: time.Second, BackoffMax: 5 * time.Second}
	for try, most := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 4: 5 * time.Second, 100: 5 * time.Second} {
		var top time.Duration
		for range 1000 {
			d := backoff(s, try)
			if d <= 0 || d > most {
				t.Fatalf("try %d waits %s", try, d)
			}
			top = max(top, d)
		}
		if top < most/2 {
			t.Errorf("try %d waits %s at most", try, top)
		}
	}
	if d := backoff(&pipeline.Step{}, 3); d != 0 {
		t.Errorf("%s", d)
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "abcd": "abcd", "abcde": "abcd…", "aééé": "aé…", "日本": "日…"} {
		if got := clip(in, 4); got != want || !utf8.ValidString(got) {
			t.Errorf("%q is clipped to %q, want %q", in, got, want)
		}
	}
}

func TestOutput(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", " \n": "", "hello": "", "7": "", `"text"`: "", "{} {}": "", "{\"a\":\n1}\n": "{\"a\":\n1}", "[1]": "[1]", "[1": "",
		"[" + strings.Repeat(" ", mostOutput) + "]": "",
	} {
		o := &output{}
		for i := range len(in) {
			o.watch(1, []byte{in[i]})
		}
		o.watch(2, []byte("not of it"))
		if got := o.json(); string(got) != want || (got == nil) != (want == "") {
			t.Errorf("%.20q gives %q", in, got)
		}
	}
}

func TestStandard(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	long := json.RawMessage(`"` + strings.Repeat("x", mostInputs) + `"`)
	for inputs, want := range map[string]string{"": "HERALD_INPUTS=null", `{"a":1}`: `HERALD_INPUTS={"a":1}`, string(long): ""} {
		env := strings.Join(standard(&p.o, "x", progress.Fence{Run: 2, Attempt: 3}, json.RawMessage(inputs)), "\n")
		if !strings.Contains(env, want) || want == "" && strings.Contains(env, "HERALD_INPUTS") || !strings.Contains(env, "HERALD_RUN=2\nHERALD_ATTEMPT=3") {
			t.Errorf("%.100s", env)
		}
	}
}

func TestState(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "below")
	if s, err := saved(dir, "/a.yaml", ""); s != nil || err != nil {
		t.Fatal(s, err)
	}
	hold := func(id progress.TaskID, path string) *State {
		s, err := stateOf(dir, State{Path: path, Task: id, Run: 1, Attempt: 1, Steps: map[string]progress.StepStatus{"A": progress.StepCompleted}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	old, other := hold("old", "/a.yaml"), hold("other", "/b.yaml")
	if _, err := stateOf(dir, State{Path: "/a.yaml", Task: "old"}); err == nil || !strings.Contains(err.Error(), "another herald") {
		t.Error("held twice:", err)
	}
	newest := hold("newest", "/a.yaml")
	if s, err := saved(dir, "/a.yaml", ""); s != nil || err != nil {
		t.Fatal("found although held", s, err)
	}
	old.release(false)
	newest.release(false)
	if s, err := saved(dir, "/a.yaml", "http://elsewhere"); s != nil || err != nil {
		t.Fatal("found for another server", s, err)
	}
	for name, text := range map[string]string{"bad.json": "{", "empty.json": "", "odd.json": `{"task":"../x"}`, "no": "{}"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := saved(dir, "/a.yaml", "")
	if err != nil || s == nil || s.Task != "newest" || s.Steps["A"] != progress.StepCompleted {
		t.Fatalf("%+v %v", s, err)
	}
	s.Steps = map[string]progress.StepStatus{"B": progress.StepRunning}
	if err := s.save(); err != nil {
		t.Fatal(err)
	}
	if !s.read() || len(s.Steps) != 1 {
		t.Errorf("what is read is mixed with what was: %v", s.Steps)
	}
	s.release(true)
	if err := forget(dir, "/a.yaml", ""); err != nil {
		t.Fatal(err)
	}
	if s, err := saved(dir, "/a.yaml", ""); s != nil || err != nil {
		t.Errorf("not forgotten: %v %v", s, err)
	}
	other.release(false)
	if s, err := saved(dir, "/b.yaml", ""); s == nil || err != nil {
		t.Error("another file's was forgotten")
	}
	info, err := os.Stat(filepath.Join(dir, "other.json"))
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read it: %v %v", info.Mode(), err)
	}
	if other.mark("A") == other.mark("B") {
		t.Error("marks of steps do not tell them apart")
	}
}

// TestStateNowhere saves nothing without a folder, and minds nothing.
func TestStateNowhere(t *testing.T) {
	t.Parallel()
	s, err := stateOf("", State{Task: "x"})
	if err != nil || s.save() != nil {
		t.Fatal(err)
	}
	s.release(true)
	if got, err := saved("", "/a.yaml", ""); got != nil || err != nil {
		t.Error(got, err)
	}
}

// TestWriteFile leaves nothing beside the file, whatever happens.
func TestWriteFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for n := range 3 {
		if err := writeFile(filepath.Join(dir, "f"), fmt.Append(nil, n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	if writeFile(filepath.Join(dir, "folder"), nil) == nil {
		t.Error("wrote over a folder")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("%v %v", entries, err)
	}
}
