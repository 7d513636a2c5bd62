package notify

import (
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
)

// track is what a lane has at hand.
type track struct {
	mu      sync.Mutex
	pace    Pace
	line    *Line
	letters map[LetterID]*parcel // in line or under way
	cards   map[CardID]*Card     // those that may move
	fresh   bool                 // the store was not asked yet what is there
	more    bool                 // the store may have something that is not here
	running bool                 // somebody takes the turns
}

// parcel is a letter with what it is about, if that is at hand.
type parcel struct {
	Letter
	event *progress.Event
}

func newTrack(p Pace) *track {
	t := &track{pace: p, more: true}
	t.clear()
	return t
}

// enter puts a letter in line, if it is not. One that is urgent takes with it what
// was to be said of its task before. The track is locked, as for all that does not
// say otherwise.
func (t *track) enter(p *parcel, now time.Time) {
	if t.letters[p.ID] != nil {
		return
	}
	t.letters[p.ID] = p
	t.line.Add(Slot{Letter: p.ID}, 0, false, now, p.DueAt)
	if !p.Class.Urgent() {
		return
	}
	for id, o := range t.letters {
		if o == p || o.Task == p.Task && p.Task != "" && o.Seq < p.Seq {
			t.line.Add(Slot{Letter: id}, 0, true, now, time.Time{})
		}
	}
}

// idle reports whether there is nothing to do.
func (t *track) idle() bool { return !t.more && t.line.Empty() }

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

// clear forgets everything, and returns whose cards there were. It locks the track.
func (t *track) clear() (tasks []progress.TaskID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.cards {
		tasks = append(tasks, c.Task)
	}
	t.line, t.letters, t.cards, t.fresh = NewLine(t.pace), map[LetterID]*parcel{}, map[CardID]*Card{}, true
	return tasks
}
