package notify_test

import (
	"encoding/json"
	"testing"

	"github.com/taskherald/herald/notify"
)

// TestParseClock is what is a time of day, and what is none.
func TestParseClock(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]notify.Clock{"00:00": 0, "07:30": 450, "23:59": 1439, "24:00": 1440} {
		if got, err := notify.ParseClock(text); err != nil || got != want || got.String() != text {
			t.Errorf("%s is %d (%s), %v", text, got, got, err)
		}
	}
	for _, text := range []string{
		"", "7:30", "07:3", "0730", "07:30 ", " 7:30", "+7:30", "-1:30", "07:-1", "07:+1", "07:60", "24:01", "25:00", "99:99", "07.30", "07:30:00", "７:30", "ab:cd",
	} {
		if got, err := notify.ParseClock(text); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}

// TestClockInJSON is that times of day are texts in documents.
func TestClockInJSON(t *testing.T) {
	t.Parallel()
	var c notify.Clock
	if err := json.Unmarshal([]byte(`"22:15"`), &c); err != nil || c != 22*60+15 {
		t.Errorf("%v, %v", c, err)
	}
	if out, err := json.Marshal(c); err != nil || string(out) != `"22:15"` {
		t.Errorf("%s, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`"22"`), &c); err == nil {
		t.Error("22 is a time of day")
	}
}

func FuzzParseClock(f *testing.F) {
	for _, text := range []string{"00:00", "24:00", "7:30", "12:60", "ä:00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := notify.ParseClock(text)
		if err == nil && (c.String() != text || c < 0 || c > 24*60) {
			t.Errorf("%q is %d, %s", text, c, c)
		}
	})
}
