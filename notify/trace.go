package notify

import (
	"time"

	"github.com/taskherald/herald/progress"
)

// Outcome is what an event came to for somebody at an address.
type Outcome string

// The outcomes.
const (
	Tells   Outcome = "told"   // a letter was put in line; how it went is with the letter
	Shows   Outcome = "shown"  // only the card shows it
	Holds   Outcome = "held"   // until quiet hours end
	Gathers Outcome = "digest" // until the next digest
	Silent  Outcome = "silent" // nothing, for the reason given
)

// Trace is who was told of an event, who was not, and why.
type Trace struct {
	Task  progress.TaskID
	Seq   int64
	Round int // 0 for the event; of an approval each stage of its chain has its own
	At    time.Time
	Kind  progress.Kind
	Rows  []TraceRow
	More  int // rows beyond what is kept
}

// TraceRow is one person and one address of a Trace.
type TraceRow struct {
	Person  progress.Person `json:"person,omitempty"`  // "" of an address that is nobody's
	Channel string          `json:"channel,omitempty"` // "" of somebody who cannot be reached
	To      string          `json:"to,omitempty"`      // without secrets
	Sub     SubscriptionID  `json:"subscription,omitempty"`
	Rule    string          `json:"rule,omitempty"` // of whose rule it is
	Outcome Outcome         `json:"outcome"`
	Why     string          `json:"why"`
	Until   time.Time       `json:"until,omitzero"`   // of what is held or gathered
	Letter  LetterID        `json:"letter,omitempty"` // that tells it, perhaps with others
}
