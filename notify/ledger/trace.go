package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db/table"
)

const traceColumns = `task_id, seq, round, at, kind, doc`

// traceDoc is what a trace says, as it is stored.
type traceDoc struct {
	Rows []notify.TraceRow `json:"rows,omitempty"`
	More int               `json:"more,omitempty"`
}

func traceArgs(traces []notify.Trace) []any {
	traces = once(traces, traceKey, func(was, _ notify.Trace) notify.Trace { return was })
	args := make([]any, 0, 6*len(traces))
	for i := range traces {
		t := &traces[i]
		args = append(args, string(t.Task), t.Seq, t.Round, table.Micros(t.At), string(t.Kind), plain(encode(traceDoc{t.Rows, t.More})))
	}
	return args
}

func traceKey(t *notify.Trace) string {
	return string(t.Task) + "\x00" + strconv.FormatInt(t.Seq, 10) + "\x00" + strconv.Itoa(t.Round)
}

// scanTrace reads one row of traceColumns.
func scanTrace(rows *sql.Rows) (t notify.Trace, err error) {
	var at int64
	var text string
	if err = rows.Scan(&t.Task, &t.Seq, &t.Round, &at, &t.Kind, &text); err != nil {
		return t, err
	}
	var doc traceDoc
	err = json.Unmarshal([]byte(text), &doc)
	t.At, t.Rows, t.More = table.Time(at), doc.Rows, doc.More
	return t, err
}

// Traces are those of a task from a seq on, in the order of their events and rounds, at
// most limit.
func (a *Agenda) Traces(ctx context.Context, task progress.TaskID, since int64, limit int) ([]notify.Trace, error) {
	return collect(ctx, a.d, scanTrace, selectTraces, string(task), since, limit)
}

const selectTraces = `SELECT ` + traceColumns + ` FROM traces WHERE task_id = $1 AND seq >= $2 ORDER BY seq, round LIMIT $3`
