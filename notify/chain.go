package notify

import (
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
)

// Chain is what happens while an approval that was asked for is not decided. It is frozen
// when it is asked: no later change of rules or settings touches it.
type Chain struct {
	Approval string // its id
	Task     progress.TaskID
	Seq      int64 // of the event that asks
	Step     int   // order
	AskedAt  time.Time
	Stages   []Stage
	Next     int       // of Stages, the one to come, len(Stages) after the last; so also which was told last, counted from 1
	FiredAt  time.Time // when the stage before Next was told, or it was asked
	DueAt    time.Time // when there is something to do; zero: never
	Alerted  bool      // the operators know that it reached nobody
	Over     string    // why nothing more happens, "" while it goes on
	OverAt   time.Time
}

// askPatience is how long a question may take to reach somebody who may decide it, before
// the next stage comes without waiting for its time.
const askPatience = 30 * time.Second

// freeze is the chain of the approval that an event asks for; ok is false for another
// event. Without stages of its own or of a rule those asked are reminded once, after a
// while, or half of the time that there is to decide. It is pure.
func freeze(c *Case, remind time.Duration) (ch Chain, ok bool) {
	a := c.Event.Data.Approval
	if c.Event.Kind != progress.ApprovalNeeded || a == nil {
		return ch, false
	}
	return Chain{
		Approval: a.ID, Task: c.Task.ID, Seq: c.Event.Seq, Step: c.Event.Step, AskedAt: c.Event.At,
		Stages: stagesOf(c, a, remind), FiredAt: c.At, DueAt: c.At.Add(askPatience),
	}, true
}

func stagesOf(c *Case, a *progress.Approval, remind time.Duration) (out []Stage) {
	for _, e := range a.Escalate {
		out = append(out, Stage{After: time.Duration(e.After) * time.Second, Tell: e.Tell, By: e.By})
	}
	if len(out) > 0 {
		return out
	}
	for _, rule := range Applying(c.Rules, c.Task, c.Event) {
		if len(rule.Escalate) > 0 {
			return rule.Escalate
		}
	}
	if lapse, ok := a.Lapses(); ok {
		remind = min(remind, lapse.Sub(a.RequestedAt)/2)
	}
	if remind < askPatience {
		return nil
	}
	return []Stage{{After: remind}}
}

// heard is whether a question has arrived at somebody who may decide it.
type heard struct {
	round bool // as it was told last
	ever  bool
}

// move goes on with the chain, which is due: to the next stage, if its time has come or
// the one before has reached nobody; alert says that operators have to hear that nobody
// was reached at all. awake is since when letters are sent: before, none could arrive. It
// is pure.
func (c *Chain) move(now, awake time.Time, has heard) (stage *Stage, alert bool) {
	arrives := latest(c.FiredAt, awake).Add(askPatience)
	late := !now.Before(arrives)
	if late && !has.ever && !c.Alerted {
		alert, c.Alerted = true, true
	}
	next, at := c.upcoming(late && !has.round)
	if next < len(c.Stages) && !now.Before(at) {
		c.Next = next + 1
		c.FiredAt, c.DueAt = now, now.Add(askPatience)
		return &c.Stages[next], alert
	}
	if c.DueAt = at; !late {
		c.DueAt = sooner(at, arrives)
	}
	return nil, alert
}

// upcoming is the stage that comes next, and when; after the last the time is zero. In a
// hurry it is the first that leads elsewhere, at once: a reminder goes where nothing arrives.
func (c *Chain) upcoming(hurry bool) (next int, at time.Time) {
	if i := slices.IndexFunc(c.Stages[c.Next:], Stage.elsewhere); hurry && i >= 0 {
		return c.Next + i, c.FiredAt
	}
	if c.Next == len(c.Stages) {
		return c.Next, time.Time{}
	}
	return c.Next, c.FiredAt.Add(c.Stages[c.Next].After)
}

// elsewhere reports whether the stage tells others, or on other channels.
func (s Stage) elsewhere() bool { return len(s.Tell) > 0 || len(s.By) > 0 }

// end ends the chain.
func (c *Chain) end(why string, at time.Time) { c.Over, c.OverAt, c.DueAt = why, at, time.Time{} }

// verdict says in a few words what became of an approval.
func verdict(a *progress.Approval) string {
	if a.DecidedBy == "" || a.Status == progress.ApprovalExpired {
		return string(a.Status)
	}
	return string(a.Status) + " by " + string(a.DecidedBy)
}
