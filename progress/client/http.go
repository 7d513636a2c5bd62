package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// caller makes requests.
type caller struct {
	base    *url.URL
	token   string
	agent   string
	timeout time.Duration
	client  *http.Client
	dialer  *websocket.Dialer
}

func newCaller(o Options) (*caller, error) {
	base, err := baseURL(o.URL)
	if err != nil {
		return nil, err
	}
	if strings.ContainsFunc(o.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("the token holds a character that no token has, such as a space or a line end; look at where it is set")
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Agent == "" {
		o.Agent = "herald-client"
	}
	rt := o.Transport
	if rt == nil {
		rt = ownTransport()
	}
	return &caller{
		base: base, token: o.Token, agent: o.Agent, timeout: o.Timeout,
		client: &http.Client{Transport: rt, CheckRedirect: sameHost}, dialer: dialerOf(rt, o.Timeout),
	}, nil
}

// baseURL reads a server's address.
func baseURL(text string) (*url.URL, error) {
	if text == "" {
		text = DefaultURL
	}
	u, err := url.Parse(strings.TrimRight(text, "/"))
	switch {
	case err != nil:
		return nil, errors.New("the server's URL cannot be read; it looks like " + DefaultURL) // err might show a password
	case u.User != nil:
		return nil, errors.New("the server's URL must not hold a name or password; give the token beside it")
	case (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return nil, fmt.Errorf("%q is no address of a server; it looks like %s", text, DefaultURL)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("the server's URL %q must end before the ? or #", u.Scheme+"://"+u.Host)
	}
	return u, nil
}

// ownTransport is like the default one, with connections of its own.
func ownTransport() http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	own := t.Clone()
	own.MaxIdleConnsPerHost = 8
	return own
}

// dialerOf dials as the transport does.
func dialerOf(rt http.RoundTripper, patience time.Duration) *websocket.Dialer {
	d := &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: patience}
	if t, ok := rt.(*http.Transport); ok {
		d.Proxy, d.NetDialContext = t.Proxy, t.DialContext
		if t.TLSClientConfig != nil {
			d.TLSClientConfig = t.TLSClientConfig.Clone()
			d.TLSClientConfig.NextProtos = nil // WebSockets speak HTTP/1.1
		}
	}
	return d
}

// maxRedirects is how often one request is sent on.
const maxRedirects = 5

// sameHost follows a redirect on the same host, from http to https too, that
// does not turn a POST into a GET.
func sameHost(next *http.Request, via []*http.Request) error {
	from, to := via[0].URL, next.URL
	upgraded := from.Scheme == "http" && to.Scheme == "https" && from.Port() == "" && to.Port() == "" && from.Hostname() == to.Hostname()
	switch {
	case !upgraded && (from.Host != to.Host || from.Scheme != to.Scheme):
		return fmt.Errorf("it sends us on to %s://%s; if you trust that server, give its URL", to.Scheme, to.Host)
	case next.Method != via[0].Method:
		return fmt.Errorf("it sends us on to %s://%s in a way that loses what was sent; give that URL", to.Scheme, to.Host)
	case len(via) > maxRedirects:
		return errors.New("it sends us on in a circle")
	}
	return nil
}

// request is one call.
type request struct {
	method string
	path   string // escaped, beginning with a slash
	query  url.Values
	body   any    // encoded as JSON; []byte as it is; nil for none
	lines  bool   // the body is NDJSON, and so is the answer
	key    string // Idempotency-Key, "" for none
	wait   time.Duration
}

// maxAnswer is how long an answer may be, in bytes.
const maxAnswer = 64 << 20

// do makes a call and decodes its answer into out, which may be nil, or a
// *[]byte that takes it as it is. It reports the status of a good answer.
func (c *caller) do(ctx context.Context, r request, out any) (status int, err error) {
	limited, cancel := context.WithTimeout(ctx, c.timeout+r.wait)
	defer cancel()
	req, err := c.request(limited, r)
	if err != nil {
		return 0, err
	}
	res, err := c.client.Do(req)
	if err != nil {
		return 0, c.unreached(ctx, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return 0, c.unreached(ctx, err)
	case len(body) > maxAnswer:
		return 0, fmt.Errorf("the answer is larger than %d bytes; ask for less at a time", maxAnswer)
	case res.StatusCode < 200 || res.StatusCode >= 300:
		return 0, refusalOf(res, body)
	}
	return res.StatusCode, decode(res, body, r, out)
}

func (c *caller) request(ctx context.Context, r request) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		b, ok := r.body.([]byte)
		if !ok {
			var err error
			if b, err = json.Marshal(r.body); err != nil {
				return nil, fmt.Errorf("this cannot be sent: %w", err)
			}
		}
		body = bytes.NewReader(c.masked(b))
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.address(r), body)
	if err != nil {
		return nil, err
	}
	c.dress(req.Header)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
		if r.lines {
			req.Header.Set("Content-Type", "application/x-ndjson")
		}
	}
	if r.key != "" {
		req.Header.Set("Idempotency-Key", r.key)
	}
	return req, nil
}

// leastToken is how long a token is that is masked: a shorter one might be part of
// anything.
const leastToken = 20

// masked is what is sent, without our token: a command may have written it, and
// many read its output.
func (c *caller) masked(body []byte) []byte {
	if len(c.token) < leastToken || !bytes.Contains(body, []byte(c.token)) {
		return body
	}
	return bytes.ReplaceAll(body, []byte(c.token), []byte("***"))
}

// address is the whole URL of a request.
func (c *caller) address(r request) string {
	s := c.base.String() + r.path
	if q := r.query.Encode(); q != "" {
		s += "?" + q
	}
	return s
}

// dress gives a request what every one has.
func (c *caller) dress(h http.Header) {
	h.Set("User-Agent", c.agent)
	if c.token != "" {
		h.Set("Authorization", "Bearer "+c.token)
	}
}

// unreached is the error of a call that got no whole answer.
func (c *caller) unreached(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.New("it does not answer in time")
	}
	return &Away{fmt.Errorf("%s cannot be reached: %w", c.base, err)}
}

// decode reads a good answer.
func decode(res *http.Response, body []byte, r request, out any) error {
	if raw, ok := out.(*[]byte); ok {
		*raw = body
	}
	if out == nil || res.StatusCode == http.StatusNoContent {
		return nil
	}
	want := "application/json"
	if r.lines {
		want = "application/x-ndjson"
	}
	if mediaType(res) != want {
		return &Away{errors.New("something that is not Herald answered; is the URL right, and is Herald running there?")}
	}
	if r.lines {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return &Away{fmt.Errorf("the answer cannot be read: %w", err)}
	}
	return nil
}

// get is a call that reads.
func (c *caller) get(ctx context.Context, path string, q url.Values, out any) error {
	_, err := c.do(ctx, request{method: http.MethodGet, path: path, query: q}, out)
	return err
}

// post is a call that changes something.
func (c *caller) post(ctx context.Context, path, key string, body, out any) error {
	_, err := c.do(ctx, request{method: http.MethodPost, path: path, key: key, body: body}, out)
	return err
}

// patch is a call that changes what is said of something.
func (c *caller) patch(ctx context.Context, path string, body, out any) error {
	_, err := c.do(ctx, request{method: http.MethodPatch, path: path, body: body}, out)
	return err
}

// remove is a call that ends something.
func (c *caller) remove(ctx context.Context, path string, out any) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: path}, out)
	return err
}
