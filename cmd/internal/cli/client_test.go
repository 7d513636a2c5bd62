package cli_test

import (
	"encoding/json"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// adminToken is that of the servers of these tests.
const adminToken = "correct-horse-battery"

// client is a server and how commands reach it.
type client struct {
	*server
	t   *testing.T
	env []string
}

// clientOf starts a server for the commands of a test.
func clientOf(t *testing.T) *client {
	t.Helper()
	s := serve(t, t.TempDir(), []string{"HERALD_ADMIN_TOKEN=" + adminToken, "HERALD_RATE_LIMIT=off"})
	t.Cleanup(func() { s.stop(syscall.SIGTERM) })
	return &client{s, t, []string{"HERALD_URL=" + s.url, "HERALD_TOKEN=" + adminToken, "LANG=C.UTF-8"}}
}

// post makes a request that has to be taken.
func (c *client) post(path, body string) string {
	c.t.Helper()
	code, answer := c.call("POST", path, adminToken, body)
	if code/100 != 2 {
		c.t.Fatalf("%s %s answers %d %s", path, body, code, answer)
	}
	return answer
}

// task makes one with three steps, the last of which asks.
func (c *client) task(id, title string) {
	c.t.Helper()
	c.post("/api/tasks", `{"id":"`+id+`","title":"`+title+`","steps":[{"name":"Download"},{"name":"Load","substeps":["tables","rows"]},
		{"name":"Go live","approval":{"prompt":"Switch over?","options":["now","later"]}}]}`)
}

// plain makes a task with one step, that asks nothing.
func (c *client) plain(id, title string) {
	c.t.Helper()
	c.post("/api/tasks", `{"id":"`+id+`","title":"`+title+`","steps":[{"name":"Work"}]}`)
}

// report reports on a task.
func (c *client) report(id string, reports ...string) {
	c.t.Helper()
	for _, r := range reports {
		c.post("/api/tasks/"+id+"/progress", r)
	}
}

// asks brings a task to its question.
func (c *client) asks(id string) {
	c.t.Helper()
	c.report(id, `{"step":1,"step_status":"completed"}`, `{"step":2,"step_status":"completed"}`, `{"step":3,"step_status":"running"}`)
}

func (c *client) command(args ...string) *exec.Cmd { return command(c.t, c.env, args...) }

// run runs a command to its end.
func (c *client) run(args ...string) result {
	c.t.Helper()
	return finish(c.t, c.command(args...))
}

// want runs a command and compares what it says, without times, and its code.
func (c *client) want(code int, stdout, stderr string, args ...string) {
	c.t.Helper()
	r := c.run(args...)
	if r.code != code || !strings.Contains(r.stdout, stdout) || !strings.Contains(r.stderr, stderr) {
		c.t.Errorf("herald %q exits with %d and says\n%s%s\nwant %d and\n%s%s", args, r.code, r.stdout, r.stderr, code, stdout, stderr)
	}
}

// poll waits until something holds.
func poll(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestWishes(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	c.task("crm-one", "CRM")
	c.want(1, "", "herald: nothing waits for a decision: the task is pending\n", "approve", "crm-one")
	c.want(1, "", "herald: nothing waits for a decision\n", "approve")
	c.want(1, "", "herald: cannot pause", "pause", "crm-one")
	c.report("crm-one", `{"step":1,"step_progress":50}`)
	c.want(0, "Paused CRM at 16%.\n", "", "pause", "crm-one", "--reason", "lunch")
	c.want(1, "", "the task is paused", "pause", "crm-one")
	c.want(0, "Resumed CRM at 16%.\n", "", "resume", "--last")
	c.want(0, "Skipped step 1 (Download) of CRM.\n", "", "skip", "crm-one")
	c.report("crm-one", `{"step":2,"step_status":"completed"}`, `{"step":3,"step_status":"running"}`)
	c.want(2, "", "which task? These wait for a decision:\n  herald approve crm-one  CRM\n", "approve")
	c.want(1, "", "there is no step \"Fly\"; the task has 3", "approve", "crm-one", "Fly")
	c.want(1, "", "now or later", "approve", "crm-one", "--option", "never")
	c.want(0, "Approved step 3 (Go live) of CRM.\n", "", "approve", "crm-one", "--option", "later", "--reason", "checked")
	c.want(1, "", "herald: step 3 is decided already: approved by admin at ", "approve", "crm-one")
	c.want(1, "", "via rest: checked\n", "reject", "crm-one", "go LIVE")
	c.report("crm-one", `{"step":3,"step_status":"failed","error":"no"}`)
	c.want(1, "", "herald: cannot cancel: the task is failed since ", "cancel", "crm-one")
	c.want(0, "Trying step 3 (Go live) of CRM again: attempt 2.\n", "", "retry", "crm-one", "--inputs", `{"a":1}`)
	c.want(1, "", "herald: no step has failed: the task is pending\n", "retry", "crm-one")
	c.want(0, "Restarted CRM: run 2.\n", "", "restart", "crm-one")
	c.want(0, "Cancelled CRM at 0%.\n", "", "cancel", "crm-one", "--reason", "enough")
	c.task("crm-two", "Second")
	c.asks("crm-two")
	c.want(0, "Rejected step 3 (Go live) of Second; the task is failed.\n", "", "reject", "crm-two", "3")
	c.want(2, "", "--inputs must be JSON", "restart", "crm-two", "--inputs", "{")
	c.want(1, "", "cannot read the inputs: open none.json", "restart", "crm-two", "--inputs", "@none.json")
	c.want(2, "", "name a task: its id, or --last", "pause")
	c.want(2, "", "pause is about a whole task; leave out", "pause", "--last", "3")

	var shown struct {
		ID     string `json:"task_id"`
		Status string
		Reason string
		Offers []string
	}
	if r := c.run("restart", "crm-two", "--json"); json.Unmarshal([]byte(r.stdout), &shown) != nil || shown.ID != "crm-two" || shown.Status != "pending" || len(shown.Offers) == 0 {
		t.Errorf("prints %+v", r)
	}
}

// TestQuorum is an approval that others have to join.
func TestQuorum(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	c.want(0, "Added ann: operator, groups ops.\n", "", "user", "add", "ann", "--role", "operator", "--group", "ops")
	c.post("/api/tasks", `{"id":"four-eyes","title":"Launch","steps":[{"name":"Fire","approval":{"quorum":2}}]}`)
	c.report("four-eyes", `{"step":1,"step_status":"running"}`)
	c.want(0, "Your approval of step 1 (Fire) of Launch counts; it waits for others (1 of 2).\n", "", "approve", "four-eyes")
	r := c.run("token", "create", "--name", "hers", "--scope", "read,approve", "--person", "ann", "--expires", "12h")
	c.env = append(c.env, "HERALD_TOKEN="+strings.TrimSpace(r.stdout))
	c.want(0, "Approved step 1 (Fire) of Launch.\n", "", "approve", "four-eyes")
	c.want(1, "", "herald: this needs the right to operate\n", "cancel", "four-eyes")
}

func TestNames(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	for _, id := range []string{"abcdef-1", "abcdef-2", "abcxyz"} {
		c.task(id, "Task "+id)
	}
	c.want(0, "Task abcxyz", "", "show", "abcx")
	c.want(0, "Task abcdef-2", "", "show", "abcdef-2")
	c.want(1, "", "2 tasks begin with \"abcdef\"; give more of the id:\n  abcdef-2  Task abcdef-2, pending\n  abcdef-1  Task abcdef-1, pending\n", "show", "abcdef")
	c.want(1, "", "there is no task \"abc\"; give its id, or at least the first 4 characters", "show", "abc")
	c.want(1, "", "there is no task whose id begins with \"nope\"", "show", "nope")
	c.want(2, "", "\"a/b\" is no id of a task", "show", "a/b")
	c.want(0, "Task abcxyz", "", "show", "--last")
	c.want(2, "", "--last takes the place of the id", "show", "--last", "abcxyz")
	c.task("abcx", "Exact")
	c.want(0, "Exact", "", "show", "abcx")
}

func TestLists(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	c.want(0, "", "No tasks.\n", "tasks")
	c.post("/api/tasks", `{"id":"l1","title":"One","kind":"import","owner":"group:ops","labels":{"env":"prod"}}`)
	c.post("/api/tasks", `{"id":"l2","title":"Two"}`)
	c.want(0, "l2", "There are more: --limit 2, or --all.\n", "tasks", "--limit", "1")
	for _, filter := range [][]string{{"--kind", "import"}, {"--owner", "group:ops"}, {"--label", "env=prod"}, {"--query", "on"}, {"--label", "env:prod", "--status", "pending,running"}} {
		r := c.run(append([]string{"tasks", "--all", "--json"}, filter...)...)
		var page struct {
			Tasks []struct {
				ID string `json:"task_id"`
			}
			Next *string
		}
		if err := json.Unmarshal([]byte(r.stdout), &page); err != nil || len(page.Tasks) != 1 || page.Tasks[0].ID != "l1" || page.Next != nil {
			t.Errorf("%q lists %s%s", filter, r.stdout, r.stderr)
		}
	}
	c.want(2, "", "\"done\" is no status of a task; they are pending, running", "tasks", "--status", "done")
	c.want(2, "", "--label must be NAME=VALUE", "tasks", "--label", "x")
	c.want(2, "", "--limit must be 1 or more", "tasks", "--limit", "0")
}

func TestTokensAndPeople(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	r := c.run("token", "create", "--name", "ci", "--scope", "report", "--expires", "30d")
	if !regexp.MustCompile(`^hrld_\w+\n$`).MatchString(r.stdout) || !strings.Contains(r.stderr, "of admin may report, until 20") || strings.Contains(r.stderr, strings.TrimSpace(r.stdout)) {
		t.Fatalf("prints %q and %q", r.stdout, r.stderr)
	}
	id := regexp.MustCompile(`\((\w+)\)`).FindStringSubmatch(r.stderr)[1]
	c.want(0, id, "", "token", "list")
	c.want(0, "Revoked token ci ("+id+") of admin.\n", "", "token", "revoke", id)
	c.want(0, "revoked", "", "token", "list", "--all")
	c.want(2, "", `required flag(s) "scope" not set`, "token", "create", "--name", "x")
	c.want(2, "", "--expires must be a time such as", "token", "create", "--name", "x", "--scope", "read", "--expires", "soon")
	c.want(1, "", "herald: ", "token", "create", "--name", "x", "--scope", "fly")

	c.want(0, "Added bob: member.\n", "", "user", "add", "bob")
	c.want(1, "", "herald: ", "user", "add", "bob")
	c.want(0, "Changed bob: viewer, groups a, b.\n", "", "user", "edit", "bob", "--role", "viewer", "--group", "a,b")
	c.want(0, "Changed bob: viewer, disabled.\n", "", "user", "edit", "bob", "--no-groups", "--disable")
	c.want(2, "", "at least one of the flags", "user", "edit", "bob")
	c.want(0, "disabled", "", "user", "list")
	c.want(0, "Changed bob: viewer.\n", "", "user", "edit", "bob", "--enable")
	if r := c.run("user", "invite", "bob"); !strings.HasPrefix(r.stdout, c.url+"/login#hrlc_") || strings.Count(r.stdout, "\n") != 1 || !strings.HasPrefix(r.stderr, "bob can log in with this once, until ") {
		t.Errorf("prints %q and %q", r.stdout, r.stderr)
	}
}

// TestUnreachable is every way not to get through, and what to do about it.
func TestUnreachable(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	for _, x := range []struct {
		env, args []string
		code      int
		say       string
	}{
		{[]string{"HERALD_URL=http://127.0.0.1:1"}, []string{"tasks"}, 1, "herald: no server answers at http://127.0.0.1:1 (connect: connection refused); start one with \"herald serve\" or set HERALD_URL\n"},
		{[]string{"HERALD_URL=127.0.0.1:1"}, []string{"tasks"}, 2, "the server's URL cannot be read; it looks like http://127.0.0.1:8080"},
		{[]string{"HERALD_TOKEN="}, []string{"tasks"}, 1, "set HERALD_TOKEN: a token from \"herald token create\", or the one that the first start of the server printed\n"},
		{[]string{"HERALD_TOKEN=hrld_wrong"}, []string{"watch"}, 1, "set HERALD_TOKEN: "},
		{nil, []string{"tasks", "--token-file", "none"}, 1, "cannot read the token: open none: no such file or directory; --token-file names a file"},
		{nil, []string{"tasks", "--token-file", "/dev/null"}, 1, "/dev/null holds no token"},
		{nil, []string{"tasks", "--url", "http://127.0.0.1:1"}, 1, "no server answers at http://127.0.0.1:1 "},
	} {
		r := finish(t, command(t, append(append([]string(nil), c.env...), x.env...), x.args...))
		if r.code != x.code || r.stdout != "" || !strings.Contains(r.stderr, x.say) || strings.Contains(r.stderr, "hrld_wrong") {
			t.Errorf("%q herald %q exits with %d and says %q", x.env, x.args, r.code, r.stderr)
		}
	}
}

func TestCompletes(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	c.plain("done-one", "Done")
	c.task("live-one", "Li\\u001b[31mve")
	c.asks("live-one")
	c.report("done-one", `{"status":"completed"}`)
	for _, x := range []struct {
		args []string
		want string
	}{
		{[]string{"approve", ""}, "live-one\tLive, approval\n:36\n"},
		{[]string{"cancel", "li"}, "live-one\tLive, approval\n:36\n"},
		{[]string{"show", "do"}, "done-one\tDone, completed\n:36\n"},
		{[]string{"approve", "live-one", ""}, "3\tGo live\n:36\n"},
		{[]string{"approve", "--last", ""}, "3\tGo live\n:36\n"},
		{[]string{"pause", "live-one", ""}, ":4\n"},
		{[]string{"tasks", "--status", ""}, "pending\nrunning\npaused\napproval\ncompleted\nfailed\ncancelled\n:4\n"},
	} {
		if r := c.run(append([]string{"__complete"}, x.args...)...); r.stdout != x.want {
			t.Errorf("%q is completed with %q, want %q", x.args, r.stdout, x.want)
		}
	}
	r := finish(t, command(t, []string{"HERALD_URL=http://127.0.0.1:1"}, "__complete", "approve", ""))
	if r.code != 0 || r.stdout != ":36\n" {
		t.Errorf("without a server it says %q %q", r.stdout, r.stderr)
	}
}

func TestDoctor(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	r := c.run("doctor")
	for _, want := range []string{"✓ settings", "✓ server    " + c.url + " answers in", "✓ database", "✓ version", "✓ clock", "✓ token     admin, who may read", "✓ sockets   they open", "✓ disk", "✓ terminal"} {
		if r.code != 0 || !strings.Contains(r.stdout, want) {
			t.Errorf("exits with %d and does not say %q:\n%s", r.code, want, r.stdout)
		}
	}
	sick := finish(t, command(t, append(c.env, "HERALD_TOKEN=hrld_x", "HERALD_LISTN=1", "HERALD_DATABASE=/proc/x/y.db", "LANG=C"), "doctor"))
	for _, want := range []string{"[E] settings  HERALD_LISTN: there is no such variable; did you mean HERALD_LISTEN?", "do this: correct it", "[E] token", "do this: set HERALD_TOKEN"} {
		if sick.code != 1 || !strings.Contains(sick.stdout, want) {
			t.Errorf("exits with %d and does not say %q:\n%s", sick.code, want, sick.stdout)
		}
	}
	away := finish(t, command(t, []string{"HERALD_URL=http://127.0.0.1:1", "HERALD_DATABASE=/proc/x/y.db"}, "doctor", "--json"))
	var report struct {
		Healthy bool
		Checks  []struct{ Name, State, Found, Advice string }
	}
	if err := json.Unmarshal([]byte(away.stdout), &report); err != nil || report.Healthy || away.code != 1 {
		t.Fatalf("exits with %d: %s", away.code, away.stdout)
	}
	states := map[string]string{}
	for _, check := range report.Checks {
		states[check.Name] = check.State
		if (check.State == "good") != (check.Advice == "") {
			t.Errorf("%+v: advice goes with trouble", check)
		}
	}
	if states["server"] != "broken" || states["disk"] != "odd" || states["settings"] != "good" || states["token"] != "" {
		t.Errorf("finds %v", states)
	}
}

// TestHostile is that no text of a task reaches a terminal as it is.
func TestHostile(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	const evil = `\u001b[2J\u001b]0;x\u0007\u202e\u009b31m\u007f`
	c.post("/api/tasks", `{"id":"hostile","title":"T`+evil+`","kind":"k`+evil+`","labels":{"a":"b`+evil+`"},"steps":[{"name":"S`+evil+`","approval":{"prompt":"P`+evil+`"}}]}`)
	c.report("hostile", `{"step":1,"step_status":"running","message":"M`+evil+`","metrics":{"m":"`+evil+`"}}`)
	c.post("/api/tasks/hostile/logs", `[{"line":"L`+evil+`","level":"v`+evil+`"}]`)
	bad := regexp.MustCompile("[\x00-\x09\x0b-\x1f\x7f]|\u009b|\u202e")
	for _, args := range [][]string{
		{"tasks"}, {"tasks", "--json"}, {"show", "hostile"}, {"show", "hostile", "--json"}, {"logs", "hostile"}, {"logs", "hostile", "--json"},
		{"approve", "hostile", "x\x1b[31m"}, {"show", "x\u009b1"}, {"approve", "hostile"}, {"cancel", "hostile"}, {"watch", "hostile"}, {"watch", "hostile", "--json"}, {"logs", "-f", "hostile"},
	} {
		r := c.run(args...)
		if out := r.stdout + r.stderr; bad.MatchString(out) || out == "" {
			t.Errorf("herald %q writes %q", args, out)
		}
	}
	var line struct{ Line string }
	if r := c.run("logs", "hostile", "--json"); json.Unmarshal([]byte(r.stdout), &line) != nil || line.Line != "L\x1b[2J\x1b]0;x\a\u202e\u009b31m\x7f" {
		t.Errorf("the line is %q", r.stdout)
	}
}

func TestHelpOfClients(t *testing.T) {
	t.Parallel()
	r := finish(t, command(t, nil, "--help"))
	for _, want := range []string{"Server:\n", "Watch:\n", "Decide and control:\n", "Be told:\n", "People and tokens:\n", "  approve ", "  doctor ", "  3    the task that was watched has failed"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("the help does not say %q:\n%s", want, r.stdout)
		}
	}
	for _, args := range [][]string{
		{"tasks"}, {"show"}, {"watch"}, {"logs"}, {"approve"}, {"reject"}, {"pause"}, {"resume"}, {"cancel"}, {"restart"}, {"retry"}, {"skip"},
		{"token", "create"}, {"token", "list"}, {"token", "revoke"}, {"user", "add"}, {"user", "list"}, {"user", "edit"}, {"user", "invite"}, {"doctor"},
		{"webhook", "add"}, {"webhook", "list"}, {"webhook", "show"}, {"webhook", "test"}, {"webhook", "on"}, {"webhook", "off"}, {"webhook", "rotate"}, {"webhook", "secret"}, {"deliveries"}, {"redrive"},
		{"subscription", "add"}, {"subscription", "list"}, {"subscription", "show"}, {"subscription", "confirm"}, {"subscription", "test"}, {"subscription", "on"}, {"subscription", "off"},
		{"subscription", "rotate-push-key"},
	} {
		r := finish(t, command(t, nil, append(args, "--help")...))
		for _, want := range []string{"--url", "HERALD_URL", "--token-file", "HERALD_TOKEN", "--json", "Exit codes:"} {
			if r.code != 0 || !strings.Contains(r.stdout, want) {
				t.Errorf("the help of %q does not say %q:\n%s", args, want, r.stdout)
			}
		}
		for line := range strings.Lines(r.stdout) {
			if len(line) > 130 {
				t.Errorf("the help of %q has a long line: %s", args, line)
			}
		}
	}
}
