package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A server is a herald that serves.
type server struct {
	t      testing.TB
	cmd    *exec.Cmd
	url    string
	stderr *output
}

// output is what a process writes, readable meanwhile.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	line chan struct{} // closed with the first line
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	before := strings.Contains(o.text.String(), "\n")
	n, err := o.text.Write(b)
	if !before && strings.Contains(o.text.String(), "\n") {
		close(o.line)
	}
	return n, err
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

var listens = regexp.MustCompile(`^herald listens on (http://\S+:\d+)`)

// serve starts herald on a free port, with a database of that folder.
func serve(t testing.TB, dir string, env []string, args ...string) *server {
	t.Helper()
	s := &server{t: t, cmd: command(t, env, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...), stderr: &output{line: make(chan struct{})}}
	s.cmd.Env = append(s.cmd.Env, "XDG_DATA_HOME="+dir)
	s.cmd.Stderr = s.stderr
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGKILL) }
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.stderr.line:
	case <-time.After(20 * time.Second):
		t.Fatalf("does not start: %s", s.stderr)
	}
	m := listens.FindStringSubmatch(s.stderr.String())
	if m == nil {
		t.Fatalf("begins with %q", s.stderr)
	}
	s.url = m[1]
	return s
}

// call makes a request and returns the status and the body.
func (s *server) call(method, path, token, body string) (int, string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// stop sends a signal and returns the exit code, -1 for one that was killed.
func (s *server) stop(signal os.Signal) int {
	s.t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
	if exit := new(exec.ExitError); !errors.As(s.cmd.Wait(), &exit) {
		return 0
	}
	return s.cmd.ProcessState.ExitCode()
}

var (
	tokens = regexp.MustCompile(`(?m)^ +(hrld_\S+)$`)
	logins = regexp.MustCompile(`(?m)^ +(http://\S+)/login#(\S+)$`)
)

func TestFirstStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serve(t, dir, nil)
	if code, body := s.call("GET", "/healthz", "", ""); code != 200 {
		t.Fatalf("/healthz answers %d %s", code, body)
	}
	if code, body := s.call("GET", "/readyz", "", ""); code != 200 {
		t.Fatalf("/readyz answers %d %s", code, body)
	}
	token, login := tokens.FindStringSubmatch(s.stderr.String()), logins.FindStringSubmatch(s.stderr.String())
	if token == nil || login == nil || login[1] != s.url {
		t.Fatalf("greets with\n%s", s.stderr)
	}
	if code, body := s.call("GET", "/api/me", token[1], ""); code != 200 || !strings.Contains(body, `"admin"`) {
		t.Errorf("the token gives %d %s", code, body)
	}
	if code, body := s.call("POST", "/api/login", "", `{"code":"`+login[2]+`"}`); code != 200 {
		t.Errorf("the login code gives %d %s", code, body)
	}
	if code, _ := s.call("GET", "/api/tasks", "", ""); code != 401 {
		t.Errorf("without a token the tasks answer %d", code)
	}
	if code := s.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("SIGTERM ends with %d:\n%s", code, s.stderr)
	}
	if n := strings.Count(s.stderr.String(), token[1]); n != 1 {
		t.Errorf("the token is written %d times:\n%s", n, s.stderr)
	}

	again := serve(t, dir, nil)
	if code, body := again.call("GET", "/api/me", token[1], ""); code != 200 {
		t.Errorf("after a restart the token gives %d %s", code, body)
	}
	if code := again.stop(syscall.SIGINT); code != 0 {
		t.Errorf("SIGINT ends with %d:\n%s", code, again.stderr)
	}
	if out := again.stderr.String(); strings.Contains(out, "hrld_") || strings.Contains(out, "login#") {
		t.Errorf("the second start tells secrets:\n%s", out)
	}
}

