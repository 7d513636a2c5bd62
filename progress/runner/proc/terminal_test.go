//go:build linux || darwin

package proc

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// A screen is a terminal with somebody at it, and a program that runs there as
// the leader of its session.
type screen struct {
	ptmx *os.File
	cmd  *exec.Cmd
	tty  *os.File
	mu   sync.Mutex
	text strings.Builder
}

// openScreen runs a program at a new terminal.
func openScreen(t *testing.T, env []string, args ...string) *screen {
	t.Helper()
	ptmx, tty, err := pty.Open()
	if err != nil {
		t.Skipf("SKIPPED: no pty can be had here, so NOTHING about terminals is tested: %v", err)
	}
	s := &screen{ptmx: ptmx, tty: tty, cmd: exec.Command(args[0], args[1:]...)}
	if err := pty.Setsize(ptmx, &pty.Winsize{Rows: 33, Cols: 77}); err != nil {
		t.Fatal(err)
	}
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = tty, tty, tty
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go s.read()
	t.Cleanup(func() { _ = s.cmd.Process.Kill(); tty.Close(); ptmx.Close() })
	return s
}

func (s *screen) read() {
	buf := make([]byte, 4096)
	for {
		n, err := s.ptmx.Read(buf)
		s.mu.Lock()
		s.text.Write(buf[:n])
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (s *screen) shows(t *testing.T, text string) {
	t.Helper()
	defer func() {
		if t.Failed() {
			t.Logf("the screen shows %q", s.all())
		}
	}()
	eventually(t, fmt.Sprintf("%q on the screen", text), func() bool { return strings.Contains(s.all(), text) })
}

func (s *screen) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (s *screen) types(t *testing.T, text string) {
	t.Helper()
	if _, err := s.ptmx.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// modes are the terminal's, comparable.
func (s *screen) modes(t *testing.T) unix.Termios {
	t.Helper()
	m, err := unix.IoctlGetTermios(int(s.tty.Fd()), getModes)
	if err != nil {
		t.Fatal(err)
	}
	return *m
}

// helper runs the test binary as a runner at a screen; report gives what it
// tells at its end.
func helper(t *testing.T, how, script string) (s *screen, report func() string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "report")
	s = openScreen(t, []string{asHelper + "=" + how, "REPORT=" + name}, testBinary(t), "sh", "-c", script)
	return s, func() string {
		eventually(t, "the report", func() bool { _, err := os.Stat(name); return err == nil })
		text, _ := os.ReadFile(name)
		return string(text)
	}
}

func TestPty(t *testing.T) {
	t.Parallel()
	s, report := helper(t, "terminal", `test -t 0 && test -t 1 && test -t 2 && echo all; stty size; stty -a
		trap 'stty size; exit 6' WINCH; while :; do sleep 0.02; done`)
	s.shows(t, "all\r\n33 77\r\n")
	s.shows(t, " echo ") // the command's terminal is not raw
	if s.modes(t).Lflag&unix.ECHO != 0 {
		t.Error("our terminal is not raw")
	}
	if err := pty.Setsize(s.ptmx, &pty.Winsize{Rows: 40, Cols: 100}); err != nil {
		t.Fatal(err)
	}
	s.shows(t, "40 100\r\n")
	if got := report(); !strings.HasPrefix(got, "code=6 pty=true") {
		t.Errorf("the report is %s", got)
	}
	if s.modes(t).Lflag&unix.ECHO == 0 {
		t.Error("our terminal has stayed raw")
	}
}

func TestPtyKeys(t *testing.T) {
	t.Parallel()
	s, report := helper(t, "terminal", `read a; echo "got $a"; cat; echo eof; exec sleep 1000`)
	s.types(t, "hello\r")
	s.shows(t, "got hello\r\n")
	s.types(t, "more\r")
	s.shows(t, "more\r\nmore\r\n")
	s.types(t, "\x04")
	s.shows(t, "eof\r\n")
	s.types(t, "\x03")
	if got := report(); !strings.HasPrefix(got, "code=130 pty=true") {
		t.Errorf("the report is %s", got)
	}
}

func TestPtyRestoredOnSignal(t *testing.T) {
	t.Parallel()
	s, report := helper(t, "terminal", `trap '' TERM; echo ready; read x; exit 8`)
	s.shows(t, "ready")
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "cooked modes while the command lives", func() bool { return s.modes(t).Lflag&unix.ECHO != 0 })
	s.types(t, "x\r\r")
	if got := report(); !strings.HasPrefix(got, "code=8") {
		t.Errorf("the report is %s", got)
	}
}

func TestPtyRestoredOnPanic(t *testing.T) {
	t.Parallel()
	s, _ := helper(t, "terminal panic", `read x; echo now; sleep 1000`)
	eventually(t, "raw modes", func() bool { return s.modes(t).Lflag&unix.ECHO == 0 })
	s.types(t, "x\r")
	s.shows(t, "a mistake in Watch")
	_ = s.cmd.Wait() // it panicked
	if s.modes(t).Lflag&unix.ECHO == 0 {
		t.Error("our terminal has stayed raw")
	}
}

func TestPtyBigOutput(t *testing.T) {
	t.Parallel()
	s, report := helper(t, "terminal", `i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done`)
	if got := report(); !strings.HasPrefix(got, "code=0") {
		t.Errorf("the report is %s", got)
	}
	s.shows(t, "line 4999\r\n")
	if n := strings.Count(s.all(), "line "); n != 5000 {
		t.Errorf("%d lines of 5000", n)
	}
}

func TestForeground(t *testing.T) {
	t.Parallel()
	s, report := helper(t, "plain", `read a; echo "got $a"; trap 'echo int; exit 9' INT; echo ready; while :; do sleep 0.02; done`)
	s.types(t, "hello\n")
	s.shows(t, "got hello")
	s.shows(t, "ready")
	s.types(t, "\x03")
	s.shows(t, "int\r\n")
	if got := report(); !strings.HasPrefix(got, "code=9 pty=false") {
		t.Errorf("the report is %s", got)
	}
}

// Behind a pipe we keep the terminal until the command asks for it.
func TestForegroundWhenAsked(t *testing.T) {
	t.Parallel()
	s := openScreen(t, []string{asHelper + "=plain"}, "sh", "-c",
		`"$0" sh -c 'echo ready; read a; echo "got $a"' | cat; read b; echo "then $b"`, testBinary(t))
	s.shows(t, "ready")
	s.types(t, "hello\n")
	s.shows(t, "got hello")
	s.types(t, "again\n")
	s.shows(t, "then again")
}

func TestCtrlZ(t *testing.T) {
	t.Parallel()
	s := openScreen(t, []string{"PS1=> ", "ENV=", "RUNNER=" + testBinary(t)}, "sh", "-im")
	for i, pipe := range []string{"", " | cat"} {
		mark := fmt.Sprintf("m%d", len(pipe))
		s.types(t, asHelper+"=plain $RUNNER sh -c 'read a; echo "+mark+"-$a; read b; echo "+mark+"-$b; read c; exit 3'"+pipe+"\n")
		s.types(t, "first\n")
		s.shows(t, mark+"-first\r\n")
		s.types(t, "\x1a")
		eventually(t, "the shell's word", func() bool { return strings.Count(s.all(), "Stopped") > i })
		s.types(t, "echo "+mark+"-$((40+2)); fg\n")
		s.shows(t, mark+"-42\r\n")
		s.types(t, "second\n")
		s.shows(t, mark+"-second\r\n")
		s.types(t, "third\n")
		s.types(t, "echo "+mark+"-code=$?\n")
		s.shows(t, mark+"-code=")
	}
	if !strings.Contains(s.all(), "m0-code=3") {
		t.Errorf("the screen shows %q", s.all())
	}
}
