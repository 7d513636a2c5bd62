package client

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
)

// The bounds of the output that waits: half of each for its beginning, half for
// its end.
const (
	maxLines     = 200_000
	maxLineBytes = 64 << 20
	batchLines   = 1_000   // of one request
	batchBytes   = 1 << 20 // of one request, beyond its first line
	maxLine      = 16 << 10
	maxName      = 200 // characters of a level or step
)

// output are the lines that wait. Their N counts what was given to the reporter.
type output struct {
	head, tail shelf
	omitted    int       // lines between head and tail that were let go
	sending    []*parcel // the first is to be sent next
}

// shelf is a row of lines.
type shelf struct {
	lines []progress.LogLine
	bytes int
}

// parcel are the lines of one request. Under its key they count once.
type parcel struct {
	key   string
	lines []progress.LogLine
	tries int // that ended in a defect of the server
}

// fail counts a try that ended in a defect of the server.
func (p *parcel) fail() int {
	p.tries++
	return p.tries
}

// add puts a line at the end, in pieces if it is long. In between, the oldest of
// the end give way when there is no more room.
func (o *output) add(l progress.LogLine) {
	l.Level, l.Step = short(l.Level), short(l.Step)
	for _, text := range pieces(l.Line) {
		l.Line = text
		if len(o.tail.lines) == 0 && o.omitted == 0 && o.head.room(len(text)) {
			o.head.put(l)
			continue
		}
		o.tail.put(l)
		for !o.tail.room(0) {
			o.tail.pop()
			o.omitted++
		}
	}
}

// room reports whether so many more bytes fit on half of the bounds.
func (s *shelf) room(more int) bool {
	return len(s.lines) < maxLines/2 && s.bytes+more < maxLineBytes/2
}

func (s *shelf) put(l progress.LogLine) {
	s.lines = append(s.lines, l)
	s.bytes += len(l.Line)
}

func (s *shelf) pop() progress.LogLine {
	l := s.lines[0]
	s.lines[0] = progress.LogLine{} // so that its text can go
	s.lines = s.lines[1:]
	s.bytes -= len(l.Line)
	return l
}

// take is what is to be sent next, nil for nothing. It stays until it is settled.
func (o *output) take() *parcel {
	if len(o.sending) == 0 {
		o.pack()
	}
	if len(o.sending) == 0 {
		return nil
	}
	return o.sending[0]
}

// pack makes the next parcel.
func (o *output) pack() {
	o.turn()
	var p parcel
	for size := 0; len(o.head.lines) > 0 && len(p.lines) < batchLines && size < batchBytes; {
		l := o.head.pop()
		size += len(l.Line)
		p.lines = append(p.lines, l)
	}
	if len(p.lines) > 0 {
		p.key = rand.Text()
		o.sending = append(o.sending, &p)
	}
}

// turn makes the end the beginning when that is used up, after a line that says
// what is missing.
func (o *output) turn() {
	if len(o.head.lines) > 0 {
		return
	}
	if o.omitted > 0 {
		at := o.tail.lines[0]
		o.head.put(progress.LogLine{
			N: at.N, At: at.At, Level: "warn", Line: fmt.Sprintf("… %d lines are left out here: the server was away for too long …", o.omitted),
		})
		o.omitted = 0
		return
	}
	o.head, o.tail = o.tail, shelf{}
}

// settle lets go of a parcel.
func (o *output) settle(p *parcel) {
	o.sending = slices.DeleteFunc(o.sending, func(q *parcel) bool { return p == q })
}

// split halves a parcel that was refused as a whole, so that only the line at
// fault is lost.
func (o *output) split(p *parcel) {
	half := len(p.lines) / 2
	rest := &parcel{key: rand.Text(), lines: p.lines[half:]}
	p.key, p.lines = rand.Text(), p.lines[:half]
	o.sending = slices.Insert(o.sending, 1+slices.Index(o.sending, p), rest)
}

// count is how many lines wait.
func (o *output) count() int {
	n := len(o.head.lines) + len(o.tail.lines)
	for _, p := range o.sending {
		n += len(p.lines)
	}
	return n
}

// oldest is the number of the oldest line that waits, 0 for none.
func (o *output) oldest() int64 {
	for _, p := range o.sending {
		return p.lines[0].N
	}
	for _, s := range []shelf{o.head, o.tail} {
		if len(s.lines) > 0 {
			return s.lines[0].N
		}
	}
	return 0
}

// all packs everything.
func (o *output) all() []*parcel {
	for o.count() > 0 {
		before := len(o.sending)
		if o.pack(); len(o.sending) == before {
			break
		}
	}
	return o.sending
}

// short cuts a name that the server would not take.
func short(name string) string {
	name = strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), "\uFFFD")
	if utf8.RuneCountInString(name) <= maxName {
		return name
	}
	return string([]rune(name)[:maxName])
}

// pieces cuts a line into such as the server takes, between characters.
func pieces(line string) []string {
	line = strings.ReplaceAll(strings.ToValidUTF8(line, "\uFFFD"), "\x00", "\uFFFD")
	var out []string
	for len(line) > maxLine {
		cut := maxLine
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		out, line = append(out, line[:cut]), line[cut:]
	}
	return append(out, line)
}

// stamped is a line with its time and number.
func stamped(l progress.LogLine, n int64, now time.Time) progress.LogLine {
	l.N = n
	if l.At.IsZero() {
		l.At = now
	}
	l.At = l.At.UTC()
	return l
}
