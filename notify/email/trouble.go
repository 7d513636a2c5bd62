package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
)

// teller says what went wrong with a mail.
type teller struct {
	server string   // host:port
	from   string   // the sender
	hello  string   // our name
	to     string   // "" where nothing was to be sent
	hidden []string // that is never repeated
}

// failure is what an error comes to.
func (t teller) failure(err error) *notify.Failure {
	if f, ok := errors.AsType[*notify.Failure](err); ok {
		return f
	}
	at := atConnect
	if s, ok := errors.AsType[*snag](err); ok {
		at = s.at
	}
	if r, ok := replyOf(err); ok {
		return &notify.Failure{Fate: fateOf(at, r), Err: callout.Veil(t.refused(at, r), err)}
	}
	if say, ok := t.untrusted(err); ok {
		return &notify.Failure{Fate: notify.Unauthorized, Err: callout.Veil(say, err)}
	}
	return &notify.Failure{Fate: notify.Transient, Doubt: at == atEnd, Err: callout.Veil(t.lost(at, err), err)}
}

// refused says what a server has said no to. Beside a refused password none of its words are
// repeated: they may name whose it is.
func (t teller) refused(at stage, r reply) string {
	said := ": " + r.words(t.hidden)
	if r.code < 500 {
		said = " for now" + said
	}
	switch at {
	case atConnect:
		return "the mail server " + t.server + " refused our connection" + said
	case atHello:
		return "the mail server " + t.server + " refused our name " + t.hello + said
	case atTLS:
		return "the mail server " + t.server + " refused STARTTLS" + said
	case atAuth:
		return "the mail server " + t.server + " refused the user name or the password that is set for it: " + r.number()
	case atSender:
		return "the mail server refused the sender " + t.from + said
	case atRecipient:
		return "the mail server refused the address " + t.to + said
	}
	return "the mail server refused the mail" + said
}

// untrusted says why nobody can be sure to speak to the server, and what to do. The names in
// a certificate are not repeated: anything could stand there.
func (t teller) untrusted(err error) (string, bool) {
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "the mail server " + t.server + " does not speak TLS from the first byte: set TLS to \"starttls\", or take its other port", true
	}
	e, ok := errors.AsType[*tls.CertificateVerificationError](err)
	if !ok {
		return "", false
	}
	return "the certificate of the mail server " + t.server + " is not accepted: " + whose(e), true
}

// whose says what is wrong with a certificate.
func whose(e *tls.CertificateVerificationError) string {
	if _, ok := errors.AsType[x509.HostnameError](e); ok {
		return "it is for another name; set the server by the name that its certificate has"
	}
	if bad, ok := errors.AsType[x509.CertificateInvalidError](e); ok && bad.Reason == x509.Expired {
		return "it has expired, or is not valid yet; it has to be renewed, or the clock here set right"
	}
	return "nobody who is trusted here has signed it; give it one that is trusted, or trust its authority"
}

// lost says why there is no answer.
func (t teller) lost(at stage, err error) string {
	server := "the mail server " + t.server
	switch {
	case errors.Is(err, context.Canceled):
		return "the talk with " + server + " was broken off by us"
	case errors.Is(err, errBusy):
		return server + " is slow: all connections to it are in use"
	}
	if say := callout.Why(server, err); say != "" {
		return say
	}
	switch at {
	case atTLS:
		return "TLS with " + server + " could not be agreed on"
	case atEnd:
		return server + " has hung up without saying whether it has the mail"
	}
	return server + " has hung up, or said what is no SMTP"
}
