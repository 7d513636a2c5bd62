package templates

import (
	"slices"
	"strings"

	"github.com/taskherald/herald/templates/words"
)

// replyView is a reply for layouts. Its card, if it has one, is laid out as cards are, with
// the rest below it.
type replyView struct {
	Reply
	Open   string // what the link says
	Fence  string // what stands around Output in Markdown
	Listed bool   // the items have numbers

	card   *cardView
	tongue *words.Tongue
}

func replyViewOf(r Reply, t *words.Tongue) replyView {
	v := replyView{Reply: r, Open: r.Opens(t), tongue: t, Fence: "```"}
	v.Link, v.Items = web(r.Link), slices.Clone(r.Items)
	for i := range v.Items {
		all(web, &v.Items[i].Link)
		v.Listed = v.Listed || v.Items[i].Number > 0
	}
	if r.Card != nil {
		card := cardViewOf(*r.Card, t)
		v.card, v.Link = &card, ""
	}
	return v
}

// Isolated is the reply for plain text, as [Card.Isolated].
func (r Reply) Isolated() Reply {
	r.Items, r.Output = slices.Clone(r.Items), each(r.Output, inside)
	for i := range r.Items {
		all(inside, &r.Items[i].Title)
	}
	return r
}

func (v replyView) file(f Form) string {
	if v.card != nil && !v.beside() {
		return v.card.file(f)
	}
	return fileOf("reply", f)
}

func (v replyView) sentence() string { return v.Text }

// beside reports whether there is something to say below the card.
func (v replyView) beside() bool { return len(v.Details)+len(v.Items)+len(v.After) > 0 || v.Hint != "" }

func (v replyView) dressed(f Form) any {
	v.left(v.tongue, v.More)
	switch f {
	case JSON:
		return v.whole()
	case Text:
		v.Reply = v.Isolated()
	case Markdown:
		v.mark()
	}
	return v
}

// whole is the reply with its card as it is by now.
func (v replyView) whole() Reply {
	if v.card != nil {
		v.Card, v.Link = &v.card.Card, v.card.Link
	}
	return v.Reply
}

// below is what a layout shows below the card.
func (v replyView) below() replyView {
	v.Text, v.card = "", nil
	return v
}

// mark makes all texts Markdown that shows them as they are.
func (v *replyView) mark() {
	bare := func(s string) string { return markdown(inside(s)) }
	target := strings.NewReplacer("(", "%28", ")", "%29").Replace
	all(markdown, &v.Text, &v.Hint)
	all(target, &v.Link)
	v.Details, v.After = each(v.Details, markdown), each(v.After, markdown)
	v.Items, v.Output = slices.Clone(v.Items), each(v.Output, verbatim)
	for i := range v.Items {
		all(bare, &v.Items[i].Title)
		all(markdown, &v.Items[i].Text)
		all(target, &v.Items[i].Link)
	}
}

// verbatim is a line of output between fences: it cannot end them, and no name behind an @
// is called.
func verbatim(line string) string {
	line = strings.ReplaceAll(line, "```", "`"+wordJoiner+"`"+wordJoiner+"`")
	return inside(strings.ReplaceAll(line, "@", "@"+wordJoiner))
}

// less takes away from a reply: of its card what cards can do without, ends of texts, links,
// the oldest lines of output, items from the end, then what stands around them.
func (v replyView) less(n int) view {
	if v.card != nil {
		if card, ok := v.card.less(n).(cardView); ok {
			v.card = &card
			return v
		}
		n -= len(cardCuts)
	}
	if !v.fewer(n) {
		return nil
	}
	return v
}

// fewer takes the next thing away; it reports whether there was one.
func (v *replyView) fewer(n int) bool {
	switch {
	case n == 0:
		v.shorter(fullDetail)
	case n == 1:
		v.shorter(shortDetail)
	case n == 2:
		v.unlink()
	case len(v.Output) > 3:
		v.Output = v.Output[(len(v.Output)+7)/8:]
	case len(v.Items) > 0:
		v.Items = v.Items[:len(v.Items)-1]
		v.More++
	case len(v.After) > 0:
		v.After = v.After[:len(v.After)-1]
	case len(v.Output) > 0:
		v.Output = v.Output[1:]
	case len(v.Details) > 0:
		v.Details = v.Details[:len(v.Details)-1]
	case v.Hint != "":
		v.Hint = ""
	case v.More > 0:
		v.More = 0
	default:
		return false
	}
	return true
}

// shorter cuts long texts.
func (v *replyView) shorter(most int) {
	short := func(s string) string { return cut(s, most) }
	v.Details, v.After, v.Output = each(v.Details, short), each(v.After, short), each(v.Output, short)
	v.Items, v.Hint = slices.Clone(v.Items), short(v.Hint)
	for i := range v.Items {
		all(short, &v.Items[i].Title, &v.Items[i].Text)
	}
}

// unlink takes away where items are found.
func (v *replyView) unlink() {
	v.Items = slices.Clone(v.Items)
	for i := range v.Items {
		v.Items[i].Link = ""
	}
}

// last is the sentence of a reply alone.
func (v replyView) last(most int) view {
	v.card = nil
	v.Reply = Reply{About: v.About, Lang: v.Lang, Text: cut(v.Text, most)}
	return v
}
