package webpush

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	push "github.com/SherClockHolmes/webpush-go"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
	"github.com/taskherald/herald/notify/guard"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/pushcard"
)

// Name is that of the channel in addresses.
const Name = notify.WebPush

const patience = 15 * time.Second

// Options are what a channel needs.
type Options struct {
	Guard *guard.Guard

	// Keys are those of a subscription, [notify.Address.Key]: Current is what
	// [Channel.Pack] wrote. The error of one that has none has the code NotFound.
	Keys func(ctx context.Context, holder string) (notify.Keys, error)

	VAPID   func(ctx context.Context) (notify.Keys, error) // the server's own, of [NewKey]
	Contact func() string                                  // of whoever runs this server: an https URL or a mail address
	Cards   *pushcard.Layout
	Invite  func(m *notify.Message, via progress.Via) *notify.Invite
	Timeout time.Duration    // for one request, 0 for 15 seconds
	Now     func() time.Time // nil is time.Now
}

// Channel sends messages to browsers. It may be used from any goroutine.
type Channel struct {
	o      Options
	client *http.Client
	credit credit
}

// New makes the channel.
func New(o Options) *Channel {
	o.Timeout = cmp.Or(o.Timeout, patience)
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Channel{o: o, client: o.Guard.Client(o.Timeout), credit: credit{taken: map[identity]time.Time{}}}
}

// Pace says that a message of a task takes the place of the one before.
func (c *Channel) Pace(notify.Address) notify.Pace { return notify.Pace{Covers: true} }

// Close lets go of connections that are open and not in use.
func (c *Channel) Close() { c.client.CloseIdleConnections() }

// Send encrypts a message and posts it. Every error is a [notify.Failure].
func (c *Channel) Send(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
	b, err := c.whom(ctx, to)
	if err != nil {
		return notify.Receipt{}, err
	}
	in := c.input(&m)
	err = c.post(ctx, b, &m, c.o.Cards.Payload(in))
	if errors.Is(err, errTooLarge) {
		err = c.post(ctx, b, &m, c.o.Cards.Payload(less(in)))
	}
	return notify.Receipt{}, err
}

// post sends a payload and judges the answer.
func (c *Channel) post(ctx context.Context, b *browser, m *notify.Message, payload []byte) error {
	var connected atomic.Bool // from then on it may be there
	ctx, cancel := context.WithCancel(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	}))
	defer cancel()
	// The library writes behind the end of the slice that it is given.
	r, err := push.SendNotificationWithContext(ctx, bytes.Clone(payload), &b.subscription, c.terms(b, m, len(payload)))
	if err != nil {
		return lost(b.host, err, connected.Load())
	}
	defer r.Body.Close()
	callout.Hear(r.Body, cancel)
	now := c.o.Now()
	return verdict(b.host, r, c.credit.judge(b.identity, r.StatusCode, now), now)
}
