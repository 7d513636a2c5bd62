package app_test

import (
	"database/sql"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/db/dbtest"
)

// raw is another program at a database, while Herald uses it.
func raw(t *testing.T, dialect, url string) (run func(statements ...string)) {
	t.Helper()
	driver := "sqlite"
	if dialect == dbtest.Postgres {
		driver = "pgx"
	}
	d, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return func(statements ...string) {
		t.Helper()
		for end := time.Now().Add(30 * time.Second); len(statements) > 0; {
			_, err := d.Exec(statements[0])
			switch {
			case err == nil:
				statements = statements[1:]
			case !strings.Contains(err.Error(), "locked") || time.Now().After(end):
				t.Fatal(err)
			}
		}
	}
}

// The disk is full for each row that is new to one of these tables.
var (
	fills = map[string][]string{
		dbtest.SQLite: {
			`CREATE TRIGGER full_a BEFORE INSERT ON tasks BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
			`CREATE TRIGGER full_b BEFORE INSERT ON schema_migrations BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
		},
		dbtest.Postgres: {
			`CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS
				$$ BEGIN RAISE EXCEPTION 'could not extend file: no space left on device' USING ERRCODE = '53100'; END $$`,
			`CREATE TRIGGER full_a BEFORE INSERT ON tasks EXECUTE FUNCTION disk_full()`,
			`CREATE TRIGGER full_b BEFORE INSERT ON schema_migrations EXECUTE FUNCTION disk_full()`,
		},
	}
	frees = map[string][]string{
		dbtest.SQLite:   {`DROP TRIGGER full_a`, `DROP TRIGGER full_b`},
		dbtest.Postgres: {`DROP TRIGGER full_a ON tasks`, `DROP TRIGGER full_b ON schema_migrations`},
	}
)

// TestReadyNoticesAFullDisk fills the disk, as far as anyone can tell, and frees
// it again. Nobody gives a command after that.
func TestReadyNoticesAFullDisk(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			url := dbtest.URL(t, dialect)
			h := start(t, settings(t, url, "HERALD_OPEN=1"))
			run := raw(t, dialect, url)
			run(fills[dialect]...)
			if code, body := h.call("GET", "/readyz", "", ""); code != 200 {
				t.Fatalf("before anything was written it says %d %s", code, body)
			}
			answer, err := h.send("POST", "/api/tasks", "", strings.NewReader(`{"title":"a"}`))
			if err != nil {
				t.Fatal(err)
			}
			id := answer.Header.Get("X-Request-ID")
			if code, body := read(t, answer); code != 503 {
				t.Fatalf("creating a task answers %d %s", code, body)
			}
			if code, body := h.call("GET", "/readyz", "", ""); code != 503 || !strings.Contains(body, `"unavailable"`) {
				t.Errorf("on a full disk it says %d %s", code, body)
			}
			if _, body := h.call("GET", "/metrics", "", ""); !strings.Contains(body, "\nherald_ready 0\n") || !strings.Contains(body, "\nherald_commit_failures_total 1\n") {
				t.Errorf("the metrics are %s", regexp.MustCompile(`(?m)^herald_(ready|commit_f).*$`).FindAllString(body, -1))
			}
			if n := strings.Count(h.log.String(), "request_id="+id); n != 1 {
				t.Errorf("the request is named %d times in\n%s", n, h.log)
			}

			run(frees[dialect]...)
			for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
				code, body := h.call("GET", "/readyz", "", "")
				if code == 200 {
					break
				}
				if time.Now().After(end) {
					t.Fatalf("a minute after the disk has room it says %d %s", code, body)
				}
			}
			if code, body := h.call("POST", "/api/tasks", "", `{"title":"a"}`); code != 201 {
				t.Errorf("creating a task answers %d %s", code, body)
			}
		})
	}
}

// TestBackup makes a copy as docs/operations.md says, and starts on it.
func TestBackup(t *testing.T) {
	t.Parallel()
	database, backup := filepath.Join(t.TempDir(), "herald.db"), filepath.Join(t.TempDir(), "backup.db")
	h := start(t, settings(t, database, "HERALD_OPEN=1"))
	h.create("kept")
	raw(t, dbtest.SQLite, database)("VACUUM INTO '" + backup + "'")
	h.create("later")
	again := start(t, settings(t, backup, "HERALD_OPEN=1"))
	for path, want := range map[string]int{"kept": 200, "later": 404} {
		if code, body := again.call("GET", "/api/tasks/"+path, "", ""); code != want {
			t.Errorf("the task %s answers %d %s", path, code, body)
		}
	}
}
