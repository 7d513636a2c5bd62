package app

import (
	"fmt"
	"io"
	"net/netip"
	"net/url"
)

// Addr is where the server listens: IP address and port.
func (a *App) Addr() string { return addrPort(a.listener).String() }

// Greet tells who started the server where it listens and, on the first start
// only, how to get in: secrets, which nothing but the database's hashes keeps.
// It does not belong into a log.
func (a *App) Greet(w io.Writer) {
	at := addrPort(a.listener)
	fmt.Fprintf(w, "herald listens on %s%s\n", reach(at), a.audience(at))
	if a.first.Token != "" {
		fmt.Fprintf(w, "\nThis is the first start. The token of the person admin, shown only now:\n\n    %s\n", a.first.Token)
	}
	if a.first.Code != "" {
		fmt.Fprintf(w, "\nTo log in as admin with a browser, open within an hour:\n\n    %s/login#%s\n\n", a.base(), a.first.Code)
	}
}

// LoginURL is a link that logs in a browser as admin, once, on the first start,
// and leads it to a page of the server; on later starts it leads to the page.
func (a *App) LoginURL(page string) string {
	if a.first.Code == "" {
		return a.base() + page
	}
	return a.base() + "/login?next=" + url.QueryEscape(page) + "#" + a.first.Code
}

// audience says who else may come.
func (a *App) audience(at netip.AddrPort) string {
	switch {
	case a.config.Open:
		return ", open to every program of this machine"
	case at.Addr().IsUnspecified():
		return " and on every other address of this machine"
	}
	return ""
}

// base is what links begin with.
func (a *App) base() string {
	if a.config.PublicURL != "" {
		return a.config.PublicURL
	}
	return reach(addrPort(a.listener))
}

// reach is the URL at which this machine reaches the server. 0.0.0.0 and :: are
// no hosts that a browser can ask.
func reach(at netip.AddrPort) string {
	if at.Addr().IsUnspecified() {
		at = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), at.Port())
	}
	return "http://" + at.String()
}
