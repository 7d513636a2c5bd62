package templates

import (
	"time"

	"github.com/taskherald/herald/progress"
)

// Reader is how somebody reads.
type Reader struct {
	Lang string         // a BCP 47 tag; "" or one that the book does not know is English
	Zone *time.Location // nil means UTC
}

// Subject is the task that is spoken of, as it is at a time.
type Subject struct {
	Task *progress.Task
	ETA  *progress.ETA // nil if nobody can tell
	Now  time.Time
	Link string // to the task, "" for none

	Again int // of an approval that nobody decides: how often it was told before
}

// Card is a task as a picture: words of one language, without a layout. Texts of
// strangers are clean (one line, nothing that hides or reorders) and not escaped.
type Card struct {
	Task    progress.TaskID `json:"task_id"`
	Run     int             `json:"run"`
	Attempt int             `json:"attempt"`
	Version int64           `json:"version"` // of the task that is shown
	Lang    string          `json:"lang"`

	Status  progress.Status `json:"status"`
	State   string          `json:"state"`  // the status as a word
	Symbol  string          `json:"symbol"` // of the status: ✓ ◐ ○ ⚠ ✕ ⏸
	Title   string          `json:"title"`
	Percent int             `json:"percent"` // 0..100; only what is done is 100
	Head    string          `json:"head"`    // how it stands, in a sentence

	Now     string   `json:"now,omitempty"`  // what is done at present
	Step    int      `json:"step,omitempty"` // the step that it is at, 1-based, 0 for none
	Steps   int      `json:"steps,omitempty"`
	Place   string   `json:"place,omitempty"`   // "Step 2 of 4"
	Lines   []Line   `json:"lines,omitempty"`   // substeps of the present step, else steps around it
	More    int      `json:"more,omitempty"`    // lines that are left out
	Message string   `json:"message,omitempty"` // what its worker says
	Left    string   `json:"left,omitempty"`    // how long it still takes
	Took    string   `json:"took,omitempty"`    // how long it took, once it has ended
	Remarks []string `json:"remarks,omitempty"` // what else is worth a look

	Alarm   *Said  `json:"alarm,omitempty"`   // why it does not move
	Ask     *Ask   `json:"ask,omitempty"`     // what has to be decided
	Fault   *Fault `json:"error,omitempty"`   // what went wrong
	Outcome *Said  `json:"outcome,omitempty"` // who decided or ended it, through which channel, and when
	Reason  string `json:"reason,omitempty"`  // that they gave

	Result []Fact  `json:"result,omitempty"`
	Facts  []Fact  `json:"facts,omitempty"`  // owner, kind, when it started …
	Offers []Offer `json:"offers,omitempty"` // what the task as it is admits, whoever the reader is
	Link   string  `json:"link,omitempty"`
}

// Line is a step or a substep.
type Line struct {
	Symbol string              `json:"symbol"`
	Text   string              `json:"text"`
	Status progress.StepStatus `json:"status"`
	Note   string              `json:"note,omitempty"` // "in progress"
}

// Said is a sentence that may have a time in it.
type Said struct {
	Text string    `json:"text"`
	At   time.Time `json:"at,omitzero"`

	clock string // the time as Text has it: it depends on when it was written
}

// Ask is an approval that waits for a decision, and how to decide it.
type Ask struct {
	Step      int      `json:"step"`
	ID        string   `json:"id"`
	Digest    string   `json:"digest"`           // of what is asked; a decision may be fenced by it
	Head      string   `json:"head"`             // "Approval required for Step 3: Go live"
	Prompt    string   `json:"prompt,omitempty"` // what is asked
	Effects   []string `json:"effects,omitempty"`
	More      int      `json:"more,omitempty"` // effects that are left out
	Choice    string   `json:"choice,omitempty"`
	Options   []string `json:"options,omitempty"` // choices for who approves
	Risk      string   `json:"risk,omitempty"`
	High      bool     `json:"-"`               // whether Risk is: who approves is asked once more
	Who       string   `json:"who"`             // who may decide
	Votes     string   `json:"votes,omitempty"` // how many have approved, of how many that must
	Until     *Said    `json:"until,omitempty"` // and what then
	Rejecting string   `json:"rejecting"`       // what a rejection does
	Others    string   `json:"others,omitempty"`
}

// Fault is why a task failed and what can be done.
type Fault struct {
	Step   int    `json:"step,omitempty"`
	Where  string `json:"where,omitempty"` // "Step 2: Build"
	Text   string `json:"text,omitempty"`  // why; "" where Outcome says it
	Advice string `json:"advice,omitempty"`
}

// Fact is a name and a value.
type Fact struct {
	Name  string    `json:"name"`
	Value string    `json:"value"`
	Text  string    `json:"text"`        // both, as a line
	At    time.Time `json:"at,omitzero"` // of a Value that is a time
}

// Offer is a verb that the task admits, as a label of a button.
type Offer struct {
	Verb  progress.Verb `json:"verb"`
	Label string        `json:"label"`
	Step  int           `json:"step,omitempty"` // that it is about
}
