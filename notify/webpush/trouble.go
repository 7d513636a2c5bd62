package webpush

import (
	"cmp"
	"errors"
	"net/url"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
	"github.com/taskherald/herald/notify/guard"
	"github.com/taskherald/herald/progress"
)

// unfit is the failure of an address that may not be called.
func unfit(err error) error {
	say := err.Error()
	if e, ok := errors.AsType[*progress.Error](err); ok {
		say = "the endpoint cannot be called: " + e.Say
	}
	return &notify.Failure{Fate: notify.Rejected, Err: callout.Veil(say, err)}
}

// lost is the failure of a try that got no answer. Once there was a connection the
// message may have arrived.
func lost(host string, err error, connected bool) error {
	called, ok := errors.AsType[*url.Error](err)
	if !ok {
		return &notify.Failure{Fate: notify.Rejected, Err: callout.Veil("the message cannot be encrypted or signed", err)}
	}
	err = called.Err // the URL is secret
	if b, ok := errors.AsType[*guard.Blocked](err); ok {
		return &notify.Failure{Fate: notify.Rejected, Err: b}
	}
	return &notify.Failure{Fate: notify.Transient, Doubt: connected, Err: callout.Veil(why(host, err), err)}
}

// why says why there is no answer.
func why(host string, err error) string {
	return cmp.Or(callout.Why(host, err), host+" has hung up without an answer")
}
