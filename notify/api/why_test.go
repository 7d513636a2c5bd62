package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest"
)

// wrote writes what became of events.
func (w *world) wrote(r notify.Routed) {
	w.t.Helper()
	if err := w.ledger.Routed(context.Background(), r); err != nil {
		w.t.Fatal(err)
	}
}

// tracedOf is a trace of the task t.
func (w *world) tracedOf(seq int64, round int, rows ...notify.TraceRow) notify.Trace {
	return notify.Trace{Task: "t", Seq: seq, Round: round, At: w.time(), Kind: progress.TaskFailed, Rows: rows}
}

// post writes a letter of somebody at a mail address, and settles it.
func (w *world) post(id notify.LetterID, l notify.Letter, to string) {
	w.t.Helper()
	lane := notify.Lane{Address: notify.Address{Channel: notify.Email, To: to}}
	lane.ID = lane.Address.Lane()
	l.ID, l.Lane, l.Kind, l.Class, l.MadeAt, l.DueAt, l.ExpiresAt = id, lane.ID, progress.TaskFailed, notify.ClassEnd, w.time(), w.time(), w.time().Add(time.Hour)
	state := l.State
	l.State = notify.Due
	w.wrote(notify.Routed{Lanes: []notify.Lane{lane}, Letters: []notify.Letter{l}})
	if state != notify.Due {
		l.State, l.Tries, l.SettledAt = state, 2, w.time()
		if err := w.ledger.Settle(context.Background(), []notify.Letter{l}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// lived is a task t of everyone that has failed: its events are created, started, failed.
func (w *world) lived() {
	w.t.Helper()
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"t","title":"T"}`).want(201)
	w.do(apitest.Admin, "POST", "/api/tasks/t/progress", `{"progress":5}`).want(200)
	w.do(apitest.Admin, "POST", "/api/tasks/t/progress", `{"status":"failed","error":"no"}`).want(200)
}

func TestWhy(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleViewer)
	w.lived()
	soon := w.time().Add(time.Hour)
	w.post("msg_a", notify.Letter{Sub: "sub_a", Person: "ann", Task: "t", Seq: 3, State: notify.Dead, Doubt: true, Why: "550 <ANN@example.com> unknown"}, "ann@example.com")
	w.post("msg_b", notify.Letter{Sub: "sub_a", Person: "ann", State: notify.Sent, Note: &notify.Note{Kind: notify.NoteDigest, At: w.time()}}, "ann@example.com")
	w.wrote(notify.Routed{Traces: []notify.Trace{
		w.tracedOf(2, 0, notify.TraceRow{Person: "ann", Channel: "email", To: "ann@example.com", Sub: "sub_a", Rule: "rules[0]", Outcome: notify.Gathers, Why: "rule rules[0]", Until: soon, Letter: "msg_b"}),
		{
			Task: "t", Seq: 3, At: w.time(), Kind: progress.TaskFailed, More: 4, Rows: []notify.TraceRow{
				{Person: "ann", Channel: "email", To: "ann@example.com", Sub: "sub_a", Outcome: notify.Tells, Why: "subscribed", Letter: "msg_a"},
				{Person: "ann", Channel: "webhook", To: "https://example.com/…", Sub: "sub_h", Outcome: notify.Tells, Why: "subscribed", Letter: "msg_gone"},
				{Person: "ann", Outcome: notify.Silent, Why: "they have no address"},
				{Person: "bob", Channel: "email", To: "bob@example.com", Sub: "sub_b", Outcome: notify.Silent, Why: "bob@example.com is full"},
				{Channel: "email", To: "ops@example.com", Sub: "vouched_x", Rule: "ops", Outcome: notify.Holds, Why: "rule ops", Until: soon, Letter: "msg_later"},
			},
		},
	}})

	r := w.do(ann, "GET", "/api/tasks/t/why", "").want(200).is("next", "", "escalation", "[]", "events.3", "")
	r.is("events.0.seq", "1", "events.0.type", "task.created", "events.0.round", "0", "events.0.decisions", "[]", "events.0.more", "")
	r.is("events.1.decisions.0.outcome", "digest", "events.1.decisions.0.rule", "rules[0]", "events.1.decisions.0.until", "2026-01-31T13:00:00.000Z",
		"events.1.decisions.0.delivery.id", "msg_b", "events.1.decisions.0.delivery.state", "sent", "events.1.decisions.0.delivery.settled_at", "2026-01-31T12:00:00.000Z")
	r.is("events.2.type", "task.failed", "events.2.more", "4", "events.2.decisions.3", "", "events.2.decisions.0.to", "ann@example.com", "events.2.decisions.0.subscription", "sub_a",
		"events.2.decisions.0.delivery", "map[doubt:true id:msg_a settled_at:2026-01-31T12:00:00.000Z state:dead tries:2 why:550 <ANN@example.com> unknown]",
		"events.2.decisions.1.webhook", "sub_h", "events.2.decisions.1.subscription", "", "events.2.decisions.1.delivery", "",
		"events.2.decisions.2", "map[outcome:silent person:ann why:they have no address]")

	w.do(apitest.Admin, "GET", "/api/tasks/t/why", "").want(200).is("events.2.decisions", "[]", "events.2.more", "4")
	all := w.do(apitest.Admin, "GET", "/api/tasks/t/why?all=1", "").want(200)
	all.is("events.2.decisions.0.to", "a…@example.com", "events.2.decisions.0.delivery.why", "550 <a…@example.com> unknown",
		"events.2.decisions.3.to", "b…@example.com", "events.2.decisions.3.why", "b…@example.com is full",
		"events.2.decisions.4", "map[channel:email outcome:held rule:ops to:ops@example.com until:2026-01-31T13:00:00.000Z why:rule ops]", "events.2.decisions.5", "")
	w.do(ann, "GET", "/api/tasks/t/why?all=1", "").refused(403, "all")
}

// TestWhyOfHeldQuestion holds that a question that was held shows the letter that asked it,
// and not the digest of what was held with it.
func TestWhyOfHeldQuestion(t *testing.T) {
	t.Parallel()
	w := serve(t)
	w.lived()
	asks := w.tracedOf(3, 0, notify.TraceRow{Person: "admin", Channel: "email", To: "a@example.com", Sub: "sub_a", Outcome: notify.Holds, Why: "subscribed", Letter: "msg_bundle"})
	asks.Kind = progress.ApprovalNeeded
	w.wrote(notify.Routed{Traces: []notify.Trace{asks}})
	w.post("msg_bundle", notify.Letter{Sub: "sub_a", Person: "admin", State: notify.Sent, Note: &notify.Note{Kind: notify.NoteDigest, At: w.time()}}, "a@example.com")
	w.do(apitest.Admin, "GET", "/api/tasks/t/why", "").want(200).is("events.2.decisions.0.delivery.id", "msg_bundle")
	lane := notify.Address{Channel: notify.Email, To: "a@example.com"}.Lane()
	w.wrote(notify.Routed{Letters: []notify.Letter{{
		ID: "msg_asks", Lane: lane, Sub: "sub_a", Person: "admin", Task: "t", Seq: 3, Kind: progress.ApprovalNeeded, Class: notify.ClassApproval, State: notify.Due,
		MadeAt: w.time(), ExpiresAt: w.time().Add(time.Hour),
	}}})
	w.do(apitest.Admin, "GET", "/api/tasks/t/why", "").want(200).is("events.2.decisions.0.delivery.id", "msg_asks", "events.2.decisions.0.delivery.state", "due")
}

// TestWhyIsForWhoSees holds that nobody learns of tasks that they may not see, an admin's
// question for all aside.
func TestWhyIsForWhoSees(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann, reports := w.Person("ann", access.RoleMember), w.Person("eve", access.RoleMember, "report")
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"shut","title":"T","owner":"admin"}`).want(201)
	for _, path := range []string{"shut", "none", "%00", "-x"} {
		w.do(ann, "GET", "/api/tasks/"+path+"/why", "").want(404)
	}
	w.do(reports, "GET", "/api/tasks/shut/why", "").want(403)
	w.do("", "GET", "/api/tasks/shut/why", "").want(401)
	w.do(apitest.Admin, "GET", "/api/tasks/shut/why", "").want(200).is("events.0.type", "task.created", "events.1", "")
	for query, field := range map[string]string{"since=-1": "since", "since=x": "since", "limit=0": "limit", "limit=201": "limit", "all=yes": "all"} {
		w.do(apitest.Admin, "GET", "/api/tasks/shut/why?"+query, "").refused(400, field)
	}
	w.do(apitest.Admin, "GET", "/api/tasks/shut/why?since=9223372036854775807", "").want(200).is("events", "[]", "next", "")
}

// TestWhyPages holds that the pages have each event once, with all of its rounds.
func TestWhyPages(t *testing.T) {
	t.Parallel()
	w := serve(t)
	w.lived()
	row := notify.TraceRow{Person: "admin", Outcome: notify.Silent, Why: "not subscribed"}
	var traces []notify.Trace
	for seq := range int64(4) {
		for round := range 4 * (seq % 2) {
			traces = append(traces, w.tracedOf(seq, int(round), row))
		}
	}
	w.wrote(notify.Routed{Traces: traces})
	for limit := 1; limit < 5; limit++ {
		if got := w.explained(fmt.Sprint("limit=", limit)); got != "1.0 1.1 1.2 1.3 2.0 3.0 3.1 3.2 3.3" {
			t.Errorf("%d a page: %s", limit, got)
		}
	}
	if got := w.explained("since=1"); got != "2.0 3.0 3.1 3.2 3.3" {
		t.Errorf("since 1: %s", got)
	}
}

// explained are the events and rounds on all pages.
func (w *world) explained(query string) string {
	w.t.Helper()
	var out []string
	for next := ""; ; {
		r := w.do(apitest.Admin, "GET", "/api/tasks/t/why?"+query+next, "").want(200)
		for i := 0; r.at(fmt.Sprintf("events.%d.seq", i)) != ""; i++ {
			out = append(out, r.at(fmt.Sprintf("events.%d.seq", i))+"."+r.at(fmt.Sprintf("events.%d.round", i)))
		}
		if r.at("next") == "" {
			return strings.Join(out, " ")
		}
		query, next = "", "&since="+r.at("next")
	}
}

// TestWhyOfMany holds that a page of what very many were told is shorter, and that none is
// torn; and that more rounds than there ever are do no harm.
func TestWhyOfMany(t *testing.T) {
	t.Parallel()
	w := serve(t)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"t","title":"T"}`).want(201)
	w.do(apitest.Admin, "POST", "/api/tasks/t/progress", `{"progress":5}`).want(200)
	for range 30 {
		for _, do := range []string{"pause", "resume"} {
			w.do(apitest.Admin, "POST", "/api/tasks/t/"+do, "").want(200)
		}
	}
	many := make([]notify.TraceRow, 1000)
	for i := range many {
		many[i] = notify.TraceRow{Person: "ann", Outcome: notify.Silent, Why: "not subscribed"}
	}
	for seq := int64(1); seq <= 62; seq++ {
		w.wrote(notify.Routed{Traces: []notify.Trace{w.tracedOf(seq, 0, many...)}})
	}
	r := w.do(apitest.Admin, "GET", "/api/tasks/t/why?all=1&limit=200", "").want(200).is("next", fmt.Sprint(traceChunk-1))
	last := fmt.Sprintf("events.%d", traceChunk-2)
	r.is(last+".seq", fmt.Sprint(traceChunk-1), last+".decisions.999.outcome", "silent", fmt.Sprintf("events.%d", traceChunk-1), "")
	if got := w.do(apitest.Admin, "GET", "/api/tasks/t/why?since=61", "").want(200).at("events.0.seq"); got != "62" {
		t.Errorf("the last page begins with %s", got)
	}
	var rounds []notify.Trace
	for round := range 2 * traceChunk {
		rounds = append(rounds, w.tracedOf(62, round+1))
	}
	w.wrote(notify.Routed{Traces: rounds})
	w.do(apitest.Admin, "GET", "/api/tasks/t/why?since=61", "").want(200).is("next", "", "events.1.round", "1")
}

// TestWhyEscalation holds how the chain of an approval is shown: while it goes on, and
// once it is over.
func TestWhyEscalation(t *testing.T) {
	t.Parallel()
	w := serve(t)
	ann := w.Person("ann", access.RoleMember)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"t","title":"T","steps":[{"name":"A","approval":{"prompt":"Go?"}}]}`).want(201)
	asked := w.do(apitest.Admin, "POST", "/api/tasks/t/progress", `{"step":1,"step_status":"running"}`)
	asked.want(200)
	var seq int64
	for i := 0; seq == 0; i++ {
		r := w.do(apitest.Admin, "GET", "/api/tasks/t/why", "").want(200)
		switch r.at(fmt.Sprintf("events.%d.type", i)) {
		case "approval.needed":
			_, _ = fmt.Sscan(r.at(fmt.Sprintf("events.%d.seq", i)), &seq)
		case "":
			t.Fatal("nothing was asked")
		}
	}
	begun := w.time()
	c := notify.Chain{
		Approval: "ap_1", Task: "t", Seq: seq, Step: 1, AskedAt: begun, Next: 1, FiredAt: begun.Add(10 * time.Minute), DueAt: begun.Add(11 * time.Minute), Alerted: true,
		Stages: []notify.Stage{{After: 10 * time.Minute}, {After: 20 * time.Minute, Tell: []string{"group:ops", "owner"}, By: []string{"email"}}, {After: time.Hour, Tell: []string{"email:boss@example.com"}}},
	}
	first := w.tracedOf(seq, 0)
	w.pass(10 * time.Minute)
	w.wrote(notify.Routed{Chains: []notify.Chain{c}, Traces: []notify.Trace{first, w.tracedOf(seq, 1, notify.TraceRow{Person: "ann", Outcome: notify.Silent, Why: "a reminder"})}})
	r := w.do(ann, "GET", "/api/tasks/t/why", "").want(200)
	r.is("escalation.1", "", "escalation.0.approval", "ap_1", "escalation.0.step", "1", "escalation.0.asked_at", "2026-01-31T12:00:00.000Z", "escalation.0.next", "1",
		"escalation.0.due_at", "2026-01-31T12:11:00.000Z", "escalation.0.alerted", "true", "escalation.0.over", "",
		"escalation.0.stages.0", "map[after_seconds:600 at:2026-01-31T12:10:00.000Z by:[] tell:[]]",
		"escalation.0.stages.1", "map[after_seconds:1200 at:2026-01-31T12:30:00.000Z by:[email] tell:[group:ops owner]]",
		"escalation.0.stages.2", "map[after_seconds:3600 at:2026-01-31T13:30:00.000Z by:[] tell:[email:b…@example.com]]")
	w.do(ann, "GET", fmt.Sprintf("/api/tasks/t/why?since=%d", seq), "").want(200).is("escalation", "[]")
	again := w.do(ann, "GET", fmt.Sprintf("/api/tasks/t/why?since=%d&limit=1", seq-1), "").want(200)
	again.is("events.0.type", "approval.needed", "events.0.at", r.at(fmt.Sprintf("events.%d.at", seq-1)), "events.1.round", "1", "events.1.at", "2026-01-31T12:10:00.000Z",
		"events.1.decisions.0.why", "a reminder", "escalation.0.approval", "ap_1")

	c.Over, c.OverAt, c.DueAt = "approved by bob", begun.Add(12*time.Minute), time.Time{}
	w.wrote(notify.Routed{Chains: []notify.Chain{c}})
	w.do(ann, "GET", "/api/tasks/t/why", "").want(200).is("escalation.0.over", "approved by bob", "escalation.0.over_at", "2026-01-31T12:12:00.000Z", "escalation.0.due_at", "",
		"escalation.0.stages.0.at", "2026-01-31T12:10:00.000Z", "escalation.0.stages.1.at", "")
}

