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
	a := c.Event.Data.Approval
	if c.Event.Kind != progress.ApprovalDecided || a == nil {
		return nil
	}
	for i := range b.Chains { // of the same batch
		if b.Chains[i].Approval == a.ID {
			b.Chains[i].end(verdict(a), c.Event.At)
			return nil
		}
	}
	kept, err := b.Agenda.ChainsOf(ctx, c.Task.ID)
	for _, ch := range kept {
		if ch.Approval == a.ID && ch.Over == "" {
			ch.end(verdict(a), c.Event.At)
			b.Chains = append(b.Chains, ch)
		}
	}
	return err
}

// chase goes on with the chains that are due.
type chase struct{ *batch }

// turn goes on with a chain that is due. One that cannot be is looked at again later.
func (b chase) turn(ctx context.Context, c Chain) error {
	defer func() {
		if trouble := recover(); trouble != nil {
			b.Log.Error("an approval could not be brought further", "task", c.Task, "panic", trouble, "stack", string(debug.Stack()))
			c.DueAt = b.at.Add(longestPause)
			b.Chains = append(b.Chains, c)
		}
	}()
	if err := b.advance(ctx, &c); err != nil {
		return err
	}
	b.Chains = append(b.Chains, c)
	return nil
}

func (b chase) advance(ctx context.Context, c *Chain) error {
	t, err := b.task(ctx, c.Task)
	if err != nil {
		return err
	}
	why := moot(t, c.Approval)
	if why != "" {
		c.end(why, b.at)
		return nil
	}
	e, ok, err := b.Tasks.Event(ctx, c.Task, c.Seq)
	if err != nil {
		return err
	}
	if !ok {
		c.end("the event is not kept any more", b.at)
		return nil
	}
	if err := b.meet(ctx); err != nil {
		return err
	}
	asked, err := b.asked(ctx, c)
	if err != nil {
		return err
	}
	p := pursuit{b.batch, c, t, &e, asked}
	stage, alert := c.move(b.at, p.reached())
	if alert {
		p.alert()
	}
	if stage != nil {
		p.tell(stage)
	}
	return nil
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
	if why := moot(t, a.ID); why != "" {
		return "it needs no answer any more: " + why
	}
	return ""
}

// asked are the letters that have asked so far.
func (b chase) asked(ctx context.Context, c *Chain) ([]Letter, error) {
	all, err := b.Post.Letters(ctx, LetterQuery{Task: c.Task, Limit: loadMost})
	return slices.DeleteFunc(all, func(l Letter) bool { return l.Seq != c.Seq || l.Note != nil }), err
}

// pursuit is one more try to have an approval decided.
type pursuit struct {
	*batch
	chain *Chain
	task  *progress.Task
	event *progress.Event
	asked []Letter
}

// approval is what is asked, as it stands.
func (p *pursuit) approval() *progress.Approval { return p.task.Steps.At(p.chain.Step).Approval }

// reached is whether the letters have arrived at people who may decide.
func (p *pursuit) reached() (has heard) {
	for i := range p.asked {
		l := &p.asked[i]
		who := p.crowd[l.Person]
		if l.State != Sent || who == nil || progress.Allow(*p.task, *who, progress.VerbApprove) != nil || progress.MayDecide(*p.approval(), *who) != nil {
			continue
		}
		has.ever = true
		has.round = has.round || l.Round == p.chain.Round
	}
	return has
}

// tell tells a stage.
func (p *pursuit) tell(s *Stage) {
	r := &routing{
		Case: &Case{Task: p.task, Event: p.event, At: p.at, roll: p.roll, crowd: p.crowd}, at: map[LaneID]int{},
	}
	like := Decision{Outcome: Tells, Why: "nobody has decided yet: stage " + strconv.Itoa(p.chain.Next) + " of its escalation"}
	if len(s.Tell) == 0 {
		p.remind(r, s, like)
	} else {
		r.tell(s.Tell, s.By, like, "")
	}
	r.out = slices.DeleteFunc(r.out, func(d Decision) bool { return d.Person != "" && p.approval().ApprovedBy(d.Person) })
	r.temper()
	told := round{task: p.task, event: p.event, n: p.chain.Round, at: p.at}
	for _, d := range r.out {
		p.decided(d, &told)
	}
	p.traced(&told)
}

// remind takes in those who were asked before and may decide: where they were asked, or at
// their addresses of the stage's channels.
func (p *pursuit) remind(r *routing, s *Stage, like Decision) {
	like.Why = "a reminder: nobody has decided yet"
	for _, l := range slices.Backward(p.asked) { // the oldest first
		sub := p.roll.byID[l.Sub]
		switch {
		case !mayDecide(p.crowd[l.Person], p.task, p.approval()):
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
	for _, l := range p.asked {
		if l.State != Sent && l.Why != "" {
			why = l.Why
		}
	}
	p.Log.Warn("an approval reached nobody who may decide it; see herald why", "task", p.task.ID, "step", p.chain.Step, "why", why)
	note := Note{Kind: NoteUndelivered, Reason: why, At: p.at, Task: p.task.ID, Step: p.chain.Step}
	for _, s := range p.roll.all {
		who := p.crowd[s.Owner]
		if s.Off != "" || who == nil || !who.Has(progress.MayAdmin) || !mayTell(who, p.task) || !s.Hears(NoteUndelivered) {
			continue
		}
		note.Channel, note.To = s.Address.Channel, s.Address.Shown()
		p.note(p.roll, s, note, p.chain.Approval, ClassApproval)
	}
}
