package replay_test

import (
	"strings"
	"testing"
)

// fill puts a piece in the place of another, which must be there.
func fill(t *testing.T, text string, oldNew ...string) string {
	t.Helper()
	for i := 0; i < len(oldNew); i += 2 {
		if !strings.Contains(text, oldNew[i]) {
			t.Fatalf("%q is not in the trace", oldNew[i])
		}
		text = strings.ReplaceAll(text, oldNew[i], oldNew[i+1])
	}
	return text
}

// Logs are not as they should be. Each of these is understood as another trace
// that is.
func TestLogsAreUnderstood(t *testing.T) {
	t.Parallel()
	clean := past("k") + now + asked
	unplanned := fill(t, clean, `"plan":["a","b"],`, ``)
	finished := now + `{"op":"step_end","run":"r","step":"a","status":"success","t":1012}
{"op":"step","run":"r","step":"b","t":1012}
`
	cases := map[string]struct{ messy, clean string }{
		"plan null":             {fill(t, clean, `["a","b"]`, `null`), unplanned},
		"plan empty":            {fill(t, clean, `["a","b"]`, `[]`), unplanned},
		"plan a word":           {fill(t, clean, `["a","b"]`, `"a, b"`), unplanned},
		"plan of objects":       {fill(t, clean, `["a","b"]`, `[{"name":"a","weight":1},{"name":"b"}]`), clean},
		"plan of numbers":       {fill(t, clean, `["a","b"]`, `[7,8]`, `"step":"a"`, `"step":7`, `"step":"b"`, `"step":"8"`), clean},
		"steps by their order":  {fill(t, clean, `"step":"a"`, `"step":1`, `"step":"b"`, `"step":2`), clean},
		"orders as text":        {fill(t, clean, `"step":"a"`, `"step":"1"`, `"step":"b"`, `"step":"2"`), clean},
		"times with a fraction": {fill(t, clean, `"t":1000`, `"t":1000.000`, `"t":1020`, `"t":1.02e3`), clean},
		"times in quotes":       {fill(t, clean, `"t":1000`, `"t":"1000"`, `"t":1020`, `"t":"1020"`), clean},
		"times as dates":        {fill(t, clean, `"t":1000`, `"t":"2026-01-31T12:00:00Z"`, `"t":1020`, `"t":"2026-01-31T13:00:20+01:00"`), clean},
		"a time is missing":     {fill(t, clean, `"step":"a","t":1000`, `"step":"a"`, `"run":"r","t":1020`, `"run":"r","t":1020`), clean},
		"complexity as text":    {fill(t, clean, `"plan":["a","b"],"t"`, `"plan":["a","b"],"complexity":"3","t"`), fill(t, clean, `"plan":["a","b"],"t"`, `"plan":["a","b"],"complexity":3,"t"`)},
		"complexity no number":  {fill(t, clean, `"complexity":null`, `"complexity":{"files":3}`), clean},
		"lines end as in DOS":   {fill(t, clean, "\n", "\r\n"), clean},
		"empty lines":           {"\n\r\n" + fill(t, clean, "\n", "\n \t\n\n"), clean},
		"a mark of encoding":    {"\ufeff" + clean, clean},
		"no last end of line":   {strings.TrimSuffix(clean, "\n"), clean},
		"capitals":              {fill(t, clean, `"step_end"`, `"STEP_END"`, `"query"`, `"Query "`, `"success"`, `"SUCCESS"`), clean},
		"fields nobody knows":   {fill(t, clean, `{"op"`, `{"T":3,"Status":"failed","level":{"a":[1]},"op"`), clean},
		"ops nobody knows":      {fill(t, clean, asked, `{"op":"heartbeat","run":"r","t":1001}`+"\n"+`{"op":"log","line":"x"}`+"\n"+asked), clean},
		"words for success":     {fill(t, clean, `"success"`, `"Completed"`), clean},
		"no word for success":   {fill(t, clean, `"status":"success",`, ``), clean},
		"null for success":      {fill(t, clean, `"success"`, `null`), clean},
		"a step's own word":     {fill(t, clean, `"step":"a","status":"success"`, `"step":"a","status":"green-ish"`), clean},
		"run ids used again":    {fill(t, clean, `k-0`, `r`, `k-1`, `r`, `k-2`, `r`), clean},
		"runs are numbers":      {fill(t, clean, `"k-0"`, `1`, `"k-1"`, `2`, `"k-2"`, `3`), clean},
		"steps begin unsaid":    {fill(t, clean, `{"op":"step","run":"k-0","step":"b","t":10}`+"\n", ``), clean},
		"all begin unsaid":      {fill(t, clean, `{"op":"step","run":"k`, `{"op":"x","run":"k`), clean},
		"steps begin twice":     {fill(t, clean, asked, `{"op":"step","run":"r","step":"a","t":1011}`+"\n"+asked), clean},
		"steps end twice":       {fill(t, clean, `{"op":"end","run":"k-1"`, `{"op":"step_end","run":"k-1","step":"a","t":135}`+"\n"+`{"op":"end","run":"k-1"`), clean},
		"steps do not end":      {fill(t, clean, `{"op":"step_end","run":"k-0","step":"b"`, `{"op":"x"`), clean},
		"a step has no name":    {fill(t, clean, asked, `{"op":"step","run":"r","t":1011}`+"\n"+`{"op":"step_end","run":"r","step":null,"t":1011}`+"\n"+asked), clean},
		"a percent is missing":  {fill(t, clean, asked, `{"op":"progress","run":"r","step":"a","percent":null,"t":1011}`+"\n"+asked), clean},
		"a percent too late":    {past("k") + finished + `{"op":"progress","run":"r","step":"a","percent":100,"t":1013}` + "\n" + asked, past("k") + finished + asked},
		"acts after the end":    {fill(t, clean, now, `{"op":"step","run":"k-2","step":"z","t":300}`+"\n"+`{"op":"end","run":"k-2","status":"failed","t":900}`+"\n"+now), clean},
		"runs without a start":  {fill(t, clean, now, `{"op":"step","run":"lost","step":"a","t":300}`+"\n"+`{"op":"end","run":"lost","status":"success","t":301}`+"\n"+now), clean},
		"started twice":         {past("k") + finished + now + asked, past("k") + finished + `{"op":"end","run":"r","status":"cancelled","t":1012}` + "\n" + now + asked},
		"one ends beside it":    {now + `{"op":"step_end","run":"r","step":"b","t":1010}` + "\n" + asked, now + `{"op":"step","run":"r","step":"b","t":1010}` + "\n" + `{"op":"step_end","run":"r","step":"b","t":1010}` + "\n" + asked},
		"it failed, and then":   {past("k") + fill(t, finished, `"success","t":1012`, `"failed","t":1004}`+"\n"+`{"op":"step_end","run":"r","step":"a","status":"success","t":1012`) + asked, past("k") + finished + asked},
		"time goes backward":    {fill(t, past("k")+finished, `"b","t":1012`, `"b","t":1005`) + asked, past("k") + finished + asked},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.messy == c.clean {
				t.Fatal("both are the same trace")
			}
			alike(t, guesses(t, c.messy), guesses(t, c.clean))
		})
	}
}

