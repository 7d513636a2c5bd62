package cli_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// terminal is a terminal as far as our sequences need one: it keeps what is seen
// and what has scrolled away.
type terminal struct {
	mu            sync.Mutex
	columns, rows int
	lines         [][]rune
	row, column   int
	wraps, hidden bool
	strange       []string // sequences that it does not know
	rest          []byte   // of a sequence that is not there in full
	cursorUps     int
	bytes         int // taken so far
}

func newTerminal(columns, rows int) *terminal {
	return &terminal{columns: columns, rows: rows, lines: [][]rune{nil}, wraps: true}
}

func (t *terminal) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bytes += len(b)
	in := append(t.rest, b...)
	for len(in) > 0 {
		n := t.take(in)
		if n == 0 {
			break
		}
		in = in[n:]
	}
	t.rest = append([]byte(nil), in...)
	return len(b), nil
}

// taken is how much has been written to it.
func (t *terminal) taken() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.bytes
}

// take obeys what stands at the beginning, and returns its length; 0 if there is
// more to come.
func (t *terminal) take(in []byte) int {
	switch in[0] {
	case '\r':
		t.column = 0
		return 1
	case '\n':
		t.down()
		return 1
	case 0x1b:
		return t.sequence(in)
	}
	if !utf8.FullRune(in) {
		return 0
	}
	r, n := utf8.DecodeRune(in)
	if r < ' ' || r == 0x7f {
		t.strange = append(t.strange, strconv.QuoteRune(r))
		return n
	}
	if t.column >= t.columns {
		if t.wraps {
			t.down()
			t.column = 0
		} else {
			t.column = t.columns - 1
		}
	}
	for len(t.lines[t.row]) <= t.column {
		t.lines[t.row] = append(t.lines[t.row], ' ')
	}
	t.lines[t.row][t.column] = r
	t.column++
	return n
}

func (t *terminal) down() {
	if t.row++; t.row == len(t.lines) {
		t.lines = append(t.lines, nil)
	}
}

func (t *terminal) sequence(in []byte) int {
	if len(in) < 2 {
		return 0
	}
	if in[1] != '[' {
		t.strange = append(t.strange, strconv.Quote(string(in[:2])))
		return 2
	}
	end := 2
	for end < len(in) && (in[end] < '@' || in[end] > '~') {
		end++
	}
	if end == len(in) {
		return 0
	}
	argument := string(in[2:end])
	n, _ := strconv.Atoi(argument)
	switch what := argument + string(in[end]); {
	case in[end] == 'm':
	case in[end] == 'A':
		t.cursorUps++
		t.row = max(t.row-max(n, 1), len(t.lines)-t.rows, 0)
	case what == "K":
		t.lines[t.row] = t.lines[t.row][:min(t.column, len(t.lines[t.row]))]
	case what == "J":
		t.lines = t.lines[:t.row+1]
		t.lines[t.row] = t.lines[t.row][:min(t.column, len(t.lines[t.row]))]
	case what == "?7l", what == "?7h":
		t.wraps = in[end] == 'h'
	case what == "?25l", what == "?25h":
		t.hidden = in[end] == 'l'
	default:
		t.strange = append(t.strange, strconv.Quote(what))
	}
	return end + 1
}

// resize makes it narrower or wider; lines that no longer fit are broken, as most
// terminals do.
func (t *terminal) resize(columns, rows int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var lines [][]rune
	row := 0
	for i, line := range t.lines {
		if i == t.row {
			row = len(lines)
		}
		for len(line) > columns {
			lines = append(lines, line[:columns:columns])
			line = line[columns:]
		}
		lines = append(lines, line)
	}
	t.lines, t.row, t.columns, t.rows = lines, row, columns, rows
}

// String is everything, lines without the spaces at their end.
func (t *terminal) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out strings.Builder
	for _, line := range t.lines {
		out.WriteString(strings.TrimRight(string(line), " ") + "\n")
	}
	return strings.TrimRight(out.String(), "\n") + "\n"
}

func TestTerminal(t *testing.T) {
	t.Parallel()
	e := newTerminal(5, 3)
	for _, part := range []string{"ab\r\ncd", "efgh\x1b[", "1Axy\r\n", "\x1b[?7l12345678\x1b[?7h\r\nz\x1b[2A\rq\x1b[K\x1b[9A\r!", "\x07\x1b]"} {
		_, _ = e.Write([]byte(part))
	}
	if got, want := e.String(), "ab\n!\n12348\nz\n"; got != want || len(e.strange) != 2 {
		t.Errorf("shows %q, want %q; %q", got, want, e.strange)
	}
}
