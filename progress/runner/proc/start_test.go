//go:build linux || darwin

package proc

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestCodes(t *testing.T) {
	t.Parallel()
	cases := map[string]int{
		"true": 0, "exit 1": 1, "exit 42": 42, "exit 255": 255, "no-such-command-at-all": 127,
		"kill -9 $$": 137, "kill -TERM $$": 143,
	}
	for script, want := range cases {
		p, _ := start(t, script)
		if exit := ended(t, p); exit.Code != want {
			t.Errorf("%s: code %d, want %d", script, exit.Code, want)
		}
	}
	p, _ := start(t, "kill -9 $$")
	if exit := ended(t, p); exit.Signal != syscall.SIGKILL || exit.Ended.Before(exit.Started) {
		t.Errorf("the end is %+v", exit)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "plain", "echo hi\n", 0o644)
	write(t, dir, "bad", "#!/no/such/interpreter\n", 0o755)
	write(t, dir, "binary", "\x00\x01\x02\n", 0o755)
	cases := []struct {
		args []string
		dir  string
		code int
		says string
	}{
		{[]string{"no-such-command-at-all"}, "", 127, "no-such-command-at-all"},
		{[]string{"./none"}, dir, 127, "none"},
		{[]string{"./plain"}, dir, 126, "not executable"},
		{[]string{dir}, "", 126, "folder"},
		{[]string{"./bad"}, dir, 127, "interpreter"},
		{[]string{"./binary"}, dir, 126, "program for this system"},
		{[]string{"true"}, filepath.Join(dir, "none"), 126, "working directory"},
		{[]string{"true", strings.Repeat("x", 8<<20)}, "", 126, "too long"},
		{nil, "", 127, "no command"},
	}
	for _, c := range cases {
		_, err := Start(Spec{Args: c.args, Dir: c.dir, Watch: func(int, []byte) {}})
		var refused *StartError
		if !errors.As(err, &refused) || refused.Code != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.60q: %.200v, want code %d and %q", c.args, err, c.code, c.says)
		}
	}
}

func TestScriptWithoutInterpreter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "plain", "echo \"hi $1\"\n", 0o755)
	p, w := start(t, "", func(s *Spec) { s.Args, s.Dir = []string{"./plain", "there"}, dir })
	if ended(t, p); w.text(1) != "hi there\n" {
		t.Errorf("it said %q", w.text(1))
	}
}

func TestPathOfItsOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "mine", "#!/bin/sh\necho found $0\n", 0o755)
	p, w := start(t, "", func(s *Spec) { s.Args, s.Env = []string{"mine"}, []string{"PATH=/nowhere:" + dir} })
	if ended(t, p); w.text(1) != "found "+dir+"/mine\n" {
		t.Errorf("it said %q", w.text(1))
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	p, w := start(t, "echo $HERALD_MARK; env | grep -c ^HERALD_MARK=; pwd; echo $PWD",
		func(s *Spec) { s.Env = nil; s.Mark = "a mark" })
	ended(t, p)
	if got := strings.Split(w.text(1), "\n"); got[0] != "a mark" || got[1] != "1" || got[2] != got[3] {
		t.Errorf("it sees %q", got)
	}
}

func TestStdinIsReadByTheCommandAlone(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.WriteString("1\n2\n3\n4\n"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	p, seen := start(t, "read a; read b; echo $a $b", func(s *Spec) { s.Stdin = r })
	ended(t, p)
	if seen.text(1) != "1 2\n" {
		t.Errorf("it read %q", seen.text(1))
	}
	if rest := readFrom(t, r); rest != "3\n4\n" {
		t.Errorf("the next reader has %q", rest)
	}
}

func TestInput(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("0123456789abcde\n", 1<<16)
	p, w := start(t, "cat", func(s *Spec) { s.Input = []byte(big) })
	if ended(t, p); w.text(1) != big {
		t.Errorf("%d bytes came back of %d", len(w.text(1)), len(big))
	}
	p, _ = start(t, "head -c 1 >/dev/null; exit 3", func(s *Spec) { s.Input = []byte(big) })
	if exit := ended(t, p); exit.Code != 3 {
		t.Errorf("one that does not read it all ends with %d", exit.Code)
	}
	p, w = start(t, "cat; echo end")
	if ended(t, p); w.text(1) != "end\n" {
		t.Errorf("without input it reads %q", w.text(1))
	}
}

func write(t *testing.T, dir, name, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
		t.Fatal(err)
	}
}
