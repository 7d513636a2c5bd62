package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// Store keeps the core's tables in a database. Its methods may be called from
// any goroutine; Commit from one at a time, as the order of its calls is the
// order of what they write.
type Store struct {
	History
	db *db.DB
}

// New returns a store on an open database.
func New(d *db.DB) *Store { return &Store{History{d}, d} }

// Need is what a transaction is about.
type Need struct {
	Tasks []progress.TaskID         // sorted, each once
	Known map[progress.TaskID]int64 // the rev of those that the caller has at hand
	Keys  []string                  // idempotency keys, each once
}

// Kept is a task as it is stored.
type Kept struct {
	Task progress.Task
	Rev  int64
}

// Found is what the caller could not know: tasks that it has not at hand, or
// not as they are now, tasks that it has at hand but that are gone, and keys
// that were used before.
type Found struct {
	Tasks map[progress.TaskID]Kept
	Gone  map[progress.TaskID]bool
	Keys  map[string]Keyed
}

// Keyed is the outcome of an earlier command with the same key.
type Keyed struct {
	Body    string
	Outcome []byte
	At      time.Time
}

// Batch is all that one transaction writes.
type Batch struct {
	Moves     []Move
	Keys      map[string]Keyed
	Runs      []progress.Task // as they were when a restart put them away
	Snapshots []Snapshot
	Pasts     []Past // one that is there already is replaced
	Trims     []Trim
}

// Move is a task as it was and as it is, and the milestones and log lines that
// lie between. Before is the zero task for a new one.
type Move struct {
	Before, After *progress.Task
	Rev           int64 // of the row as it is written
	Events        []progress.Event
	Lines         []progress.LogLine
}

// Snapshot is a percent at a time.
type Snapshot struct {
	Task    progress.TaskID `json:"-"`
	At      time.Time       `json:"at"`
	Step    int             `json:"step"` // 0 for the task
	Run     int             `json:"run"`
	Percent float64         `json:"percent"`
}

// Trim drops a task's log lines up to and with a number.
type Trim struct {
	Task progress.TaskID
	UpTo int64
}

// Commit runs one transaction: it locks the tasks, hands decide what the caller
// does not know, and writes what decide returns. When it returns nil, that is
// on disk. Decide may be called more than once and must not keep what it
// computes before Commit has returned nil.
func (s *Store) Commit(ctx context.Context, need Need, decide func(Found) Batch) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		found, err := find(ctx, tx, need, s.db.SingleWriter())
		if err != nil {
			return err
		}
		return write(ctx, tx, decide(found))
	})
}

// Retryable reports whether the same transaction may succeed at once.
func (s *Store) Retryable(err error) bool { return db.Retryable(err) || db.Unique(err) }

// Uncertain reports whether a failed Commit may have been written all the same.
func (s *Store) Uncertain(err error) bool { return db.Uncertain(err) }

// SingleWriter reports whether nobody else changes the tables.
func (s *Store) SingleWriter() bool { return s.db.SingleWriter() }

// find locks what the transaction is about and loads what is not known. Alone
// in its database it need not ask after what it knows.
func find(ctx context.Context, tx *db.Tx, need Need, alone bool) (Found, error) {
	found, stale, err := Found{}, unknown(need), error(nil)
	if !alone {
		stale, found.Gone, err = touch(ctx, tx, need)
	}
	if err != nil {
		return Found{}, err
	}
	if found.Tasks, err = load(ctx, tx, stale); err != nil {
		return Found{}, err
	}
	found.Keys, err = loadKeys(ctx, tx, need.Keys)
	return found, err
}

func unknown(need Need) []progress.TaskID {
	var out []progress.TaskID
	for _, id := range need.Tasks {
		if _, ok := need.Known[id]; !ok {
			out = append(out, id)
		}
	}
	return out
}

// touch locks all rows of the batch by one statement, in the order of their
// ids. It returns those that are not as the caller knows them, and those that
// the caller knows but that are gone.
func touch(ctx context.Context, tx *db.Tx, need Need) (stale []progress.TaskID, gone map[progress.TaskID]bool, err error) {
	gone = make(map[progress.TaskID]bool, len(need.Known))
	for id := range need.Known {
		gone[id] = true
	}
	for part := range table.Chunks(need.Tasks) {
		if err := table.Scan(ctx, tx, func(rows *sql.Rows) error {
			var id progress.TaskID
			var rev int64
			err := rows.Scan(&id, &rev)
			if known, ok := need.Known[id]; !ok || known != rev {
				stale = append(stale, id)
			}
			delete(gone, id)
			return err
		}, `SELECT id, rev FROM tasks WHERE id IN `+table.Set(1, len(part))+` ORDER BY id FOR UPDATE`, table.Anys(part)...); err != nil {
			return nil, nil, err
		}
	}
	return stale, gone, nil
}

