package scan

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The longest names and messages, in characters, that a task takes.
const (
	maxName    = 200
	maxMessage = 4000
)

// declares tells whether a line may be a declared one.
func declares(line []byte) bool {
	i := 0
	for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		i++
	}
	return len(line) > i+2 && line[i] == ':' && line[i+1] == ':'
}

// declared reads a line that begins with "::". Names that are not ours, like
// ::error:: and ::group::, belong to others and give nothing.
func (s *Scanner) declared(raw []byte) {
	line := strings.TrimSpace(shown(raw, 0, math.MaxInt))
	name, rest, _ := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
	if name == "::result" {
		rest = strings.TrimPrefix(line, name)
	}
	d := directive{s: s, name: name, line: raw}
	rest = strings.TrimSpace(rest)
	switch name {
	case "::progress":
		d.progress(rest)
	case "::step":
		d.step(rest)
	case "::substep":
		d.substep(rest)
	case "::metric":
		d.metrics(rest)
	case "::result":
		d.result(rest, len(raw))
	case "::message":
		d.message(rest)
	}
}

// A directive is a declared line that is being read.
type directive struct {
	s    *Scanner
	name string
	line []byte
}

func (d directive) wrong(format string, args ...any) {
	why := d.name + ": " + fmt.Sprintf(format, args...)
	d.s.emit(Finding{Kind: Wrong, Line: shown(d.line, 0, maxLine), Text: why})
}

func (d directive) progress(rest string) {
	number, text, _ := strings.Cut(rest, " ")
	p, err := strconv.ParseFloat(number, 64)
	switch {
	case number == "":
		d.wrong("needs a number from 0 to 100, like ::progress 45")
	case err != nil || math.IsNaN(p) || strings.Trim(number, "0123456789.+-eE") != "":
		d.wrong("%s is not a number; write a number from 0 to 100, like ::progress 45", quoted(number))
	case p < 0 || p > 100:
		d.wrong("%s is out of range; write a number from 0 to 100", quoted(number))
	case utf8.RuneCountInString(text) > maxMessage:
		d.wrong("the message is longer than %d characters", maxMessage)
	default:
		d.s.mute = true
		d.s.emit(Finding{Kind: Percent, Percent: math.Abs(p), Declared: true, Strong: true, Span: Job, Text: strings.TrimSpace(text)})
	}
}

func (d directive) step(name string) {
	if d.named(name) {
		d.s.mute = false
		d.s.guess = guesser{}
		d.s.emit(Finding{Kind: Step, Name: name})
	}
}

func (d directive) substep(name string) {
	before, done := strings.CutSuffix(" "+name, " done")
	if before = strings.TrimSpace(before); d.named(before) {
		d.s.emit(Finding{Kind: Substep, Name: before, Done: done})
	}
}

// named tells whether a step may have the name.
func (d directive) named(name string) bool {
	switch {
	case name == "":
		d.wrong("needs a name, like %s compile", d.name)
	case utf8.RuneCountInString(name) > maxName:
		d.wrong("the name is longer than %d characters", maxName)
	default:
		return true
	}
	return false
}

func (d directive) message(text string) {
	switch {
	case text == "":
		d.wrong("needs a text, like ::message copying the index")
	case utf8.RuneCountInString(text) > maxMessage:
		d.wrong("the text is longer than %d characters", maxMessage)
	default:
		d.s.emit(Finding{Kind: Message, Text: text})
	}
}

func (d directive) metrics(rest string) {
	pairs := strings.Fields(rest)
	if len(pairs) == 0 {
		d.wrong("needs name=value, like ::metric loss=0.25")
	}
	for _, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		switch {
		case !ok || key == "":
			d.wrong("%s is not name=value, like loss=0.25", quoted(pair))
		case utf8.RuneCountInString(key) > maxName:
			d.wrong("the name %s is longer than %d characters", quoted(key), maxName)
		default:
			d.s.emit(Finding{Kind: Metric, Key: key, Value: scalar(value)})
		}
	}
}

// scalar is a value as JSON: a number or boolean if it is one, else a string.
func scalar(value string) json.RawMessage {
	first := strings.TrimPrefix(value, "-")
	isNumber := first != "" && isDigit(first[0]) && json.Valid([]byte(value))
	if isNumber {
		_, err := strconv.ParseFloat(value, 64)
		isNumber = err == nil
	}
	if isNumber || value == "true" || value == "false" {
		return json.RawMessage(value)
	}
	b, _ := json.Marshal(value)
	return b
}

func (d directive) result(rest string, size int) {
	b := []byte(rest)
	switch {
	case size >= maxResult:
		d.wrong("the line is longer than %d KiB", maxResult>>10)
	case len(b) == 0:
		d.wrong(`needs JSON, like ::result {"rows": 12}`)
	case !json.Valid(b):
		var v any
		d.wrong("is not valid JSON: %v", json.Unmarshal(b, &v))
	case deep(b):
		d.wrong("is nested more than %d levels deep", maxDepth)
	default:
		d.s.emit(Finding{Kind: Result, Value: b})
	}
}

// maxDepth is how deep a result may be nested.
const maxDepth = 100

// deep tells whether valid JSON is nested too deep.
func deep(b []byte) bool {
	depth, inside := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case inside && c == '\\':
			i++
		case c == '"':
			inside = !inside
		case inside:
		case c == '{', c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}', c == ']':
			depth--
		}
	}
	return false
}

// quoted is a word for a message, shortened.
func quoted(word string) string {
	return strconv.Quote(cut(word, 60))
}

// cut is s with at most n bytes, cut at a rune.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
