package cli_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// liar is a server that answers everything with texts that terminals obey, and
// numbers that there are not.
func liar(t *testing.T) *httptest.Server {
	const evil = `\u001b[2J\u001b]0;x\u0007\u009b31m`
	task := `{"task_id":"t` + evil + `","title":"T","status":"s` + evil + `","progress":-1e300,"current_step":-7,"total_steps":-7,"run":-7,
		"steps":[{"order":-7,"name":"n","status":"approval","progress":1e300,"approval":{"status":"pending","digest":"d"}}]}`
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/api/tokens":
			fmt.Fprint(w, `{"id":"i`+evil+`","name":"n","person":"p","scopes":["s`+evil+`"],"token":"hrld_`+evil+`"}`)
		case "/api/tasks":
			fmt.Fprint(w, `{"tasks":[`+task+`,`+strings.Replace(task, evil, "", 1)+`],"next":null}`)
		default:
			fmt.Fprint(w, task)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// TestLiar is that a server may say what it wants: no command obeys it or breaks.
func TestLiar(t *testing.T) {
	t.Parallel()
	env := []string{"HERALD_URL=" + liar(t).URL, "HERALD_TOKEN=x", "LANG=C.UTF-8"}
	bad := regexp.MustCompile("[\x00-\x08\x0b-\x1f\x7f]|\u009b|goroutine")
	for _, args := range [][]string{
		{"tasks"}, {"show", "t123"}, {"approve", "t123"}, {"reject", "t123"}, {"cancel", "t123", "--yes"}, {"token", "create", "--name", "x", "--scope", "read"},
		{"__complete", "show", "t"}, {"doctor"},
	} {
		r := finish(t, command(t, env, args...))
		if out := r.stdout + r.stderr; bad.MatchString(out) || out == "" {
			t.Errorf("herald %q writes %q", args, out)
		}
	}
	if r := finish(t, command(t, env, "__complete", "show", "t")); strings.Count(r.stdout, "\n") != 2 || !strings.HasPrefix(r.stdout, "t\tT") {
		t.Errorf("completes %q", r.stdout)
	}
}

// TestRunWithoutHangup is a run that was begun by nohup: it outlives its session.
func TestRunWithoutHangup(t *testing.T) {
	t.Parallel()
	c := runs(t)
	hangs := c.command("run", "--", "sh", "-c", "kill -HUP $PPID; sleep 0.5; echo through")
	ignores := exec.CommandContext(t.Context(), "sh", append([]string{"-c", `trap "" HUP; exec "$@"`, "sh", hangs.Path}, hangs.Args[1:]...)...)
	ignores.Dir, ignores.Env = hangs.Dir, hangs.Env
	if r := finish(t, ignores); r.code != 0 || r.stdout != "through\n" {
		t.Errorf("exits with %d and says %q %q", r.code, r.stdout, r.stderr)
	}
	if r := finish(t, hangs); r.code != 128+int(syscall.SIGHUP) || r.stdout != "" {
		t.Errorf("who does not ask for it: exits with %d and says %q %q", r.code, r.stdout, r.stderr)
	}
}

// TestRunWithoutHome is a run that can keep nothing, and says so.
func TestRunWithoutHome(t *testing.T) {
	t.Parallel()
	cmd := command(t, []string{"HERALD_URL=http://127.0.0.1:1", "PATH=" + os.Getenv("PATH")}, "run", "--", "echo", "out")
	cmd.Env = cmd.Env[1:]
	if r := finish(t, cmd); r.code != 0 || r.stdout != "out\n" || !strings.Contains(r.stderr, "HOME is not set") {
		t.Errorf("exits with %d and says %q %q", r.code, r.stdout, r.stderr)
	}
}
