package bot

import (
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// Turn is one thing that somebody said or pressed.
type Turn struct {
	ID     string          // of the message, the same when it is delivered twice; "" if it has none
	Room   string          // where it was said, such as "web", "slack:T1/C2"; never empty
	Thread string          // within the room, "" for none
	About  progress.TaskID // that the place is about by itself (the page of a task), "" for none

	Who    progress.Actor
	Via    progress.Via
	Reader templates.Reader // how they read where the message's words do not tell

	Text   string // what they said
	Press  string // else the button that they pressed: a ticket, or a ticket.Button in its text
	Reason string // of a press: why, in their words

	// Stranger is that nobody has linked the account that it came from, whatever Who says:
	// they may be told how the tasks in Sight stand, and are refused anything else.
	Stranger bool
	Sight    []progress.TaskID // of a stranger: what the room was shown, the newest first; 200 count
	Speaker  string            // tells one stranger of a room from another, such as by the account's id

	// Overheard is that it was said in a thread of ours, and not to us: what changes a task is
	// asked about first, and of what asks for nothing nothing is said: Reply.About is "".
	Overheard bool
}

// Place is where a conversation has its memory.
type Place struct {
	Room   string
	Thread string          // "" for what one person said outside of threads
	Person progress.Person // "" for what a thread is about, whoever speaks there; with a slash a stranger
}

// Memory is what a place remembers.
type Memory struct {
	Task    progress.TaskID   `json:"task,omitempty"`    // that was spoken of last
	Offered []progress.TaskID `json:"offered,omitempty"` // that were listed last, in that order
	Asked   *Question         `json:"asked,omitempty"`   // that waits for an answer
	Missed  bool              `json:"missed,omitempty"`  // what was spoken of last is not there
	Lang    string            `json:"lang,omitempty"`    // that was spoken last, where words told it
	At      time.Time         `json:"at"`
}

// Question is something that the bot asked.
type Question struct {
	Task   progress.TaskID `json:"task,omitempty"`   // that it is about, "" for a choice
	Ticket string          `json:"ticket,omitempty"` // what yes does
	Picks  []string        `json:"picks,omitempty"`  // what is done when one of Offered is picked: a ticket each
	Verb   progress.Verb   `json:"verb,omitempty"`   // what is to be done to the one of Offered that is picked
	Intent string          `json:"intent,omitempty"` // else what is to be told of it
	Step   int             `json:"step,omitempty"`
	Lines  int             `json:"lines,omitempty"` // of output that were wanted
	Reason string          `json:"reason,omitempty"`
	Wait   time.Duration   `json:"wait_ns,omitempty"` // for how long a pause was wanted
	Until  time.Time       `json:"until"`
}
