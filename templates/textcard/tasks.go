package textcard

import (
	"fmt"
	"strings"

	"github.com/taskherald/herald/progress"
)

// Tasks is a table of tasks, one a line, in the order given. Where the screen has
// a height the last line says how many had no room. Each line ends with a line
// feed.
func (s Screen) Tasks(tasks []progress.Wire) string {
	c := s.card()
	shown := tasks
	if s.Height > 0 && len(tasks) > s.Height-1 {
		shown = tasks[:max(s.Height-2, 0)]
	}
	rows := make([][]cell, len(shown))
	for i, w := range shown {
		rows[i] = c.taskRow(w)
	}
	lines := c.grid(taskColumns(), rows)
	if n := len(tasks) - len(shown); n > 0 {
		lines = append(lines, c.paint(faint, fmt.Sprintf("%s and %d more", c.pick("…", "..."), n)))
	}
	if s.Height > 0 {
		lines = lines[:min(len(lines), s.Height)]
	}
	return joined(lines)
}

func taskColumns() []Column {
	return []Column{
		{Title: ""},
		{Title: "ID", Want: 24, Min: 18},
		{Title: "TITLE", Want: 20, Min: 9},
		{Title: "STATUS", Drop: 2},
		{Title: "%", Right: true},
		{Title: "STEP", Want: 12, Min: 12, Drop: 3},
		{Title: "LEFT", Drop: 4},
		{Title: "MOVED", Drop: 5},
		{Title: "OWNER", Want: 8, Min: 8, Drop: 6},
	}
}

func (s dial) taskRow(w progress.Wire) []cell {
	m := markOf(string(w.Status))
	step := ""
	if w.CurrentStep > 0 && w.CurrentStep <= len(w.Steps) && !w.Status.Ended() {
		step = fmt.Sprintf("%d/%d %s", w.CurrentStep, w.TotalSteps, w.Steps[w.CurrentStep-1].Name)
	}
	return []cell{
		{s.pick(m.unicode, m.ascii), m.ink},
		{string(w.ID), faint},
		{w.Title, bold},
		{string(w.Status), m.ink},
		{percent(w.Progress), plain},
		{step, plain},
		{s.left(w), plain},
		{s.ago(w.UpdatedAt), faint},
		{w.Owner, faint},
	}
}

// Brief is a task in one line without its id: what a question or an answer names
// it by.
func (s Screen) Brief(w progress.Wire) string {
	c := s.card()
	title := c.cut(s.Clean(w.Title), c.width()/2)
	if strings.TrimSpace(title) == "" {
		return string(w.ID)
	}
	return title
}
