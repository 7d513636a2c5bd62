package pipeline_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/runner/pipeline"
)

func parse(t *testing.T, file string) *pipeline.Pipeline {
	t.Helper()
	p, err := pipeline.Parse("p.yaml", []byte(file))
	if err != nil {
		t.Fatalf("%v\nin\n%s", err, file)
	}
	return p
}

// sh is a command for the default shell.
func sh(text string) []string { return []string{"sh", "-eu", "-c", text} }

// example is the file of docs/pipelines.md.
func example(t testing.TB) string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/pipelines.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), "```yaml\n")
	file, _, ok := strings.Cut(after, "```")
	if !ok {
		t.Fatal("docs/pipelines.md has no example")
	}
	return file
}

func TestExample(t *testing.T) {
	t.Parallel()
	step := func(name string, args []string, needs ...int) pipeline.Step {
		return pipeline.Step{
			Name: name, Args: args, Dir: ".", Timeout: 30 * time.Minute, Backoff: time.Second, BackoffMax: time.Minute,
			Needs: append([]int{}, needs...),
		}
	}
	vet, build := step("Vet", sh("go vet ./...")), step("Build", []string{"go", "build", "-o", "bin/app", "./cmd/app"}, 0)
	build.Timeout = 5 * time.Minute
	lint := step("Lint", sh("golangci-lint run"), 1)
	lint.AllowFailure = true
	test := step("Test", sh("go test -race ./...\necho \"::substep unit done\"\ngo test -tags e2e ./e2e"), 1)
	test.Substeps, test.Retries, test.Backoff, test.Weight = []string{"unit", "end to end"}, 2, 5*time.Second, 4
	notes := step("Notes", sh("./notes.sh > notes.md"), 1)
	notes.Env, notes.Dir = map[string]string{"LC_ALL": "C"}, "docs"
	live := step("Go live", sh("./ship.sh"), 2, 3, 4)
	live.Approval = &progress.Gate{
		Prompt: "Ship v1.4.0 to production?", Effects: []string{"customers see it at once"},
		Approvers: []string{"ann", "group:ops"}, ExpiresIn: 4 * 3600, OnReject: progress.RejectSkips,
		Escalate: []progress.Escalation{{After: 900}, {After: 1800, Tell: []string{"bob"}, By: []string{"email", "webpush"}}},
	}
	got := parse(t, example(t))
	want := &pipeline.Pipeline{
		Title: "Release", Kind: "release", Owner: "ann", Labels: map[string]string{"env": "prod"},
		Env: map[string]string{"CGO_ENABLED": "0"}, Parallel: 4, Stay: time.Hour, Inputs: []byte(`{"tag":"v1.4.0"}`),
		Steps: []pipeline.Step{vet, build, lint, test, notes, live}, Digest: got.Digest,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if got, want := got.Environ(4), []string{"CGO_ENABLED=0", "LC_ALL=C"}; !slices.Equal(got, want) {
		t.Errorf("the environment is %q, want %q", got, want)
	}
}

// TestPage wants a row of docs/pipelines.md for every key, as the reader lists
// them when it meets another.
func TestPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/pipelines.md")
	if err != nil {
		t.Fatal(err)
	}
	for heading, file := range map[string]string{
		"## The whole":   good + "zzzzzzzzz: 1\n",
		"## A step":      good + "    zzzzzzzzz: 1\n",
		"## An approval": good + "    approval: {zzzzzzzzz: 1}\n",
		"## A stage":     good + "    approval: {escalate: {after: 1m, zzzzzzzzz: 1}}\n",
	} {
		_, err := pipeline.Parse("p.yaml", []byte(file))
		_, list, _ := strings.Cut(fmt.Sprint(err), "there are ")
		known := strings.Split(list, ", ")
		_, section, _ := strings.Cut(string(page), heading)
		section, _, _ = strings.Cut(section, "\n## ")
		var rows []string
		for _, row := range regexp.MustCompile(`(?m)^\| ([a-z_]+) \|`).FindAllStringSubmatch(section, -1) {
			if row[1] != "key" {
				rows = append(rows, row[1])
			}
		}
		if heading == "## A step" {
			rows = append(rows, "parallel") // which makes it a group
		}
		slices.Sort(rows)
		if !slices.Equal(rows, known) {
			t.Errorf("%s has rows for %v, the keys are %v", heading, rows, known)
		}
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	p, err := pipeline.Parse("/some/where/nightly build.yaml", []byte("\ufeff---\nsteps: [{name: A, run: a}]\n...\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := pipeline.Step{Name: "A", Args: sh("a"), Dir: ".", Backoff: time.Second, BackoffMax: time.Minute, Needs: []int{}}
	if p.Title != "nightly build" || p.Kind != "nightly build" || p.Parallel != 4 || p.Stay != 0 || p.Inputs != nil || !reflect.DeepEqual(p.Steps, []pipeline.Step{want}) {
		t.Errorf("got %+v", p)
	}
	nulls := parse(t, "title:\nkind: ~\nowner: null\nlabels:\nenv:\ndir:\nshell:\nparallel:\ntimeout:\nstay:\ninputs:\n"+
		"steps:\n- name: A\n  run: a\n  env:\n  dir:\n  shell:\n  timeout:\n  retries:\n  backoff:\n  backoff_max:\n  allow_failure:\n  substeps:\n  weight:\n")
	nulls.Title, nulls.Kind = p.Title, p.Kind
	if !reflect.DeepEqual(nulls, p) {
		t.Errorf("with nulls %+v\nwithout %+v", nulls, p)
	}
}

func TestTitleOfFile(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{
		"a.yaml": "a", "x/b.tar.yml": "b.tar", "": "pipeline", ".yaml": "pipeline", "\x01\xff.yaml": "pipeline",
		strings.Repeat("é", 220) + ".yaml": strings.Repeat("é", 200),
	} {
		if p, err := pipeline.Parse(file, []byte(good)); err != nil || p.Title != want {
			t.Errorf("%q gives %v, %v; want the title %q", file, p, err, want)
		}
	}
}

// TestAsWritten reads YAML's surprises as the text that stands there.
func TestAsWritten(t *testing.T) {
	t.Parallel()
	p := parse(t, "title: 007\nenv: {on: on, a: yes, b: 1.10, c: 0x10, d: 1e3, e: true, f: 2001-01-01, g: 12:30, h: .nan, i: ' x ', j: \"a\\nb\", 1: 2, null: n}\n"+good)
	want := map[string]string{
		"on": "on", "a": "yes", "b": "1.10", "c": "0x10", "d": "1e3", "e": "true", "f": "2001-01-01", "g": "12:30",
		"h": ".nan", "i": " x ", "j": "a\nb", "1": "2", "null": "n",
	}
	if p.Title != "007" || !maps.Equal(p.Env, want) {
		t.Errorf("got %q, %q", p.Title, p.Env)
	}
	p = parse(t, "inputs: {a: 1.50, b: [yes, true, ~, '1'], c: {d: \"\\u00e9\"}}\n"+good)
	if got, want := string(p.Inputs), `{"a":1.50,"b":["yes",true,null,"1"],"c":{"d":"é"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestWays reads the same step in the ways that people write it.
func TestWays(t *testing.T) {
	t.Parallel()
	first := "steps:\n- name: Z\n  run: z\n"
	for name, c := range map[string]struct {
		step string
		want func(pipeline.Step) bool
	}{
		"needs as a text":    {"{name: A, run: a, needs: Z}", func(s pipeline.Step) bool { return slices.Equal(s.Needs, []int{0}) }},
		"needs twice":        {"{name: A, run: a, needs: [Z, ' Z ']}", func(s pipeline.Step) bool { return slices.Equal(s.Needs, []int{0}) }},
		"needs nothing":      {"{name: A, run: a, needs: []}", func(s pipeline.Step) bool { return len(s.Needs) == 0 }},
		"no needs":           {"{name: A, run: a}", func(s pipeline.Step) bool { return slices.Equal(s.Needs, []int{0}) }},
		"a list":             {"{name: A, run: [a, 1, true]}", func(s pipeline.Step) bool { return slices.Equal(s.Args, []string{"a", "1", "true"}) }},
		"a shell":            {"{name: A, run: a b, shell: bash  -c}", func(s pipeline.Step) bool { return slices.Equal(s.Args, []string{"bash", "-c", "a b"}) }},
		"a shell as a list":  {"{name: A, run: a b, shell: [my sh, -c]}", func(s pipeline.Step) bool { return slices.Equal(s.Args, []string{"my sh", "-c", "a b"}) }},
		"allowed":            {"{name: A, run: a, allow_failure: yes}", func(s pipeline.Step) bool { return s.AllowFailure }},
		"not allowed":        {"{name: A, run: a, allow_failure: Off}", func(s pipeline.Step) bool { return !s.AllowFailure }},
		"days":               {"{name: A, run: a, timeout: 1d12h30m1.5s}", func(s pipeline.Step) bool { return s.Timeout == 36*time.Hour+30*time.Minute+1500*time.Millisecond }},
		"a long backoff":     {"{name: A, run: a, backoff: 2m}", func(s pipeline.Step) bool { return s.BackoffMax == 2*time.Minute }},
		"no backoff":         {"{name: A, run: a, backoff: 0}", func(s pipeline.Step) bool { return s.Backoff == 0 }},
		"a substep":          {"{name: A, run: a, substeps: unit}", func(s pipeline.Step) bool { return slices.Equal(s.Substeps, []string{"unit"}) }},
		"an absolute folder": {"{name: A, run: a, dir: /tmp/}", func(s pipeline.Step) bool { return s.Dir == "/tmp" }},
		"a folder beside":    {"{name: A, run: a, dir: ../b}", func(s pipeline.Step) bool { return s.Dir == filepath.Join("..", "b") }},
		"approval":           {"{name: A, approval: true}", func(s pipeline.Step) bool { return s.Args == nil && reflect.DeepEqual(*s.Approval, progress.Gate{}) }},
		"no approval":        {"{name: A, run: a, approval: no}", func(s pipeline.Step) bool { return s.Approval == nil }},
		"a question":         {"{name: A, approval: Sure?}", func(s pipeline.Step) bool { return s.Approval.Prompt == "Sure?" }},
		"a quoted word":      {"{name: A, approval: 'no'}", func(s pipeline.Step) bool { return s.Approval.Prompt == "no" }},
		"seconds":            {"{name: A, approval: {expires_in: 90}}", func(s pipeline.Step) bool { return s.Approval.ExpiresIn == 90 }},
		"a stage": {"{name: A, approval: {escalate: {after: 90s, tell: ann}}}", func(s pipeline.Step) bool {
			return reflect.DeepEqual(s.Approval.Escalate, []progress.Escalation{{After: 90, Tell: []string{"ann"}}})
		}},
		"stage in seconds": {"{name: A, approval: {escalate: [{after: 2592000, by:, tell: ~}]}}", func(s pipeline.Step) bool {
			return reflect.DeepEqual(s.Approval.Escalate, []progress.Escalation{{After: progress.MaxAfter}})
		}},
		"the longest wait": {"{name: A, approval: {escalate: [{after: 30d}]}}", func(s pipeline.Step) bool { return s.Approval.Escalate[0].After == progress.MaxAfter }},
		"the shortest wait": {"{name: A, approval: {escalate: [{after: 30}, {after: 30s}]}}", func(s pipeline.Step) bool {
			return s.Approval.Escalate[0].After == 30 && s.Approval.Escalate[1].After == 30
		}},
		"no stages":           {"{name: A, approval: {escalate: }}", func(s pipeline.Step) bool { return s.Approval.Escalate == nil }},
		"all stages":          {"{name: A, approval: {escalate: [" + strings.Repeat("{after: 1m},", 10) + "]}}", func(s pipeline.Step) bool { return len(s.Approval.Escalate) == 10 }},
		"quorum with a stage": {"{name: A, approval: {approvers: ann, quorum: 2, escalate: [{after: 1h, tell: bob}]}}", func(s pipeline.Step) bool { return s.Approval.Quorum == 2 }},
		"an empty approval":   {"{name: A, approval: {}}", func(s pipeline.Step) bool { return s.Approval != nil }},
	} {
		if s := parse(t, first+"- "+c.step+"\n").Steps[1]; !c.want(s) {
			t.Errorf("%s: %s gives %+v", name, c.step, s)
		}
	}
}

// TestMerge reads anchors, aliases and <<; what a step says itself wins, and of
// several merged mappings the first.
func TestMerge(t *testing.T) {
	t.Parallel()
	p := parse(t, "x-a: &a {timeout: 5m, retries: 1}\nx-b: &b {timeout: 6m, weight: 2}\nsteps:\n- name: A\n  <<: [*a, *b]\n  retries: 3\n  run: &cmd go vet\n- <<: *a\n  name: B\n  run: *cmd\n")
	a, b := p.Steps[0], p.Steps[1]
	if a.Timeout != 5*time.Minute || a.Retries != 3 || a.Weight != 2 || b.Retries != 1 || !slices.Equal(b.Args, sh("go vet")) {
		t.Errorf("got %+v and %+v", a, b)
	}
}

// TestSameDigest wants a digest that layout does not move, and what a run does, does.
func TestSameDigest(t *testing.T) {
	t.Parallel()
	const file = "steps:\n- name: A\n  run: a\n- name: B\n  approval: Sure?\n  run: |\n    b\n"
	want := parse(t, file).Digest
	for _, same := range []string{
		"title: T\nstay: 1h\nparallel: 2\ninputs: 1\nenv: {}\n" + file, strings.ReplaceAll(file, "\n", "\r\n"),
		"# c\nsteps: [{run: a, name: A, weight: 3}, {name: B, needs: [A], run: b, approval: {prompt: Sure?}}]",
	} {
		if got := parse(t, same).Digest; got != want {
			t.Errorf("another digest for\n%s", same)
		}
	}
	seen := map[string]string{want: file}
	for _, other := range []string{
		"env: {A: b}\n" + file, "dir: x\n" + file, "shell: bash -c\n" + file, file + "- name: C\n  run: c\n", file + "  needs: []\n",
		strings.Replace(file, "Sure?", "{prompt: Sure?, escalate: {after: 1m}}", 1), strings.Replace(file, "Sure?", "{prompt: Sure?, escalate: {after: 2m}}", 1),
		strings.Replace(file, "Sure", "Really", 1), strings.Replace(file, "run: a", "run: c", 1), strings.Replace(file, "name: A", "name: C", 1),
		"steps: [{name: B, run: b, approval: Sure?}, {name: A, run: a}]",
	} {
		got := parse(t, other).Digest
		if before, twice := seen[got]; twice || len(got) != 32 {
			t.Errorf("the same digest %q for\n%s\nand\n%s", got, before, other)
		}
		seen[got] = other
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.yaml")
	file := "dir: sub\nsteps: [{name: A, run: a}, {name: B, run: b, dir: /}, {name: C, run: c, dir: x}]"
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := pipeline.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{filepath.Join(dir, "sub"), "/", filepath.Join(dir, "sub", "x")} {
		if p.Steps[i].Dir != want {
			t.Errorf("step %d runs in %s, want %s", i, p.Steps[i].Dir, want)
		}
	}
	if p.Digest != parse(t, file).Digest {
		t.Error("where the file lies moves the digest")
	}
}
