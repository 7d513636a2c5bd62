package db_test

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want []string
		bad  bool
	}{
		{text: ""},
		{text: " -- nothing; here\n /* nor; here */ ;; "},
		{text: "A; B;", want: []string{"A", "B"}},
		{text: "-- a; header\nA (';', 'it''s; so');\nB (\";\");", want: []string{"-- a; header\nA (';', 'it''s; so')", `B (";")`}},
		{text: "A /* ; */ b; -- end", want: []string{"A /* ; */ b"}},
		{text: "A -- it's\n;", want: []string{"A -- it's"}},
		{text: "A 'é;ü';", want: []string{"A 'é;ü'"}},
		{text: "A; B", bad: true},
		{text: "A 'b;", bad: true},
		{text: "A /* b;", bad: true},
		{text: "A $$ b; $$;", bad: true},
	}
	for _, tt := range tests {
		got, err := db.Split(tt.text)
		if (err != nil) != tt.bad || !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q, %v", tt.text, got, err)
		}
	}
}

func files(texts ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i, text := range texts {
		fsys["000"+string(rune('1'+i))+"_step.sql"] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestReadMigrations(t *testing.T) {
	t.Parallel()
	for name, fsys := range map[string]fs.FS{
		"gap":        fstest.MapFS{"0001_a.sql": {}, "0003_c.sql": {}},
		"twice":      fstest.MapFS{"0001_a.sql": {}, "0001_b.sql": {}},
		"not from 1": fstest.MapFS{"0002_a.sql": {}},
		"name":       fstest.MapFS{"1_a.sql": {}},
		"other":      fstest.MapFS{"0001_a.sql": {}, "README.md": {}},
		"text":       files("A '"),
	} {
		if _, err := db.ReadMigrations(fsys); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := db.ReadMigrations(files("A;", "B;")); err != nil {
		t.Error(err)
	}
}

func TestMigrationsOfThisProgram(t *testing.T) {
	t.Parallel()
	all, err := fs.Glob(os.DirFS("migrations"), "*")
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	for _, name := range all {
		text, err := os.ReadFile("migrations/" + name)
		if err != nil || !strings.HasPrefix(string(text), "-- ") {
			t.Errorf("%s begins without a comment that says what it is for (%v)", name, err)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var n int
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), "SELECT COUNT(*) FROM schema_migrations WHERE version > 0 AND applied_at LIKE '2%Z'").Scan(&n)
		}); err != nil || n != len(all) {
			t.Errorf("%d of %d applied: %v", n, len(all), err)
		}
	})
}

func eachURL(t *testing.T, run func(t *testing.T, url string)) {
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			run(t, dbtest.URL(t, dialect))
		})
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	steps := []string{
		"-- one\nCREATE TABLE t (id TEXT PRIMARY KEY); CREATE TABLE u (id TEXT);",
		"-- two\nALTER TABLE t ADD COLUMN n BIGINT; INSERT INTO t (id, n) VALUES ('a;b', 1);",
		"-- three\nINSERT INTO t (id, n) VALUES ('c', 2); INSERT INTO t (id, n) VALUES ('c', 2);",
	}
	eachURL(t, func(t *testing.T, url string) {
		for i, want := range []int{0, 1, 1} { // a step more each time
			d, err := db.Vary{Migrations: files(steps[:min(i+1, 2)]...)}.Open(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			if n := count(t, d); n != want {
				t.Errorf("after %d steps: %d rows", i+1, n)
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
		}

		_, err := db.Vary{Migrations: files(steps...)}.Open(t.Context(), url) // fails half-way
		wantProblem(t, err, db.Invalid, "0003_step.sql")

		_, err = db.Vary{Migrations: files(steps[0])}.Open(t.Context(), url)
		wantProblem(t, err, db.Newer, "its schema is version 2, this herald knows 1", "newest herald")

		d, err := db.Vary{Migrations: files(steps[:2]...)}.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if n := count(t, d); n != 1 {
			t.Errorf("the failed step left its traces: %d rows", n)
		}
	})
}

func TestMigrateTogether(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t, dbtest.Postgres)
	fsys := files(
		"-- one\nCREATE TABLE t (id TEXT PRIMARY KEY, n BIGINT);",
		"-- two\nINSERT INTO t VALUES ('a', 1); CREATE INDEX t_n ON t (n);",
	)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			d, err := db.Vary{Migrations: fsys}.Open(t.Context(), url)
			if err == nil {
				err = d.Close()
			}
			errs[i] = err
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	d, err := db.Vary{Migrations: fsys}.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if n := count(t, d); n != 1 {
		t.Errorf("%d rows", n)
	}
}

// TestRoundsOfOldLetters holds that letters of before there were rounds are kept, as told
// for the first time.
func TestRoundsOfOldLetters(t *testing.T) {
	t.Parallel()
	eachURL(t, func(t *testing.T, url string) {
		d, err := db.Vary{Migrations: upTo(t, 6)}.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO letters (id, lane, sub, person, task_id, seq, kind, class, calm, state, made_at, expires_at,
				due_at, settled_at, tries, doubt, why, far, note) VALUES
				('msg_a', 'ln_a', 'sub_a', 'ann', 't1', 3, 'approval.needed', 'approval', 0, 'due', 5, 6, 7, 0, 1, 1, '503', 'm-1', ''),
				('msg_b', 'ln_a', 'sub_a', 'ann', 't1', 4, 'task.completed', 'end', 0, 'sent', 8, 9, 10, 11, 1, 0, '', 'm-2', '')`)
			return err
		})
		if err := errors.Join(err, d.Close()); err != nil {
			t.Fatal(err)
		}
		if d, err = db.Open(t.Context(), url); err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		var n int
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT COUNT(*) FROM letters WHERE round = 0 AND
				(id = 'msg_a' AND due_at = 7 AND why = '503' OR id = 'msg_b' AND settled_at = 11 AND far = 'm-2')`).Scan(&n)
		}); err != nil || n != 2 {
			t.Errorf("%d of 2 letters are as they were: %v", n, err)
		}
	})
}

// upTo are the first migrations of this program.
func upTo(t *testing.T, most int) fstest.MapFS {
	t.Helper()
	all, err := fs.Glob(os.DirFS("migrations"), "*")
	if err != nil || len(all) < most {
		t.Fatal(all, err)
	}
	some := fstest.MapFS{}
	for _, name := range all[:most] {
		text, err := os.ReadFile("migrations/" + name)
		if err != nil {
			t.Fatal(err)
		}
		some[name] = &fstest.MapFile{Data: text}
	}
	return some
}
