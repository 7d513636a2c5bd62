package scan

import (
	"bytes"
	"strconv"
)

// A sink takes what a terminal shows.
type sink interface {
	drawn(text []byte, redrawn bool) // one form of a row; redrawn if it replaced one, or is replaced
	finished(text []byte, lost int)  // a row in its last form; lost bytes were too many to keep
	signalled(percent float64)       // the terminal's own progress sequence
}

// maxRows is how far above the bottom rows are told apart.
const maxRows = 64

// A terminal follows the cursor as far as it takes to know which texts stand
// alone on a row. It knows no colours and no columns.
type terminal struct {
	sink  sink
	esc   escape
	row   row
	saved form          // what the row showed when the cursor was saved
	rows  [maxRows]form // what redrawn rows show, by their distance from the bottom
	used  int           // rows that hold something are below this
	up    int           // how far the cursor is above the bottom row
	cr    bool          // a carriage return came last; whether it redraws is not known yet
}

// fresh tells whether a whole line can be taken without the terminal.
func (t *terminal) fresh() bool {
	return t.esc.state == ground && len(t.row.now.text) == 0 && len(t.row.kept.text) == 0 &&
		!t.row.redrawn && !t.cr && t.up == 0 && t.used == 0
}

// write takes a run of text, or one byte that is none, and returns what is
// left.
func (t *terminal) write(b []byte) []byte {
	if t.esc.state != ground {
		rest, do := t.esc.take(b)
		if do != 0 && do != 'm' {
			t.obey(do)
		}
		return rest
	}
	if n := run(b); n > 0 {
		t.settle()
		t.row.add(b[:n])
		return b[n:]
	}
	t.control(b[0])
	return b[1:]
}

// run is how many bytes of b are text.
func run(b []byte) int {
	for i, c := range b {
		if classes[c]&control != 0 {
			return i
		}
	}
	return len(b)
}

func (t *terminal) control(c byte) {
	switch c {
	case '\n':
		t.newline()
		return
	case '\r':
		t.cr = true
		return
	}
	t.settle()
	switch c {
	case '\b':
		t.back(1)
	case 0x1b:
		t.esc = escape{state: escaping}
	case '\a':
	default:
		t.row.add([]byte{c})
	}
}

// settle makes a carriage return a redraw: no line end came after it.
func (t *terminal) settle() {
	if t.cr {
		t.cr, t.row.redrawn = false, true
		t.home()
	}
}

// show gives the row's form to the sink.
func (t *terminal) show(redrawn bool) {
	if !isBlank(t.row.now.text) {
		t.sink.drawn(t.row.now.text, redrawn)
	}
}

func (t *terminal) back(n int) {
	if !t.row.backing && !isBlank(t.row.now.text) {
		t.show(true)
		t.row.redrawn = true
	}
	t.row.back(n)
}

func (t *terminal) home() {
	t.show(true)
	t.row.home()
}

// newline ends the row.
func (t *terminal) newline() {
	t.show(t.row.redrawn)
	if t.up > 0 {
		t.leave()
		t.up--
		return
	}
	last := t.row.shows()
	if isBlank(last.text) && t.used > 0 && len(t.rows[0].text) > 0 {
		last = t.rows[0]
	}
	t.scroll()
	t.sink.finished(last.text, last.lost)
	t.row.clear()
	t.cr = false
}

// leave remembers what the row shows, because the cursor goes elsewhere.
func (t *terminal) leave() {
	if now := t.row.shows(); len(now.text) > 0 {
		t.rows[t.up].set(now)
		t.used = max(t.used, t.up+1)
	}
	t.row.clear()
	t.cr = false
}

// scroll gives out what was redrawn above the bottom row.
func (t *terminal) scroll() {
	for i := t.used - 1; i > 0; i-- {
		if !isBlank(t.rows[i].text) {
			t.sink.finished(t.rows[i].text, t.rows[i].lost)
		}
	}
	for i := range t.used {
		t.rows[i].clear()
	}
	t.used = 0
}

// move takes the cursor up, or down if n is negative.
func (t *terminal) move(n int) {
	t.show(true)
	t.leave()
	t.up = min(max(t.up+n, 0), maxRows-1)
	t.row.redrawn = true
}

// close gives out what no line end has followed.
func (t *terminal) close() {
	t.show(t.row.redrawn)
	t.leave()
	last := t.rows[0]
	t.scroll()
	if !isBlank(last.text) {
		t.sink.finished(last.text, last.lost)
	}
	t.up, t.esc = 0, escape{}
}

// obey does what a control sequence says, as far as it matters to the rows.
func (t *terminal) obey(do byte) {
	n := max(t.esc.arg(1), 1)
	switch do {
	case 'A', 'F':
		t.move(n)
	case 'B', 'E':
		t.move(-n)
	case 'C':
		t.row.add(bytes.Repeat([]byte(" "), min(n, 200)))
	case 'D':
		t.back(n)
	case 'G':
		if n > 1 {
			t.row.add([]byte(" "))
			return
		}
		t.home()
	case 'H', 'f':
		t.home()
	case 'J', 'K':
		if t.esc.arg(0) > 0 || len(t.row.now.text) == 0 {
			t.home()
			t.row.kept.clear()
		}
	case 's':
		t.saved.set(t.row.now)
	case 'u':
		t.show(true)
		t.row.now.set(t.saved)
	case ']':
		t.told()
	}
}

// told reads the text of a sequence: ESC ] 9;4;1;45 is a percent for the
// window's task bar.
func (t *terminal) told() {
	number, ok := bytes.CutPrefix(t.esc.args[:t.esc.n], []byte("9;4;1;"))
	if !ok || t.esc.odd {
		return
	}
	if n, err := strconv.Atoi(string(number)); err == nil && n >= 0 && n <= 100 {
		t.sink.signalled(float64(n))
	}
}
