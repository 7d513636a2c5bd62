package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// composer puts a letter in words, as it is when its call can be made.
type composer struct{ *letterTurn }

// compose makes the message of a letter. end is the state of one that is not sent
// any more; why is in the letter then.
func (l composer) compose(ctx context.Context) (m Message, end State, err error) {
	now, p := l.now(), l.p
	if !p.ExpiresAt.IsZero() && !now.Before(p.ExpiresAt) {
		return m, expired(&p.Letter), nil
	}
	if l.channel == nil {
		p.Why = fmt.Sprintf("this server has no channel %q", l.Address.Channel)
		return m, Dead, nil
	}
	if p.speech != nil {
		return p.speech.message(), "", nil
	}
	m = Message{
		ID: string(p.ID), Class: p.Class, Urgent: p.Class.Urgent(), Doubt: p.Doubt,
		For: Recipient{Person: p.Person}, Sub: p.Sub, Until: p.ExpiresAt,
		Again: p.Round,
	}
	if p.Note != nil {
		return l.noted(ctx, m)
	}
	return l.about(ctx, m)
}

// noted adds to a message what its note says.
func (l composer) noted(ctx context.Context, m Message) (_ Message, end State, err error) {
	n := l.p.Note
	if m.For.Reader, err = l.readerOf(ctx, l.p.Person); err != nil {
		return m, "", err
	}
	s, why, err := l.standing(ctx, l.p.Sub, n.Kind == NoteConfirm)
	if err == nil && why == "" {
		why, err = l.absent(ctx, s)
	}
	if end, err = l.may(ctx, s, why, err); end != "" || err != nil {
		return m, end, err
	}
	m.Note, m.Link, m.Vouched = n, l.Link(""), s.Vouched
	said := templates.Note{Kind: string(n.Kind), Channel: n.Channel, To: n.To, Reason: n.Reason, At: n.At, Step: n.Step}
	switch n.Kind {
	case NoteDigest:
		return l.gathered(ctx, m)
	case NoteUndelivered:
		t, why, err := l.unasked(ctx, n)
		if err != nil {
			return m, "", err
		}
		if why != "" {
			l.p.Why = why
			return m, Dropped, nil
		}
		said.Title, said.Link, m.Link = t.Spec.Title, l.Link(n.Task), l.Link(n.Task)
	case NoteOff, NoteDead, NoteTest, NoteConfirm:
	}
	notice := l.Book.Note(said, m.For.Reader)
	m.Notice = &notice
	return m, "", nil
}

// unasked is the task of a question that has reached nobody; or why that is not worth
// telling any more.
func (l composer) unasked(ctx context.Context, n *Note) (t *progress.Task, why string, err error) {
	t, _, why, err = l.told(ctx, l.p.Sub, n.Task)
	if err == nil && why == "" && (n.Step > t.Steps.Len() || t.Steps.At(n.Step).Status != progress.StepWaiting) {
		why = "nobody asks any more"
	}
	return t, why, err
}

// gathered adds to a message how the tasks of its digest stand.
func (l composer) gathered(ctx context.Context, m Message) (_ Message, end State, err error) {
	d := templates.Digest{More: m.Note.More, At: m.Note.At, Link: m.Link}
	for _, it := range slices.Backward(m.Note.Items) { // the newest first
		t, _, why, err := l.told(ctx, l.p.Sub, it.Task)
		if err != nil {
			return m, "", err
		}
		if why == "" {
			d.Items = append(d.Items, templates.DigestItem{
				Subject: templates.Subject{Task: t, ETA: l.ETA(t), Now: l.now(), Link: l.Link(t.ID)}, Kinds: it.Kinds,
			})
		}
	}
	if len(d.Items) == 0 {
		l.p.Why = "its owner may see none of the tasks any more"
		return m, Dropped, nil
	}
	notice := l.Book.Digest(d, m.For.Reader)
	m.Notice = &notice
	return m, "", nil
}

// errElsewhere is that a letter or card belongs to another lane by now.
var errElsewhere = errors.New("its subscription has another address now")

// may reports whether a letter may still be sent here, after a look at its
// subscription: the state that ends it, if not. One whose subscription has moved away
// is another lane's, unless it was written here at that moment.
func (l composer) may(ctx context.Context, s *Subscription, why string, err error) (end State, _ error) {
	switch {
	case err != nil:
		return "", err
	case why != "":
		l.p.Why = why
		return Dropped, nil
	case s.Address.Lane() == l.ID:
		return "", nil
	}
	kept, err := l.Post.Letters(ctx, LetterQuery{ID: l.p.ID, Limit: 1})
	if err == nil && (len(kept) == 0 || kept[0].Lane != l.ID) {
		err = errElsewhere
	}
	return "", err
}

// expired ends a letter whose time is up: one that matters is dead.
func expired(l *Letter) State {
	state := Dropped
	if l.Class.Urgent() {
		state = Dead
	}
	if l.Why == "" {
		l.Why = "its turn did not come in time"
		return state
	}
	l.Why = "its time was up; last: " + l.Why
	return state
}

// late reports whether a letter about a step comes after a newer one of its task, as may be
// once it has failed, and would take that one's place.
func (l composer) late(ctx context.Context) (bool, error) {
	p := l.p
	if !l.pace.Covers || p.Tries == 0 || p.Class != ClassStep {
		return false, nil
	}
	sent, err := l.Post.Letters(ctx, LetterQuery{Sub: p.Sub, Task: p.Task, State: Sent, Limit: loadMost})
	return slices.ContainsFunc(sent, func(o Letter) bool { return o.Lane == l.ID && o.Seq > p.Seq }), err
}

// about adds to a message what its letter is about.
func (l composer) about(ctx context.Context, m Message) (_ Message, end State, err error) {
	p := l.p
	t, s, why, err := l.told(ctx, p.Sub, p.Task)
	if end, err = l.may(ctx, s, why, err); end != "" || err != nil {
		return m, end, err
	}
	switch late, err := l.late(ctx); {
	case err != nil:
		return m, "", err
	case late:
		p.Why = "a newer one of its task was sent"
		return m, Dropped, nil
	}
	if p.event == nil {
		e, ok, err := l.Tasks.Event(ctx, p.Task, p.Seq)
		if err != nil {
			return m, "", err
		}
		if !ok {
			p.Why = "the event is not kept any more"
			return m, Dropped, nil
		}
		p.event = &e
	}
	if why := answered(p, t, s); why != "" {
		p.Why = why
		return m, Dropped, nil
	}
	if end, err = l.below(ctx, &m, s); end != "" || err != nil {
		return m, end, err
	}
	return m, "", teller{l.lane}.add(ctx, &m, t, s, p.event)
}

// below finds the message below which a letter stands where there are threads: the task's
// card. A question stands by itself, so that nobody misses it. That a task is there and has
// begun its card says; so it does with all that goes on before it is sent itself.
func (l composer) below(ctx context.Context, m *Message, s *Subscription) (end State, err error) {
	p := l.p
	if !l.pace.Threads || p.Kind == progress.ApprovalNeeded {
		return "", nil
	}
	m.Thread, err = l.Cards.Root(ctx, l.ID, p.Task)
	begins := p.Kind == progress.TaskCreated || p.Kind == progress.TaskStarted
	if err == nil && s.Live && p.Class == ClassStep && (begins || m.Thread == "") {
		p.Why, end = "its card shows it", Dropped
	}
	return end, err
}
