package scan

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestDeclared(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"::progress 45":                        "percent 45.00 job strong=true declared=true shape=\"\" label=\"\"",
		"  \x1b[32m::progress 45.5 a b\x1b[0m": "percent 45.50 job strong=true declared=true shape=\"\" label=\"\"",
		"::progress 0":                         "percent 0.00 job strong=true declared=true shape=\"\" label=\"\"",
		"::progress 100":                       "percent 100.00 job strong=true declared=true shape=\"\" label=\"\"",
		"::step Build it":                      "step  Build it false",
		"::substep compile":                    "substep  compile false",
		"::substep compile all done":           "substep  compile all true",
		"::metric a=1":                         "metric   false a 1",
		"::metric a=-1.5e3":                    "metric   false a -1.5e3",
		"::metric a=true":                      "metric   false a true",
		"::metric a=nan":                       `metric   false a "nan"`,
		"::metric a=007":                       `metric   false a "007"`,
		"::metric a=1e999":                     `metric   false a "1e999"`,
		"::metric a=x=\"y\"":                   `metric   false a "x=\"y\""`,
		"::metric a=":                          `metric   false a ""`,
		`::result {"a": [1]}`:                  `result   false  {"a": [1]}`,
		"::result 5":                           "result   false  5",
		"::message hello there":                "message hello there  false",
	} {
		got := scanned(text + "\n")
		found := 0
		for _, f := range got {
			if f.Kind != Line {
				found++
				if told(f) != want {
					t.Errorf("%q gives %q, want %q", text, told(f), want)
				}
			}
		}
		if found != 1 || len(got) != 2 {
			t.Errorf("%q gives %d findings and a line: %v", text, found, got)
		}
	}
	if got := only(Percent, scanned("::progress 45.5 a b\n")); got[0].Text != "a b" {
		t.Errorf("the message is %q", got[0].Text)
	}
	if got := only(Metric, scanned("::metric a=1 b=x c=true\n")); len(got) != 3 {
		t.Errorf("three pairs give %v", got)
	}
}

func TestWronglyDeclared(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"::progress", "::progress abc", "::progress 145", "::progress -1", "::progress NaN", "::progress inf", "::progress 0x10", "::progress 45%",
		"::progress 1_0", "::progress 1e400", "::step", "::step  ", "::step " + strings.Repeat("x", 201), "::substep", "::substep  done",
		"::metric", "::metric abc", "::metric =5", "::result", "::result {", "::result {} {}", "::result \xff", "::result " + strings.Repeat("[", 101) + strings.Repeat("]", 101),
		"::result \"" + strings.Repeat("x", 600<<10) + "\"", "::message", "::message " + strings.Repeat("x", 4001),
	} {
		got := scanned(text + "\n")
		wrong := only(Wrong, got)
		name, _, _ := strings.Cut(text, " ")
		if len(wrong) != 1 || len(got) != 2 || !strings.HasPrefix(wrong[0].Text, name+": ") || wrong[0].Line == "" || len(wrong[0].Text) > 200 {
			t.Errorf("%.40q gives %.300v", text, got)
		}
	}
}

func TestNotOurs(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"::error::45% done", "::group::build", "::endgroup::", "::progressive 45", "::progress::45", "x ::progress 45", "::", ": :progress 4", "::Progress 4"} {
		for _, f := range scanned(text + "\n") {
			if f.Kind != Line {
				t.Errorf("%q gives %s", text, told(f))
			}
		}
	}
}

func TestDeclaredBeatsGuessed(t *testing.T) {
	t.Parallel()
	bar := "\n[ 70%] Building\n"
	if got := only(Percent, scanned("::progress 45"+bar+"\x1b]9;4;1;45\a")); len(got) != 1 || !got[0].Declared {
		t.Errorf("after a declared percent guesses are given: %v", got)
	}
	if got := only(Percent, scanned("::progress 45\n::step two"+bar)); len(got) != 2 || got[1].Percent != 70 {
		t.Errorf("a new step is guessed anew, but: %v", got)
	}
	if got := only(Percent, scanned("::progress abc"+bar)); len(got) != 1 {
		t.Errorf("a wrong declaration silences nothing, but: %v", got)
	}
}

func TestLongResult(t *testing.T) {
	t.Parallel()
	doc := `{"a": "` + strings.Repeat("x", 100<<10) + `"}`
	got := scanned("::result ", doc, "\n")
	if r := only(Result, got); len(r) != 1 || string(r[0].Value) != doc || !json.Valid(r[0].Value) {
		t.Errorf("a result of %d bytes gives %d findings", len(doc), len(r))
	}
	if l := lines(got); len(l) != 1 || len(l[0]) > maxLine {
		t.Errorf("its line has %d bytes", len(l[0]))
	}
}
