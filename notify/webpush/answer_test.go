package webpush

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// TestVerdict holds what each status means.
func TestVerdict(t *testing.T) {
	t.Parallel()
	for status, fate := range map[int]notify.Fate{
		300: notify.Rejected, 304: notify.Rejected, 399: notify.Rejected,
		400: notify.Rejected, 401: notify.Unauthorized, 402: notify.Transient, 403: notify.Unauthorized, 404: notify.Gone, 405: notify.Rejected,
		406: notify.Limited, 408: notify.Transient, 409: notify.Transient, 410: notify.Gone, 411: notify.Rejected, 413: notify.Rejected,
		415: notify.Rejected, 422: notify.Rejected, 425: notify.Transient, 429: notify.Limited,
		500: notify.Transient, 502: notify.Transient, 503: notify.Transient, 504: notify.Transient, 599: notify.Transient,
	} {
		f, ok := errors.AsType[*notify.Failure](verdict("a.test", &http.Response{StatusCode: status}, false, noon))
		if !ok || f.Fate != fate || f.Doubt || f.After != 0 || !strings.HasPrefix(f.Err.Error(), fmt.Sprint("a.test answered ", status)) {
			t.Errorf("%d: %v, want %s", status, f, fate)
		}
		if errors.Is(f, errTooLarge) != (status == http.StatusRequestEntityTooLarge) {
			t.Errorf("%d: whether it is too large is not told", status)
		}
	}
	for _, status := range []int{200, 201, 202, 204} {
		if err := verdict("a.test", &http.Response{StatusCode: status}, false, noon); err != nil {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// TestWait holds what is read of Retry-After: seconds, or a date by the service's own
// clock.
func TestWait(t *testing.T) {
	t.Parallel()
	theirs := noon.Add(-3 * time.Hour)
	date := func(at time.Time) string { return at.Format(http.TimeFormat) }
	for _, c := range []struct {
		after, date string
		want        time.Duration
	}{
		{"", "", 0},
		{"7", "", 7 * time.Second},
		{"0", "", 0},
		{"2147483647", "", 24 * time.Hour},
		{"99999999999999999999", "", 0},
		{"-5", "", 0},
		{"soon", "", 0},
		{date(noon.Add(90 * time.Second)), "", 90 * time.Second},
		{date(theirs.Add(90 * time.Second)), date(theirs), 90 * time.Second},
		{date(noon.Add(-time.Hour)), "", 0},
		{date(noon.Add(48 * time.Hour)), "", 24 * time.Hour},
	} {
		if got := waitOf(http.Header{"Retry-After": {c.after}, "Date": {c.date}}, noon); got != c.want {
			t.Errorf("%q at %q: %s, want %s", c.after, c.date, got, c.want)
		}
	}
}

// TestWhy holds the words for what may come between, and that nothing of its cause is
// repeated.
func TestWhy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want string
	}{
		{&net.DNSError{Err: "no such host", Name: "hush", IsNotFound: true}, "a.test is not known: no address has that name"},
		{&tls.CertificateVerificationError{Err: errors.New("hush")}, "the certificate of a.test is not accepted"},
		{io.EOF, "a.test has hung up without an answer"},
	} {
		if got := why("a.test", fmt.Errorf("hush: %w", c.err)); got != c.want {
			t.Errorf("%v is %q, want %q", c.err, got, c.want)
		}
	}
}

// TestUnencrypted holds that what the library cannot encrypt is dead, in our words.
func TestUnencrypted(t *testing.T) {
	t.Parallel()
	var f *notify.Failure
	if err := lost("a.test", errors.New("hush"), false); !errors.As(err, &f) || f.Fate != notify.Rejected || strings.Contains(f.Error(), "hush") {
		t.Error(err)
	}
}
