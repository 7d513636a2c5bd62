package cli

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/taskherald/herald/cmd/internal/app"
	"github.com/taskherald/herald/progress/client"
)

// patience is how long doctor waits for a server in all.
const patience = 20 * time.Second

// visit looks at a server from outside.
type visit struct {
	session
	http *http.Client
	skew time.Duration // how much the server's clock is ahead
}

// visitor makes single requests, and follows no redirect.
func visitor() *http.Client {
	return &http.Client{
		Timeout:       5 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// get makes a request without a token.
func (v *visit) get(ctx context.Context, path string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.URL()+path, nil)
	if err != nil {
		return nil, err
	}
	return v.http.Do(r)
}

// reach asks for the sign of life, twice: the second time no connection has to be
// made.
func (v *visit) reach(ctx context.Context) check {
	const name = "server"
	res, err := v.get(ctx, "/healthz")
	if err != nil {
		return broken(name, `start one with "herald serve", or set `+urlVar+" to where it is", "no server answers at %s: %v", v.URL(), cause(err))
	}
	body, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
	res.Body.Close()
	if res.StatusCode != http.StatusOK || !strings.Contains(string(body), `"ok"`) {
		return broken(name, "set "+urlVar+" to a Herald server", "what answers at %s is not Herald: status %d", v.URL(), res.StatusCode)
	}
	begin := time.Now()
	if res, err = v.get(ctx, "/healthz"); err != nil {
		return broken(name, "look at its log and at what is between", "%s answers once, and then no more: %v", v.URL(), cause(err))
	}
	res.Body.Close()
	if at, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		v.skew = at.Add(time.Second / 2).Sub(begin) // the header has whole seconds
	}
	took := time.Since(begin)
	if took > time.Second {
		return odd(name, "look at the load of its machine and of the network", "%s answers, but takes %v", v.URL(), took.Round(time.Millisecond))
	}
	return good(name, "%s answers in %v", v.URL(), took.Round(100*time.Microsecond))
}

// cause is an error without the request that it names.
func cause(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// ready asks whether the server can do its work.
func (v *visit) ready(ctx context.Context) check {
	if err := v.Ready(ctx); err != nil {
		return broken("database", "look at the server's log: it says what its database lacks", "%v", err)
	}
	return good("database", "the server can use it")
}

// maxDescription is how much of its description a server is listened to, in bytes.
const maxDescription = 16 << 20

// version compares the server's with this program's.
func (v *visit) version(ctx context.Context) check {
	const name = "version"
	var described struct {
		Info struct{ Version string }
	}
	res, err := v.get(ctx, "/openapi.json")
	if err != nil {
		return odd(name, "look at the server's log", "the server does not say its version: %v", cause(err))
	}
	defer res.Body.Close()
	if err := json.NewDecoder(io.LimitReader(res.Body, maxDescription)).Decode(&described); err != nil || described.Info.Version == "" {
		return odd(name, "is there a proxy that changes answers?", "the server does not say its version")
	}
	if mine, its := app.Version(), described.Info.Version; mine != its {
		return odd(name, "use the same on both sides if something looks strange", "this is %s, the server is %s", mine, its)
	}
	return good(name, "this and the server are %s", app.Version())
}

// maxSkew is how far two clocks may be apart before times look wrong.
const maxSkew = 5 * time.Second

func (v *visit) clock() check {
	if v.skew.Abs() > maxSkew {
		word := "ahead of"
		if v.skew < 0 {
			word = "behind"
		}
		return odd("clock", "let both machines set their clocks by the network (NTP)", "the server's is %v %s this one", v.skew.Abs().Round(time.Second), word)
	}
	return good("clock", "it agrees with the server's")
}

// soon is when the end of a token is worth a word.
const soon = 7 * 24 * time.Hour

// token asks who we are.
func (v *visit) token(ctx context.Context) check {
	const name = "token"
	me, err := v.Me(ctx)
	if p, ok := errors.AsType[*client.Problem](err); ok && p.Status == http.StatusUnauthorized {
		advice := "set " + tokenVar + ` to a token from "herald token create", or to the one that the first start of the server printed`
		return broken(name, advice, "%v", err)
	}
	if err != nil {
		return broken(name, "look at the server's log", "%v", err)
	}
	said := fmt.Sprintf("%s, who may %s", me.Person, strings.Join(me.Rights, ", "))
	if len(me.Groups) > 0 {
		said += "; in the groups " + strings.Join(me.Groups, ", ")
	}
	if left := time.Until(time.Time(me.Expires)); !me.Expires.IsZero() && left < soon {
		return odd(name, `make another with "herald token create"`, "%s; it ends %s", said, time.Time(me.Expires).Local().Format("2006-01-02 15:04"))
	}
	return good(name, "%s", said)
}

// socket opens a WebSocket as far as the handshake, which is where proxies fail.
func (v *visit) socket(ctx context.Context) check {
	const name = "sockets"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.URL()+"/ws/tasks", nil)
	if err != nil {
		return broken(name, "correct the URL", "%v", err)
	}
	var key [16]byte
	_, _ = rand.Read(key[:]) // never fails
	for header, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Key": base64.StdEncoding.EncodeToString(key[:]),
	} {
		r.Header.Set(header, value)
	}
	if token, err := secretOf(v.cmd, v.Process); err == nil && token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := v.http.Do(r)
	if err != nil {
		return broken(name, "look at what is between here and the server", "the handshake fails: %v", cause(err))
	}
	res.Body.Close()
	switch res.StatusCode {
	case http.StatusSwitchingProtocols:
		return good(name, "they open")
	case http.StatusForbidden:
		return odd(name, "use a token with the scope read to watch", "this token may not read")
	}
	return broken(name, "let the proxy before the server pass Upgrade and Connection", "the handshake is answered with status %d", res.StatusCode)
}

// local reports whether a URL means this machine.
func local(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}
