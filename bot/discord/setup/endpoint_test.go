package setup_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/taskherald/herald/bot/checkup"
)

// public is a server that Discord calls at https://herald.example.com, for a transport that
// reaches it and the far side.
type public struct{ herald bool }

func (p public) RoundTrip(r *http.Request) (*http.Response, error) {
	switch r.URL.Host {
	case "nowhere.invalid":
		return nil, &net.DNSError{Name: r.URL.Host, IsNotFound: true}
	case "herald.example.com":
	default:
		return http.DefaultTransport.RoundTrip(r)
	}
	res := &http.Response{StatusCode: http.StatusNotFound, Body: io.NopCloser(strings.NewReader("nothing")), Request: r, Header: http.Header{}}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if p.herald && r.Method == http.MethodPost && r.URL.Path == "/discord/interactions" {
		res.StatusCode = http.StatusUnauthorized
		its, _ := hex.DecodeString(key)
		signature, err := hex.DecodeString(r.Header.Get("X-Signature-Ed25519"))
		if err != nil || len(signature) != ed25519.SignatureSize || ed25519.Verify(its, append([]byte(r.Header.Get("X-Signature-Timestamp")), body...), signature) {
			res.StatusCode = http.StatusBadRequest
		}
	}
	return res, nil
}

// TestEndpoint is what is said of an application that calls Herald.
func TestEndpoint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, endpoint, public string
		herald                 bool
		state                  checkup.State
		want                   string
	}{
		{"all is well", "https://herald.example.com/discord/interactions", "https://herald.example.com", true, checkup.Good, "Herald answers at https://herald.example.com/discord/interactions, and refuses"},
		{"no public address", "https://herald.example.com/discord/interactions", "", true, checkup.Good, "Herald answers"},
		{"another server", "https://herald.example.com/discord/interactions", "https://herald.example.com", false, checkup.Broken, "is not Herald with Discord: status 404"},
		{"another path", "https://herald.example.com/interactions", "https://herald.example.com", true, checkup.Broken, "is the path /discord/interactions"},
		{"another address", "https://herald.example.com/discord/interactions", "https://other.example.com", true, checkup.Odd, "Discord calls https://herald.example.com/discord/interactions, and public_url is https://other.example.com"},
		{"inward", "https://herald.example.com/discord/interactions", "http://127.0.0.1:8080", true, checkup.Odd, "public_url must be a URL such as https://herald.example.com; Discord calls https only"},
		{"away", "https://nowhere.invalid/discord/interactions", "", true, checkup.Odd, "Herald does not answer at https://nowhere.invalid/discord/interactions: nowhere.invalid is not known"},
		{"no URL", "https://a b/", "", true, checkup.Broken, "is no URL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFar(t)
			f.says["GET applications/@me"] = `{"id":"10000000000000001","name":"Herald","verify_key":"` + key + `","interactions_endpoint_url":"` + c.endpoint + `"}`
			a := f.app()
			a.PublicKey, a.PublicURL, a.Through = key, c.public, public{c.herald}
			found := check(t, a)
			if !has(found, c.state, c.want) {
				t.Errorf("does not say %q as %s: %+v", c.want, c.state, found)
			}
			if c.state == checkup.Good && (has(found, checkup.Odd, "") || has(found, checkup.Broken, "")) {
				t.Errorf("found %+v", found)
			}
		})
	}
}
