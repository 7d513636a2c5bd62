package cli_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// said is a message as a server hears it.
type said struct{ Text, Press, Conversation, Thread, Task, ID, Via string }

// talker is a server that only talks, by heart.
type talker struct {
	*httptest.Server
	t     *testing.T
	mu    sync.Mutex
	heard []said
	hold  chan struct{} // what "wait" waits for
}

// parrot is what it answers to texts and tickets.
func parrot() map[string]string {
	const evil = `\u001b[2J\u001b]0;x\u0007\u009b31m\u202e`
	return map[string]string{
		"status": `{"reply":{"about":"status","lang":"en","text":"Your CRM task is 65% complete."},"text":"📊 Your CRM task is 65% complete.\n- ✓ Load","understood":{"intent":"status","task":"crm","sure":"answer"}}`,
		"cancel": `{"reply":{"about":"confirm","lang":"en","text":"Cancel CRM?","buttons":[{"label":"Yes, cancel","press":"T-yes","style":"danger"},{"label":"No","press":"T-no"}]},"text":"Cancel CRM?"}`,
		"logs": `{"reply":{"about":"choose","lang":"en","text":"Which one?","items":[{"number":1,"title":"CRM"},{"number":2,"title":"Shop"}],
			"buttons":[{"label":"CRM","say":"logs crm"},{"label":"Shop","say":"logs shop"}]},"text":"Which one?\n1. ◐ CRM\n2. ○ Shop"}`,
		"logs shop": `{"reply":{"about":"logs","lang":"en","text":"All of it."},"text":"All of it.\n  one\n  two"}`,
		"if":        `{"reply":{"about":"clarify","lang":"en","text":"Not yet.","buttons":[{"label":"Cancel","press":"T-yes"}]},"text":"Not yet."}`,
		"fly":       `{"reply":{"about":"unknown","lang":"en","text":"What?"},"text":"What?"}`,
		"evil":      `{"reply":{"about":"choose","text":"E` + evil + `","buttons":[{"label":"L` + evil + `","say":"S` + evil + `"}]},"text":"E` + evil + `\n` + evil + `F"}`,
		"T-yes":     `{"reply":{"about":"done","lang":"en","text":"Cancelled CRM."},"text":"Cancelled CRM."}`,
		"yes":       `{"reply":{"about":"done","lang":"en","text":"Cancelled CRM."},"text":"Cancelled CRM."}`,
		"T-no":      `{"reply":{"about":"dropped","lang":"en","text":"Nothing was done."},"text":"Nothing was done."}`,
	}
}

func talkerOf(t *testing.T) *talker {
	t.Helper()
	s := &talker{t: t, hold: make(chan struct{})}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// ServeHTTP answers POST /api/chat.
func (s *talker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var m said
	if r.Method != http.MethodPost || r.URL.Path != "/api/chat" || r.Header.Get("Authorization") != "Bearer x" || json.NewDecoder(r.Body).Decode(&m) != nil {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	s.heard = append(s.heard, m)
	s.mu.Unlock()
	if m.Text == "wait" {
		select {
		case <-s.hold:
		case <-r.Context().Done():
			return
		}
	}
	if answer, ok := parrot()[m.Text+m.Press]; ok {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, answer)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusRequestEntityTooLarge)
	fmt.Fprint(w, `{"code":"too_large","title":"t","detail":"text: must have at most 2000 characters"}`)
}

// words are what it has heard since it was last asked.
func (s *talker) words() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.heard {
		out = append(out, m.Text+m.Press)
	}
	s.heard = nil
	return out
}

func (s *talker) command(args ...string) *exec.Cmd {
	return command(s.t, []string{"HERALD_URL=" + s.URL, "HERALD_TOKEN=x", "LANG=C.UTF-8"}, args...)
}

// client is one that has no server but this.
func (s *talker) client() *client {
	return &client{t: s.t, env: []string{"HERALD_URL=" + s.URL, "HERALD_TOKEN=x", "LANG=C.UTF-8"}}
}

