package checkup

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// The bounds of two clocks: what is signed is refused when it is older than the second, and
// before that times only look wrong.
const (
	maxSkew   = time.Minute
	signature = 5 * time.Minute
)

// Clock compares this machine's clock, which says now, with the chat's, which dates its
// answers. Signed says that the chat calls, and signs what it sends.
func (r *Report) Clock(chat string, h http.Header, now time.Time, signed bool) {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return
	}
	const advice = "let this machine set its clock by the network (NTP)"
	switch skew := now.Sub(at).Abs().Round(time.Second); {
	case skew > signature && signed:
		r.Broken(advice, "the clock here is %s away from %s's: all that %s sends over HTTP is refused as too old", skew, chat, chat)
	case skew > maxSkew:
		r.Odd(advice, "the clock here is %s away from %s's", skew, chat)
	}
}

// Callable is the address of a server that a chat can call, without a slash at its end.
// Instead says what does without. The error does not repeat the address, which may hold a
// password.
func Callable(chat, address, instead string) (string, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "https" || u.Hostname() == "":
		return "", fmt.Errorf("must be a URL such as https://herald.example.com; %s calls https only", chat)
	case u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "", errors.New("must be scheme and host alone, such as https://herald.example.com")
	case inward(u.Hostname()):
		return "", fmt.Errorf("is not reached from outside, so %s cannot call it; %s", chat, instead)
	}
	return "https://" + u.Host, nil
}

// inward reports whether a host means this machine or its own network alone.
func inward(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host == "localhost" || strings.HasSuffix(host, ".localhost")
	}
	return !ip.IsGlobalUnicast() || ip.IsPrivate()
}
