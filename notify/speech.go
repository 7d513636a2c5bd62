package notify

import (
	"time"

	"github.com/taskherald/herald/templates"
)

// Speech is what the bot says at a place, in answer to somebody. It is kept nowhere: who asked
// asks again if it is lost.
type Speech struct {
	ID     string // the same for what is said twice
	Reply  *templates.Reply
	Thread string // what the far side calls the message below which it stands, "" for none
	For    Recipient
}

// answerHorizon is for how long an answer is worth trying.
const answerHorizon = 2 * time.Minute
