package runner

import (
	"bytes"
	"testing"
)

// TestSayIsPlain holds that what others have written, such as the title of a
// claimed task, does nothing to the terminal of the runner.
func TestSayIsPlain(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	o := Options{Say: &said}.orDefaults()
	o.say("task %s is %s", "a\x1b[2J\x1b]0;x\a\u202e\u009b1m\nherald: b\xff", "über 世界")
	if got, want := said.String(), "herald: task a[2J]0;x1m herald: b\uFFFD is über 世界\n"; got != want {
		t.Errorf("says %q, want %q", got, want)
	}
	said.Reset()
	o.raw.Store(true)
	if o.say("a"); said.String() != "herald: a\r\n" {
		t.Errorf("in raw mode it says %q", said.String())
	}
}
