package progress

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Limits bound what a task may hold. Lengths are in characters unless said
// otherwise. The zero value refuses everything; begin with DefaultLimits.
type Limits struct {
	Title     int // of a task
	Name      int // of a step, substep, worker, kind, owner, group or approver
	Text      int // of a message, reason, prompt or error message
	Labels    int // per task
	Steps     int // per task
	Substeps  int // per step
	List      int // effects, options or approvers of one approval, names in a stage of it; controls; callback events
	Metrics   int // names per task
	Workers   int // that number their reports, per attempt
	Document  int // bytes of inputs, result, metadata or error details
	LogLine   int // bytes
	LogLines  int // kept per task; older ones are dropped
	BatchLogs int // lines in one command
}

// DefaultLimits are the limits of a server that sets none.
func DefaultLimits() Limits {
	return Limits{
		Title: 200, Name: 200, Text: 4_000, Labels: 64, Steps: 10_000, Substeps: 1_000, List: 100,
		Metrics: 200, Workers: 1_000, Document: 512 << 10,
		LogLine: 16 << 10, LogLines: 100_000, BatchLogs: 10_000,
	}
}

// Check refuses a change that is over a limit in itself, with TooLarge and the
// field's name.
func (l Limits) Check(c Change) error {
	switch c := c.(type) {
	case Create:
		return l.create(c)
	case Report:
		return l.report(c)
	case Heartbeat:
		return chars("worker", c.Worker, l.Name)
	case Claim:
		return chars("worker", c.Worker, l.Name)
	case Log:
		return l.log(c)
	case Ask:
		return first(chars("step", c.Step.Name, l.Name), l.gate("approval", c.Gate))
	case Retry:
		return first(chars("reason", c.Reason, l.Text), l.document("inputs", c.Inputs))
	case Restart:
		return first(chars("reason", c.Reason, l.Text), l.document("inputs", c.Inputs))
	}
	return chars("reason", reason(c), l.Text)
}

// reason is why a person wishes it.
func reason(c Change) string {
	switch c := c.(type) {
	case Approve:
		return c.Reason + c.Option
	case Reject:
		return c.Reason
	case Pause:
		return c.Reason
	case Resume:
		return c.Reason
	case Cancel:
		return c.Reason
	case Skip:
		return c.Reason
	case Stall:
		return c.Reason
	}
	return ""
}

// CheckTask refuses what only the sum of all changes makes too large: before is
// the task as it was, after as it would be.
func (l Limits) CheckTask(before, after *Task) error {
	if after.Steps.Len() > before.Steps.Len() {
		return count("steps", after.Steps.Len(), l.Steps)
	}
	for s := range after.Steps.Changed(before.Steps) {
		if err := count("substep", len(s.Substeps), l.Substeps); err != nil {
			return err
		}
	}
	return first(
		count("metrics", len(after.Metrics), l.Metrics),
		count("worker", len(after.Workers), l.Workers),
		count("metadata", len(after.Metadata), l.Metrics))
}

func (l Limits) create(c Create) error {
	s := c.Spec
	if err := first(
		chars("title", s.Title, l.Title), chars("kind", s.Kind, l.Name), chars("owner", s.Owner, l.Name), chars("session_id", s.Session, l.Name),
		chars("callback_url", s.CallbackURL, l.Text), count("labels", len(s.Labels), l.Labels),
		count("controls", len(s.Controls), l.List), count("callback_events", len(s.CallbackEvents), l.List),
		count("steps", len(c.Steps), l.Steps),
		l.document("inputs", s.Inputs), l.object("metadata", s.Metadata)); err != nil {
		return err
	}
	for k, v := range s.Labels {
		if err := first(chars("labels", k, l.Name), chars("labels."+k, v, l.Name)); err != nil {
			return err
		}
	}
	for i, p := range c.Steps {
		if err := l.plan(fmt.Sprintf("steps[%d]", i), p); err != nil {
			return err
		}
	}
	return nil
}

func (l Limits) plan(field string, p Plan) error {
	err := first(chars(field+".name", p.Name, l.Name), count(field+".substeps", len(p.Substeps), l.Substeps))
	if err != nil {
		return err
	}
	for i, s := range p.Substeps {
		if err := chars(fmt.Sprintf("%s.substeps[%d]", field, i), s.Name, l.Name); err != nil {
			return err
		}
	}
	if p.Gate != nil {
		return l.gate(field+".approval", *p.Gate)
	}
	return nil
}

