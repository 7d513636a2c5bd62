package templates

import (
	"cmp"
	"slices"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// Spoken is a card in sentences, for those who hear it and for notifications: what matters,
// without the title. Empty ones are among them.
func (c *Card) Spoken() []string {
	out := []string{c.Head}
	add := func(texts ...string) { out = append(out, texts...) }
	if c.Alarm != nil {
		add(c.Alarm.Text)
	}
	if a := c.Ask; a != nil {
		add(a.Head, a.Prompt, a.Risk)
	}
	if c.Fault != nil {
		add(c.Fault.Where, c.Fault.Text)
	}
	if c.Outcome != nil {
		add(c.Outcome.Text, c.Reason)
	}
	add(c.Now, c.Left, c.Took)
	for _, f := range c.Result {
		add(f.Text)
	}
	return out
}

// barCells is how wide the bar of a chat's card is.
const barCells = 12

// Bar is how far the task is, as a picture in letters and in words; "" where that says nothing.
func (c *Card) Bar(t *words.Tongue) string {
	if c.Status == progress.Completed || c.Status == progress.Pending && c.Percent == 0 {
		return ""
	}
	full := min(max(c.Percent, 0), 100) * barCells / 100
	if c.Percent > 0 {
		full = max(full, 1)
	}
	return strings.Repeat("▓", full) + strings.Repeat("░", barCells-full) + " " + t.Percent(float64(c.Percent))
}

// ByThumb are offers in the order in which their buttons stand: those that decide first, those
// last that a thumb should not find by chance.
func ByThumb(offers []Offer) []Offer {
	return slices.SortedStableFunc(slices.Values(offers), func(a, b Offer) int {
		return cmp.Compare(slices.Index(thumbs, a.Verb), slices.Index(thumbs, b.Verb))
	})
}

// thumbs are the verbs of buttons, in the order in which they stand.
var thumbs = []progress.Verb{
	progress.VerbApprove, progress.VerbReject, progress.VerbResume, progress.VerbPause,
	progress.VerbRetry, progress.VerbSkip, progress.VerbRestart, progress.VerbCancel,
}
