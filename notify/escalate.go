package notify

import (
	"context"
	"runtime/debug"
	"slices"
	"strconv"

	"github.com/taskherald/herald/progress"
)

// chain begins or ends what happens while an approval is not decided.
func (b *batch) chain(ctx context.Context, c *Case) error {
	if ch, ok := freeze(c, b.Remind); ok {
		b.Chains = append(b.Chains, ch)
		return nil
	}
	switch a := c.Event.Data.Approval; c.Event.Kind {
	case progress.ApprovalDecided:
		return b.over(ctx, c, func(ch *Chain) string {
			if a == nil || ch.Approval != a.ID {
				return ""
			}
			return verdict(a)
		})
	case progress.TaskCompleted, progress.TaskFailed, progress.TaskCancelled, progress.TaskRestarted, progress.StepPassed:
		return b.over(ctx, c, func(ch *Chain) string { return moot(c.Task, ch.Approval) })
	}
	return nil
}

// over ends chains of an event's task, those for which there is a reason.
func (b *batch) over(ctx context.Context, c *Case, why func(*Chain) string) error {
	if c.Event.Kind != progress.TaskRestarted && !asks(c.Task) {
		return nil
	}
	kept, err := b.Agenda.ChainsOf(ctx, c.Task.ID)
	if err != nil {
		return err
	}
	end := func(ch *Chain) (ended bool) {
		if ch.Task != c.Task.ID || ch.Over != "" {
			return false
		}
		reason := why(ch)
		if reason != "" {
			ch.end(reason, c.Event.At)
		}
		return reason != ""
	}
	known := map[string]bool{}
	for i := range b.Chains {
		known[b.Chains[i].Approval] = true
		end(&b.Chains[i])
	}
	for _, ch := range kept {
		if !known[ch.Approval] && end(&ch) {
			b.Chains = append(b.Chains, ch)
		}
	}
	return nil
}

// asks reports whether a task has asked for an approval in the run that it is at.
func asks(t *progress.Task) bool {
	for s := range t.Steps.All() {
		if s.Approval != nil {
			return true
		}
	}
	return false
}

// chase goes on with the chains that are due.
type chase struct{ *batch }

// turn goes on with a chain that is due. One that cannot be is looked at again later, and
// holds up no other.
func (b chase) turn(ctx context.Context, c Chain) {
	defer func() {
		if trouble := recover(); trouble != nil {
			b.Log.Error("an approval could not be brought further", "task", c.Task, "panic", trouble, "stack", string(debug.Stack()))
			c.DueAt = b.at.Add(longestPause)
			b.Chains = append(b.Chains, c)
		}
	}()
	if err := b.advance(ctx, &c); err != nil {
		b.Log.Error("an approval could not be brought further; it is tried again", "task", c.Task, "error", err)
		c.DueAt = b.at.Add(idleLook)
	}
	b.Chains = append(b.Chains, c)
}

func (b chase) advance(ctx context.Context, c *Chain) error {
	t, err := b.task(ctx, c.Task)
	if err != nil {
		return err
	}
	if why := moot(t, c.Approval); why != "" {
		c.end(why, b.at)
		return nil
	}
	p, ok, err := b.pursue(ctx, c, t)
	if err != nil {
		return err
	}
	if !ok {
		c.end("the event is not kept any more", b.at)
		return nil
	}
	stage, alert := c.move(b.at, b.desk.since, p.reached())
	if alert {
		p.alert()
	}
	if stage != nil {
		p.tell(stage)
	}
	return nil
}

// pursue gathers what it takes to ask once more; ok is false where it is not kept any more
// what was asked.
func (b chase) pursue(ctx context.Context, c *Chain, t *progress.Task) (p *pursuit, ok bool, err error) {
	e, ok, err := b.Tasks.Event(ctx, c.Task, c.Seq)
	if err != nil || !ok {
		return nil, ok, err
	}
	if err := b.meet(ctx); err != nil {
		return nil, false, err
	}
	asked, err := b.Post.Letters(ctx, LetterQuery{Task: c.Task, Seq: c.Seq, Limit: mostRows})
	step, _ := t.Asking(c.Approval)
	return &pursuit{b.batch, c, t, &e, t.Steps.At(step).Approval, asked}, true, err
}

// moot says why a question need not be asked any more, "" while it waits for an answer.
func moot(t *progress.Task, approval string) string {
	if t == nil {
		return "the task is gone"
	}
	if _, asks := t.Asking(approval); asks {
		return ""
	}
	for s := range t.Steps.All() {
		if s.Approval != nil && s.Approval.ID == approval {
			return verdict(s.Approval)
		}
	}
	return "nobody asks any more"
}

