package intents

import (
	"os"
	"strings"
	"testing"
)

// outOfDomain are sentences that people say to assistants of other kinds.
func outOfDomain(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/outofdomain.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// TestOutOfDomain holds that what is said about the world changes no task, and is seldom
// read as the wish to.
func TestOutOfDomain(t *testing.T) {
	t.Parallel()
	p := New()
	read := 0
	all := outOfDomain(t)
	for _, text := range all {
		r := p.Parse(Input{Text: text, Tasks: five})
		if changes(r.Intent) {
			read++
			t.Logf("%q is %s of %q, surely %s", text, r.Intent, r.Task, r.Sure)
		}
		if changes(r.Intent) && r.Task != "" {
			t.Errorf("%q is %s of %q", text, r.Intent, r.Task)
		}
	}
	if most := len(all) * 3 / 2000; read > most {
		t.Errorf("%d of %d sentences are read as acts, more than %d", read, len(all), most)
	}
}
