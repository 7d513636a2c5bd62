package notify

import (
	"context"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// Outbox is where events wait until it is written who is told of them.
type Outbox interface {
	// Waiting are the first events, in their order, at most limit.
	Waiting(ctx context.Context, limit int) ([]Pending, error)

	// Routed writes what became of events and lets go of them, in one transaction.
	// A letter that is there already is left as it is; a mark only rises.
	Routed(ctx context.Context, r Routed) error
}

// Pending is an event that waits.
type Pending struct {
	Task  progress.TaskID
	Event progress.Event
}

// Routed is what became of events.
type Routed struct {
	Done    []Pending
	Lanes   []Lane // of the letters and cards; one that is there is left as it is, but one that was closed before its ClosedAt is opened
	Letters []Letter
	Marks   []Card // Want is what rises; the rest is for cards that are new. Over is cleared.

	Held   []Held     // one that is there already is left as it is
	Given  []LetterID // bundles of Held that are let go of
	Chains []Chain    // each takes the place of what is there
	Traces []Trace    // one that is there already is left as it is
}

// Agenda is what waits for its time.
type Agenda interface {
	// Soonest is when the first of what follows is due; zero for never.
	Soonest(ctx context.Context) (time.Time, error)

	// Bundles are the events of bundles that are due at a time, whole bundles, at most
	// limit of them; in a bundle the oldest first.
	Bundles(ctx context.Context, at time.Time, limit int) ([]Held, error)

	// Chains are those with something to do at a time, the longest due first.
	Chains(ctx context.Context, at time.Time, limit int) ([]Chain, error)

	// ChainsOf are those of a task, the oldest first, those that are over too.
	ChainsOf(ctx context.Context, task progress.TaskID) ([]Chain, error)
}

// Post is where letters are kept until they are delivered, and after.
type Post interface {
	// Busy are the lanes with letters that are due, closed ones too, and the open ones
	// with cards that are not Over or do not show what they have to.
	Busy(ctx context.Context) ([]Lane, error)

	// Due are the letters of a lane that wait, the urgent first, then the oldest.
	Due(ctx context.Context, lane LaneID, limit int) ([]Letter, error)

	// Settle writes State, DueAt, SettledAt, Tries, Doubt, Why and Far of letters, and
	// copies as new cards, in one transaction. A letter that is not due any more is left as
	// it is.
	Settle(ctx context.Context, letters []Letter, copies ...Card) error

	// Shut closes a lane, writes the notes' letters and their lanes, and switches
	// off the subscriptions of the lane, for the lane's reason and at its time. The
	// letters that wait in the lane are dead for the same reason.
	Shut(ctx context.Context, l Lane, notes Routed) error

	// Letters finds letters, the newest first, or the oldest.
	Letters(ctx context.Context, q LetterQuery) ([]Letter, error)
}

// Purger forgets what is old.
type Purger interface {
	// Purge forgets what was settled before a time.
	Purge(ctx context.Context, before time.Time) error
}

// LetterQuery says which letters are meant. All that is set must hold.
type LetterQuery struct {
	ID     LetterID
	Person progress.Person
	Sub    SubscriptionID
	Task   progress.TaskID
	Seq    int64 // of the event
	State  State
	Before Place // only those after it in the list's order; zero for the first page
	Limit  int   // 0 means 100
	Oldest bool  // the oldest first, and of one moment in the order of their events; Before is not for them
}

// Place is a letter's place in lists.
type Place struct {
	At time.Time // MadeAt
	ID LetterID
}

// Cards is where cards are kept.
type Cards interface {
	// Lane is a lane; ok is false if there is none.
	Lane(ctx context.Context, id LaneID) (l Lane, ok bool, err error)

	// Cards are those of a lane that are not Over or do not show what they have to.
	Cards(ctx context.Context, lane LaneID) ([]Card, error)

	// Root is what the far side calls the card of a task in a lane that was posted first, ""
	// if there is none.
	Root(ctx context.Context, lane LaneID, task progress.TaskID) (far string, err error)

	// Showed writes Shown, Hash, Far and Over of cards. Over does not hold if Want has
	// risen above Shown meanwhile.
	Showed(ctx context.Context, cards []Card) error
}

// Rolls is where subscriptions are kept.
type Rolls interface {
	// Rev changes with every change of a subscription, and with Raise.
	Rev(ctx context.Context) (int64, error)

	// Raise has who dispatches, on whatever node, look for letters that others have put
	// in line.
	Raise(ctx context.Context) error

	// Subscriptions are all of them, those that are off too, the oldest first.
	Subscriptions(ctx context.Context) ([]Subscription, error)

	// Preferences are those of everyone who has some. Rev changes with them.
	Preferences(ctx context.Context) ([]Preferences, error)
}

// Leases lets one of many nodes do a work.
type Leases interface {
	// Hold takes or renews a lease until a time; ok is false while another holds it.
	Hold(ctx context.Context, name, holder string, now, until time.Time) (ok bool, err error)

	// Release gives it back, if holder has it.
	Release(ctx context.Context, name, holder string) error
}

// Tasks is where the tasks are.
type Tasks interface {
	// Task is a task as it is now; the error of one that does not exist has the code
	// NotFound.
	Task(ctx context.Context, id progress.TaskID) (progress.Task, error)

	// Event is a milestone; ok is false if it is not kept any more.
	Event(ctx context.Context, id progress.TaskID, seq int64) (e progress.Event, ok bool, err error)
}

// Book says what happened in words.
type Book interface {
	Card(s templates.Subject, r templates.Reader) templates.Card
	Notice(s templates.Subject, e *progress.Event, r templates.Reader) templates.Notice
	Note(n templates.Note, r templates.Reader) templates.Notice
	Digest(d templates.Digest, r templates.Reader) templates.Notice
	Board(d templates.Digest, r templates.Reader) templates.Notice
}

// Watcher hears of what becomes of events, letters and cards, for metrics. Its
// methods must not block.
type Watcher interface {
	Routed(events int, took time.Duration)                      // a round of dispatch
	Tried(channel, class, fate string, took time.Duration)      // a call to a far side; fate "" for one that was delivered
	Waited(channel, class string, fromEventToYes time.Duration) // of a letter that was delivered
	Settled(channel, class, state string)                       // a letter whose turns are over: sent, dead or dropped
}
