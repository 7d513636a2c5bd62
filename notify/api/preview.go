package api

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// The bounds of what is tried out.
const (
	mostApprovers = 100
	mostRunning   = 30 * 24 * 60 * 60 // seconds
	mostAway      = 10 * 365 * 24 * time.Hour
	mostTried     = 1000           // decisions in an answer
	usualRunning  = int64(60 * 60) // seconds, of a task that is described
)

// routeTest is the body that asks who would be told of an event: of a task that there is,
// or of one that is described.
type routeTest struct {
	Task    progress.TaskID `json:"task"`
	Event   progress.Kind   `json:"event"`
	Step    int             `json:"step"`
	At      string          `json:"at"`
	Running *int64          `json:"running_for_seconds"`
	described
}

// described is a task that there could be.
type described struct {
	Kind      string            `json:"kind"`
	Owner     string            `json:"owner"`
	Labels    map[string]string `json:"labels"`
	Title     string            `json:"title"`
	Approvers []string          `json:"approvers"`
}

// routePreview is what it would come to.
type routePreview struct {
	At         progress.Instant `json:"at"`
	Decisions  []decision       `json:"decisions"`
	More       int              `json:"more,omitempty"`
	Escalation *escalation      `json:"escalation,omitempty"`
}

// test is POST /api/routes/test. Nothing is sent, and nothing is kept.
func (s reasons) test(c *kit.Call) error {
	var b routeTest
	if err := c.Bind(&b); err != nil {
		return err
	}
	b.Event = cmp.Or(b.Event, progress.TaskFailed)
	at, err := b.check(s.now())
	if err != nil {
		return err
	}
	t, err := s.tried(c, &b, at)
	if err != nil {
		return err
	}
	e, err := b.event(&t, at)
	if err != nil {
		return err
	}
	t = progress.Apply(t, e)
	trace, chain, err := s.Preview(c.Ctx(), &t, &e, at)
	if err != nil {
		return progress.Trouble(err)
	}
	c.Reply(http.StatusOK, previewOf(c, at, trace, chain))
	return nil
}

// previewOf is a preview as the caller may see it: admins all of it, others what it says
// of them.
func previewOf(c *kit.Call, at time.Time, t notify.Trace, ch *notify.Chain) routePreview {
	rows := slices.Clone(t.Rows)
	if !c.Who.Has(progress.MayAdmin) {
		rows = of(c.Who.Person, rows)
	}
	more := max(len(rows)-mostTried, 0)
	out := routePreview{At: progress.Instant(at), Decisions: decisionsOf(c, &notify.Trace{Rows: rows[:len(rows)-more]}, fates{}), More: t.More + more}
	if ch != nil {
		out.Escalation = new(escalationOf(c, ch, nil))
	}
	return out
}

// check says what is wrong with it, and else when it is.
func (b *routeTest) check(now time.Time) (at time.Time, err error) {
	switch {
	case kit.Short("event", string(b.Event), mostName) != nil || !milestone(b.Event):
		return at, kit.Invalid("event", "must be a kind of event, such as task.failed")
	case b.Running != nil && (*b.Running < 0 || *b.Running > mostRunning):
		return at, kit.Invalid("running_for_seconds", "must be 0 to %d", mostRunning)
	case b.Step < 0 || b.Task == "" && b.Step > 0:
		return at, kit.Invalid("step", "must be the order of a step of task: 1, 2, 3 …")
	}
	if err = b.described.check(); err != nil {
		return at, err
	}
	if field := b.said(); b.Task != "" && field != "" {
		return at, kit.Invalid(field, "cannot be said together with task")
	}
	if at, err = timeIn("at", b.At); err != nil || b.At == "" {
		return now, err
	}
	if away := at.Sub(now); away > mostAway || away < -mostAway {
		return at, kit.Invalid("at", "must be within ten years of now")
	}
	return at, nil
}

func milestone(k progress.Kind) bool {
	info, ok := k.Info()
	return ok && info.Milestone
}

// said is the first field that describes a task, "" if none does.
func (d *described) said() string {
	switch {
	case d.Kind != "":
		return "kind"
	case d.Owner != "":
		return "owner"
	case len(d.Labels) > 0:
		return "labels"
	case d.Title != "":
		return "title"
	case len(d.Approvers) > 0:
		return "approvers"
	}
	return ""
}

