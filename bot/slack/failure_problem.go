package slack

import (
	"cmp"
	"errors"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/notify/callout"
)

// Problem is why a call of the Web API did not go well. Its text is in words of ours: it has
// no token in it, no URL and no trigger.
type Problem struct {
	Method string // that was called: "chat.postMessage"
	Host   string // that was called
	Code   string // what Slack calls it: "channel_not_found"; "" if it said nothing of the kind
	Needed string // the scopes that are missing, if that is it
	At     string // where in the blocks the fault is: "/blocks/3/text", if Slack said so
	Status int    // of the answer, 0 if it was 200 or there was none

	After time.Duration // how long it wants to be left alone, 0 if it does not say
	Doubt bool          // it may have been done all the same
	Err   error         // why there was no answer, or none that can be read; nil if there was
}

// Error says what happened.
func (p *Problem) Error() string { return p.Method + ": " + p.said() }

// said is what the far side said, or that it said nothing.
func (p *Problem) said() string {
	switch {
	case p.Code == "" && p.Status != 0:
		return p.Host + " answered " + strings.TrimSpace(strconv.Itoa(p.Status)+" "+http.StatusText(p.Status))
	case p.Code == "":
		return p.Err.Error()
	}
	text := p.Host + " said " + p.Code
	if p.Needed != "" {
		text += ", it needs " + p.Needed
	}
	if p.At != "" {
		text += " at " + p.At
	}
	return text
}

// Unwrap returns the cause of a call that got no answer.
func (p *Problem) Unwrap() error { return p.Err }

// CodeOf is what Slack calls the reason of an error, "" if Slack did not give any.
func CodeOf(err error) string {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.Code
	}
	return ""
}

// lost is a call that got no answer.
func lost(method, host string, err error) *Problem {
	say := cmp.Or(callout.Why(host, err), host+" has hung up without an answer")
	return &Problem{Method: method, Host: host, Err: callout.Veil(say, err)}
}

// answered is a call whose answer is none of 200.
func answered(method, host string, status int, h http.Header) *Problem {
	return &Problem{Method: method, Host: host, Status: status, After: restOf(h, time.Now())}
}

// restOf is how long Slack wants to be left alone, 0 if it does not say. It says a whole
// number of seconds; what stands between it and us may say otherwise.
func restOf(h http.Header, now time.Time) time.Duration {
	if n, err := strconv.ParseFloat(h.Get("Retry-After"), 64); err == nil {
		if !(n > 0) || math.IsInf(n, 0) { // what is no number is not above 0 either
			return 0
		}
		return time.Duration(min(n, callout.MaxWait.Seconds()) * float64(time.Second))
	}
	d, _ := callout.Until(h, now)
	return d
}

var (
	aWord    = regexp.MustCompile(`^[a-z0-9_.:-]{1,64}$`)
	someList = regexp.MustCompile(`^[a-z0-9_.:, -]{1,200}$`)
	aPointer = regexp.MustCompile(`\[json-pointer:(/[a-zA-Z0-9_/-]{1,80})\]`)
)

// word is a code of Slack's. Anything else than a word is not repeated.
func word(s string) string {
	if aWord.MatchString(s) {
		return s
	}
	return "unnamed_error"
}

// words are scopes, "" for anything else.
func words(s string) string {
	if someList.MatchString(s) {
		return s
	}
	return ""
}

// pointer is the place of a fault that Slack names, "" if it names none.
func pointer(messages []string) string {
	for _, m := range messages {
		if at := aPointer.FindStringSubmatch(m); at != nil {
			return at[1]
		}
	}
	return ""
}
