package notify

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Fate is what a failure means for the message and its lane.
type Fate string

// The fates.
const (
	Transient    Fate = "transient"    // try again, after a pause that grows
	Limited      Fate = "limited"      // too fast: try again when the far side says
	Rejected     Fate = "rejected"     // this message will never be taken: it is dead, the lane goes on
	Gone         Fate = "gone"         // this address will never take anything: its lane is closed
	Unauthorized Fate = "unauthorized" // our own credentials are no good: the channel stops
)

// Failure is why a message was not delivered. Its text is shown to the owner of
// the subscription and must hold no secret.
type Failure struct {
	Fate  Fate
	After time.Duration // of Limited: from now on; 0 if the far side did not say
	Doubt bool          // it may have arrived all the same
	Err   error
}

// Error says what went wrong.
func (f *Failure) Error() string { return fmt.Sprintf("%s: %v", f.Fate, f.Err) }

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Fail makes a failure.
func Fail(f Fate, format string, args ...any) *Failure {
	return &Failure{Fate: f, Err: fmt.Errorf(format, args...)}
}

// failureOf is any error as a failure; one that does not say is transient, and one
// that came of waiting too long leaves it open whether the message arrived.
func failureOf(err error) *Failure {
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	return &Failure{Fate: Transient, Doubt: errors.Is(err, context.DeadlineExceeded), Err: err}
}
