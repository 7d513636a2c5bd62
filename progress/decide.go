package progress

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Decide says which events follow when the command meets the task at that time,
// or why none may. It changes nothing. For Create the task is the zero one.
//
// The error is an [Error]: Invalid for a value that is wrong in itself,
// NotFound and Forbidden by Allow, Superseded for an older run, attempt or
// lease, Conflict for a state that does not admit the verb. No events and no
// error means that the command is acknowledged and nobody could see a change.
func Decide(t Task, c Command, at time.Time) ([]Event, error) {
	_, events, err := Act(t, c, at)
	return events, err
}

// Act is Decide and Apply in one: it also returns the task as the events made
// it, or as it was when the command is refused.
func Act(t Task, c Command, at time.Time) (Task, []Event, error) {
	if c.Do == nil {
		return t, nil, invalid("verb", "must not be empty")
	}
	d := &draft{t: t, c: c, at: moment(at), now: moment(at)}
	if err := d.admit(); err != nil {
		return t, nil, err
	}
	if err := d.do(); err != nil {
		return t, nil, err
	}
	return d.t, d.events, nil
}

// moment is a time as it is kept: UTC, in whole microseconds.
func moment(at time.Time) time.Time { return at.UTC().Truncate(time.Microsecond) }

// draft is a decision in the making: the task as it would be, and the events
// that made it so.
type draft struct {
	t      Task
	c      Command
	now    time.Time
	at     time.Time // of the events: now, or earlier if a worker reports late
	events []Event
}

// emit adds an event and moves the task on.
func (d *draft) emit(k Kind, step int, data Data) {
	info := k.row()
	if d.events == nil {
		d.events = make([]Event, 0, 2) // what most reports come to
	}
	d.events = append(d.events, Event{
		Kind: k, Step: step, At: d.at, By: d.c.By.Person, Via: d.c.Via, Data: data, Version: d.t.Version,
	})
	e := &d.events[len(d.events)-1]
	if info.Milestone {
		e.Seq = d.t.Seq + 1
	}
	if info.Visible {
		e.Version++
	}
	fold(&d.t, e, info)
}

// admit checks what every command has to pass: the id, the right, the fence.
func (d *draft) admit() error {
	v := d.c.Do.Verb()
	if v == VerbCreate {
		return d.admitCreate()
	}
	if d.t.Spec == nil {
		return refuse(NotFound, "there is no task %q", d.c.Task)
	}
	if err := Allow(d.t, d.c.By, v); err != nil {
		return err
	}
	return d.fence()
}

func (d *draft) admitCreate() error {
	if !d.c.Task.Valid() {
		return invalid("id", "must be 1 to 128 letters, digits and . _ : -, beginning with a letter or digit")
	}
	if err := Allow(Task{}, d.c.By, VerbCreate); err != nil {
		return err
	}
	if d.t.Spec != nil {
		return refuse(Conflict, "there is already a task %q", d.c.Task)
	}
	d.t.ID = d.c.Task
	return nil
}

// fence refuses what was meant for another execution of the task.
func (d *draft) fence() error {
	run, attempt := d.c.If.Run, d.c.If.Attempt
	switch {
	case run < 0:
		return invalid("run", "must be 1 or more")
	case attempt < 0:
		return invalid("attempt", "must be 1 or more")
	case run != 0 && run != d.t.Run:
		return refuse(Superseded, "this is about run %d; the task is at run %d", run, d.t.Run)
	case attempt != 0 && attempt != d.t.Attempt:
		return refuse(Superseded, "this is about attempt %d; the task is at attempt %d", attempt, d.t.Attempt)
	}
	if lease := sender(d.c.Do).lease; lease != "" && lease != d.t.Lease {
		return refuse(Superseded, "this lease has lapsed, and the task is no longer yours")
	}
	return nil
}

func (d *draft) do() error {
	switch c := d.c.Do.(type) {
	case Create:
		return decideCreate(d, c)
	case Report:
		return decideReport(d, c)
	case Heartbeat:
		return decideHeartbeat(d, c)
	case Log:
		return decideLog(d, c)
	case Claim:
		return decideClaim(d, c)
	case Ask:
		return decideAsk(d, c)
	case Approve:
		return decideVote(d, c.Step, Vote{Decision: ApprovalApproved, Reason: c.Reason, Option: c.Option})
	case Reject:
		return decideVote(d, c.Step, Vote{Decision: ApprovalRejected, Reason: c.Reason})
	case Expire:
		return decideExpire(d, c.Step)
	}
	return d.operate()
}

