package notify

import (
	"cmp"
	"context"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// Channel is a way to reach people or programs. Its methods may be called from
// many goroutines, for one lane from one at a time. They must return soon after
// ctx ends.
type Channel interface {
	// Send delivers the message and returns once the far side has said that it has
	// it. The error is a [Failure], or counts as one that is transient.
	Send(ctx context.Context, to Address, m Message) (Receipt, error)
}

// Editor is a channel that can change what it has sent. One that cannot is sent
// each picture of a card anew.
type Editor interface {
	// Edit puts the message in the place of the one that the far side knows by that
	// name. It may stand elsewhere afterwards: the receipt has the name by which it is
	// edited from then on, "" for the same one. A failure that is Gone says that this one
	// cannot be changed any more: the card is sent anew.
	Edit(ctx context.Context, to Address, far string, m Message) (Receipt, error)
}

// Finder is a channel that recognises its own messages. It is asked before a
// message is sent again that may have arrived.
type Finder interface {
	// Find looks for the message with that ID; ok is false if it is not there.
	Find(ctx context.Context, to Address, m Message) (r Receipt, ok bool, err error)
}

// Pacer is a channel whose far side counts calls, takes its time, or shows twice what it
// was sent twice.
type Pacer interface {
	Pace(to Address) Pace
}

// Narrow is a channel that makes only so many calls at a time, whatever their addresses.
// What waits for one is put in words when it has it.
type Narrow interface {
	Calls() int
}

// Prober is a channel that can tell whether it would work, without sending
// anything to anybody.
type Prober interface {
	Probe(ctx context.Context) error
}

// Pace is how a lane may call. The zero value is no bound.
type Pace struct {
	Gap     time.Duration // between the starts of any two calls of the lane
	Edit    time.Duration // between two pictures of one card, which an urgent one may pass
	Lag     time.Duration // from when a card moves to its picture, which an urgent one need not wait
	Account string        // whose budget its cards use, shared by lanes; "" for none
	Budget  Allowance     // of that account

	Call    time.Duration // how long one call may take, 0 for 30 seconds
	Covers  bool          // what is sent of a task takes the place of what was sent of it before
	Threads bool          // what is said of a task can stand below its card
	Crowd   int           // of more tasks at work the newest have no cards of their own, but a line each on a board; 0 for no bound
	Doubts  int           // a letter that so many tries left in doubt is dead: people may have it as often; 0 for no bound
}

// patience is how long one call may take.
func (p Pace) patience() time.Duration { return cmp.Or(p.Call, sendPatience) }

// Receipt is what the far side said of a message that it has.
type Receipt struct {
	Far string // what it calls the message, "" if it does not say
}

// Message is one thing to be sent. What it points to is shared and must not be
// changed.
type Message struct {
	ID      string // the same in every try: a far side may know a second one by it
	Class   Class
	Urgent  bool
	Doubt   bool // an earlier try may have arrived
	For     Recipient
	Vouched bool           // the operator's rules name the address: nobody has subscribed it
	Sub     SubscriptionID // whose wish it is, a callback's too
	Until   time.Time      // of a letter: it is not worth being shown after that
	Link    string         // to the task, of a Note to the page of what one is told; "" if nobody knows where people reach this server

	Task  *progress.Task  // as it is now; nil for a Note, a board and what the bot says
	Event *progress.Event // of a letter; nil for a card
	ETA   *progress.ETA   // nil if nobody can tell
	Note  *Note           // of a letter that is about no event
	Again int             // of a letter about an approval that nobody decides: how often it was told before
	Asks  []Ask           // of a letter: what the recipient may decide now, the step that it is about first

	Thread string // what the far side calls the message below which this one stands, "" for none

	Card   *templates.Card   // of a card
	Notice *templates.Notice // of a letter, and of a board, which has no Event and no Note
	Reply  *templates.Reply  // of what the bot says, which is about no event
}

// Recipient is who is told, and how they read.
type Recipient struct {
	Person progress.Person // "" for nobody by name
	templates.Reader
}
