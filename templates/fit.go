package templates

import (
	"encoding/json"
	"sort"
	"strings"
)

// Fit is how much room there is. What is 0 is no bound.
type Fit struct {
	Characters int // as UTF-16 counts them, markup too
	Lines      int // of what is written, markup too; JSON is always one
}

// Layout writes a [Card], a [Notice] or a [Reply] in a form. It always fits: what matters
// least goes first, with a word on how much that was, and in the end the sentence
// itself is cut. Where not even a character of it has room nothing is written.
func (b *Book) Layout(form Form, v any, fit Fit) string {
	full := b.view(v)
	if full == nil {
		return ""
	}
	text := fitted(b, form, full, fit)
	if text == "" && b.layouts.own[full.file(form)] != nil { // it has no room for its own words
		text = fitted(&Book{lexicon: b.lexicon, layouts: layouts{ours: b.layouts.ours}}, form, full, fit)
	}
	return text
}

// fitted is the fullest picture that has room.
func fitted(b *Book, form Form, full view, fit Fit) string {
	text := b.write(form, full)
	if fit.holds(text) {
		return text
	}
	views := smaller(full)
	i := sort.Search(len(views), func(i int) bool {
		tried := b.write(form, views[i])
		holds := fit.holds(tried)
		if holds {
			text = tried // the last that is found to have room is the one
		}
		return holds
	})
	if i == len(views) {
		return shortest(b, form, full, fit)
	}
	return text
}

// smaller are pictures with less and less on them.
func smaller(v view) []view {
	var out []view
	for n := 0; ; n++ {
		if v = v.less(n); v == nil {
			return out
		}
		out = append(out, v)
	}
}

// shortest is as much of the sentence as has room.
func shortest(b *Book, form Form, v view, fit Fit) string {
	most := length(v.sentence())
	for n := sort.Search(most, func(n int) bool { return !fit.holds(b.write(form, v.last(n+1))) }); n > 0; n-- {
		if text := b.write(form, v.last(n)); fit.holds(text) {
			return text
		}
	}
	return ""
}

func (b *Book) write(form Form, v view) string {
	if form == JSON {
		text, _ := json.Marshal(v.dressed(form)) // of plain values: cannot fail
		return string(text)
	}
	if r, ok := v.(replyView); ok && r.card != nil {
		return stacked(b, form, r)
	}
	return b.layouts.draw(v.file(form), v.dressed(form))
}

// stacked is a card with the rest of a reply below it.
func stacked(b *Book, form Form, r replyView) string {
	if !r.beside() {
		return b.write(form, *r.card)
	}
	card, rest := *r.card, r.below()
	card.Link, rest.Link = "", card.Link
	text := b.write(form, card)
	between := "\n"
	if form == Markdown {
		between = "\n\n"
	}
	return text + between + strings.TrimLeft(b.write(form, rest), "\n")
}

// holds reports whether a text has room.
func (f Fit) holds(text string) bool {
	return (f.Characters <= 0 || len(text) <= f.Characters || length(text) <= f.Characters) &&
		(f.Lines <= 0 || strings.Count(text, "\n") < f.Lines)
}