// operate does what people wish of a whole task or a step.
func (d *draft) operate() error {
	if err := d.state(); err != nil {
		return err
	}
	switch c := d.c.Do.(type) {
	case Pause:
		d.emit(TaskPaused, 0, Data{Reason: c.Reason})
	case Resume:
		d.emit(TaskResumed, 0, Data{Reason: c.Reason, Tell: ControlResume})
	case Cancel:
		d.emit(TaskCancelled, 0, Data{Reason: c.Reason})
	case Restart:
		return decideRestart(d, c)
	case Retry:
		return decideRetry(d, c)
	case Skip:
		return decideSkip(d, c)
	case Stall:
		decideStall(d, c)
	case Lapse:
		decideLapse(d)
	default:
		return refuse(Internal, "%T is no change that can be decided", c)
	}
	return nil
}

// state refuses a verb that the table does not admit, and one that the task's
// worker does not obey.
func (d *draft) state() error {
	v := d.c.Do.Verb()
	rule, _ := RuleOf(v)
	if rule.On[d.t.Status] == nil {
		return d.wrongState(v)
	}
	if rule.Needs && !d.t.Spec.obeys(v) {
		return refuse(Conflict, "the worker of this task does not obey %s", v)
	}
	return nil
}

func (d *draft) wrongState(v Verb) error {
	t := d.t
	if t.Status.Ended() && t.End != nil && t.End.By != "" {
		return refuse(Conflict, "cannot %s: the task is %s since %s, by %s", v, t.Status, clock(t.EndedAt), t.End.By)
	}
	return refuse(Conflict, "cannot %s: the task is %s", v, t.Status)
}

// clock is a moment in an error.
func clock(at time.Time) string { return at.Format("2006-01-02 15:04:05 UTC") }

func decideCreate(d *draft, c Create) error {
	spec := c.Spec
	spec.Inputs = given(spec.Inputs)
	spec.CreatedBy = d.c.By.Person
	spec.Open = len(c.Steps) == 0
	if err := checkSpec(spec, d.t.ID); err != nil {
		return err
	}
	if err := checkPlan(c.Steps); err != nil {
		return err
	}
	d.emit(TaskCreated, 0, Data{Spec: &spec, Steps: c.Steps, Run: 1, Attempt: 1})
	return nil
}

func checkSpec(s Spec, id TaskID) error {
	switch {
	case blank(s.Title):
		return invalid("title", "must not be empty")
	case s.Parent != "" && (!s.Parent.Valid() || s.Parent == id):
		return invalid("parent", "must be the id of another task")
	case !validJSON(s.Inputs):
		return invalid("inputs", "must be JSON")
	case !validObject(s.Metadata):
		return invalid("metadata", "must be a JSON object")
	case s.Grace < 0:
		return invalid("grace", "must be 0 or more")
	case s.StallAfter > MostStallAfter:
		return invalid("stall_after", "must be at most %d", MostStallAfter/time.Second)
	case s.Complexity != nil && !(*s.Complexity >= 0 && *s.Complexity <= 1e18):
		return invalid("complexity", "must be a number from 0 to 1e18")
	}
	obeyable := []Verb{VerbPause, VerbResume, VerbRestart, VerbRetry, VerbSkip, VerbCancel}
	for _, v := range s.Controls {
		if !slices.Contains(obeyable, v) {
			return invalid("controls", "%q is not one of pause, resume, restart, retry, skip", v)
		}
	}
	for _, w := range s.CallbackEvents {
		if !CallbackWord(w) {
			return invalid("callback_events", "%q is none of progress, started, completed, failed, cancelled, and no kind of event such as task.paused or approval.*", w)
		}
	}
	for k := range s.Labels {
		if blank(k) {
			return invalid("labels", "has an empty name")
		}
	}
	return nil
}

func decideHeartbeat(d *draft, h Heartbeat) error {
	if err := d.state(); err != nil {
		return err
	}
	d.contact(&Beat{Worker: h.Worker, Alone: d.t.Status == Running})
	return nil
}

// contact notes that the worker was here, and begins or renews its lease. A step
// that takes too long is no shorter for it.
func (d *draft) contact(b *Beat) {
	if d.t.Stalled != "" && d.t.StallCause != CauseOverrun {
		d.emit(Ticked, 0, Data{Tick: &Tick{}})
	}
	if d.t.Lease != "" || b.Lease != "" {
		b.Until = d.at.Add(LeaseFor)
	}
	d.emit(Beaten, 0, Data{Beat: b})
}

