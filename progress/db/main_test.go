package db_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
)

const childVar = "HERALD_DB_TEST_CHILD"

func TestMain(m *testing.M) {
	if mode := os.Getenv(childVar); mode != "" {
		if err := child(mode, os.Args[1]); err != nil {
			fmt.Println("error:", err)
			return
		}
		fmt.Println("ready")
		_, _ = io.Copy(io.Discard, os.Stdin) // until the parent closes it, or kills us
		return
	}
	dbtest.Main(m)
}

// child is what this test binary does when a test runs it as another program.
// What it opens stays open until the process ends.
func child(mode, url string) error {
	ctx := context.Background()
	if mode == "herald" {
		_, err := db.Open(ctx, url)
		return err
	}
	c, err := sql.Open("sqlite", "file:"+url+"?_busy_timeout=1000")
	if err != nil {
		return err
	}
	if mode == "reader" {
		var n int
		return c.QueryRow("SELECT COUNT(*) FROM t").Scan(&n)
	}
	conn, err := c.Conn(ctx)
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, mode) // a statement, such as BEGIN IMMEDIATE
	return err
}

type process struct {
	cmd  *exec.Cmd
	line string // what it printed first
}

// start runs this test binary as another program, as another user when who is
// not nil, and waits for its first line.
func start(t *testing.T, exe, mode, url string, who *syscall.Credential) process {
	t.Helper()
	cmd := exec.Command(exe, url)
	cmd.Env = append(os.Environ(), childVar+"="+mode)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if who != nil {
		cmd.Dir = "/"
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	line, _ := bufio.NewReader(out).ReadString('\n')
	return process{cmd, strings.TrimSpace(line)}
}

func self(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

// nobody gives a folder that an unprivileged user owns, a copy of this binary
// which that user may run, and the user; nil when that is us already.
func nobody(t *testing.T) (dir, exe string, who *syscall.Credential) {
	t.Helper()
	if os.Getuid() != 0 {
		return t.TempDir(), self(t), nil
	}
	outer, err := os.MkdirTemp("", "herald-db-") //nolint:usetesting // a t.TempDir is closed to others
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(outer); err != nil {
			t.Error(err)
		}
	})
	exe = filepath.Join(outer, "db.test")
	b, err := os.ReadFile(self(t))
	if err != nil {
		t.Fatal(err)
	}
	who = &syscall.Credential{Uid: 65534, Gid: 65534}
	home := filepath.Join(outer, "home")
	for _, err := range []error{
		os.WriteFile(exe, b, 0o755), os.Chmod(outer, 0o755),
		os.Mkdir(home, 0o755), os.Chown(home, 65534, 65534),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return home, exe, who
}

func write(t testing.TB, d *db.DB, query string, args ...any) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), query, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func count(t testing.TB, d *db.DB) (n int) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT COUNT(*) FROM t").Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const table = "CREATE TABLE t (id TEXT PRIMARY KEY, n BIGINT NOT NULL)"
