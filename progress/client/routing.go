package client

import (
	"context"
	"net/url"
	"time"

	"github.com/taskherald/herald/progress"
)

// Routing is about who is told of what, and why: how somebody wants to be told, what
// became of the events of a task, and what would become of others.
type Routing struct {
	http *caller
	who  progress.Person // whose preferences are meant, "" for the caller's own
}

// RoutingOf is that of a server.
func RoutingOf(c *Client) Routing { return Routing{http: c.http} }

// For is the same about somebody else's preferences, for admins.
func (r Routing) For(who progress.Person) Routing {
	r.who = who
	return r
}

// whose names the person whose preferences are meant.
func (r Routing) whose() url.Values {
	v := values{}
	v.add("person", string(r.who))
	return url.Values(v)
}

// WhyQuery says which events are wanted. Zero fields narrow nothing.
type WhyQuery struct {
	Since int64 // only events after this seq
	Limit int   // events, 1..200, 0 means 50
	All   bool  // what it came to for everybody, which admins may ask for
}

// Reasons are why somebody was told of a task's events, or was not.
type Reasons struct {
	Events     []EventReasons `json:"events"`     // in their order
	Escalation []Escalation   `json:"escalation"` // of approvals among them
	Next       int64          `json:"next"`       // the Since of the next page, 0 on the last
}

// EventReasons are those of one event, or of a later round of one that asks for a decision.
type EventReasons struct {
	Seq       int64            `json:"seq"`
	Round     int              `json:"round"` // 0 when it happened
	Type      progress.Kind    `json:"type"`
	At        progress.Instant `json:"at"`
	Decisions []RouteDecision  `json:"decisions"`
	More      int              `json:"more,omitempty"` // decisions that were not kept
}

// RouteDecision is what an event came to for somebody at an address.
type RouteDecision struct {
	Person   progress.Person  `json:"person,omitempty"`  // "" of an address that is nobody's
	Channel  string           `json:"channel,omitempty"` // "" of somebody who cannot be reached
	To       string           `json:"to,omitempty"`      // without what may be a secret
	Sub      string           `json:"subscription,omitempty"`
	Webhook  string           `json:"webhook,omitempty"`
	Rule     string           `json:"rule,omitempty"` // of the operator, whose it is
	Outcome  string           `json:"outcome"`        // told, shown, held, digest or silent
	Why      string           `json:"why"`
	Until    progress.Instant `json:"until,omitzero"`     // of what is held, or comes in a digest
	Delivery *RouteDelivery   `json:"delivery,omitempty"` // that tells it, perhaps with others
}

// RouteDelivery is how the delivery of a decision stands.
type RouteDelivery struct {
	ID        string           `json:"id"`
	State     string           `json:"state"` // due, sent, dead or dropped
	Tries     int              `json:"tries"`
	Why       string           `json:"why,omitempty"`   // what the last try came to
	Doubt     bool             `json:"doubt,omitempty"` // it may have arrived
	SettledAt progress.Instant `json:"settled_at"`
}

// Escalation is what happens while an approval is not decided.
type Escalation struct {
	Approval string            `json:"approval,omitempty"` // "" of one that nobody has asked for
	Step     int               `json:"step"`
	AskedAt  progress.Instant  `json:"asked_at"`
	Stages   []EscalationStage `json:"stages"`
	Next     int               `json:"next"` // of the stages, the one to come, 0 for the first
	DueAt    progress.Instant  `json:"due_at"`
	Over     string            `json:"over,omitempty"` // why nothing more happens
	OverAt   progress.Instant  `json:"over_at,omitzero"`
	Alerted  bool              `json:"alerted,omitempty"` // the operators know that it reached nobody
}

// EscalationStage is one more try to have an approval decided.
type EscalationStage struct {
	After int64            `json:"after_seconds"` // the one before it, the first after it was asked
	Tell  []string         `json:"tell"`          // none: those who were told before
	By    []string         `json:"by"`            // channels; none: every way that leads to them
	At    progress.Instant `json:"at,omitzero"`   // when it was told, or will be
}

// Why says who was told of the events of a task, who was not, and why: of the caller, or
// with All of everybody.
func (r Routing) Why(ctx context.Context, task progress.TaskID, q WhyQuery) (out Reasons, err error) {
	v := values{}
	v.number("since", q.Since)
	v.number("limit", int64(q.Limit))
	v.yes("all", q.All)
	err = r.http.get(ctx, taskPath(task)+"/why", url.Values(v), &out)
	return out, err
}

// RouteTest is an event that could happen: to a task that there is, or to one that is
// described.
type RouteTest struct {
	Task    progress.TaskID `json:"task,omitempty"`
	Event   progress.Kind   `json:"event,omitempty"`               // "" means task.failed
	Step    int             `json:"step,omitempty"`                // of a Task, its order
	At      time.Time       `json:"at,omitzero"`                   // zero means now
	Running *int64          `json:"running_for_seconds,omitempty"` // of its run; nil: as long as it has, an hour if it is described

	Kind      string            `json:"kind,omitempty"` // without a Task, as all that follows
	Owner     string            `json:"owner,omitempty"`
	Labels    map[string]string `json:"labels,omitempty"`
	Title     string            `json:"title,omitempty"`
	Approvers []string          `json:"approvers,omitempty"` // persons and "group:NAME"
}

// RoutePreview is who would be told of an event, and who would not.
type RoutePreview struct {
	At         progress.Instant `json:"at"`
	Decisions  []RouteDecision  `json:"decisions"`
	More       int              `json:"more,omitempty"`
	Escalation *Escalation      `json:"escalation,omitempty"` // of an approval, if nobody decides it
}

// TestRoute says who would be told of an event: of it admins see everybody, others
// themselves. Nothing is sent.
func (r Routing) TestRoute(ctx context.Context, t RouteTest) (out RoutePreview, err error) {
	err = r.http.post(ctx, "/api/routes/test", "", t, &out)
	return out, err
}
