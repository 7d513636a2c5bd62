package discordcard_test

import (
	"testing"

	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/discordcard"
)

// BenchmarkCard is a card from its words to its components. A task of 500 steps may not cost
// more than one of four.
func BenchmarkCard(b *testing.B) {
	book := book(b)
	l := discordcard.New(book)
	for _, name := range []string{"running", "approval", "many_steps", "hostile"} {
		card := book.Card(scened(b, name).Subject, templates.Reader{})
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Card("card_1", &card, templates.Reader{}, seal)
			}
		})
	}
}

// BenchmarkEncode is what the library does with the same components, for comparison.
func BenchmarkEncode(b *testing.B) {
	book := book(b)
	card := book.Card(scened(b, "approval").Subject, templates.Reader{})
	p := discordcard.New(book).Card("card_1", &card, templates.Reader{}, seal)
	b.ReportAllocs()
	for b.Loop() {
		wire(b, p.Components)
	}
}
