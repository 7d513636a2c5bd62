package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/cmd/internal/app"
	"github.com/taskherald/herald/config"
	"github.com/taskherald/herald/progress/db/dbtest"
)

func TestMain(m *testing.M) {
	defer trustFarSides()()
	dbtest.Main(m)
}

// settings are those of a server on a free port, changed as the test likes.
func settings(t *testing.T, database string, env ...string) config.Config {
	t.Helper()
	c, err := config.Load(config.Source{Environ: append([]string{"HERALD_LISTEN=127.0.0.1:0", "HERALD_DATABASE=" + database}, env...)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// log collects what a server logs.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// A herald is an app that runs.
type herald struct {
	t        *testing.T
	url      string
	greeting string
	log      *log
	stop     func() error // asks it to stop and waits
}

// start runs an app until stop is called, or the test ends.
func start(t *testing.T, c config.Config) *herald {
	t.Helper()
	l := &log{}
	a, err := app.Open(t.Context(), c, slog.New(slog.NewTextHandler(l, nil)))
	if err != nil {
		t.Fatal(err)
	}
	var greeting strings.Builder
	a.Greet(&greeting)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	stop := sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return &herald{t: t, url: "http://" + a.Addr(), greeting: greeting.String(), log: l, stop: stop}
}

// call makes a request and returns the status and the body.
func (h *herald) call(method, path, token, body string) (int, string) {
	h.t.Helper()
	answer, err := h.send(method, path, token, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	return read(h.t, answer)
}

func (h *herald) send(method, path, token string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequest(method, h.url+path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return http.DefaultClient.Do(r)
}

func read(t *testing.T, answer *http.Response) (int, string) {
	t.Helper()
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Error(err)
	}
	return answer.StatusCode, string(text)
}

// create creates a task of one step, whose gate is asked for, and which runs.
func (h *herald) create(id string) {
	h.t.Helper()
	task := `{"id":"` + id + `","title":"a","steps":[{"name":"b","approval":{"prompt":"go on?"}}]}`
	if code, body := h.call("POST", "/api/tasks", "", task); code != 201 {
		h.t.Fatalf("creating answers %d %s", code, body)
	}
	if code, body := h.call("POST", "/api/tasks/"+id+"/progress", "", `{"step":"b","step_status":"running"}`); code != 200 {
		h.t.Fatalf("reporting answers %d %s", code, body)
	}
}

var (
	tokens = regexp.MustCompile(`(?m)^ +(hrld_\S+)$`)
	logins = regexp.MustCompile(`(?m)^ +(http\S+)/login#(\S+)$`)
)

func TestStartAndStop(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			url := dbtest.URL(t, dialect)
			first := start(t, settings(t, url))
			for _, path := range []string{"/healthz", "/readyz"} {
				if code, body := first.call("GET", path, "", ""); code != 200 {
					t.Errorf("%s answers %d %s", path, code, body)
				}
			}
			token, login := tokens.FindStringSubmatch(first.greeting), logins.FindStringSubmatch(first.greeting)
			if token == nil || login == nil || login[1] != first.url {
				t.Fatalf("greets with\n%s", first.greeting)
			}
			if code, body := first.call("POST", "/api/tasks", token[1], `{"id":"mine","title":"a"}`); code != 201 {
				t.Errorf("creating a task answers %d %s", code, body)
			}
			if err := first.stop(); err != nil {
				t.Error(err)
			}
			if logged := first.log.String(); strings.Contains(logged, token[1]) || strings.Contains(logged, login[2]) || strings.Contains(logged, "ERROR") {
				t.Errorf("logs %s", logged)
			}

			again := start(t, settings(t, url))
			if again.greeting != "herald listens on "+again.url+"\n" {
				t.Errorf("the second start greets with\n%s", again.greeting)
			}
			if code, body := again.call("GET", "/api/tasks/mine", token[1], ""); code != 200 {
				t.Errorf("after a restart the task answers %d %s", code, body)
			}
		})
	}
}

// TestGreeting has addresses and public URLs.
func TestGreeting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		listen, public, says, link string
	}{
		{"0.0.0.0:0", "", `^herald listens on http://127\.0\.0\.1:\d+ and on every other address of this machine\n`, `^http://127\.0\.0\.1:\d+$`},
		{":0", "", `^herald listens on http://127\.0\.0\.1:\d+ and on every other address`, `^http://127\.0\.0\.1:\d+$`},
		{"127.0.0.1:0", "https://herald.example.com", `^herald listens on http://127\.0\.0\.1:\d+\n`, `^https://herald\.example\.com$`},
	} {
		h := start(t, settings(t, filepath.Join(t.TempDir(), "herald.db"), "HERALD_LISTEN="+c.listen, "HERALD_PUBLIC_URL="+c.public))
		if !regexp.MustCompile(c.says).MatchString(h.greeting) {
			t.Errorf("on %s it greets with %s", c.listen, h.greeting)
		}
		if login := logins.FindStringSubmatch(h.greeting); login == nil || !regexp.MustCompile(c.link).MatchString(login[1]) {
			t.Errorf("on %s it links to %q", c.listen, login)
		}
	}
}

