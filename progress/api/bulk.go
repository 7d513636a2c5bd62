package api

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/engine"
)

// window is how many reports of one request are under way together.
const window = 512

// bulkLine is one report among many.
type bulkLine struct {
	Task progress.TaskID `json:"task_id"`
	reportBody
}

// bulkAnswer is the answer to one of them.
type bulkAnswer struct {
	Task    progress.TaskID  `json:"task_id"`
	Code    int              `json:"code"` // the HTTP status that it would have had alone
	Status  progress.Status  `json:"status,omitempty"`
	Version int64            `json:"version,omitempty"`
	Control progress.Control `json:"control"`
	Step    int              `json:"step,omitempty"`
	Run     int              `json:"run,omitempty"`
	Attempt int              `json:"attempt,omitempty"`
	Detail  string           `json:"detail,omitempty"`
}

// bulk is POST /api/reports: NDJSON in, NDJSON out, a line each, in order. What
// was taken before a body breaks off stays taken, and its answer says so.
func bulk(c *call) error {
	lines, err := newLines(c)
	if err != nil {
		return err
	}
	b := &batch{c: c}
	for n := 0; err == nil; n++ {
		if n == maxLines {
			err = errManyLines
			break
		}
		var line []byte
		if line, err = lines.next(); err == nil || errors.Is(err, errLongLine) {
			b.add(line, err)
			err = nil
		}
	}
	if !errors.Is(err, io.EOF) && b.empty() {
		return bulkError(err)
	}
	b.flush()
	if !errors.Is(err, io.EOF) {
		b.write(refused("", bulkError(err)))
	}
	c.Header("Content-Type", "application/x-ndjson")
	c.send(http.StatusOK, b.out.Bytes())
	return nil
}

// maxLines is how many reports, or log lines, one request may bring.
const maxLines = 100_000

var errManyLines = &progress.Error{
	Code: progress.TooLarge, Field: "body", Say: fmt.Sprintf("has more than %d lines; those after them are not taken", maxLines),
}

// bulkError is what is said of a body that was not read to its end.
func bulkError(err error) error {
	if errors.Is(err, errManyLines) {
		return errManyLines
	}
	return kit.BodyError(err)
}

// batch gathers reports, gives them to the engine a window at a time, and
// gathers the answers.
type batch struct {
	c        *call
	answers  []bulkAnswer // of this window; those of commands are filled in
	commands []progress.Command
	at       []int // where the answer of each command stands
	out      bytes.Buffer
}

func (b *batch) empty() bool { return len(b.answers) == 0 && b.out.Len() == 0 }

func (b *batch) add(line []byte, err error) {
	var l bulkLine
	if err == nil {
		err = kit.Decode(line, &l)
	} else {
		err = &progress.Error{Code: progress.TooLarge, Field: "line", Say: "is longer than a single report may be"}
	}
	if err == nil {
		err = l.check()
	}
	if err == nil && l.Task == "" {
		err = kit.Invalid("task_id", "must not be empty")
	}
	if err != nil {
		b.answers = append(b.answers, refused(l.Task, err))
	} else {
		cmd := b.c.command(l.report())
		cmd.Task, cmd.If = l.Task, progress.Fence{Run: l.Run, Attempt: l.Attempt}
		b.at, b.commands = append(b.at, len(b.answers)), append(b.commands, cmd)
		b.answers = append(b.answers, bulkAnswer{Task: l.Task})
	}
	if len(b.answers) >= window {
		b.flush()
	}
}

// flush does a window.
func (b *batch) flush() {
	for i, r := range b.c.Engine.ExecuteAll(b.c.ctx(), b.commands) {
		b.answers[b.at[i]] = bulkAnswerOf(b.commands[i].Task, r)
	}
	for _, a := range b.answers {
		b.write(a)
	}
	b.answers, b.commands, b.at = b.answers[:0], b.commands[:0], b.at[:0]
}

func (b *batch) write(a bulkAnswer) {
	line, _ := json.Marshal(a) // of plain values: cannot fail
	b.out.Write(line)
	b.out.WriteByte('\n')
}

func bulkAnswerOf(id progress.TaskID, r engine.Result) bulkAnswer {
	if r.Err != nil && kit.Status(r.Err) != http.StatusConflict {
		return refused(id, r.Err)
	}
	out := bulkAnswer{Task: id, Code: kit.Status(r.Err)}
	if r.Task.Spec != nil {
		a := answerOf(r.Outcome)
		out.Status, out.Version, out.Control, out.Step = a.Status, a.Version, a.Control, a.Step
		out.Run, out.Attempt = a.Run, a.Attempt
	}
	if r.Err != nil {
		out.Detail = kit.ProblemOf(r.Err).Detail
	}
	return out
}

func refused(id progress.TaskID, err error) bulkAnswer {
	return bulkAnswer{Task: id, Code: kit.Status(err), Detail: kit.ProblemOf(err).Detail}
}

// errLongLine is of a line that was skipped.
var errLongLine = errors.New("a line is too long")

// lines reads NDJSON.
type lines struct {
	r    *bufio.Reader
	most int64 // bytes of one line
	line []byte
}

// newLines are those of the request's body.
func newLines(c *call) (*lines, error) {
	if enc := c.GetHeader("Content-Encoding"); enc != "" && enc != "identity" {
		return nil, kit.Invalid("Content-Encoding", "%q is not read; send the body plain", enc)
	}
	if c.Request.ContentLength > c.Batch {
		return nil, kit.BodyError(&http.MaxBytesError{Limit: c.Batch})
	}
	body := http.MaxBytesReader(c.Writer, c.Request.Body, c.Batch)
	return &lines{r: bufio.NewReaderSize(body, 32<<10), most: c.Body}, nil
}

// next returns the next line that is not blank, valid until the one after it;
// errLongLine for one that is too long, and io.EOF after the last.
func (l *lines) next() ([]byte, error) {
	for {
		line, err := l.read()
		if err != nil {
			return nil, err
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, nil
		}
	}
}

// read reads up to the next line feed, or the end.
func (l *lines) read() ([]byte, error) {
	l.line = l.line[:0]
	long := false
	for {
		part, err := l.r.ReadSlice('\n')
		if long = long || int64(len(l.line)+len(part)) > l.most; !long {
			l.line = append(l.line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || (len(l.line) == 0 && !long)):
			return nil, err
		case long:
			return nil, errLongLine
		}
		return l.line, nil
	}
}
