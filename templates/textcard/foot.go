package textcard

import (
	"cmp"
	"fmt"
	"time"

	"github.com/taskherald/herald/progress"
)

// foot is what stands below the steps: what the task says, its times, and, last,
// what is wrong or has to be decided. With most above 0 no text is longer than so
// many lines.
func (s card) foot(w progress.Wire, most int) []string {
	var lines []string
	if w.Message != "" && !w.Status.Ended() {
		lines = append(lines, s.wrap(w.Message, s.width(), most)...)
	}
	lines = append(lines, s.flow(append(s.times(w), s.basis(w, most)...))...)
	if w.Stalled != "" && !w.Status.Ended() {
		lines = append(lines, s.notice(attention(), stalled(w)+": "+w.Stalled, most)...)
	}
	lines = append(lines, s.ending(w, most)...)
	if approvals := waiting(w); len(approvals) > 0 {
		lines = append(lines, s.approval(w.ID, approvals, most)...)
	}
	return lines
}

// stalled says what is wrong with a task that has stalled.
func stalled(w progress.Wire) string {
	if w.StallCause == progress.CauseOverrun {
		return "Takes long"
	}
	return "Stalled"
}

// times says when the task began and when it ends.
func (s card) times(w progress.Wire) []string {
	var items []string
	if w.Run > 1 {
		items = append(items, fmt.Sprintf("Run %d", w.Run))
	}
	if w.Attempt > 1 {
		items = append(items, fmt.Sprintf("Attempt %d", w.Attempt))
	}
	switch {
	case w.StartedAt.IsZero() && !w.Status.Ended():
		items = append(items, "Created "+s.clock(w.CreatedAt)+", "+s.ago(w.CreatedAt), "not started yet")
		if takes := Remaining(w); takes != "" {
			items = append(items, takes)
		}
		return items
	case w.StartedAt.IsZero():
		return append(items, "Never started", "ended "+s.clock(w.EndedAt))
	case w.Status.Ended():
		took := time.Time(w.EndedAt).Sub(time.Time(w.StartedAt))
		return append(items, "Started "+s.clock(w.StartedAt), fmt.Sprintf("%s %s, after %s", w.Status, s.clock(w.EndedAt), Duration(took)))
	}
	return append(items, "Started "+s.clock(w.StartedAt)+", "+s.ago(w.StartedAt), cmp.Or(Remaining(w), "ETA "+s.pick("–", "-")))
}

// basis says what the time that is left rests on, where there is room for it.
func (s card) basis(w progress.Wire, most int) []string {
	if Remaining(w) == "" || w.Left == nil || w.Left.Basis == "" || most == 1 || most == 2 {
		return nil
	}
	return []string{"from " + s.Clean(w.Left.Basis)}
}

// flow puts items beside each other, as many as a line takes.
func (s card) flow(items []string) []string {
	between := s.pick(" · ", " | ")
	var lines []string
	line := ""
	for _, item := range items {
		switch {
		case line == "":
			line = item
		case wide(line)+wide(between)+wide(item) <= s.width():
			line += between + item
		default:
			lines = append(lines, s.cut(line, s.width()))
			line = item
		}
	}
	if line != "" {
		lines = append(lines, s.cut(line, s.width()))
	}
	return lines
}

// ending says what went wrong, and who ended the task and why.
func (s card) ending(w progress.Wire, most int) []string {
	var lines []string
	if e := w.Error; e != nil {
		said := e.Message
		if e.Type != "" {
			said = e.Type + ": " + said
		}
		if e.Step > 0 {
			said = fmt.Sprintf("Step %d: %s", e.Step, said)
		}
		lines = s.notice(markOf(string(progress.StepFailed)), said, most)
	}
	if w.Status == progress.Cancelled {
		said := fmt.Sprintf("Cancelled by %s via %s", w.EndedBy, w.EndedVia)
		if w.Reason != "" {
			said += ": " + w.Reason
		}
		lines = append(lines, s.notice(markOf(string(progress.Cancelled)), said, most)...)
	}
	return lines
}

// notice is a text behind a symbol.
func (s card) notice(m mark, text string, most int) []string {
	indent := pad("", s.symbolWidth()+1)
	lines := s.wrap(text, s.width()-len(indent), most)
	for i, line := range lines {
		if i == 0 {
			lines[i] = s.symbol(m) + " " + s.paint(m.ink, line)
			continue
		}
		lines[i] = indent + s.paint(m.ink, line)
	}
	return lines
}
