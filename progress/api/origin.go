package api

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/taskherald/herald/progress"
)

// origins are the pages that may use a browser's own credentials here: those of
// this server, and those that the settings name.
type origins struct {
	named map[string]bool
	cross *http.CrossOriginProtection
}

func newOrigins(cors []string, public string) (*origins, error) {
	o := &origins{named: map[string]bool{}, cross: http.NewCrossOriginProtection()}
	if public != "" {
		cors = append([]string{public}, cors...)
	}
	for _, text := range cors {
		u, err := url.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("origin %q: %w", text, err)
		}
		origin := u.Scheme + "://" + u.Host
		if err := o.cross.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("origin %q: %w", text, err)
		}
		o.named[origin] = true
	}
	return o, nil
}

// checkChange refuses a request that another site's page makes with this
// browser's credentials.
func (o *origins) checkChange(r *http.Request) error {
	if err := o.cross.Check(r); err != nil {
		return &progress.Error{Code: progress.Forbidden, Err: err, Say: "another site's page may not do this here"}
	}
	return nil
}

// checkSocket refuses a socket that another site's page opens. Programs that
// are no browser send no Origin.
func (o *origins) checkSocket(r *http.Request) error {
	origin := r.Header.Get("Origin")
	if origin == "" || o.named[origin] {
		return nil
	}
	if u, err := url.Parse(origin); err == nil && u.Host == r.Host {
		return nil
	}
	return &progress.Error{Code: progress.Forbidden, Say: "another site's page may not open a socket here"}
}

// checkLocal refuses a request that a proxy passed on, and one that reached a
// loopback address under a stranger's name, as a page does whose name was bound
// to it on purpose.
func checkLocal(r *http.Request) error {
	host := r.Host
	for _, passed := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
		if r.Header.Get(passed) != "" {
			host = ""
		}
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if addr, err := netip.ParseAddr(host); strings.EqualFold(host, "localhost") || (err == nil && addr.IsLoopback()) {
		return nil
	}
	return &progress.Error{Code: progress.Forbidden, Say: "without a credential this server answers on this machine only, and only to localhost"}
}
