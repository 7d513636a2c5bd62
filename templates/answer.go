package templates

import (
	"time"

	"github.com/taskherald/herald/progress"
)

// Topic is what an answer of the bot says.
type Topic string

// The topics. Those after TopicHelp ask or say that something could not be done.
const (
	TopicStatus  Topic = "status"  // how Task stands: a card
	TopicList    Topic = "list"    // Tasks, a line each
	TopicLogs    Topic = "logs"    // the last Lines of Task, errors first; why it failed
	TopicETA     Topic = "eta"     // how long Task still takes, and for whom it waits
	TopicHistory Topic = "history" // Runs, and who decided what when
	TopicDone    Topic = "done"    // Verb was done to Task
	TopicFollow  Topic = "follow"  // the person is told of Task (of all without one) from now on
	TopicHush    Topic = "hush"    // the person is told no more of Task, of all without one
	TopicHelp    Topic = "help"    // what this person can say now

	TopicConfirm Topic = "confirm" // shall Verb be done to Task? Presses has yes and no
	TopicChoose  Topic = "choose"  // which of Tasks is meant? Presses has one each
	TopicClarify Topic = "clarify" // Verb was understood, and is not done because of Doubt
	TopicDropped Topic = "dropped" // nothing was done, as the person wished
	TopicMoved   Topic = "moved"   // what was asked about has changed meanwhile: Task as it is now
	TopicRefused Topic = "refused" // Verb cannot be done to Task: Refusal; what can be is in Presses
	TopicMissing Topic = "missing" // there is nothing that is Named so; Tasks are near
	TopicNothing Topic = "nothing" // there are no tasks that it could be about
	TopicUnknown Topic = "unknown" // not understood
	TopicTrouble Topic = "trouble" // it does not work just now
)

// The topics of chat accounts: what is said on chat platforms alone.
const (
	TopicStranger Topic = "stranger" // nobody has linked the account of who asks: how to, or why it could not be
	TopicLinked   Topic = "linked"   // the account is linked to You from now on
	TopicUnlinked Topic = "unlinked" // it is not linked any more; of a Stranger: it was not
)

// Answer is what the bot has to say, as data: Book.Reply says it in words.
type Answer struct {
	About Topic
	Task  *Subject // that it is about, nil for none
	Verb  progress.Verb
	Step  int             // that Verb is about, 0 for none
	You   progress.Person // who asked, "" if that is not known: of a decision it matters whose it was

	Stranger bool   // nobody has linked the chat account of who asked
	Accounts string // URL of the page on which people do, "" for none
	Aloud    bool   // of TopicLinked: others read the code, which is used up now

	Reason  string        // that the person gave for Verb
	Wait    time.Duration // that they want a pause to last: it does not end by itself
	Doubt   string        // of TopicClarify and TopicConfirm: an intents.Doubt
	Refusal *progress.Error
	Named   string // as the person wrote it
	Intent  string // that was understood, of TopicChoose and TopicMissing: an intents.Intent

	Tasks []Subject // of a list or a choice, in the order in which they are shown
	More  int       // that are left out
	Only  progress.Status

	Lines   []progress.LogLine // the oldest first
	Earlier bool               // there are lines before them
	Errors  []progress.LogLine // the newest lines that are errors, if they are not among Lines

	Runs      []progress.Task // past ones, newest first; the present one is Task
	Decisions []Decision      // newest first

	By      []string  // of TopicFollow: the channels by which the person is told, none if nothing reaches them
	Until   time.Time // of TopicHush, zero for ever
	Polite  bool      // of TopicUnknown: they only greeted or thanked
	Worker  bool      // of TopicDone: a worker still has to do it
	Wishes  []WishFor // of TopicHelp: what this person can have done now
	Presses []Press   // buttons
}

// Decision is something that somebody decided about a task.
type Decision struct {
	Run    int
	Step   int // 0 for none
	Verb   progress.Verb
	By     progress.Person
	Via    progress.Via
	At     time.Time
	Reason string
}

// WishFor is a verb that somebody can give to a task now.
type WishFor struct {
	Verb  progress.Verb
	Task  progress.TaskID
	Title string
	Step  int
}

// Press is a button that an answer offers. It carries a sealed ticket, or else what is said
// for the person when it is pressed.
type Press struct {
	Verb   progress.Verb // what it does; "" for one that only says something
	Task   progress.TaskID
	Title  string // of the task where buttons are about several
	Step   int
	Ticket string
	Say    string
	No     bool  // it drops what was asked
	About  Topic // of one that only says something: what is answered then
}

// Reply is an answer in words. Texts of strangers are clean and not escaped.
type Reply struct {
	About   Topic    `json:"about"`
	Lang    string   `json:"lang"`
	Text    string   `json:"text"`              // the sentence that it is about
	Card    *Card    `json:"card,omitempty"`    // of TopicStatus: Text is its Head
	Details []string `json:"details,omitempty"` // a sentence each
	Items   []Item   `json:"items,omitempty"`   // tasks, runs, decisions, things to say: a line each
	More    int      `json:"more,omitempty"`    // items that are left out
	Plus    string   `json:"plus,omitempty"`    // the same in words: "+3 more"
	Output  []string `json:"output,omitempty"`  // lines of a task's output, safe to show; "…" where some are left out
	After   []string `json:"after,omitempty"`   // below Output and Items, a sentence each
	Hint    string   `json:"hint,omitempty"`    // what to say where there are no buttons
	Buttons []Button `json:"buttons,omitempty"`
	Link    string   `json:"link,omitempty"`

	tasks []progress.TaskID // that it tells of
}

// Item is a line of a list.
type Item struct {
	Task   progress.TaskID `json:"task_id,omitempty"`
	Number int             `json:"number,omitempty"` // by which it can be meant: "the second one"
	Symbol string          `json:"symbol,omitempty"`
	Title  string          `json:"title"`
	Text   string          `json:"text,omitempty"`
	Link   string          `json:"link,omitempty"`
}

// Button is what can be pressed in answer. Press is sent back as it is.
type Button struct {
	Label string `json:"label"`
	Press string `json:"press,omitempty"` // a ticket
	Say   string `json:"say,omitempty"`   // else what is said in the person's name
	Style string `json:"style,omitempty"` // "primary", "danger" or ""
}
