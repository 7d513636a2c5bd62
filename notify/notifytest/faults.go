package notifytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/taskherald/herald/notify"
)

// Fault is how a call goes wrong. The zero value is a call that goes well.
type Fault struct {
	Err  error         // what the caller is told, once Slow is over
	Slow time.Duration // how long it takes; it ends before if the caller's context does
	Hang bool          // it lasts until the caller's context ends
	Keep bool          // the far side takes the message all the same, before Slow and Hang
}

// Lost is the fault of a far side that takes the message and does not say so.
func Lost() Fault {
	return Fault{Keep: true, Err: &notify.Failure{Fate: notify.Transient, Doubt: true, Err: errors.New("the connection was lost")}}
}

// Status is the fault of a far side that answers with that fate.
func Status(f notify.Fate, after time.Duration) Fault {
	return Fault{Err: &notify.Failure{Fate: f, After: after, Err: fmt.Errorf("the far side said %s", f)}}
}

// troubles are the faults that wait for their calls.
type troubles struct {
	next []Fault
	at   map[notify.Address][]Fault
	down map[notify.Address]Fault
}

// meet is what the next call to an address meets.
func (t *troubles) meet(to notify.Address) (f Fault) {
	if f, ok := t.down[to]; ok {
		return f
	}
	if mine := t.at[to]; len(mine) > 0 {
		f, t.at[to] = mine[0], mine[1:]
	} else if len(t.next) > 0 {
		f, t.next = t.next[0], t.next[1:]
	}
	return f
}

// counter counts calls against a bound.
type counter struct {
	bound notify.Allowance
	calls []time.Time // within the bound's window
}

// count counts a call. One that is too many is not counted, and may come again
// after the time returned.
func (c *counter) count(call Call) (after time.Duration) {
	if c.bound.Calls == 0 || call.Verb == "find" {
		return 0
	}
	since := call.At.Add(-c.bound.Window)
	c.calls = slices.DeleteFunc(c.calls, func(at time.Time) bool { return !at.After(since) })
	if len(c.calls) >= c.bound.Calls {
		return c.calls[0].Sub(since)
	}
	c.calls = append(c.calls, call.At)
	return 0
}

// wait lasts as long as a fault does. Who gives up waiting does not know whether the
// far side has the message.
func wait(ctx context.Context, f Fault) error {
	var over <-chan time.Time
	switch {
	case f.Hang:
	case f.Slow <= 0:
		return nil
	default:
		timer := time.NewTimer(f.Slow)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return &notify.Failure{Fate: notify.Transient, Doubt: true, Err: context.Cause(ctx)}
	}
}
