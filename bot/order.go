package bot

import (
	"crypto/rand"
	"encoding/hex"
	"slices"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
)

// order is one thing to be done to one task, as it was when it was asked for: whatever has
// moved since, the engine refuses it.
type order struct {
	Verb    progress.Verb   `json:"verb"`
	Task    progress.TaskID `json:"task"`
	Step    int             `json:"step,omitempty"`
	Run     int             `json:"run"`
	Attempt int             `json:"attempt"`
	Digest  string          `json:"digest,omitempty"` // of the approval that waited
	Reason  string          `json:"reason,omitempty"`
	Key     string          `json:"key,omitempty"` // that it is given with
}

// aim makes an order of a wish. Where the wish names no step, it is about the one that it
// means now, and no other later.
func aim(t progress.Task, who progress.Actor, v progress.Verb, step int, reason string) order {
	o := order{Verb: v, Task: t.ID, Step: step, Run: t.Run, Attempt: t.Attempt, Reason: reason}
	switch v {
	case progress.VerbApprove, progress.VerbReject:
		if o.Step == 0 {
			o.Step = waiting(t, who)
		}
		if ap := approvalAt(t, o.Step); ap != nil {
			o.Digest = ap.Digest
		}
	case progress.VerbRetry, progress.VerbSkip:
		if o.Step == 0 {
			o.Step = stuck(t, v)
		}
	default:
		o.Step = 0 // these are about the whole task
	}
	return o
}

// waiting is the step that a decision means which names none: the first that waits and is
// the person's to decide, else the first that waits; 0 if none does.
func waiting(t progress.Task, who progress.Actor) int {
	if t.Steps.First(progress.StepWaiting) == 0 {
		return 0
	}
	for s := range t.Steps.All() {
		if s.Status == progress.StepWaiting && progress.MayDecide(*s.Approval, who) == nil {
			return s.Order
		}
	}
	return t.Steps.First(progress.StepWaiting)
}

// stuck is the step that a retry or a skip means which names none, 0 if there is none.
func stuck(t progress.Task, v progress.Verb) int {
	switch {
	case t.Status == progress.Failed && t.End != nil && t.End.Step > 0 && t.Steps.At(t.End.Step).Status == progress.StepFailed:
		return t.End.Step
	case t.Status == progress.Failed:
		return t.Steps.First(progress.StepFailed)
	case v == progress.VerbSkip:
		return t.Current()
	}
	return 0
}

// approvalAt is what is asked at a step, nil if nothing is.
func approvalAt(t progress.Task, step int) *progress.Approval {
	if step < 1 || step > t.Steps.Len() {
		return nil
	}
	if s := t.Steps.At(step); s.Status == progress.StepWaiting {
		return s.Approval
	}
	return nil
}

// risky reports whether it approves something of high risk: who does that has to see first
// what it is.
func (o order) risky(t progress.Task) bool {
	ap := approvalAt(t, o.Step)
	return o.Verb == progress.VerbApprove && ap != nil && ap.Risk == "high"
}

// command is the order as the engine takes it.
func (o order) command(who progress.Actor, via progress.Via) progress.Command {
	return progress.Command{
		Key: o.Key, Body: o.body(), Task: o.Task, By: who, Via: via, Do: o.change(),
		If: progress.Fence{Run: o.Run, Attempt: o.Attempt, Digest: o.Digest},
	}
}

// body is the fingerprint that goes with the key. It does not tell of the task: what was
// done under a key is what there is to say of it, whatever "it" would mean today.
func (o order) body() string {
	if o.Key == "" {
		return ""
	}
	return "chat"
}

func (o order) change() progress.Change {
	switch o.Verb {
	case progress.VerbApprove:
		return progress.Approve{Step: o.Step, Reason: o.Reason}
	case progress.VerbReject:
		return progress.Reject{Step: o.Step, Reason: o.Reason}
	case progress.VerbPause:
		return progress.Pause{Reason: o.Reason}
	case progress.VerbResume:
		return progress.Resume{Reason: o.Reason}
	case progress.VerbCancel:
		return progress.Cancel{Reason: o.Reason}
	case progress.VerbRestart:
		return progress.Restart{Reason: o.Reason}
	case progress.VerbRetry:
		return progress.Retry{Step: o.Step, Reason: o.Reason}
	case progress.VerbSkip:
		return progress.Skip{Step: o.Step, Reason: o.Reason}
	}
	return nil
}

// ticket is the order as a button has it, but for its reason.
func (o order) ticket(t *talk) ticket.Ticket {
	return ticket.Ticket{
		Verbs: []progress.Verb{o.Verb}, Task: o.Task, Step: o.Step, Run: o.Run, Attempt: o.Attempt, Digest: o.Digest,
		Person: t.turn.Who.Person, Via: progress.ViaButton, Sub: mark(), Expires: t.now.Add(patience),
	}
}

// mark is what a ticket has in place of a subscription. It tells two questions about the
// same thing apart, so that a yes to the one is none to the other; and as there is no such
// subscription, the ticket is none for the page that links in mails lead to, which asks
// nobody to log in.
func mark() string {
	var b [markSize]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// markSize is the length of a mark, in bytes: what is sealed has to fit into a button.
const markSize = 4

// marked reports whether a ticket was made here, and not for a mail or a push.
func marked(k ticket.Ticket) bool {
	b, err := hex.DecodeString(k.Sub)
	return err == nil && len(b) == markSize && len(k.Verbs) < 2
}

// orderOf is what a ticket orders; ok is false for one that only says no.
func orderOf(k ticket.Ticket) (o order, ok bool) {
	if len(k.Verbs) == 0 {
		return order{Task: k.Task}, false
	}
	return order{
		Verb: k.Verbs[0], Task: k.Task, Step: k.Step, Run: k.Run, Attempt: k.Attempt, Digest: k.Digest, Key: "chat " + k.Key(),
	}, true
}

// admits says why an order could not be carried out on a task as it is; nil if it could.
func (t *talk) admits(task progress.Task, o order) error {
	_, err := progress.Decide(task, o.command(t.turn.Who, t.turn.Via), t.now)
	return err
}

// offers are the orders that the person may give to a task now.
func offers(t *talk, task progress.Task) []order {
	var out []order
	for _, v := range progress.Offers(task, t.turn.Who) {
		out = append(out, aim(task, t.turn.Who, v, 0, ""))
	}
	return slices.DeleteFunc(out, func(o order) bool { return t.admits(task, o) != nil })
}
