package templates

import (
	"net/url"
	"slices"
	"strings"

	"github.com/taskherald/herald/templates/words"
)

// view is a card, a notice or a reply, ready to be laid out.
type view interface {
	file(f Form) string // its layout

	// dressed is what a layout gets, or what JSON is made of: texts of strangers are
	// safe in the form. HTML's layouts make them so themselves.
	dressed(f Form) any

	// less is a smaller one, made by taking away what matters least; nil if no more
	// can be taken away. The first has n 0.
	less(n int) view

	// last is what is left when nothing can be taken away: the sentence that it is
	// about, cut to so many characters.
	last(most int) view
	sentence() string
}

// view is a card, a notice or a reply for layouts, nil for anything else.
func (b *Book) view(v any) view {
	switch v := v.(type) {
	case Card:
		return cardViewOf(v, b.lexicon.Tongue(v.Lang))
	case *Card:
		return b.view(*v)
	case Notice:
		return noticeViewOf(v, b.lexicon.Tongue(v.Lang))
	case *Notice:
		return b.view(*v)
	case Reply:
		return replyViewOf(v, b.lexicon.Tongue(v.Lang))
	case *Reply:
		return b.view(*v)
	}
	return nil
}

// cardView is a card for layouts, with the words that stand around it.
type cardView struct {
	Card
	Plus        string // lines that are left out: "+3 more"
	PlusEffects string
	Open        string // what a link to the task says
	Bar         bool   // how far it is says something

	tongue *words.Tongue
}

func cardViewOf(c Card, t *words.Tongue) cardView {
	c.Link = web(c.Link)
	return cardView{Card: c, Open: t.Say("card.link"), Bar: true, tongue: t}
}

// Isolated is the card for plain text: what a stranger wrote and what stands for
// itself there, such as a name in a list, does not reorder what is beside it. Inside
// sentences it never does.
func (c Card) Isolated() Card {
	v := cardView{Card: c}
	v.dress(func(s string) string { return s }, inside)
	return v.Card
}

func (v cardView) file(f Form) string { return fileOf("card", f) }
func (v cardView) sentence() string   { return v.Head }

func (v cardView) dressed(f Form) any {
	if f == JSON {
		return v.Card
	}
	if v.More > 0 && len(v.Lines) > 0 {
		v.Plus = plus(v.tongue, v.More)
	}
	if v.Ask != nil && v.Ask.More > 0 {
		v.PlusEffects = plus(v.tongue, v.Ask.More)
	}
	switch f {
	case Text:
		v.Card = v.Isolated()
	case Markdown:
		v.dress(markdown, func(s string) string { return markdown(inside(s)) })
		v.Link = strings.NewReplacer("(", "%28", ")", "%29").Replace(v.Link)
	}
	return v
}

func plus(t *words.Tongue, n int) string { return t.Say("card.more", words.A("n", n)) }

// dress makes the texts safe: sentences, and what stands for itself.
func (v *cardView) dress(sentence, bare func(string) string) {
	all(sentence, &v.State, &v.Head, &v.Now, &v.Place, &v.Message, &v.Left, &v.Took, &v.Reason)
	all(bare, &v.Title)
	v.Lines, v.Result, v.Facts = slices.Clone(v.Lines), dressedFacts(v.Result, sentence, bare), dressedFacts(v.Facts, sentence, bare)
	for i := range v.Lines {
		all(bare, &v.Lines[i].Text)
		all(sentence, &v.Lines[i].Note)
	}
	v.Remarks = each(v.Remarks, sentence)
	v.Alarm, v.Outcome = v.Alarm.dressed(sentence), v.Outcome.dressed(sentence)
	if v.Fault != nil {
		fault := *v.Fault
		all(sentence, &fault.Where, &fault.Text, &fault.Advice)
		v.Fault = &fault
	}
	if v.Ask != nil {
		v.Ask = v.Ask.dressed(sentence, bare)
	}
}

func (a *Ask) dressed(sentence, bare func(string) string) *Ask {
	ask := *a
	all(sentence, &ask.Head, &ask.Choice, &ask.Risk, &ask.Who, &ask.Votes, &ask.Rejecting, &ask.Others)
	all(bare, &ask.Prompt)
	ask.Effects, ask.Options = each(ask.Effects, bare), each(ask.Options, bare)
	ask.Until = ask.Until.dressed(sentence)
	return &ask
}

func (s *Said) dressed(sentence func(string) string) *Said {
	if s == nil {
		return nil
	}
	said := *s
	said.Text = sentence(said.Text)
	return &said
}

func dressedFacts(facts []Fact, sentence, bare func(string) string) []Fact {
	facts = slices.Clone(facts)
	for i := range facts {
		all(bare, &facts[i].Name, &facts[i].Value)
		all(sentence, &facts[i].Text)
	}
	return facts
}

// all changes texts in place.
func all(change func(string) string, texts ...*string) {
	for _, t := range texts {
		*t = change(*t)
	}
}

// each is a list with every text changed.
func each(texts []string, change func(string) string) []string {
	out := slices.Clone(texts)
	for i := range out {
		out[i] = change(out[i])
	}
	return out
}

// noticeView is a notice for layouts.
type noticeView struct {
	Notice
	Plus string // details or tasks that are left out: "+3 more"
	Open string // what the link says

	more   int
	tongue *words.Tongue
}

func noticeViewOf(n Notice, t *words.Tongue) noticeView {
	v := noticeView{Notice: n, Open: t.Say("card.link"), tongue: t}
	if n.Kind == "digest" {
		v.Open, v.more = t.Say("digest.link"), n.More
		v.Details = n.Details[:min(len(n.Tasks), len(n.Details))] // Plus says the last
	}
	v.Link, v.Tasks = web(n.Link), slices.Clone(n.Tasks)
	for i := range v.Tasks {
		all(web, &v.Tasks[i].Link)
	}
	return v
}

// Isolated is the notice for plain text, as [Card.Isolated].
func (n Notice) Isolated() Notice {
	n.Tasks = slices.Clone(n.Tasks)
	for i := range n.Tasks {
		all(inside, &n.Tasks[i].Title)
	}
	return n
}

func (v noticeView) file(f Form) string { return fileOf("notice", f) }
func (v noticeView) sentence() string   { return v.Text }

func (v noticeView) dressed(f Form) any {
	if v.more > 0 {
		v.Plus = plus(v.tongue, v.more)
	}
	switch f {
	case JSON:
		return v.plain()
	case Text:
		v.Notice = v.Isolated()
	case Markdown:
		v.mark()
	}
	return v
}

// plain is the notice with what is left out said in it.
func (v noticeView) plain() Notice {
	if v.Plus != "" {
		v.Details = append(slices.Clone(v.Details), v.Plus)
	}
	if v.Kind == "digest" {
		v.More = v.more
	}
	return v.Notice
}

// mark makes all texts Markdown that shows them as they are.
func (v *noticeView) mark() {
	bare := func(s string) string { return markdown(inside(s)) }
	target := strings.NewReplacer("(", "%28", ")", "%29").Replace
	all(markdown, &v.Text, &v.About, &v.Class)
	all(bare, &v.Title)
	all(target, &v.Link)
	v.Details, v.Tasks = each(v.Details, markdown), slices.Clone(v.Tasks)
	for i := range v.Tasks {
		all(bare, &v.Tasks[i].Title)
		all(markdown, &v.Tasks[i].Text)
		all(target, &v.Tasks[i].Link)
	}
}

// web is a link if it is one to a page, "" otherwise.
func web(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}
