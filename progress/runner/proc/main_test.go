//go:build linux || darwin

package proc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patient is how long a test waits for what must come.
const patient = 60 * time.Second

// asHelper, in the environment, makes the test binary a small runner: see help.
const asHelper = "PROC_TEST_HELPER"

func TestMain(m *testing.M) {
	if how := os.Getenv(asHelper); how != "" {
		os.Exit(help(how))
	}
	os.Exit(m.Run())
}

// help runs the arguments as a runner would: on our own files, watched, with a
// terminal if it is asked to. It tells the code, if REPORT names a file.
func help(how string) int {
	if how == "leaks" {
		return leaks()
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	s := Spec{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Terminal: strings.HasPrefix(how, "terminal"),
		Watch: func(int, []byte) {
			if how == "terminal panic" {
				panic("a mistake in Watch")
			}
		}, Mark: os.Getenv("MARK"), Env: with(os.Environ(), asHelper, "")}
	p, err := Start(s)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 99
	}
	go func() {
		<-signals
		p.Stop(patient, nil)
	}()
	exit := p.Wait()
	if name := os.Getenv("REPORT"); name != "" {
		text := fmt.Sprintf("code=%d pty=%v output=%v\n", exit.Code, p.Terminal(), exit.Output)
		if err := errors.Join(os.WriteFile(name+".new", []byte(text), 0o600), os.Rename(name+".new", name)); err != nil {
			return 98
		}
	}
	return exit.Code
}

// A witness collects what Watch sees.
type witness struct {
	mu   sync.Mutex
	seen [3]bytes.Buffer
	lost int64
}

func (w *witness) watch(stream int, b []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[stream].Write(b)
}

func (w *witness) gap(_ int, n int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lost += n
}

func (w *witness) text(stream int) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen[stream].String()
}

// start starts a script that is watched and ends with the test.
func start(t *testing.T, script string, change ...func(*Spec)) (*Process, *witness) {
	t.Helper()
	w := &witness{}
	s := Spec{Args: []string{"sh", "-c", script}, Dir: t.TempDir(), Watch: w.watch, Gap: w.gap}
	for _, c := range change {
		c(&s)
	}
	p, err := Start(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Stop(0, nil) })
	return p, w
}

func marking(t *testing.T) (mark string, set func(*Spec)) {
	t.Helper()
	mark = fmt.Sprintf("test-%d-%s-%d", os.Getpid(), t.Name(), time.Now().UnixNano())
	return mark, func(s *Spec) { s.Mark = mark }
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patient); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s never came true", what)
		}
	}
}

// ended waits for a process without hanging the test.
func ended(t *testing.T, p *Process) Exit {
	t.Helper()
	select {
	case <-p.c.done:
		return p.Wait()
	case <-time.After(patient):
		t.Fatal("Wait does not return")
		return Exit{}
	}
}

func sees(t *testing.T, w *witness, text string) {
	t.Helper()
	eventually(t, fmt.Sprintf("output %q", text), func() bool { return strings.Contains(w.text(1), text) })
}

// file is a file of the test and a way to read it.
func file(t *testing.T, name string) (*os.File, func() string) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, func() string {
		b, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
}

func readFrom(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