// Percents are read whatever they are, also before their step has begun.
func TestPercentsAreRead(t *testing.T) {
	t.Parallel()
	said := func(p string) string {
		return past("k") + now + `{"op":"progress","run":"r","step":"a","percent":` + p + `,"t":1015}` + "\n" + asked
	}
	for messy, clean := range map[string]string{"150": "100", "-5": "0", `"40"`: "40", `"40 %"`: "40", "1e999": "100", "40.0": "40"} {
		alike(t, guesses(t, said(messy)), guesses(t, said(clean)))
	}
	backward := strings.Replace(said("40"), asked, `{"op":"progress","run":"r","step":"a","percent":10,"t":1018}`+"\n"+asked, 1)
	alike(t, guesses(t, backward), guesses(t, said("40")))
	if guesses(t, said("40"))[0].ETA == guesses(t, said("80"))[0].ETA {
		t.Error("percents change nothing")
	}
	unsaid := past("k") + `{"op":"start","run":"r","workflow":"k","plan":["a","b"],"t":1000}
{"op":"progress","run":"r","step":"a","percent":40,"t":1015}
` + asked
	alike(t, guesses(t, unsaid), guesses(t, said("40")))
}

// What a question brings is as good as a start; one about what is over, or
// about nothing that is known, has an answer too.
func TestQuestionsNeedNoRun(t *testing.T) {
	t.Parallel()
	begun := guesses(t, past("k")+`{"op":"start","run":"r","workflow":"k","plan":["a","b"],"complexity":5,"t":1000}
{"op":"query","run":"r","t":1000}
`)
	brought := guesses(t, past("k")+`{"op":"query","run":"r","workflow":"k","plan":["a","b"],"complexity":5,"t":1000}
{"op":"query","run":"k-2","workflow":"k","plan":["a","b"],"complexity":5,"t":1000}
`)
	alike(t, brought[:1], begun)
	alike(t, brought[1:], begun)
	over := guesses(t, past("k")+`{"op":"query","run":"k-2","t":240}`)
	if over[0].ETA != 0 || over[0].High != 0 {
		t.Errorf("of a run that is over %v s are left", over[0].ETA)
	}
	if lost := guesses(t, `{"op":"query"}`); lost[0].ETA <= 0 {
		t.Errorf("of a run of which nothing is known %v s are left", lost[0].ETA)
	}
}

