package setup

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/bot/checkup"
)

const (
	endpointField = "Interactions Endpoint URL, under General Information on the application's pages (" + Pages + ")"
	viaGateway    = "take discord.public_key out: what is pressed then comes over the gateway"
)

// endpoint looks at which way what is pressed takes: Discord calls an address, if it has
// one, and then tells the gateway nothing of it.
func (v *visit) endpoint(ctx context.Context) {
	url := ""
	if v.app.Endpoint != nil {
		url = *v.app.Endpoint
	}
	switch {
	case url == "" && v.PublicKey == "":
		v.Good("what is pressed comes over the gateway: no public address is needed")
	case v.PublicKey == "":
		v.Broken("empty "+endpointField+"; or, if that is Herald, set HERALD_DISCORD_PUBLIC_KEY="+hexOr(v.app.Key, "…"),
			"Discord calls %s with what is pressed and with /%s, so nothing of that arrives over the gateway, where Herald waits for it", shown(url), CommandName)
	case v.app.Key != "" && v.app.Key != v.PublicKey:
		v.Broken("set HERALD_DISCORD_PUBLIC_KEY="+hexOr(v.app.Key, "…"), "discord.public_key is of another application: all that Discord sends is refused")
	case url == "":
		v.Odd("put "+v.wanted()+" in as "+endpointField+"; or "+viaGateway, "discord.public_key is set, and Discord has no address to call")
	default:
		v.knock(ctx, url)
	}
}

// wanted is the address that Discord is to call.
func (v *visit) wanted() string {
	base, err := checkup.Callable("Discord", v.PublicURL, "")
	if err != nil {
		base = "https://herald.example.com"
	}
	return base + InteractionsPath
}

// hexOr is a public key, or something else if it is none.
func hexOr(key, other string) string {
	if len(key) == 64 && strings.Trim(key, "0123456789abcdef") == "" {
		return key
	}
	return other
}

// shown is an address without what may be secret in it.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "an address"
	}
	return u.Scheme + "://" + u.Host + u.Path
}

// knock asks what Discord calls something that Discord has not signed: Herald refuses it.
func (v *visit) knock(ctx context.Context, address string) {
	name := shown(address)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(`{"type":1}`))
	if err != nil {
		v.Broken("correct "+endpointField, "what Discord is to call is no URL")
		return
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Signature-Timestamp", strconv.FormatInt(time.Now().Unix(), 10))
	r.Header.Set("X-Signature-Ed25519", strings.Repeat("00", 64))
	res, err := v.http.Do(r)
	if err != nil {
		say, _ := checkup.Unreached(r.URL.Hostname(), err)
		v.Odd("start the server; Discord has to reach it there from outside", "Herald does not answer at %s: %s", name, say)
		return
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 4<<10)) // its status is what counts
	base, err := checkup.Callable("Discord", v.PublicURL, viaGateway)
	switch {
	case res.StatusCode != http.StatusUnauthorized:
		v.Broken("is the path "+InteractionsPath+", is the server started with discord.public_key, and does a proxy pass that path through?",
			"what answers at %s is not Herald with Discord: status %d", name, res.StatusCode)
	case v.PublicURL != "" && err != nil:
		v.Odd("set public_url to where Discord reaches the server", "Herald answers at %s, and public_url %s", name, err)
	case v.PublicURL != "" && strings.TrimRight(address, "/") != base+InteractionsPath:
		v.Odd("is that this server?", "Discord calls %s, and public_url is %s", name, base)
	default:
		v.Good("Herald answers at %s, and refuses what Discord has not signed", name)
	}
}
