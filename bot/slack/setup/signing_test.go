package setup_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/bot/checkup"
)

// public is a server that Slack calls at https://herald.example.com, for a transport
// that reaches it and the far side.
type public struct {
	secret string // "" where it is no Herald
	far    http.RoundTripper
}

func (p public) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host == "nowhere.invalid" {
		return nil, &net.DNSError{Name: r.URL.Host, IsNotFound: true}
	}
	if r.URL.Host != "herald.example.com" {
		return p.far.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	res := &http.Response{StatusCode: http.StatusNotFound, Body: io.NopCloser(strings.NewReader("nothing")), Request: r, Header: http.Header{}}
	if p.secret == "" || r.URL.String() != "https://herald.example.com/slack/events" || r.Method != http.MethodPost {
		return res, nil
	}
	res.StatusCode = http.StatusUnauthorized
	v, err := slack.NewSecretsVerifier(r.Header, p.secret)
	if err != nil {
		return res, nil //nolint:nilerr // what is not signed well is refused
	}
	if _, err := v.Write(body); err != nil {
		return nil, err
	}
	if v.Ensure() == nil {
		res.StatusCode = http.StatusOK
		res.Body = io.NopCloser(strings.NewReader(string(body)))
	}
	return res, nil
}

// TestSigning is what is said of what Slack needs that calls over HTTP.
func TestSigning(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, url, secret, app, servers string
		state                           checkup.State
		want                            string
	}{
		{"all is well", "https://herald.example.com", signing, "", signing, checkup.Good, "Herald answers at https://herald.example.com/slack/events"},
		{"another secret", "https://herald.example.com", signing, "", "another secret of 16", checkup.Broken, "does not take what is signed"},
		{"another server", "https://herald.example.com", signing, "", "", checkup.Broken, "is not Herald with Slack: status 404"},
		{"no server", "https://127.0.0.2:1", signing, "", "", checkup.Broken, "not reached from outside"},
		{"server away", "https://nowhere.invalid", signing, "", "", checkup.Odd, "Herald does not answer at https://nowhere.invalid/slack/events: nowhere.invalid is not known"},
		{"no address", "", signing, "", "", checkup.Broken, "without public_url"},
		{"no https", "http://herald.example.com", signing, "", "", checkup.Broken, "https only"},
		{"odd secret", "https://herald.example.com", "5E5A3E of another form", "", "5E5A3E of another form", checkup.Odd, "does not look like one"},
		{"Socket Mode beside it", "http://herald.example.com", signing, appToken, "", checkup.Good, "Socket Mode is on"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFar(t)
			a := f.app()
			a.PublicURL, a.SigningSecret, a.AppToken, a.Through = c.url, c.secret, c.app, public{c.servers, http.DefaultTransport}
			all := check(t, a)
			if !has(all, c.state, c.want) {
				t.Errorf("does not say %q as %s: %+v", c.want, c.state, all)
			}
			if c.state == checkup.Good && (has(all, checkup.Odd, "") || has(all, checkup.Broken, "")) {
				t.Errorf("found %+v", all)
			}
		})
	}
}