const taskColumns = `id, rev, version, seq, run, attempt, status, kind, owner, title, percent,
	created_at, run_at, started_at, ended_at, updated_at, wake_at, lease_until, pulse`

// taskColumnCount is how many they are.
const taskColumnCount = 19

// The statements. A task's row is written whole when a milestone was passed,
// and only in its ticking columns otherwise.
var (
	insertTasks = table.NewBulk(`INSERT INTO tasks (`+taskColumns+`) VALUES `, taskColumnCount, nil, ``)

	updateTasks = table.NewBulk(`INSERT INTO tasks (`+taskColumns+`) VALUES `, taskColumnCount, nil,
		` ON CONFLICT (id) DO UPDATE SET rev = excluded.rev, version = excluded.version, seq = excluded.seq,
		run = excluded.run, attempt = excluded.attempt, status = excluded.status, percent = excluded.percent,
		run_at = excluded.run_at, started_at = excluded.started_at, ended_at = excluded.ended_at,
		updated_at = excluded.updated_at, wake_at = excluded.wake_at, lease_until = excluded.lease_until,
		pulse = excluded.pulse`)

	tickSteps = table.NewBulk(`UPDATE task_progress SET percent = v.column3, updated_at = v.column4 FROM (VALUES `, 4,
		[]string{"TEXT", "BIGINT", "DOUBLE PRECISION", "TEXT"},
		`) AS v WHERE task_progress.task_id = v.column1 AND task_progress.step = v.column2`)

	tickTasks = table.NewBulk(`UPDATE tasks SET rev = v.column2, version = v.column3, percent = v.column4,
		updated_at = v.column5, lease_until = v.column6, wake_at = v.column7, pulse = v.column8 FROM (VALUES `, 8,
		[]string{"TEXT", "BIGINT", "BIGINT", "DOUBLE PRECISION", "BIGINT", "BIGINT", "BIGINT", "TEXT"},
		`) AS v WHERE tasks.id = v.column1`)

	saveDocs = table.NewBulk(`INSERT INTO task_docs (task_id, spec, ending) VALUES `, 3, nil,
		` ON CONFLICT (task_id) DO UPDATE SET spec = excluded.spec, ending = excluded.ending`)

	saveLabels = table.NewBulk(`INSERT INTO task_labels (task_id, name, value, created_at) VALUES `, 4, nil, ``)

	saveTitles = table.NewBulk(`INSERT INTO task_titles (task_id, created_at, folded) VALUES `, 3, nil, ``)

	saveEyes = table.NewBulk(`INSERT INTO task_eyes (name, created_at, task_id) VALUES `, 3, nil,
		` ON CONFLICT (name, created_at, task_id) DO NOTHING`)

	saveSteps = table.NewBulk(`INSERT INTO task_progress (task_id, step, name, status, percent, updated_at, detail) VALUES `, 7, nil,
		` ON CONFLICT (task_id, step) DO UPDATE SET name = excluded.name, status = excluded.status,
		percent = excluded.percent, updated_at = excluded.updated_at, detail = excluded.detail`)

	saveEvents = table.NewBulk(`INSERT INTO events (task_id, seq, version, kind, step, at, person, via, data) VALUES `, 9, nil, ``)

	saveLines = table.NewBulk(`INSERT INTO logs (task_id, n, at, level, step, line) VALUES `, 6, nil, ``)

	saveSnapshots = table.NewBulk(`INSERT INTO snapshots (task_id, at, step, run, percent) VALUES `, 5, nil,
		` ON CONFLICT (task_id, at, step) DO UPDATE SET percent = excluded.percent`)

	saveRuns = table.NewBulk(`INSERT INTO runs (task_id, run, picture) VALUES `, 3, nil, ``)

	savePasts = table.NewBulk(`INSERT INTO past_runs (`+pastColumns+`) VALUES `, 11, nil,
		` ON CONFLICT (task_id, run) DO UPDATE SET kind = excluded.kind, owner = excluded.owner, made_by = excluded.made_by,
		ended_at = excluded.ended_at, active = excluded.active, idle = excluded.idle, outcome = excluded.outcome,
		size = excluded.size, laps = excluded.laps`)

	saveKeys = table.NewBulk(`INSERT INTO command_keys (id, body, at, outcome) VALUES `, 4, nil, ``)
)

