package pipeline

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestHandlers(t *testing.T) {
	t.Parallel()
	h, err := ParseHandlers("worker.yaml", []byte(`
parallel: 3
env: {COLOUR: red, SIZE: big}
dir: below
shell: bash -c
timeout: 1m
handlers:
  zip:
    run: zip it
    env: {SIZE: small}
    dir: deeper
    timeout: 5s
  "*":
    run: [cat, -n]
  plain:
    run: echo
    shell: [sh, -c]
`))
	if err != nil {
		t.Fatal(err)
	}
	if h.Parallel != 3 || len(h.List) != 3 {
		t.Fatalf("%+v", h)
	}
	for target, want := range map[string]Handler{
		"zip":     {Target: "zip", Args: []string{"bash", "-c", "zip it"}, Dir: filepath.Join("below", "deeper"), Timeout: 5 * time.Second},
		"plain":   {Target: "plain", Args: []string{"sh", "-c", "echo"}, Dir: "below", Timeout: time.Minute},
		"another": {Target: AnyTarget, Args: []string{"cat", "-n"}, Dir: "below", Timeout: time.Minute},
		"":        {Target: AnyTarget, Args: []string{"cat", "-n"}, Dir: "below", Timeout: time.Minute},
	} {
		got, ok := h.For(target)
		if !ok || got.Target != want.Target || !slices.Equal(got.Args, want.Args) || got.Dir != want.Dir || got.Timeout != want.Timeout || got.Pipeline != nil {
			t.Errorf("%q: %+v, want %+v", target, got, want)
		}
	}
	zip, _ := h.For("zip")
	if env := h.Environ(zip); !slices.Equal(env, []string{"COLOUR=red", "SIZE=small"}) {
		t.Errorf("%q", env)
	}
}

func TestHandlersWithoutAny(t *testing.T) {
	t.Parallel()
	h, err := ParseHandlers("worker.yaml", []byte("handlers: {a: {run: 'true'}}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := h.For("b"); ok || h.Parallel != 1 {
		t.Errorf("%+v", h)
	}
}

func TestLoadHandlers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("release.yaml", "steps:\n  - {name: A, run: 'true'}\n")
	write("bad.yaml", "steps:\n  - {name: A}\n")
	write("worse.yaml", "nothing: 1\n")
	h, err := LoadHandlers(write("worker.yaml", "dir: below\nhandlers:\n  b: {pipeline: release.yaml}\n  a: {run: 'true'}\n"))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := h.For("b")
	a, _ := h.For("a")
	if b.Pipeline == nil || len(b.Pipeline.Steps) != 1 || b.Args != nil || a.Dir != filepath.Join(dir, "below") {
		t.Errorf("%+v, %+v", a, b)
	}
	_, err = LoadHandlers(write("worker.yaml", "handlers:\n  x: {pipeline: bad.yaml}\n  y: {pipeline: worse.yaml}\n  z: {pipeline: none.yaml}\n"))
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range []string{"bad.yaml:2:", "worse.yaml:1:", "none.yaml"} { // all at once
		if !strings.Contains(err.Error(), name) {
			t.Errorf("it says nothing of %s:\n%s", name, err)
		}
	}
	if _, err := LoadHandlers(filepath.Join(dir, "none.yaml")); err == nil {
		t.Error("read a file that there is not")
	}
}

func TestBadHandlers(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 200) // characters, not bytes
	if _, err := ParseHandlers("w.yaml", []byte("handlers: {"+long+": {run: 'true'}}")); err != nil {
		t.Errorf("200 characters are refused: %v", err)
	}
	for text, want := range map[string]string{
		"":                                           "w.yaml:1:1",
		"[]":                                         "w.yaml:1:1",
		"parallel: 2":                                "has no handlers",
		"handlers:":                                  "has no handlers",
		"handlers: []":                               "w.yaml:1:11: handlers",
		"handlers: {a: }":                            "handlers.a",
		"handlers: {a: {}}":                          "either run:",
		"handlers: {a: {run: x, pipeline: y}}":       "either run:",
		"handlers: {a: {run: x, pipline: y}}":        "pipline",
		"handlers: {'': {run: x}}":                   "1 to 200 characters",
		"handlers: {" + long + "é: {run: x}}":        "1 to 200 characters",
		"parallel: 65\nhandlers: {a: {run: x}}":      "w.yaml:1:11: parallel",
		"timeout: soon\nhandlers: {a: {run: x}}":     "w.yaml:1:10: timeout",
		"handlers: {a: {run: x}, a: {run: y}}":       "a",
		"handlers: {a: {run: []}}":                   "run",
		"handlers: {a: {run: x, timeout: 0}}":        "timeout",
		"surprise: 1\nhandlers: {a: {run: x, b: 1}}": "surprise",
	} {
		_, err := ParseHandlers("w.yaml", []byte(text))
		if _, ok := errors.AsType[Problems](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		}
	}
}
