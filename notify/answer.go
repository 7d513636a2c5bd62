package notify

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// What the bot says may have buttons that do something to a task. Once the task is no longer
// as it was, they are taken away, and its card in the answer is drawn once more. Answers are in
// no store: of those before a restart the buttons say what has become of the task.

// For how long, and of how many answers in a place, that is done.
const (
	answersFor  = 24 * time.Hour
	mostAnswers = 50
)

// isAnswer reports whether a card is what the bot has said.
func (c *Card) isAnswer() bool { return c.speech != nil }

// acts is the task that an answer's buttons do something to, "" for one without such.
func (s *Speech) acts() progress.TaskID {
	about := s.Reply.Tasks()
	if len(about) != 1 || !slices.ContainsFunc(s.Reply.Buttons, func(b templates.Button) bool { return b.Press != "" }) {
		return ""
	}
	return about[0]
}

// follower keeps an eye on answers.
type follower struct{ *letterTurn }

// follow keeps an eye on an answer that was sent, if the task that it acts on is still there.
func (l follower) follow() {
	s := l.p.speech
	if s.acts() == "" || !l.edits || l.p.Far == "" {
		return
	}
	t, err := l.taskNow(l.hard, s.acts())
	if err != nil || t == nil {
		return
	}
	c := Card{
		ID: CardID("answer/" + s.ID), Lane: l.ID, Task: t.ID, Want: t.Version, Shown: t.Version, Hash: wayOf(t), Far: l.p.Far, MadeAt: l.now(),
		speech: s,
	}
	l.forget()
	l.keep(c)
}

// forget lets go of old answers, and of the oldest where there are many.
func (l follower) forget() {
	l.mu.Lock()
	var all, old []Card
	for _, c := range l.cards {
		if c.isAnswer() {
			all = append(all, *c)
		}
	}
	slices.SortFunc(all, func(a, b Card) int { return cmp.Or(b.MadeAt.Compare(a.MadeAt), cmp.Compare(a.ID, b.ID)) })
	for i, c := range all {
		if i >= mostAnswers-1 || l.now().Sub(c.MadeAt) > answersFor {
			l.forgetCard(c.ID, l.now())
			old = append(old, c)
		}
	}
	l.mu.Unlock()
	for i := range old {
		l.unwatch(l.lane, &old[i])
	}
}

// answerFace is an answer without its buttons.
type answerFace struct{}

func (answerFace) draw(ctx context.Context, l *cardTurn) (m Message, why string, err error) {
	c := &l.card
	t, err := l.taskNow(ctx, c.Task)
	if err != nil || t == nil {
		return m, "the task is gone", err
	}
	m = c.speech.message()
	m.Task = t
	if wayOf(t) == c.Hash {
		return m, "", nil
	}
	after := *m.Reply
	after.Buttons, after.Hint = nil, ""
	eyes, err := l.eyesOf(ctx, m.For.Person)
	if err != nil {
		return m, "", err
	}
	if after.Card != nil && mayTell(eyes, t) { // whoever asked may see no more of it than they could
		card := l.Book.Card(templates.Subject{Task: t, ETA: l.ETA(t), Now: l.now(), Link: l.Link(t.ID)}, m.For.Reader)
		after.Card, after.Text, after.After = &card, card.Head, nil
	}
	m.Reply = &after
	return m, "", nil
}

func (answerFace) hash(m *Message) string { return wayOf(m.Task) }

func (answerFace) last(m *Message) bool { return len(m.Reply.Buttons) == 0 }

// wayOf is a fingerprint of what can be done to a task: while it is the same, what was offered
// is.
func wayOf(t *progress.Task) string {
	var asks []any
	if t.Steps.First(progress.StepWaiting) > 0 {
		for s := range t.Steps.All() {
			if s.Status == progress.StepWaiting {
				asks = append(asks, s.Approval)
			}
		}
	}
	return fingerprint([]any{t.Run, t.Attempt, t.Status, asks})
}
