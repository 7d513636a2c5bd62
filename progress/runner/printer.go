package runner

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/runner/pipeline"
)

// printer shows what the steps of a pipeline write, line by line with the step's
// name before it, as several may run at once.
type printer struct {
	o     *Options
	width int // of the longest name, up to 24
	mu    sync.Mutex
}

// of is the printer of one step.
func (p *printer) of(step string) *pen { return &pen{printer: p, step: clip(step, 24)} }

// pen writes the lines of one step.
type pen struct {
	*printer
	step string
	rest [2][]byte // without a line end yet
}

// longest is how many bytes of a line wait for its end.
const longest = 64 << 10

// watch sees what the step writes; the streams are 1 and 2.
func (p *pen) watch(stream int, b []byte) {
	rest := append(p.rest[stream-1], b...)
	end := bytes.LastIndexByte(rest, '\n') + 1
	if len(rest)-end > longest {
		end = len(rest)
	}
	p.write(stream, rest[:end])
	p.rest[stream-1] = append([]byte(nil), rest[end:]...)
}

// close writes what is left.
func (p *pen) close() {
	for i := range p.rest {
		p.write(i+1, p.rest[i])
		p.rest[i] = nil
	}
}

func (p *pen) write(stream int, lines []byte) {
	var out bytes.Buffer
	for line := range bytes.Lines(lines) {
		fmt.Fprintf(&out, "%-*s | %s\n", p.width, p.step, lastForm(line))
	}
	if out.Len() == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = p.to(stream).Write(out.Bytes()) // nobody reads it any more
}

// lastForm is what a line shows last, if it was redrawn.
func lastForm(line []byte) []byte {
	line = bytes.TrimRight(line, "\r\n")
	return line[bytes.LastIndexByte(line, '\r')+1:]
}

func (p *printer) to(stream int) io.Writer {
	file := p.o.Stdout
	if stream == 2 {
		file = p.o.Stderr
	}
	if file == nil {
		return io.Discard
	}
	return file
}

// ended says what became of a step.
func (p *printer) ended(step string, r result, took time.Duration) {
	said := fmt.Sprintf("step %s: %s after %s", step, r.status, took.Round(100*time.Millisecond))
	if r.status == progress.StepFailed && r.fault != nil {
		said += ": " + r.fault.Message
	}
	p.o.say("%s", said)
}

func newPrinter(o *Options, p *pipeline.Pipeline) *printer {
	out := &printer{o: o}
	for i := range p.Steps {
		out.width = max(out.width, len(clip(p.Steps[i].Name, 24)))
	}
	return out
}
