package cli_test

import (
	"bufio"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// phrase runs "intents test" on a text. There is no server.
func phrase(t *testing.T, text string, args ...string) result {
	t.Helper()
	cmd := command(t, nil, append([]string{"intents", "test"}, args...)...)
	cmd.Stdin = strings.NewReader(text)
	return finish(t, cmd)
}

// TestPhrases compares how messages are understood with how they should be.
func TestPhrases(t *testing.T) {
	t.Parallel()
	in, err := os.ReadFile("testdata/phrases.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/phrases.golden.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{nil, {"-"}} {
		if r := phrase(t, string(in), args...); r.code != 0 || r.stdout != string(want) || r.stderr != "" {
			t.Errorf("%q exits with %d and says\n%s%swant\n%s", args, r.code, r.stdout, r.stderr, want)
		}
	}
	cmd := command(t, nil, "intents", "test", "mine.jsonl")
	if err := os.WriteFile(cmd.Dir+"/mine.jsonl", []byte("\ufeff"+strings.TrimSpace(string(in))), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := finish(t, cmd); r.code != 0 || r.stdout != string(want) || r.stderr != "" {
		t.Errorf("of a file it exits with %d and says\n%s%s", r.code, r.stdout, r.stderr)
	}
}

// TestWrongPhrases has lines that cannot be read: each is answered in its place, and the
// others as if there were none.
func TestWrongPhrases(t *testing.T) {
	t.Parallel()
	long := `{"text":"` + strings.Repeat("a", 1<<20-len(`{"text":""}`)) + `"}`
	for line, want := range map[string]string{
		`{"text": 5}`:               "text: must be a string, not number",
		`{"txt": ""}`:               "text: is missing",
		`{"text": "a", "tasks": 5}`: "tasks: must be a list, not number",
		`{"text": "a", "tasks": [{"id":"t","status":"paused"}, 5]}`:    "tasks[1]: must be an object, not number",
		`{"text": "a", "tasks": [null]}`:                               "tasks[0]: must be an object, not null",
		`{"text": "a", "tasks": [{"id": 1}]}`:                          "tasks[0].id: must be a string, not number",
		`{"text": "a", "tasks": [{"title": "x", "status": "paused"}]}`: "tasks[0].id: is missing",
		`{"text": "a", "tasks": [{"id": "t"}]}`:                        "tasks[0].status: is missing",
		`{"text": "a", "tasks": [{"id": "t", "status": "\u001b["}]}`:   `tasks[0].status: "\x1b[" is no status of a task; they are pending, running, paused, approval, completed, failed, cancelled`,
		`{"text": "a", "context_task": 7}`:                             "context_task: must be a string, not number",
		`null`:                                                         "the line: must be an object, not null",
		`["a"]`:                                                        "the line: must be an object, not array",
		`{"text": "a"} {"text": "b"}`:                                  "the line: is no JSON: invalid character '{' after top-level value",
		`{"text": "a`:                                                  "the line: is no JSON: unexpected end of JSON input",
		long + " {":                                                    "the line: is longer than 1048576 bytes",
	} {
		r := phrase(t, "{\"text\":\"<\u202e&\"}\n\n"+line+"\n{\"text\":\"\\u001b\"}")
		got := strings.Split(r.stdout, "\n")
		if r.code != 2 || len(got) != 4 || r.stderr != "herald: stdin:3: "+want+"\n" {
			t.Errorf("%.60q exits with %d and says\n%.500s%s", line, r.code, r.stdout, r.stderr)
			continue
		}
		var wrong map[string]string
		if err := json.Unmarshal([]byte(got[1]), &wrong); err != nil || len(wrong) != 1 || wrong["error"] != "stdin:3: "+want {
			t.Errorf("%.60q is answered with %s", line, got[1])
		}
		if !strings.HasPrefix(got[0], `{"text":"<\u202e&","intent":"`) || !strings.HasPrefix(got[2], `{"text":"\u001b","intent":"`) {
			t.Errorf("beside %.60q stands %s, %s", line, got[0], got[2])
		}
	}
	if r := phrase(t, long); r.code != 0 || len(r.stdout) < len(long) {
		t.Errorf("the longest line exits with %d and says %.100s%s", r.code, r.stdout, r.stderr)
	}
	for _, name := range []string{"none.jsonl", "."} {
		if r := phrase(t, "", name); r.code != 1 || r.stdout != "" || !strings.Contains(r.stderr, name) || strings.Count(r.stderr, "\n") != 1 {
			t.Errorf("%s exits with %d and says %s%s", name, r.code, r.stdout, r.stderr)
		}
	}
	if r := phrase(t, "\n \n"); r.code != 0 || r.stdout+r.stderr != "" {
		t.Errorf("nothing exits with %d and says %s%s", r.code, r.stdout, r.stderr)
	}
}

// TestPhrasesAsTheyCome is that a line is answered before the next one is there.
func TestPhrasesAsTheyCome(t *testing.T) {
	t.Parallel()
	cmd := command(t, nil, "intents", "test")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewScanner(out)
	for _, text := range []string{"list", "help", "list"} {
		if _, err := in.Write([]byte(`{"text":"` + text + "\"}\n")); err != nil {
			t.Fatal(err)
		}
		stuck := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
		if !answers.Scan() || !strings.HasPrefix(answers.Text(), `{"text":"`+text+`","intent":"`) {
			t.Fatalf("answers %q", answers.Text())
		}
		stuck.Stop()
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestBench(t *testing.T) {
	t.Parallel()
	figures := regexp.MustCompile(`^messages        2\nns/message      \d+\nallocs/message  \d+\.\d\d\nbytes/message   \d+\n$`)
	start := time.Now()
	if r := phrase(t, `{"text":"list"}`+"\n"+`{"text":"help"}`, "--bench"); r.code != 0 || !figures.MatchString(r.stdout) || r.stderr != "" || time.Since(start) < 2*time.Second {
		t.Errorf("exits with %d after %v and says %s%s", r.code, time.Since(start), r.stdout, r.stderr)
	}
	if r := phrase(t, "5\n", "--bench"); r.code != 2 || r.stdout != "" || r.stderr != "herald: stdin:1: the line: must be an object, not number\n" {
		t.Errorf("exits with %d and says %s%s", r.code, r.stdout, r.stderr)
	}
	if r := phrase(t, "\n", "--bench"); r.code != 1 || r.stdout != "" || r.stderr != "herald: there is no message to measure in stdin\n" {
		t.Errorf("exits with %d and says %s%s", r.code, r.stdout, r.stderr)
	}
}

// TestListIntents has the catalogue, in a language or all.
func TestListIntents(t *testing.T) {
	t.Parallel()
	list := func(args ...string) result {
		return finish(t, command(t, []string{"LANG=C.UTF-8"}, append([]string{"intents", "list"}, args...)...))
	}
	r := list()
	for _, want := range []string{"status: ", "\ncancel (changes the task): ", "\nclarify: ", "\nunknown: ", "\n  Cancel my CRM task\n"} {
		if r.code != 0 || !strings.Contains(r.stdout, want) || r.stderr != "" {
			t.Errorf("exits with %d and does not say %q:\n%s%s", r.code, want, r.stdout, r.stderr)
		}
	}
	if n := strings.Count(r.stdout, "(changes the task)"); n != 8 {
		t.Errorf("%d change a task:\n%s", n, r.stdout)
	}
	var got struct {
		Intents []struct {
			Intent, Verb, About string
			Examples            []struct{ Lang, Text string }
		}
	}
	r = list("cancel", "list", "--lang", "all", "--json")
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil || len(got.Intents) != 2 {
		t.Fatalf("exits with %d and says %s%s", r.code, r.stdout, r.stderr)
	}
	for _, k := range got.Intents {
		var langs []string
		for _, e := range k.Examples {
			langs = append(langs, e.Lang)
		}
		slices.Sort(langs)
		if langs = slices.Compact(langs); !slices.Equal(langs, []string{"de", "en", "es", "fr", "pt"}) || k.About == "" || (k.Verb == "cancel") != (k.Intent == "cancel") {
			t.Errorf("%+v", k)
		}
	}
	for _, args := range [][]string{{"--lang", "la"}, {"fly"}} {
		if r := list(args...); r.code != 2 || r.stdout != "" || !strings.Contains(r.stderr, `See "herald intents list --help"`) {
			t.Errorf("%q exits with %d and says %s%s", args, r.code, r.stdout, r.stderr)
		}
	}
	if r := finish(t, command(t, nil, "__complete", "intents", "list", "cancel", "")); !strings.Contains(r.stdout, "restart\t") || strings.Contains(r.stdout, "cancel\t") {
		t.Errorf("completes %q", r.stdout)
	}
	if r := finish(t, command(t, nil, "__complete", "intents", "list", "--lang", "")); !strings.Contains(r.stdout, "pt\n") || !strings.Contains(r.stdout, "all\n") {
		t.Errorf("completes %q", r.stdout)
	}
}
