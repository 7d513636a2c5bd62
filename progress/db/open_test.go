package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/db"
)

// wantProblem checks that err is one line about the problem with all of the
// words in it.
func wantProblem(t *testing.T, err error, p db.Problem, words ...string) {
	t.Helper()
	e, ok := errors.AsType[*db.OpenError](err)
	if !ok {
		t.Fatalf("got %v, want an OpenError", err)
	}
	if e.Problem != p || e.URL == "" || e.Fix == "" || e.Err == nil {
		t.Errorf("got %+v, want problem %s", e, p)
	}
	line := err.Error()
	if strings.ContainsAny(line, "\n\t") || strings.Contains(line, "%!") {
		t.Errorf("not one line: %q", line)
	}
	for _, w := range append(words, e.URL, e.Fix) {
		if !strings.Contains(line, w) {
			t.Errorf("%q does not say %q", line, w)
		}
	}
	t.Log(line)
}

var soon = db.Vary{Busy: 100 * time.Millisecond}

func newFile(t *testing.T, v db.Vary) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "herald.db")
	d, err := v.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, d, table)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenMakesFolders(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a dir", "with 100%?")
	path := filepath.Join(dir, "my #1 db.sqlite")
	for _, url := range []string{path, "sqlite:" + path, "sqlite://" + path} {
		d, err := db.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		for file, mode := range map[string]os.FileMode{dir: 0o700, path: 0o600, path + "-wal": 0o600, path + ".lock": 0o600} {
			if i, err := os.Stat(file); err != nil || i.Mode().Perm() != mode {
				t.Errorf("%s: %v, %v", file, i, err)
			}
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOpenSettings(t *testing.T) {
	t.Parallel()
	for url, word := range map[string]string{
		"":                             "empty",
		"sqlite:":                      "empty",
		":memory:":                     "memory",
		"sqlite::memory:":              "memory",
		"mysql://me:hunter2@host/db":   "not known",
		"sqlite://host/file":           "not known",
		"postgres://me:hunter2@h:x/db": "cannot be read",
		"postgres://me:hun%ter2@h/db":  "cannot be read",
		"postgres://me:hunter2@h/?sslmode=perhaps": "sslmode",
	} {
		_, err := db.Open(t.Context(), url)
		if url == "" { // there is no URL to show
			if e, ok := errors.AsType[*db.OpenError](err); !ok || e.Problem != db.Invalid {
				t.Errorf("got %v", err)
			}
			continue
		}
		wantProblem(t, err, db.Invalid, word)
		if strings.Contains(err.Error(), "ter2") {
			t.Errorf("%v shows the password", err)
		}
	}
	for url, want := range map[string]string{
		"/a/b?c":               "/a/b?c",
		"postgres://me:s@h/db": "postgres://me@h/db",
		"postgres://h/db?password=s&sslmode=disable": "postgres://h/db?sslmode=disable",
		"postgresql://me:s@h/db?sslpassword=s":       "postgresql://me@h/db",
		"postgres://me:s%@h/db":                      "postgres://…",
	} {
		if got := db.Redact(url); got != want {
			t.Errorf("%s shows as %s", url, got)
		}
	}
}

func TestOpenTwice(t *testing.T) {
	t.Parallel()
	path := newFile(t, soon)
	alias := filepath.Join(t.TempDir(), "alias.db")
	if err := os.Symlink(path, alias); err != nil {
		t.Fatal(err)
	}
	p := start(t, self(t), "herald", path, nil)
	if p.line != "ready" {
		t.Fatal(p.line)
	}
	for _, url := range []string{path, alias} {
		_, err := soon.Open(t.Context(), url)
		wantProblem(t, err, db.Locked, "another herald uses this database")
	}
	if err := p.cmd.Process.Kill(); err != nil { // kill -9
		t.Fatal(err)
	}
	_ = p.cmd.Wait()
	d, err := soon.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	_, err = soon.Open(t.Context(), path) // in one process
	wantProblem(t, err, db.Locked, "another herald uses this database")
	write(t, d, "INSERT INTO t VALUES ('a', 1)")
}

func TestOpenWhileAnotherProgramWrites(t *testing.T) {
	t.Parallel()
	for _, statement := range []string{"BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"} {
		path := newFile(t, soon)
		p := start(t, self(t), statement, path, nil)
		if p.line != "ready" {
			t.Fatal(p.line)
		}
		begin := time.Now()
		_, err := soon.Open(t.Context(), path)
		wantProblem(t, err, db.Locked, "close the program that writes to it")
		if e := time.Since(begin); e < 50*time.Millisecond || e > 3*time.Second {
			t.Errorf("waited %v", e)
		}
		if !db.Retryable(err) {
			t.Error("not retryable")
		}
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		d, err := soon.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		d.Close()
	}
}

func TestOpenLater(t *testing.T) {
	t.Parallel()
	path := newFile(t, soon)
	first := start(t, self(t), "BEGIN IMMEDIATE", path, nil)
	time.AfterFunc(100*time.Millisecond, func() { _ = first.cmd.Process.Kill() })
	d, err := db.Open(t.Context(), path) // waits for the other program
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	p := start(t, self(t), "BEGIN IMMEDIATE", path, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := d.Write(ctx, func(*db.Tx) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	write(t, d, "INSERT INTO t VALUES ('a', 1)")
}

func TestOpenFull(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "herald.db")
	_, err := db.Vary{MaxPages: 2}.Open(t.Context(), path)
	wantProblem(t, err, db.Full, "free some space")

	d, err := db.Open(t.Context(), path) // room again
	if err != nil {
		t.Fatal(err)
	}
	d.Close()
}

// tmpfs mounts a file system of a size, which takes root's rights; the cases
// that need it have a second, weaker test that always runs.
func tmpfs(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skipf("cannot mount: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// empty gives a file's room back at once, also where a process that another test
// has just forked holds it open for a moment.
func empty(t *testing.T, file string) {
	t.Helper()
	if err := os.Truncate(file, 0); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

func TestOpenOnFullDisk(t *testing.T) {
	t.Parallel()
	dir := tmpfs(t, "size=2m")
	path := filepath.Join(dir, "herald.db")
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, d, table)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for _, left := range []int{0, 1, 4, 8, 9, 10, 12} { // pages of 4 KiB
		filler := filepath.Join(dir, "filler")
		if err := os.WriteFile(filler, make([]byte, left<<12), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(filepath.Join(dir, "rest"), os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		for page := make([]byte, 1<<12); err == nil; {
			_, err = f.Write(page)
		}
		f.Close()
		empty(t, filler)
		d, err := db.Open(t.Context(), path)
		if err == nil && left > 1 { // enough for the log and its index
			d.Close()
		} else {
			wantProblem(t, err, db.Full, "free some space")
		}
		empty(t, filepath.Join(dir, "rest"))
	}
	if d, err = db.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	// A disk that fills up later fails the write, and only that.
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO t VALUES ($1, 1)", strings.Repeat("x", 4<<20))
		return err
	})
	if err == nil {
		t.Error("wrote 4 MB on a disk of 2 MB")
	}
	write(t, d, "INSERT INTO t VALUES ('a', 1)")
	if n := count(t, d); n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestOpenOnReadOnlyDisk(t *testing.T) {
	t.Parallel()
	dir := tmpfs(t, "size=4m")
	path := filepath.Join(dir, "herald.db")
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	d.Close()
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, filepath.Join(dir, "new.db"), filepath.Join(dir, "new", "new.db")} {
		_, err = db.Open(t.Context(), p)
		wantProblem(t, err, db.ReadOnly, "herald runs as")
	}
}

func TestOpenWithoutRights(t *testing.T) {
	t.Parallel()
	dir, exe, who := nobody(t)
	path := filepath.Join(dir, "herald.db")
	if p := start(t, exe, "herald", path, who); p.line != "ready" {
		t.Fatal(p.line)
	} else {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
	for _, tt := range []struct {
		name      string
		dir, file os.FileMode
		remove    []string
		ok        bool
	}{
		{name: "file", dir: 0o700, file: 0o400},
		{name: "file without rights", dir: 0o700, file: 0},
		{name: "folder", dir: 0o500, file: 0o600, remove: []string{"-wal", "-shm"}},
		{name: "folder, no lock file", dir: 0o500, file: 0o600, remove: []string{".lock"}},
		{name: "new file", dir: 0o500, remove: []string{"", ".lock"}},
	} {
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, end := range tt.remove {
			_ = os.Remove(path + end)
		}
		_ = os.Chmod(path, tt.file) // the last case has none
		if err := os.Chmod(dir, tt.dir); err != nil {
			t.Fatal(err)
		}
		p := start(t, exe, "herald", path, who)
		if !strings.Contains(p.line, "error: database "+path+" cannot be written") {
			t.Errorf("%s: %s", tt.name, p.line)
		}
		t.Log(p.line)
	}
	_ = os.Chmod(dir, 0o700)
}

func TestOpenNoDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := db.Open(t.Context(), dir)
	wantProblem(t, err, db.Invalid, "folder", filepath.Join(dir, "herald.db"))

	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("this is no database\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = db.Open(t.Context(), garbage)
	wantProblem(t, err, db.Corrupt, "restore a backup")

	_, err = db.Open(t.Context(), filepath.Join(garbage, "herald.db"))
	wantProblem(t, err, db.Invalid, "not a directory")
}

func TestOpenDamaged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "herald.db")
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, d, table)
	for i := range 200 {
		write(t, d, "INSERT INTO t VALUES ($1, $2)", strings.Repeat("x", 500)+string(rune('a'+i)), i)
	}
	d.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	middle := len(whole) / 2 &^ 0xfff
	for name, data := range map[string][]byte{
		"a page overwritten": append(append(append([]byte{}, whole[:middle]...), []byte(strings.Repeat("junk", 1024))...), whole[middle+4096:]...),
		"a page of zeros":    append(append(append([]byte{}, whole[:middle]...), make([]byte, 4096)...), whole[middle+4096:]...),
		"cut in the middle":  whole[:middle],
		"cut within a page":  whole[:middle+100],
		"cut to its head":    whole[:100],
	} {
		broken := filepath.Join(t.TempDir(), "herald.db")
		if err := os.WriteFile(broken, data, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Log(name)
		_, err := db.Open(t.Context(), broken)
		wantProblem(t, err, db.Corrupt, "restore a backup")
	}
	// Above the limit the check is left out, and a broken page is found by who reads it.
	if err := os.WriteFile(path, append(append(append([]byte{}, whole[:middle]...), make([]byte, 4096)...), whole[middle+4096:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err = db.Vary{CheckUpTo: 1}.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	d.Close()
}

func TestOpenGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, url := range []string{filepath.Join(t.TempDir(), "herald.db"), "postgres://h/db"} {
		if _, err := db.Open(ctx, url); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

func TestSQLiteSettings(t *testing.T) {
	t.Parallel()
	path := newFile(t, soon)
	d, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, tt := range []struct {
		name, want string
		reader     bool
	}{
		{"journal_mode", "wal", false}, {"synchronous", "2", false}, {"busy_timeout", "5000", false},
		{"foreign_keys", "0", false}, {"wal_autocheckpoint", "2000", false}, {"journal_size_limit", "67108864", false},
		{"temp_store", "2", false}, {"cache_size", "-4096", false}, {"locking_mode", "normal", false},
		{"query_only", "1", true}, {"journal_mode", "wal", true}, {"cache_size", "-2048", true}, {"temp_store", "2", true},
	} {
		if got, err := d.Pragma(tt.name, tt.reader); err != nil || got != tt.want {
			t.Errorf("%s (reader %v): %s, %v; want %s", tt.name, tt.reader, got, err, tt.want)
		}
	}
	// Other programs can read meanwhile, also in the middle of a transaction.
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), "INSERT INTO t VALUES ('a', 1)"); err != nil {
			return err
		}
		if p := start(t, self(t), "reader", path, nil); p.line != "ready" {
			t.Error(p.line)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
