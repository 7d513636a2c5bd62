package clienttest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// patience is how long a script may take.
const patience = 3 * time.Minute

// Folder is that of a client beside this package: "js" or "python".
func Folder(name string) string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(filepath.Dir(file)), name)
}

// Node runs a JavaScript file and returns what it prints; the test ends if it
// fails. env are more settings, NAME=value. Packages that the script asks for by
// createRequire(process.env.HERALD_JS + "/") are those of the JavaScript client.
func Node(t testing.TB, env []string, script string, args ...string) string {
	t.Helper()
	js := Folder("js")
	if _, err := os.Stat(filepath.Join(js, "node_modules")); err != nil {
		t.Fatal("the packages for tests in Node are missing: run .ci/node")
	}
	return Run(t, append([]string{"HERALD_JS=" + js, "NO_COLOR=1"}, env...), "node", append([]string{script}, args...)...)
}

// Run runs a program and returns what it prints; the test ends if it fails.
func Run(t testing.TB, env []string, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = time.Second
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s\n%s", name, strings.Join(args, " "), err, out, said.String())
	}
	return string(out)
}
