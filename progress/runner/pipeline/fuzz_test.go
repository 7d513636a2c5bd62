package pipeline_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/runner/pipeline"
)

// patience is how long a file may take, on a machine that is busy.
const patience = time.Minute

// largest makes TestBombs try files of up to 1 MiB, which takes a while.
var largest = flag.Bool("largest", false, "try bombs of up to 1 MiB too")

// FuzzParse wants places for all problems, and pipelines that keep what they
// promise.
func FuzzParse(f *testing.F) {
	f.Add(example(f))
	seeds := bombs(10)
	for _, name := range slices.Sorted(maps.Keys(seeds)) {
		f.Add(seeds[name])
	}
	for _, file := range []string{
		good, pair("A", "B"), "a: &a [*a]\n", "<<: {title: T}\n" + good, "title: |+2\n    x\n\n" + good, "steps:\r\n- {name: A, run: >-\r\n    a\r\n  }",
		"? a\n: b", "!!map {a: b}", "- - - a", "\"\\x00\": 'a\n\n b'", "%TAG ! x\n---\na: !b c", "inputs: [{a: -.inf}, 0o7, ~, {? x}]", good + "    approval: {quorum: 9, approvers: a}\n",
		good + "    approval: {escalate: [{after: 1m, by: [a b, c]}, {after: 5}, {tell: d}]}\n",
	} {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file string) {
		start := time.Now()
		p, err := pipeline.Parse("p.yaml", []byte(file))
		if took := time.Since(start); took > patience {
			t.Errorf("it took %s", took)
		}
		if err != nil {
			checkProblems(t, file, err)
			return
		}
		checkWhole(t, p)
		if again, err := pipeline.Parse("p.yaml", []byte(file)); err != nil || again.Digest != p.Digest {
			t.Errorf("the second time: %v, %v", again, err)
		}
	})
}

func checkProblems(t *testing.T, file string, err error) {
	problems, ok := errors.AsType[pipeline.Problems](err)
	if !ok || len(problems) == 0 || len(problems) > 101 {
		t.Fatalf("the error is %T: %v", err, err)
	}
	lines := strings.Count(file, "\n") + strings.Count(file, "\r") + 2
	for _, p := range problems {
		if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Say == "" || p.File != "p.yaml" {
			t.Errorf("a problem of %d lines at %+v", lines, p)
		}
	}
}

// checkWhole wants a pipeline that a server takes and that can run.
func checkWhole(t *testing.T, p *pipeline.Pipeline) {
	names := map[string]bool{}
	for i, s := range p.Steps {
		if names[s.Name] || s.Args == nil && s.Approval == nil || s.Args != nil && (len(s.Args) == 0 || s.Args[0] == "") || s.Dir == "" {
			t.Errorf("step %d is %+v", i, s)
		}
		if s.Approval != nil && s.Approval.Check() != nil {
			t.Errorf("step %d asks %+v", i, s.Approval)
		}
		if s.Backoff < 0 || s.BackoffMax < s.Backoff || s.Timeout < 0 || s.Retries < 0 || s.Retries > 100 {
			t.Errorf("step %d waits so: %+v", i, s)
		}
		names[s.Name] = true
		for j, before := range s.Needs {
			if before < 0 || before >= i || j > 0 && s.Needs[j-1] >= before {
				t.Errorf("step %d needs %v", i, s.Needs)
			}
		}
		if text := strings.Join(append(p.Environ(i), s.Args...), ""); strings.ContainsRune(text, 0) {
			t.Errorf("step %d has a NUL", i)
		}
	}
	if len(p.Steps) == 0 || p.Parallel < 1 || p.Parallel > 64 || p.Stay < 0 || p.Inputs != nil && !json.Valid(p.Inputs) {
		t.Errorf("the pipeline is %+v", p)
	}
	spec := progress.Spec{Title: p.Title, Kind: p.Kind, Owner: p.Owner, Labels: p.Labels, Inputs: p.Inputs}
	create := progress.Create{Spec: spec, Steps: p.Plan()}
	if err := progress.DefaultLimits().Check(create); err != nil {
		t.Errorf("it is over a limit: %v", err)
	}
	by := progress.Actor{Person: "ann", Rights: progress.MayAdmin, All: true}
	if _, err := progress.Decide(progress.Task{}, progress.Command{Task: "t", By: by, Do: create}, time.Unix(0, 0)); err != nil {
		t.Errorf("the server refuses it: %v", err)
	}
	if next := p.Next(func(int) pipeline.State { return pipeline.Pending }); len(next.Ask)+len(next.Start) == 0 || next.Over || next.Stuck {
		t.Errorf("it does not begin: %+v", next)
	}
}

