package intents

import (
	"time"

	"github.com/taskherald/herald/progress"
)

// Task is what understanding has to know of one.
type Task struct {
	ID     progress.TaskID
	Title  string
	Status progress.Status
}

// Input is a message, and what it can be about.
type Input struct {
	Text  string
	Tasks []Task          // the person's, oldest first
	About progress.TaskID // that its thread is about, "" for none

	// Offered are the tasks that were last listed to the person, in that order: positions
	// count in them. Nil: positions count in Tasks.
	Offered []progress.TaskID

	// Lang is the language that was spoken before, "" if that is not known. It counts where a
	// message may be in several.
	Lang string
}

// Reading is what a message meant.
type Reading struct {
	Intent Intent
	Verb   progress.Verb // of an act; of a Clarify the one that was understood; "" for none
	Doubt  Doubt         // why an act is not done at once, "" for none

	Task  progress.TaskID   // "" for none
	Fits  []progress.TaskID // where several are meant as well: those, oldest first; Task is "" then
	How   How               // how the task was found
	Named string            // what was named and is not there, as it was written; Task is "" then

	Step   int    // 1-based, 0 for none
	Reason string // as it was written, "" for none

	Only   progress.Status // a List: of those; "" for all
	Lines  int             // Logs: how many of the last lines, 0 if it does not say
	All    bool            // a Subscribe or an Unsubscribe of everything
	Wait   time.Duration   // a Pause or an Unsubscribe: for how long, 0 if it does not say
	Assent Assent          // a message that only says yes or no
	Pick   progress.TaskID // a message that only names a task or a position: that one
	Polite bool            // an Unknown: it only greets or thanks
	Lang   string          // that it is in, as far as its words tell: en, pt, es, de, fr, or ""

	// What tells whether it is for us where people speak to each other.
	Strange int  // how many of its words are not understood
	People  bool // it is about people: it speaks to somebody ("you"), tells of somebody ("I look at it") or greets
	Orders  bool // all it says is that Verb is to be done to a task that it names or points at

	Sure Sure
}

// Ambiguous reports whether several tasks are meant as well.
func (r Reading) Ambiguous() bool { return len(r.Fits) > 0 }

// Sure says what may follow from a Reading.
type Sure string

// What may follow.
const (
	SureAct    Sure = "act"    // do it
	SureAsk    Sure = "ask"    // ask first
	SureAnswer Sure = "answer" // say what is asked for; nothing changes
)

// Assent is what a message says that only agrees or refuses.
type Assent string

// The assents.
const (
	Yes Assent = "yes"
	No  Assent = "no"
)

// How a task was found.
type How string

// The ways, in the order in which they are tried.
const (
	ByID       How = "id"
	ByPosition How = "position"
	ByTitle    How = "title"    // quoted or in full
	ByWords    How = "words"    // of the title
	BySpelling How = "spelling" // words of the title, nearly
	ByThread   How = "thread"
	ByStatus   How = "status" // the only one whose status admits the act
	ByOnly     How = "only"   // the only one that has not ended
)

// Doubt is why something that was understood is not done at once.
type Doubt string

// The doubts.
const (
	Negated     Doubt = "negated"     // don't cancel it
	Conditional Doubt = "conditional" // cancel it if it fails
	Later       Doubt = "later"       // cancel it tonight
	Wished      Doubt = "wished"      // I wish we could cancel it, we plan to
	Told        Doubt = "told"        // I cancelled it yesterday
	Advice      Doubt = "advice"      // should I cancel it?
	Several     Doubt = "several"     // cancel both; pause it and cancel the other
	Bare        Doubt = "bare"        // a title that has a verb in it, or just "ok"
	Misspelt    Doubt = "misspelt"    // cancle it
	Unproven    Doubt = "unproven"    // a verb among words that say something else
	Loose       Doubt = "loose"       // the task was found by its status, or nearly by its name
)
