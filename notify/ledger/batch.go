package ledger

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/table"
)

// batch is all that one transaction of many callers writes.
type batch struct {
	routed  notify.Routed
	settled []notify.Letter
	showed  []notify.Card
}

func (b *batch) add(o batch) {
	b.routed.Done = append(b.routed.Done, o.routed.Done...)
	b.routed.Lanes = append(b.routed.Lanes, o.routed.Lanes...)
	b.routed.Letters = append(b.routed.Letters, o.routed.Letters...)
	b.routed.Marks = append(b.routed.Marks, o.routed.Marks...)
	b.routed.Held = append(b.routed.Held, o.routed.Held...)
	b.routed.Given = append(b.routed.Given, o.routed.Given...)
	b.routed.Chains = append(b.routed.Chains, o.routed.Chains...)
	b.routed.Traces = append(b.routed.Traces, o.routed.Traces...)
	b.settled = append(b.settled, o.settled...)
	b.showed = append(b.showed, o.showed...)
}

// The statements. The lane's row is locked also where nothing of it changes, so
// that no purge takes it away from under a new letter. A closed lane is opened by
// who says that what it brings was made later.
var (
	saveLanes = table.NewBulk(`INSERT INTO lanes (`+laneColumns+`) VALUES `, 6, nil,
		` ON CONFLICT (id) DO UPDATE SET closed = '', closed_at = 0 WHERE lanes.closed <> '' AND lanes.closed_at < excluded.closed_at`)

	saveLetters = table.NewBulk(`INSERT INTO letters (`+letterColumns+`, calm) VALUES `, 20, nil, ` ON CONFLICT (id) DO NOTHING`)

	saveMarks = table.NewBulk(`INSERT INTO cards (`+cardColumns+`, moved_at) VALUES `, 14, nil,
		` ON CONFLICT (id) DO UPDATE SET over = 0,
		want = CASE WHEN excluded.want > cards.want THEN excluded.want ELSE cards.want END,
		moved_at = CASE WHEN excluded.moved_at > cards.moved_at THEN excluded.moved_at ELSE cards.moved_at END`)

	settleLetters = table.NewBulk(`UPDATE letters SET state = v.column2, due_at = v.column3, settled_at = v.column4,
		tries = v.column5, doubt = v.column6, why = v.column7, far = v.column8 FROM (VALUES `, 8,
		[]string{"TEXT", "TEXT", "BIGINT", "BIGINT", "BIGINT", "BIGINT", "TEXT", "TEXT"},
		`) AS v WHERE letters.id = v.column1 AND letters.state = 'due'`)

	showCards = table.NewBulk(`UPDATE cards SET shown = v.column2, hash = v.column3, far = v.column4,
		over = CASE WHEN cards.want <= v.column2 THEN v.column5 ELSE 0 END FROM (VALUES `, 5,
		[]string{"TEXT", "BIGINT", "TEXT", "TEXT", "BIGINT"}, `) AS v WHERE cards.id = v.column1`)

	dropHeld = table.NewBulk(`DELETE FROM held WHERE bundle IN (VALUES `, 1, []string{"TEXT"}, `)`)

	saveHeld = table.NewBulk(`INSERT INTO held (`+heldColumns+`) VALUES `, 9, nil, ` ON CONFLICT (bundle, task_id, seq) DO NOTHING`)

	saveChains = table.NewBulk(`INSERT INTO chains (`+chainColumns+`) VALUES `, 12, nil,
		` ON CONFLICT (approval) DO UPDATE SET task_id = excluded.task_id, seq = excluded.seq, step = excluded.step, asked_at = excluded.asked_at,
		stages = excluded.stages, next_stage = excluded.next_stage, fired_at = excluded.fired_at,
		due_at = excluded.due_at, alerted = excluded.alerted, over_why = excluded.over_why, over_at = excluded.over_at`)

	saveTraces = table.NewBulk(`INSERT INTO traces (`+traceColumns+`) VALUES `, 6, nil, ` ON CONFLICT (task_id, seq, round) DO NOTHING`)

	dropOutbox = table.NewBulk(`DELETE FROM outbox WHERE (at, task_id, seq) IN (VALUES `, 3, []string{"BIGINT", "TEXT", "BIGINT"}, `)`)
)

// write is the whole transaction. Rows go in by the order of their keys, so that
// nodes that write the same ones wait for each other and do not deadlock. Bundles are let
// go of before others are kept: what comes to one in the same transaction stays.
func (b *batch) write(ctx context.Context, tx *db.Tx) error {
	for _, w := range []struct {
		to   *table.Bulk
		args []any
	}{
		{saveLanes, laneArgs(b.routed.Lanes)}, {saveLetters, letterArgs(b.routed.Letters)}, {saveMarks, markArgs(b.routed.Marks)},
		{dropHeld, givenArgs(b.routed.Given)}, {saveHeld, heldArgs(b.routed.Held)},
		{saveChains, chainArgs(b.routed.Chains)}, {saveTraces, traceArgs(b.routed.Traces)},
		{settleLetters, settleArgs(b.settled)}, {showCards, showArgs(b.showed)}, {dropOutbox, doneArgs(b.routed.Done)},
	} {
		if err := w.to.Run(ctx, tx, w.args); err != nil {
			return err
		}
	}
	return nil
}

// once gives each key once, in their order. One that comes again is joined to
// what it was.
func once[T any, K cmp.Ordered](list []T, key func(*T) K, join func(was, is T) T) []T {
	if len(list) < 2 {
		return list
	}
	all := make(map[K]T, len(list))
	for _, v := range list {
		k := key(&v)
		if was, ok := all[k]; ok {
			v = join(was, v)
		}
		all[k] = v
	}
	out := make([]T, 0, len(all))
	for _, k := range slices.Sorted(maps.Keys(all)) {
		out = append(out, all[k])
	}
	return out
}
