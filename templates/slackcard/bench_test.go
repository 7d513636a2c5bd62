package slackcard_test

import (
	"encoding/json"
	"testing"

	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
)

// scened is a scene by its name.
func scened(t testing.TB, name string) templates.Scene {
	t.Helper()
	for _, s := range templates.Scenes() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("there is no scene %s", name)
	return templates.Scene{}
}

// BenchmarkCard is a card from its words to its blocks. A task of 500 steps may not cost
// more than one of four.
func BenchmarkCard(b *testing.B) {
	book := book(b)
	l := slackcard.New(book)
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

// BenchmarkEncode is what Slack's library does with the same blocks, for comparison.
func BenchmarkEncode(b *testing.B) {
	book := book(b)
	card := book.Card(scened(b, "approval").Subject, templates.Reader{})
	blocks := slackcard.New(book).Card("card_1", &card, templates.Reader{}, seal).Blocks
	b.ReportAllocs()
	for b.Loop() {
		if _, err := json.Marshal(blocks); err != nil {
			b.Fatal(err)
		}
	}
}
