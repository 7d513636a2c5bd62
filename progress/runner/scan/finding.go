package scan

import "encoding/json"

// Kind says what was found.
type Kind string

// The kinds of findings, and the fields that each fills.
const (
	Line    Kind = "line"    // a finished line of output, for the log: Line
	Percent Kind = "percent" // Percent, Shape, Label, Span, Strong; declared: Declared and Text
	Step    Kind = "step"    // a step began: Name
	Substep Kind = "substep" // Name, and Done when it has ended
	Metric  Kind = "metric"  // Key and Value
	Result  Kind = "result"  // Value
	Message Kind = "message" // Text
	Wrong   Kind = "wrong"   // a declared line that cannot be taken: Line, and Text says why
)

// Span says how much of the command a guessed percent is about.
type Span int

// The spans, from the least to the most telling.
const (
	Item  Span = iota // one thing of several, like one file of a copy: never the whole
	Phase             // one thing of maybe several in a row, like one download
	Job               // all that the tool does, like objects built of objects to build
)

// Finding is one thing that the output said. Its texts are valid UTF-8
// without control characters, and at most 16 KiB long, but for a result.
type Finding struct {
	Kind     Kind
	Line     string          // the cleaned text
	Percent  float64         // 0..100, always finite
	Declared bool            // the percent was declared, not guessed
	Strong   bool            // the form itself shows progress: a bar, brackets, a known tool
	Span     Span            // of a guessed percent
	Shape    string          // equal for guessed percents that belong together
	Label    string          // what the guessed percent is about, in the output's words; may be ""
	Text     string          // a message, or what is wrong
	Name     string          // of a step or substep
	Done     bool            // the substep has ended
	Key      string          // of a metric
	Value    json.RawMessage // a metric's number, boolean or string; a result's document
}
