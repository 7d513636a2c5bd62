package notify

import (
	"time"

	"github.com/taskherald/herald/progress"
)

// Held is an event that is told later, together with others: because of quiet hours, or
// in a digest.
type Held struct {
	Bundle LetterID // what is told together, and the letter that will tell it
	Sub    SubscriptionID
	Person progress.Person
	Task   progress.TaskID
	Seq    int64
	Kind   progress.Kind
	Class  Class
	At     time.Time // of the event
	Until  time.Time // of all of the bundle
}

// Item is a task in a digest, with what happened to it.
type Item struct {
	Task  progress.TaskID `json:"task_id"`
	First int64           `json:"first"` // the seq of the oldest event
	Last  int64           `json:"last"`
	Kinds []progress.Kind `json:"kinds"` // of the events in their order, each but the repeated
}
