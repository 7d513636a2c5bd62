package discordcard

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// Layout writes messages for Discord. It may be used from many goroutines.
type Layout struct{ book *templates.Book }

// New opens the layout of messages in a book.
func New(b *templates.Book) *Layout { return &Layout{b} }

// Post is a message. Its components are sent with the flag for Components V2, and with
// allowed_mentions that allow none.
type Post struct {
	Components []discordgo.MessageComponent // one container
	Files      []File                       // to upload with it, none mostly: the components show them
	Kept       map[string]string            // what its buttons stand for where that is too long for one: by the Value of their [Action], the custom_id that it is; nil for nothing
	Text       string                       // the same in plain words, never empty: nothing sends it
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

// Mark is the id of the container of a message with an id, 1 to 2³¹-1, by which a sender
// knows its own message again.
func Mark(id string) int {
	sum := sha256.Sum256([]byte(id))
	return max(int(binary.BigEndian.Uint32(sum[:4])>>1), 1)
}