func (l Limits) gate(field string, g Gate) error {
	if err := first(
		chars(field+".prompt", g.Prompt, l.Text), count(field+".effects", len(g.Effects), l.List),
		count(field+".options", len(g.Options), l.List), count(field+".approvers", len(g.Approvers), l.List),
		count(field+".quorum", g.Quorum, l.List)); err != nil {
		return err
	}
	if err := first(
		texts(field+".effects", g.Effects, l.Text), texts(field+".options", g.Options, l.Text), texts(field+".approvers", g.Approvers, l.Text)); err != nil {
		return err
	}
	for i, e := range g.Escalate {
		if err := l.escalation(fmt.Sprintf("%s.escalate[%d]", field, i), e); err != nil {
			return err
		}
	}
	return nil
}

func (l Limits) escalation(field string, e Escalation) error {
	return first(
		count(field+".tell", len(e.Tell), l.List), count(field+".by", len(e.By), l.List),
		texts(field+".tell", e.Tell, l.Text), texts(field+".by", e.By, l.Name))
}

// texts refuses a list with a text that is too long.
func texts(field string, list []string, most int) error {
	for i, s := range list {
		if err := chars(fmt.Sprintf("%s[%d]", field, i), s, most); err != nil {
			return err
		}
	}
	return nil
}

func (l Limits) report(r Report) error {
	if err := first(
		chars("step", r.Step.Name, l.Name), chars("substep", r.Substep, l.Name), chars("worker", r.Worker, l.Name),
		count("metrics", len(r.Metrics), l.Metrics), l.object("metrics", r.Metrics),
		l.object("metadata", r.Metadata), l.document("result", r.Result)); err != nil {
		return err
	}
	if r.Message != nil {
		if err := chars("message", *r.Message, l.Text); err != nil {
			return err
		}
	}
	if e := r.Error; e != nil {
		return first(chars("error.message", e.Message, l.Text), chars("error.type", e.Type, l.Name), l.document("error.details", e.Details))
	}
	return nil
}

func (l Limits) log(c Log) error {
	if err := count("lines", len(c.Lines), l.BatchLogs); err != nil {
		return err
	}
	for i, line := range c.Lines {
		if len(line.Line) > l.LogLine {
			return tooLarge(fmt.Sprintf("lines[%d].line", i), "is %d bytes long; at most %d are taken", len(line.Line), l.LogLine)
		}
		if err := first(chars("step", line.Step, l.Name), chars("level", line.Level, l.Name)); err != nil {
			return err
		}
	}
	return nil
}

func (l Limits) document(field string, b json.RawMessage) error {
	if !utf8.Valid(b) {
		return invalid(field, "must be UTF-8 text")
	}
	if len(b) > l.Document {
		return tooLarge(field, "is %d bytes long; at most %d are taken", len(b), l.Document)
	}
	return shallow(field, b)
}

// maxDepth is how deep a document may be nested: what keeps it wraps it in more.
const maxDepth = 100

// shallow refuses a document that is nested too deep.
func shallow(field string, b json.RawMessage) error {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{', c == '[':
			if depth++; depth > maxDepth {
				return invalid(field, "is nested more than %d levels deep", maxDepth)
			}
		case c == '}', c == ']':
			depth--
		}
	}
	return nil
}

func (l Limits) object(field string, o map[string]json.RawMessage) error {
	size := 0
	for k, v := range o {
		if !utf8.ValidString(k) || !utf8.Valid(v) {
			return invalid(field, "must be UTF-8 text")
		}
		if err := shallow(field, v); err != nil {
			return err
		}
		size += len(k) + len(v)
	}
	if size > l.Document {
		return tooLarge(field, "is %d bytes long; at most %d are taken", size, l.Document)
	}
	return nil
}

// chars refuses a text that is too long, and one that no database keeps.
func chars(field, s string, most int) error {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return invalid(field, "must be UTF-8 text without NUL")
	}
	if len(s) > most && utf8.RuneCountInString(s) > most {
		return tooLarge(field, "is %d characters long; at most %d are taken", utf8.RuneCountInString(s), most)
	}
	return nil
}

func count(field string, n, most int) error {
	if n > most {
		return tooLarge(field, "is %d; at most %d are taken", n, most)
	}
	return nil
}

func tooLarge(field, format string, args ...any) error {
	return &Error{Code: TooLarge, Field: field, Say: fmt.Sprintf(format, args...)}
}

// first returns the first error that there is.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
