package progress

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// TestInstant is a time as texts have it, which is what the wire shows without its quotes.
func TestInstant(t *testing.T) {
	for want, at := range map[string]time.Time{
		"": {}, "2026-01-31T11:00:00.120Z": time.Date(2026, 1, 31, 12, 0, 0, 120_999_999, time.FixedZone("", 3600)),
	} {
		if got := Instant(at).String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestWireSubsteps holds which substep is shown as running.
func TestWireSubsteps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		step StepStatus
		subs string // d done, r running as reported, . pending
		want string
	}{
		{StepRunning, "...", "r.."}, {StepRunning, "d..", "dr."}, {StepRunning, "d.r", "d.r"}, {StepRunning, "dd", "dd"},
		{StepRunning, "", ""}, {StepRunning, ".d.", "rd."}, {StepPending, "..", ".."}, {StepPaused, "d.", "d."}, {StepCompleted, "..", ".."},
	} {
		s := Step{Status: c.step}
		for _, sub := range c.subs {
			s.Substeps = append(s.Substeps, Substep{"x", map[rune]StepStatus{'d': StepCompleted, 'r': StepRunning}[sub]})
		}
		got := ""
		for _, w := range wireSubsteps(s) {
			got += map[StepStatus]string{StepCompleted: "d", StepRunning: "r", StepPending: "."}[w.Status]
			if w.Done != (w.Status == StepCompleted) {
				t.Error(c, w)
			}
		}
		if got != c.want {
			t.Errorf("%s %q: %q, want %q", c.step, c.subs, got, c.want)
		}
	}
}

// TestWireHoldsNoSecret holds that neither lease nor callback is shown, and
// that times have milliseconds.
func TestWireHoldsNoSecret(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.FixedZone("", 3600))
	task, events, err := Act(Task{}, Command{
		Task: "t", By: Actor{Person: "ann", Rights: MayReport}, Via: ViaREST,
		Do: Create{Spec: Spec{Title: "T", CallbackURL: "https://example.org/secret"}, Steps: []Plan{{Name: "a"}}},
	}, at)
	if err != nil {
		t.Fatal(err)
	}
	task, _, err = Act(task, Command{Task: "t", By: Timer(), Do: Claim{Worker: "w", Lease: "secret-lease"}}, at)
	if err != nil || task.Lease == "" {
		t.Fatal(err)
	}
	for _, shown := range []any{task.Wire(Whole, nil), task.Wire(Brief, nil), events[0].Wire()} {
		text, err := json.Marshal(shown)
		if err != nil || strings.Contains(string(text), "secret") {
			t.Errorf("%s %v", text, err)
		}
		if !strings.Contains(string(text), `"2026-01-02T02:04:05.678Z"`) {
			t.Errorf("%s", text)
		}
	}
	if task.Spec.CallbackURL == "" || events[0].Data.Spec.CallbackURL == "" {
		t.Error("showing it took it away")
	}
}