// answered says why a letter is not worth sending any more that asks for an approval, ""
// for another, and while it waits for an answer. Programs hear of every event.
func answered(p *parcel, t *progress.Task, s *Subscription) string {
	a := p.event.Data.Approval
	if p.Kind != progress.ApprovalNeeded || a == nil || !s.personal() {
		return ""
	}
	step, asks := t.Asking(a.ID)
	switch {
	case !asks:
		return "it needs no answer any more: " + moot(t, a.ID)
	case p.Person != "" && t.Steps.At(step).Approval.ApprovedBy(p.Person):
		return "they have approved it already"
	}
	return ""
}

// pursuit is one more try to have an approval decided.
type pursuit struct {
	*batch
	chain *Chain
	task  *progress.Task
	event *progress.Event
	now   *progress.Approval // what is asked, as it stands
	asked []Letter           // those that have asked so far, the newest first
}

// reached is whether the letters have arrived at people who may decide.
func (p *pursuit) reached() (has heard) {
	for i := range p.asked {
		if l := &p.asked[i]; l.State == Sent && p.decider(l) {
			has.ever = true
			has.round = has.round || l.Round == p.chain.Next
		}
	}
	return has
}

// decider reports whether somebody reads a letter who may decide. At an address that the
// rules name the operator knows who does.
func (p *pursuit) decider(l *Letter) bool {
	if p.named[l.Sub] != nil {
		return true
	}
	who := p.crowd[l.Person]
	return who != nil && !p.program(l) && progress.Allow(*p.task, *who, progress.VerbApprove) == nil && progress.MayDecide(*p.now, *who) == nil
}

// program reports whether a letter has gone to a program, which no stage has named: it
// asks nobody.
func (p *pursuit) program(l *Letter) bool {
	if own, ok := CallbackOf(p.task); ok && own.ID == l.Sub {
		return true
	}
	s := p.roll.byID[l.Sub]
	return l.Round == 0 && s != nil && !s.personal()
}

// tell tells a stage.
func (p *pursuit) tell(s *Stage) {
	r := &routing{
		Case: &Case{Task: p.task, Event: p.event, At: p.at, roll: p.roll, named: p.named, crowd: p.crowd}, at: map[LaneID]int{},
	}
	like := Decision{Outcome: Tells, Why: "nobody has decided yet: stage " + strconv.Itoa(p.chain.Next) + " of its escalation"}
	if len(s.Tell) == 0 {
		p.remind(r, s, like)
	} else {
		r.tell(s.Tell, s.By, like, "")
	}
	r.out = slices.DeleteFunc(r.out, func(d Decision) bool { return d.Person != "" && p.now.ApprovedBy(d.Person) })
	told := round{task: p.task, event: p.event, n: p.chain.Next, at: p.at}
	for _, d := range r.out {
		if d.tells() && p.waits(d.Sub.Address.Lane()) {
			d.silence("what asked before is still in line there")
		}
		p.decided(d, &told)
	}
	p.traced(&told)
}

// waits reports whether the question has not left for an address yet.
func (p *pursuit) waits(at LaneID) bool {
	return slices.ContainsFunc(p.asked, func(l Letter) bool { return l.State == Due && l.Lane == at })
}

// remind takes in those who were asked before and may decide: where they were asked, or at
// their addresses of the stage's channels.
func (p *pursuit) remind(r *routing, s *Stage, like Decision) {
	like.Why = "a reminder: nobody has decided yet"
	for _, l := range slices.Backward(p.asked) { // the oldest first
		sub := p.roll.byID[l.Sub]
		switch {
		case !mayDecide(p.crowd[l.Person], p.task, p.now):
		case len(s.By) > 0:
			r.person(l.Person, s.By, like, "")
		case sub != nil && sub.Off == "" && sub.personal():
			d := like
			d.Sub, d.Person = sub, l.Person
			r.add(d)
		}
	}
}

// alert tells the operators that an approval has reached nobody.
func (p *pursuit) alert() {
	why := "nobody who may decide has an address at which they could be asked"
	if slices.ContainsFunc(p.asked, func(l Letter) bool { return l.State == Due }) {
		why = "what asks has not left yet"
	}
	for _, l := range p.asked {
		if l.State != Sent && l.Why != "" {
			why = l.Why
		}
	}
	p.Log.Warn("an approval reached nobody who may decide it; see herald why", "task", p.task.ID, "step", p.chain.Step, "why", why)
	note := Note{Kind: NoteUndelivered, Reason: why, At: p.at, Task: p.task.ID, Step: p.chain.Step}
	for _, operator := range p.crowd.operators() {
		if !mayTell(p.crowd[operator], p.task) {
			continue
		}
		for _, s := range p.roll.hear(operator, NoteUndelivered) {
			note.Channel, note.To = s.Address.Channel, s.Address.Shown()
			p.note(p.roll, s, note, p.chain.Approval, ClassApproval)
		}
	}
}
