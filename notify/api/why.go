package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// reasonRoutes are those that say why somebody is told, or is not.
func reasonRoutes(s *server) []kit.Route {
	r := reasons{s}
	return []kit.Route{
		{Method: http.MethodGet, Path: "/api/tasks/:id/why", Name: "explainTask", Right: progress.MayRead, Do: r.why},
		{Method: http.MethodPost, Path: "/api/routes/test", Name: "testRoute", Right: progress.MayRead, Do: r.test},
	}
}

// The sizes of a page of reasons.
const (
	reasonPage    = 50 // events
	maxReasonPage = 200
	maxReasonRows = 20_000 // decisions, and as many as one more reading has
	maxJoined     = 10_000 // letters that are looked through at once

	traceChunk = 2 * (progress.MaxStages + 1) // traces that are read at once, more than an event has
)

// reasoned is an event, or one round of it, and what it came to.
type reasoned struct {
	Seq       int64            `json:"seq"`
	Round     int              `json:"round"`
	Type      progress.Kind    `json:"type"`
	At        progress.Instant `json:"at"`
	Decisions []decision       `json:"decisions"`
	More      int              `json:"more,omitempty"` // decisions that were not kept
}

// reasonList is a page of a task's events, in their order; Next is the since of the one
// after it.
type reasonList struct {
	Events     []reasoned   `json:"events"`
	Escalation []escalation `json:"escalation"` // of the approvals that they ask for
	Next       *int64       `json:"next"`
}

// reasons handles what is asked of them.
type reasons struct{ *server }

// why is GET /api/tasks/{id}/why: what the caller was told, with ?all=1 everybody.
func (s reasons) why(c *kit.Call) error {
	q := c.Query()
	since, limit, all := q.Number("since"), q.Between("limit", 1, maxReasonPage, reasonPage), q.Flag("all")
	if q.Err() != nil {
		return q.Err()
	}
	id := progress.TaskID(c.Param("id"))
	if !id.Valid() {
		return &progress.Error{Code: progress.NotFound, Say: "there is no such task"}
	}
	if _, err := s.seen(c, "", id); err != nil {
		return err
	}
	who, err := whose(c, all)
	if err != nil {
		return err
	}
	l, err := s.lot(c.Ctx(), id, since, limit)
	if err != nil {
		return progress.Trouble(err)
	}
	return s.explain(c, id, who, l)
}

// lot are some events of a task, and all that became of them.
type lot struct {
	events []progress.Event
	traces []notify.Trace
	more   bool // there are events after these
}

// lot are the events after a seq. There are fewer than limit where very many people are told
// of each.
func (s reasons) lot(ctx context.Context, id progress.TaskID, since int64, limit int) (l lot, err error) {
	if l.events, err = s.Events(ctx, id, since, limit+1); err != nil || len(l.events) == 0 {
		return l, err
	}
	last, err := l.read(ctx, s.Ledger, id, l.events[min(limit, len(l.events))-1].Seq)
	n := len(l.events)
	l.events = slices.DeleteFunc(l.events, func(e progress.Event) bool { return e.Seq > last })
	l.traces = slices.DeleteFunc(l.traces, func(t notify.Trace) bool { return t.Seq > last })
	l.more = len(l.events) < n
	return l, err
}

// read reads the traces of the events up to a seq, or of fewer where there are too many
// rows. It returns the seq of the last of which all are there.
func (l *lot) read(ctx context.Context, from *ledger.Ledger, id progress.TaskID, last int64) (int64, error) {
	rows, next := 0, l.events[0].Seq
	for {
		got, err := from.Traces(ctx, id, next, traceChunk)
		if l.traces = append(l.traces, got...); err != nil || len(got) < traceChunk {
			return last, err
		}
		for i := range got {
			rows += len(got[i].Rows)
		}
		next = got[len(got)-1].Seq // there may be more of it
		switch {
		case next > last:
			return last, nil
		case next == got[0].Seq:
			return next, nil
		case rows > maxReasonRows:
			return next - 1, nil
		}
		l.traces = slices.DeleteFunc(l.traces, func(t notify.Trace) bool { return t.Seq == next })
	}
}

// explain answers with a lot as somebody may see it.
func (s reasons) explain(c *kit.Call, id progress.TaskID, who progress.Person, l lot) error {
	for i := range l.traces {
		l.traces[i].Rows = of(who, l.traces[i].Rows)
	}
	sent, err := s.joined(c, id, who, l.traces)
	if err != nil {
		return err
	}
	out := reasonList{Events: []reasoned{}}
	for i := range l.events {
		out.Events = append(out.Events, rounds(c, &l.events[i], l.traces, sent)...)
	}
	if out.Escalation, err = s.escalations(c, id, l); err != nil {
		return err
	}
	if l.more {
		out.Next = &l.events[len(l.events)-1].Seq
	}
	c.Reply(http.StatusOK, out)
	return nil
}

// of are the rows about somebody, about everybody for "".
func of(who progress.Person, rows []notify.TraceRow) []notify.TraceRow {
	return slices.DeleteFunc(rows, func(r notify.TraceRow) bool { return who != "" && r.Person != who })
}

// rounds are what an event came to when it happened, and each time that it was told again.
func rounds(c *kit.Call, e *progress.Event, traces []notify.Trace, sent fates) []reasoned {
	out := []reasoned{{Seq: e.Seq, Type: e.Kind, At: progress.Instant(e.At), Decisions: []decision{}}}
	for i := range traces {
		t := &traces[i]
		switch {
		case t.Seq != e.Seq:
		case t.Round == 0:
			out[0].Decisions, out[0].More = decisionsOf(c, t, sent), t.More
		default:
			out = append(out, reasoned{e.Seq, t.Round, e.Kind, progress.Instant(t.At), decisionsOf(c, t, sent), t.More})
		}
	}
	return out
}

// escalations are those of the approvals that events ask for.
func (s reasons) escalations(c *kit.Call, id progress.TaskID, l lot) ([]escalation, error) {
	out := []escalation{}
	if !slices.ContainsFunc(l.events, func(e progress.Event) bool { return e.Kind == progress.ApprovalNeeded }) {
		return out, nil
	}
	chains, err := s.Ledger.ChainsOf(c.Ctx(), id)
	if err != nil {
		return nil, progress.Trouble(err)
	}
	for i := range chains {
		ch := &chains[i]
		if ch.Seq >= l.events[0].Seq && ch.Seq <= l.events[len(l.events)-1].Seq {
			out = append(out, escalationOf(c, ch, told(ch, l.traces)))
		}
	}
	return out, nil
}

// told is when each round of a chain was told.
func told(ch *notify.Chain, traces []notify.Trace) map[int]time.Time {
	out := map[int]time.Time{}
	for i := range traces {
		if traces[i].Seq == ch.Seq {
			out[traces[i].Round] = traces[i].At
		}
	}
	return out
}