func TestAdminTokenOfTheSettings(t *testing.T) {
	t.Parallel()
	h := start(t, settings(t, filepath.Join(t.TempDir(), "herald.db"), "HERALD_ADMIN_TOKEN=correct-horse-battery"))
	if tokens.MatchString(h.greeting) || !logins.MatchString(h.greeting) {
		t.Errorf("greets with\n%s", h.greeting)
	}
	if code, body := h.call("GET", "/api/me", "correct-horse-battery", ""); code != 200 || !strings.Contains(body, `"admin"`) {
		t.Errorf("the token gives %d %s", code, body)
	}
}

// TestSettingsReachTheServer changes settings that only a request can see.
func TestSettingsReachTheServer(t *testing.T) {
	t.Parallel()
	h := start(t, settings(t, filepath.Join(t.TempDir(), "herald.db"), "HERALD_OPEN=1", "HERALD_LIMIT_TITLE=3", "HERALD_LIMIT_BODY=200",
		"HERALD_LIMIT_BATCH=300", "HERALD_RATE_LIMIT=5", "HERALD_CORS=https://app.example.com"))
	if code, body := h.call("POST", "/api/tasks", "", `{"title":"abcd"}`); code != 413 || !strings.Contains(body, "title") {
		t.Errorf("a title that is too long answers %d %s", code, body)
	}
	if code, body := h.call("POST", "/api/tasks", "", `{"title":"`+strings.Repeat("a", 300)+`"}`); code != 413 || strings.Contains(body, "characters") {
		t.Errorf("a body that is too long answers %d %s", code, body)
	}
	if code, body := h.call("POST", "/api/reports", "", strings.Repeat(" ", 400)+"\n"); code != 413 {
		t.Errorf("a batch that is too long answers %d %s", code, body)
	}
	r, err := http.NewRequest(http.MethodGet, h.url+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "https://app.example.com")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if got := answer.Header.Get("Access-Control-Allow-Origin"); got != "https://app.example.com" {
		t.Errorf("the origin is answered with %q", got)
	}
	for range 100 {
		if code, _ := h.call("GET", "/api/stats", "", ""); code == 429 {
			return
		}
	}
	t.Error("the rate is not limited")
}

// TestOpenModeIsForThisMachine goes past the check of the settings.
func TestOpenModeIsForThisMachine(t *testing.T) {
	t.Parallel()
	c := settings(t, filepath.Join(t.TempDir(), "herald.db"), "HERALD_OPEN=1")
	c.Listen = "0.0.0.0:0"
	_, err := app.Open(t.Context(), c, slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "the open mode needs 127.0.0.1") {
		t.Errorf("got %v", err)
	}
}

// TestAFailedStartLeavesNothing fails for the address, and wants the next start
// to be the first: a token that nobody was shown would lock everybody out.
func TestAFailedStartLeavesNothing(t *testing.T) {
	t.Parallel()
	taken := start(t, settings(t, filepath.Join(t.TempDir(), "herald.db")))
	database := filepath.Join(t.TempDir(), "herald.db")
	c := settings(t, database, "HERALD_LISTEN="+strings.TrimPrefix(taken.url, "http://"))
	if _, err := app.Open(t.Context(), c, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Fatalf("got %v", err)
	}
	if h := start(t, settings(t, database)); !tokens.MatchString(h.greeting) {
		t.Errorf("greets with\n%s", h.greeting)
	}
}

// TestStopClosesStreams has a socket, a stream and a waiting request open when
// the server stops.
func TestStopClosesStreams(t *testing.T) {
	t.Parallel()
	h := start(t, settings(t, filepath.Join(t.TempDir(), "herald.db"), "HERALD_OPEN=1"))
	h.create("a")
	socket, answer, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(h.url, "http")+"/ws/tasks/a", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	defer socket.Close()
	if _, text, err := socket.ReadMessage(); err != nil || !strings.Contains(string(text), `"snapshot"`) {
		t.Fatalf("the socket begins with %s, %v", text, err)
	}
	stream := h.stream("/api/tasks/a/events")
	waiting := make(chan string, 1)
	go func() {
		code, body := h.call("GET", "/api/tasks/a/steps/1/approval?wait_seconds=60", "", "")
		waiting <- fmt.Sprint(code, " ", body)
	}()
	time.Sleep(50 * time.Millisecond) // or it would find nobody at home, which is fine too

	closed := make(chan error, 1)
	go func() {
		_, _, err := socket.ReadMessage()
		closed <- err
	}()
	if err := h.stop(); err != nil {
		t.Error(err)
	}
	if err := <-closed; !websocket.IsCloseError(err, websocket.CloseGoingAway) {
		t.Errorf("the socket ends with %v, want 1001", err)
	}
	if _, text := read(t, stream); !strings.Contains(text, "snapshot") {
		t.Errorf("the stream was %q", text)
	}
	if got := <-waiting; !strings.HasPrefix(got, "200 ") || !strings.Contains(got, `"wait"`) {
		t.Errorf("who waits for a decision hears %s", got)
	}
}

