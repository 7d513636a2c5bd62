package bot

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
)

// How long things are remembered.
const (
	lapse    = 30 * time.Minute // what a person spoke of, and what was listed to them
	patience = 15 * time.Minute // a question, and the buttons of an answer
	fresh    = 2 * time.Minute  // what was spoken of, where the page is about something else; and a question, among people who talk

	keepOwn    = lapse + patience + 15*time.Minute // what one person said; after that it counts for nothing
	keepThread = 90 * 24 * time.Hour               // what a thread is about
	refresh    = 24 * time.Hour                    // it is written again, so that it is kept
)

// keeps is for how long a place remembers.
func (p Place) keeps() time.Duration {
	if p.Person == "" {
		return keepThread
	}
	return keepOwn
}

// recalled is what was remembered before a turn: of the thread, of what the person said
// here, and of what they said in the room, which is the same outside of threads.
type recalled struct{ thread, own, room Memory }

// places are where a turn has its memory.
func (t Turn) places() (thread, own, room Place) {
	who := cmp.Or(t.Who.Person, nobody)
	if t.Stranger {
		who = strangers + progress.Person(t.Speaker)
	}
	return Place{Room: t.Room, Thread: t.Thread}, Place{t.Room, t.Thread, who}, Place{Room: t.Room, Person: who}
}

// Who speaks where nobody has to say who they are, and the beginning of those whom nobody
// knows, which no name of a person has. A thread's own memory is another place.
const (
	nobody    progress.Person = "-"
	strangers progress.Person = "/"
)

func (t *talk) recall() error {
	thread, own, room := t.turn.places()
	var err error
	if t.was.own, _, err = t.Store.Recall(t.ctx, own); err != nil || t.turn.Thread == "" {
		return err
	}
	if t.was.thread, _, err = t.Store.Recall(t.ctx, thread); err != nil {
		return err
	}
	t.was.room, _, err = t.Store.Recall(t.ctx, room)
	return err
}

// lately is a memory without what has lapsed.
func (m Memory) lately(now time.Time) Memory {
	if now.Sub(m.At) >= lapse {
		return Memory{Asked: m.Asked, At: m.At}
	}
	return m
}

// spoken is what the person spoke of last, and when.
func (r recalled) spoken(now time.Time) (progress.TaskID, time.Time) {
	own, room := r.own.lately(now), r.room.lately(now)
	if own.Task != "" {
		return own.Task, own.At
	}
	return room.Task, room.At
}

// lang is the language that was spoken last, "" if nobody can tell.
func (r recalled) lang(now time.Time) string {
	return cmp.Or(r.own.lately(now).Lang, r.room.lately(now).Lang)
}

// tasks are all that are remembered.
func (r recalled) tasks(now time.Time) []progress.TaskID {
	spoken, _ := r.spoken(now)
	return append([]progress.TaskID{r.thread.Task, spoken}, r.own.lately(now).Offered...)
}

// context is what "it" means: what the thread is about, else what was spoken of, else what
// the page is about. Other is what it could mean as well. What is gone by now, or hidden,
// is meant by nobody.
func (t *talk) context() (about, other progress.TaskID) {
	spoken, at := t.was.spoken(t.now)
	thread, spoken, page := t.seen.known(t.was.thread.Task), t.seen.known(spoken), t.seen.known(t.turn.About)
	switch {
	case thread != "":
		return thread, page
	case spoken == "" || page == "" || t.now.Sub(at) < fresh:
		return cmp.Or(spoken, page), page
	}
	return page, spoken
}

// offered are the tasks in which positions count.
func (t *talk) offered() []progress.TaskID { return t.was.own.lately(t.now).Offered }

// note is what a turn leaves to be remembered.
type note struct {
	task    progress.TaskID   // that was spoken of
	offered []progress.TaskID // that were listed
	asked   *Question
	missed  bool // what was spoken of is not there
	over    bool // the question of before was answered
	still   bool // nothing: the turn was heard before, and others since
}

func (t *talk) remember() error {
	if t.note.still {
		return nil
	}
	thread, own, room := t.turn.places()
	if err := t.write(own, t.was.own, t.note.after(t.was.own, t)); err != nil || t.turn.Thread == "" || t.note.task == "" {
		return err
	}
	said := t.was.room.lately(t.now)
	said.Task, said.At = t.note.task, t.now
	if err := t.write(room, t.was.room, said); err != nil || t.turn.Stranger {
		return err // what a thread is about, strangers do not change for others
	}
	if t.was.thread.Task == t.note.task && t.now.Sub(t.was.thread.At) < refresh {
		return nil
	}
	return t.write(thread, t.was.thread, Memory{Task: t.note.task, At: t.now})
}

// write remembers what has changed.
func (t *talk) write(p Place, was, is Memory) error {
	if reflect.DeepEqual(was, is) {
		return nil
	}
	return t.Store.Remember(t.ctx, p, is, t.now.Add(p.keeps()))
}

// after is what a person's memory becomes. A list of several leaves open which one is
// meant by "it". What says nothing of a task does not make the memory last longer.
func (n note) after(was Memory, t *talk) Memory {
	m := was.lately(t.now)
	m.Lang = t.lang()
	if n.over || n.interrupts(m.Asked) || !m.Asked.open(t.now) {
		m.Asked = nil
	}
	if n.asked != nil {
		m.Asked = n.asked
	}
	if len(n.offered) > 0 {
		m.Offered, m.Task = n.offered, ""
		if len(n.offered) == 1 {
			m.Task = n.offered[0]
		}
	}
	m.Task, m.Missed = cmp.Or(n.task, m.Task), n.missed
	anew := m.Lang != "" && t.now.Sub(m.At) >= lapse
	if anew || n.task != "" || len(n.offered) > 0 || n.asked != nil || n.missed {
		m.At = t.now
	}
	return m
}

// interrupts reports whether a question is no longer what the talk is about: something
// else was listed or spoken of.
func (n note) interrupts(q *Question) bool {
	return q != nil && (len(n.offered) > 0 || n.task != "" && n.task != q.Task)
}

// open reports whether a question still waits for its answer.
func (q *Question) open(now time.Time) bool { return q != nil && now.Before(q.Until) }

// late reports whether a question was asked not long ago, and waits no more.
func (q *Question) late(now time.Time) bool {
	return q != nil && !q.open(now) && now.Sub(q.Until) < lapse
}

// wait is for how long a pause was wanted that a ticket of the question orders.
func (q *Question) wait(ticket string) time.Duration {
	if q == nil || q.Ticket != ticket && !slices.Contains(q.Picks, ticket) {
		return 0
	}
	return q.Wait
}

// pick is the ticket of one of the tasks that were offered, "" for none.
func (q *Question) pick(offered []progress.TaskID, id progress.TaskID) string {
	if i := slices.Index(offered, id); i >= 0 && i < len(q.Picks) {
		return q.Picks[i]
	}
	return ""
}
