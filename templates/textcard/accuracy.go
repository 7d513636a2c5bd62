package textcard

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/taskherald/herald/progress"
)

// fewQuestions is how many questions a share needs to mean anything.
const fewQuestions = 20

// tooFew is said instead of shares of less.
const tooFew = "too few runs to say"

// Accuracy is how good estimates would have been on past runs. Each line ends
// with a line feed.
func (p Past) Accuracy(a progress.WireAccuracy) string {
	c := p.ledger()
	said := fmt.Sprintf("%s of %s replayed: each that ended well was asked about at 10, 30, 50, 70 and 90%% of its way, by what was known before it.",
		counted(a.Runs, "run"), counted(a.Kinds, "kind"))
	if !a.Complete {
		said += " There were more than could be replayed at once."
	}
	lines := c.wrap(said, c.width(), 0)
	for _, part := range []struct {
		title string
		score progress.WireScore
	}{{"Known kinds: after three runs", a.Warm}, {"New kinds: the first run", a.First}} {
		lines = append(lines, "", c.paint(bold, part.title))
		lines = append(lines, c.score(part.score)...)
	}
	return joined(lines)
}

// score is a part of a report.
func (s ledger) score(w progress.WireScore) []string {
	if w.Questions < fewQuestions {
		return []string{s.paint(faint, fmt.Sprintf("%s (%s)", tooFew, counted(w.Questions, "question")))}
	}
	rows := make([][]cell, len(w.Groups))
	for i, g := range w.Groups {
		rows[i] = s.groupRow(g)
	}
	off := s.pick("±", "+-")
	lines := s.grid([]Column{
		{Title: "STEPS"}, {Title: "ASKED", Right: true}, {Title: "TOTAL " + off + "20%", Right: true}, {Title: off + "30%", Right: true}, {Title: off + "50%", Right: true}, {Drop: 1},
	}, rows)
	dash := s.pick("–", "-")
	for _, l := range [][2]string{
		{"Total near enough", s.share(w.Bound) + ": " + off + "20% for 1" + dash + "2 steps, " + off + "30% for 3" + dash + "5, " + off + "50% for more"},
		{"Time left within 20%", s.share(w.Remaining)},
		{"Range holds", s.share(w.Covered) + ", where 80% is meant"},
		{"Range is wide", s.share(w.Width) + " of the total, in the median"},
		{"Without an answer", strconv.Itoa(w.Unanswered) + " of " + counted(w.Questions, "question")},
	} {
		name := l[0]
		for _, line := range s.wrap(l[1], s.width()-scoreColumn, 0) {
			lines = append(lines, s.paint(faint, pad(name, scoreColumn))+line)
			name = ""
		}
	}
	return lines
}

// scoreColumn is where the values of a score begin.
const scoreColumn = 22

// groupRow is a line of a score: the share of its bound is bold.
func (s ledger) groupRow(g progress.WireGroup) []cell {
	row := []cell{{strings.ReplaceAll(g.Steps, "-", s.pick("–", "-")), plain}, {strconv.Itoa(g.Questions), plain}}
	if g.Questions < fewQuestions {
		dash := cell{s.pick("–", "-"), faint}
		return append(row, dash, dash, dash, cell{tooFew, faint})
	}
	for i, v := range []*float64{g.Within20, g.Within30, g.Within50} {
		in := plain
		if []float64{0.2, 0.3, 0.5}[i] == g.Bound {
			in = bold
		}
		row = append(row, cell{s.share(v), in})
	}
	return append(row, cell{})
}
