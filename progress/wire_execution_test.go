package progress

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
)

// TestExecutionPercent holds how the percent is written.
func TestExecutionPercent(t *testing.T) {
	t.Parallel()
	for f, want := range map[float64]string{100: "100.0", 0: "0.0", math.Nextafter(0, 1): ".", 66.67: "66.67"} {
		if b, err := json.Marshal(wireFloat(f)); err != nil || !strings.Contains(string(b), want) || strings.ContainsAny(string(b), "e+") {
			t.Errorf("%v is %s, %v", f, b, err)
		}
	}
}

// TestExecutionOf shows tasks that no run of ours makes.
func TestExecutionOf(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 31, 12, 0, 0, 1_999_999, time.FixedZone("", 3600))
	task := Task{ID: "t", Spec: &Spec{Title: "T"}, Status: Failed, StartedAt: at, EndedAt: at, End: &End{Reason: "not today"}}
	want := `{"execution_id":"t","type":null,"target_id":null,"status":"failed","progress":null,"outputs":null,` +
		`"error":{"type":"Error","message":"not today","details":null},"started_at":"2026-01-31T11:00:00.001Z","completed_at":null,"failed_at":"2026-01-31T11:00:00.001Z"}`
	if got, err := json.Marshal(ExecutionOf(task)); err != nil || string(got) != want {
		t.Errorf("%s, %v\nwant\n%s", got, err, want)
	}
	task.Status, task.End, task.Result = Running, nil, []byte(`{"part":1}`)
	if e := ExecutionOf(task); e.Error != nil || string(e.Outputs) != `{"part":1}` || !e.FailedAt.IsZero() || !e.CompletedAt.IsZero() {
		t.Errorf("%+v", e)
	}
}
