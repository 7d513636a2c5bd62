package webhook

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

// TestWhy holds the words for what may come between, and that nothing of theirs is
// repeated.
func TestWhy(t *testing.T) {
	t.Parallel()
	bad := func(err error) error { return &tls.CertificateVerificationError{Err: err} }
	hush := &x509.Certificate{DNSNames: []string{"hush"}}
	for _, c := range []struct {
		err   error
		wrote bool
		want  string
	}{
		{&net.DNSError{Err: "no such host", Name: "hush", IsNotFound: true}, false, "a.test is not known: no address has that name"},
		{&net.DNSError{Err: "server misbehaving", Name: "hush", IsTemporary: true}, false, "a.test could not be called"},
		{io.EOF, true, "a.test has hung up without an answer"},
		{errors.New("hush"), false, "a.test could not be called"},
		{bad(x509.HostnameError{Certificate: hush, Host: "a.test"}), false, "the certificate of a.test is not accepted: it is for another name"},
		{bad(x509.CertificateInvalidError{Cert: hush, Reason: x509.Expired}), false, "the certificate of a.test is not accepted: it has expired, or is not valid yet"},
		{bad(x509.CertificateInvalidError{Cert: hush, Reason: x509.NotAuthorizedToSign}), false, "the certificate of a.test is not accepted: nobody who is trusted here has signed it"},
		{bad(x509.UnknownAuthorityError{Cert: hush}), false, "the certificate of a.test is not accepted: nobody who is trusted here has signed it"},
	} {
		got := why("a.test", fmt.Errorf("hush: %w", c.err), c.wrote)
		if got != c.want || strings.Contains(got, "hush") {
			t.Errorf("%v is %q, want %q", c.err, got, c.want)
		}
	}
}
