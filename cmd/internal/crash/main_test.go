package crash

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/taskherald/herald/cmd/internal/cli" // so that go test runs again when the command has changed
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// herald is the built command.
var herald string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "herald-crash-")
	if err != nil {
		panic(err)
	}
	herald = filepath.Join(dir, "herald")
	build := exec.Command("go", "build", "-o", herald, "github.com/taskherald/herald/cmd/herald")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		_ = os.RemoveAll(dir)
		os.Exit(1)
	}
	dbtest.Main(m)
	_ = os.RemoveAll(dir)
}

// soakVar is set to the number of kills of the long form.
const soakVar = "HERALD_SOAK"

// long is the number of kills of the long form, and whether it is wanted.
func long() (kills int, ok bool) {
	kills, err := strconv.Atoi(os.Getenv(soakVar))
	return kills, err == nil && kills > 0
}

// adminToken is that of the servers of these tests.
const adminToken = "correct-horse-battery"

// patience is how long anything may take on a machine that is busy.
const patience = 60 * time.Second

// server is a herald that serves, and is killed and started again.
type server struct {
	testing.TB
	*client.Client
	database string
	home     string
	addr     string
	more     []string // of its environment
	cmd      *exec.Cmd
	said     *output
	ended    chan struct{} // closed when the process is gone
}

// newServer makes a server that does not run yet.
func newServer(t testing.TB, database string) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{TB: t, database: database, home: t.TempDir(), addr: l.Addr().String()}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if s.Client, err = client.New(client.Options{URL: "http://" + s.addr, Token: adminToken}); err != nil {
		t.Fatal(err)
	}
	return s
}

// env is how other commands reach the server, with a home of their own.
func (s *server) env(home string) []string {
	return []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "HERALD_URL=" + s.URL(), "HERALD_TOKEN=" + adminToken, "LANG=C.UTF-8"}
}

// launch starts the process. It need not have come to listen when launch returns.
func (s *server) launch() {
	s.Helper()
	s.cmd = exec.CommandContext(s.Context(), herald, "serve", "--listen", s.addr)
	s.cmd.Env = []string{"HOME=" + s.home, "HERALD_DATABASE=" + s.database, "HERALD_ADMIN_TOKEN=" + adminToken, "HERALD_RATE_LIMIT=off", "HERALD_ALLOW_TARGETS=127.0.0.1"}
	s.cmd.Env = append(s.cmd.Env, s.more...)
	s.said, s.ended = &output{}, make(chan struct{})
	s.cmd.Stderr = s.said
	if err := s.cmd.Start(); err != nil {
		s.Fatal(err)
	}
	go func(cmd *exec.Cmd, ended chan struct{}) {
		defer close(ended)
		_ = cmd.Wait() // that it was killed
	}(s.cmd, s.ended)
}

// start starts the server and waits until it can do its work. While it was away
// another program of the machine may have got its port for a moment.
func (s *server) start() {
	s.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		s.launch()
		if s.ready(deadline) {
			return
		}
		if !strings.Contains(s.said.String(), "address already in use") || time.Now().After(deadline) {
			s.Fatalf("the server does not start:\n%s", s.said)
		}
	}
}

// ready waits until the server is, or has ended.
func (s *server) ready(deadline time.Time) bool {
	for time.Now().Before(deadline) {
		select {
		case <-s.ended:
			return false
		default:
		}
		ctx, cancel := context.WithTimeout(s.Context(), 5*time.Second)
		err := s.Ready(ctx)
		cancel()
		if err == nil {
			return true
		}
		time.Sleep(5 * time.Millisecond)
	}
	return false
}

// kill ends the server as a crash does, and returns when it is gone.
func (s *server) kill() {
	s.Helper()
	select {
	case <-s.ended:
		s.Fatalf("the server ended by itself:\n%s", s.said)
	default:
	}
	if err := s.cmd.Process.Kill(); err != nil {
		s.Fatal(err)
	}
	<-s.ended
	if text := s.said.String(); strings.Contains(text, "panic") || strings.Contains(text, "level=ERROR") {
		s.Errorf("the server said\n%s", text)
	}
}

// output is what a process writes, readable meanwhile.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// poll waits until something holds.
func poll(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}
