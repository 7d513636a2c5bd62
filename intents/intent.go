package intents

import "github.com/taskherald/herald/progress"

// Intent is what a message can mean.
type Intent string

// The intents.
const (
	Status      Intent = "status"
	List        Intent = "list"
	Logs        Intent = "logs"
	Cancel      Intent = "cancel"
	Restart     Intent = "restart"
	Pause       Intent = "pause"
	Resume      Intent = "resume"
	Approve     Intent = "approve"
	Reject      Intent = "reject"
	Retry       Intent = "retry"
	Skip        Intent = "skip"
	ETA         Intent = "eta"
	History     Intent = "history"
	Subscribe   Intent = "subscribe"
	Unsubscribe Intent = "unsubscribe"
	Help        Intent = "help"
	Unknown     Intent = "unknown"
	Clarify     Intent = "clarify" // understood, but nothing may be done before the person has been asked
)

// Kind is a row of the catalogue: an intent, and what people say who mean it.
type Kind struct {
	Intent   Intent
	Verb     progress.Verb // that it asks for, "" for one that changes no task
	About    string        // what it is, in one line
	Examples []Example
}

// Example is a message that means it, with a task whose title is CRM.
type Example struct {
	Lang string
	Text string
}

// Changes reports whether it changes a task.
func (k Kind) Changes() bool { return k.Verb != "" }
