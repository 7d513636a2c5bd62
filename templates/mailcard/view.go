package mailcard

import (
	"cmp"
	"slices"
	"strings"

	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/words"
)

// View is a mail as layouts get it: words of one language. Texts of strangers are one
// line each, and not escaped.
type View struct {
	Lang    string // of the words, which run from left to right
	Subject string
	Preview string // what stands beside the subject in a list of mails

	Text    string // what happened, in a sentence
	Tone    string // how it went: good, bad, warn or plain
	About   string // of which task, where Text does not say it
	Details []string

	Tasks []templates.Brief // of a digest; Details has a line of each
	Plus  string            // tasks that are left out: "+3 more"

	Ask     *templates.Ask // what has to be decided
	More    string         // effects that are left out: "+2 more"
	Buttons []Button
	Hints   []string // what to know before one is pressed

	Card *Card  // the task as it is, nil for a note
	Link string // to the task, of a digest to what the reader is told
	Open string // what that link says

	Why        string // the reader gets this
	Leave      string // a page where they stop it
	LeaveLabel string

	left   int // tasks, as Plus says
	tongue *words.Tongue
}

// Button is a link that does something, once its page has asked.
type Button struct{ Label, URL, Tone string }

// mostPreview is how much of a mail stands beside its subject, in characters.
const mostPreview = 140

// view puts a mail together.
func (l *Layout) view(in Input) *View {
	t := l.book.Tongue(in.Reader)
	v := &View{Lang: t.Lang(), Open: t.Say("card.link"), tongue: t}
	n := *in.Notice
	v.Link = n.Link
	if in.Subject != nil {
		n = l.depict(v, in)
	}
	v.list(n)
	v.Subject = cmp.Or(n.Title, n.Text)
	v.Text, v.Tone, v.About, v.Details = n.Text, toneOf(n.Symbol), n.About, slices.Clone(n.Details)
	v.Preview = templates.Cut(strings.Join(v.opening(), " · "), mostPreview)
	v.lead(in.Links)
	v.Why = t.Say("mail.from", server(t, in))
	if in.Links.Leave != "" {
		v.Why, v.Leave, v.LeaveLabel = t.Say("mail.why", server(t, in)), in.Links.Leave, t.Say("mail.leave")
	}
	return v
}

// depict shows the task and its question. What is left of the notice stands beside
// them.
func (l *Layout) depict(v *View, in Input) templates.Notice {
	card := l.book.Card(*in.Subject, in.Reader)
	v.Ask, card.Ask, v.Link = card.Ask, nil, card.Link
	if in.Links.Step > 0 {
		v.Ask = l.book.Ask(*in.Subject, in.Links.Step, in.Reader)
	}
	n, same := in.Notice.Beside(v.Ask)
	if same {
		v.Ask.Head = "" // the notice is all about it
	}
	if v.Ask != nil {
		v.More = more(v.tongue, v.Ask.More)
	}
	v.Card = picture(v.tongue, card)
	v.Card.forget(append([]string{n.Text}, n.Details...))
	return n
}

// list shows the tasks of a digest.
func (v *View) list(n templates.Notice) {
	if len(n.Tasks) == 0 {
		return
	}
	v.Tasks, v.left, v.Plus = slices.Clone(n.Tasks), n.More, more(v.tongue, n.More)
	v.Open = v.tongue.Say("digest.link")
}

// more says how many things are left out, "" for none.
func more(t *words.Tongue, n int) string {
	if n == 0 {
		return ""
	}
	return t.Say("card.more", words.A("n", n))
}

// opening is what a mail begins with.
func (v *View) opening() []string {
	out := []string{v.Text}
	if v.About != "" {
		out = append(out, v.About)
	}
	out = append(out, v.Details...)
	if v.Ask != nil && v.Ask.Prompt != "" {
		out = append(out, v.Ask.Prompt)
	}
	return out
}

// lead adds the buttons. A decision has one only beside the question that it answers.
func (v *View) lead(to Links) {
	t := v.tongue
	button := func(key, url, tone string) {
		if url != "" {
			v.Buttons = append(v.Buttons, Button{Label: t.Say(key), URL: url, Tone: tone})
		}
	}
	if v.Ask != nil && v.Ask.Step == to.Step {
		button("verb.approve", to.Approve, "good")
		button("verb.reject", to.Reject, "bad")
	}
	if len(v.Buttons) > 0 {
		v.Hints = append(v.Hints, t.Say("mail.decide.page"))
		if to.SignIn {
			v.Hints = append(v.Hints, t.Say("mail.decide.signin"))
		}
	}
	if to.Confirm != "" {
		button("mail.confirm", to.Confirm, "plain")
		v.Hints = append(v.Hints, t.Say("mail.confirm.page"))
	}
}

// server names this Herald.
func server(t *words.Tongue, in Input) words.Arg {
	return words.A("server", cmp.Or(in.Server, t.Say("herald")))
}

// toneOf is how something went, by its symbol.
func toneOf(symbol string) string {
	switch symbol {
	case "✓":
		return "good"
	case "✕":
		return "bad"
	case "⚠", "⏸":
		return "warn"
	}
	return "plain"
}
