package kit

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Params reads a URL's parameters, and keeps what is wrong with the first that
// is. One goroutine at a time may use it.
type Params struct {
	values url.Values
	err    error
}

// NewParams reads those of a query.
func NewParams(v url.Values) *Params { return &Params{values: v} }

// Err says what is wrong, Invalid with the parameter's name; nil if nothing is.
func (p *Params) Err() error { return p.err }

// Wrong notes that a parameter is wrong, unless another was before.
func (p *Params) Wrong(field, format string, args ...any) {
	if p.err == nil {
		p.err = Invalid(field, format, args...)
	}
}

// Text is a text, "" if absent.
func (p *Params) Text(name string) string { return p.values.Get(name) }

// Number is a whole number from 0 up, 0 if absent.
func (p *Params) Number(name string) int64 {
	text := p.Text(name)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		p.Wrong(name, "must be a whole number from 0 up, not %q", text)
	}
	return n
}

// Between is a whole number within bounds.
func (p *Params) Between(name string, least, most, absent int) int {
	text := p.Text(name)
	if text == "" {
		return absent
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		p.Wrong(name, "must be a whole number from %d to %d, not %q", least, most, text)
	}
	return n
}

// List is a parameter that may be repeated, or hold several values with commas
// between them.
func (p *Params) List(name string) []string {
	var out []string
	for _, text := range p.values[name] {
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

// Time is an RFC 3339 time, the zero time if absent.
func (p *Params) Time(name string) time.Time {
	text := p.Text(name)
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		p.Wrong(name, "must be a time like 2026-01-31T12:00:00Z, not %q", text)
	}
	return at
}

// Flag is a parameter that is on or off.
func (p *Params) Flag(name string) bool {
	switch text := p.Text(name); text {
	case "", "0", "false":
		return false
	case "1", "true":
		return true
	default:
		p.Wrong(name, "must be 1 or 0, not %q", text)
		return false
	}
}