func TestAsk(t *testing.T) {
	t.Parallel()
	s := talkerOf(t)
	for _, c := range []struct {
		args           string
		code           int
		stdout, stderr string
		heard          []string
	}{
		{"ask status", 0, "📊 Your CRM task is 65% complete.\n- ✓ Load\n", "", []string{"status"}},
		{"ask cancel", 1, "Cancel CRM?\n", "herald: nothing was done yet; answer with: herald ask yes (or no), or ask with --yes\n", []string{"cancel"}},
		{"ask cancel --conversation me", 1, "Cancel CRM?\n", "herald: nothing was done yet; answer with: herald ask --conversation \"me\" yes (or no), or ask with --yes\n", []string{"cancel"}},
		{"ask yes", 0, "Cancelled CRM.\n", "", []string{"yes"}},
		{"ask cancel --yes", 0, "Cancelled CRM.\n", "", []string{"cancel", "T-yes"}},
		{"ask logs --yes", 1, "Which one?\n1. ◐ CRM\n2. ○ Shop\n", "herald: which one is not clear yet; answer with: herald ask 1 (its number, or its title)\n", []string{"logs"}},
		{"ask logs shop", 0, "All of it.\n  one\n  two\n", "", []string{"logs shop"}},
		{"ask if --yes", 1, "Not yet.\n", "", []string{"if"}},
		{"ask fly", 1, "What?\n", "", []string{"fly"}},
		{"ask T-no", 0, "Nothing was done.\n", "", []string{"T-no"}},
		{"ask tall", 1, "", "herald: text: must have at most 2000 characters\n", []string{"tall"}},
		{"ask", 2, "", "herald: say what, such as: herald ask \"How's my CRM task going?\"\nSee \"herald ask --help\".\n", nil},
		{"ask status --conversation=", 2, "", "herald: --conversation is empty\nSee \"herald ask --help\".\n", nil},
	} {
		r := finish(t, s.command(strings.Fields(c.args)...))
		if r.code != c.code || r.stdout != c.stdout || r.stderr != c.stderr {
			t.Errorf("herald %s exits with %d and says\n%s%s", c.args, r.code, r.stdout, r.stderr)
		}
		if heard := s.words(); !slices.Equal(heard, c.heard) {
			t.Errorf("herald %s says %q to the server", c.args, heard)
		}
	}
}

// TestAskSays is what a message has beside its words.
func TestAskSays(t *testing.T) {
	t.Parallel()
	s := talkerOf(t)
	for _, args := range [][]string{{"ask", "status"}, {"ask", "status"}, {"ask", "status", "--conversation", "mine"}} {
		finish(t, s.command(args...))
	}
	if r := finish(t, s.command("ask", "cancel", "--yes", "--json")); r.code != 0 || !strings.Contains(r.stdout, `"about": "done"`) || strings.Contains(r.stdout, "confirm") || r.stderr != "" {
		t.Errorf("with --json it exits with %d and says %s%s", r.code, r.stdout, r.stderr)
	}
	m := s.heard
	if len(m) != 5 || m[0].ID == "" || m[0].ID == m[1].ID || m[0].Conversation == "" || m[0].Conversation != m[1].Conversation || m[2].Conversation != "mine" || m[4].Press != "T-yes" {
		t.Errorf("hears %+v", m)
	}
	if slices.ContainsFunc(m, func(m said) bool { return m.Via != "cli" || m.Task != "" || m.Thread != "" }) {
		t.Errorf("hears %+v", m)
	}
}

// TestHostileTalk is that nothing that is answered is obeyed by a terminal.
func TestHostileTalk(t *testing.T) {
	t.Parallel()
	s := talkerOf(t)
	for _, c := range [][]string{{"ask", "evil"}, {"ask", "evil", "--json"}, {"chat"}, {"chat", "--json"}} {
		cmd := s.command(c...)
		cmd.Stdin = strings.NewReader("evil\n")
		r := finish(t, cmd)
		if out := r.stdout + r.stderr; strings.ContainsAny(out, "\x07\x1b\u009b\u202e") || !strings.Contains(out, "E") {
			t.Errorf("herald %q writes %q", c, out)
		}
	}
}

