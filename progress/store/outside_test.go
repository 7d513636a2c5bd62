package store_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/store"
)

// tables are all that are about tasks, with the column that says whose a row is.
var tables = map[string]string{
	"tasks": "id", "task_docs": "task_id", "task_labels": "task_id", "task_titles": "task_id", "task_eyes": "task_id",
	"task_progress": "task_id", "events": "task_id", "outbox": "task_id",
	"runs": "task_id", "snapshots": "task_id", "logs": "task_id", "past_runs": "task_id", "command_keys": "body",
}

// otherTables are the rest: what the migrations remember, who has access,
// who is told, and what the bot knows of a conversation.
var otherTables = []string{
	"schema_migrations", "access_state", "people", "tokens", "sessions", "login_codes",
	"lanes", "letters", "cards", "subscriptions", "subscriptions_state", "signing_keys", "leases", "held", "chains", "traces", "preferences",
	"bot_memory", "bot_reasons", "chat_accounts", "chat_codes", "chat_tries",
}

// count is the number of rows in each table of each task: "runs of t1".
func (s shelf) count() map[string]int {
	s.Helper()
	out := map[string]int{}
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		for table, whose := range tables {
			rows, err := tx.Query(ctx, "SELECT "+whose+", COUNT(*) FROM "+table+" GROUP BY "+whose)
			if err != nil {
				return err
			}
			for rows.Next() {
				var id string
				var n int
				if err := rows.Scan(&id, &n); err != nil {
					return err
				}
				out[table+" of "+id] = n
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
	return out
}

// TestTables holds that this file knows every table, so that TestPurge does.
func TestTables(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		query := "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema()"
		if s.SingleWriter() {
			query = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'"
		}
		n := 0
		s.row(query, &n)
		if n != len(tables)+len(otherTables) {
			t.Errorf("there are %d tables; %d of tasks are known, and %d others", n, len(tables), len(otherTables))
		}
	})
}

// TestPurge holds that what is forgotten is all of the tasks that ended before
// a time, the oldest first, and nothing of any other.
func TestPurge(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		var all []*story
		b := store.Batch{Keys: map[string]store.Keyed{}}
		for i := range 72 { // a minute apart; the last two live
			c := plan("a", "b")
			c.Spec.Labels = map[string]string{"n": "1", "m": "2"}
			one := &story{TB: t, at: epoch.Add(time.Duration(i) * time.Minute), task: progress.Task{ID: progress.TaskID(fmt.Sprintf("t%02d", i))}}
			one.do(worker, c).do(worker, tick(1, 5)).do(worker, progress.Log{Lines: make([]progress.LogLine, 3)})
			one.do(ann, progress.Restart{}).do(worker, tick(1, 1)).do(ann, progress.Cancel{})
			if i >= 70 {
				one.do(ann, progress.Restart{})
			}
			id := one.task.ID
			b.Snapshots = append(b.Snapshots, store.Snapshot{Task: id, At: epoch}, store.Snapshot{Task: id, At: epoch, Step: 1})
			b.Pasts = append(b.Pasts, pastRun(string(id), 1, "crm", one.at))
			b.Keys[string(id)] = store.Keyed{Body: string(id), At: one.at}
			all = append(all, one)
		}
		backwards := slices.Clone(all)
		slices.Reverse(backwards)
		s.keep(b, backwards...) // or a table without an order would be in the right one
		want := s.count()
		if len(want) != len(tables)*len(all) {
			t.Fatalf("%d tasks and tables have rows; this test is of no use", len(want))
		}
		forgotten := 0
		for _, call := range []struct{ limit, gone int }{{2, 2}, {0, 0}, {1000, 64}, {1000, 1}, {1000, 0}} {
			gone, err := s.PurgeTasks(ctx, epoch.Add(67*time.Minute), call.limit)
			if err != nil || len(gone) != call.gone {
				t.Fatalf("%d of at most %d are gone, want %d, %v", len(gone), call.limit, call.gone, err)
			}
			for _, id := range gone {
				for table := range tables {
					if table != "past_runs" && table != "command_keys" {
						delete(want, table+" of "+string(id))
					}
				}
			}
			slices.Sort(gone)
			if len(gone) > 0 && (gone[0] != all[forgotten].task.ID || gone[len(gone)-1] != all[forgotten+len(gone)-1].task.ID) {
				t.Errorf("%v are gone, and are not the oldest", gone)
			}
			forgotten += len(gone)
			if got := s.count(); !maps.Equal(got, want) {
				t.Fatalf("left are %v, want %v", got, want)
			}
		}
		s.holds(all[67:]...)
		if err := s.PurgeKeys(ctx, all[10].at); err != nil {
			t.Fatal(err)
		}
		if err := s.PurgePasts(ctx, all[20].at); err != nil {
			t.Fatal(err)
		}
		for i, one := range all[:20] {
			delete(want, "past_runs of "+string(one.task.ID))
			if i < 10 {
				delete(want, "command_keys of "+string(one.task.ID))
			}
		}
		if got := s.count(); !maps.Equal(got, want) {
			t.Errorf("left are %v, want %v", got, want)
		}
	})
}