// rows gathers the arguments of every statement of a batch.
type rows struct {
	insert, update, tick, docs, labels, titles, eyes, steps, stepTicks, events, outbox, lines []any
}

func write(ctx context.Context, tx *db.Tx, b Batch) error {
	r := rows{tick: make([]any, 0, len(b.Moves)*tickTasks.Columns()), stepTicks: make([]any, 0, len(b.Moves)*tickSteps.Columns())}
	for _, m := range b.Moves {
		if err := r.add(ctx, tx, m); err != nil {
			return err
		}
	}
	for _, w := range []struct {
		to   *table.Bulk
		args []any
	}{
		{insertTasks, r.insert}, {updateTasks, r.update}, {tickTasks, r.tick}, {saveDocs, r.docs},
		{saveLabels, r.labels}, {saveTitles, r.titles}, {saveEyes, r.eyes},
		{saveSteps, r.steps}, {tickSteps, r.stepTicks}, {saveEvents, r.events}, {saveOutbox, r.outbox}, {saveLines, r.lines},
		{saveSnapshots, b.snapshots()}, {saveRuns, b.runs()}, {savePasts, b.pasts()}, {saveKeys, b.keys()},
	} {
		if err := w.to.Run(ctx, tx, w.args); err != nil {
			return err
		}
	}
	return trim(ctx, tx, b.Trims)
}

// add gathers what a task's move writes. Steps of a plan that became shorter,
// and names of who decided them, are deleted first.
func (r *rows) add(ctx context.Context, tx *db.Tx, m Move) error {
	was, is := m.Before, m.After
	switch {
	case was.Spec == nil:
		r.insert = taskArgs(r.insert, is, m.Rev)
		r.enter(is)
	case was.Seq == is.Seq:
		r.tick = append(r.tick, string(is.ID), m.Rev, is.Version, is.Percent,
			table.Micros(is.UpdatedAt), table.Micros(is.LeaseUntil), table.Micros(is.Wake()), pulseOf(is))
	default:
		r.update = taskArgs(r.update, is, m.Rev)
		if err := r.watch(ctx, tx, was, is); err != nil {
			return err
		}
	}
	if was.Spec != is.Spec || was.End != is.End {
		r.docs = append(r.docs, string(is.ID), encode(is.Spec), encode(is.End))
	}
	for s := range is.Steps.Changed(was.Steps) {
		if ticked(was.Steps, s) {
			r.stepTicks = append(r.stepTicks, string(is.ID), s.Order, s.Percent, readable(s.UpdatedAt))
		} else {
			r.steps = stepArgs(r.steps, is.ID, s)
		}
	}
	for _, e := range m.Events {
		r.events = append(r.events, string(is.ID), e.Seq, e.Version, string(e.Kind), e.Step, table.Micros(e.At), string(e.By), string(e.Via), encode(e.Data))
	}
	r.outbox = outboxArgs(r.outbox, is.ID, m.Events)
	for _, l := range m.Lines {
		r.lines = append(r.lines, string(is.ID), l.N, table.Micros(l.At), l.Level, l.Step, l.Line)
	}
	if is.Steps.Len() >= was.Steps.Len() {
		return nil
	}
	_, err := tx.Exec(ctx, `DELETE FROM task_progress WHERE task_id = $1 AND step > $2`, string(is.ID), is.Steps.Len())
	return err
}

func (b Batch) snapshots() []any {
	var args []any
	for _, s := range b.Snapshots {
		args = append(args, string(s.Task), table.Micros(s.At), s.Step, s.Run, s.Percent)
	}
	return args
}

func (b Batch) runs() []any {
	var args []any
	for _, r := range b.Runs {
		args = append(args, string(r.ID), r.Run, Picture(r))
	}
	return args
}

func (b Batch) keys() []any {
	var args []any
	for k, v := range b.Keys {
		args = append(args, k, v.Body, table.Micros(v.At), string(v.Outcome))
	}
	return args
}

func trim(ctx context.Context, tx *db.Tx, trims []Trim) error {
	for _, t := range trims {
		if _, err := tx.Exec(ctx, `DELETE FROM logs WHERE task_id = $1 AND n <= $2`, string(t.Task), t.UpTo); err != nil {
			return err
		}
	}
	return nil
}