// TestWhyOfManyLetters holds that a delivery is found behind more letters of its task than
// are looked through at once.
func TestWhyOfManyLetters(t *testing.T) {
	t.Parallel()
	w := serve(t)
	w.do(apitest.Admin, "POST", "/api/tasks", `{"id":"t","title":"T"}`).want(201)
	w.post("msg_first", notify.Letter{Person: "admin", Task: "t", Seq: 1, State: notify.Sent}, "admin@example.com")
	w.pass(time.Minute)
	lane := notify.Lane{ID: "ln_x", Address: notify.Address{Channel: notify.Webhook, To: "https://example.com"}}
	var letters []notify.Letter
	for i := range maxJoined {
		letters = append(letters, notify.Letter{
			ID: notify.LetterID(fmt.Sprint("msg_", i)), Lane: lane.ID, Person: "admin", Task: "t", Seq: 1, Kind: progress.TaskCreated, Class: notify.ClassStep, State: notify.Due,
			MadeAt: w.time(), DueAt: w.time(), ExpiresAt: w.time(),
		})
	}
	for part := range slices.Chunk(letters, 500) {
		w.wrote(notify.Routed{Lanes: []notify.Lane{lane}, Letters: part})
	}
	w.wrote(notify.Routed{Traces: []notify.Trace{w.tracedOf(1, 0,
		notify.TraceRow{Person: "admin", Channel: "email", To: "admin@example.com", Outcome: notify.Tells, Why: "subscribed", Letter: "msg_first"},
		notify.TraceRow{Person: "admin", Channel: "webhook", To: "https://example.com", Outcome: notify.Tells, Why: "subscribed", Letter: "msg_7"},
		notify.TraceRow{Person: "admin", Channel: "webhook", To: "https://example.com", Outcome: notify.Tells, Why: "subscribed", Letter: "msg_gone"},
	)}})
	w.do(apitest.Admin, "GET", "/api/tasks/t/why", "").want(200).is("events.0.decisions.0.delivery.state", "sent", "events.0.decisions.1.delivery.state", "due",
		"events.0.decisions.2.delivery", "")
}
