package replay

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/taskherald/herald/progress/estimate"
)

// maxLine is the longest line that is read, in bytes.
const maxLine = 16 << 20

// Replay reads lines of JSON in the order of their time t (seconds) and writes
// a line for each question, at the latest when it waits for more to read. Its
// error names the line that it is about; what was asked before it has been
// answered.
func Replay(in io.Reader, out io.Writer) error {
	w := bufio.NewWriter(out)
	lines := bufio.NewReaderSize(waiting{in, w}, 64<<10)
	s := newStage()
	for n := 1; ; n++ {
		text, err := next(lines)
		if err == nil || errors.Is(err, io.EOF) {
			if bad := s.read(text, n == 1, w); bad != nil {
				err = bad
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return w.Flush()
		case err != nil:
			return errors.Join(fmt.Errorf("line %d: %w", n, err), w.Flush())
		}
	}
}

// waiting writes out what was answered before it waits for more, for whoever
// asks and listens in turn.
type waiting struct {
	in io.Reader
	w  *bufio.Writer
}

// Read reads on.
func (r waiting) Read(p []byte) (int, error) {
	if err := r.w.Flush(); err != nil {
		return 0, err
	}
	return r.in.Read(p)
}

// next is the next line. The last needs no end, and comes with io.EOF.
func next(lines *bufio.Reader) ([]byte, error) {
	var whole []byte
	for {
		part, err := lines.ReadSlice('\n')
		full := errors.Is(err, bufio.ErrBufferFull)
		if whole == nil && !full {
			return part, err
		}
		whole = append(whole, part...)
		if len(whole) > maxLine {
			return nil, fmt.Errorf("it is longer than %d MiB; shorten it, or delete it", maxLine>>20)
		}
		if !full {
			return whole, err
		}
	}
}

// read does what a line says. The first may begin with a mark of its encoding.
func (s *stage) read(text []byte, first bool, w io.Writer) error {
	if first {
		text = bytes.TrimPrefix(text, []byte("\ufeff"))
	}
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return nil
	}
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return fmt.Errorf("it is not an object of JSON (%w); mend it, or delete it", err)
	}
	op := l.word("op")
	if op == "" {
		return errors.New(`"op" is missing; it must be start, step, progress, step_end, end or query`)
	}
	if op != "query" {
		s.act(op, l)
		return nil
	}
	return answer(w, l, s.ask(l))
}

// answer writes the question's own fields and what was guessed, in seconds.
func answer(w io.Writer, fields line, g estimate.Guess) error {
	for name, v := range map[string]float64{"eta_seconds": g.Likely, "low": g.Low, "high": g.High} {
		fields[name] = strconv.AppendFloat(nil, min(v, longest), 'f', 3, 64)
	}
	return json.NewEncoder(w).Encode(fields)
}