// TestChatOnAPipe is a conversation line by line.
func TestChatOnAPipe(t *testing.T) {
	t.Parallel()
	s := talkerOf(t)
	cmd := s.command("chat")
	cmd.Stdin = strings.NewReader("status\r\n\n  \ncancel\n2\nlogs\n2\n7\nstatus\n")
	r := finish(t, cmd)
	const want = "📊 Your CRM task is 65% complete.\n- ✓ Load\n\nCancel CRM?\n  1) Yes, cancel\n  2) No\n\nNothing was done.\n\nWhich one?\n1. ◐ CRM\n2. ○ Shop\n\nAll of it.\n  one\n  two\n\n"
	if r.code != 1 || r.stdout != want || r.stderr != "herald: text: must have at most 2000 characters\n" {
		t.Errorf("exits with %d and says\n%s%s", r.code, r.stdout, r.stderr)
	}
	conversation := s.heard[0].Conversation
	for _, m := range s.heard {
		if m.Conversation != conversation || m.Via != "cli" || len(conversation) > 100 {
			t.Errorf("hears %+v", m)
		}
	}
	if heard := s.words(); !slices.Equal(heard, []string{"status", "cancel", "T-no", "logs", "logs shop", "7"}) {
		t.Errorf("hears %q", heard)
	}
	cmd = s.command("chat", "--json")
	cmd.Stdin = strings.NewReader("status\nlogs shop") // without a line end
	r = finish(t, cmd)
	if r.code != 0 || strings.Count(r.stdout, "\n") != 2 || !json.Valid([]byte(strings.Split(r.stdout, "\n")[0])) || r.stderr != "" {
		t.Errorf("exits with %d and says\n%s%s", r.code, r.stdout, r.stderr)
	}
	if again := s.heard[0].Conversation; again == conversation {
		t.Errorf("two conversations are one: %q", again)
	}
	cmd = s.command("chat")
	cmd.Stdin = strings.NewReader(strings.Repeat("a", 2<<20))
	if r = finish(t, cmd); r.code != 1 || r.stderr != "herald: stdin:1: the line: is longer than 1048576 bytes\n" {
		t.Errorf("exits with %d and says %q", r.code, r.stderr)
	}
}

