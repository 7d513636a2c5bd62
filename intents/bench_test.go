package intents

import (
	"fmt"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
)

// five are open tasks such as people have.
var five = []Task{
	{"01k5m3q8x9a", "Cellphone Store CRM", "running"}, {"01k5m3q8x9b", "Nightly backup of the photo archive", "paused"},
	{"01k5m3q8x9c", "Quarterly report", "approval"}, {"01k5m3q8x9d", "Retry queue fix", "running"}, {"01k5m3q8x9e", "Import customers", "failed"},
}

// BenchmarkHostile reads what is made to take long: many tasks, long titles, and messages whose
// words look like all of them.
func BenchmarkHostile(b *testing.B) {
	p := New()
	tasks := make([]Task, mostTasks)
	for i := range tasks {
		tasks[i] = Task{progress.TaskID(fmt.Sprint("t", i)), strings.Repeat("the tell l'l ", 15), progress.Running}
	}
	for name, text := range map[string]string{
		"the": strings.Repeat("the ", 500), "tell": strings.Repeat("tell, ", 330), "elided": strings.Repeat("l'", 1000), "cancel": strings.Repeat("cancel it and ", 140),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				p.Parse(Input{Text: text, Tasks: tasks})
			}
		})
	}
}

// BenchmarkParse reads messages with five open tasks, as the bar has it.
func BenchmarkParse(b *testing.B) {
	p := New()
	for name, text := range map[string]string{
		"short": "How's my CRM task going?",
		"act":   "could you please cancel the quarterly report, the numbers are from last year",
		"long":  "Good morning everyone, hope you all had a great weekend! I was just wondering whether somebody could tell me how far along the nightly backup of the photo archive is by now, because the client would like to know before noon.",
		"alien": "what would be a good restaurant near the harbour for a dinner with fourteen people tomorrow night",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Parse(Input{Text: text, Tasks: five})
			}
		})
	}
}