func (d *described) check() error {
	about := wish{Kind: d.Kind, Owner: d.Owner, Labels: d.Labels}
	if err := about.check(); err != nil {
		return err
	}
	if err := kit.Short("title", d.Title, mostName); err != nil {
		return err
	}
	if len(d.Approvers) > mostApprovers {
		return kit.Over("approvers", "must be at most %d", mostApprovers)
	}
	for i, name := range d.Approvers {
		field := fmt.Sprintf("approvers[%d]", i)
		if name == "" {
			return kit.Invalid(field, "must not be empty")
		}
		if err := kit.Short(field, name, mostName); err != nil {
			return err
		}
	}
	return nil
}

// tried is the task as it is before the event.
func (s reasons) tried(c *kit.Call, b *routeTest, at time.Time) (t progress.Task, err error) {
	if b.Task == "" {
		return b.task(c.Who.Person, b.Event, at.Add(-time.Duration(*cmp.Or(b.Running, new(usualRunning)))*time.Second)), nil
	}
	if err = kit.Short("task", string(b.Task), mostName); err != nil {
		return t, err
	}
	if t, err = s.seen(c, "task", b.Task); err != nil {
		return t, err
	}
	if b.Running != nil {
		t.StartedAt = at.Add(-time.Duration(*b.Running) * time.Second)
	}
	return t, nil
}

// task is the described one, made by somebody and begun at a time. Of its one step it is
// asked whether it may go on, if anybody is named to decide it.
func (d *described) task(by progress.Person, of progress.Kind, begun time.Time) progress.Task {
	var entropy [5]byte
	_, _ = rand.Read(entropy[:]) // never fails
	step := progress.Plan{Name: "Step"}
	if len(d.Approvers) > 0 {
		step.Gate = &progress.Gate{Approvers: d.Approvers}
	}
	spec := progress.Spec{Title: cmp.Or(d.Title, "Task"), Kind: d.Kind, Owner: d.Owner, CreatedBy: by, Labels: d.Labels}
	lived := []progress.Event{
		{Seq: 1, Version: 1, Kind: progress.TaskCreated, At: begun, By: by, Data: progress.Data{Spec: &spec, Steps: []progress.Plan{step}}},
		{Seq: 2, Version: 2, Kind: progress.TaskStarted, At: begun},
	}
	if of == progress.TaskCreated || of == progress.TaskStarted {
		lived = lived[:1]
	}
	return progress.Replay(progress.NewTaskID(begun, entropy), lived)
}

// event is what would happen next to a task.
func (b *routeTest) event(t *progress.Task, at time.Time) (e progress.Event, err error) {
	e = progress.Event{Seq: t.Seq + 1, Version: t.Version + 1, Kind: b.Event, Step: b.Step, At: at}
	e.Data.Run, e.Data.Attempt = t.Run+1, t.Attempt+1
	switch kind := string(b.Event); {
	case b.Event == progress.TaskCreated: // as it was
		spec := *t.Spec
		e.Data.Spec, e.Data.Steps = &spec, plansOf(t)
	case strings.HasPrefix(kind, "step."), strings.HasPrefix(kind, "approval."):
		e.Step = cmp.Or(b.Step, t.Steps.First(progress.StepWaiting), t.Current())
		if e.Step == 0 {
			return e, kit.Invalid("event", "%s is about a step, and the task has none", b.Event)
		}
	}
	if e.Step > t.Steps.Len() {
		return e, kit.Invalid("step", "must be 1 to %d", t.Steps.Len())
	}
	if strings.HasPrefix(string(b.Event), "approval.") {
		e.Data.Approval = approvalOf(t, &e)
	}
	return e, nil
}

func plansOf(t *progress.Task) (out []progress.Plan) {
	for s := range t.Steps.All() {
		out = append(out, s.Plan)
	}
	return out
}

// approvalOf is what an event says of the approval of its step: the one that waits, or else
// one as its gate has it.
func approvalOf(t *progress.Task, e *progress.Event) *progress.Approval {
	step := t.Steps.At(e.Step)
	a := progress.Approval{Status: progress.ApprovalPending, RequestedAt: e.At}
	switch {
	case step.Status == progress.StepWaiting:
		a = *step.Approval
	case step.Gate != nil:
		a.Gate = *step.Gate
		if a.ExpiresIn > 0 {
			a.ExpiresAt = e.At.Add(time.Duration(a.ExpiresIn) * time.Second)
		}
	}
	if e.Kind == progress.ApprovalDecided {
		a.Status, a.DecidedAt = progress.ApprovalApproved, e.At
	}
	return &a
}
