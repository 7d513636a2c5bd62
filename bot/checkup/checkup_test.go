package checkup_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/checkup"
)

// TestReport holds what is noted.
func TestReport(t *testing.T) {
	t.Parallel()
	var r checkup.Report
	r.Good("%d of %d", 1, 2)
	r.Odd("look", "odd %s", "thing")
	r.Broken("mend it", "broken")
	want := []checkup.Finding{{checkup.Good, "1 of 2", ""}, {checkup.Odd, "odd thing", "look"}, {checkup.Broken, "broken", "mend it"}}
	if !slices.Equal(r.Found, want) {
		t.Errorf("%+v", r.Found)
	}
}

// TestClock holds from when on a clock is odd, and that signatures do not bear more than five
// minutes.
func TestClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		date   string
		signed bool
		state  checkup.State // "" for nothing
	}{
		{now.Add(time.Minute).Format(http.TimeFormat), true, ""},
		{now.Add(61 * time.Second).Format(http.TimeFormat), true, checkup.Odd},
		{now.Add(-5 * time.Minute).Format(http.TimeFormat), true, checkup.Odd},
		{now.Add(-301 * time.Second).Format(http.TimeFormat), true, checkup.Broken},
		{now.Add(time.Hour).Format(http.TimeFormat), false, checkup.Odd},
		{"yesterday", true, ""},
		{"", true, ""},
	} {
		var r checkup.Report
		r.Clock("Chat", http.Header{"Date": {c.date}}, now, c.signed)
		if len(r.Found) == 0 && c.state == "" {
			continue
		}
		if len(r.Found) != 1 || r.Found[0].State != c.state || !strings.Contains(r.Found[0].Found, "away from Chat's") {
			t.Errorf("%s: %+v", c.date, r.Found)
		}
	}
}

// TestCallable holds which addresses a chat can call.
func TestCallable(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"https://herald.example.com": "https://herald.example.com", "https://herald.example.com:8443/": "https://herald.example.com:8443",
		"https://8.8.8.8": "https://8.8.8.8",
	} {
		if got, err := checkup.Callable("Chat", given, "do without"); got != want || err != nil {
			t.Errorf("%s is %s, %v", given, got, err)
		}
	}
	for given, want := range map[string]string{
		"": "must be a URL", "http://herald.example.com": "Chat calls https only", "https://": "must be a URL", "https://a\x7f": "must be a URL",
		"https://me:sesame@herald.example.com": "scheme and host alone", "https://herald.example.com/x": "scheme and host alone", "https://herald.example.com/?sesame": "scheme and host alone",
		"https://localhost": "so Chat cannot call it; do without", "https://127.0.0.1": "not reached from outside", "https://10.1.2.3": "not reached from outside", "https://[fe80::1]": "not reached from outside", "https://x.localhost": "not reached",
	} {
		if got, err := checkup.Callable("Chat", given, "do without"); err == nil || got != "" || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s is %q, %v, want %q", given, got, err, want)
		}
	}
}

// TestUnreached holds that errors of the network are not repeated.
func TestUnreached(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"chat.example is not known":                      &net.DNSError{Name: "sesame", IsNotFound: true},
		"no answer from chat.example":                    errors.New("sesame"),
		"the proxy between here and chat.example does n": &net.OpError{Op: "proxyconnect", Err: errors.New("sesame")},
	} {
		if say, advice := checkup.Unreached("chat.example", err); !strings.Contains(say, want) || advice == "" || strings.Contains(say+advice, "sesame") {
			t.Errorf("%q, %q, want %q", say, advice, want)
		}
	}
}

// TestSocket holds that a socket's host is asked without opening the socket, and that no
// redirect is followed.
func TestSocket(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Bool
	portal := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Store(true) }))
	t.Cleanup(portal.Close)
	var asked atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.RequestURI())
		http.Redirect(w, r, portal.URL, http.StatusTemporaryRedirect)
	}))
	t.Cleanup(server.Close)
	by := checkup.Caller(nil)
	if host, say, _ := checkup.Socket(t.Context(), by, strings.Replace(server.URL, "http", "ws", 1)+"/link?ticket=sesame"); host != "127.0.0.1" || say != "" || asked.Load() != "/" || elsewhere.Load() {
		t.Errorf("%q says %q, asked %v", host, say, asked.Load())
	}
	for socket, want := range map[string]string{"": "no URL", "wss://a b/": "no URL", "sesame": "no URL", "wss://127.0.0.1:1/sesame": "no answer from 127.0.0.1"} {
		if _, say, advice := checkup.Socket(t.Context(), by, socket); !strings.Contains(say, want) || advice == "" || strings.Contains(say+advice, "sesame") {
			t.Errorf("%s: %q, %q", socket, say, advice)
		}
	}
}
