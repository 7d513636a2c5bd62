package webpage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taskherald/herald/progress"
)

// spark is a small picture of the newest runs of a kind: a bar each, the newest
// at the right, as high as it took long.
type spark struct {
	N     int    // of the kind on its page
	Title string // what it shows
	Says  string // the same in words
	Width int
	Bars  []sparkBar
}

// sparkBar is one run in a picture of sparkHeight.
type sparkBar struct {
	X, Y, Height int
	Class        string // "" for a run that ended well
}

// The measures of a picture.
const (
	sparkHeight = 28
	sparkStep   = 8 // from one bar to the next
	sparkLeast  = 3 // of a bar's height: what is short is not nothing
)

// sparkOf draws the newest runs of the nth kind of a page.
func sparkOf(n int, k progress.WireKindWhole) spark {
	runs := slices.Clone(k.Last)
	slices.Reverse(runs)
	longest := 0.0
	for _, r := range runs {
		longest = max(longest, r.Active)
	}
	out := spark{N: n, Title: fmt.Sprintf("The times of the last %d runs", len(runs)), Says: sparkWords(runs), Width: sparkStep * len(runs)}
	if len(runs) == 1 {
		out.Title = "The time of the only run"
	}
	for i, r := range runs {
		height := sparkLeast
		if longest > 0 {
			height = max(height, int(r.Active/longest*sparkHeight))
		}
		out.Bars = append(out.Bars, sparkBar{X: i*sparkStep + 1, Y: sparkHeight - height, Height: height, Class: sparkClass(r.Outcome)})
	}
	return out
}

func sparkClass(outcome string) string {
	switch outcome {
	case "failed", "cancelled":
		return outcome
	}
	return ""
}

// sparkWords say what the picture shows of runs, oldest first.
func sparkWords(runs []progress.WireKindRun) string {
	if len(runs) == 0 {
		return "No runs."
	}
	times := make([]float64, len(runs))
	ends := map[string]int{}
	for i, r := range runs {
		times[i] = r.Active
		ends[sparkClass(r.Outcome)]++
	}
	said := []string{fmt.Sprintf("From %s to %s; the newest took %s.", lasted(slices.Min(times)), lasted(slices.Max(times)), lasted(times[len(times)-1]))}
	for _, end := range []string{"failed", "cancelled"} {
		if ends[end] > 0 {
			said = append(said, fmt.Sprintf("%d %s.", ends[end], end))
		}
	}
	return strings.Join(said, " ")
}
