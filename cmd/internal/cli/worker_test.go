package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// execution is what the executions face shows of a run.
type execution struct {
	Status   string `json:"status"`
	Type     string `json:"type"`
	Target   string `json:"target_id"`
	Progress *struct {
		Current    int     `json:"current_step"`
		Total      int     `json:"total_steps"`
		Percentage float64 `json:"percentage"`
		Name       string  `json:"current_step_name"`
	} `json:"progress"`
	Outputs json.RawMessage `json:"outputs"`
	Error   *struct {
		Type    string         `json:"type"`
		Message string         `json:"message"`
		Details map[string]any `json:"details"`
	} `json:"error"`
}

// executes starts an execution by the executions face and gives its path.
func (c *client) executes(kind, target, inputs string) (path string) {
	c.t.Helper()
	var made struct {
		URL string `json:"status_url"`
	}
	answer := c.post("/api/v1/executions", `{"type":"`+kind+`","target_id":"`+target+`","inputs":`+inputs+`,"config":{"level":3}}`)
	if err := json.Unmarshal([]byte(answer), &made); err != nil || made.URL == "" {
		c.t.Fatalf("%s: %v", answer, err)
	}
	return made.URL
}

// becomes waits until an execution has a status.
func (c *client) becomes(path, status string) (e execution) {
	c.t.Helper()
	poll(c.t, path+" becomes "+status, func() bool {
		code, body := c.call("GET", path, adminToken, "")
		e = execution{}
		if err := json.Unmarshal([]byte(body), &e); err != nil || code != 200 {
			c.t.Fatalf("%s: %d %s", path, code, body)
		}
		return e.Status == status
	})
	return e
}

const workerFile = `
parallel: 3
handlers:
  double:
    run: 'read -r in; [ "$in" = "{\"n\":21}" ] && [ "$HERALD_INPUTS" = "$in" ] && [ "$HERALD_TARGET" = double ] && echo "{\"n\":42}"'
  declares:
    run: 'echo "::progress 40"; echo working; echo "::result [1,2]"'
  breaks:
    run: 'echo "::step Load"; echo no such table; exit 4'
  hangs:
    run: 'echo "::step Wait"; echo "::progress 30"; echo $$ > hangs.pid; while :; do sleep 0.1; done'
  release:
    pipeline: release.yaml
`

const releaseFile = `
steps:
  - {name: Build, run: 'echo "::result {\"tag\":\"v1\"}"'}
  - {name: Ship, run: 'echo "$HERALD_INPUTS" > shipped; [ ! -e broken ]'}
`

// TestWorkerRunsExecutions has a worker run what clients of the executions face
// start, watch and cancel.
func TestWorkerRunsExecutions(t *testing.T) {
	t.Parallel()
	c, dir := runs(t), t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("release.yaml", releaseFile)
	w := c.command("worker", "--kind", "agent", "--kind", "pipeline", "-f", write("handlers.yaml", workerFile))
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = w.Process.Signal(syscall.SIGTERM)
		_ = w.Wait()
	})

	for _, kind := range []string{"agent", "pipeline"} {
		done := c.becomes(c.executes(kind, "double", `{"n":21}`), "completed")
		if string(done.Outputs) != `{"n":42}` || done.Error != nil || done.Type != kind || done.Target != "double" {
			t.Errorf("%s: %+v", kind, done)
		}
		broken := c.becomes(c.executes(kind, "breaks", `{}`), "failed")
		if e := broken.Error; e == nil || e.Type != "exit" || e.Message != "exit code 4: no such table" || e.Details["exit_code"] != 4.0 {
			t.Errorf("%s: %+v", kind, e)
		}
		if p := broken.Progress; p == nil || p.Current != 0 || p.Total != 1 || p.Name != "Load" {
			t.Errorf("%s: %+v", kind, p)
		}
		stray := c.becomes(c.executes(kind, "nobody", `{}`), "failed")
		if e := stray.Error; e == nil || e.Type != "target" || !strings.Contains(e.Message, `"nobody"`) {
			t.Errorf("%s: %+v", kind, e)
		}
	}
	declared := c.becomes(c.executes("agent", "declares", `{}`), "completed")
	if string(declared.Outputs) != "[1,2]" || declared.Progress == nil || declared.Progress.Percentage != 100 {
		t.Errorf("%+v", declared)
	}

	hangs := c.executes("agent", "hangs", `{}`)
	poll(t, "it hangs", func() bool {
		e := c.becomes(hangs, "running")
		return e.Progress != nil && e.Progress.Percentage == 30
	})
	text, err := os.ReadFile(filepath.Join(dir, "hangs.pid"))
	pid, bad := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || bad != nil {
		t.Fatal(err, bad)
	}
	c.post(hangs+"/cancel", `{"reason":"enough"}`)
	if e := c.becomes(hangs, "cancelled"); e.Progress == nil || e.Progress.Percentage != 30 || e.Outputs != nil && string(e.Outputs) != "null" {
		t.Errorf("%+v", e)
	}
	poll(t, "its command ends", func() bool { return syscall.Kill(pid, 0) != nil })

	for _, kind := range []string{"pipeline", "agent"} {
		shipped := c.becomes(c.executes(kind, "release", `{"to":"`+kind+`"}`), "completed")
		if p := shipped.Progress; p == nil || p.Current != 2 || p.Total != 2 || p.Percentage != 100 || string(shipped.Outputs) != `{"tag":"v1"}` {
			t.Errorf("%s: %+v, %s", kind, p, shipped.Outputs)
		}
		if text, err := os.ReadFile(filepath.Join(dir, "shipped")); err != nil || string(text) != `{"to":"`+kind+`"}`+"\n" {
			t.Errorf("%s: %s, %v", kind, text, err)
		}
	}
	write("broken", "")
	if e := c.becomes(c.executes("pipeline", "release", `{}`), "failed"); e.Error == nil || e.Error.Type != "exit" || e.Progress.Current != 1 || e.Progress.Name != "Ship" {
		t.Errorf("%+v", e)
	}
}
