package textcard

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/taskherald/herald/progress"
)

// Facts is what is known of a task beside its view, a name and a value a line:
// whose it is, its labels, inputs, metrics and result. Each line ends with a line
// feed.
func (s Screen) Facts(w progress.Wire) string {
	c := s.card()
	var lines []string
	say := func(name, value string) {
		if strings.TrimSpace(value) == "" {
			return
		}
		for _, line := range c.wrap(value, c.width()-factColumn, 0) {
			lines = append(lines, c.paint(faint, pad(name, factColumn))+line)
			name = ""
		}
	}
	say("ID", string(w.ID))
	say("Kind", w.Kind)
	say("Owner", w.Owner)
	if w.CreatedBy != "" {
		say("Created", fmt.Sprintf("%s by %s", c.clock(w.CreatedAt), w.CreatedBy))
	}
	for _, name := range slices.Sorted(maps.Keys(w.Labels)) {
		say("Label", name+": "+w.Labels[name])
	}
	say("Parent", string(w.Parent))
	say("Worker", w.Worker)
	if !w.HeartbeatAt.IsZero() && !w.Status.Ended() {
		say("Last sign", c.ago(w.HeartbeatAt))
	}
	for _, name := range slices.Sorted(maps.Keys(w.Metrics)) {
		say("Metric", name+" = "+string(w.Metrics[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(w.Metadata)) {
		say("Metadata", name+" = "+string(w.Metadata[name]))
	}
	say("Inputs", string(w.Inputs))
	say("Result", string(w.Result))
	return joined(lines)
}

// factColumn is where the values of facts begin.
const factColumn = 11

// Logged is a line of output: its time, its step, its level where it is not the
// usual one, and its text. It is not cut: a terminal wraps it.
func (s Screen) Logged(l progress.WireLine) string {
	c := s.card()
	var line strings.Builder
	if !l.At.IsZero() {
		line.WriteString(c.paint(faint, c.stamp(l.At)) + " ")
	}
	if step := s.Clean(l.Step); step != "" {
		line.WriteString(c.paint(cyan, c.cut(step, 20)) + " ")
	}
	text := s.Output(l.Line)
	switch level := strings.ToLower(s.Clean(l.Level)); level {
	case "", "info", "stdout", "stderr":
		line.WriteString(text)
	case "error", "fatal":
		line.WriteString(c.paint(red, level) + " " + c.paint(red, text))
	default:
		line.WriteString(c.paint(yellow, c.cut(level, 20)) + " " + text)
	}
	return strings.TrimRight(line.String(), " ")
}

// stamp is a time to the second.
func (s dial) stamp(i progress.Instant) string {
	return timeOf(i).In(s.Now.Location()).Format("15:04:05")
}

// Finding is one thing that somebody has looked at: whether it is good or broken
// or in between, its name, what was found, and what to do. It ends with a line
// feed.
func (s Screen) Finding(good, broken bool, name, found, advice string) string {
	c := s.card()
	m := attention()
	switch {
	case good:
		m = markOf(string(progress.Completed))
	case broken:
		m = markOf(string(progress.Failed))
	}
	indent := c.symbolWidth() + 1 + findingColumn
	var lines []string
	for i, line := range c.wrap(found, c.width()-indent, 0) {
		if i == 0 {
			lines = append(lines, c.symbol(m)+" "+pad(c.cut(s.Clean(name), findingColumn-1), findingColumn)+line)
			continue
		}
		lines = append(lines, pad("", indent)+line)
	}
	if advice != "" {
		for _, line := range c.wrap("do this: "+advice, c.width()-indent, 0) {
			lines = append(lines, pad("", indent)+c.paint(m.ink, line))
		}
	}
	return joined(lines)
}

// findingColumn is where what was found begins, after its symbol.
const findingColumn = 10
