package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// Push is what the channel to browsers knows of keys.
type Push interface {
	// Public is the key that browsers subscribe with: the base64url of an uncompressed
	// P-256 point.
	Public(ctx context.Context) (string, error)

	// Pack is the keys of a browser's subscription as they are kept, with the key that
	// it was made for, "" for the present one. The error of wrong ones is Invalid, of
	// the field keys.p256dh, keys.auth or key.
	Pack(ctx context.Context, p256dh, auth, key string) (string, error)

	// Fresh is a new private key of this server.
	Fresh() string
}

func pushRoutes(s *server) []kit.Route {
	h := browsers{s}
	return []kit.Route{
		{Method: http.MethodGet, Path: "/api/push/key", Name: "getPushKey", Right: progress.MayRead, Do: h.key},
		{Method: http.MethodPost, Path: "/api/push/key/rotate", Name: "rotatePushKey", Right: progress.MayAdmin, Do: h.rotate},
		{Method: http.MethodPost, Path: "/api/push/subscriptions", Name: "addPushSubscription", Right: progress.MayRead, Do: h.add},
	}
}

// browsers handles what is asked of them, and what they ask themselves.
type browsers struct{ *server }

// pushes refuses what needs web push where none is sent.
func (s browsers) pushes() error {
	if s.Push != nil {
		return nil
	}
	return &progress.Error{Code: progress.Conflict, Say: "this server sends nothing to browsers"}
}

// pushKey is the key that browsers subscribe with.
type pushKey struct {
	Key      string           `json:"key"`
	Previous progress.Instant `json:"previous_until,omitzero"` // until when the one before is good
}

// key is GET /api/push/key.
func (s browsers) key(c *kit.Call) error {
	if err := s.pushes(); err != nil {
		return err
	}
	return s.replyKey(c, time.Time{})
}

func (s browsers) replyKey(c *kit.Call, previous time.Time) error {
	key, err := s.Push.Public(c.Ctx())
	if err != nil {
		return progress.Trouble(err)
	}
	c.Reply(http.StatusOK, pushKey{key, progress.Instant(previous)})
	return nil
}

// For how long the key before is good, in seconds: browsers come back for the new one
// when somebody opens a page in them.
const (
	pushOverlap     = 30 * 24 * 60 * 60
	mostPushOverlap = 180 * 24 * 60 * 60
)

// rotate is POST /api/push/key/rotate.
func (s browsers) rotate(c *kit.Call) error {
	if err := s.pushes(); err != nil {
		return err
	}
	beside, err := overlapOf(c, pushOverlap, mostPushOverlap)
	if err != nil {
		return err
	}
	now := s.now()
	k, err := s.Ledger.Rotate(c.Ctx(), notify.HeldForPush, s.Push.Fresh(), now.Add(beside), now)
	if err != nil {
		return progress.Trouble(err)
	}
	return s.replyKey(c, k.Until)
}

// newPush is the body with which a browser subscribes, and comes back: what its
// pushManager gave, with what it is about.
type newPush struct {
	Endpoint string   `json:"endpoint"`
	Keys     pushKeys `json:"keys"`
	Key      string   `json:"key"`      // of this server, that it was made for; "" for the present one
	Replaces string   `json:"replaces"` // the endpoint or the id of the one in whose place it is, "" for none
	longer
	wish
}

// pushKeys are what messages to a browser are encrypted with.
type pushKeys struct {
	P256dh string `json:"p256dh"`
	Auth   string `json:"auth"`
}

// check says what is wrong with it.
func (n newPush) check(g Guard) error {
	if err := checkURL(g, "endpoint", n.Endpoint); err != nil {
		return err
	}
	for _, f := range [...]struct {
		name, text string
		most       int
	}{{"keys.p256dh", n.Keys.P256dh, mostName}, {"keys.auth", n.Keys.Auth, mostName}, {"key", n.Key, mostName}, {"replaces", n.Replaces, mostURL}} {
		if err := kit.Short(f.name, f.text, f.most); err != nil {
			return err
		}
	}
	if err := n.wish.check(); err != nil {
		return err
	}
	return n.longer.check()
}

