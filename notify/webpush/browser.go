package webpush

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	push "github.com/SherClockHolmes/webpush-go"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
	"github.com/taskherald/herald/progress"
)

// browser is whom a message is for, and who we are to it.
type browser struct {
	identity
	host         string // of its push service
	private      string // half of our key
	subscription push.Subscription
}

// identity is who a push service takes us for.
type identity struct {
	public  string // half of our key
	contact string
}

// whom finds out about an address. The error is a failure.
func (c *Channel) whom(ctx context.Context, to notify.Address) (*browser, error) {
	u, err := c.endpoint(to.To)
	if err != nil {
		return nil, err
	}
	k, err := c.keysOf(ctx, to.Key)
	if err != nil {
		return nil, err
	}
	mine, who, err := c.we(ctx, k.Key)
	if err != nil {
		return nil, err
	}
	return &browser{
		identity: who, host: u.Host, private: mine.private,
		subscription: push.Subscription{Endpoint: to.To, Keys: push.Keys{P256dh: k.P256dh, Auth: k.Auth}},
	}, nil
}

// endpoint is an address as a URL that may be called. Real ones have https (RFC 8030, 8);
// plain http is for what the guard was told of by name, such as a relay of one's own.
func (c *Channel) endpoint(to string) (*url.URL, error) {
	u, err := c.o.Guard.CheckURL(to)
	if err != nil {
		return nil, unfit(err)
	}
	return u, nil
}

// keysOf are the keys of a subscription.
func (c *Channel) keysOf(ctx context.Context, holder string) (k keys, err error) {
	held, err := c.o.Keys(ctx, holder)
	switch {
	case progress.CodeOf(err) == progress.NotFound:
		return k, &notify.Failure{Fate: notify.Rejected, Err: callout.Veil("there are no keys to encrypt it with", err)}
	case err != nil:
		return k, &notify.Failure{Fate: notify.Transient, Err: callout.Veil("the keys of the subscription cannot be read now", err)}
	case json.Unmarshal([]byte(held.Current), &k) != nil, k.check() != nil:
		return k, notify.Fail(notify.Rejected, "the keys of the subscription are none")
	}
	return k, nil
}

// we are who sends to a subscription that was made for a key of ours.
func (c *Channel) we(ctx context.Context, public string) (mine pair, who identity, err error) {
	own, err := c.own(ctx)
	if err != nil {
		return mine, who, ownless(err)
	}
	mine, ok := own.of(public)
	if !ok {
		return mine, who, notify.Fail(notify.Gone, "the subscription is for a key that this server no longer has; subscribe again in that browser")
	}
	contact := strings.TrimPrefix(c.o.Contact(), "mailto:") // the library writes it
	if contact == "" {
		return mine, who, notify.Fail(notify.Unauthorized, "push services ask for a contact, and this server has none")
	}
	return mine, identity{public, contact}, nil
}
