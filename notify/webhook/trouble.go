package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/guard"
	"github.com/taskherald/herald/progress"
)

// trouble is an error in our words, which tell the owner of a URL what happened.
// Those of its cause could hold the URL.
type trouble struct {
	say   string
	cause error
}

func (t *trouble) Error() string { return t.say }

func (t *trouble) Unwrap() error { return t.cause }

// say is what is said to people of an error.
func say(err error) string {
	if e, ok := errors.AsType[*progress.Error](err); ok {
		return e.Say
	}
	return err.Error()
}

// sentence is what the guard says of a URL as a sentence of its own. Most of it says
// what the URL must be, or has; only what it says of a number names that itself.
func sentence(said string) string {
	first, _, _ := strings.Cut(said, " ")
	if _, err := netip.ParseAddr(first); err == nil {
		return said
	}
	return "the address " + said
}

// lost is the failure of a try that got no answer. If all of the message was on
// its way it may have arrived.
func lost(host string, err error, wrote bool) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	if b, ok := errors.AsType[*guard.Blocked](err); ok {
		return &notify.Failure{Fate: notify.Rejected, Err: b}
	}
	return &notify.Failure{Fate: notify.Transient, Doubt: wrote, Err: &trouble{why(host, err, wrote), err}}
}

// why says why there is no answer.
func why(host string, err error, wrote bool) string {
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return host + " is not known: no address has that name"
	}
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "the certificate of " + host + " is not accepted: " + whose(e)
	}
	if e, ok := errors.AsType[net.Error](err); errors.Is(err, context.DeadlineExceeded) || ok && e.Timeout() {
		return host + " has not answered in time"
	}
	switch e, ok := errors.AsType[syscall.Errno](err); {
	case errors.Is(err, context.Canceled):
		return "the call of " + host + " was broken off by us"
	case ok:
		return "no answer from " + host + ": " + e.Error()
	case wrote:
		return host + " has hung up without an answer"
	}
	return host + " could not be called"
}

// whose says what is wrong with a certificate. The names in it are not repeated:
// a receiver could write anything there.
func whose(e *tls.CertificateVerificationError) string {
	if _, ok := errors.AsType[x509.HostnameError](e); ok {
		return "it is for another name"
	}
	if bad, ok := errors.AsType[x509.CertificateInvalidError](e); ok && bad.Reason == x509.Expired {
		return "it has expired, or is not valid yet"
	}
	return "nobody who is trusted here has signed it"
}
