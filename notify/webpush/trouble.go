package webpush

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"syscall"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/guard"
	"github.com/taskherald/herald/progress"
)

// trouble is an error in our words. Those of its cause could hold what is secret.
type trouble struct {
	say   string
	cause error
}

func (t *trouble) Error() string { return t.say }

func (t *trouble) Unwrap() error { return t.cause }

// unfit is the failure of an address that may not be called.
func unfit(err error) error {
	say := err.Error()
	if e, ok := errors.AsType[*progress.Error](err); ok {
		say = "the endpoint cannot be called: " + e.Say
	}
	return &notify.Failure{Fate: notify.Rejected, Err: &trouble{say, err}}
}

// lost is the failure of a try that got no answer. Once there was a connection the
// message may have arrived.
func lost(host string, err error, connected bool) error {
	called, ok := errors.AsType[*url.Error](err)
	if !ok {
		return &notify.Failure{Fate: notify.Rejected, Err: &trouble{"the message cannot be encrypted or signed", err}}
	}
	err = called.Err // the URL is secret
	if b, ok := errors.AsType[*guard.Blocked](err); ok {
		return &notify.Failure{Fate: notify.Rejected, Err: b}
	}
	return &notify.Failure{Fate: notify.Transient, Doubt: connected, Err: &trouble{why(host, err), err}}
}

// why says why there is no answer.
func why(host string, err error) string {
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return host + " is not known: no address has that name"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "the certificate of " + host + " is not accepted"
	}
	if e, ok := errors.AsType[net.Error](err); errors.Is(err, context.DeadlineExceeded) || ok && e.Timeout() {
		return host + " has not answered in time"
	}
	switch e, ok := errors.AsType[syscall.Errno](err); {
	case errors.Is(err, context.Canceled):
		return "the call of " + host + " was broken off by us"
	case ok:
		return "no answer from " + host + ": " + e.Error()
	}
	return host + " has hung up without an answer"
}
