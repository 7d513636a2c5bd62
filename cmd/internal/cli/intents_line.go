package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
)

// maxPhrase is how long a line may be, in bytes.
const maxPhrase = 1 << 20

// phrase is a line of a file of phrasings: a message, and what it can be about. Other
// fields are for whoever wrote them.
type phrase struct {
	Text  *string           `json:"text"`
	Tasks []json.RawMessage `json:"tasks"` // oldest first
	About progress.TaskID   `json:"context_task"`
}

// phraseTask is a task of one.
type phraseTask struct {
	ID     progress.TaskID `json:"id"`
	Title  string          `json:"title"`
	Status progress.Status `json:"status"`
}

// meant is what a phrase means, a line for a line. Every key is always there.
type meant struct {
	Text   string         `json:"text"`
	Intent intents.Intent `json:"intent"`
	Task   *string        `json:"task"`
	Step   *int           `json:"step"`
	Reason *string        `json:"reason"`
	Sure   intents.Sure   `json:"sure"`
}

// manyTasks stands for a task where several are meant as well.
const manyTasks = "ambiguous"

// meantBy shows a reading.
func meantBy(text string, r intents.Reading) meant {
	m := meant{Text: text, Intent: r.Intent, Sure: r.Sure}
	switch {
	case r.Ambiguous():
		m.Task = new(manyTasks)
	case r.Task != "":
		m.Task = new(string(r.Task))
	}
	if r.Step != 0 {
		m.Step = &r.Step
	}
	if r.Reason != "" {
		m.Reason = &r.Reason
	}
	return m
}

// inputOf reads a line. The error names the field that is wrong.
func inputOf(line []byte) (in intents.Input, err error) {
	var p phrase
	if err := decoded(line, "", &p); err != nil {
		return in, err
	}
	if p.Text == nil {
		return in, errors.New("text: is missing")
	}
	in = intents.Input{Text: *p.Text, About: p.About, Tasks: make([]intents.Task, len(p.Tasks))}
	for i, raw := range p.Tasks {
		if in.Tasks[i], err = taskOf(raw, fmt.Sprintf("tasks[%d]", i)); err != nil {
			return in, err
		}
	}
	return in, nil
}

// taskOf reads a task, which stands in a field.
func taskOf(raw []byte, field string) (intents.Task, error) {
	var t phraseTask
	if err := decoded(raw, field, &t); err != nil {
		return intents.Task{}, err
	}
	t.Status = progress.Status(strings.ToLower(string(t.Status)))
	switch {
	case blank(string(t.ID)):
		return intents.Task{}, errors.New(field + ".id: is missing")
	case t.Status == "":
		return intents.Task{}, errors.New(field + ".status: is missing")
	case !slices.Contains(progress.Statuses(), t.Status):
		return intents.Task{}, fmt.Errorf("%s.status: %q is no status of a task; they are %s", field, t.Status, strings.Join(statusWords(), ", "))
	}
	return intents.Task(t), nil
}

// decoded decodes JSON that stands in a field, "" for a whole line.
func decoded(text []byte, field string, into any) error {
	err := json.Unmarshal(text, into)
	wrong, typed := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case err == nil && bytes.Equal(bytes.TrimSpace(text), []byte("null")):
		return errors.New(whole(field) + ": must be an object, not null")
	case err == nil:
		return nil
	case !typed:
		return fmt.Errorf("%s: is no JSON: %s", whole(field), strings.TrimPrefix(err.Error(), "json: "))
	case field != "" && wrong.Field != "":
		field += "."
	}
	return fmt.Errorf("%s: must be %s, not %s", whole(field+wrong.Field), wanted(wrong.Type), wrong.Value)
}

// whole names a field, or the line itself.
func whole(field string) string {
	if field == "" {
		return "the line"
	}
	return field
}

// wanted names what JSON has to have for a type.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}

// phrases are the lines of a file, with their numbers.
type phrases struct {
	in     *bufio.Reader
	name   string // of the file
	number int    // of the line that was read last
}

func newPhrases(name string, in io.Reader) *phrases {
	return &phrases{in: bufio.NewReaderSize(in, 64<<10), name: name}
}

var errLong = fmt.Errorf("the line: is longer than %d bytes", maxPhrase)

// next is the next line that is not blank; io.EOF is the end. After errLong it goes on
// with the line that follows.
func (p *phrases) next() ([]byte, error) {
	for {
		line, err := p.line()
		line = bytes.TrimSpace(line)
		if p.number == 1 {
			line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\ufeff"))) // as editors of Windows begin files
		}
		if err != nil || len(line) > 0 {
			return line, err
		}
	}
}

// line reads up to the end of a line. What is left after the last one is a line, too.
func (p *phrases) line() (line []byte, err error) {
	p.number++
	long := false
	for {
		part, err := p.in.ReadSlice('\n')
		if long = long || len(line)+len(bytes.TrimRight(part, "\r\n")) > maxPhrase; !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (!errors.Is(err, io.EOF) || len(line) == 0 && !long):
			return nil, err
		case long:
			return nil, errLong
		}
		return line, nil
	}
}

// waits reports whether the next line is not there yet in full.
func (p *phrases) waits() bool {
	there, err := p.in.Peek(p.in.Buffered())
	return err != nil || bytes.IndexByte(there, '\n') < 0
}

// wrong is what is wrong with the line that was read last.
func (p *phrases) wrong(err error) string { return fmt.Sprintf("%s:%d: %v", p.name, p.number, err) }
