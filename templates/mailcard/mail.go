package mailcard

import (
	"embed"

	"github.com/taskherald/herald/templates"
)

// Mail is a mail in words. Text and HTML say the same.
type Mail struct {
	Subject string // the same for all mails about a task
	Text    string // ends with a line feed
	HTML    string // a document
}

// Input is what a mail is made of.
type Input struct {
	Notice  *templates.Notice
	Subject *templates.Subject // nil for a note
	Links   Links
	Reader  templates.Reader
	Server  string // host name of this Herald, "" if it has none that people know
}

// Links are where a mail leads to; "" for what it does not offer.
type Links struct {
	Step            int    // that Approve and Reject decide; unless it waits for that they are left out
	Approve, Reject string // pages that ask once more
	SignIn          bool   // who decides has to be logged in besides
	Confirm         string // a page that confirms the address
	Leave           string // a page that ends the subscription
}

// Layout writes mails. It may be used from many goroutines.
type Layout struct {
	book       *templates.Book
	text, html *templates.Sheet
}

//go:embed *.tmpl
var builtin embed.FS

// New opens the layout of mails in a book, with a user's own layouts where the book
// has any.
func New(b *templates.Book) *Layout {
	l := &Layout{book: b}
	l.text = b.Sheet(builtin, "mail", templates.Text, l.samples)
	l.html = b.Sheet(builtin, "mail", templates.HTML, l.samples)
	return l
}

// mostHTML is how long the HTML of a mail may be, in bytes.
const mostHTML = 56 << 10

// Mail writes a mail.
func (l *Layout) Mail(in Input) Mail {
	v := l.view(in)
	html := l.html.Draw(v)
	for n := 0; len(html) > mostHTML && n < len(cuts); n++ {
		v.cut(cuts[n])
		html = l.html.Draw(v)
	}
	return Mail{Subject: v.Subject, Text: wrapped(l.text.Draw(v.plain())) + "\n", HTML: html + "\n"}
}
