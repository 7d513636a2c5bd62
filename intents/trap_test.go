package intents

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
)

// TestNotAtOnce holds what was once done at once and must not be: what speaks against it stands
// where it is easily missed.
func TestNotAtOnce(t *testing.T) {
	t.Parallel()
	tasks := []Task{{"a1", "CRM", progress.Waiting}, {"a2", "Nightly backup", progress.Running}, {"a3", "Report export", progress.Paused}}
	p := New()
	for _, text := range []string{
		"approve CRM but only if the tests pass", "approve CRM, conditional on tests", "approve CRM but first run the tests",
		"approve CRM, I guess", "annule CRM mais seulement si ça bloque", "aprueba CRM pero solo si pasa",
		"pause nightly backup at 50%", "cancel the approval of CRM", "withdraw my approval of CRM",
		"stop nightly backup from being cancelled", "cancel a step of the nightly backup", "cancel the failing step of CRM",
		"cancelar CRM por erro?", "¿cancelar CRM por error?", "pause kam job", "cancel the last two", "cancel tasks 1 and 2",
		"cancel this one and the nightly backup", "steps 2 to 5 of the nightly backup: skip", "cancelé el backup",
		"ann approved the CRM", "CRM approved by legal", "let it rip", "wie setz ich die CRM fort?",
		"se a latência passar de 2s, cancela o CRM", "too many pings about the nightly backup, stop it",
		"nightly backup again please", "please never do that again", "nightly backup needs to be paused",
	} {
		if r := p.Parse(Input{Text: text, Tasks: tasks}); r.Sure == SureAct {
			t.Errorf("%q does it: %+v", text, r)
		}
	}
}

// TestWhich holds which task is meant where that is easily missed.
func TestWhich(t *testing.T) {
	t.Parallel()
	tasks := []Task{
		{"z3", "Tax return 2023", progress.Running}, {"z1", "Tax return 2024", progress.Running}, {"z2", "Batch A scan", progress.Paused},
		{"z9", "Batch B scan", progress.Failed}, {"46", "Invoice run", progress.Running},
	}
	offered := []progress.TaskID{"z3", "z1", "z2"}
	p := New()
	for text, want := range map[string]string{
		"cancel the 2023 return": "z3", "how is 2024 going?": "z1", "resume batch A": "z2", "retry batch B": "z9", "cancel 2": "z1",
		"cancel task 46 please": "46", "resume the paused one": "z2", "retry whatever failed": "z9", "scanning batch B, any news?": "z9",
		"cancel the 2025 return": "", "cancel batch C": "", "cancel 9": "", "skip 2": "z1", "#3, how is it?": "ambiguous", "batch B, cool your jets, pause it": "z9",
		"notify me if anything changes with batch B": "z9",
	} {
		r := p.Parse(Input{Text: text, Tasks: tasks, Offered: offered, About: "z1"})
		if got := tasked(r); got != want {
			t.Errorf("%q is about %q, want %q: %+v", text, got, want, r)
		}
	}
}

// TestAnyWords reads messages of any words of the lexicons and signs between them.
func TestAnyWords(t *testing.T) {
	t.Parallel()
	p := New()
	var all []string
	for word := range p.words.words {
		all = append(all, word)
	}
	slices.Sort(all)
	all = append(all, "#1", "2", "30m", "CRM", "\"foo", "bar\"", "it", "not", "crm's", "l'import")
	signs := []string{" ", " ", " ", ", ", ". ", "? ", ": ", " - ", "\n", "'", "…", "! "}
	dice := rand.New(rand.NewPCG(1, 2)) // the same words each time
	for range 5_000 {
		var text strings.Builder
		for range 1 + dice.IntN(14) {
			text.WriteString(all[dice.IntN(len(all))] + signs[dice.IntN(len(signs))])
		}
		p.Parse(Input{Text: text.String(), Tasks: five[:dice.IntN(len(five)+1)], About: five[dice.IntN(len(five))].ID})
	}
}
