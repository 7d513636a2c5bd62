package webhook

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
	"github.com/taskherald/herald/notify/guard"
	"github.com/taskherald/herald/progress"
)

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
	return &notify.Failure{Fate: notify.Transient, Doubt: wrote, Err: callout.Veil(why(host, err, wrote), err)}
}

// why says why there is no answer.
func why(host string, err error, wrote bool) string {
	say := callout.Why(host, err)
	if e, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return say + ": " + whose(e)
	}
	switch {
	case say != "":
		return say
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
