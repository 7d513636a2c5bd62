package guard

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/taskherald/herald/progress"
)

// CheckURL reads a URL that somebody gives, and refuses one that could never be
// called, as far as looking at it can tell: what its name leads to is judged when
// it is used. It must be absolute, https or, for allowed targets, http, with
// neither user nor fragment. The error is a [progress.Error] whose field is "url".
func (g *Guard) CheckURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, unfit("is not a URL") // the cause would repeat it, and what is secret in it
	}
	if why := shape(raw, u); why != "" {
		return nil, unfit(why)
	}
	port, err := portOf(portIn(u))
	if err != nil {
		return nil, unfit("has no port from 1 to 65535")
	}
	if why := g.refuses(u, port); why != "" {
		return nil, unfit(why)
	}
	return u, nil
}

func unfit(why string) error {
	return &progress.Error{Code: progress.Invalid, Field: "url", Say: why}
}

// shape says what is wrong with the form of a URL, "" for nothing.
func shape(raw string, u *url.URL) string {
	switch {
	case u.Scheme != "https" && u.Scheme != "http", u.Opaque != "", u.Hostname() == "":
		return "must be a whole URL that begins with https://"
	case u.User != nil:
		return "must not hold a user or a password"
	case strings.Contains(raw, "#"):
		return "must not have a fragment: what follows # is never sent"
	case strings.HasSuffix(u.Host, ":"):
		return "has no port after its colon"
	}
	return ""
}

// portIn is the port of a URL, said or not.
func portIn(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "http":
		return "80"
	}
	return "443"
}

// refuses says why nothing is sent there, "" if it may be.
func (g *Guard) refuses(u *url.URL, port uint16) string {
	host, plain := u.Hostname(), u.Scheme == "http"
	addr, err := netip.ParseAddr(host)
	if err != nil {
		if why := badName(host); why != "" {
			return "has no host that can be called: " + why
		}
		if plain && !g.named(plainName(host), port) && !g.lists(port) {
			return "must begin with https://; " + plainWords
		}
		return ""
	}
	switch allowed := g.listed(addr, port); {
	case addr.Zone() != "":
		return "must not hold a zone"
	case allowed:
		return ""
	case !public(addr):
		return (&Blocked{Host: host, Addr: addr.String()}).Error()
	case plain:
		return "must begin with https://; " + plainWords
	}
	return ""
}
