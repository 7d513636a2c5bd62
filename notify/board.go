package notify

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// A board is one card that lists the tasks of a place in which more are at work than may have
// a card each (Pace.Crowd). Those that have one keep it; the others have a line on the board,
// until there are few again.

// board is what a track knows of it.
type board struct{ *track }

// isBoard reports whether a card is a board.
func (c *Card) isBoard() bool { return c.Task == "" }

// isPicture reports whether a card is a picture of a task.
func (c *Card) isPicture() bool { return !c.isBoard() && !c.isCopy() && !c.isAnswer() }

// survey begins a board when there are too many tasks for a card each. The track is locked.
func (t board) survey(l Lane, now time.Time) {
	if t.pace.Crowd == 0 || t.boardID != "" || t.working() <= t.pace.Crowd {
		return
	}
	for _, c := range t.cards {
		if !c.isPicture() {
			continue
		}
		t.boardID = CardID("board/" + string(l.ID) + "/" + strconv.FormatInt(now.UnixMicro(), 36))
		t.cards[t.boardID] = &Card{ID: t.boardID, Lane: l.ID, Sub: c.Sub, Person: c.Person, Want: 1, MadeAt: now}
		t.line.Add(Slot{Card: t.boardID}, 1, false, now, time.Time{})
		return
	}
}

// working is how many tasks are at work in the place. The track is locked.
func (t board) working() (n int) {
	for _, c := range t.cards {
		if c.isPicture() {
			n++
		}
	}
	return n
}

// few reports whether a card each will do again: well below where the board began, so that
// it does not come and go. The track is locked.
func (t board) few() bool { return t.working() <= t.pace.Crowd*3/4 }

// touch has it be looked at: one of its tasks has moved, has come or is gone. It reports
// whether another turn may be next now. The track is locked.
func (t board) touch(now time.Time) (news bool) {
	return t.boardID != "" && t.line.Add(Slot{Card: t.boardID}, 0, false, now, time.Time{})
}

// unfold ends the board: the tasks on it get cards of their own. The track is locked.
func (t board) unfold() {
	t.boardID = ""
	for _, c := range t.cards {
		if c.Far == "" && c.isPicture() {
			t.line.Add(Slot{Card: c.ID}, 0, false, c.MadeAt, time.Time{})
		}
	}
}

// there reports whether there is one. It locks the track.
func (t board) there() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.boardID != ""
}

// listed are the cards of the tasks that a board lists, the oldest first; none once there are
// few. It locks the track.
func (t board) listed() (out []Card) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.few() {
		return nil
	}
	for _, c := range t.cards {
		if c.isPicture() {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b Card) int { return cmp.Or(a.MadeAt.Compare(b.MadeAt), cmp.Compare(a.ID, b.ID)) })
	return out
}

// mostListed is how many tasks a board lists.
const mostListed = 40

// boardFace is the tasks of a place, a line each: those first that wait for somebody.
type boardFace struct{}

func (boardFace) draw(ctx context.Context, l *cardTurn) (m Message, why string, err error) {
	c := &l.card
	if c.Shown == 0 { // from now on it is there, whatever happens
		if err := l.Outbox.Routed(ctx, Routed{Lanes: []Lane{l.Lane}, Marks: []Card{*c}}); err != nil {
			return m, "", err
		}
	}
	d, err := boardFace{}.tasks(ctx, l)
	if err != nil {
		return m, "", err
	}
	m = Message{ID: string(letterID("card", string(c.ID))), Class: ClassProgress, For: Recipient{Person: c.Person}, Sub: c.Sub, Link: d.Link}
	if m.For.Reader, err = l.readerOf(ctx, c.Person); err != nil {
		return m, "", err
	}
	said := l.Book.Board(d, m.For.Reader)
	m.Notice = &said
	return m, "", nil
}

// tasks are those that are listed, as they are now. Of those for which there is no room nothing
// is worked out.
func (boardFace) tasks(ctx context.Context, l *cardTurn) (d templates.Digest, err error) {
	var tasks []*progress.Task
	for _, c := range (board{l.track}).listed() {
		t, _, why, err := l.told(ctx, c.Sub, c.Task)
		if err != nil {
			return d, err
		}
		if why == "" && !t.Status.Ended() {
			tasks = append(tasks, t)
		}
	}
	slices.SortStableFunc(tasks, func(a, b *progress.Task) int { return cmp.Compare(calm(a), calm(b)) })
	d = templates.Digest{At: l.now(), Link: l.Link(""), More: max(len(tasks)-mostListed, 0)}
	for _, t := range tasks[:len(tasks)-d.More] {
		d.Items = append(d.Items, templates.DigestItem{Subject: templates.Subject{Task: t, ETA: l.ETA(t), Now: d.At, Link: l.Link(t.ID)}})
	}
	return d, nil
}

// calm is 1 for a task that waits for nobody, else 0.
func calm(t *progress.Task) int {
	if t.Status == progress.Waiting || t.Stalled != "" {
		return 0
	}
	return 1
}

func (boardFace) hash(m *Message) string {
	said := *m.Notice
	said.At = time.Time{}
	return fingerprint(said)
}

func (boardFace) last(m *Message) bool { return len(m.Notice.Tasks) == 0 }
