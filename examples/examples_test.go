package examples

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/client/clienttest"
)

// patience is how long a test waits for what has to come.
const patience = time.Minute

// far is a server that scripts report to.
type far struct {
	*apitest.Server
	*client.Client
	t *testing.T
}

func newFar(t *testing.T) *far {
	t.Helper()
	s := apitest.New(t)
	c, err := client.New(client.Options{URL: s.URL, Token: apitest.Admin})
	if err != nil {
		t.Fatal(err)
	}
	return &far{s, c, t}
}

// environ is what a script finds.
func (f *far) environ(more ...string) []string {
	return append([]string{"HERALD_URL=" + f.Server.URL, "HERALD_TOKEN=" + apitest.Admin}, more...)
}

// only waits until the only task is as wanted, and returns it whole.
func (f *far) only(what string, want func(progress.Wire) bool) client.Task {
	f.t.Helper()
	for until := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		page, err := f.Tasks(f.t.Context(), client.Query{})
		if err == nil && len(page.Tasks) == 1 && want(page.Tasks[0]) {
			task, err := f.Task(f.t.Context(), page.Tasks[0].ID)
			if err != nil {
				f.t.Fatal(err)
			}
			return task
		}
		if time.Now().After(until) {
			f.t.Fatalf("it does not come to that: %s: %+v, %v", what, page.Tasks, err)
		}
	}
}

// meanwhile does something while the script runs, and is waited for by the test.
func (f *far) meanwhile(do func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	f.t.Cleanup(func() { <-done })
}

// command gives a command about the only task once it is as wanted. It is no
// failure of the test that the command comes too late: what is printed shows it.
func (f *far) command(v progress.Verb, what string, when func(progress.Wire) bool) {
	task := f.only(what, when)
	if _, err := f.Command(context.WithoutCancel(f.t.Context()), task.ID, v, client.CommandOptions{}); err != nil {
		f.t.Errorf("%s: %v", v, err)
	}
}

func waiting(t progress.Wire) bool { return t.Status == progress.Waiting }
func started(t progress.Wire) bool { return t.Progress > 0 && !t.Status.Ended() }
func paused(t progress.Wire) bool  { return t.Status == progress.Paused }
func ended(t progress.Wire) bool   { return t.Status.Ended() }

// TestPython has the job ask, over a restart of the server.
func TestPython(t *testing.T) {
	t.Parallel()
	for verb, live := range map[progress.Verb]string{progress.VerbApprove: "true", progress.VerbReject: "false"} {
		t.Run(string(verb), func(t *testing.T) {
			t.Parallel()
			f := newFar(t)
			f.meanwhile(func() {
				f.only("it begins", started)
				f.Stop()
				f.Start()
				f.command(verb, "it asks", waiting)
			})
			out := clienttest.Run(t, f.environ("PYTHONPATH="+clienttest.Folder("python"), "HERALD_SPOOL="+t.TempDir()),
				"python3", "python/job.py", "--rows", "20", "--pause", "0.05")
			task := f.only("it ends", ended)
			if want := `{"rows":20,"live":` + live + `}`; task.Status != progress.Completed || string(task.Result) != want {
				t.Errorf("the task is %s with %s, want %s", task.Status, task.Result, want)
			}
			if out != "task "+string(task.ID)+"\n" {
				t.Errorf("it prints %q", out)
			}
		})
	}
}

func TestShell(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	f.meanwhile(func() {
		f.command(progress.VerbPause, "it begins", started)
		f.command(progress.VerbResume, "it is paused", paused)
	})
	out := clienttest.Run(t, f.environ("PAUSE=0.2"), "bash", "shell/job.sh")
	task := f.only("it ends", ended)
	if task.Status != progress.Completed || string(task.Result) != `{"files":5}` || !strings.HasSuffix(out, "done\n") {
		t.Errorf("the task is %s with %s, and it prints %q", task.Status, task.Result, out)
	}
}

func TestShellCancelled(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	f.meanwhile(func() { f.command(progress.VerbCancel, "it begins", started) })
	out := clienttest.Run(t, f.environ("PAUSE=0.2"), "bash", "-c", "shell/job.sh || echo code $?")
	if !strings.HasSuffix(out, "was cancelled\ncode 1\n") {
		t.Errorf("it prints %q", out)
	}
}

// TestShellAlone works without a server.
func TestShellAlone(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	f.Stop()
	if out := clienttest.Run(t, f.environ("PAUSE=0"), "bash", "shell/job.sh"); !strings.HasSuffix(out, "\ndone\n") {
		t.Errorf("it prints %q", out)
	}
}

// TestReadme wants a row for each example, with a command that names it.
func TestReadme(t *testing.T) {
	t.Parallel()
	page := read(t, "README.md")
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); e.IsDir() || strings.HasSuffix(name, ".yaml") {
			row := regexp.MustCompile(`(?m)^\| \[` + regexp.QuoteMeta(name) + "[^|]*\\| `[^`]*examples/" + regexp.QuoteMeta(name) + "[^`]*` \\| .+ \\|$")
			if !row.MatchString(page) {
				t.Errorf("README.md has no row with a command for %s", name)
			}
		}
	}
	for _, link := range links(page) {
		if _, err := os.Stat(link); err != nil {
			t.Errorf("README.md: %v", err)
		}
	}
}

// TestClientsPage compares the code of docs/clients.md with the files that it is
// from, and wants its links to lead somewhere.
func TestClientsPage(t *testing.T) {
	t.Parallel()
	page := read(t, "../docs/clients.md")
	blocks := regexp.MustCompile("(?ms)^```(\\w+)\n(?://|#) (\\S+)\n(.*?)^```$").FindAllStringSubmatch(page, -1)
	if fences := strings.Count(page, "\n```"); len(blocks) < 12 || 2*len(blocks) != fences {
		t.Errorf("the page has %d blocks that say where they are from, and %d fences", len(blocks), fences)
	}
	for _, b := range blocks {
		if !contains(lines(read(t, "../"+b[2])), lines(b[3])) {
			t.Errorf("%s does not have\n%s", b[2], b[3])
		}
	}
	for _, link := range links(page) {
		if _, err := os.Stat("../docs/" + link); err != nil {
			t.Errorf("docs/clients.md: %v", err)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// links are the files that a page links to.
func links(page string) (out []string) {
	for _, m := range regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`).FindAllStringSubmatch(page, -1) {
		out = append(out, m[1])
	}
	return out
}

// lines are a text's lines without their indentation.
func lines(text string) (out []string) {
	for line := range strings.Lines(text) {
		out = append(out, strings.TrimSpace(line))
	}
	return out
}

// contains reports whether part stands in whole, one line after the other.
func contains(whole, part []string) bool {
	for i := range len(whole) - len(part) + 1 {
		if slices.Equal(whole[i:i+len(part)], part) {
			return true
		}
	}
	return false
}
