package mailcard_test

import (
	"testing"

	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/mailcard"
)

// BenchmarkMail is what it costs to write a mail: one that asks, one about a task of
// many steps, and one of which much has to be cut.
func BenchmarkMail(b *testing.B) {
	own := book(b)
	l := mailcard.New(own)
	for name, in := range map[string]mailcard.Input{
		"asks":  letters(own, scene(b, "approval"), templates.Reader{Lang: "de"})[0],
		"steps": letters(own, scene(b, "many_steps"), templates.Reader{Lang: "de"})[0],
		"huge":  huge(own),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m := l.Mail(in)
				b.ReportMetric(float64(len(m.HTML)), "html-bytes")
			}
		})
	}
}

// BenchmarkNew is what it costs to open the layouts.
func BenchmarkNew(b *testing.B) {
	own := book(b)
	for b.Loop() {
		mailcard.New(own)
	}
}
