package discordcard

// What Discord takes, in characters as UTF-16 counts them, and in components, of which those
// within others count too.
const (
	mostParts  = 40  // of a message
	mostID     = 100 // a custom_id
	mostLabel  = 80  // of a button
	mostURL    = 512 // of a button
	mostRow    = 5   // buttons beside each other
	mostKeys   = 25
	mostBeside = 10   // in a container, which was all that Discord took once
	mostHead   = 45   // the title of a form
	mostName   = 45   // the label of an input
	mostHint   = 100  // its description
	mostReason = 1000 // what is put in, as much as cards show of a reason
)

// room is how much text a message has: Discord takes 4,000 characters over all of it.
const room = 3800

// What we keep to besides, in characters as they are sent.
const (
	mostTitle  = 401  // of a task: it is never cut, and each character may need a backslash
	mostAside  = 300  // a sentence beside what matters: who may decide, what else there is
	mostSaid   = 500  // a sentence that has to stay
	mostDetail = 1000 // a sentence of many
	mostPrompt = 1500 // what is asked
	mostLine   = 300  // what a line of a list says behind its title
	mostKept   = 2000 // what a button stands for
	mostSpoken = 2000 // the text beside the components
	shortest   = 120  // what is left of a part that is cut: less is left out
)

// How much of a task's output stands in a message, in lines and characters. All of what is
// longer is in a file, and only the end of it in the message.
const (
	mostOutput = 20
	mostPrint  = 2500
	endOutput  = 10
	leastPrint = 800
)

// rank is how much a part of a message matters.
type rank int

// The ranks. What goes first when there is little room stands last.
const (
	whole    rank = iota // stays: the sentence, and the buttons that decide
	question             // what is asked
	matter               // what went wrong, what was decided
	control              // other buttons
	detail               // steps, results
	extra                // facts
)
