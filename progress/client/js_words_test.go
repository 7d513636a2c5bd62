package client_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client/clienttest"
	"github.com/taskherald/herald/templates/textcard"
)

// TestJSWords holds that the element says the time that is left as everything else
// of Herald does.
func TestJSWords(t *testing.T) {
	t.Parallel()
	var tasks []progress.Wire
	add := func(status progress.Status, low, high int64, waits int) {
		tasks = append(tasks, progress.Wire{Status: status, Left: &progress.ETA{Low: low, Likely: low, High: high, Basis: "b", Waits: waits}})
	}
	for low := int64(0); low < 500_000; low += 7 + low/9 {
		for _, more := range []int64{0, 1, 30, low / 20, low / 2, 3 * low} {
			add(progress.Running, low, low+more, 0)
		}
	}
	for _, status := range progress.Statuses() {
		for waits := range 4 {
			add(status, 170, 310, waits)
		}
	}
	secs := int64(200)
	tasks = append(tasks, progress.Wire{Status: progress.Running}, progress.Wire{Status: progress.Running, ETA: &secs},
		progress.Wire{Status: progress.Paused, ETA: &secs},
		progress.Wire{Status: progress.Pending, StartedAt: progress.Instant(time.Unix(1e9, 0)), Left: &progress.ETA{Low: 60, High: 90}})
	file := filepath.Join(t.TempDir(), "tasks.json")
	b, err := json.Marshal(tasks)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	said := strings.Split(clienttest.Node(t, nil, clienttest.Folder("js")+"/test/words.mjs", file), "\n")
	if len(said) != len(tasks)+1 {
		t.Fatalf("%d lines of %d tasks", len(said)-1, len(tasks))
	}
	for i, w := range tasks {
		if want := textcard.Remaining(w); said[i] != want {
			t.Errorf("%+v, %s: %q, want %q", w.Left, w.Status, said[i], want)
		}
	}
}