// TestChatAtATerminal has keys, numbers for buttons, and both ways to end it.
func TestChatAtATerminal(t *testing.T) {
	t.Parallel()
	s := talkerOf(t)
	c := s.client()
	w, screen, file := c.inTerminal(80, 30, []string{"TERM=xterm", "NO_COLOR=1"}, "chat")
	keys := func(text string) {
		t.Helper()
		if _, err := file.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	c.shows(screen, "Ctrl-D ends it.", "\n>")
	keys("cancle\x7f\x7fel\r")
	c.shows(screen, "Cancel CRM?", "  1) Yes, cancel", "  2) No")
	keys("1\r")
	c.shows(screen, "Cancelled CRM.")
	keys("\x1b[A\x1b[A\r") // what was said before the 1
	poll(t, "it is said again", func() bool { return strings.Count(screen.String(), "Cancel CRM?") == 2 })
	keys("tall\r")
	c.shows(screen, "herald: text: must have at most 2000 characters")
	keys("\x04")
	if code := w.ends(); code != 0 {
		t.Errorf("exits with %d", code)
	}
	if heard := s.words(); !slices.Equal(heard, []string{"cancel", "T-yes", "cancel", "tall"}) {
		t.Errorf("hears %q", heard)
	}
	if text := screen.String(); strings.Contains(text, "…") {
		t.Errorf("what showed that it waits is still there:\n%s", text)
	}
	w, screen, file = c.inTerminal(80, 24, []string{"TERM=xterm"}, "chat")
	c.shows(screen, "\n>")
	keys("half\x03")
	if code := w.ends(); code != 0 {
		t.Errorf("Ctrl-C at the prompt exits with %d", code)
	}
	w, screen, file = c.inTerminal(80, 24, []string{"TERM=xterm"}, "chat")
	c.shows(screen, "\n>")
	keys("wait\r")
	c.shows(screen, "…")
	keys("\x03")
	if code := w.ends(); code != 130 {
		t.Errorf("Ctrl-C while it waits exits with %d", code)
	}
	w, screen, _ = c.inTerminal(80, 24, []string{"TERM=xterm"}, "chat")
	c.shows(screen, "\n>")
	if err := w.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := w.ends(); code != 130 {
		t.Errorf("SIGTERM at the prompt exits with %d", code)
	}
}

// TestAskAtATerminal is that it asks on there.
func TestAskAtATerminal(t *testing.T) {
	t.Parallel()
	s := talkerOf(t)
	c := s.client()
	for _, x := range []struct {
		text, typed string
		env         []string
		code        int
		shows       string
		heard       []string
	}{
		{"cancel", "1\r", []string{"TERM=xterm"}, 0, "Cancelled CRM.", []string{"cancel", "T-yes"}},
		{"cancel", "\ryes\r", []string{"TERM=xterm", "NO_COLOR=1"}, 0, "Cancelled CRM.", []string{"cancel", "yes"}},
		{"cancel", "2\n", []string{"TERM=dumb"}, 1, "Nothing was done.", []string{"cancel", "T-no"}},
		{"cancel", "\x04", []string{"TERM=xterm"}, 1, "nothing was done yet", []string{"cancel"}},
		{"cancel", "\x04", []string{"TERM=dumb"}, 1, "nothing was done yet", []string{"cancel"}},
		{"logs", "2\r", []string{"TERM=xterm"}, 0, "  two", []string{"logs", "logs shop"}},
		{"logs", "cancel\r1\r", []string{"TERM=xterm"}, 0, "Cancelled CRM.", []string{"logs", "cancel", "T-yes"}},
	} {
		w, screen, file := c.inTerminal(80, 24, x.env, "ask", x.text)
		c.shows(screen, "\n>")
		if _, err := file.WriteString(x.typed); err != nil {
			t.Fatal(err)
		}
		if code := w.ends(); code != x.code {
			t.Errorf("%q, %q exits with %d:\n%s", x.text, x.typed, code, screen)
		}
		c.shows(screen, x.shows)
		if heard := s.words(); !slices.Equal(heard, x.heard) {
			t.Errorf("%q, %q says %q", x.text, x.typed, heard)
		}
	}
}

// TestTalk is a conversation with a real server.
func TestTalk(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	c.task("crm-talk", "Cellphone Store CRM")
	c.report("crm-talk", `{"step":1,"step_progress":50}`)
	c.plain("night", "Nightly backup")
	c.want(0, "Cellphone Store CRM", "", "ask", "How's", "my", "CRM", "task", "going?")
	c.want(0, "Nightly backup", "", "ask", "list")
	c.want(1, "", "herald: nothing was done yet", "ask", "--task", "night", "don't you dare, cancle it")
	c.status("night", "pending")
	c.want(0, "Cellphone Store CRM", "", "ask", "pause the CRM task, lunch")
	c.status("crm-talk", "paused")
	c.want(1, "", "", "ask", "pause the CRM task")
	chat := c.command("chat")
	chat.Stdin = strings.NewReader("how is the CRM task going?\nresume it\n")
	if r := finish(t, chat); r.code != 0 || r.stderr != "" || strings.Count(r.stdout, "Cellphone Store CRM") < 2 {
		t.Errorf("exits with %d and says\n%s%s", r.code, r.stdout, r.stderr)
	}
	c.status("crm-talk", "running")
}

// status holds the status of a task.
func (c *client) status(id, want string) {
	c.t.Helper()
	if code, body := c.call("GET", "/api/tasks/"+id, adminToken, ""); code != 200 || !strings.Contains(body, `"status":"`+want+`"`) {
		c.t.Errorf("%s is not %s: %s", id, want, body)
	}
}
