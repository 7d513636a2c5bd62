package callout

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"syscall"
)

// veiled is an error in our words.
type veiled struct {
	say   string
	cause error
}

func (v *veiled) Error() string { return v.say }

func (v *veiled) Unwrap() error { return v.cause }

// Veil is an error that says something else than its cause, whose words could hold
// what is secret.
func Veil(say string, cause error) error { return &veiled{say, cause} }

// Why says why a host gave no answer, "" if the error does not tell.
func Why(host string, err error) string {
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
	return ""
}
