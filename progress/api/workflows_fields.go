package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// fields are those of a body of the workflows face, and the first that is wrong.
type fields struct {
	all  map[string]json.RawMessage
	most int // characters of a name
	err  error
}

// readFields reads a body that must be an object.
func readFields(c *call) (*fields, []byte, error) {
	body, err := c.body()
	if err != nil {
		return nil, nil, err
	}
	f := &fields{most: c.Engine.Limits().Name}
	if err := kit.Decode(body, &f.all); err != nil {
		return nil, nil, err
	}
	return f, body, nil
}

// missing are fields that must be there and are not.
type missing struct {
	error
	say string
}

func (m *missing) Unwrap() error { return m.error }

// missingOf is what the workflows face says of fields that are missing.
func missingOf(err error) (say string, ok bool) {
	m, ok := errors.AsType[*missing](err)
	if !ok {
		return "", false
	}
	return m.say, true
}

// there reports whether a value is given.
func there(raw json.RawMessage, number bool) bool {
	return raw != nil && string(raw) != "null" && (number || string(raw) != `""`)
}

// need refuses a body in which one of the fields is missing: absent, null, or an
// empty text. The number 0 is there.
func (f *fields) need(names ...string) error {
	for _, name := range names {
		if there(f.all[name], name == "progress") {
			continue
		}
		last := len(names) - 1
		return &missing{
			kit.Invalid(name, "must not be empty"),
			"Missing required fields: " + strings.Join(names[:last], ", ") + ", or " + names[last],
		}
	}
	return nil
}

// wrong keeps the first field that is wrong.
func (f *fields) wrong(name, say string) {
	if f.err == nil {
		f.err = kit.Invalid(name, "%s", say)
	}
}

// text is a text that names something: it has more than blanks, and is not long.
func (f *fields) text(name string) string {
	s := f.maybe(name)
	if strings.TrimSpace(s) == "" {
		f.wrong(name, "must be a text, and not blank")
	}
	return f.short(name, s)
}

// short is a text that is not long.
func (f *fields) short(name, s string) string {
	if n := utf8.RuneCountInString(s); n > f.most && f.err == nil {
		f.err = &progress.Error{Code: progress.TooLarge, Field: name, Say: fmt.Sprintf("is %d characters long; at most %d are taken", n, f.most)}
	}
	return s
}

// maybe is a text that may be left out, "" for none.
func (f *fields) maybe(name string) string {
	var s string
	if raw := f.all[name]; raw != nil && json.Unmarshal(raw, &s) != nil {
		f.wrong(name, "must be a text")
	}
	if strings.ContainsRune(s, 0) {
		f.wrong(name, "must be a text without NUL")
	}
	return s
}

// person is whose a session is, by a name or a number; "" for nobody.
func (f *fields) person(name string) string {
	var n json.Number
	if raw := f.all[name]; raw != nil && raw[0] != '"' && json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return f.short(name, f.maybe(name))
}

// percent is a number from 0 to 100.
func (f *fields) percent(name string) *float64 {
	p := math.NaN()
	if json.Unmarshal(f.all[name], &p) != nil || !(p >= 0 && p <= 100) {
		f.wrong(name, "must be a number from 0 to 100")
	}
	return &p
}

// object is an object that may be left out.
func (f *fields) object(name string) map[string]json.RawMessage {
	var o map[string]json.RawMessage
	if raw := f.all[name]; raw != nil && json.Unmarshal(raw, &o) != nil {
		f.wrong(name, "must be an object")
	}
	return o
}

// value is any JSON that may be left out, nil for null too.
func (f *fields) value(name string) json.RawMessage {
	if string(f.all[name]) == "null" {
		return nil
	}
	return f.all[name]
}

// states are the words for states that are known, and what they mean to a task.
var states = map[string]progress.Status{
	"Completed": progress.Completed, "Failed": progress.Failed, "Crashed": progress.Failed,
	"Cancelled": progress.Cancelled, "Paused": progress.Paused, "Running": progress.Running,
}

// stateOf is a word for a state, which may be written in any case, and what it
// means. One that is not known stays as it is, and says that the work goes on.
func stateOf(word string) (string, progress.Status) {
	for known, status := range states {
		if strings.EqualFold(strings.TrimSpace(word), known) {
			return known, status
		}
	}
	return word, progress.Running
}

// faultOfResult is why a session failed, as far as its last word says so, in so
// many characters: all of it is in the result.
func faultOfResult(word string, result json.RawMessage, most int) *progress.Fault {
	f := &progress.Fault{Type: word, Message: "the workflow has " + strings.ToLower(word)}
	var said struct{ Message, Error string }
	var text string
	switch {
	case json.Unmarshal(result, &text) == nil && text != "":
		f.Message = text
	case json.Unmarshal(result, &said) == nil && said.Message+said.Error != "":
		f.Message = said.Message
		if f.Message == "" {
			f.Message = said.Error
		}
	}
	f.Message = cut(strings.ReplaceAll(f.Message, "\x00", "\uFFFD"), most)
	return f
}
