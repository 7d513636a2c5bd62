package ledger

import (
	"context"
	"strings"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress/db/table"
)

// usualPage is how many letters a list has whose length nobody says.
const usualPage = 100

// Letters finds letters, the newest first, or the oldest.
func (p *Post) Letters(ctx context.Context, q notify.LetterQuery) ([]notify.Letter, error) {
	if q.Limit <= 0 {
		q.Limit = usualPage
	}
	st := listed(q, states(q))
	return collect(ctx, p.d, scanLetter, st.String(), st.Args...)
}

// states are those that a query is about.
func states(q notify.LetterQuery) []notify.State {
	if q.State != "" {
		return []notify.State{q.State}
	}
	return []notify.State{notify.Due, notify.Sent, notify.Dead, notify.Dropped}
}

// listed makes the statement for a list: a walk for each state, each along an
// index in the order of the list, of which the newest are taken. Letters of one
// task are few, and an index leads to all of them.
func listed(q notify.LetterQuery, of []notify.State) *table.Statement {
	st := &table.Statement{}
	if q.ID != "" || q.Task != "" {
		walk(st, q, of)
		return st
	}
	st.Add(`SELECT ` + letterColumns + ` FROM (`)
	for i, s := range of {
		if i > 0 {
			st.Add(` UNION ALL `)
		}
		st.Add(`SELECT * FROM (`)
		walk(st, q, []notify.State{s})
		st.Add(`) AS ` + string(s))
	}
	st.Add(`) AS found`+order(q)+` LIMIT ?`, q.Limit)
	return st
}

// order is that of the list.
func order(q notify.LetterQuery) string {
	if q.Oldest {
		return ` ORDER BY made_at, seq, id`
	}
	return ` ORDER BY made_at DESC, id DESC`
}

// walk adds one way through the letters: along the index of the first that is
// asked for. What else is asked for is hidden from the planner, which could think
// that one name narrows as much as another.
func walk(st *table.Statement, q notify.LetterQuery, of []notify.State) {
	st.Add(`SELECT ` + letterColumns + ` FROM letters WHERE `)
	along := ``
	for _, w := range []struct{ column, value string }{
		{"id", string(q.ID)}, {"task_id", string(q.Task)}, {"sub", string(q.Sub)}, {"person", string(q.Person)},
	} {
		if w.value != "" {
			st.Add(w.column+along+` = ? AND `, w.value)
			along = ` || ''`
		}
	}
	if q.ID == "" && q.Task == "" {
		along = `` // the others' indexes go on with the state
	}
	st.Add(`state`+along+` IN (?`+strings.Repeat(`, ?`, len(of)-1)+`)`, table.Anys(of)...)
	if q.Seq != 0 {
		st.Add(` AND seq = ?`, q.Seq)
	}
	if q.Before != (notify.Place{}) {
		st.Add(` AND (made_at, id) < (?, ?)`, table.Micros(q.Before.At), string(q.Before.ID))
	}
	st.Add(order(q)+` LIMIT ?`, q.Limit)
}
