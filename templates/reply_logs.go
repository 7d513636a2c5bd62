package templates

import (
	"slices"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/textcard"
	"github.com/taskherald/herald/templates/words"
)

// How much of a task's output a reply has.
const (
	mostOutput = 100  // lines
	mostErrors = 10   // lines of errors from before them
	mostLine   = 500  // characters of a line
	mostRaw    = 1500 // characters of a line that are looked at
)

// printer shows a task's output; of one that failed first why it did.
type printer struct{ replier }

func (p printer) say(out *Reply) {
	q, ok := p.about()
	if !ok {
		doubter(p).say(out)
		return
	}
	out.Text = p.Say("logs.text", p.title())
	if q.task.Status == progress.Failed {
		out.Text = q.head()
	}
	lines := shownLines(p.a.Lines[max(len(p.a.Lines)-mostOutput, 0):])
	errs := shownLines(p.a.Errors[max(len(p.a.Errors)-mostErrors, 0):])
	out.Details = q.failing()
	switch {
	case len(lines)+len(errs) > 0:
		out.Details = append(out.Details, p.lead(len(lines), len(errs)))
	case q.task.Status == progress.Failed:
		out.Details = append(out.Details, p.Say("logs.none", p.title()))
	default:
		out.Text = p.Say("logs.none", p.title())
	}
	if len(errs) > 0 {
		errs = append(errs, gap)
	}
	out.Output = append(errs, lines...)
}

// failing says where and why the task failed, and what can be done; nothing for one that
// has nothing wrong.
func (p reviewer) failing() []string {
	f := p.fault()
	if f == nil {
		return nil
	}
	out := add(nil, f.Where, f.Text)
	if ap := p.refused(); ap != nil {
		q := question{p.speech, ap}
		out = add(out, q.outcome(failedStep(p.task)).Text, q.why())
	}
	return add(out, f.Advice)
}

// lead says which lines follow: the newest, and before them errors from before.
func (p printer) lead(lines, errs int) string {
	n := words.A("n", lines)
	switch {
	case errs > 0:
		return p.Say("logs.errors", n)
	case p.a.Earlier || len(p.a.Lines) > mostOutput:
		return p.Say("logs.last", n)
	}
	return p.Say("logs.all", n)
}

// gap stands where lines are left out.
const gap = "…"

// shownLines are lines as they may be shown: without what controls the screen, without
// secrets, and none too long. Empty ones at the end go.
func shownLines(lines []progress.LogLine) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		text := strings.ToValidUTF8(l.Line[:min(len(l.Line), 4*mostRaw)], "\uFFFD")
		out[i] = textcard.Screen{Unicode: true}.Output(cut(text, mostRaw))
	}
	out = masked(out)
	for i := range out {
		out[i] = strings.TrimRight(cut(out[i], mostLine), " ")
	}
	last := len(out)
	for last > 0 && out[last-1] == "" {
		last--
	}
	return slices.Clip(out[:last])
}