// LeaseFor is how long a claim lasts without a report or a heartbeat.
const LeaseFor = time.Minute

func decideLog(d *draft, c Log) error {
	lines := make([]LogLine, len(c.Lines))
	for i, l := range c.Lines {
		l.N = d.t.Lines + int64(i) + 1
		l.At = d.past(l.At)
		l.Line = storable(l.Line)
		lines[i] = l
	}
	if len(lines) > 0 {
		d.emit(Logged, 0, Data{Lines: lines})
	}
	return nil
}

// storable is a line of output as every database keeps it: what is no UTF-8,
// and NUL, become the replacement character.
func storable(line string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(line, "\uFFFD"), "\x00", "\uFFFD")
}

// past is when the worker says that it was, but not in the future, and not
// before there was a task.
func (d *draft) past(at time.Time) time.Time {
	if at.IsZero() || at.After(d.at) {
		return d.at
	}
	if at = moment(at); at.Before(d.t.CreatedAt) {
		return d.t.CreatedAt
	}
	return at
}

func decideClaim(d *draft, c Claim) error {
	if err := d.state(); err != nil {
		return err
	}
	if c.Worker == "" {
		return invalid("worker", "must not be empty")
	}
	if !d.t.Claimable(d.at) {
		return refuse(Conflict, "the task is with another worker")
	}
	d.contact(&Beat{Worker: c.Worker, Lease: c.Lease})
	return nil
}

func decideRestart(d *draft, c Restart) error {
	if c.Inputs = given(c.Inputs); !validJSON(c.Inputs) {
		return invalid("inputs", "must be JSON")
	}
	data := Data{Run: d.t.Run + 1, Attempt: 1, Inputs: c.Inputs, Reason: c.Reason}
	if atWork(d.t) {
		data.Tell = ControlRestart
	}
	d.emit(TaskRestarted, 0, data)
	return nil
}

func decideRetry(d *draft, c Retry) error {
	if c.Inputs = given(c.Inputs); !validJSON(c.Inputs) {
		return invalid("inputs", "must be JSON")
	}
	n := c.Step
	if n == 0 {
		n = d.t.failedStep()
	}
	if n == 0 {
		return refuse(Conflict, "no step has failed; restart the task instead")
	}
	s, err := d.step(n)
	if err != nil {
		return err
	}
	if s.Status != StepFailed {
		return refuse(Conflict, "cannot retry step %d: it is %s", n, s.Status)
	}
	d.emit(TaskRetried, n, Data{Attempt: d.t.Attempt + 1, Run: d.t.Run, Inputs: c.Inputs, Reason: c.Reason, Tell: ControlRetry})
	return nil
}

// step returns the step of that order, or says that there is none.
func (d *draft) step(n int) (Step, error) {
	if n < 1 || n > d.t.Steps.Len() {
		return Step{}, refuse(NotFound, "there is no step %d; the task has %d", n, d.t.Steps.Len())
	}
	return d.t.Steps.At(n), nil
}

func decideSkip(d *draft, c Skip) error {
	n := c.Step
	if n == 0 {
		n = d.t.skippable()
	}
	if n == 0 {
		return refuse(Conflict, "there is no step to skip")
	}
	s, err := d.step(n)
	if err != nil {
		return err
	}
	failed := d.t.Status == Failed
	switch {
	case s.gated():
		return refuse(Conflict, "cannot skip step %d: it needs an approval", n)
	case failed != (s.Status == StepFailed), s.Status.Ended() && !failed:
		return refuse(Conflict, "cannot skip step %d: it is %s", n, s.Status)
	}
	d.emit(StepPassed, n, Data{Reason: c.Reason, Tell: ControlSkip})
	if failed {
		d.emit(TaskRetried, n, Data{Attempt: d.t.Attempt + 1, Run: d.t.Run, Reason: c.Reason, Tell: ControlSkip})
	}
	return nil
}

// validObject reports whether every value of an object is JSON.
func validObject(o map[string]json.RawMessage) bool {
	for _, v := range o {
		if !json.Valid(v) {
			return false
		}
	}
	return true
}

// given is a document that was given: null is none.
func given(b json.RawMessage) json.RawMessage {
	if bytes.Equal(bytes.TrimSpace(b), []byte("null")) {
		return nil
	}
	return b
}

// validJSON reports whether a document is JSON, or none.
func validJSON(b json.RawMessage) bool { return b == nil || json.Valid(b) }