// bombs are files that grow with n in all the ways that cost a reader time.
func bombs(n int) map[string]string {
	bombs := map[string]string{
		"laughs": laughs("[", "]", n), "merged laughs": merges(n), "keys": many("k%d: v\n", n), "groups": groups(n),
		"env by alias": "x-e: &e {" + many("e%d: v, ", min(n, 900)) + "}\nsteps:\n" + many("- {name: s%d, run: x, env: *e}\n", n),
		"needs":        "x-n: &n [" + many("s%d, ", n/3) + "]\nsteps:\n" + many("- {name: s%d, run: x, needs: []}\n", n/3) + many("- {name: t%d, run: x, needs: *n}\n", n/3),
		"circles":      "steps:\n" + many("- {name: s%[1]d, run: x, needs: t%[1]d}\n- {name: t%[1]d, run: x, needs: s%[1]d}\n", n/2),
		"one circle":   "steps:\n- {name: a, run: x, needs: s" + fmt.Sprint(n-1) + "}\n" + many("- {name: s%d, run: x}\n", n),
		"misspelt":     "steps:\n" + many("- {name: s%[1]d, run: x, needs: z%[1]d}\n", n),
		"chain":        "steps:\n" + many("- {name: s%d, run: x}\n", n),
		"gates":        "steps:\n" + many("- {name: s%d, approval: x, needs: []}\n", n),
		"literal":      good + "    env:\n      A: |\n" + strings.Repeat("        x\n", n),
		"quoted":       "title: \"" + strings.Repeat("a\\n\n ", n) + "\"\n" + good,
		"wide flow":    "inputs: [" + strings.Repeat("x,", n) + "]\n" + good,
		"wide map":     "inputs: {" + many("k%d: v, ", n) + "}\n" + good,
		"wide list":    "inputs:\n" + strings.Repeat("- x\n", n) + good,
		"maps":         "inputs:\n" + strings.Repeat("- x: 1\r\n", n) + good,
	}
	for _, unit := range []string{
		"[", "{", "{a: ", "- ", "? ", ": ", "!a ", "&a ", "*a ", "---\n", "...\n", "# c\n", "\n", " ", "\t", "a", "é", "'", "\"", "|\n", ">\n", "x\n",
		"a: |\n", "[]", "{}", "[a]: ", "a\r", "%a\n", "<<: ", "&a [", ",", "- a\n", "\"a\": ", " -\n", "'a'\n", "\\", "!!", "- |\n x\n", "a: &a\n", "}", "]",
	} {
		bombs["repeated "+unit] = strings.Repeat(unit, n)
		bombs["value of "+unit] = "a: " + strings.Repeat(unit, n)
	}
	return bombs
}

// laughs is a list of lists, each ten times the one before.
func laughs(open, end string, n int) string {
	var b strings.Builder
	b.WriteString("x0: &x0 a\n")
	for i := 1; i < min(n, 30); i++ {
		fmt.Fprintf(&b, "x%d: &x%d %s%s%s\n", i, i, open, strings.Repeat(fmt.Sprintf("*x%d,", i-1), 10), end)
	}
	return b.String() + fmt.Sprintf("inputs: *x%d\n", min(n, 30)-1) + good
}

// merges is a mapping of merged mappings, each ten times the one before.
func merges(n int) string {
	var b strings.Builder
	b.WriteString("x0: &x0 {a: b}\n")
	for i := 1; i < min(n, 30); i++ {
		fmt.Fprintf(&b, "x%d: &x%d {<<: [%s]}\n", i, i, strings.Repeat(fmt.Sprintf("*x%d,", i-1), 10))
	}
	return b.String() + fmt.Sprintf("env: *x%d\n", min(n, 30)-1) + good
}

// groups is groups of two after each other, and two large ones.
func groups(n int) string {
	file := "steps:\n" + many("- parallel: [{name: a%[1]d, run: x}, {name: b%[1]d, run: x}]\n", n/4)
	for _, name := range []string{"c", "d"} {
		file += "- parallel:\n" + many("  - {name: "+name+"%d, run: x}\n", n/4)
	}
	return file
}

// TestBombs wants an answer in time for each file.
func TestBombs(t *testing.T) {
	t.Parallel()
	sizes := []int{3_000}
	if *largest {
		sizes = append(sizes, 300_000)
	}
	for _, n := range sizes {
		for name, file := range bombs(n) {
			file = file[:min(len(file), 1<<20)]
			start := time.Now()
			p, err := pipeline.Parse("p.yaml", []byte(file))
			took := time.Since(start)
			if took > patience {
				t.Errorf("%q of %d bytes took %s", name, len(file), took)
			}
			if *largest && took > time.Second/4 {
				t.Logf("%q of %d bytes took %s: %.80s", name, len(file), took, fmt.Sprint(err))
			}
			if err != nil {
				checkProblems(t, file, err)
			} else {
				checkWhole(t, p)
			}
		}
	}
}
