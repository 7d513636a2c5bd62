package dbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taskherald/herald/progress/db"
)

// The dialects that URL and Open know.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Main runs the tests of m and stops the server that they started.
func Main(m *testing.M) {
	_ = m.Run() // m remembers its exit code, and the process ends with it
	shared.stop()
}

// Each runs a test on an empty, migrated database of each dialect, as parallel
// subtests named after them.
func Each(t *testing.T, run func(t *testing.T, d *db.DB)) {
	t.Helper()
	for _, dialect := range []string{SQLite, Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			run(t, Open(t, dialect))
		})
	}
}

// Open opens a new, migrated database, which is closed when the test ends.
func Open(t testing.TB, dialect string) *db.DB {
	t.Helper()
	var file string
	if dialect == SQLite {
		file = Migrated(t)
	} else {
		file = URL(t, dialect) // db.Open migrates it
	}
	d, err := db.Open(context.Background(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// URL gives a new, empty database that no other test sees, to be opened as
// often as the test likes; on SQLite by one at a time.
func URL(t testing.TB, dialect string) string {
	t.Helper()
	switch dialect {
	case SQLite:
		return filepath.Join(t.TempDir(), "herald.db")
	case Postgres:
		return schema(t)
	}
	t.Fatalf("dbtest: no dialect %q", dialect)
	return ""
}

// Migrated gives a new SQLite database that has its tables, but nothing in them.
func Migrated(t testing.TB) string {
	t.Helper()
	content, err := migrated()
	if err != nil {
		t.Fatal(err)
	}
	file := URL(t, SQLite)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// migrated is the file of a migrated SQLite database. To make one takes several times as
// long as to open it, and tests open thousands: they get copies of one.
var migrated = sync.OnceValues(func() (_ []byte, err error) {
	dir, err := os.MkdirTemp("", "herald-sqlite-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "herald.db")
	d, err := db.Open(context.Background(), file)
	if err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil { // which copies the log into the file
		return nil, err
	}
	return os.ReadFile(file)
})

func schema(t testing.TB) string {
	t.Helper()
	server, err := shared.url()
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("HERALD_TEST_POSTGRES is not a URL") // the error would show its password
	}
	name := "test_" + strings.ToLower(rand.Text())
	command(t, server, "CREATE SCHEMA "+name)
	t.Cleanup(func() { command(t, server, "DROP SCHEMA "+name+" CASCADE") })

	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // libpq reads + as a plus
	return u.String()
}

// command runs one statement on a connection of its own. It gives up after a
// while: a DROP would wait for ever for a transaction that a test forgot.
func command(t testing.TB, server, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(ctx) }()
	if _, err := c.Exec(ctx, statement); err != nil {
		t.Errorf("%s: %v", statement, err)
	}
}
