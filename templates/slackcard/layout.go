package slackcard

import (
	"github.com/slack-go/slack"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// Layout writes messages for Slack. It may be used from many goroutines.
type Layout struct{ book *templates.Book }

// New opens the layout of messages in a book.
func New(b *templates.Book) *Layout { return &Layout{b} }

// Post is a message: blocks, and a text for notifications and screen readers, which is
// mrkdwn and never empty.
type Post struct {
	Text   string
	Blocks []slack.Block
	Files  []File // to upload below it, none mostly
}

// File is what is too long for a message.
type File struct {
	Name    string // "output.txt"
	Title   string
	Content string
}

// Seal makes the value of a button that gives a verb about a step, 0 for the whole task; ""
// for no button. Nil makes none.
type Seal func(v progress.Verb, step int) string
