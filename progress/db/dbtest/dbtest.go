package dbtest

import (
	"context"
	"crypto/rand"
	"net/url"
	"path/filepath"
	"strings"
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

// Open opens a new database, which is closed when the test ends.
func Open(t testing.TB, dialect string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), URL(t, dialect))
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
