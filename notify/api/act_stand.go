package api

import (
	"context"
	"errors"
	"slices"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates/webpage"
)

// stand is how things are with a ticket.
type stand struct {
	ticket.Ticket
	who      progress.Actor     // the person, with what they may do now
	task     *progress.Task     // nil where nothing may be said of it
	approval *progress.Approval // that the ticket is about, nil if that is not asked any more
	name     string             // of the step
	lapse    webpage.Lapse      // why the ticket is good for nothing any more, "" while it may be
}

// stand looks at all that a ticket depends on. An error is trouble of ours.
func (s acts) stand(ctx context.Context, text string) (st stand, err error) {
	var late bool
	st.Ticket, err = s.Sealer.Open(text, s.now())
	if late = errors.Is(err, ticket.ErrExpired); err != nil && !late {
		return stand{lapse: webpage.Forged}, nil
	}
	if err = s.holder(ctx, &st); err != nil || st.lapse != "" {
		return st, err
	}
	t, err := s.Task(ctx, st.Task)
	switch {
	case progress.CodeOf(err) == progress.NotFound:
		st.lapse = webpage.Purged
		return st, nil
	case err != nil:
		return st, progress.Trouble(err)
	case !progress.Sees(t, st.who):
		st.lapse = webpage.Hidden
		return st, nil
	}
	st.task = &t
	st.judge(late)
	return st, nil
}

// holder finds out who acts, and whether the ticket still has what it came with.
func (s acts) holder(ctx context.Context, st *stand) error {
	who, ok, err := s.Person(ctx, st.Person)
	if err != nil {
		return err
	}
	if !ok {
		st.lapse = webpage.Departed
		return nil
	}
	st.who = who
	if st.Sub == "" {
		return nil
	}
	sub, err := s.Ledger.Subscription(ctx, notify.SubscriptionID(st.Sub))
	if progress.CodeOf(err) == progress.NotFound || err == nil && (sub.Off != "" || sub.Owner != st.Person) {
		st.lapse = webpage.Ended
		return nil
	}
	return progress.Trouble(err)
}

// judge finds the approval that the ticket is about, or what has become of it. late is
// that the ticket's time is over.
func (st *stand) judge(late bool) {
	t := st.task
	var a *progress.Approval
	if st.Step >= 1 && st.Step <= t.Steps.Len() {
		step := t.Steps.At(st.Step)
		a, st.name = step.Approval, step.Name
	}
	if a != nil && a.Digest == st.Digest && t.Run == st.Run {
		st.approval = a
	}
	switch {
	case st.approval != nil && a.Status == progress.ApprovalVoid:
		st.lapse = webpage.Withdrawn
	case st.approval != nil && a.Status == progress.ApprovalExpired:
		st.lapse = webpage.Undecided
	case st.approval != nil && a.Status != progress.ApprovalPending: // decided
	case t.Run != st.Run, t.Attempt != st.Attempt:
		st.lapse, st.approval = webpage.Superseded, nil
	case st.approval == nil:
		st.lapse = webpage.Changed
	case late:
		st.lapse = webpage.Late
	}
}

// open reports whether the question is still to be answered.
func (st stand) open() bool {
	return st.lapse == "" && st.approval != nil && st.approval.Status == progress.ApprovalPending
}

// verbs are what the ticket can do now.
func (st stand) verbs() []progress.Verb {
	if !st.open() || st.barred() != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(st.Verbs), func(v progress.Verb) bool {
		return v != progress.VerbApprove && v != progress.VerbReject || v == progress.VerbApprove && st.approval.ApprovedBy(st.Person)
	})
}

func (st stand) offers(v progress.Verb) bool { return slices.Contains(st.verbs(), v) }

// barred is why the person may not decide, nil if they may.
func (st stand) barred() error {
	if err := progress.Allow(*st.task, st.who, progress.VerbApprove); err != nil {
		return err
	}
	return progress.MayDecide(*st.approval, st.who)
}

// shown is the approval as pages have it, nil for none.
func (st stand) shown() *progress.WireApproval {
	if st.approval == nil {
		return nil
	}
	return st.approval.Wire(st.Step, st.name)
}

// notice is what has to be said of a question that is open: that the person has answered
// it, or may not.
func (st stand) notice() webpage.Notice {
	if !st.open() {
		return webpage.Notice{}
	}
	if err := st.barred(); err != nil {
		return webpage.Notice{Text: webpage.Sentence(sayOf(err)), Bad: true}
	}
	if st.approval.ApprovedBy(st.Person) {
		return webpage.Done(progress.VerbApprove, progress.WireStep{Approval: st.shown()})
	}
	return webpage.Notice{}
}

// sayOf is what an error of the domain says to people.
func sayOf(err error) string {
	if e, ok := errors.AsType[*progress.Error](err); ok {
		return e.Say
	}
	return err.Error()
}