// Steps of the same name are steps of their own, planned or not.
func TestStepsOfANameAreKeptApart(t *testing.T) {
	t.Parallel()
	trace := func(plan string, steps ...string) string {
		var b strings.Builder
		for _, run := range []string{"1", "2", "3", "r"} {
			at := `,"run":"` + run + `","t":` + map[string]string{"1": "10", "2": "20", "3": "30", "r": "40"}[run]
			b.WriteString(`{"op":"start","workflow":"k","plan":` + plan + at + "00}\n")
			for i, name := range steps {
				b.WriteString(`{"op":"query"` + at + string(rune('0'+i)) + "0}\n")
				b.WriteString(`{"op":"step","step":"` + name + `"` + at + string(rune('0'+i)) + "0}\n")
				b.WriteString(`{"op":"step_end","step":"` + name + `"` + at + string(rune('0'+i)) + []string{"9", "2", "5", "7"}[i] + "}\n")
			}
			b.WriteString(`{"op":"end","status":"success"` + at + "50}\n")
		}
		return b.String()
	}
	alike(t, guesses(t, trace(`["a","b","a","b"]`, "a", "b", "a", "b")), guesses(t, trace(`["a","b","c","d"]`, "a", "b", "c", "d")))
	alike(t, guesses(t, trace(`["a","b"]`, "a", "b", "a", "b")), guesses(t, trace(`["a","b"]`, "a", "b", "c", "d")))
}

// A step that failed goes on as the same step.
func TestStepsAreTriedAgain(t *testing.T) {
	t.Parallel()
	failed := now + `{"op":"step_end","run":"r","step":"a","status":"failed","t":1004}
`
	again := failed + `{"op":"step","run":"r","step":"a","t":1005}
`
	asked := `{"op":"query","run":"r","t":1007}
`
	got := guesses(t, past("k")+again+asked)
	if eta := got[0].ETA; eta < 35 || eta > 42 {
		t.Errorf("two seconds into the second attempt of 10 s, before 30 s, %v s are left", eta)
	}
}

// Times that no clock tells do no harm.
func TestAbsurdTimes(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"-1e308", "1e308", "1e999", "-1e999", "0", "-5", "1e-320"} {
		trace := past("k") + now + `{"op":"step_end","run":"r","step":"a","t":` + at + "}\n" +
			`{"op":"end","run":"r","status":"success","t":` + at + "}\n" +
			`{"op":"start","run":"s","workflow":"k","t":` + at + "}\n" + `{"op":"query","run":"s","t":1000}` + "\n" + `{"op":"query","run":"s","t":` + at + "}\n" +
			`{"op":"start","run":"u","workflow":"k","t":-1e308}` + "\n" + `{"op":"query","run":"u","t":` + at + "}\n" + now + asked
		if n := len(guesses(t, trace)); n != 4 {
			t.Errorf("%d answers with %s", n, at)
		}
	}
}
