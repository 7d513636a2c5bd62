package notify

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
)

// track is what a lane has at hand.
type track struct {
	mu      sync.Mutex
	pace    Pace
	line    *Line
	letters map[LetterID]*parcel          // in line or under way
	tasks   map[progress.TaskID][]*parcel // the same, by what they are about
	cards   map[CardID]*Card              // those that may move
	hurry   map[CardID]bool               // cards to be fetched whose picture is urgent
	boardID CardID                        // the card that lists the tasks where there are too many for one each, "" while there are not
	doubt   map[CardID]bool               // cards whose message may be there and have a name that we do not know
	fresh   bool                          // the store was not asked yet what is there
	asked   bool                          // the store may have something new
	more    bool                          // the store has letters for which there was no room
	running bool                          // somebody takes the turns
}

// parcel is a letter with what it is about, if that is at hand.
type parcel struct {
	Letter
	event  *progress.Event
	speech *Speech // what it says, of one that is in no store
	doubts int     // tries of this process that may have delivered it
}

func (p *parcel) slot() Slot { return Slot{Letter: p.ID, Task: p.Task, Answer: p.speech != nil} }

func newTrack(p Pace) *track {
	t := &track{pace: p, asked: true}
	t.clear()
	return t
}

// enter puts a letter in line, if it is not, where it belongs by its time. One that is
// urgent takes with it what was to be said of its task before. The track is locked, as
// for all that does not say otherwise.
func (t *track) enter(p *parcel) {
	if t.letters[p.ID] != nil {
		return
	}
	t.line.Add(p.slot(), p.Seq, p.Class.Urgent(), p.MadeAt, p.DueAt)
	t.letters[p.ID] = p
	if p.Task == "" {
		return
	}
	for _, o := range t.tasks[p.Task] {
		switch {
		case p.Class.Urgent() && o.Seq < p.Seq:
			t.hasten(o)
		case o.Class.Urgent() && p.Seq < o.Seq:
			t.hasten(p)
		}
	}
	t.tasks[p.Task] = append(t.tasks[p.Task], p)
}

// leave takes a letter out of what is at hand.
func (t *track) leave(p *parcel) {
	delete(t.letters, p.ID)
	rest := slices.DeleteFunc(t.tasks[p.Task], func(o *parcel) bool { return o == p })
	if t.tasks[p.Task] = rest; len(rest) == 0 {
		delete(t.tasks, p.Task)
	}
}

// hasten makes a letter's turn urgent.
func (t *track) hasten(p *parcel) { t.line.Add(p.slot(), p.Seq, true, p.MadeAt, time.Time{}) }

// idle reports whether there is nothing to do.
func (t *track) idle() bool { return !t.asked && !t.more && t.line.Empty() }

// room reports whether a letter may come to hand now. One that can wait does not
// overtake those that are left in the store.
func (t *track) room(c Class) bool {
	if c.Urgent() {
		return len(t.letters) < 2*loadMost
	}
	return len(t.letters) < loadMost && !t.more
}

// wants takes the wish to ask the store: at once for what is new, for the rest when
// there is room. It locks the track.
func (t *track) wants() (want, fresh bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	want = t.asked || t.more && len(t.letters) <= loadMost/4
	if want {
		t.asked, t.more = false, false // what comes from now on is new
	}
	return want, t.fresh
}

// ask has the store asked. It locks the track.
func (t *track) ask() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked = true
}

// forgetLetter ends a letter's turn. It locks the track.
func (t *track) forgetLetter(p *parcel, now time.Time, called bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.leave(p)
	t.line.Done(now, called)
}

// forgetCard drops a card that nothing moves any more.
func (t *track) forgetCard(id CardID, now time.Time) {
	delete(t.cards, id)
	delete(t.doubt, id)
	if id == t.boardID {
		board{t}.unfold()
	} else {
		board{t}.touch(now)
	}
	t.line.Remove(Slot{Card: id})
	t.line.Forget(id)
}

// called notes that a call begins. It locks the track.
func (t *track) called(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.line.Called(now)
}

// giveBack ends a turn in which nothing was done. It locks the track.
func (t *track) giveBack() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.line.Return()
}

// clear forgets everything but what the bot says, and returns the cards that there were, and
// whether there were letters. It locks the track.
func (t *track) clear() (cards map[CardID]*Card, letters bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	said := t.said()
	cards, letters = t.cards, len(t.letters) > len(said)
	t.line, t.cards = NewLine(t.pace), map[CardID]*Card{}
	t.letters, t.tasks = map[LetterID]*parcel{}, map[progress.TaskID][]*parcel{}
	t.hurry, t.doubt, t.fresh, t.boardID = map[CardID]bool{}, map[CardID]bool{}, true, ""
	for _, p := range said {
		t.enter(p)
	}
	return cards, letters
}

// said is what the bot says, the oldest first.
func (t *track) said() (out []*parcel) {
	for _, p := range t.letters {
		if p.speech != nil {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *parcel) int { return cmp.Or(a.MadeAt.Compare(b.MadeAt), cmp.Compare(a.ID, b.ID)) })
	return out
}
