package pushcard

import (
	"strings"

	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/words"
)

// How much of a notification is worth sending, in characters. Platforms show less.
const (
	mostTitle = 150
	mostBody  = 500
)

// Layout writes payloads. It may be used from many goroutines.
type Layout struct{ book *templates.Book }

// New opens the layout of payloads in a book.
func New(b *templates.Book) *Layout { return &Layout{b} }

// Payload writes a payload of at most 3,000 bytes.
func (l *Layout) Payload(in Input) []byte {
	n := in.Notice
	p := payload{declarative, notification{
		Title: templates.Cut(n.Text, mostTitle), Lang: n.Lang, Dir: "auto", Navigate: in.Open, Tag: in.Tag, Stays: in.Urgent,
		Data: data{Tag: in.Tag, Open: in.Open, Renotify: in.Tag != "" && !n.Minor(), Task: n.Task},
	}}
	ask := l.ask(in)
	t := l.book.Tongue(in.Reader)
	p.Notification.Body = templates.Cut(strings.Join(body(whole(t, n), ask), "\n"), mostBody)
	p.offer(t, in, ask != nil)
	return p.fitted()
}

// How long a line of a digest may be, and how much room there is for saying how many are
// left out.
const (
	mostLine = 160
	mostPlus = 40
)

// whole is a digest with the tasks that have room, each in a whole line; any other notice
// as it is.
func whole(t *words.Tongue, n *templates.Notice) *templates.Notice {
	if len(n.Tasks) == 0 || len(n.Details) < len(n.Tasks) {
		return n
	}
	brief, left := *n, n.More+len(n.Tasks)
	brief.Details = nil
	for _, line := range n.Details[:len(n.Tasks)] {
		lines := append(brief.Details, templates.Cut(line, mostLine))
		if text := strings.Join(lines, "\n"); templates.Cut(text, mostBody-mostPlus) != text {
			break
		}
		brief.Details, left = lines, left-1
	}
	if left > 0 {
		brief.Details = append(brief.Details, t.Say("card.more", words.A("n", left)))
	}
	return &brief
}

// ask is what the actions decide, nil if that is nothing.
func (l *Layout) ask(in Input) *templates.Ask {
	if in.Subject == nil || in.Step == 0 || in.Approve == nil && in.Reject == nil {
		return nil
	}
	return templates.Card{Ask: l.book.Ask(*in.Subject, in.Step, in.Reader)}.Isolated().Ask
}

// body says of which task it is, what its actions decide, and more of what happened: all
// of it where the title has no room for that.
func body(n *templates.Notice, ask *templates.Ask) []string {
	var out []string
	add := func(texts ...string) {
		for _, text := range texts {
			if text != "" {
				out = append(out, text)
			}
		}
	}
	if templates.Cut(n.Text, mostTitle) != n.Text {
		add(n.Text) // how it ends is what happened
	}
	add(n.About)
	if _, same := n.Beside(ask); ask != nil && (!same || len(n.Details) == 0) {
		add(ask.Head, ask.Prompt, ask.Risk)
	}
	add(n.Details...)
	return out
}

// offer adds the actions, with the tickets of those that need no page.
func (p *payload) offer(t *words.Tongue, in Input, decides bool) {
	n := &p.Notification
	add := func(action, key, url string) {
		n.Actions = append(n.Actions, button{action, t.Say(key), url})
	}
	if a := in.Approve; decides && a != nil {
		add("approve", "verb.approve", a.URL)
		n.Data.Approve = a.Ticket
	}
	if a := in.Reject; decides && a != nil {
		add("reject", "verb.reject", a.URL)
		n.Data.Reject = a.Ticket
	}
	if in.Open != "" {
		add("open", "push.open", in.Open)
	}
}
