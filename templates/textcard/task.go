package textcard

import (
	"fmt"
	"strings"

	"github.com/taskherald/herald/progress"
)

// Task is the progress view of a task: title, bar, steps, times, and what needs
// somebody's attention. Each line ends with a line feed.
func (s Screen) Task(w progress.Wire) string {
	c := s.card()
	head := c.head(w)
	if s.Height <= 0 {
		return joined(stack(head, c.steps(w, 0), c.foot(w, 0)))
	}
	return joined(c.fitted(w, head))
}

// fitted is the view in no more rows than there are: the texts below the steps
// get shorter until some steps have room.
func (s card) fitted(w progress.Wire, head []string) []string {
	var lines []string
	for _, most := range []int{6, 3, 2, 1} {
		foot := s.foot(w, most)
		room := s.Height - len(head) - len(foot) - 2 // two empty lines between them
		if room < min(3, len(w.Steps)) && most > 1 {
			continue
		}
		lines = stack(head, s.steps(w, max(room, 0)), foot)
		if len(lines) > s.Height {
			lines = stack(head, nil, foot)
		}
		break
	}
	if over := len(lines) - s.Height; over > 0 { // what is to be done stands last
		top := min(2, s.Height/2)
		lines = append(lines[:top:top], lines[top+over:]...)
	}
	return lines
}

// stack puts parts below each other, with an empty line between two.
func stack(parts ...[]string) []string {
	var lines []string
	for _, part := range parts {
		if len(lines) > 0 && len(part) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, part...)
	}
	return lines
}

// head is the title, the bar, and the step that the task is at.
func (s card) head(w progress.Wire) []string {
	most := 0
	if s.Height > 0 {
		most = 1
	}
	var lines []string
	for _, line := range s.wrap(w.Title, s.width(), most) {
		lines = append(lines, s.paint(bold, line))
	}
	lines = append(lines, s.bar(w))
	if at := s.at(w); at != "" {
		lines = append(lines, s.cut(at, s.width()))
	}
	return lines
}

// at says which step the task is at: "Step 2 of 5: Load".
func (s card) at(w progress.Wire) string {
	if w.CurrentStep < 1 || w.CurrentStep > len(w.Steps) {
		return ""
	}
	return fmt.Sprintf("Step %d of %d: %s", w.CurrentStep, w.TotalSteps, s.Clean(w.Steps[w.CurrentStep-1].Name))
}

// bar is the percent as a bar and a number, and the status.
func (s card) bar(w progress.Wire) string {
	m := markOf(string(w.Status))
	state := word(w.Status)
	length := s.width() - len(" 100%  ") - s.symbolWidth() - 1 - wide(state)
	full, empty := s.pick("█", "#"), s.pick("░", ".")
	done := int(float64(length) * min(max(w.Progress, 0), 100) / 100)
	line := s.paint(m.ink, strings.Repeat(full, done)) + s.paint(faint, strings.Repeat(empty, length-done)) +
		padLeft(percent(w.Progress), len(" 100%")) + "  " + s.symbol(m) + " " + s.paint(m.ink, state)
	return strings.TrimRight(line, " ")
}
