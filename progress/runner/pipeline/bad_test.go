package pipeline_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress/runner/pipeline"
)

// good is a file that is right, for what is wrong in addition: line 4 is next.
const good = "steps:\n  - name: A\n    run: a\n"

// TestBad lists what is wrong with files. Each problem is given by how its line
// begins, and by a part of the rest after " … ".
func TestBad(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"empty":            {"", []string{"1:1: is empty; write steps:"}},
		"only a comment":   {"# nothing\n", []string{"1:1: is empty"}},
		"only a mark":      {"---\n", []string{"1:1: is empty"}},
		"only null":        {"\n~\n", []string{"1:1: is empty"}},
		"a text":           {"text", []string{"1:1: must be key: value"}},
		"a list":           {"- a\n", []string{"1:1: must be key: value"}},
		"an empty mapping": {"{}", []string{"1:1: has no steps"}},
		"no steps":         {"title: T\n", []string{"1:1: has no steps"}},
		"steps without":    {"steps:\n", []string{"1:1: has no steps"}},
		"steps empty":      {"steps: []\n", []string{"1:8: steps: must be a list"}},
		"steps a mapping":  {"steps:\n  A: a\n", []string{"2:3: steps: must be a list"}},

		"not UTF-8":        {"steps:\n  - name: \"a\xff\"\n", []string{"2:13: is not UTF-8"}},
		"UTF-16":           {"\xff\xfes\x00", []string{"1:1: is not UTF-8"}},
		"NUL":              {"title: é\x00", []string{"1:9: has the control character U+0000"}},
		"too large":        {good + strings.Repeat("#", 1<<20), []string{"1:1: is larger than 1 MiB"}},
		"two documents":    {good + "---\n" + good, []string{"5:1: a second document begins"}},
		"a directive":      {"%YAML 1.2\n---\n" + good, []string{"1:1: is a directive"}},
		"a tab":            {"steps:\n\t- name: A\n", []string{"2:1: is indented with a tab"}},
		"a tab in a step":  {"steps:\n  - name: A\n\trun: a\n", []string{"3:1: is indented with a tab"}},
		"unclosed quote":   {"title: 'x\n", []string{"1:8: is not YAML"}},
		"unclosed bracket": {"steps: [a\n", []string{"1:8: is not YAML"}},
		"colon in text":    {"steps:\n  - name: A\n    run: echo a: b\n", []string{"3:10: is not YAML: … needs quotes, or a line of its own below |"}},
		"deep":             {"inputs: " + strings.Repeat("[", 300), []string{"1:208: is nested more than 200 levels deep"}},
		"deep inputs":      {"inputs: " + strings.Repeat("[", 150) + strings.Repeat("]", 150) + "\n" + good, []string{"1:110: inputs[0] … is nested more than 100"}},
		"deep list":        {"inputs: \n  " + strings.Repeat("- ", 300) + "x\n", []string{"2:401: is nested more than 200"}},
		"wide":             {many("k%d: v\n", 2001), []string{"2001:6: is one too many: a mapping may have 2000 keys"}},
		"long":             {"inputs: [" + strings.Repeat("x,", 20_001), []string{"1:40011: is one too many: … a list 20000 items"}},
		"many anchors":     {"x: " + strings.Repeat("&a ", 3000), []string{"1:6004: has more than 2000 of \"&\""}},

		"unknown key":         {"titel: T\n" + good, []string{"1:1: titel: there is no such key here; did you mean title?"}},
		"unknown without aim": {"qqqqqq: T\n" + good, []string{"1:1: qqqqqq: … there are dir, env, "}},
		"a key of others":     {good + "    depends-on: B\n", []string{"4:5: steps[0].depends-on: … did you mean needs?"}},
		"unknown in approval": {good + "    approval: {promt: x}\n", []string{"4:16: steps[0].approval.promt: … did you mean prompt?"}},
		"x- in a step":        {good + "    x-y: B\n", []string{"4:5: steps[0].x-y: there is no such key"}},
		"duplicate key":       {"title: A\ntitle: B\n" + good, []string{"2:1: title: is here for the second time; it is also at line 1"}},
		"duplicate in a step": {good + "    run: B\n", []string{"4:5: steps[0].run: is here for the second time; it is also at line 3"}},
		"duplicate variable":  {"env: {A: b, A: c}\n" + good, []string{"1:13: env.A: is here for the second time"}},
		"duplicate merge key": {"x-a: &a {run: a}\nsteps:\n- name: A\n  <<: *a\n  run: b\n  run: c\n", []string{"6:3: steps[0].run: … it is also at line 5"}},
		"complex key":         {good + "? [a]\n: b\n", []string{"5:1: is not YAML"}},
		"tag":                 {"title: !!str 1\n" + good, []string{"1:8: has the tag !!str"}},
		"own tag":             {good + "    env: !vault {A: b}\n", []string{"4:10: has the tag !vault"}},
		"unknown alias":       {"title: *t\n" + good, []string{"1:8: there is no anchor &t before it"}},
		"alias of itself":     {"inputs: &a [*a]\n" + good, []string{"1:13: there is no anchor &a before it"}},
		"merge of a text":     {good + "    <<: x\n", []string{"4:9: steps[0].<<: must be an alias"}},
		"merge of a list":     {"x-a: &a [x]\n" + good + "    <<: *a\n", []string{"1:10: steps[0].<<: must be an alias"}},

		"title blank":     {"title: ' '\n" + good, []string{"1:8: title: must not be empty"}},
		"title long":      {"title: " + strings.Repeat("é", 201) + "\n" + good, []string{"1:8: title: is 201 characters long; at most 200"}},
		"title a list":    {"title: [a]\n" + good, []string{"1:8: title: must be text"}},
		"title two lines": {"title: \"a\\nb\"\n" + good, []string{"1:8: title: must be one line"}},
		"NUL in text":     {"title: \"a\\0b\"\n" + good, []string{"1:8: title: must be UTF-8 text without NUL"}},
		"labels":          {"labels: {a: , \" \": b, c: [d]}\n" + good, []string{"1:10: labels.a: says nothing", "1:15: labels. : must have a name", "1:26: labels.c: must be text"}},
		"labels a text":   {"labels: a\n" + good, []string{"1:9: labels: must be key: value"}},
		"many labels":     {"labels:\n" + many("  k%d: v\n", 65) + good, []string{"2:3: labels: has 65 names; at most 64"}},
		"env name":        {"env: {\"A=B\": c}\n" + good, []string{"1:7: env.A=B: is no name of a variable"}},
		"env value":       {"env:\n  A: [b]\n  C:\n" + good, []string{"2:6: env.A: must be text", "3:3: env.C: says nothing"}},
		"env too long":    {"env: {A: " + strings.Repeat("x", 102401) + "}\n" + good, []string{"1:10: env.A: is 102401 bytes long; at most 102400"}},
		"shell quotes":    {"shell: bash -c 'x'\n" + good, []string{"1:8: shell: is parted at spaces only"}},
		"shell empty":     {"shell: ''\n" + good, []string{"1:8: shell: must not be empty"}},
		"dir":             {"dir: [a]\n" + good, []string{"1:6: dir: must be text"}},

		"parallel hex":    {"parallel: 0x10\n" + good, []string{"1:11: parallel: is written as 0x10"}},
		"parallel octal":  {"parallel: 010\n" + good, []string{"1:11: parallel: is written as 010"}},
		"parallel e":      {"parallel: 1e1\n" + good, []string{"1:11: parallel: must be a number from 1 to 64"}},
		"parallel _":      {"parallel: 1_0\n" + good, []string{"1:11: parallel: is written as 1_0"}},
		"parallel none":   {"parallel: 0\n" + good, []string{"1:11: parallel: must be a number from 1 to 64"}},
		"parallel many":   {"parallel: 65\n" + good, []string{"1:11: parallel: must be a number from 1 to 64"}},
		"parallel half":   {"parallel: 1.5\n" + good, []string{"1:11: parallel: must be a whole number"}},
		"parallel text":   {"parallel: \"2\"\n" + good, []string{"1:11: parallel: must be a number"}},
		"parallel NaN":    {"parallel: .nan\n" + good, []string{"1:11: parallel: must be a number"}},
		"parallel inf":    {"parallel: -.inf\n" + good, []string{"1:11: parallel: must be a number"}},
		"retries":         {good + "    retries: -1\n", []string{"4:14: steps[0].retries: must be a number from 0 to 100"}},
		"retries huge":    {good + "    retries: 99999999999999999999999\n", []string{"4:14: steps[0].retries: must be a number from 0 to 100"}},
		"weight":          {good + "    weight: 2000000000\n", []string{"4:13: steps[0].weight: must be a number from 0 to 1000000000"}},
		"weight negative": {good + "    weight: -0.5\n", []string{"4:13: steps[0].weight: must be a number"}},
		"allow_failure":   {good + "    allow_failure: maybe\n", []string{"4:20: steps[0].allow_failure: must be true or false"}},

		"timeout no unit":   {"timeout: 30\n" + good, []string{"1:10: timeout: has no unit; write 30s or 30m"}},
		"timeout words":     {"timeout: 5 minutes\n" + good, []string{"1:10: timeout: must be a number with ms, s, m, h or d"}},
		"timeout negative":  {"timeout: -5s\n" + good, []string{"1:10: timeout: must be a number with"}},
		"timeout zero":      {"timeout: 0\n" + good, []string{"1:10: timeout: must be from 1s to 7d"}},
		"timeout short":     {"timeout: 999ms\n" + good, []string{"1:10: timeout: must be from 1s to 7d"}},
		"timeout long":      {good + "    timeout: 8d\n", []string{"4:14: steps[0].timeout: must be from 1s to 7d"}},
		"timeout absurd":    {"timeout: " + strings.Repeat("9", 12) + "d\n" + good, []string{"1:10: timeout: must be from 1s to 7d"}},
		"stay":              {"stay: 169h\n" + good, []string{"1:7: stay: must be from 0s to 7d"}},
		"backoff":           {good + "    backoff: 2h\n    backoff_max: 1h\n", []string{"2:5: steps[0].backoff_max: is shorter than backoff, which is 2h"}},
		"inputs NaN":        {"inputs: {a: .NaN}\n" + good, []string{"1:13: inputs.a: is no number that JSON has"}},
		"inputs hex":        {"inputs: [0x1]\n" + good, []string{"1:10: inputs[0]: is a number that not all read alike"}},
		"inputs exponent":   {"inputs: [1e3, 'x', 1.5, 007]\n" + good, []string{"1:10: inputs[0]: is a number that not all", "1:25: inputs[3]: is a number"}},
		"inputs large":      {"inputs: &a [" + strings.Repeat("x", 300_000) + ", " + strings.Repeat("y", 300_000) + "]\n" + good, []string{"1:9: inputs: is 600007 bytes long as JSON"}},
		"inputs twice":      {"inputs: {a: 1, a: 2}\n" + good, []string{"1:16: inputs.a: is here for the second time"}},
		"step a text":       {"steps:\n  - go vet\n", []string{"2:5: steps[0]: must be key: value"}},
		"step nothing":      {good + "  -\n", []string{"4:5: steps[1]: must be key: value"}},
		"step without name": {"steps:\n  - run: a\n", []string{"2:5: steps[0]: has no name"}},
		"step null name":    {"steps:\n  - name:\n    run: a\n", []string{"2:5: steps[0]: has no name"}},
		"step blank name":   {"steps:\n  - name: ' '\n    run: a\n", []string{"2:11: steps[0].name: must not be empty"}},
		"step long name":    {"steps:\n  - name: " + strings.Repeat("n", 201) + "\n    run: a\n", []string{"2:11: steps[0].name: is 201 characters long; at most 200"}},
		"step no command":   {"steps:\n  - name: A\n", []string{"2:5: steps[0]: has nothing to do"}},
		"step null command": {"steps:\n  - name: A\n    run:\n", []string{"2:5: steps[0]: has nothing to do"}},
		"step no approval":  {"steps:\n  - name: A\n    approval: false\n", []string{"2:5: steps[0]: has nothing to do"}},
		"command blank":     {"steps:\n  - name: A\n    run: ' '\n", []string{"3:10: steps[0].run: must not be empty"}},
		"command mapping":   {"steps:\n  - name: A\n    run: {a: b}\n", []string{"3:10: steps[0].run: must be a text for the shell"}},
		"command no words":  {"steps:\n  - name: A\n    run: []\n", []string{"3:10: steps[0].run: must be a command with its arguments"}},
		"command no name":   {"steps:\n  - name: A\n    run: ['', a]\n", []string{"3:11: steps[0].run[0]: must name a command"}},
		"command a list":    {"steps:\n  - name: A\n    run: [a, [b], null]\n", []string{"3:14: steps[0].run[1]: must be text", "3:19: steps[0].run[2]: must be text"}},
		"same name":         {good + "  - name: A\n    run: b\n", []string{"4:11: steps[1].name: \"A\" is already the name at line 2, column 11"}},
		"same as a group":   {good + "  - name: G\n    parallel:\n    - name: G\n      run: b\n", []string{"4:11: steps[1].name: \"G\" is already the name at line 6"}},
		"many steps":        {"x-s: &s {name: s, run: x}\nsteps: [" + strings.Repeat("*s,", 1999) + "*s]\n", []string{"1:16: steps[1].name: \"s\" is already"}},
		"substeps":          {good + "    substeps: [a, a, '', [b]]\n", []string{"4:19: steps[0].substeps[1]: \"a\" is already at line 4, column 16", "4:22: steps[0].substeps[2]: must not be empty", "4:26: steps[0].substeps[3]: must be text"}},

		"group empty":        {good + "  - name: G\n    parallel: []\n", []string{"5:15: steps[1].parallel: must be a list of steps"}},
		"group null":         {good + "  - name: G\n    parallel:\n", []string{"5:5: steps[1].parallel: must be a list of steps"}},
		"group of numbers":   {good + "  - name: G\n    parallel: 4\n", []string{"5:15: steps[1].parallel: must be a list of steps"}},
		"group with command": {good + "  - parallel: [{name: B, run: b}]\n    run: x\n", []string{"5:10: steps[1].run: does not belong to a group"}},
		"group in a group":   {good + "  - parallel:\n    - parallel: [{name: B, run: b}]\n", []string{"5:17: steps[1].parallel[0].parallel: is a group in a group"}},
		"member unknown key": {good + "  - parallel:\n    - name: B\n      rnu: b\n      run: c\n", []string{"6:7: steps[1].parallel[0].rnu: … did you mean run?"}},

		"needs nothing":      {good + "    needs:\n", []string{"4:5: steps[0].needs: says nothing; write []"}},
		"needs unknown":      {good + "    needs: [Biuld]\n  - name: Build\n    needs: []\n    run: b\n", []string{"4:13: steps[0].needs[0]: there is no step or group \"Biuld\"; did you mean Build?"}},
		"needs itself":       {good + "    needs: A\n", []string{"4:12: steps[0].needs: \"A\" cannot wait for itself"}},
		"needs its group":    {"steps:\n- name: G\n  parallel:\n  - name: A\n    run: a\n    needs: [G]\n", []string{"6:13: steps[0].parallel[0].needs[0]: \"G\" cannot wait for itself"}},
		"group needs member": {"steps:\n- name: G\n  needs: [A]\n  parallel:\n  - name: A\n    run: a\n", []string{"3:11: steps[0].needs[0]: \"A\" cannot wait for itself"}},
		"needs a mapping":    {good + "    needs: {a: b}\n", []string{"4:12: steps[0].needs: must be text"}},
		"circle":             {good + "    needs: B\n  - name: B\n    needs: C\n    run: b\n  - name: C\n    needs: A\n    run: c\n", []string{"2:11: steps[0]: waits for itself: A needs B, B needs C, C needs A; take one of these needs away"}},
		"assumed circle":     {good + "    needs: B\n  - name: B\n    run: b\n", []string{"2:11: steps[0]: waits for itself: A needs B, B needs A; … a step that says no needs waits for the one before it"}},
		"two circles":        {pair("A", "B") + strings.TrimPrefix(pair("C", "D"), "steps:\n"), []string{"2:11: steps[0]: waits for itself: A needs B, B needs A", "8:11: steps[2]: waits for itself: C needs D, D needs C"}},
		"circle with group":  {"steps:\n- name: G\n  needs: C\n  parallel:\n  - name: A\n    run: a\n  - name: B\n    run: b\n- name: C\n  run: c\n", []string{"5:11: steps[0].parallel[0]: waits for itself: A needs C, C needs A"}},

		"approval nothing":  {good + "    approval:\n", []string{"4:5: steps[0].approval: must be a question, true, or a mapping"}},
		"approval a list":   {good + "    approval: [ann]\n", []string{"4:15: steps[0].approval: must be a question"}},
		"approval blank":    {good + "    approval: ''\n", []string{"4:15: steps[0].approval: must not be empty"}},
		"approval long":     {good + "    approval: " + strings.Repeat("x", 4001) + "\n", []string{"4:15: steps[0].approval: is 4001 characters long"}},
		"approval words":    {good + "    approval:\n      default: maybe\n      on_reject: explode\n      risk: huge\n", []string{"5:16: steps[0].approval.default: must be reject, approve or hold", "6:18: steps[0].approval.on_reject: must be fail, skip or cancel", "7:13: steps[0].approval.risk: must be low, medium or high"}},
		"approval quorum":   {good + "    approval: {quorum: 3, approvers: [ann, bob, ann]}\n", []string{"4:24: steps[0].approval.quorum: is 3, but only 2 may decide"}},
		"approval quorum 0": {good + "    approval: {quorum: 0}\n", []string{"4:24: steps[0].approval.quorum: must be a number from 1 to 100"}},
		"approval expiry":   {good + "    approval: {expires_in: 1x}\n", []string{"4:28: steps[0].approval.expires_in: must be a number with … a number alone is seconds"}},
		"approval long ago": {good + "    approval: {expires_in: 3651d}\n", []string{"4:28: steps[0].approval.expires_in: must be from 1s to 3650d"}},
		"approval seconds":  {good + "    approval: {expires_in: -1}\n", []string{"4:28: steps[0].approval.expires_in: must be a number from 0"}},
		"approval blanks":   {good + "    approval: {approvers: ['', {a: b}], effects: [1, '']}\n", []string{"4:28: steps[0].approval.approvers[0]: must not be empty", "4:32: steps[0].approval.approvers[1]: must be text", "4:54: steps[0].approval.effects[1]: must not be empty"}},
		"approval many":     {good + "    approval: {options: [" + strings.Repeat("x,", 101) + "]}\n", []string{"4:25: steps[0].approval.options: has 101; at most 100"}},

		"stages a text":     {good + "    approval: {escalate: 5m}\n", []string{"4:26: steps[0].approval.escalate: must be key: value"}},
		"stages a list":     {good + "    approval: {escalate: [5m, [a]]}\n", []string{"4:27: steps[0].approval.escalate[0]: must be key: value", "4:31: steps[0].approval.escalate[1]: must be key: value"}},
		"stages many":       {good + "    approval: {escalate: [" + strings.Repeat("{after: 1m},", 11) + "]}\n", []string{"4:26: steps[0].approval.escalate: has 11 stages; at most 10"}},
		"stage empty":       {good + "    approval: {escalate: [{}]}\n", []string{"4:27: steps[0].approval.escalate[0]: does not say when; write after: 5m"}},
		"stage unknown key": {good + "    approval: {escalate: [{aftre: 1m}]}\n", []string{"4:28: steps[0].approval.escalate[0].aftre: … did you mean after?"}},
		"stage not when":    {good + "    approval:\n      escalate:\n      - after:\n        tell: ann\n", []string{"6:9: steps[0].approval.escalate[0]: does not say when"}},
		"stage soon":        {good + "    approval: {escalate: [{after: 29s}, {after: 29}]}\n", []string{"4:35: steps[0].approval.escalate[0].after: must be from 30s to 30d; a number alone is seconds", "4:49: steps[0].approval.escalate[1].after: must be a number from 30 to 2592000"}},
		"stage late":        {good + "    approval: {escalate: [{after: 31d}, {after: 2592001}]}\n", []string{"4:35: steps[0].approval.escalate[0].after: must be from 30s to 30d", "4:49: steps[0].approval.escalate[1].after: must be a number from 30 to 2592000"}},
		"stage word":        {good + "    approval: {escalate: {after: soon}}\n", []string{"4:34: steps[0].approval.escalate.after: must be a number with"}},
		"stage names":       {good + "    approval: {escalate: [{after: 1m, tell: ['', {a: b}], by: ['']}]}\n", []string{"4:46: steps[0].approval.escalate[0].tell[0]: must not be empty", "4:50: steps[0].approval.escalate[0].tell[1]: must be text", "4:64: steps[0].approval.escalate[0].by[0]: must not be empty"}},
		"stage channels": {good + "    approval:\n      escalate:\n      - after: 1m\n      - after: 1m\n        by: e mail\n      - after: 1\n        by: [email, 'é:a']\n      risk: huge\n", []string{
			"8:13: steps[0].approval.escalate[1].by: has \"e mail\", which is no name", "9:16: steps[0].approval.escalate[2].after: must be a number", "10:13: steps[0].approval.escalate[2].by: has \"é:a\"", "11:13: steps[0].approval.risk: must be",
		}},
		"stage many names": {good + "    approval: {escalate: {after: 1m, tell: [" + strings.Repeat("x,", 101) + "]}}\n", []string{"4:44: steps[0].approval.escalate.tell: has 101; at most 100"}},
		"stage long name":  {good + "    approval: {escalate: {after: 1m, by: " + strings.Repeat("x", 201) + "}}\n", []string{"4:42: steps[0].approval.escalate.by: is 201 characters long; at most 200"}},
		"stage and quorum": {good + "    approval: {quorum: 3, approvers: ann, escalate: {after: 1m, tell: bob}}\n", []string{"4:24: steps[0].approval.quorum: is 3, but only 2 may decide"}},

		"Windows line ends": {"title: A\r\nkind: [b]\r\nsteps:\r\n- name: A\r\n  rnu: a\r\n  run: b\r\n", []string{"2:7: kind: must be text", "5:3: steps[0].rnu: there is no such key"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, c.file, c.want)
		})
	}
}

