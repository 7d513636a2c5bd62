package slack

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 8 << 20

// wire carries the requests. Their answers are read here and not by slack-go, whose client
// gives up on a whole channel's history at one block of a kind that it does not know.
type wire struct {
	road     http.RoundTripper // and no http.Client: that follows redirects, and repeats URLs in errors
	patience time.Duration
	base     string
	host     string
	bot, app string
}

func newWire(o ClientOptions) *wire {
	if o.Transport == nil {
		o.Transport = newRoad()
	}
	base := strings.TrimRight(cmp.Or(o.API, API), "/") + "/"
	return &wire{
		road: o.Transport, patience: cmp.Or(o.Timeout, patience),
		base: base, host: host(base), bot: o.BotToken, app: o.AppToken,
	}
}

// newRoad is a road of its own, which proxies may be part of. How long a request may take is
// for who makes it to say.
func newRoad() *http.Transport {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost: beside, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10,
	}
}

// Close lets go of connections that are open and not in use.
func (w *wire) Close() {
	if c, ok := w.road.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// call calls a method with the bot's token, and reads its answer.
func (w *wire) call(ctx context.Context, method string, form url.Values, out any) error {
	_, err := w.ask(ctx, w.bot, method, form, out)
	return err
}

// ask calls a method. The token goes in a header, where nothing repeats it.
func (w *wire) ask(ctx context.Context, token, method string, form url.Values, out any) (http.Header, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.base+method, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, &Problem{Method: method, Host: w.host, Err: errors.New("the address of the API is no URL")}
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	body, headers, err := w.carry(r, method)
	if err != nil {
		return nil, err
	}
	return headers, w.read(method, body, out)
}

// carry makes a request and reads the answer, if it is a yes.
func (w *wire) carry(r *http.Request, method string) (body []byte, _ http.Header, err error) {
	if r.Context().Err() != nil {
		return nil, nil, lost(method, w.host, context.Cause(r.Context()), false)
	}
	var t trail
	ctx, cancel := context.WithTimeout(t.follow(r.Context()), w.patience)
	defer cancel()
	a, err := w.road.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return nil, nil, lost(method, w.host, err, t.reached())
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		_, _ = io.CopyN(io.Discard, a.Body, 4<<10) // to use the connection again
		return nil, nil, answered(method, w.host, a)
	}
	body, err = io.ReadAll(io.LimitReader(a.Body, maxAnswer+1))
	if err != nil {
		return nil, nil, lost(method, w.host, err, true)
	}
	if len(body) > maxAnswer {
		return nil, nil, &Problem{Method: method, Host: w.host, Doubt: true, Err: errTooLong}
	}
	return body, a.Header, nil
}

// trail is how far a request came.
type trail struct{ dialled, connected atomic.Bool }

func (t *trail) follow(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { t.dialled.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { t.connected.Store(true) },
	})
}

// reached reports whether the request may have been read: there was a connection, or the
// transport does not tell.
func (t *trail) reached() bool { return t.connected.Load() || !t.dialled.Load() }

var (
	errTooLong = errors.New("the answer is longer than any that is read")
	errGarbled = errors.New("the answer cannot be read: is slack.api_url right?")
)

// read reads an answer of the API: first whether it is a yes.
func (w *wire) read(method string, body []byte, out any) error {
	var verdict struct {
		OK       bool   `json:"ok"`
		Error    string `json:"error"`
		Needed   string `json:"needed"`
		Metadata struct {
			Messages []string `json:"messages"`
		} `json:"response_metadata"`
	}
	if json.Unmarshal(body, &verdict) != nil || !verdict.OK && verdict.Error == "" {
		return &Problem{Method: method, Host: w.host, Doubt: true, Err: errGarbled}
	}
	if !verdict.OK {
		return &Problem{Method: method, Host: w.host, Code: word(verdict.Error), Needed: words(verdict.Needed), At: pointer(verdict.Metadata.Messages)}
	}
	if json.Unmarshal(body, out) != nil {
		return &Problem{Method: method, Host: w.host, Doubt: true, Err: errGarbled}
	}
	return nil
}

// written is something in JSON. What slack-go makes of blocks and views can always be
// written.
func written(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}
