package checkup

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/taskherald/herald/notify/callout"
)

// patience is how long one call may take.
const patience = 10 * time.Second

// Caller makes single calls through a transport, nil for the usual one. It follows no
// redirect: a token goes to nobody else, not to the sign-in page of a network either.
func Caller(through http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: through, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Unreached is why a host gave no answer, and what to do. The error's own words, which may
// hold a secret address, are not repeated.
func Unreached(host string, err error) (say, advice string) {
	say, advice = callout.Why(host, err), "let this machine make https connections to "+host+"; behind a proxy set HTTPS_PROXY"
	if say == "" {
		say = "no answer from " + host
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "proxyconnect" {
		return "the proxy between here and " + host + " does not answer", "correct HTTPS_PROXY, or name " + host + " in NO_PROXY"
	}
	if os.Getenv("HTTPS_PROXY")+os.Getenv("https_proxy") != "" {
		advice = "HTTPS_PROXY is set: is that proxy right, and does it let " + host + " through?"
	}
	return say, advice
}

// Socket asks the host of a socket (wss://…, or ws://… of a far side on this machine) for
// anything, without opening the socket. The host is "" where the address is no URL; say is ""
// where something answered.
func Socket(ctx context.Context, by *http.Client, socket string) (host, say, advice string) {
	const strange, look = "its address is no URL", "look for what changes answers on the way"
	u, err := url.Parse(socket)
	if err != nil || u.Host == "" {
		return "", strange, look
	}
	plain := "https://" + u.Host + "/"
	if u.Scheme == "ws" {
		plain = "http://" + u.Host + "/"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, plain, nil)
	if err != nil {
		return "", strange, look
	}
	res, err := by.Do(r)
	if err != nil {
		say, advice = Unreached(u.Hostname(), err)
		return u.Hostname(), say, advice
	}
	res.Body.Close()
	return u.Hostname(), "", ""
}