func (h *herald) stream(path string) *http.Response {
	h.t.Helper()
	r, err := http.NewRequest(http.MethodGet, h.url+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer
}

// TestStopWaitsForRequests sends the end of a request when the server is
// already stopping.
func TestStopWaitsForRequests(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "herald.db")
	h := start(t, settings(t, database, "HERALD_OPEN=1"))
	body, feed := io.Pipe()
	answered := make(chan string, 1)
	go func() {
		answer, err := h.send("POST", "/api/tasks", "", body)
		if err != nil {
			answered <- err.Error()
			return
		}
		code, text := read(t, answer)
		answered <- fmt.Sprint(code, " ", text)
	}()
	if _, err := feed.Write([]byte(`{"id":"late",`)); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	stopped := make(chan error, 1)
	go func() { stopped <- h.stop() }()
	for !strings.Contains(h.log.String(), "stopping") {
		time.Sleep(time.Millisecond)
	}
	if _, err := feed.Write([]byte(`"title":"a"}`)); err != nil {
		t.Fatal(err)
	}
	feed.Close()
	if got := <-answered; !strings.HasPrefix(got, "201 ") {
		t.Errorf("the request under way gets %s", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	again := start(t, settings(t, database, "HERALD_OPEN=1"))
	code, text := again.call("GET", "/api/tasks/late", "", "")
	var task struct{ Title string }
	if err := json.Unmarshal([]byte(text), &task); err != nil || code != 200 || task.Title != "a" {
		t.Errorf("the task is %d %s, %v", code, text, err)
	}
}

// TestStopWaitsForNobody has a connection on which nothing is asked, as browsers
// open them ahead of need.
func TestStopWaitsForNobody(t *testing.T) {
	t.Parallel()
	h := start(t, settings(t, filepath.Join(t.TempDir(), "herald.db")))
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	h.call("GET", "/healthz", "", "") // comes after it
	begun := time.Now()
	if err := h.stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > 4*time.Second { // left alone, it would take five
		t.Errorf("stopping took %v", took)
	}
}

// TestTwoNodes runs two servers on one PostgreSQL: one of them is the first.
func TestTwoNodes(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t, dbtest.Postgres)
	one, two := start(t, settings(t, url, "HERALD_OPEN=1")), start(t, settings(t, url, "HERALD_OPEN=1"))
	if tokens.MatchString(one.greeting) == tokens.MatchString(two.greeting) {
		t.Errorf("they greet with\n%s\nand\n%s", one.greeting, two.greeting)
	}
	one.create("a")
	if code, body := two.call("POST", "/api/tasks/a/steps/1/approve", "", "{}"); code != 200 {
		t.Errorf("approving at the other answers %d %s", code, body)
	}
	if code, body := one.call("GET", "/api/tasks/a/progress", "", ""); code != 200 || !strings.Contains(body, `"running"`) {
		t.Errorf("the first node says %d %s", code, body)
	}
}

// TestLearnsFromRuns has a server know how long a job takes after three runs of its
// kind, at once and after it was started again.
func TestLearnsFromRuns(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "herald.db")
	h := start(t, settings(t, database, "HERALD_ADMIN_TOKEN="+pageToken))
	job := func(id string) {
		if code, text := h.call("POST", "/api/tasks", pageToken, `{"id":"`+id+`","title":"Job","kind":"job","steps":[{"name":"a"},{"name":"b"}]}`); code != 201 {
			t.Fatal(code, text)
		}
	}
	for _, id := range []string{"one", "two", "three"} {
		job(id)
		h.report(id, `{"step":1,"step_status":"running"}`)
		h.report(id, `{"step":2,"step_progress":100}`)
		h.report(id, `{"status":"completed"}`)
	}
	job("four")
	for range 2 {
		for until := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			_, text := h.call("GET", "/api/tasks/four", pageToken, "")
			if strings.Contains(text, `"basis":"3 similar runs"`) {
				break
			}
			if time.Now().After(until) {
				t.Fatalf("after three runs it says %s", text)
			}
		}
		if err := h.stop(); err != nil {
			t.Fatal(err)
		}
		h = start(t, settings(t, database, "HERALD_ADMIN_TOKEN="+pageToken))
	}
}
