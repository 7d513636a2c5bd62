package db_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
)

func with(t *testing.T, s string, set func(u *url.URL, q url.Values)) string {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	set(u, q)
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
	return u.String()
}

func TestPostgresProblems(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // nobody listens there any more
	server := dbtest.URL(t, dbtest.Postgres)
	stranger := role(t, server, "")
	for _, tt := range []struct {
		name    string
		url     string
		problem db.Problem
		words   []string
	}{
		{"nobody listens", "postgres://me:hunter2@" + l.Addr().String() + "/db", db.Unreachable, []string{"start PostgreSQL"}},
		{"no such socket", "postgres://me:hunter2@/db?host=/nowhere", db.Unreachable, []string{"start PostgreSQL"}},
		{"no such database", with(t, server, func(u *url.URL, _ url.Values) { u.Path = "/missing" }), db.Invalid, []string{"create that database"}},
		{"no such user", with(t, server, func(u *url.URL, _ url.Values) { u.User = url.UserPassword("missing", "hunter2") }), db.Invalid, []string{"correct user and password"}},
		{"no such schema", with(t, server, func(_ *url.URL, q url.Values) { q.Set("search_path", "missing") }), db.Invalid, []string{"create the schema"}},
		{"no rights", with(t, server, func(u *url.URL, _ url.Values) { u.User = url.User(stranger) }), db.ReadOnly, []string{"create and change tables"}},
		{"read only", with(t, server, func(_ *url.URL, q url.Values) { q.Set("options", "-c default_transaction_read_only=on") }), db.ReadOnly, []string{"primary"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := db.Open(t.Context(), tt.url)
			wantProblem(t, err, tt.problem, tt.words...)
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%v shows the password", err)
			}
		})
	}
}

func TestPostgresSessions(t *testing.T) {
	t.Parallel()
	// The options of the URL, and the test server's settings, would have it otherwise.
	d, err := db.Open(t.Context(), with(t, dbtest.URL(t, dbtest.Postgres), func(_ *url.URL, q url.Values) {
		q.Set("options", "-c synchronous_commit=off")
		q.Set("timezone", "Asia/Tokyo")
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for name, want := range map[string]string{
		"synchronous_commit": "on", "application_name": "herald", "TimeZone": "UTC", "transaction_isolation": "read committed",
	} {
		var got string
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), "SHOW "+name).Scan(&got)
		}); err != nil || got != want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

// role makes a user that may look into the schema of server, for as long as
// the test runs.
func role(t *testing.T, server, options string) string {
	t.Helper()
	name := "herald_" + strings.ToLower(rand.Text())
	d, err := db.Open(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	write(t, d, "CREATE ROLE "+name+" LOGIN "+options)
	write(t, d, "GRANT USAGE ON SCHEMA "+u.Query().Get("search_path")+" TO "+name)
	t.Cleanup(func() {
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			for _, s := range []string{"DROP OWNED BY ", "DROP ROLE "} {
				if _, err := tx.Exec(context.Background(), s+name); err != nil {
					return err
				}
			}
			return nil
		})
		if err := errors.Join(err, d.Close()); err != nil {
			t.Error(err)
		}
	})
	return name
}

func TestPostgresWrongPassword(t *testing.T) {
	t.Parallel()
	if os.Getenv("HERALD_TEST_POSTGRES") != "" {
		t.Skip("only the private server is known to ask for passwords")
	}
	server := dbtest.URL(t, dbtest.Postgres)
	name := role(t, server, "PASSWORD 'right' SUPERUSER")
	// dbtest's server asks those for their password who connect to this database.
	login := func(password string) string {
		return with(t, server, func(u *url.URL, _ url.Values) {
			u.User = url.UserPassword(name, password)
			u.Path = "/" + dbtest.Guarded
		})
	}
	_, err := db.Open(t.Context(), login("hunter2"))
	wantProblem(t, err, db.Invalid, "correct user and password")
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v shows the password", err)
	}
	_, err = db.Open(t.Context(), login("right")) // comes further
	wantProblem(t, err, db.Invalid, "create the schema")
}

func TestRetryable(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{"40001": true, "40P01": true, "55P03": true, "23505": false, "53100": false} {
		err := fmt.Errorf("commit: %w", &pgconn.PgError{Code: code})
		if db.Retryable(err) != want || db.Unique(err) != (code == "23505") {
			t.Errorf("%s: retryable %v, unique %v", code, db.Retryable(err), db.Unique(err))
		}
	}
}

// Two transactions that wait for each other: one is told to try again.
func TestPostgresDeadlockIsRetryable(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.Postgres)
	write(t, d, table)
	write(t, d, "INSERT INTO t VALUES ('a', 0), ('b', 0)")
	var both, wg sync.WaitGroup
	both.Add(2)
	errs := make([]error, 2)
	for i, order := range [][]string{{"a", "b"}, {"b", "a"}} {
		wg.Go(func() {
			errs[i] = d.Write(t.Context(), func(tx *db.Tx) error {
				for j, id := range order {
					if j == 1 {
						both.Done()
						both.Wait()
					}
					if _, err := tx.Exec(t.Context(), "UPDATE t SET n = n + 1 WHERE id = $1", id); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); !db.Retryable(err) || errs[0] != nil && errs[1] != nil {
		t.Errorf("got %v", errs)
	}
}
