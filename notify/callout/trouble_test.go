package callout_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/taskherald/herald/notify/callout"
)

// TestWhy holds the words for what may come between, and that nothing of its cause is
// repeated.
func TestWhy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want string
	}{
		{&net.DNSError{Err: "no such host", Name: "hush", IsNotFound: true}, "a.test is not known: no address has that name"},
		{&net.DNSError{Err: "server misbehaving", Name: "hush", IsTemporary: true}, ""},
		{&net.DNSError{Err: "timeout", Name: "hush", IsTimeout: true}, "a.test has not answered in time"},
		{context.DeadlineExceeded, "a.test has not answered in time"},
		{context.Canceled, "the call of a.test was broken off by us"},
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "no answer from a.test: connection refused"},
		{&tls.CertificateVerificationError{Err: errors.New("hush")}, "the certificate of a.test is not accepted"},
		{io.EOF, ""},
	} {
		if got := callout.Why("a.test", fmt.Errorf("hush: %w", c.err)); got != c.want {
			t.Errorf("%v is %q, want %q", c.err, got, c.want)
		}
	}
}

func TestVeil(t *testing.T) {
	t.Parallel()
	err := callout.Veil("it is lost", fmt.Errorf("hush: %w", io.EOF))
	if err.Error() != "it is lost" || !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
}
