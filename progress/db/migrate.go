package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"time"
)

const createMigrations = `CREATE TABLE IF NOT EXISTS schema_migrations (
	version    BIGINT PRIMARY KEY,
	name       TEXT NOT NULL,
	applied_at TEXT NOT NULL
)`

type migration struct {
	version    int64
	name       string // its file
	statements []string
}

var migrationName = regexp.MustCompile(`^([0-9]{4})_[a-z0-9_]+\.sql$`)

// readMigrations reads the files of fsys in order. A gap in the numbers is a
// lost file, and an error.
func readMigrations(fsys fs.FS) ([]migration, error) {
	entries, err := fs.ReadDir(fsys, ".") // sorted by name
	if err != nil {
		return nil, err
	}
	var all []migration
	for _, e := range entries {
		m := migrationName.FindStringSubmatch(e.Name())
		if m == nil {
			return nil, fmt.Errorf("migration %s: its name is not NNNN_name.sql", e.Name())
		}
		version, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil {
			return nil, err
		}
		if version != int64(len(all)+1) {
			return nil, fmt.Errorf("migration %s: want number %04d", e.Name(), len(all)+1)
		}
		text, err := fs.ReadFile(fsys, e.Name())
		if err != nil {
			return nil, err
		}
		statements, err := split(string(text))
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", e.Name(), err)
		}
		all = append(all, migration{version, e.Name(), statements})
	}
	return all, nil
}

// migrate applies what the database does not have yet, and refuses one that
// has more than fsys.
func (d *DB) migrate(ctx context.Context, fsys fs.FS) error {
	all, err := readMigrations(fsys)
	if err != nil {
		return err
	}
	have, err := d.probe(ctx)
	if err != nil {
		return err
	}
	if newest := int64(len(all)); have > newest {
		return refuse(Newer, fixNewer, "its schema is version %d, this herald knows %d", have, newest)
	}
	for _, m := range all[have:] {
		if err := d.apply(ctx, m); err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
	}
	return nil
}

var errProbe = errors.New("the row written to it was not there")

// probe gives the version of the schema, 0 for none, and proves that the
// database takes a write: it commits a row that came and went.
func (d *DB) probe(ctx context.Context) (version int64, err error) {
	err = d.alone(ctx, func(tx *Tx) error {
		if _, err := tx.Exec(ctx, createMigrations); err != nil {
			return err
		}
		const most = `SELECT COALESCE(MAX(version), 0) FROM schema_migrations`
		if err := tx.QueryRow(ctx, most).Scan(&version); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO schema_migrations (version, name, applied_at) VALUES ($1, $2, $3)`, 0, "probe", now()); err != nil {
			return err
		}
		res, err := tx.Exec(ctx, `DELETE FROM schema_migrations WHERE version = $1`, 0)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return errors.Join(errProbe, err)
		}
		return nil
	})
	return version, err
}

// Prove writes a little, to show that the database takes a write; it leaves
// nothing behind. The error is that of Write.
func (d *DB) Prove(ctx context.Context) error {
	_, err := d.probe(ctx)
	return err
}

// apply runs one migration, unless another process was faster.
func (d *DB) apply(ctx context.Context, m migration) error {
	return d.alone(ctx, func(tx *Tx) error {
		var n int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM schema_migrations WHERE version = $1`, m.version).Scan(&n); err != nil || n > 0 {
			return err
		}
		for _, s := range m.statements {
			if _, err := tx.Exec(ctx, s); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `INSERT INTO schema_migrations (version, name, applied_at) VALUES ($1, $2, $3)`, m.version, m.name, now())
		return err
	})
}

// alone is Write by one process at a time.
func (d *DB) alone(ctx context.Context, fn func(*Tx) error) error {
	return d.Write(ctx, func(tx *Tx) error {
		if lock := d.b.lockSchema(); lock != "" {
			if _, err := tx.Exec(ctx, lock); err != nil {
				return err
			}
		}
		return fn(tx)
	})
}

func now() string { return time.Now().UTC().Format(time.RFC3339) }
