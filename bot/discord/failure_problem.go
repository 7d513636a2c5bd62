package discord

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/notify/callout"
)

// Problem is why a call of the API did not go well. Its text is in words of ours: it has no
// token in it, no URL and no id.
type Problem struct {
	Method string // the route that was called: "POST channels/{channel}/messages"
	Host   string // that was called
	Code   int    // what Discord calls it: 50013; 0 if it said nothing of the kind
	At     string // where the fault is: "components.0.id BASE_TYPE_REQUIRED", if Discord said so
	Status int    // of the answer, 0 if there was none

	After time.Duration // how long it wants to be left alone, 0 if it does not say
	Doubt bool          // it may have been done all the same
	Err   error         // why there was no answer, or none that can be read; nil if there was
}

// Error says what happened.
func (p *Problem) Error() string { return p.Method + ": " + p.said() }

// said is what the far side said, or that it said nothing.
func (p *Problem) said() string {
	if p.Err != nil {
		return p.Err.Error()
	}
	text := p.Host + " answered " + strings.TrimSpace(strconv.Itoa(p.Status)+" "+http.StatusText(p.Status))
	if p.Code != 0 {
		text += ", code " + strconv.Itoa(p.Code)
	}
	if p.At != "" {
		text += " at " + p.At
	}
	return text
}

// Unwrap returns the cause of a call that got no answer.
func (p *Problem) Unwrap() error { return p.Err }

// CodeOf is what Discord calls the reason of an error, 0 if Discord did not give any.
func CodeOf(err error) int {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.Code
	}
	return 0
}

// refusal is an answer that is no yes, nil for one that is.
func refusal(a *callout.Answer) *Problem {
	if a.Status >= http.StatusOK && a.Status < http.StatusMultipleChoices {
		return nil
	}
	var said struct {
		Errors json.RawMessage `json:"errors"`
	}
	p := &Problem{Code: codeIn(a), Status: a.Status, After: restOf(a, time.Now())}
	p.Doubt = a.Status >= http.StatusInternalServerError && a.Status != http.StatusServiceUnavailable
	if json.Unmarshal(a.Body, &said) == nil {
		p.At = place(said.Errors)
	}
	return p
}

// codeIn is what Discord calls a refusal, 0 for nothing.
func codeIn(a *callout.Answer) int {
	var said struct {
		Code int `json:"code"`
	}
	_ = json.Unmarshal(a.Body, &said) // what is no JSON has none
	return said.Code
}

var (
	aField = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	aFault = regexp.MustCompile(`^[A-Z0-9_]{1,48}$`)
)

const deepest = 12 // fields within fields

// place is the first place of a fault that Discord names, "" if it names none. What is no name
// of a field is not repeated.
func place(tree json.RawMessage) string {
	var path []string
	for range deepest {
		var leaf struct {
			Errors []struct {
				Code string `json:"code"`
			} `json:"_errors"`
		}
		if json.Unmarshal(tree, &leaf) == nil && len(leaf.Errors) > 0 && aFault.MatchString(leaf.Errors[0].Code) {
			return strings.TrimSpace(strings.Join(path, ".") + " " + leaf.Errors[0].Code)
		}
		var fields map[string]json.RawMessage
		if json.Unmarshal(tree, &fields) != nil {
			return ""
		}
		name := first(fields)
		if name == "" {
			return ""
		}
		path, tree = append(path, name), fields[name]
	}
	return ""
}

// first is the first name of fields, "" if none is one.
func first(fields map[string]json.RawMessage) string {
	var names []string
	for name := range fields {
		if aField.MatchString(name) && name != "_errors" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names[:min(len(names), 1)], "")
}

// global reports whether an answer is about all that we call: it says so, or says nothing of
// the limits at all, as what stands before the API does.
func global(a *callout.Answer) bool {
	var said struct {
		Global bool `json:"global"`
	}
	h, ours := a.Header, json.Unmarshal(a.Body, &said) == nil
	return said.Global || h.Get("X-RateLimit-Global") != "" || h.Get("X-RateLimit-Scope") == "global" ||
		h.Get("X-RateLimit-Scope") == "" && h.Get("X-RateLimit-Limit") == "" && !ours
}

// restOf is how long Discord wants to be left alone, 0 if it does not say: in the body to the
// millisecond, in a header in whole seconds.
func restOf(a *callout.Answer, now time.Time) time.Duration {
	var said struct {
		After float64 `json:"retry_after"`
	}
	if json.Unmarshal(a.Body, &said) == nil && said.After > 0 {
		return fewer(said.After)
	}
	if d, ok := seconds(a.Header.Get("Retry-After")); ok {
		return d
	}
	d, _ := callout.Until(a.Header, now)
	return d
}

// seconds reads a number of seconds.
func seconds(text string) (time.Duration, bool) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, false
	}
	return fewer(n), true
}

// fewer is a number of seconds as far as it can be one.
func fewer(n float64) time.Duration {
	if !(n > 0) || math.IsInf(n, 0) { // what is no number is not above 0 either
		return 0
	}
	return time.Duration(min(n, callout.MaxWait.Seconds()) * float64(time.Second))
}
