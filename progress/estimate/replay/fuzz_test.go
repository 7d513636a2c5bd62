package replay_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress/estimate/replay"
)

var named = regexp.MustCompile(`^line [1-9][0-9]*: `)

// FuzzReplay reads anything: each question up to the line that an error names,
// or the end, has its answer, which has its fields.
func FuzzReplay(f *testing.F) {
	f.Add([]byte(past("k") + now + asked))
	f.Add([]byte("\ufeff" + strings.ReplaceAll(now+asked, "\n", "\r\n\r\n") + "{}"))
	f.Add([]byte(`{"op":"start","run":1,"plan":["a","a",{"name":"b"},null,2],"complexity":"1e300","t":"2026-01-31T12:00:00Z"}
{"op":"progress","run":1,"step":3,"percent":"1e9%","t":-1e308}
{"op":"step_end","run":1,"step":"b","status":"no","t":1e308}
{"op":"query","run":1,"t":null,"eta_seconds":[],"<":"\ud800"}
{"op":"end","run":1,"status":7}
{"op":"query","run":1}
{"op":"query","run":1,"workflow":"","plan":{}}
null`))
	f.Fuzz(func(t *testing.T, trace []byte) {
		var out bytes.Buffer
		err := replay.Replay(bytes.NewReader(trace), &out)
		if err != nil && !named.MatchString(err.Error()) {
			t.Fatalf("%v names no line", err)
		}
		want, clean := questions(trace)
		if clean != (err == nil) {
			t.Fatalf("the trace is sound: %v, and the error is %v", clean, err)
		}
		answers := bytes.SplitAfter(out.Bytes(), []byte("\n"))
		if len(answers) != len(want)+1 {
			t.Fatalf("%d answers to %d questions", len(answers)-1, len(want))
		}
		for i, fields := range want {
			sound(t, answers[i])
			has(t, answers[i], fields)
		}
	})
}

// questions are the fields of each question of a trace up to the first line that
// is no object with an op, and whether there is none such.
func questions(trace []byte) (all []map[string]any, clean bool) {
	for line := range bytes.Lines(bytes.TrimPrefix(trace, []byte("\ufeff"))) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		fields := object(line)
		if fields["op"] == nil {
			return all, false
		}
		op, ok := fields["op"].(string)
		if op = strings.TrimSpace(op); ok && op == "" {
			return all, false
		}
		if ok && strings.EqualFold(op, "query") {
			all = append(all, fields)
		}
	}
	return all, true
}

// object is the fields of a line with its numbers as they are written, nil if it
// is none.
func object(line []byte) (fields map[string]any) {
	if !json.Valid(line) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if d.Decode(&fields) != nil {
		return nil
	}
	return fields
}

// has fails the test unless an answer has the fields of its question.
func has(t *testing.T, answer []byte, fields map[string]any) {
	t.Helper()
	got := object(answer)
	for _, name := range []string{"eta_seconds", "low", "high"} {
		delete(got, name)
		delete(fields, name)
	}
	a, _ := json.Marshal(got)    //nolint:errchkjson // both were JSON
	b, _ := json.Marshal(fields) //nolint:errchkjson // both were JSON
	if !bytes.Equal(a, b) {
		t.Fatalf("the answer has %s, the question had %s", a, b)
	}
}