// progressRow is a row of the table that is promised to outside readers.
type progressRow struct {
	task, status string
	step         int
	percent      float64
	updated      sql.NullString
}

// outsider is somebody else's program.
type outsider struct {
	testing.TB
	*sql.DB
}

func newOutsider(t *testing.T, dialect, url string) outsider {
	t.Helper()
	driver := "pgx"
	if dialect == dbtest.SQLite {
		driver, url = "sqlite", "file:"+url+"?mode=ro"
	}
	o, err := sql.Open(driver, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	return outsider{t, o}
}

// tasks are the rows of each task, in the order of the steps. Each row is as
// it was promised.
func (o outsider) tasks() map[string][]progressRow {
	o.Helper()
	rows, err := o.Query("SELECT task_id, step, percent, status, updated_at FROM task_progress ORDER BY task_id, step")
	if err != nil {
		o.Fatal(err)
	}
	defer rows.Close()
	out := map[string][]progressRow{}
	for rows.Next() {
		var r progressRow
		if err := rows.Scan(&r.task, &r.step, &r.percent, &r.status, &r.updated); err != nil {
			o.Fatal(err)
		}
		out[r.task] = append(out[r.task], r)
		if r.step != len(out[r.task]) || r.percent < 0 || r.percent > 100 || r.updated.Valid == (r.status == "pending") {
			o.Errorf("row %d of a task is %+v", len(out[r.task]), r)
		}
		if at, err := time.Parse(time.RFC3339, r.updated.String); r.updated.Valid && (err != nil || time.Since(at).Abs() > time.Hour || at.Location() != time.UTC) {
			o.Errorf("a step was updated at %q: %v", r.updated.String, err)
		}
	}
	if err := rows.Err(); err != nil {
		o.Fatal(err)
	}
	return out
}

// TestOutsideReader reads task_progress by plain SQL while an engine writes.
func TestOutsideReader(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			url := dbtest.URL(t, dialect)
			d, err := db.Open(ctx, url)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			e := engine.New(store.New(d), engine.Options{})
			defer e.Close()
			give := func(by progress.Actor, do progress.Change) progress.Task {
				out, err := e.Execute(ctx, progress.Command{Task: "t1", By: by, Do: do})
				if err != nil {
					t.Errorf("%s: %v", do.Verb(), err)
				}
				return out.Task
			}
			give(worker, plan("a", "b", "c"))
			o := newOutsider(t, dialect, url)
			done := make(chan struct{})
			go func() {
				defer close(done)
				for range 30 {
					for n := range 3 {
						give(worker, tick(n+1, 50))
					}
					give(worker, progress.Report{Step: progress.StepRef{Name: "more"}, StepStatus: progress.StepRunning})
					give(ann, progress.Restart{})
				}
			}()
			reads := 0
			for busy := true; busy; reads++ {
				select {
				case <-done:
					busy = false
				default:
				}
				if n := len(o.tasks()["t1"]); n != 3 && n != 4 {
					t.Fatalf("%d rows for three steps or four", n)
				}
			}
			rows := o.tasks()["t1"]
			if len(rows) != 3 || slices.ContainsFunc(rows, func(r progressRow) bool { return r.updated.Valid || r.percent != 0 }) {
				t.Errorf("after a restart with a shorter plan: %+v", rows)
			}
			step := give(worker, tick(2, 12.34)).Steps.At(2)
			want := sql.NullString{String: step.UpdatedAt.Format("2006-01-02T15:04:05.000000Z"), Valid: true}
			if got := o.tasks()["t1"][1]; got.percent != 12.34 || got.status != "running" || got.updated != want {
				t.Errorf("%+v, want %+v", got, want)
			}
			t.Logf("%d reads", reads)
		})
	}
}

