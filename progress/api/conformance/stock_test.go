package conformance

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/client/clienttest"
)

// env is what a script needs to know.
func (c client) env(more ...string) []string {
	return append([]string{"HERALD_URL=" + c.url, "HERALD_TOKEN=" + c.token}, more...)
}

// TestStockClient runs the stock client: it connects, receives, watches, and is
// refused.
func TestStockClient(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for _, transport := range []string{"websocket", "polling", "default"} {
		t.Run(transport, func(t *testing.T) {
			clienttest.Node(t, w.env("TRANSPORT="+transport), filepath.Join("testdata", "stock.mjs"))
		})
	}
}

// TestStockClientIsolated holds that the stock client of one member hears
// nothing of another's session.
func TestStockClientIsolated(t *testing.T) {
	t.Parallel()
	w := serve(t)
	alice, bob := w.as("alice", access.RoleMember), w.as("bob", access.RoleMember)
	clienttest.Node(t, alice.env("OTHER_TOKEN="+bob.token), filepath.Join("testdata", "isolated.mjs"))
}

// TestStockClientReconnects holds that the stock client comes back by itself
// after a restart of the server, is let in again and receives.
func TestStockClientReconnects(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"websocket", "polling", "default"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			w := serve(t)
			p := begin(t, w.env("TRANSPORT="+transport), filepath.Join("testdata", "reconnect.mjs"))
			p.says("connected")
			w.flow("before", "s", "x", 5)
			p.says("workflow:progress:before")
			w.Stop()
			p.says("disconnected")
			w.Start()
			p.says("connected")
			w.flow("after", "s", "x", 6)
			p.says("workflow:progress:after")
			w.state("after", "s", "Completed")
			p.says("workflow:state:after")
		})
	}
}

// process is a script that runs.
type process struct {
	t     testing.TB
	lines chan string
}

// begin starts a script with the packages of the JavaScript client.
func begin(t testing.TB, env []string, script string) process {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	cmd := exec.CommandContext(ctx, "node", script)
	cmd.Env = append(append(os.Environ(), "HERALD_JS="+clienttest.Folder("js"), "NO_COLOR=1"), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := process{t, make(chan string, 1024)}
	read := make(chan bool)
	go func() { p.read(out); close(read) }()
	t.Cleanup(func() {
		cancel()
		<-read
		_ = cmd.Wait() // it was killed
	})
	return p
}

func (p process) read(out io.Reader) {
	for in := bufio.NewScanner(out); in.Scan(); {
		p.lines <- in.Text()
	}
	close(p.lines)
}

// says waits for the next line, which must begin like this.
func (p process) says(line string) {
	p.t.Helper()
	select {
	case got, ok := <-p.lines:
		if !ok || !strings.HasPrefix(got, line) {
			p.t.Fatalf("the script says %q (running: %v), not %q", got, ok, line)
		}
	case <-time.After(time.Minute):
		p.t.Fatalf("the script does not say %q", line)
	}
}
