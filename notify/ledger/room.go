package ledger

import (
	"context"
	"database/sql"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
)

// Rooms knows what was shown in places.
type Rooms struct{ d *db.DB }

// Root is what the far side calls the card of a task in a lane that was posted first, "" if
// there is none.
func (r *Rooms) Root(ctx context.Context, lane notify.LaneID, task progress.TaskID) (far string, err error) {
	far, _, err = first(collect(ctx, r.d, scanText, `SELECT far FROM cards
		WHERE lane = $1 AND task_id = $2 AND seq = 0 AND far <> '' ORDER BY made_at, id LIMIT 1`, string(lane), string(task)))
	return far, err
}

// mostShown is how many tasks are told at most that a place was shown.
const mostShown = 200

// Shown are the tasks that were told of in lanes, the newest first, at most 200.
func (r *Rooms) Shown(ctx context.Context, lanes []notify.LaneID) ([]progress.TaskID, error) {
	var out []progress.TaskID
	for _, lane := range lanes {
		found, err := collect(ctx, r.d, scanText, selectShown, string(lane), mostShown)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			out = append(out, progress.TaskID(id))
		}
	}
	return out[:min(len(out), mostShown)], nil
}

// selectShown asks for cards, those on a board too, and letters that have arrived.
const selectShown = `SELECT task_id FROM (
		SELECT task_id, made_at FROM cards WHERE lane = $1 AND task_id <> ''
		UNION ALL SELECT task_id, made_at FROM letters WHERE lane = $1 AND state = 'sent' AND task_id <> ''
	) AS told GROUP BY task_id ORDER BY MAX(made_at) DESC, task_id LIMIT $2`

// TaskAt is the task that a message of a channel is about, by what its far side calls it;
// ok is false for a message that is none of ours, or is forgotten.
func (r *Rooms) TaskAt(ctx context.Context, channel, far string) (id progress.TaskID, ok bool, err error) {
	text, ok, err := first(collect(ctx, r.d, scanText, selectTaskAt, channel, far))
	return progress.TaskID(text), ok, err
}

// selectTaskAt asks cards, and letters that were sent.
const selectTaskAt = `SELECT told.task_id FROM (
		SELECT task_id, lane, made_at FROM cards WHERE far = $2
		UNION ALL SELECT task_id, lane, made_at FROM letters WHERE far = $2 AND far <> ''
	) AS told JOIN lanes l ON l.id = told.lane WHERE l.channel = $1 AND told.task_id <> '' ORDER BY told.made_at DESC, told.task_id LIMIT 1`

func scanText(rows *sql.Rows) (text string, err error) {
	err = rows.Scan(&text)
	return text, err
}
