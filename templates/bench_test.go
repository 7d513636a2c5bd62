package templates

import (
	"fmt"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// BenchmarkBook is what it costs to put a task into words and on paper: with few
// steps, with many, and where there is little room.
func BenchmarkBook(b *testing.B) {
	for _, n := range []int{5, 10_000} {
		s := manySteps(n)
		for form, fit := range map[Form]Fit{Text: {}, Markdown: {}, HTML: {}, JSON: {}} {
			b.Run(fmt.Sprintf("steps=%d/%s", n, form), func(b *testing.B) { speak(b, s, form, fit) })
		}
		b.Run(fmt.Sprintf("steps=%d/text-tight", n), func(b *testing.B) { speak(b, s, Text, Fit{Characters: 120}) })
	}
}

func speak(b *testing.B, s Scene, form Form, fit Fit) {
	own := book(b)
	r := Reader{Lang: "de", Zone: time.UTC}
	b.ReportAllocs()
	for b.Loop() {
		card := own.Card(s.Subject, r)
		notice := own.Notice(s.Subject, &s.Events[0], r)
		if own.Layout(form, card, fit) == "" || own.Layout(form, notice, fit) == "" {
			b.Fatal("nothing")
		}
	}
}

// BenchmarkHash is what it costs to see whether a card has to be sent anew.
func BenchmarkHash(b *testing.B) {
	own := book(b)
	s := asked()
	for b.Loop() {
		if card := own.Card(s.Subject, Reader{}); card.Hash() == "" {
			b.Fatal("nothing")
		}
	}
}

// manySteps is a task in the middle of so many steps.
func manySteps(n int) Scene {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("Chapter %d", i+1)
	}
	l := born(progress.Spec{Title: "Print the book", Owner: "ann"}, plans(names...)...)
	l.reports(time.Second, progress.Report{Step: progress.StepRef{Order: n / 2}, StepStatus: progress.StepRunning, StepProgress: new(10.0)})
	l.eta = &progress.ETA{Low: 170, Likely: 230, High: 310}
	return l.scene("many", 0)
}
