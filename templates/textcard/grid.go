package textcard

import (
	"slices"
	"strings"
)

// Column is a column of a grid.
type Column struct {
	Title string
	Right bool // its texts stand at the right
	Want  int  // columns that it keeps while others can be left out; 0: it is never cut
	Min   int  // columns that it keeps when none is left to leave out
	Drop  int  // those with the highest are left out first; 0: it stays
}

// Grid writes rows below a line of titles, as wide as the screen at most: long
// texts are cut, then columns left out. The texts may be strangers'. Each line
// ends with a line feed.
func (s Screen) Grid(columns []Column, rows [][]string) string {
	cells := make([][]cell, len(rows))
	for i, row := range rows {
		cells[i] = make([]cell, len(row))
		for j, text := range row {
			cells[i][j].text = text
		}
	}
	return joined(pen{s}.grid(columns, cells))
}

// cell is a text of a grid and its colour.
type cell struct {
	text string
	ink  ink
}

// space is between two columns.
const space = 2

func (s pen) grid(columns []Column, rows [][]cell) []string {
	natural := make([]int, len(columns))
	for i, c := range columns {
		natural[i] = wide(c.Title)
	}
	for _, row := range rows {
		for i := range row {
			row[i].text = s.Clean(row[i].text)
			natural[i] = max(natural[i], wide(row[i].text))
		}
	}
	widths := fit(columns, natural, s.columns())
	titles := make([]cell, len(columns))
	for i, c := range columns {
		titles[i] = cell{c.Title, faint}
	}
	lines := []string{s.row(columns, widths, titles)}
	for _, row := range rows {
		lines = append(lines, s.row(columns, widths, row))
	}
	return lines
}

// fit gives each column its width, -1 to those that are left out.
func fit(columns []Column, natural []int, room int) []int {
	widths := slices.Clone(natural)
	for shrink(columns, widths, room, func(c Column) int { return c.Want }) > 0 {
		if !drop(columns, widths, natural) {
			shrink(columns, widths, room, func(c Column) int { return c.Min })
			break
		}
	}
	return widths
}

// shrink cuts the columns that have more than the least, the widest first, and
// returns how much is still too much.
func shrink(columns []Column, widths []int, room int, least func(Column) int) int {
	over := -space - room
	for _, w := range widths {
		if w >= 0 {
			over += w + space
		}
	}
	for ; over > 0; over-- {
		widest := -1
		for i, c := range columns {
			if least(c) > 0 && widths[i] > least(c) && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return over
		}
		widths[widest]--
	}
	return 0
}

// drop leaves out the column that matters least, gives the others back their
// width, and reports whether there was one.
func drop(columns []Column, widths, natural []int) bool {
	least := -1
	for i, c := range columns {
		if widths[i] >= 0 && c.Drop > 0 && (least < 0 || c.Drop > columns[least].Drop) {
			least = i
		}
	}
	if least < 0 {
		return false
	}
	for i := range widths {
		if widths[i] >= 0 {
			widths[i] = natural[i]
		}
	}
	widths[least] = -1
	return true
}

// row writes one line of a grid.
func (s pen) row(columns []Column, widths []int, cells []cell) string {
	var line strings.Builder
	written, owed := 0, 0
	for i, c := range cells {
		if widths[i] < 0 {
			continue
		}
		room := min(widths[i], s.columns()-written-owed)
		if room <= 0 {
			break
		}
		text := s.cut(c.text, room)
		fill := room - wide(text)
		if columns[i].Right {
			owed, fill = owed+fill, 0
		}
		if text != "" {
			line.WriteString(strings.Repeat(" ", owed) + s.paint(c.ink, text))
			written += owed + wide(text)
			owed = 0
		}
		owed += fill + space
	}
	return line.String()
}
