package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/taskherald/herald/notify"
)

// TestTroubles holds the words and the fate of what may come between, and that nothing of
// theirs is repeated.
func TestTroubles(t *testing.T) {
	t.Parallel()
	bad := func(err error) error { return &tls.CertificateVerificationError{Err: err} }
	hush := &x509.Certificate{DNSNames: []string{"hush"}}
	for _, c := range []struct {
		at   stage
		err  error
		want string
	}{
		{atConnect, &net.DNSError{Err: "no such host", Name: "hush", IsNotFound: true}, "transient: the mail server a.test:25 is not known: no address has that name"},
		{atConnect, &net.DNSError{Err: "server misbehaving", Name: "hush", IsTemporary: true}, "transient: the mail server a.test:25 has hung up, or said what is no SMTP"},
		{atConnect, &net.DNSError{Err: "timeout", Name: "hush", IsTimeout: true}, "transient: the mail server a.test:25 has not answered in time"},
		{atConnect, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "transient: no answer from the mail server a.test:25: connection refused"},
		{atConnect, errBusy, "transient: the mail server a.test:25 is slow: all connections to it are in use"},
		{atHello, errTalkative, "transient: the mail server a.test:25 has hung up, or said what is no SMTP"},
		{atTLS, io.EOF, "transient: TLS with the mail server a.test:25 could not be agreed on"},
		{atTLS, tls.AlertError(40), "transient: TLS with the mail server a.test:25 could not be agreed on"},
		{atTLS, tls.RecordHeaderError{Msg: "hush"}, `unauthorized: the mail server a.test:25 does not speak TLS from the first byte: set TLS to "starttls", or take its other port`},
		{atTLS, bad(x509.HostnameError{Certificate: hush, Host: "a.test"}), "unauthorized: the certificate of the mail server a.test:25 is not accepted: it is for another name; set the server by the name that its certificate has"},
		{atTLS, bad(x509.CertificateInvalidError{Cert: hush, Reason: x509.Expired}), "unauthorized: the certificate of the mail server a.test:25 is not accepted: it has expired, or is not valid yet; it has to be renewed, or the clock here set right"},
		{atTLS, bad(x509.UnknownAuthorityError{Cert: hush}), "unauthorized: the certificate of the mail server a.test:25 is not accepted: nobody who is trusted here has signed it; give it one that is trusted, or trust its authority"},
		{atSender, context.Canceled, "transient: the talk with the mail server a.test:25 was broken off by us"},
		{atData, errors.New("hush"), "transient: the mail server a.test:25 has hung up, or said what is no SMTP"},
		{atEnd, context.DeadlineExceeded, "transient: the mail server a.test:25 has not answered in time"},
		{atEnd, syscall.ECONNRESET, "transient: no answer from the mail server a.test:25: connection reset by peer"},
		{atEnd, io.EOF, "transient: the mail server a.test:25 has hung up without saying whether it has the mail"},
	} {
		f := teller{server: "a.test:25"}.failure(&snag{c.at, fmt.Errorf("hush: %w", c.err)})
		if f.Error() != c.want || f.Doubt != (c.at == atEnd) || !errors.Is(f, c.err) && !strings.Contains(c.want, "certificate") {
			t.Errorf("%v at stage %d is %q, doubt %t; want %q", c.err, c.at, f, f.Doubt, c.want)
		}
	}
	own := notify.Fail(notify.Unauthorized, "no")
	if f := (teller{}).failure(fmt.Errorf("at last: %w", &snag{atTLS, own})); f != own {
		t.Errorf("our own failure is %v", f)
	}
}
