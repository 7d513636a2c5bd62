package webhook

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
	"github.com/taskherald/herald/notify/guard"
	"github.com/taskherald/herald/progress"
)

// Name is that of the channel in addresses.
const Name = notify.Webhook

// patience is what Standard Webhooks lets a receiver take, at the least.
const patience = 15 * time.Second

// Options are what a channel needs.
type Options struct {
	Guard *guard.Guard

	// Keys are those of a holder, [notify.Address.Key]. The error of a holder that
	// has none has the code NotFound.
	Keys func(ctx context.Context, holder string) (notify.Keys, error)

	Source    string           // who speaks, in events: a URL that people reach; "" is "herald"
	Timeout   time.Duration    // for one try, 0 for 15 seconds
	UserAgent string           // "" is "Herald"
	Now       func() time.Time // nil is time.Now
}

// Channel posts messages to URLs. It may be used from any goroutine.
type Channel struct {
	o      Options
	client *http.Client
}

// New makes the channel.
func New(o Options) *Channel {
	o.Source, o.UserAgent = cmp.Or(o.Source, "herald"), cmp.Or(o.UserAgent, "Herald")
	o.Timeout = cmp.Or(o.Timeout, patience)
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Channel{o: o, client: o.Guard.Client(o.Timeout)}
}

// Close lets go of connections that are open and not in use.
func (c *Channel) Close() { c.client.CloseIdleConnections() }

// Send posts a message. Every error is a [notify.Failure].
func (c *Channel) Send(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
	u, err := c.o.Guard.CheckURL(to.To)
	if err != nil {
		return notify.Receipt{}, unfit(err)
	}
	body, err := encode(c.o.Source, &m)
	if err != nil {
		return notify.Receipt{}, notify.Fail(notify.Rejected, "the message cannot be written: %w", err)
	}
	keys, err := c.o.Keys(ctx, to.Key)
	if err != nil {
		return notify.Receipt{}, keyless(err)
	}
	var way passage
	req := c.request(ctx, u, body, &way)
	if err := sign(req.Header, keys, m.ID, c.o.Now(), body); err != nil {
		return notify.Receipt{}, notify.Fail(notify.Rejected, "it cannot be signed: %w", err)
	}
	return notify.Receipt{}, c.post(req, &way)
}

// request is a POST, whose passage is noted.
func (c *Channel) request(ctx context.Context, u *url.URL, body []byte, way *passage) *http.Request {
	req := &http.Request{
		Method: http.MethodPost, URL: u, Host: u.Host, ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)),
		Header:  http.Header{"Content-Type": {contentType}, "User-Agent": {c.o.UserAgent}},
		GetBody: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil },
	}
	return req.WithContext(httptrace.WithClientTrace(ctx, way.trace()))
}

// post sends a request and judges the answer.
func (c *Channel) post(req *http.Request, way *passage) error {
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel()
	r, err := c.client.Do(req.WithContext(ctx))
	if err != nil {
		return lost(req.URL.Host, err, way.mayBeThere())
	}
	defer r.Body.Close()
	return verdict(req.URL.Host, r, callout.Hear(r.Body, cancel), c.o.Now())
}

// unfit is the failure of an address that may not be called.
func unfit(err error) error {
	return &notify.Failure{Fate: notify.Rejected, Err: callout.Veil(sentence(say(err)), err)}
}

// keyless is the failure of a message for which there are no keys.
func keyless(err error) error {
	if progress.CodeOf(err) == progress.NotFound {
		return &notify.Failure{Fate: notify.Rejected, Err: callout.Veil("there is no secret to sign it with", err)}
	}
	return &notify.Failure{Fate: notify.Transient, Err: callout.Veil("its secret cannot be read now", err)}
}
