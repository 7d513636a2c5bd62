package notify

import (
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// crowd is everyone who is not disabled, by name.
type crowd map[progress.Person]*progress.Actor

func crowdOf(all []progress.Actor) crowd {
	c := make(crowd, len(all))
	for i := range all {
		c[all[i].Person] = &all[i]
	}
	return c
}

// among are those whom a test holds for, by name.
func (c crowd) among(test func(*progress.Actor) bool) (out []progress.Person) {
	for p, a := range c {
		if test(a) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

// operators are those who may administer, by name.
func (c crowd) operators() []progress.Person {
	return c.among(func(a *progress.Actor) bool { return a.Has(progress.MayAdmin) })
}

// named are the people whom a name stands for: itself, or those of its group.
func (c crowd) named(name string) []progress.Person {
	if !strings.HasPrefix(name, groupPrefix) {
		return []progress.Person{progress.Person(name)}
	}
	return c.among(func(a *progress.Actor) bool { return a.Is(name) })
}

const groupPrefix = "group:"

// rule takes in what a rule leads to.
func (r *routing) rule(rule *Rule) {
	short := ""
	if r.early(rule.Over) {
		short = "the run has taken less than " + rule.Over.String()
	}
	r.tell(rule.Tell, rule.By, Decision{
		Rule: rule.Name, Outcome: Tells, Why: "rule " + rule.Name, digest: rule.Digest, group: groupOf(r.Task, rule.Group),
	}, short)
}

// early reports whether an event comes before its run has taken a time. What failed,
// what does not move and what is asked is never early.
func (r *routing) early(over time.Duration) bool {
	switch r.Event.Kind {
	case progress.TaskFailed, progress.StepFell, progress.TaskStalled:
		return false
	}
	class := ClassOf(r.Event.Kind)
	if over == 0 || class == ClassApproval || class == ClassEnd && !r.Event.At.Equal(r.Task.EndedAt) {
		return false // of a run that ended and that we know no more, it may have taken any time
	}
	began := r.Task.StartedAt
	return began.IsZero() || r.Event.At.Sub(began) < over
}

// groupOf says what comes in one digest with a task's.
func groupOf(t *progress.Task, by []string) string {
	parts := make([]string, len(by))
	for i, word := range by {
		switch label, isLabel := strings.CutPrefix(word, groupLabel); {
		case isLabel:
			parts[i] = t.Spec.Labels[label]
		case word == "task":
			parts[i] = string(t.ID)
		case word == "kind":
			parts[i] = t.Spec.Kind
		case word == "owner":
			parts[i] = t.Spec.Owner
		}
	}
	return strings.Join(parts, "\x00")
}

const groupLabel = "label:"

// tell takes in a decision for all whom names stand for, at their addresses of some
// channels; against is why it is not told after all, "" if it is.
func (r *routing) tell(names, by []string, like Decision, against string) {
	for _, name := range names {
		if a, ok := addressIn(name); ok {
			r.add(r.vouched(a, like, against))
			continue
		}
		for _, p := range r.people(name) {
			r.person(p, by, like, against)
		}
	}
}

// vouched is a decision for an address that rules name. Where pictures can be changed it has
// a card of each task that it is told of.
func (c *Case) vouched(a Address, d Decision, against string) Decision {
	d.Sub = vouchedFor(a)
	known := c.named[d.Sub.ID]
	if known == nil {
		return d.unless("no rule of this server names the address")
	}
	d.Sub, d.Mark = known, known.Live && against == ""
	return d.unless(against)
}

// addressIn is the address that a name of a rule is, such as email:ops@example.com.
func addressIn(name string) (a Address, ok bool) {
	channel, to, ok := strings.Cut(name, ":")
	return Address{Channel: channel, To: to}, ok && channel+":" != groupPrefix
}

func (d Decision) unless(why string) Decision {
	if why != "" {
		d.silence(why)
	}
	return d
}

// people are those whom a name of a rule stands for.
func (r *routing) people(name string) []progress.Person {
	switch name {
	case TellOwner:
		spec := r.Task.Spec
		if spec.Owner != "" {
			return r.crowd.named(spec.Owner)
		}
		return []progress.Person{spec.CreatedBy}
	case TellOperators:
		return r.crowd.operators()
	case TellApprovers:
		return r.approvers()
	}
	return r.crowd.named(name)
}

// approvers are the people who are named to decide what the event asks.
func (r *routing) approvers() (out []progress.Person) {
	if a := r.Event.Data.Approval; a != nil {
		for _, name := range a.Approvers {
			out = append(out, r.crowd.named(name)...)
		}
	}
	return out
}

// person takes in a decision for somebody, at each of their addresses.
func (r *routing) person(p progress.Person, by []string, like Decision, against string) {
	if p == "" {
		return
	}
	like.Person = p
	switch who := r.crowd[p]; {
	case who == nil:
		r.add(like.unless("there is nobody of that name"))
		return
	case !mayTell(who, r.Task):
		r.add(like.unless("they may not see the task"))
		return
	}
	ways := r.roll.addresses(p, by)
	if len(ways) == 0 {
		r.add(like.unless(nowhere(by)))
	}
	for _, s := range ways {
		d := like
		d.Sub = s
		r.add(d.unless(against))
	}
}

func nowhere(by []string) string {
	if len(by) == 0 {
		return "they have no address: nothing of theirs is subscribed"
	}
	return "they have no address of " + strings.Join(by, ", ") + ": nothing of theirs is subscribed there"
}

// asked takes in those who are asked to decide: who is named, or else whose task it is.
func (r *routing) asked() {
	a := r.Event.Data.Approval
	if r.Event.Kind != progress.ApprovalNeeded || a == nil {
		return
	}
	who := r.approvers()
	if len(a.Approvers) == 0 {
		who = r.people(TellOwner)
	}
	for _, p := range who {
		if mayDecide(r.crowd[p], r.Task, a) {
			r.person(p, nil, Decision{Outcome: Tells, Why: "asked to decide"}, "")
		}
	}
}

// mayDecide reports whether somebody may decide an approval of a task, and has not said
// yes to it.
func mayDecide(who *progress.Actor, t *progress.Task, a *progress.Approval) bool {
	return who != nil && progress.Allow(*t, *who, progress.VerbApprove) == nil &&
		progress.MayDecide(*a, *who) == nil && !a.ApprovedBy(who.Person)
}

// mayTell reports whether somebody with those eyes may be told of a task.
func mayTell(eyes *progress.Actor, t *progress.Task) bool {
	return eyes != nil && eyes.Has(progress.MayRead) && progress.Sees(*t, *eyes)
}
