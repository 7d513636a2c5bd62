package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db/table"
)

const chainColumns = `approval, task_id, seq, step, asked_at, stages, next_stage, fired_at, due_at, alerted, over_why, over_at`

// chainArgs are the chains: of one that comes twice the last.
func chainArgs(chains []notify.Chain) []any {
	chains = once(chains, func(c *notify.Chain) string { return c.Approval }, func(_, is notify.Chain) notify.Chain { return is })
	args := make([]any, 0, 12*len(chains))
	for i := range chains {
		c := &chains[i]
		args = append(args, c.Approval, string(c.Task), c.Seq, c.Step, table.Micros(c.AskedAt), plain(encode(c.Stages)), c.Next,
			table.Micros(c.FiredAt), table.Micros(c.DueAt), bit(c.Alerted), short(c.Over), table.Micros(c.OverAt))
	}
	return args
}

// scanChain reads one row of chainColumns.
func scanChain(rows *sql.Rows) (c notify.Chain, err error) {
	var asked, fired, due, alerted, over int64
	var stages string
	if err = rows.Scan(&c.Approval, &c.Task, &c.Seq, &c.Step, &asked, &stages, &c.Next, &fired, &due, &alerted, &c.Over, &over); err != nil {
		return c, err
	}
	c.AskedAt, c.FiredAt, c.DueAt, c.Alerted, c.OverAt = table.Time(asked), table.Time(fired), table.Time(due), alerted != 0, table.Time(over)
	return c, json.Unmarshal([]byte(stages), &c.Stages)
}

// goesOn is that a chain has something to do at a time.
const goesOn = `over_why = '' AND due_at > 0`

// Chains are those with something to do at a time, the longest due first.
func (a *Agenda) Chains(ctx context.Context, at time.Time, limit int) ([]notify.Chain, error) {
	return collect(ctx, a.d, scanChain, selectChains, table.Micros(at), limit)
}

const selectChains = `SELECT ` + chainColumns + ` FROM chains WHERE ` + goesOn + ` AND due_at <= $1 ORDER BY due_at, approval LIMIT $2`

// ChainsOf are those of a task, the oldest first, those that are over too.
func (a *Agenda) ChainsOf(ctx context.Context, task progress.TaskID) ([]notify.Chain, error) {
	return collect(ctx, a.d, scanChain, selectChainsOf, string(task))
}

const selectChainsOf = `SELECT ` + chainColumns + ` FROM chains WHERE task_id = $1 ORDER BY seq, approval`
