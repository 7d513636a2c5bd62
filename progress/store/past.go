package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/trace"
)

// Past is a run that has ended, as history keeps it after its task is gone. Its
// Run has the ID "TASK/RUN". Seconds are kept to the millisecond, percents to
// two decimals, of the laps the first 2,000, of each curve the newest 24 points,
// of runs of more than 256 laps only the curve of the whole.
type Past struct {
	estimate.Run
	Task   progress.TaskID
	Nth    int    // the run's number, 1 and up
	Owner  string // of the task, and who made it: they may see it
	MadeBy progress.Person
	Ended  time.Time
	Idle   time.Duration // paused, or waiting for people
}

// pastLaps is how many laps of a run are kept, for statistics. Those of a run of
// which nobody learns lap by lap keep no curves.
const pastLaps = 2000

// History is what is kept of runs that have ended. Its methods may be called
// from any goroutine; PurgePasts not beside another writer of the same process.
type History struct{ db *db.DB }

// PastQuery asks for past runs.
type PastQuery struct {
	Kind  string         // of the task; "" for all
	Each  int            // at most so many of each kind, the newest; 0 for no bound
	Since time.Time      // runs that ended after it; the zero time for all
	Limit int            // at most so many
	Laps  int            // of each run at most so many, its first; 0 for all that are kept
	Eyes  progress.Actor // who asks: of tasks that are everyone's, its own, its groups' or made by it; all with Actor.All
	Most  int            // with Each: kinds after so many laps in all are left out, the oldest; 0 for no bound
	Brief bool           // without laps and curves, which is ten times faster
}

// pastColumns are what is read of a past run.
const pastColumns = pastFacts + `, laps`

// pastFacts are those that say nothing of its steps.
const pastFacts = `task_id, run, kind, owner, made_by, ended_at, active, idle, outcome, size`

// pastOrder is newest first.
const pastOrder = ` ORDER BY ended_at DESC, task_id DESC, run DESC`

// Pasts are past runs, newest first.
func (h History) Pasts(ctx context.Context, q PastQuery) (out []Past, err error) {
	err = h.db.Read(ctx, func(tx *db.Tx) error {
		if q.Each > 0 && q.Kind == "" {
			out, err = q.ofEach(ctx, tx)
		} else {
			out, err = q.find(ctx, tx)
		}
		return err
	})
	return out, err
}

// find reads the runs of a query that asks for one kind, or for no bound of each.
func (q PastQuery) find(ctx context.Context, tx *db.Tx) (out []Past, err error) {
	st := q.statement()
	err = table.Scan(ctx, tx, func(rows *sql.Rows) error {
		p, err := scanPast(rows)
		if q.Laps > 0 && len(p.Laps) > q.Laps {
			p.Laps = slices.Clone(p.Laps[:q.Laps]) // the others are not held
		}
		out = append(out, p)
		return err
	}, st.String(), st.Args...)
	return out, err
}

// statement makes the statement of such a query. The runs are chosen in an
// index, and only those that are wanted are read.
func (q PastQuery) statement() *statement {
	if q.Each > 0 {
		q.Limit = min(q.Limit, q.Each)
	}
	st := &statement{}
	columns := pastColumns
	if q.Brief {
		columns = pastFacts + `, '{}'`
	}
	st.Add(`SELECT ` + columns + ` FROM past_runs WHERE`)
	if q.Kind != "" {
		st.Add(` kind = ? AND`, q.Kind)
	}
	st.Add(` ended_at > ?`, table.Micros(q.Since))
	askMine(st, q.Eyes)
	st.Add(pastOrder+` LIMIT ?`, q.Limit)
	return st
}

// ofEach asks for one kind after the other, which is several times faster than
// to number all runs of all kinds. The newest of so many runs are of no more
// kinds.
func (q PastQuery) ofEach(ctx context.Context, tx *db.Tx) (out []Past, err error) {
	kinds, err := pastKinds(ctx, tx, q.Eyes, q.Limit)
	if err != nil {
		return nil, err
	}
	laps := 0
	for _, q.Kind = range kinds {
		runs, err := q.find(ctx, tx)
		if err != nil {
			return nil, err
		}
		for i := range runs {
			laps += len(runs[i].Laps)
		}
		if q.Most > 0 && laps > q.Most {
			break
		}
		if out = append(out, runs...); len(out) > 2*q.Limit {
			out = newest(out, q.Limit)
			q.Since = out[q.Limit-1].Ended.Add(-time.Microsecond) // what is older is not among them
		}
	}
	return newest(out, q.Limit), nil
}

// newest are the first of some runs in the order of pastOrder.
func newest(runs []Past, limit int) []Past {
	slices.SortFunc(runs, func(a, b Past) int {
		return cmp.Or(b.Ended.Compare(a.Ended), cmp.Compare(b.Task, a.Task), cmp.Compare(b.Nth, a.Nth))
	})
	return runs[:min(len(runs), limit)]
}

