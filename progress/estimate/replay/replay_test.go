package replay_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"github.com/taskherald/herald/progress/estimate/replay"
)

// guess is the numbers of an answer.
type guess struct{ ETA, Low, High float64 }

// told replays a trace that must not fail, and gives its answers.
func told(t *testing.T, trace string) []json.RawMessage {
	t.Helper()
	var out bytes.Buffer
	if err := replay.Replay(strings.NewReader(trace), &out); err != nil {
		t.Fatalf("%v in\n%s", err, trace)
	}
	var all []json.RawMessage
	for line := range bytes.Lines(out.Bytes()) {
		all = append(all, bytes.Clone(line))
	}
	return all
}

// guesses are the numbers of all answers of a trace.
func guesses(t *testing.T, trace string) []guess {
	t.Helper()
	var all []guess
	for _, line := range told(t, trace) {
		all = append(all, sound(t, line))
	}
	return all
}

// sound is the numbers of an answer, which must be there and in order.
func sound(t *testing.T, line []byte) guess {
	t.Helper()
	var fields map[string]json.RawMessage // by their exact names, unlike those of a struct
	if err := json.Unmarshal(line, &fields); err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	var g guess
	for name, into := range map[string]*float64{"eta_seconds": &g.ETA, "low": &g.Low, "high": &g.High} {
		if err := json.Unmarshal(fields[name], into); err != nil || string(fields[name]) == "null" {
			t.Fatalf("%s is no number in %s", name, line)
		}
	}
	if !(0 <= g.Low && g.Low <= g.ETA && g.ETA <= g.High) {
		t.Fatalf("numbers are not in order in %s", line)
	}
	return g
}

// past are three runs of a kind: 10 s, then 30 s.
func past(kind string) string {
	var b strings.Builder
	for i := range 3 {
		at := 100 * i
		fmt.Fprintf(&b, `{"op":"start","run":"%[1]s-%[2]d","workflow":"%[1]s","plan":["a","b"],"complexity":null,"t":%[3]d}
{"op":"step","run":"%[1]s-%[2]d","step":"a","t":%[3]d}
{"op":"progress","run":"%[1]s-%[2]d","step":"a","percent":40,"t":%[4]d}
{"op":"step_end","run":"%[1]s-%[2]d","step":"a","status":"success","t":%[5]d}
{"op":"step","run":"%[1]s-%[2]d","step":"b","t":%[5]d}
{"op":"step_end","run":"%[1]s-%[2]d","step":"b","status":"success","t":%[6]d}
{"op":"end","run":"%[1]s-%[2]d","status":"success","t":%[6]d}
`, kind, i, at, at+5, at+10, at+40)
	}
	return b.String()
}

// now is how a run begins that is asked about.
const now = `{"op":"start","run":"r","workflow":"k","plan":["a","b"],"t":1000}
{"op":"step","run":"r","step":"a","t":1000}
`

const asked = `{"op":"query","run":"r","t":1020}
`

func TestQuestionsAreAnsweredByWhatWasKnown(t *testing.T) {
	t.Parallel()
	got := guesses(t, `{"op":"query","run":"x","t":0}
`+past("k")+now+`{"op":"query","run":"r","t":1004}
{"op":"step_end","run":"r","step":"a","status":"success","t":1010}
{"op":"step","run":"r","step":"b","t":1010}
{"op":"query","run":"r","t":1025}
`)
	if len(got) != 3 {
		t.Fatalf("%d answers", len(got))
	}
	for i, want := range []float64{60, 36, 15} {
		if eta := got[i].ETA; eta < 0.9*want || eta > 1.1*want {
			t.Errorf("answer %d: %v s left, not about %v", i+1, eta, want)
		}
	}
}

