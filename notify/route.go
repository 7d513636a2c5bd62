package notify

import (
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
)

// Decision is what an event leads to for one person at one address.
type Decision struct {
	Sub     *Subscription // whose address it is; nil for somebody who has none that would do
	Person  progress.Person
	Rule    string // whose doing it is, "" for a subscription's
	Outcome Outcome
	Mark    bool      // its card of the task has to show the event's version
	Until   time.Time // of what is held or gathered
	Why     string    // for people

	own    bool    // a subscription's
	digest Cadence // of the rule
	group  string  // what comes in one digest
}

// silence has nothing told.
func (d *Decision) silence(why string) { d.Outcome, d.Why = Silent, why }

// tells reports whether it is told, now or later.
func (d *Decision) tells() bool { return d.Outcome != Silent && d.Outcome != Shows }

// Case is an event, and all that decides who is told of it. What it points to is not
// changed.
type Case struct {
	Task  *progress.Task
	Event *progress.Event
	At    time.Time
	Rules []Rule

	about []*Subscription                  // those that are about the task
	roll  *roll                            // who has subscribed to anything, and how they want to be told
	named map[SubscriptionID]*Subscription // addresses that the operator's rules name: no others are told that are nobody's
	crowd crowd                            // everyone; nil where nobody is told who has not subscribed
	sees  func(*Subscription) bool
}

// Route says what an event of a task leads to: a decision for every address that is about
// it, by subscriptions, by rules, or because somebody is asked; those that lead to nothing
// too. An address is told once. It is pure.
func Route(c *Case) []Decision {
	r := &routing{Case: c, at: map[LaneID]int{}}
	for _, s := range c.about {
		r.add(r.subscribed(s))
	}
	if c.crowd != nil {
		for _, rule := range Applying(c.Rules, c.Task, c.Event) {
			r.rule(&rule)
		}
		r.asked()
	}
	return r.out
}

// routing is a Route in the making.
type routing struct {
	*Case
	out []Decision
	at  map[LaneID]int // where in out an address is
}

// subscribed is what a subscription makes of the event.
func (r *routing) subscribed(s *Subscription) Decision {
	d := Decision{Sub: s, Person: s.Owner, Outcome: Silent, own: true}
	switch {
	case s.Off != "":
		d.Why = "the subscription is off: " + s.Off
		return d
	case !r.sees(s):
		d.Why = "its owner may not see the task"
		return d
	}
	d.Mark = s.Live
	switch wants := s.Wants(string(r.Event.Kind)); {
	case wants && brief(r.Task, r.Event, s.Over):
		d.Why = "the run was over in less than " + s.Over.String()
	case wants:
		d.Outcome, d.Why = Tells, "subscribed"
		return d
	default:
		d.Why = "not subscribed to " + string(r.Event.Kind)
	}
	if d.Mark {
		d.Outcome, d.Why = Shows, "the card shows it; "+d.Why
	}
	return d
}

// add takes a decision in, in the manner of who gets it. What an address is told already
// it is not told again.
func (r *routing) add(d Decision) {
	if d.Sub == nil {
		if !slices.ContainsFunc(r.out, func(o Decision) bool { return o.Sub == nil && o.Person == d.Person }) {
			r.out = append(r.out, d)
		}
		return
	}
	wanted := d.tells()
	r.temper(&d)
	i, known := r.at[d.Sub.Address.Lane()]
	switch {
	case !known:
		r.lead(d)
	case !d.tells():
		r.silent(i, d, wanted)
	case !r.out[i].tells():
		r.instead(i, d)
	case r.matters(&d, &r.out[i]):
		r.out[i].yield(&d)
		r.lead(d)
	case d.own:
		d.yield(&r.out[i])
		r.out = append(r.out, d)
	}
}

// silent takes in why an address is not told. That its person does not want what a rule
// tells says more than that they have not subscribed to it.
func (r *routing) silent(i int, d Decision, wanted bool) {
	was := &r.out[i]
	switch {
	case d.own && (d.Mark || !was.tells() || d.Person != was.Person):
		r.out = append(r.out, d)
	case wanted && !d.own && was.Outcome == Silent && was.Person == d.Person:
		was.Rule, was.Why = d.Rule, d.Why
	}
}