// hostile are texts that something on the way may trip over.
var hostile = []string{
	`'; DROP TABLE tasks; --`, `"quoted" and \'escaped\' \`, "`x`", `$1 ?1 :a @b %s %d {{.}}`, `\u0000 \x00 \\u0000`, `<script>&amp;</script>`,
	"👩‍🚀 e\u0301 \u202Eright to left\u202C \U0010FFFF \uFFFD \u2028", "a\nb\tc\r\n\x01\x1f\x7f", " ", "null", strings.Repeat("żółć👍", 2_000),
}

// TestHostileTexts puts such texts wherever a task has one.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s shelf) {
		for i, x := range hostile {
			one := nasty(t, fmt.Sprint("t", i), x)
			s.keep(store.Batch{
				Keys:  map[string]store.Keyed{fmt.Sprint(i, x): {Body: x, Outcome: []byte(text(x)), At: epoch}},
				Pasts: []store.Past{nastyRun(one.task.ID, x)},
			}, one)
			s.holds(one)
			id := one.task.ID
			events, err := s.Events(ctx, id, 0, 100)
			if err != nil || text(events) != text(one.all) {
				t.Errorf("%v, events\n%s\nof\n%s", err, text(events), text(one.all))
			}
			runs, err := s.Runs(ctx, id, 0, 100)
			if err != nil || len(runs) != 2 || runs[0].Steps.At(1).Name != "s"+x {
				t.Errorf("runs %+v, %v", runs, err)
			}
			lines, err := s.Lines(ctx, store.Logs{Task: id, Step: x, Level: []string{x}, Limit: 9})
			if err != nil || len(lines) != 2 || lines[0].Line != x || lines[1].Line != "\uFFFDa\uFFFDb\uFFFD"+x {
				t.Errorf("lines %+v, %v", lines, err)
			}
			key := fmt.Sprint(i, x)
			if got := s.find(store.Need{Keys: []string{key}}).Keys[key]; got.Body != x || string(got.Outcome) != text(x) {
				t.Errorf("key %+v", got)
			}
			if past, err := s.Pasts(ctx, store.PastQuery{Kind: x, Limit: 9, Eyes: progress.Actor{Person: progress.Person(x)}}); err != nil || pastText(past) != pastText([]store.Past{nastyRun(id, x)}) {
				t.Errorf("past runs %s, %v", pastText(past), err)
			}
			if ids, err := s.Claimable(ctx, []string{"none", x}, epoch, 9); err != nil || len(ids) != 1 || ids[0] != id {
				t.Errorf("claimable %v, %v", ids, err)
			}
		}
	})
}

// nastyRun is a past run all of whose texts are x, but for its task's id.
func nastyRun(task progress.TaskID, x string) store.Past {
	p := pastRun(string(task), 1, x, epoch)
	p.Owner, p.MadeBy, p.Laps[0].Name = x, progress.Person(x), x
	return p
}

// nasty is a task all of whose texts are x.
func nasty(t *testing.T, id, x string) *story {
	t.Helper()
	j := text(x)
	by := worker
	by.Person = progress.Person(x)
	gate := progress.Gate{Prompt: x, Effects: []string{x}, Options: []string{x}, Approvers: []string{"ann", "group:" + x}}
	gate.Escalate = []progress.Escalation{{After: progress.MinAfter, Tell: []string{"group:" + x}}}
	c := progress.Create{
		Spec: progress.Spec{
			Title: "t" + x, Kind: x, Owner: x, Labels: map[string]string{"l" + x: x}, Metadata: object(x, j), Inputs: raw(j), CallbackURL: x,
		},
		Steps: []progress.Plan{{Name: "s" + x, Substeps: []progress.Substep{{Name: "s" + x}}}, {Name: "gate", Gate: &gate}},
	}
	fault := &progress.Fault{Type: x, Message: x, Details: raw(j)}
	r := progress.Report{
		Step: ref(1), StepProgress: new(5.0), Message: &x, Metrics: object(x, j), Metadata: map[string]json.RawMessage{x: raw(j), "nul": raw(`"\u0000"`)},
		Result: raw(j), Error: fault, Worker: x, Seq: 3,
	}
	one := begin(t, id, c)
	one.do(by, r).do(by, progress.Log{Lines: []progress.LogLine{{Line: x, Level: x, Step: x}, {Line: "\x00a\xffb\x00" + x, Level: x, Step: x}}})
	one.do(by, at(2, progress.StepRunning)).do(ann, progress.Approve{Reason: x, Option: x}).do(by, progress.Report{Step: ref(2), StepStatus: progress.StepFailed, Error: fault})
	return one.do(ann, progress.Restart{Reason: x, Inputs: raw(j)}).do(by, r).do(ann, progress.Pause{Reason: x}).do(ann, progress.Restart{Reason: x})
}