// Every field of a question stands in its answer as it stood, and only there.
func TestFieldsAreCopied(t *testing.T) {
	t.Parallel()
	question := `{"op":"query","run":7,"t":1.50,"big":12345678901234567890,"deep":{"a":[1,{"b":null}]},"text":"<é&>\u2028","Op":"x","T":"y","eta_seconds":"mine"}`
	var got, want map[string]any
	if err := json.Unmarshal(told(t, question)[0], &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(question), &want); err != nil {
		t.Fatal(err)
	}
	if names := slices.Sorted(maps.Keys(got)); len(names) != len(want)+2 {
		t.Errorf("the answer has the fields %v", names)
	}
	for name, v := range want {
		if name == "eta_seconds" {
			continue
		}
		if a, b := fmt.Sprint(v), fmt.Sprint(got[name]); a != b {
			t.Errorf("%s was %s and is %s", name, a, b)
		}
	}
	if raw := string(told(t, question)[0]); !strings.Contains(raw, "12345678901234567890") {
		t.Errorf("a large number became another in %s", raw)
	}
}

// A question changes nothing, not even one from a far future.
func TestQuestionsChangeNothing(t *testing.T) {
	t.Parallel()
	quiet := guesses(t, past("k")+now+asked)
	loud := guesses(t, past("k")+`{"op":"query","run":"r","workflow":"k","plan":["z"],"t":999}
`+now+`{"op":"query","run":"r","t":1e17}
{"op":"query","run":"r","t":-1e17}
`+asked)
	alike(t, loud[3:], quiet)
}

// alike fails the test unless both have the same numbers.
func alike(t *testing.T, got, want []guess) {
	t.Helper()
	a, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) || len(want) == 0 {
		t.Errorf("the answers are\n%s\nnot\n%s", a, b)
	}
}

func TestWhatCannotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]string{
		"no JSON": `hello`, "half an object": `{"op":"query"`, "no object": `["query"]`, "a number": `1`, "nothing": `null`,
		"no op": `{"run":"r","t":1}`, "null op": `{"op":null}`, "two objects": `{"op":"query"}{"op":"query"}`,
		"too long": `{"op":"query","x":"` + strings.Repeat("x", 17<<20) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			err := replay.Replay(strings.NewReader(past("k")+now+asked+"\n"+bad+"\n"+asked), &out)
			if err == nil || !strings.HasPrefix(err.Error(), "line 26: ") || !strings.Contains(err.Error(), "it") {
				t.Errorf("the error is %v", err)
			}
			if n := strings.Count(out.String(), "\n"); n != 1 {
				t.Errorf("%d answers, want the one that was asked for before", n)
			}
		})
	}
}

func TestLongLinesAreRead(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 5<<20)
	answers := told(t, past("k")+now+`{"op":"query","run":"r","t":1020,"note":"`+long+`"}`+"\n"+asked)
	if len(answers) != 2 || !bytes.Contains(answers[0], []byte(long)) {
		t.Fatalf("%d answers", len(answers))
	}
	alike(t, []guess{sound(t, answers[0])}, []guess{sound(t, answers[1])})
}

// Who asks and waits for the answer before going on gets it.
func TestAnswersDoNotWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in, ask := io.Pipe()
		hear, out := io.Pipe()
		done := make(chan error)
		go func() { done <- replay.Replay(in, out) }()
		go func() {
			for range 3 {
				_, _ = io.WriteString(ask, `{"op":"query","run":"r","t":1}`+"\n")
				<-done
			}
			ask.Close()
		}()
		lines := json.NewDecoder(hear)
		for range 3 { // it would hang here, and synctest tell
			var answer json.RawMessage
			if err := lines.Decode(&answer); err != nil {
				t.Fatal(err)
			}
			sound(t, answer)
			done <- nil
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// full is a disk that takes nothing.
type full struct{}

var errFull = errors.New("the disk is full")

// Write takes nothing.
func (full) Write([]byte) (int, error) { return 0, errFull }

func TestTroubleOfFilesIsTold(t *testing.T) {
	t.Parallel()
	if err := replay.Replay(strings.NewReader(asked), full{}); !errors.Is(err, errFull) {
		t.Errorf("a full disk is %v", err)
	}
	broken := io.MultiReader(strings.NewReader(past("k")), iotest.ErrReader(errFull))
	if err := replay.Replay(broken, io.Discard); !errors.Is(err, errFull) || !strings.HasPrefix(err.Error(), "line 22: ") {
		t.Errorf("a broken file is %v", err)
	}
}