// askMine adds that a run is of a task which is everyone's, the actor's, its
// groups', or made by it.
func askMine(st *statement, a progress.Actor) {
	if a.All {
		return
	}
	owners := []any{everyone}
	if person := string(a.Person); !strings.HasPrefix(person, "group:") {
		owners = append(owners, person)
	}
	for _, group := range a.Groups {
		owners = append(owners, "group:"+group)
	}
	st.Add(` AND (owner IN `+marks(len(owners)), owners...)
	if a.Person != "" {
		st.Add(` OR made_by = ?`, string(a.Person))
	}
	st.Add(`)`)
}

// PastKinds are the kinds of which there are past runs that those eyes may see,
// the one whose newest run is newest first, at most limit.
func (h History) PastKinds(ctx context.Context, eyes progress.Actor, limit int) (out []string, err error) {
	err = h.db.Read(ctx, func(tx *db.Tx) error {
		out, err = pastKinds(ctx, tx, eyes, limit)
		return err
	})
	return out, err
}

func pastKinds(ctx context.Context, tx *db.Tx, eyes progress.Actor, limit int) (out []string, err error) {
	st := kindsStatement(eyes, limit)
	var kind string
	err = st.query(ctx, tx, []any{&kind}, func() { out = append(out, kind) })
	return out, err
}

// kindsStatement makes the statement for the kinds: it leaps from each to the
// next, and looks for the newest run of each, so that it costs as much as there
// are kinds.
func kindsStatement(eyes progress.Actor, limit int) *statement {
	st := &statement{}
	st.Add(`WITH RECURSIVE kinds (kind) AS (SELECT MIN(kind) FROM past_runs
		UNION ALL SELECT (SELECT MIN(p.kind) FROM past_runs p WHERE p.kind > kinds.kind) FROM kinds WHERE kinds.kind IS NOT NULL)
		SELECT kind FROM (SELECT kind, (SELECT p.ended_at FROM past_runs p WHERE p.kind = kinds.kind`)
	askMine(st, eyes)
	st.Add(` ORDER BY p.ended_at DESC LIMIT 1) AS newest FROM kinds WHERE kind IS NOT NULL) AS seen
		WHERE newest IS NOT NULL ORDER BY newest DESC, kind LIMIT ?`, limit)
	return st
}

// PurgePasts forgets runs that ended before a time.
func (h History) PurgePasts(ctx context.Context, before time.Time) error {
	return exec(ctx, h.db, purgePasts, table.Micros(before))
}

const purgePasts = `DELETE FROM past_runs WHERE ended_at < $1`

// scanPast reads one row of pastColumns.
func scanPast(rows *sql.Rows) (p Past, err error) {
	var ended, active, idle int64
	var laps string
	if err = rows.Scan(&p.Task, &p.Nth, &p.Kind, &p.Owner, &p.MadeBy, &ended, &active, &idle, &p.Outcome, &p.Size, &laps); err != nil {
		return p, err
	}
	p.ID = trace.ID(p.Task, p.Nth)
	p.Ended, p.Elapsed, p.Idle = table.Time(ended), float64(active)/1e6, time.Duration(idle)*time.Microsecond
	if err = decode(laps, &p.Run); err != nil {
		err = fmt.Errorf("past run %s: %w", p.ID, err)
	}
	return p, err
}

// pasts are the arguments of the runs that ended: of one that did so twice, as
// it ended last.
func (b Batch) pasts() []any {
	var args []any
	last := make(map[string]int, len(b.Pasts))
	for i, p := range b.Pasts {
		last[p.ID] = i
	}
	for i, p := range b.Pasts {
		if last[p.ID] != i {
			continue
		}
		args = append(args, string(p.Task), p.Nth, p.Kind, p.Owner, string(p.MadeBy), table.Micros(p.Ended),
			int64(math.Round(p.Elapsed*1e6)), p.Idle.Microseconds(), string(p.Outcome), p.Size, encode(brief(p.Run)))
	}
	return args
}

// brief is a run as it is kept: rounded, and within bounds.
func brief(r estimate.Run) *estimate.Run {
	out := &estimate.Run{Laps: make([]estimate.Lap, min(len(r.Laps), pastLaps)), Curve: briefCurve(r.Curve)}
	if len(r.Laps) > estimate.MostLaps {
		out.Curve = briefCurve(r.Course()) // for whoever reads only some of the laps
	}
	for i, l := range r.Laps[:len(out.Laps)] {
		l.From, l.Active, l.Curve = decimals(l.From, 1000), decimals(l.Active, 1000), briefCurve(l.Curve)
		if len(r.Laps) > estimate.MostLaps {
			l.Curve = nil
		}
		out.Laps[i] = l
	}
	return out
}

func briefCurve(points []estimate.Point) []estimate.Point {
	var out []estimate.Point
	for _, p := range points[max(len(points)-estimate.MostPoints, 0):] {
		out = append(out, estimate.Point{Percent: decimals(p.Percent, 100), At: decimals(p.At, 1000)})
	}
	return out
}

// decimals rounds to parts of one.
func decimals(x, parts float64) float64 { return math.Round(x*parts) / parts }