// lead takes in what an address is told, or the first that is known of it.
func (r *routing) lead(d Decision) {
	r.at[d.Sub.Address.Lane()] = len(r.out)
	r.out = append(r.out, d)
}

// instead has an address told that was told nothing: where its card is, if it has one.
func (r *routing) instead(i int, d Decision) {
	was := &r.out[i]
	if was.Person != d.Person {
		r.lead(d)
		return
	}
	if was.Mark {
		d.Sub, d.Mark = was.Sub, true
	}
	*was = d
}

// matters reports whether of two messages to an address the first is the one to be sent:
// it comes now and the other later, or it asks somebody who may decide and the other
// does not.
func (r *routing) matters(d, was *Decision) bool {
	if d.Outcome != Tells || was.Outcome != Tells {
		return d.Outcome == Tells
	}
	return d.Person != was.Person && r.asks(d.Person) && !r.asks(was.Person)
}

// asks reports whether the event is a question that somebody may answer.
func (r *routing) asks(p progress.Person) bool {
	a := r.Event.Data.Approval
	return r.Event.Kind == progress.ApprovalNeeded && a != nil && mayDecide(r.crowd[p], r.Task, a)
}

// yield has nothing told, as another tells the address.
func (d *Decision) yield(to *Decision) {
	by := string(to.Sub.ID)
	switch {
	case to.Sub.Vouched && to.Rule != "":
		by = "rule " + to.Rule
	case to.Sub.Vouched:
		by = "the escalation"
	case to.Person != d.Person:
		by = "somebody else's subscription"
	}
	d.silence("the address is told already, by " + by)
	if d.Until = (time.Time{}); d.Mark {
		d.Outcome = Shows
	}
}

// temper has a message to a person come in their manner.
func (r *routing) temper(d *Decision) {
	if d.Outcome == Tells && d.Sub.personal() {
		r.roll.manner(d.Person).temper(d, r.Task, r.Event.Kind, r.At)
	}
}

// brief reports whether the event ends a run that took less than a time. That a run
// failed is told whatever it took, as is the end of one that we know no more.
func brief(t *progress.Task, e *progress.Event, over time.Duration) bool {
	if over == 0 || e.Kind != progress.TaskCompleted && e.Kind != progress.TaskCancelled || !e.At.Equal(t.EndedAt) {
		return false
	}
	return t.StartedAt.IsZero() || e.At.Sub(t.StartedAt) < over
}

// about are the subscriptions that are about a task, its own too.
func about(t *progress.Task, subs []*Subscription) (out []*Subscription) {
	for _, s := range subs {
		if s.Match.Of(t) {
			out = append(out, s)
		}
	}
	if own, ok := CallbackOf(t); ok {
		out = append(out, own)
	}
	return out
}

// WantProgress is what a task's callback_events say that asks for its progress, and
// callbackAlways the events that every callback is told of.
const WantProgress = "progress"

var callbackAlways = []string{
	string(progress.TaskStarted), string(progress.TaskCompleted), string(progress.TaskFailed), string(progress.TaskCancelled),
}

// CallbackOf is the subscription that a task has of its own, for the URL that it was
// created with; ok is false if it has none.
func CallbackOf(t *progress.Task) (s *Subscription, ok bool) {
	spec := t.Spec
	if spec.CallbackURL == "" {
		return nil, false
	}
	return &Subscription{
		ID: SubscriptionID("cb_" + string(t.ID)), Owner: spec.CreatedBy, Callback: true, MadeAt: t.CreatedAt,
		Address: Address{Channel: Webhook, To: spec.CallbackURL, Key: HolderOf(spec.CreatedBy)},
		Events:  slices.Concat(callbackAlways, spec.CallbackEvents),
		Live:    slices.Contains(spec.CallbackEvents, WantProgress),
	}, true
}