func TestConfiguredAdminToken(t *testing.T) {
	t.Parallel()
	const token = "correct-horse-battery"
	s := serve(t, t.TempDir(), []string{"HERALD_ADMIN_TOKEN=" + token, "HERALD_PUBLIC_URL=https://herald.example.com"}, "--log-level=debug", "--log-format=json")
	if code, body := s.call("GET", "/api/me", token, ""); code != 200 || !strings.Contains(body, `"admin"`) {
		t.Errorf("the token gives %d %s", code, body)
	}
	if code := s.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("ends with %d", code)
	}
	out := s.stderr.String()
	if strings.Contains(out, "hrld_") || strings.Contains(out, token) || !strings.Contains(out, "    https://herald.example.com/login#") {
		t.Errorf("greets with\n%s", out)
	}
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "{") && !json.Valid([]byte(line)) {
			t.Errorf("logs %s", line)
		}
	}
}

func TestOpenMode(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), []string{"HERALD_OPEN=1"})
	if code, body := s.call("POST", "/api/tasks", "", `{"title":"a"}`); code != 201 {
		t.Errorf("creating a task answers %d %s", code, body)
	}
	if !strings.Contains(s.stderr.String(), "open to every program of this machine") {
		t.Errorf("greets with\n%s", s.stderr)
	}
	s.stop(syscall.SIGTERM)
}

// TestKilled kills the server at once after an answer, and wants what it
// answered to be there.
func TestKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serve(t, dir, []string{"HERALD_OPEN=1"})
	for i := range 20 {
		if code, body := s.call("POST", "/api/tasks", "", `{"id":"t`+strconv.Itoa(i)+`","title":"a"}`); code != 201 {
			t.Fatalf("answers %d %s", code, body)
		}
	}
	s.stop(syscall.SIGKILL)
	again := serve(t, dir, []string{"HERALD_OPEN=1"})
	for i := range 20 {
		if code, body := again.call("GET", "/api/tasks/t"+strconv.Itoa(i), "", ""); code != 200 {
			t.Errorf("task t%d answers %d %s", i, code, body)
		}
	}
	again.stop(syscall.SIGTERM)
}

// TestOneDatabaseOneServer starts a second server beside the first.
func TestOneDatabaseOneServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := serve(t, dir, nil)
	r := finish(t, command(t, nil, "serve", "--listen", "127.0.0.1:0", "--database", dir+"/herald/herald.db"))
	if r.code != 1 || !strings.Contains(r.stderr, "is in use: another herald uses this database; stop it") {
		t.Errorf("exits with %d and says %s", r.code, r.stderr)
	}
	s.stop(syscall.SIGTERM)
}

// TestSecondSignal wants a server that waits for a request to end at once when
// it is told again.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	s := serve(t, t.TempDir(), []string{"HERALD_OPEN=1"})
	body, feed := io.Pipe() // a request that never comes to its end
	go func() {
		r, err := http.NewRequest(http.MethodPost, s.url+"/api/tasks", body)
		if err != nil {
			return
		}
		if answer, err := http.DefaultClient.Do(r); err == nil {
			answer.Body.Close()
		}
	}()
	if _, err := feed.Write([]byte("{")); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for !strings.Contains(s.stderr.String(), "stopping") {
		time.Sleep(time.Millisecond)
	}
	code := s.stop(syscall.SIGTERM)
	if took := time.Since(start); code != -1 || took > 5*time.Second {
		t.Errorf("ends with %d after %v:\n%s", code, took, s.stderr)
	}
	feed.Close()
}

// BenchmarkColdStart measures the time from the start of the process to the
// first answer, and the memory of the idle server.
func BenchmarkColdStart(b *testing.B) {
	dir := b.TempDir()
	first := serve(b, dir, nil) // makes the database
	first.stop(syscall.SIGTERM)
	var rss float64
	for b.Loop() {
		s := serve(b, dir, nil)
		if code, _ := s.call("GET", "/healthz", "", ""); code != 200 {
			b.Fatalf("answers %d", code)
		}
		b.StopTimer()
		time.Sleep(time.Second)
		rss = max(rss, s.rss())
		s.stop(syscall.SIGTERM)
		b.StartTimer()
	}
	b.ReportMetric(rss, "MB-rss")
}

var residentSize = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// rss is the resident memory of the server, in MB; Linux tells.
func (s *server) rss() float64 {
	s.t.Helper()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/status")
	if err != nil {
		s.t.Skip(err)
	}
	m := residentSize.FindSubmatch(status)
	if m == nil {
		s.t.Fatal("no VmRSS")
	}
	kb, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return kb / 1000
}
