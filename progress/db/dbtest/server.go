package dbtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// shared is the server of this test binary; it must be one for all tests of
// it, and they have nothing else in common.
var shared server

// server is a private PostgreSQL, started at its first use.
type server struct {
	once   sync.Once
	addr   string
	err    error
	dir    string
	cmd    *exec.Cmd
	exited chan struct{}
}

func (s *server) url() (string, error) {
	s.once.Do(func() {
		if s.addr = os.Getenv("HERALD_TEST_POSTGRES"); s.addr == "" {
			s.err = s.start()
		}
	})
	return s.addr, s.err
}

// Guarded is a database of the private server that asks for passwords; all
// others trust. It is empty and has the schemas of every new database.
const Guarded = "template1"

var errNoPostgres = errors.New("dbtest: no initdb and postgres on PATH or in /usr/lib/postgresql/*/bin: " +
	"install the Debian package postgresql (make test does, where it may), or set HERALD_TEST_POSTGRES to the URL of a server")

// bin finds the folder with PostgreSQL's programs; Debian keeps them off PATH.
func bin() (string, error) {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.Reverse(dirs) // newest first
	if path, err := exec.LookPath("initdb"); err == nil {
		dirs = slices.Insert(dirs, 0, filepath.Dir(path))
	}
	for _, dir := range dirs {
		_, err1 := os.Stat(filepath.Join(dir, "initdb"))
		_, err2 := os.Stat(filepath.Join(dir, "postgres"))
		if err1 == nil && err2 == nil {
			return dir, nil
		}
	}
	return "", errNoPostgres
}

func (s *server) start() error {
	bin, err := bin()
	if err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp("", "herald-postgres-"); err != nil {
		return err
	}
	if len(s.dir) > 80 { // a socket's path has at most 107 bytes
		_ = os.Remove(s.dir)
		if s.dir, err = os.MkdirTemp("/tmp", "herald-postgres-"); err != nil {
			return err
		}
	}
	who, err := account(s.dir)
	if err != nil {
		return err
	}
	data := filepath.Join(s.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--no-sync", "--no-instructions",
		"--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--pgdata="+data)
	initdb.Dir = s.dir // root's own folder may be closed to the account
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("dbtest: initdb: %w\n%s", err, out)
	}

	const hba = "local " + Guarded + " all scram-sha-256\nlocal all all trust\n"
	if err := os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte(hba), 0o600); err != nil {
		return err
	}

	var log bytes.Buffer
	s.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", s.dir, "-h", "",
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off",
		"-c", "max_connections=400", "-c", "shared_buffers=32MB")
	s.cmd.Dir = s.dir
	s.cmd.Stdout, s.cmd.Stderr = &log, &log
	s.cmd.SysProcAttr = dieWithParent(&syscall.SysProcAttr{Credential: who})
	if err := s.run(); err != nil {
		return fmt.Errorf("dbtest: postgres: %w", err)
	}
	s.addr = "postgres://postgres@/postgres?host=" + url.QueryEscape(s.dir)
	if err := s.wait(); err != nil {
		s.stop()
		return fmt.Errorf("dbtest: postgres does not answer: %w\n%s", err, log.String())
	}
	return nil
}

// account gives folder dir to the user that runs the server, or nobody new if
// that is us: PostgreSQL refuses to run as root.
func account(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("dbtest: PostgreSQL does not run as root: %w", err)
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, int(uid), int(gid))
}

// run starts the server from a thread that lives as long as it: the signal
// that dieWithParent asks for is sent when the thread ends that started it.
func (s *server) run() error {
	started := make(chan error)
	s.exited = make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(s.exited)
		err := s.cmd.Start()
		started <- err
		if err == nil {
			_ = s.cmd.Wait() // wait and stop learn of it from exited
		}
	}()
	return <-started
}

func (s *server) wait() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		c, err := pgx.Connect(ctx, s.addr)
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-s.exited:
			return errors.New("it has exited")
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stop ends the server, if there is one, and removes its folder.
func (s *server) stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Signal(syscall.SIGQUIT) // at once: nothing in it is kept
		<-s.exited
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}