// check compares the problems of a file with what is wanted.
func check(t *testing.T, file string, want []string) {
	t.Helper()
	p, err := pipeline.Parse("p.yaml", []byte(file))
	problems, ok := errors.AsType[pipeline.Problems](err)
	if !ok || p != nil {
		t.Fatalf("it was taken: %v, error %v", p, err)
	}
	lines := strings.Split(err.Error(), "\n")
	for i, w := range want {
		begin, rest, _ := strings.Cut(w, "… ")
		if i >= len(lines) || !strings.HasPrefix(lines[i], "p.yaml:"+strings.TrimSuffix(begin, " ")) || !strings.Contains(lines[i], rest) {
			t.Errorf("problem %d should be %q; all are:\n%s", i, w, err)
		}
	}
	if len(problems) != len(want) {
		t.Errorf("%d problems, want %d:\n%s", len(problems), len(want), err)
	}
}

func many(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// pair is two steps that need each other.
func pair(a, b string) string {
	return fmt.Sprintf("steps:\n  - name: %[1]s\n    needs: %[2]s\n    run: x\n  - name: %[2]s\n    needs: %[1]s\n    run: x\n", a, b)
}

// TestManyProblems wants the first hundred and one that says so.
func TestManyProblems(t *testing.T) {
	t.Parallel()
	_, err := pipeline.Parse("p.yaml", []byte(many("k%d: v\n", 150)+good))
	problems, _ := errors.AsType[pipeline.Problems](err)
	if len(problems) != 101 || !strings.Contains(problems[100].Say, "50 more problems") {
		t.Errorf("%d problems, the last: %v", len(problems), problems[len(problems)-1])
	}
}

// TestLoadFails wants the cause of what cannot be read.
func TestLoadFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, path := range []string{filepath.Join(dir, "none.yaml"), dir} {
		_, err := pipeline.Load(path)
		if err == nil || !strings.HasPrefix(err.Error(), "cannot read "+path+": ") || strings.Count(err.Error(), path) != 1 {
			t.Errorf("Load(%s): %v", path, err)
		}
	}
	large := filepath.Join(dir, "large.yaml")
	if err := os.WriteFile(large, []byte(strings.Repeat("#", 2<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := pipeline.Load(large); err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") {
		t.Errorf("Load of 2 MiB: %v", err)
	}
}
