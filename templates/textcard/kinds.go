package textcard

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/taskherald/herald/progress"
)

// Past writes on a screen what past runs say.
type Past struct{ Screen }

// ledger writes figures.
type ledger struct{ card }

func (p Past) ledger() ledger { return ledger{p.card()} }

// Kinds is a table of what past runs took, one kind a line, in the order given.
// Each line ends with a line feed.
func (p Past) Kinds(kinds []progress.WireKind) string {
	c := p.ledger()
	rows := make([][]cell, len(kinds))
	for i, k := range kinds {
		rows[i] = append([]cell{{k.Kind, bold}}, c.timeCells(k.Runs, k.WireTimes)...)
		rows[i] = append(rows[i], cell{c.seconds(k.Idle), faint}, cell{c.ago(k.EndedAt), faint})
	}
	columns := append([]Column{{Title: "KIND", Want: 16, Min: 8}}, timeColumns()...)
	return joined(c.grid(append(columns, Column{Title: "WAITED", Right: true, Drop: 7}, Column{Title: "NEWEST", Drop: 6}), rows))
}

// timeColumns are those of WireTimes, with how many runs they are of.
func timeColumns() []Column {
	return []Column{
		{Title: "RUNS", Right: true, Drop: 5}, {Title: "MEDIAN", Right: true}, {Title: "9 OF 10", Right: true, Drop: 2},
		{Title: "FAILED", Right: true, Drop: 3}, {Title: "TREND", Drop: 1},
	}
}

func (s ledger) timeCells(runs int, t progress.WireTimes) []cell {
	failed := plain
	if t.FailureRate != nil && *t.FailureRate > 0 {
		failed = red
	}
	return []cell{
		{strconv.Itoa(runs), plain}, {s.seconds(t.Median), plain}, {s.seconds(t.P90), plain},
		{s.share(t.FailureRate), failed}, {trend(t.Trend), s.trendInk(t.Trend)},
	}
}

func (s ledger) trendInk(ratio *float64) ink {
	switch {
	case ratio == nil:
		return plain
	case *ratio > 1+sameTrend:
		return yellow
	case *ratio < 1-sameTrend:
		return green
	}
	return plain
}

// Kind is what past runs of one kind took, with its steps and newest runs. Each
// line ends with a line feed.
func (p Past) Kind(k progress.WireKindWhole) string {
	c := p.ledger()
	out := joined([]string{c.paint(bold, c.cut(c.Clean(k.Kind), c.width()))}) + c.figures(k.WireKind)
	if len(k.Steps) > 0 {
		out += "\n" + c.steps(k.Steps)
	}
	if k.MoreSteps > 0 {
		out += joined([]string{c.paint(faint, fmt.Sprintf("%s and %d faster steps more", c.pick("…", "..."), k.MoreSteps))})
	}
	if len(k.Last) > 0 {
		out += "\n" + c.runs(k.Last)
	}
	return out
}

// figures are a kind's, a name and a value a line.
func (s ledger) figures(k progress.WireKind) string {
	var lines []string
	say := func(name, value string) {
		lines = append(lines, s.paint(faint, pad(name, figureColumn))+s.cut(value, s.width()-figureColumn))
	}
	say("Runs", fmt.Sprintf("%d, the newest %s", k.Runs, s.ago(k.EndedAt)))
	say("Median", s.seconds(k.Median))
	say("9 of 10 within", s.seconds(k.P90))
	say("Failed", s.share(k.FailureRate))
	if trend := Trend(k.Trend); trend != "" {
		say("Trend", trend)
	}
	if k.Idle != nil && *k.Idle > 0 {
		say("Paused, waited", s.seconds(k.Idle)+", beside these times")
	}
	return joined(lines)
}

// figureColumn is where the values of figures begin.
const figureColumn = 16

func (s ledger) steps(steps []progress.WireKindStep) string {
	rows := make([][]cell, len(steps))
	for i, st := range steps {
		rows[i] = append([]cell{{st.Name, plain}, {s.share(&st.Share), plain}}, s.timeCells(st.Runs, st.WireTimes)...)
	}
	return joined(s.grid(append([]Column{{Title: "STEP, SLOWEST FIRST", Want: 16, Min: 8}, {Title: "SHARE", Right: true, Drop: 4}}, timeColumns()...), rows))
}

func (s ledger) runs(runs []progress.WireKindRun) string {
	rows := make([][]cell, len(runs))
	for i, r := range runs {
		m := markOf(endings[r.Outcome])
		id := string(r.Task)
		if r.Run > 1 {
			id += fmt.Sprintf(" run %d", r.Run)
		}
		rows[i] = []cell{
			{s.pick(m.unicode, m.ascii), m.ink}, {id, faint}, {endWord(r.Outcome), m.ink}, {lasted(r.Active), plain},
			{lasted(r.Idle), faint}, {s.ago(r.EndedAt), faint},
		}
	}
	return joined(s.grid([]Column{
		{}, {Title: "LAST RUNS", Want: 24, Min: 12}, {Title: "OUTCOME", Drop: 2}, {Title: "WORKED", Right: true}, {Title: "WAITED", Right: true, Drop: 1}, {Title: "ENDED"},
	}, rows))
}

// endings are the statuses of tasks whose marks runs bear by their outcome.
var endings = map[string]string{
	"success": string(progress.Completed), "partial": string(progress.Completed), "failed": string(progress.Failed), "cancelled": string(progress.Cancelled),
}

// endWord says how a run ended in the words that tasks have for it.
func endWord(outcome string) string {
	if outcome == "partial" {
		return "completed in part"
	}
	return cmp.Or(endings[outcome], outcome)
}

// sameTrend is how much may change while a time counts as the same.
const sameTrend = 0.05

// Trend says how the newest runs compare with those before: "25% slower than
// before"; "" if there are too few of them to tell.
func Trend(ratio *float64) string {
	said := trend(ratio)
	if said == "" || said == asBefore {
		return said
	}
	return said + " than before"
}

// asBefore is said where nothing has changed.
const asBefore = "as before"

// trend is Trend as tables have it.
func trend(ratio *float64) string {
	switch {
	case ratio == nil:
		return ""
	case math.Abs(*ratio-1) < sameTrend:
		return asBefore
	case *ratio > 1:
		return fmt.Sprintf("%.0f%% slower", (*ratio-1)*100)
	}
	return fmt.Sprintf("%.0f%% faster", (1-*ratio)*100)
}

// seconds is a number of them as a duration.
func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// seconds says a time, or a dash.
func (s ledger) seconds(v *float64) string {
	if v == nil {
		return s.pick("–", "-")
	}
	return lasted(*v)
}

// lasted says a number of seconds.
func lasted(v float64) string {
	if v == 0 {
		return "0 s"
	}
	return Duration(seconds(v))
}

// share says a share of a whole in percent, or a dash.
func (s ledger) share(v *float64) string {
	if v == nil {
		return s.pick("–", "-")
	}
	return Share(*v)
}

// Share says a share of a whole, 0..1, in percent. What is little is not nothing,
// and only all is 100%.
func Share(v float64) string {
	switch {
	case v > 0 && v < 0.01:
		return "<1%"
	case v > 0.99 && v < 1:
		return ">99%"
	}
	return fmt.Sprintf("%.0f%%", v*100)
}