// taken is why a subscription is off in whose browser another person has subscribed.
const taken = "somebody else is told in that browser now"

// add is POST /api/push/subscriptions.
func (s browsers) add(c *kit.Call) error {
	if err := s.pushes(); err != nil {
		return err
	}
	var n newPush
	if err := c.Bind(&n); err != nil {
		return err
	}
	if err := n.check(s.Guard); err != nil {
		return err
	}
	packed, err := s.Push.Pack(c.Ctx(), n.Keys.P256dh, n.Keys.Auth, n.Key)
	if err == nil {
		err = s.sees(c, n.Task)
	}
	if err == nil {
		err = s.vouched(c)
	}
	if err != nil {
		return progress.Trouble(err)
	}
	var a ledger.Arrangement
	var known bool
	err = s.Ledger.Arrange(c.Ctx(), ledger.Query{Owner: c.Who.Person}, func(w ledger.Wishes) (_ ledger.Arrangement, err error) {
		a, known, err = n.arrange(w.Subs, c.Who.Person, packed, s.now())
		return a, err
	})
	if err != nil {
		return progress.Trouble(err)
	}
	s.Poke([]notify.Lane{laneOf(a.Sub)})
	if known {
		c.Reply(http.StatusOK, subscriptionOf(c, a.Sub))
		return nil
	}
	c.Writer.Header().Set("Location", "/api/subscriptions/"+string(a.Sub.ID))
	c.Reply(http.StatusCreated, subscriptionOf(c, a.Sub))
	return nil
}

// arrange is what it comes to for somebody who has subscriptions: known says that the
// browser has one of them.
func (n newPush) arrange(have []notify.Subscription, owner progress.Person, packed string, now time.Time) (a ledger.Arrangement, known bool, err error) {
	a = ledger.Arrangement{Sole: taken, At: now}
	if a.Sub, a.End, known = n.among(have); !known {
		a.Sub, err = n.fresh(owner, now), room(have)
	}
	a.Keys = notify.Keys{Holder: string(a.Sub.ID), Current: packed}
	return a, known, err
}

// fresh is the new subscription that it asks for.
func (n newPush) fresh(owner progress.Person, now time.Time) notify.Subscription {
	if n.Events == nil {
		n.Events = notify.Matters()
	}
	s := notify.Subscription{ID: newID(), Owner: owner, Name: n.Name, Match: n.match(), Events: n.Events, Over: n.or(0), MadeAt: now}
	s.Address = notify.Address{Channel: notify.WebPush, To: n.Endpoint, Key: string(s.ID)}
	return s
}

// among finds the browser among the subscriptions of its owner, and gives it as it is
// from now on: switched on, at its new address, with what the body says. ends is the one
// in whose place it is, if that is another.
func (n newPush) among(have []notify.Subscription) (s notify.Subscription, ends notify.SubscriptionID, known bool) {
	at := func(is func(notify.Subscription) bool) int {
		return slices.IndexFunc(have, func(s notify.Subscription) bool { return s.Address.Channel == notify.WebPush && is(s) })
	}
	here := at(func(s notify.Subscription) bool { return s.Address.To == n.Endpoint })
	before := at(func(s notify.Subscription) bool {
		return n.Replaces != "" && (s.Address.To == n.Replaces || string(s.ID) == n.Replaces)
	})
	switch {
	case here >= 0 && before >= 0 && here != before:
		ends = have[before].ID
	case here < 0:
		here = before
	}
	if here < 0 {
		return s, "", false
	}
	s = have[here]
	n.renew(&s)
	return s, ends, true
}

// renew brings a subscription up to what the body says. What it leaves out stays.
func (n newPush) renew(s *notify.Subscription) {
	s.Off, s.OffAt, s.Address.To, s.Over = "", time.Time{}, n.Endpoint, n.or(s.Over)
	if n.Name != "" {
		s.Name = n.Name
	}
	if n.Events != nil {
		s.Events = n.Events
	}
	if m := n.match(); !same(m, notify.Match{}) {
		s.Match = m
	}
}
