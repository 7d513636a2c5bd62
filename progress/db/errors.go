package db

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Problem is a kind of reason why a database cannot be opened.
type Problem string

// All problems there are.
const (
	Locked      Problem = "locked"      // somebody else uses it
	Full        Problem = "full"        // no room left on its disk
	ReadOnly    Problem = "read-only"   // we may not write to it
	Newer       Problem = "newer"       // a newer Herald has changed its schema
	Corrupt     Problem = "corrupt"     // damaged, or not a database
	Unreachable Problem = "unreachable" // server or disk do not answer
	Invalid     Problem = "invalid"     // the setting, or what it leads to, is wrong
)

// says completes the sentence "database X ...".
func (p Problem) says() string {
	switch p {
	case Locked:
		return "is in use"
	case Full:
		return "has no room left"
	case ReadOnly:
		return "cannot be written"
	case Newer:
		return "belongs to a newer herald"
	case Corrupt:
		return "is damaged"
	case Unreachable:
		return "cannot be reached"
	}
	return "cannot be used"
}

// OpenError says why Open failed and what to do about it.
type OpenError struct {
	Problem Problem
	URL     string // as given to Open, without its password
	Fix     string // what the operator can do
	Err     error  // the cause
}

// Error is one line: what is wrong with which database, and what to do next.
func (e *OpenError) Error() string {
	cause := strings.Join(strings.Fields(e.Err.Error()), " ") // drivers write several lines
	return fmt.Sprintf("database %s %s: %s; %s", e.URL, e.Problem.says(), cause, e.Fix)
}

// Unwrap gives the cause.
func (e *OpenError) Unwrap() error { return e.Err }

// refuse makes an OpenError whose URL diagnose fills in.
func refuse(p Problem, fix, format string, args ...any) error {
	return &OpenError{Problem: p, Fix: fix, Err: fmt.Errorf(format, args...)}
}

// diagnose turns what went wrong in Open into an *OpenError.
func diagnose(ctx context.Context, url string, err error) error {
	// A server that does not answer in time is one that cannot be reached; any
	// other end of ctx is the caller's own wish.
	slow := isPostgres(url) && errors.Is(ctx.Err(), context.DeadlineExceeded)
	if ctx.Err() != nil && !slow {
		return fmt.Errorf("open database %s: %w", redact(url), ctx.Err())
	}
	var e *OpenError
	if !errors.As(err, &e) {
		e = &OpenError{Err: err}
		e.Problem, e.Fix = explain(err)
	}
	e.URL = redact(url)
	return e
}

// redact removes passwords from a URL. What does not parse is dropped whole:
// nobody can say where the password is.
func redact(s string) string {
	scheme, _, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	u, err := url.Parse(s)
	if err != nil {
		return scheme + "://…"
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	q := u.Query()
	for key := range q {
		if strings.Contains(strings.ToLower(key), "password") {
			q.Del(key)
			u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // libpq reads + as a plus
		}
	}
	return u.String()
}
