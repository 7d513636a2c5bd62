package progress

import (
	"context"
	"errors"
	"fmt"
)

// Code says what sort of trouble an [Error] is. The list is closed.
type Code string

// The codes, and what a caller can do about each.
const (
	Invalid      Code = "invalid"      // the request is wrong in itself; Field names where
	Unauthorized Code = "unauthorized" // no or a bad credential
	Forbidden    Code = "forbidden"    // known, but not allowed
	NotFound     Code = "not_found"    // no such thing, or not for these eyes
	Conflict     Code = "conflict"     // the task's state does not admit it
	Superseded   Code = "superseded"   // from an older run, attempt or lease
	TooLarge     Code = "too_large"    // over a limit; Field names which
	Limited      Code = "limited"      // too fast; try again later
	Unavailable  Code = "unavailable"  // the store or the server cannot do it now
	Internal     Code = "internal"     // a defect of ours
)

// Error is the one error that Herald shows to people.
type Error struct {
	Code  Code
	Say   string // for people, on every surface; no internals
	Field string // the field at fault, for Invalid and TooLarge
	Err   error  // the cause, for operators; may be nil
}

// Error returns the code, the field and what is said, and the cause where there is one.
func (e *Error) Error() string {
	s := string(e.Code) + ": "
	if e.Field != "" {
		s += e.Field + ": "
	}
	s += e.Say
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of err: that of the [Error] in its chain, Internal
// for any other error, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// Trouble makes an error of a database one to show, with the code Unavailable. An [Error], that
// of a context, and nil stay as they are.
func Trouble(err error) error {
	_, said := errors.AsType[*Error](err)
	if err == nil || said || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &Error{Code: Unavailable, Err: err, Say: "the database cannot be used right now; try again in a moment"}
}

func refuse(c Code, format string, args ...any) error {
	return &Error{Code: c, Say: fmt.Sprintf(format, args...)}
}

func invalid(field, format string, args ...any) error {
	return &Error{Code: Invalid, Field: field, Say: fmt.Sprintf(format, args...)}
}
