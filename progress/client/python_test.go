package client_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/client/clienttest"
)

// pythonPatience is how long one file of Python tests may take.
const pythonPatience = 3 * time.Minute

// TestPython runs each file of the Python client's tests with a server of its own.
// A test that wants its server stopped or started writes a line to its standard
// output, and gets one back when it is done.
func TestPython(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(clienttest.Folder("python"), "tests", "test_*.py"))
	if err != nil || len(files) == 0 {
		t.Fatal("there are no tests of the Python client", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			runPython(t, file)
		})
	}
}

func runPython(t *testing.T, file string) {
	t.Helper()
	s := apitest.New(t)
	ctx, cancel := context.WithTimeout(t.Context(), pythonPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "python3", file)
	cmd.Env = append(os.Environ(),
		"PYTHONPATH="+clienttest.Folder("python"), "PYTHONDONTWRITEBYTECODE=1", "NO_COLOR=1", "HERALD_URL="+s.URL,
		"HERALD_TOKEN="+apitest.Admin, "HERALD_SPOOL="+t.TempDir(), "HERALD_TEST_FAR=1",
	)
	cmd.WaitDelay = time.Second
	var said bytes.Buffer
	cmd.Stderr = &said
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err, ": the tests of the Python client need python3: run .ci/python")
	}
	obey(t, s, out, in)
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s: %v\n%s", filepath.Base(file), err, said.String())
	}
}

// obey does what a script asks for, until it ends.
func obey(t *testing.T, s *apitest.Server, asked io.Reader, done io.Writer) {
	t.Helper()
	lines := bufio.NewScanner(asked)
	for lines.Scan() {
		switch lines.Text() {
		case "stop":
			s.Stop()
		case "start":
			s.Start()
		default:
			t.Errorf("a script asked for %q", lines.Text())
		}
		if _, err := fmt.Fprintln(done, "done"); err != nil {
			t.Error(err)
		}
	}
}

// TestPythonAndGoShareASpool holds that what one of them leaves the other sends.
func TestPythonAndGoShareASpool(t *testing.T) {
	t.Parallel()
	s, base := apitest.New(t), t.TempDir()
	c, err := client.New(client.Options{URL: s.URL, Token: apitest.Admin})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(c.URL()))
	folder := filepath.Join(base, hex.EncodeToString(sum[:6])) // as the command line names it
	env := []string{
		"PYTHONPATH=" + clienttest.Folder("python"), "PYTHONDONTWRITEBYTECODE=1",
		"HERALD_URL=" + s.URL, "HERALD_TOKEN=" + apitest.Admin, "HERALD_SPOOL=" + base,
	}
	s.Stop()
	clienttest.Run(t, env, "python3", "-c", `
import herald
with herald.task("Python's", id="pythons") as t:
    with t.step("a") as s:
        s.log("a line")
        s.progress(40)
`)
	s.Start()
	if sent, left, err := c.Sync(t.Context(), folder); err != nil || sent == 0 || left != 0 {
		t.Fatal(sent, left, err)
	}
	whole(t, c, "pythons")

	s.Stop()
	r := c.Reporter(client.ReporterOptions{Draft: &client.Draft{ID: "gos", Title: "Go's"}, Spool: folder})
	percent := 40.0
	r.Report(progress.Report{Step: progress.StepRef{Name: "a"}, StepStatus: progress.StepRunning})
	r.Log(progress.LogLine{Line: "a line", Step: "a"})
	r.Report(progress.Report{Step: progress.StepRef{Name: "a"}, StepProgress: &percent, StepStatus: progress.StepCompleted})
	r.Report(progress.Report{Status: progress.Completed})
	at, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if left, err := r.Close(at); err != nil || left == 0 {
		t.Fatal(left, err)
	}
	s.Start()
	if said := clienttest.Run(t, env, "python3", "-m", "herald", "sync"); !strings.Contains(said, "left 0") {
		t.Error(said)
	}
	whole(t, c, "gos")
}

// whole looks whether all of a task is there, once.
func whole(t *testing.T, c *client.Client, id progress.TaskID) {
	t.Helper()
	task, err := c.Task(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if task.Status != progress.Completed || len(task.Steps) != 1 || task.Steps[0].Name != "a" || task.Steps[0].Status != progress.StepCompleted {
		t.Errorf("%+v", task)
	}
	lines, _, err := c.Logs(t.Context(), id, client.LogQuery{})
	if err != nil || len(lines) != 1 || lines[0].Line != "a line" || lines[0].Step != "a" {
		t.Error(lines, err)
	}
}
